//! The words of the calls that read figures and histories.

use chrono::NaiveDate;
use clap::Args;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_projections::basis::Basis;
use netgain_projections::reports::breakdown::Heading;

use super::values::{date, position, time, year};

#[derive(Debug, Args)]
pub(crate) struct KnownAtArgs {
    /// As known at a position: its event and those before it (0: nothing)
    #[arg(long, value_name = "N", value_parser = position, conflicts_with = "known_at")]
    pub(crate) position: Option<Position>,
    /// As known at a time, like 2009-07-24T17:00:00Z, or at the end of a day, like 2009-07-24
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) known_at: Option<RecordedAt>,
}

#[derive(Debug, Args)]
pub(crate) struct TotalsCall {
    /// Whose total
    #[arg(long)]
    pub(crate) org: OrgId,
    /// For which financial year, like 2010/11
    #[arg(long, value_parser = year)]
    pub(crate) year: FinancialYear,
    #[command(flatten)]
    pub(crate) known: KnownAtArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Trail {
    /// Whose history
    #[arg(long)]
    pub(crate) org: OrgId,
    /// Only the events about this claim
    #[arg(long)]
    pub(crate) claim: Option<ClaimId>,
}

#[derive(Debug, Args)]
pub(crate) struct FigureArgs {
    /// Whose figure
    #[arg(long)]
    pub(crate) org: OrgId,
    /// For which financial year, like 2010/11
    #[arg(long, value_parser = year)]
    pub(crate) year: FinancialYear,
    /// One claim's part of the figure, instead of the organisation's total
    #[arg(long)]
    pub(crate) claim: Option<ClaimId>,
    /// Which basis: claimed, validated or assured
    #[arg(long, default_value = "validated")]
    pub(crate) basis: Basis,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    pub(crate) figure: FigureArgs,
    /// The earlier position
    #[arg(long, value_name = "P", value_parser = position)]
    pub(crate) from: Position,
    /// The later position
    #[arg(long, value_name = "P", value_parser = position)]
    pub(crate) to: Position,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum ReportName {
    /// Checks that are due at a date, with the pounds at risk
    Due,
    /// A year's total by a heading (--by)
    Breakdown,
    /// Totals beside the organisation's own targets and the sector's path
    Targets,
    /// What released money was used for
    Redeployment,
    /// The challenges raised, and how far each has come
    Challenges,
    /// Costs of failed claims, and running costs of ended ones
    FailedCosts,
    /// The cashable share and the back-office share
    Shares,
}

#[derive(Debug, Args)]
pub(crate) struct ReportCall {
    /// Which report
    pub(crate) name: ReportName,
    /// Whose
    #[arg(long)]
    pub(crate) org: OrgId,
    /// For which financial year; `breakdown`, `failed-costs` and `shares` need one
    #[arg(long, value_parser = year)]
    pub(crate) year: Option<FinancialYear>,
    /// At which date (`due`, `challenges`) [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) at: Option<NaiveDate>,
    /// By which heading (`breakdown`): function, method, technique, approach, service, source or
    /// label:KEY
    #[arg(long, value_name = "HEADING")]
    pub(crate) by: Option<Heading>,
}

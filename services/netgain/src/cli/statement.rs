//! The words of `netgain statement`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_events::vocabulary::Series;
use netgain_projections::basis::Basis;

use super::record::ActorArgs;
use super::values::year;

#[derive(Debug, Args)]
pub(crate) struct StatementCall {
    #[command(subcommand)]
    pub(crate) call: StatementVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StatementVerb {
    /// Issue a statement: the figure as known now, frozen and sealed
    Issue {
        /// Whose
        #[arg(long)]
        org: OrgId,
        /// For which financial year
        #[arg(long, value_parser = year)]
        year: FinancialYear,
        /// forecast (during the year) or actual (after it)
        #[arg(long)]
        series: Series,
        #[command(flatten)]
        actor: ActorArgs,
    },
    /// List what was published
    List {
        /// Whose
        #[arg(long)]
        org: OrgId,
        /// Only of this financial year
        #[arg(long, value_parser = year)]
        year: Option<FinancialYear>,
        /// Only of this series
        #[arg(long)]
        series: Option<Series>,
    },
    /// Show a statement as it was issued
    Show {
        #[command(flatten)]
        which: StatementArgs,
    },
    /// Compare a statement with what is known now: the restatement since, event by event
    Compare {
        #[command(flatten)]
        which: StatementArgs,
        /// On which basis the events are listed: claimed, validated or assured
        #[arg(long, default_value = "validated")]
        basis: Basis,
    },
    /// Pack a statement with everything that checking it takes, for an auditor
    #[command(
        after_long_help = "Example:\n  netgain --data gains statement bundle --org E07000082 --year 2010/11 --series actual --output 2010-11.tar\n  netgain keys show --data gains > netgain.key\n  netgain verify-bundle 2010-11.tar --key netgain.key"
    )]
    Bundle {
        #[command(flatten)]
        which: StatementArgs,
        /// Where to [default: a name made of the statement's]
        #[arg(long, value_name = "FILE.tar", value_hint = ValueHint::FilePath)]
        output: Option<PathBuf>,
    },
}

/// Which statement.
#[derive(Debug, Args)]
pub(crate) struct StatementArgs {
    /// Whose
    #[arg(long)]
    pub(crate) org: OrgId,
    /// For which financial year
    #[arg(long, value_parser = year)]
    pub(crate) year: FinancialYear,
    /// forecast (during the year) or actual (after it)
    #[arg(long)]
    pub(crate) series: Series,
    /// Which of them [default: the latest]
    #[arg(long, value_name = "N")]
    pub(crate) number: Option<u32>,
}

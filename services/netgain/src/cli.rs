//! The command line: its words, and the help that teaches them.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueHint};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, ClaimId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::vocabulary::Series;
use netgain_projections::basis::Basis;
use netgain_projections::reports::breakdown::Heading;

/// A ledger of efficiency gains that shows its working.
///
/// Every claim, cost and check is recorded as an event that never changes; every figure is computed
/// from them, for any year, as known now or at any earlier point.
#[derive(Debug, Parser)]
#[command(name = "netgain", version, max_term_width = 100)]
#[command(after_long_help = "\
First steps:
  netgain demo                                        load two councils' published data and look
  netgain --data gains record commands.jsonl          record commands, one JSON object a line
  netgain --data gains import claims.xlsx --org E07000082 --dry-run
  netgain --data gains totals --org E07000082 --year 2010/11
  netgain --data gains explain --org E07000082 --year 2010/11 --basis claimed

Exit status: 0 done; 1 refused, or a check failed; 2 the call's words are off; 3 the ledger could \
not be read or written.")]
pub(crate) struct Cli {
    /// The ledger's directory; the first write creates it
    #[arg(long, global = true, value_name = "DIR", env = "NETGAIN_DATA", default_value = "netgain-data", value_hint = ValueHint::DirPath)]
    pub(crate) data: PathBuf,

    /// Print one JSON document (or one a line where said) instead of text for people
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) call: Call,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Call {
    /// Record commands, one JSON object a line
    ///
    /// Each is answered in order, as soon as its event is durable, with one JSON line: its position,
    /// or the refusal with its code, its field and what to do. A refused line stops nothing else.
    #[command(after_long_help = "\
Example:
  echo '{\"type\":\"register-organisation\",\"org\":\"E07000082\",\"name\":\"Stroud District Council\",\\
         \"kind\":\"district\",\"sector\":\"local-government\"}' | netgain --data gains record
  {\"line\":1,\"position\":1,\"event\":\"organisation-registered\"}

Give each command a \"command_id\" of its own and it can safely be sent again: the first answer \
comes back and nothing is written twice.")]
    Record(Record),

    /// Import claims from a spreadsheet: all rows or none
    ///
    /// Reads .xlsx, .ods or .csv with one claim a row. Every problem is reported at once, with its
    /// cell.
    #[command(after_long_help = "\
Columns, in any order: claim, title, action, impact_from, one for each year of the profile (2008/09, \
…), and whichever you use of service, function, method, technique, approach, source, \
source_override, ongoing, quality_measure, owner, review_by, scheme_id, scheme_total, label:KEY, \
\"one_off 2008/09\" and \"recurring 2008/09\".
An empty year is not stated: the year before it holds. Dates are date cells, 2009-04-01 or \
01/04/2009 (the day first).")]
    Import(Import),

    /// An organisation's NI179 total for a year, with the line of each claim
    #[command(
        after_long_help = "Example:\n  netgain --data gains totals --org E07000082 --year 2010/11\n  netgain --data gains totals --org E07000082 --year 2010/11 --known-at 2011-07-24"
    )]
    Totals(TotalsCall),

    /// An organisation's history, or one claim's, in order
    #[command(
        after_long_help = "Example:\n  netgain --data gains trail --org E07000082 --claim PROC-07\n  netgain --data gains trail --org E07000082 --json | sha256sum"
    )]
    Trail(Trail),

    /// Why a figure is what it is: every event with an effect on it
    #[command(
        after_long_help = "Example:\n  netgain --data gains explain --org E07000082 --year 2010/11 --basis claimed\nThe effects add up to the figure: the effect of an event is the figure known at its position less the one known just before."
    )]
    Explain(Explain),

    /// What changed a figure between two positions
    #[command(
        after_long_help = "Example:\n  netgain --data gains diff --org E07000082 --year 2010/11 --from 120 --to 180"
    )]
    Diff(Diff),

    /// A report: due, breakdown, targets, redeployment, challenges, failed-costs or shares
    #[command(
        after_long_help = "Example:\n  netgain --data gains report due --org E07000082 --at 2011-08-01\n  netgain --data gains report breakdown --org E07000082 --year 2010/11 --by function"
    )]
    Report(ReportCall),

    /// Freeze a figure in a published statement
    Statement(StatementCall),

    /// Check every stored byte; changes nothing
    ///
    /// Framing, checksums, positions, the written form of each event, and that each follows from
    /// those before it. Names the first that is not what was written.
    Verify(Verify),

    /// Write the whole history out as JSON lines
    #[command(after_long_help = "Example:\n  netgain --data gains export --output history.jsonl")]
    Export(Export),

    /// Read an exported history into an empty ledger, byte for byte
    #[command(
        after_long_help = "Example:\n  netgain --data elsewhere restore history.jsonl\nEvery line is checked as it comes; if one is wrong, nothing is restored."
    )]
    Restore(Restore),

    /// Load the sample organisations into an empty ledger and print their totals
    Demo,

    /// The folded states kept beside the log, so that a start need not read everything
    Views {
        #[command(subcommand)]
        call: ViewsCall,
    },

    /// Print a completion script for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ActorArgs {
    /// Who acts, where a command does not say [default: the operating system's user]
    #[arg(long, value_name = "ID")]
    pub(crate) actor: Option<Actor>,
}

#[derive(Debug, Args)]
pub(crate) struct Record {
    /// The commands; `-` or nothing reads standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
    /// At the end, say on standard error in one JSON line how the log was written
    #[arg(long)]
    pub(crate) stats: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The spreadsheet: .xlsx, .ods or .csv
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// Whose claims they are
    #[arg(long)]
    pub(crate) org: OrgId,
    /// Say what would happen, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Turn changed rows of known claims into amendments, and leave unchanged rows alone
    #[arg(long, requires = "reason")]
    pub(crate) amend: bool,
    /// Why the claims are amended
    #[arg(long, value_name = "TEXT", requires = "amend")]
    pub(crate) reason: Option<String>,
    /// What all the profile amounts of the sheet must add up to
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) control_total: Option<String>,
    /// Which sheet of a workbook [default: the first]
    #[arg(long, value_name = "NAME")]
    pub(crate) sheet: Option<String>,
    #[command(flatten)]
    pub(crate) actor: ActorArgs,
}

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

#[derive(Debug, Args)]
pub(crate) struct StatementCall {
    #[command(subcommand)]
    pub(crate) call: StatementVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StatementVerb {
    /// Issue a statement: the figure as known now, frozen
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
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Only this organisation's history (the log's bytes are checked all the same)
    #[arg(long)]
    pub(crate) org: Option<OrgId>,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Only this organisation's history
    #[arg(long)]
    pub(crate) org: Option<OrgId>,
    /// Where to; `-` or nothing writes standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The exported history; `-` or nothing reads standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ViewsCall {
    /// Fold everything from the log and write the views anew
    Rebuild,
}

fn year(text: &str) -> Result<FinancialYear, String> {
    text.parse()
        .or_else(|_| FinancialYear::from_path(text))
        .map_err(|e| e.to_string())
}

fn position(text: &str) -> Result<Position, String> {
    text.parse()
        .map(Position::new)
        .map_err(|_| "a position is a whole number, 0 or more".into())
}

fn date(text: &str) -> Result<NaiveDate, String> {
    let dashes = text.len() == 10;
    let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| dashes);
    parsed.ok_or_else(|| "write a date as 2009-07-24".into())
}

/// A moment; a day means its end, since what was recorded during it was known by then.
fn time(text: &str) -> Result<RecordedAt, String> {
    let instant = match date(text) {
        Ok(day) => day
            .and_hms_milli_opt(23, 59, 59, 999)
            .map(|end| end.and_utc().timestamp_millis()),
        Err(_) => chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|t| t.timestamp_millis()),
    };
    let known = instant.and_then(RecordedAt::from_unix_ms);
    known.ok_or_else(|| "write a time as 2009-07-24T17:00:00Z, or a day as 2009-07-24".into())
}

//! The command line: its words, and the help that teaches them.

use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueHint};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, ClaimId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::vocabulary::Series;
use netgain_projections::basis::Basis;
use netgain_projections::reports::breakdown::Heading;
use netgain_verify::note::KeyName;

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

    /// Where the signing keys are, outside the ledger's directory [default: DIR.keys]
    #[arg(long, global = true, value_name = "DIR", env = "NETGAIN_KEYS", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub(crate) keys: Option<PathBuf>,

    /// Where the signed checkpoints are, best on another disk [default: DIR/checkpoints]
    #[arg(long, global = true, value_name = "DIR", env = "NETGAIN_CHECKPOINTS", value_hint = ValueHint::DirPath, hide_short_help = true)]
    pub(crate) checkpoints: Option<PathBuf>,

    /// The witnesses that must cosign what is sealed, one a line, and how many of them [default: none]
    #[arg(long, global = true, value_name = "FILE", env = "NETGAIN_WITNESSES", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) witnesses: Option<PathBuf>,

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

    /// Issue, list, show, compare or bundle published statements
    Statement(StatementCall),

    /// Check every stored byte; changes nothing
    ///
    /// Framing, checksums, positions, the written form of each event, that each follows from those
    /// before it, and that each history is the one that was sealed. Names the first event that is
    /// not what was written.
    Verify(Verify),

    /// Check a statement's bundle, without its ledger and without a network
    ///
    /// Says step by step what holds and what was not checked. Exit status 0 if every step holds, 1 if
    /// one does not.
    #[command(
        after_long_help = "Example:\n  netgain verify-bundle netgain-E07000082-2010-11-actual-1.tar --key netgain.key\nThe key file has the line that `netgain keys show` printed for whoever gave you the key, not one that came with the bundle."
    )]
    VerifyBundle(VerifyBundle),

    /// Draw the claims that an audit looks at, each pound with the same chance
    ///
    /// Whoever has the checkpoint and the seed draws the same claims again, and nobody could have
    /// steered it: agree on the seed after the checkpoint is known.
    #[command(
        after_long_help = "Example:\n  netgain --data gains sample --org E07000082 --year 2010/11 --size 25 --seed \"dice: 3 1 6 6 2\""
    )]
    Sample(Sample),

    /// Cosign the checkpoints of other ledgers that are found consistent
    ///
    /// A small server (C2SP tlog-witness). It vouches that a ledger only grows, and that everybody who asks
    /// it is shown the same. Run it somewhere the ledger's operator has no say.
    #[command(
        after_long_help = "Example:\n  netgain witness --dir witness --name audit.example.gov.uk/witness --listen 0.0.0.0:8180\nWrite the public keys of the ledgers it is to know into DIR/logs, one a line. Whoever seals names it in the file of --witnesses:\n  witness audit.example.gov.uk/witness VKEY http://audit.example.gov.uk:8180\n  quorum 1"
    )]
    Witness(Witness),

    /// Make, show or replace the key that signs
    Keys {
        #[command(subcommand)]
        call: KeysCall,
    },

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

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Only this organisation's history (the log's bytes are checked all the same)
    #[arg(long)]
    pub(crate) org: Option<OrgId>,
    /// A checkpoint you kept, of an organisation or of the registry: the history must continue it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) checkpoint: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyBundle {
    /// The bundle
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: PathBuf,
    /// The public keys you trust, one a line: the ledger's, and any witnesses'
    #[arg(long, value_name = "KEYFILE", value_hint = ValueHint::FilePath)]
    pub(crate) key: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Sample {
    /// Whose claims
    #[arg(long)]
    pub(crate) org: OrgId,
    /// By their effect in which financial year
    #[arg(long, value_parser = year)]
    pub(crate) year: FinancialYear,
    /// How many draws
    #[arg(long, value_name = "N")]
    pub(crate) size: u32,
    /// Any text that nobody could know before the checkpoint was signed
    #[arg(long, value_name = "TEXT")]
    pub(crate) seed: String,
}

#[derive(Debug, Args)]
pub(crate) struct Witness {
    /// Where the witness keeps its key, the logs it knows and what it has cosigned
    #[arg(long, value_name = "DIR", default_value = "netgain-witness", value_hint = ValueHint::DirPath)]
    pub(crate) dir: PathBuf,
    /// What the witness is called, like a web address without its scheme
    #[arg(long, value_name = "NAME")]
    pub(crate) name: KeyName,
    /// Where it listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8180")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCall {
    /// Make the first key; the first write does so by itself
    Init,
    /// Print the public key, for auditors, as one C2SP verifier-key line
    Show {
        /// Those it has had before too
        #[arg(long)]
        all: bool,
    },
    /// Replace the key by a new one, and record that in the ledger's own history
    Rotate {
        /// For how many days both keys sign, so that auditors can be given the new one
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        overlap_days: u16,
        #[command(flatten)]
        actor: ActorArgs,
    },
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

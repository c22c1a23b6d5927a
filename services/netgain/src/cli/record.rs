//! The words of the calls that record.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use netgain_events::identifier::{Actor, OrgId};

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

//! The words of the calls on a whole history.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use netgain_events::identifier::OrgId;

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

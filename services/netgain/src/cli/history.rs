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
    /// With --log: how many streams the organisations are spread over; fixed for the life of a ledger
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) shards: u32,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum ViewsCall {
    /// Fold everything from the log and write the views anew
    Rebuild,
}

//! The words that name a running service instead of a ledger's directory.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::client::Address;

#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    /// Ask a running service, like https://gains.example.gov.uk, and not a ledger's own files; the
    /// environment's NETGAIN_SERVER is asked where neither this nor --data is said
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url)]
    pub(crate) server: Option<Address>,

    /// The file with the token to show the service [default: the token in NETGAIN_TOKEN]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) token_file: Option<PathBuf>,

    /// Whose certificates the service's may be issued by, as a PEM file [default: those that the
    /// operating system trusts]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) ca: Option<PathBuf>,
}

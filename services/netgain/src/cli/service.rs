//! The words that name a running service instead of a ledger's directory.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::client::Address;

const SERVER: &str = "Ask a running service, like https://gains.example.gov.uk, and not a ledger's own files; \
     NETGAIN_SERVER names it where neither this nor --data is said";

const TOKEN_FILE: &str =
    "The file with the token to show the service [default: the token in NETGAIN_TOKEN]";

#[derive(Debug, Args)]
pub(crate) struct ServiceArgs {
    // Help is no markdown, so it is given as it is to be read.
    #[arg(long, global = true, value_name = "URL", value_hint = ValueHint::Url, help = SERVER)]
    pub(crate) server: Option<Address>,

    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, help = TOKEN_FILE, hide_short_help = true)]
    pub(crate) token_file: Option<PathBuf>,

    /// Whose certificates the service's may be issued by, as a PEM file [default: those that the
    /// operating system trusts]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) ca: Option<PathBuf>,
}

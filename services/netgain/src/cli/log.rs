//! The words that name a log kept by servers.

use std::ffi::OsString;

use clap::{Args, ValueHint};

/// Which servers keep the log. Each is a setting too, and read as one.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// The NATS servers that keep the log of record, instead of files [nats://HOST:PORT,…]
    #[arg(long, global = true, value_name = "SERVERS", value_hint = ValueHint::Url)]
    pub(crate) log: Option<OsString>,

    /// How many servers must keep each commit [default: 3]
    #[arg(long, global = true, value_name = "N", hide_short_help = true)]
    pub(crate) log_replicas: Option<OsString>,

    /// Who this program is to those servers
    #[arg(long, global = true, value_name = "NAME", hide_short_help = true)]
    pub(crate) log_user: Option<OsString>,

    /// The file with that user's password
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) log_password_file: Option<OsString>,

    /// Whose certificates those servers' may be issued by, as a PEM file
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath, hide_short_help = true)]
    pub(crate) log_authorities: Option<OsString>,

    /// How it is known that the servers sync before they answer: asked or stated [default: asked]
    #[arg(long, global = true, value_name = "HOW", hide_short_help = true)]
    pub(crate) log_syncing: Option<OsString>,
}

impl LogArgs {
    /// The words that were said, by the settings' names.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&'static str, OsString)> + '_ {
        let words = [
            ("log", &self.log),
            ("log_replicas", &self.log_replicas),
            ("log_user", &self.log_user),
            ("log_password_file", &self.log_password_file),
            ("log_authorities", &self.log_authorities),
            ("log_syncing", &self.log_syncing),
        ];
        words
            .into_iter()
            .filter_map(|(name, word)| Some((name, word.clone()?)))
    }
}

//! The words of `netgain serve` and `netgain demo`.

use std::ffi::OsString;

use clap::{Args, ValueHint};

/// What is served where. Each is a setting too, and read as one.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen [default: 127.0.0.1:8179]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<OsString>,
    /// Where figures for Prometheus can be had; not an address that strangers reach
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) metrics: Option<OsString>,
    /// The certificate for TLS and those that lead to a root, as a PEM file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tls_certificate: Option<OsString>,
    /// The certificate's private key, as a PEM file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) tls_key: Option<OsString>,
}

impl Serve {
    /// The words that were said, by the settings' names.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&'static str, OsString)> + '_ {
        let words = [
            ("listen", &self.listen),
            ("metrics", &self.metrics),
            ("tls_certificate", &self.tls_certificate),
            ("tls_key", &self.tls_key),
        ];
        words
            .into_iter()
            .filter_map(|(name, word)| Some((name, word.clone()?)))
    }
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Load the samples and print their totals, and serve nothing
    #[arg(long)]
    pub(crate) no_serve: bool,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

//! How the service is set up. Where each value comes from is the program's business.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use crate::limits::Limits;

/// A certificate and its key, as PEM files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate, and those that lead to a root.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// The settings of the service.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where its figures can be had (Prometheus), if anywhere. Nobody signs in there: not an address that
    /// strangers reach.
    pub metrics: Option<SocketAddr>,
    /// The proxy in front, if there is one: who asks is then whom it names last in `X-Forwarded-For`. Nobody
    /// else's is believed.
    pub proxy: Option<IpAddr>,
    /// TLS of its own; without it a proxy in front has to give it.
    pub tls: Option<Tls>,
    /// How often what has grown is sealed, at the latest.
    pub seal_every: Duration,
    /// How often the views are brought up to what is recorded, so that a restart reads little.
    pub store_views_every: Duration,
    /// How long what changes may wait so that several changes go as one to whoever watches.
    pub merge_within: Duration,
    /// What clients may take.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8179)),
            metrics: None,
            proxy: None,
            tls: None,
            seal_every: Duration::from_secs(1),
            store_views_every: Duration::from_secs(20),
            merge_within: Duration::from_millis(10),
            limits: Limits::default(),
        }
    }
}

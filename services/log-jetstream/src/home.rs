//! Where a clustered ledger lives.

use std::path::PathBuf;

/// The servers that hold a ledger's streams, and what is asked of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The servers' addresses, `nats://HOST:PORT`, with commas between them. One is enough to find the others
    /// of its cluster; more help while that one is down.
    pub servers: String,
    /// How many servers must keep each message: 1, 3 or 5. More than half of them must be up.
    pub replicas: usize,
    /// Who this program is there, where they ask.
    pub login: Option<Login>,
    /// A PEM file with the certificates of the authorities that vouch for the servers; where there is none, those
    /// that the operating system trusts. With it, or with `tls://` addresses, no server without TLS is talked to.
    pub authorities: Option<PathBuf>,
    /// How it is known that the servers sync before they answer.
    pub syncing: Syncing,
}

/// How it is known that a message is on the servers' disks when they acknowledge it (`sync_interval: always`). By
/// default they sync every two minutes, and a power cut takes what they acknowledged since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Syncing {
    /// They say so themselves: the account that the ledger is in imports `$SYS.REQ.SERVER.PING.JSZ` from the
    /// system account.
    #[default]
    Asked,
    /// Whoever runs them states it. Servers that can be asked and say otherwise are refused all the same.
    Stated,
}

/// A user of the servers.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password. It is never shown.
    pub password: String,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Home {
    /// The ledger on those servers, with nothing else stated.
    #[must_use]
    pub fn on(servers: impl Into<String>) -> Self {
        Self {
            servers: servers.into(),
            replicas: Self::REPLICAS,
            login: None,
            authorities: None,
            syncing: Syncing::default(),
        }
    }

    /// How many servers keep each message unless stated: one may fail (architecture, *Clustered*).
    pub const REPLICAS: usize = 3;

    /// The most shards a ledger may have. Each has a leader and a log of its own to agree on; more than
    /// there are cores in a cluster gain nothing.
    pub const SHARDS_MAX: u32 = 64;
}

//! Real nats-servers, and the ledger in them.

pub(super) use netgain_tests::servers::{Servers, await_greeting, free_ports, program};

use crate::{Home, Syncing};

/// Servers that keep a ledger.
pub(super) trait AsHome {
    /// The ledger in these servers, kept by all of them.
    fn home(&self) -> Home;
}

impl AsHome for Servers {
    fn home(&self) -> Home {
        Home {
            replicas: self.count(),
            // There is no account whose word could be imported.
            syncing: Syncing::Stated,
            ..Home::on(self.addresses())
        }
    }
}

//! The promises of every log.

use std::sync::Arc;

use netgain_ledger::conformance::{Order, block_on};
use netgain_ledger::log::{Log, durable};

use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, ledger, lines, open};
use crate::{Home, JetStreamLog, Reader, init};

/// A ledger on a server of its own.
struct Store {
    servers: Servers,
    shards: u32,
}

impl Store {
    fn home(&self) -> Home {
        self.servers.home()
    }
}

impl netgain_ledger::conformance::Store for Store {
    type Log = JetStreamLog;
    type Reader = Reader;

    const ORDER: Order = Order::ByOrganisation;

    fn open(&self) -> JetStreamLog {
        open(&self.home(), self.shards)
    }

    fn reader(&self) -> Reader {
        Reader::open(&self.home()).unwrap()
    }
}

#[test]
fn it_keeps_the_promises_of_a_log() {
    for shards in [1, 3] {
        let make = || {
            let store = Store {
                servers: Servers::start(1)?,
                shards,
            };
            init(&store.home(), shards, ledger).unwrap();
            Some(store)
        };
        if make().is_none() {
            return;
        }
        netgain_ledger::conformance::suite(|| make().unwrap());
    }
}

#[test]
fn what_is_appended_while_an_organisation_waits_for_its_turn_goes_in_one_message() {
    const ORGANISATIONS: u64 = 200;
    const EVENTS: u64 = 10;
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let log = open(&servers.home(), 1);
    let lineages: Vec<_> = (0..ORGANISATIONS).map(|_| Arc::default()).collect();
    for position in 1..=EVENTS {
        for (number, lineage) in lineages.iter().enumerate() {
            append(&log, &format!("E{number:08}"), position, "x", lineage);
        }
    }
    block_on(durable(&log, log.everything())).unwrap();
    let stats = log.stats();
    assert_eq!(stats.appends, ORGANISATIONS * EVENTS);
    // Some had a turn before the second event came; each that has not needs one message.
    assert!(stats.messages < 3 * ORGANISATIONS, "{stats:?}");
    let one = lines(&log, "E00000007");
    assert_eq!(u64::try_from(one.lines().count()).unwrap(), EVENTS);
}

//! Another number of shards: a new ledger with the old one's identity, into which every commit is appended.

use std::collections::BTreeMap;
use std::sync::Arc;

use netgain_events::identifier::OrgId;
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Cursor, Log, LogRead, durable};

use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, ledger, open};
use crate::{JetStreamLog, Reader, init};

/// Every organisation's lines, and the position of each commit's first.
fn everything(log: &impl LogRead) -> BTreeMap<OrgId, Vec<u8>> {
    let mut all = BTreeMap::<OrgId, (u64, Vec<u8>)>::new();
    log.read(&Cursor::default(), None, &mut |commit| {
        let (next, lines) = all.entry(commit.org.clone()).or_insert((1, Vec::new()));
        assert_eq!(commit.first.get(), *next, "positions have no gaps");
        *next += u64::from(commit.events);
        lines.extend_from_slice(commit.lines);
    })
    .unwrap();
    all.into_iter()
        .map(|(org, (_, lines))| (org, lines))
        .collect()
}

#[test]
fn a_ledger_moves_to_another_number_of_shards_position_for_position() {
    const ORGANISATIONS: u64 = 40;
    let (Some(from), Some(to)) = (Servers::start(1), Servers::start(1)) else {
        return;
    };
    let old = open(&from.home(), 1);
    for position in 1..=3 {
        for number in 0..ORGANISATIONS {
            let code = format!("E{number:08}");
            append(&old, &code, position, &code, &Arc::default());
        }
    }
    block_on(durable(&old, old.everything())).unwrap();

    init(&to.home(), 4, || *old.ledger()).unwrap();
    let new = JetStreamLog::open(&to.home()).unwrap();
    old.read(&Cursor::default(), None, &mut |commit| {
        new.append(commit).unwrap();
    })
    .unwrap();
    new.close().unwrap();

    let new = Reader::open(&to.home()).unwrap();
    assert_eq!(*new.ledger(), ledger());
    let (before, after) = (everything(&old), everything(&new));
    assert_eq!(before.len(), usize::try_from(ORGANISATIONS).unwrap());
    assert_eq!(before, after);
    // A place in the one is none in the other: it would be a wrong one.
    assert!(new.read(&old.durable_end(), None, &mut |_| {}).is_err());
}

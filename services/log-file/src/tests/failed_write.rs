//! A write that fails ends the log. (A failed sync takes the same way; that needs a tracer to
//! show.)

use std::fs;

use netgain_events::identifier::Position;
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Log, durable};

use super::{Home, append, ledger, line, org, positions};
use crate::FileLog;

#[test]
fn after_a_failed_write_nothing_is_acknowledged_or_taken() {
    let home = Home::new();
    let small = || FileLog::open_with_segments_of(300, home.path(), ledger).unwrap();
    let log = small();
    append(&log, 1);
    append(&log, 2);
    let end = log.durable_end();
    // Where the next segment should be, there is something already.
    fs::write(home.path().join("00000002.seg"), "").unwrap();
    let push = |position: u64| {
        let lines = line(position);
        log.append(Commit {
            org: &org(),
            first: Position::new(position),
            events: 1,
            lines: &lines,
        })
    };
    let third = push(3).unwrap();
    let fault = block_on(durable(&log, third)).unwrap_err();
    assert!(fault.to_string().ends_with("00000002.seg"), "{fault}");
    assert!(fault.source.is_some());
    assert!(!log.is_durable(third));
    assert!(push(4).is_err(), "nothing more is taken");
    assert!(block_on(durable(&log, log.everything())).is_err());
    assert_eq!((log.durable_end(), positions(&log)), (end, vec![1, 2]));
    assert_eq!(log.stats().records, 2);
    assert!(log.close().is_err());

    let log = small();
    assert_eq!(positions(&log), [1, 2]);
    append(&log, 3);
    assert_eq!(positions(&log), [1, 2, 3]);
}

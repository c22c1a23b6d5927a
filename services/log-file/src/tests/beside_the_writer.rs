//! Reading while the log is written, segments end and zeros are written ahead.

use std::fs;
use std::thread;

use netgain_events::identifier::Position;
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Cursor, Log, LogRead, durable};

use super::{Home, append, ledger, line, org, positions, up_to};
use crate::{FileLog, Reader};

/// Single appends get zeros to be written into; a copy of the files as a crash would leave them is
/// clean, and so is the log once it is closed.
#[test]
fn zeros_are_written_ahead_of_single_appends_only_and_go_with_closing() {
    let length = |home: &Home| fs::metadata(home.segment()).unwrap().len();
    let home = Home::new();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    for position in 1..=4 {
        append(&log, position);
    }
    assert!(length(&home) < 1000, "not for a few");
    for position in 5..=20 {
        append(&log, position);
    }
    assert!(length(&home) > 100_000);
    let crashed = Home::new();
    fs::copy(home.segment(), crashed.segment()).unwrap();
    let reopened = FileLog::open_or_create(crashed.path(), ledger).unwrap();
    assert_eq!(reopened.recovered(), None, "zeros are no tail");
    for log in [&log, &reopened] {
        assert_eq!(positions(log), up_to(20));
    }
    drop((log, reopened));
    for home in [home, crashed] {
        assert!(length(&home) < 10_000);
        let reader = Reader::open(home.path()).unwrap();
        let report = reader.check(&mut |_| {}).unwrap();
        assert_eq!((report.commits, report.end.tail), (20, None));
    }

    let home = Home::new();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    let mut lines = vec![b'x'; 99_999];
    lines.push(b'\n');
    let org = org();
    for position in 1..=10 {
        let first = Position::new(position);
        let commit = Commit {
            org: &org,
            first,
            events: 1,
            lines: &lines,
        };
        block_on(durable(&log, log.append(commit).unwrap())).unwrap();
    }
    assert_eq!(length(&home), 64 + 10 * 100_064, "large groups need none");
}

/// Given a writer that begins a segment every few commits, readers that follow it see every
/// commit once, in order, and nothing wrong; each reads from the beginning, too.
#[test]
fn readers_follow_a_writer_over_many_segments() {
    const COMMITS: u64 = 3000;
    for segment_bytes in [1000, 30_000, crate::SEGMENT_BYTES] {
        let home = Home::new();
        let log = FileLog::open_with_segments_of(segment_bytes, home.path(), ledger).unwrap();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let reader = Reader::open(home.path()).unwrap();
                    let (mut from, mut next) = (Cursor::default(), 1);
                    while next <= COMMITS {
                        let end = reader.read(&from, None, &mut |commit| {
                            assert_eq!(commit.first.get(), next);
                            assert_eq!(commit.lines, line(next));
                            next += 1;
                        });
                        from = end.unwrap().cursor;
                        let mut all = 0;
                        reader
                            .read(&Cursor::default(), Some(&org()), &mut |_| all += 1)
                            .unwrap();
                        assert!(all >= next - 1);
                    }
                });
            }
            let org = org();
            for position in 1..=COMMITS {
                let (first, lines) = (Position::new(position), line(position));
                let commit = Commit {
                    org: &org,
                    first,
                    events: 1,
                    lines: &lines,
                };
                let ticket = log.append(commit).unwrap();
                if position % 7 == 0 {
                    block_on(durable(&log, ticket)).unwrap();
                }
            }
            block_on(durable(&log, log.everything())).unwrap();
        });
        let stats = log.stats();
        assert_eq!(stats.records, COMMITS);
        assert!(stats.syncs >= stats.groups && stats.groups >= COMMITS / 7);
    }
}

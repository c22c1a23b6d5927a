//! Reading while the log is written, segments end and zeros are written ahead.

use std::thread;

use netgain_events::identifier::Position;
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Cursor, Log, LogRead};

use super::{Home, ledger, line, org};
use crate::{FileLog, Reader};

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
                let mut ticket = log.append(commit).unwrap();
                if position % 7 == 0 {
                    block_on(ticket.durable()).unwrap();
                }
            }
            block_on(log.everything().durable()).unwrap();
        });
        let stats = log.stats();
        assert_eq!(stats.records, COMMITS);
        assert!(stats.syncs >= stats.groups && stats.groups >= COMMITS / 7);
    }
}

//! Reading one organisation of an open log by the index of where its commits are.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;

use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Cursor, Log, LogRead, ReadError, durable};

use super::{Home, ledger, up_to};
use crate::FileLog;

fn code(name: &str) -> OrgId {
    name.parse().unwrap()
}

/// Two organisations in turn, thirty commits each of that many bytes, in several segments.
fn two_organisations(home: &Home, bytes: usize) -> FileLog {
    let log = FileLog::open_with_segments_of(16 * 1024, home.path(), ledger).unwrap();
    for position in 1..=30 {
        for name in ["A", "B"] {
            let lines = [name.repeat(bytes).as_bytes(), b"\n"].concat();
            let commit = Commit {
                org: &code(name),
                first: Position::new(position),
                events: 1,
                lines: &lines,
            };
            block_on(durable(&log, log.append(commit).unwrap())).unwrap();
        }
    }
    log
}

/// The positions that are shown of an organisation, and how reading ended.
fn read(log: &FileLog, name: &str) -> (Vec<u64>, Result<(), ReadError>) {
    let mut shown = Vec::new();
    let read = log.read(&Cursor::default(), Some(&code(name)), &mut |commit| {
        assert_eq!(*commit.org, code(name));
        shown.push(commit.first.get());
    });
    (shown, read.map(drop))
}

/// Changes one byte of the first segment, that many bytes behind the beginning of its record number
/// `record`, counted from 0, where each payload has that many bytes.
fn change(home: &Home, bytes: u64, record: u64, behind: u64) {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(home.segment())
        .unwrap();
    let place = 64 + record * (64 + bytes + 1) + behind;
    let mut byte = [0];
    file.read_exact_at(&mut byte, place).unwrap();
    file.write_all_at(&[byte[0] ^ 1], place).unwrap();
}

#[test]
fn the_others_records_are_not_looked_at_again() {
    for (bytes, segments) in [(40, 1), (5_000, 2)] {
        let home = Home::new();
        let log = two_organisations(&home, bytes);
        assert!(fs::read_dir(home.path()).unwrap().count() > segments);
        assert_eq!(read(&log, "A").0, up_to(30));
        // The first record of B, header and all.
        let bytes = u64::try_from(bytes).unwrap();
        change(&home, bytes, 1, 5);
        change(&home, bytes, 1, 64);
        let (shown, end) = read(&log, "A");
        assert_eq!(shown, up_to(30));
        assert!(end.is_ok());
        // What is written later is found too.
        let commit = Commit {
            org: &code("A"),
            first: Position::new(31),
            events: 1,
            lines: b"\n",
        };
        block_on(durable(&log, log.append(commit).unwrap())).unwrap();
        assert_eq!(read(&log, "A").0, up_to(31));
        // But whoever reads everything comes upon it.
        assert!(log.read(&Cursor::default(), None, &mut |_| {}).is_err());
    }
}

#[test]
fn a_changed_byte_of_its_own_is_damage_and_nothing_after_it_is_shown() {
    for behind in [0, 10, 24, 57, 63, 64, 80] {
        let home = Home::new();
        let log = two_organisations(&home, 40);
        assert!(read(&log, "A").1.is_ok());
        change(&home, 40, 4, behind);
        let (shown, end) = read(&log, "A");
        assert_eq!(shown, [1, 2], "byte {behind}");
        let Err(ReadError::Damage { place, .. }) = end else {
            panic!("byte {behind}: {end:?}");
        };
        let offset = 64 + 4 * (64 + 41);
        assert_eq!(place, format!("00000001.seg at byte {offset}"));
        assert!(read(&log, "B").1.is_ok());
    }
}

#[test]
fn a_record_of_another_place_does_not_pass_for_its_own() {
    let home = Home::new();
    let log = two_organisations(&home, 40);
    assert!(read(&log, "A").1.is_ok());
    // Whole and of the same organisation and length, but of another place in the chain.
    let bytes = fs::read(home.segment()).unwrap();
    let (third, fifth) = (64 + 2 * 105, 64 + 4 * 105);
    let file = OpenOptions::new().write(true).open(home.segment()).unwrap();
    file.write_all_at(&bytes[fifth..fifth + 105], u64::try_from(third).unwrap())
        .unwrap();
    let (shown, end) = read(&log, "A");
    assert_eq!(shown, [1]);
    assert!(matches!(end, Err(ReadError::Damage { .. })), "{end:?}");
}

#[test]
fn reading_on_in_everything_takes_nothing_from_what_one_organisation_is_shown() {
    let home = Home::new();
    let log = two_organisations(&home, 40);
    assert_eq!(read(&log, "A").0, up_to(30));
    // As sealing does: everything since the last time.
    let through = log.durable_end();
    let commit = Commit {
        org: &code("A"),
        first: Position::new(31),
        events: 1,
        lines: b"\n",
    };
    block_on(durable(&log, log.append(commit).unwrap())).unwrap();
    let mut since = 0;
    log.read(&through, None, &mut |_| since += 1).unwrap();
    assert_eq!(since, 1);
    assert_eq!(read(&log, "A").0, up_to(31));
}

//! Who may open a log, and from where it is read on.

use std::fs;

use netgain_ledger::log::{Cursor, Log, LogRead, ReadError};

use super::{Home, Segment, append, ledger, open, positions};
use crate::{OpenError, Reader};

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let home = Home::new();
    let first = open(home.path()).unwrap();
    append(&first, 1);
    let Err(OpenError::Locked { holder, .. }) = open(home.path()) else {
        panic!("two writers")
    };
    assert!(
        holder.contains(&format!("process {} on ", std::process::id())),
        "{holder}"
    );
    assert!(holder.contains(" since 2"), "{holder}");
    assert_eq!(
        positions(&Reader::open(home.path()).unwrap()),
        [1],
        "reading works meanwhile"
    );
    append(&first, 2);
    drop(first);
    assert_eq!(
        positions(&open(home.path()).unwrap()),
        [1, 2],
        "the lock goes with its holder"
    );
}

#[test]
fn a_new_log_gets_its_ledger_once() {
    let home = Home::new();
    let directory = home.path().join("new/log");
    let absent = Reader::open(&directory);
    assert!(
        matches!(absent, Err(OpenError::Absent { .. })),
        "{absent:?}"
    );
    let log = open(&directory).unwrap();
    assert_eq!(*log.ledger(), ledger());
    drop(log);
    let again = crate::FileLog::open_or_create(&directory, || unreachable!("it has one")).unwrap();
    assert_eq!(*again.ledger(), ledger());
    assert_eq!(*Reader::open(&directory).unwrap().ledger(), ledger());
}

#[test]
fn a_newer_format_is_refused_and_not_guessed_at() {
    let mut newer = Segment::closed(&[1]);
    newer.bytes[8] = 2;
    let check = crc32c::crc32c(&newer.bytes[..60]).to_le_bytes();
    newer.bytes[60..64].copy_from_slice(&check);
    let home = newer.placed();
    for error in [
        Reader::open(home.path()).unwrap_err(),
        open(home.path()).unwrap_err(),
    ] {
        assert!(
            matches!(
                error,
                OpenError::Newer {
                    found: 2,
                    supported: 1,
                    ..
                }
            ),
            "{error:?}"
        );
    }
    assert_eq!(fs::read(home.segment()).unwrap(), newer.bytes);

    // A newer version may also have gone on in a segment of its own.
    let home = Home::new();
    let small = || crate::FileLog::open_with_segments_of(300, home.path(), ledger);
    let log = small().unwrap();
    for position in 1..=3 {
        append(&log, position);
    }
    drop(log);
    fs::write(home.path().join("00000002.seg"), &newer.bytes).unwrap();
    assert!(matches!(small(), Err(OpenError::Newer { .. })));
    let read = Reader::open(home.path()).unwrap().check(&mut |_| {});
    assert!(
        matches!(read, Err(ReadError::Newer { found: 2, .. })),
        "{read:?}"
    );
}

/// A log opened again is left as it is until something is appended.
#[test]
fn opening_and_closing_changes_nothing() {
    let home = Segment::closed(&[2, 1]).placed();
    let before = fs::read(home.segment()).unwrap();
    for _ in 0..2 {
        drop(open(home.path()).unwrap());
        assert!(fs::read(home.segment()).unwrap() == before);
    }
    let home = Segment::of(&[2, 1]).placed();
    drop(open(home.path()).unwrap());
    assert!(
        fs::read(home.segment()).unwrap() == before,
        "closing leaves the mark"
    );
}

#[test]
fn a_cursor_that_was_changed_is_refused() {
    let home = Segment::closed(&[2, 2]).placed();
    let reader = Reader::open(home.path()).unwrap();
    let end = reader
        .read(&Cursor::default(), None, &mut |_| {})
        .unwrap()
        .cursor;
    let log = open(home.path()).unwrap();
    assert_eq!(log.durable_end(), end);
    for bit in 0..end.as_bytes().len() * 8 {
        let mut bytes = end.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let changed = Cursor::from_bytes(&bytes);
        for outcome in [
            reader.read(&changed, None, &mut |_| panic!("nothing follows")),
            log.read(&changed, None, &mut |_| panic!("nothing follows")),
        ] {
            assert!(
                matches!(outcome, Err(ReadError::UnknownCursor { .. })),
                "bit {bit}: {outcome:?}"
            );
        }
    }
}

/// A place that the log had before it was put back from an older copy.
#[test]
fn a_cursor_past_the_end_is_refused() {
    let home = Segment::closed(&[3]).placed();
    let reader = Reader::open(home.path()).unwrap();
    let end = reader
        .read(&Cursor::default(), None, &mut |_| {})
        .unwrap()
        .cursor;
    for older in [
        Segment::closed(&[2]),
        Segment::of(&[]),
        Segment::closed(&[1, 1]),
    ] {
        fs::write(home.segment(), older.bytes).unwrap();
        let outcome = reader.read(&end, None, &mut |_| {});
        assert!(
            matches!(outcome, Err(ReadError::UnknownCursor { .. })),
            "{outcome:?}"
        );
    }
}

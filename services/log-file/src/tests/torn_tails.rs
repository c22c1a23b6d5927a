//! A crash in the middle of the last write.

use std::fs;

use netgain_ledger::log::{Cursor, LogRead};

use super::{Home, Segment, append, open, positions};
use crate::Reader;

/// Given a log whose last commit is torn after any of its bytes, with nothing or zeros behind:
/// the reader stops before it and says so; opening keeps the torn bytes aside; and the log goes on.
#[test]
fn a_last_commit_torn_at_any_byte_is_set_aside() {
    let whole = Segment::of(&[1, 1, 1]);
    let last = whole.record(2);
    for end in last.clone() {
        for zeros in [0, 1, 200] {
            let mut torn = whole.clone();
            torn.bytes.truncate(end);
            torn.bytes.resize(end + zeros, 0);
            let home = torn.placed();
            let mut written = torn.bytes[last.start..].to_vec();
            while written.last() == Some(&0) {
                written.pop();
            }

            let reader = Reader::open(home.path()).unwrap();
            let read = reader.read(&Cursor::default(), None, &mut |_| {}).unwrap();
            assert_eq!(
                read.tail.is_some(),
                !written.is_empty(),
                "torn at {end}, {zeros} zeros"
            );
            assert_eq!(
                fs::read(home.segment()).unwrap(),
                torn.bytes,
                "reading changes nothing"
            );

            let log = open(home.path()).unwrap();
            let recovered = log.recovered().cloned();
            assert_eq!(
                recovered.as_ref().map(|known| &known.tail),
                read.tail.as_ref()
            );
            if let Some(recovered) = recovered {
                assert_eq!(fs::read(recovered.kept).unwrap(), written);
                assert_eq!(recovered.tail.bytes, written.len() as u64);
                assert_eq!(
                    recovered.tail.place,
                    format!("00000001.seg at byte {}", last.start)
                );
            }
            assert_eq!(positions(&log), [1, 2]);
            append(&log, 3);
            assert_eq!(positions(&log), [1, 2, 3]);
            log.close().unwrap();

            let report = Reader::open(home.path())
                .unwrap()
                .check(&mut |_| {})
                .unwrap();
            assert_eq!((report.commits, report.end.tail), (3, None));
            assert_eq!(
                open(home.path()).unwrap().recovered(),
                None,
                "it was set aside once"
            );
        }
    }
}

#[test]
fn garbage_behind_the_last_commit_or_the_closing_mark_is_a_tail() {
    for whole in [Segment::of(&[2]), Segment::closed(&[2])] {
        for garbage in [&b"\x01"[..], b"\0\0\0\0\0\0\0\x80", &[0xff; 5000]] {
            let mut torn = whole.clone();
            torn.bytes.resize(torn.bytes.len() + 100, 0);
            torn.bytes.extend_from_slice(garbage);
            let home = torn.placed();
            let log = open(home.path()).unwrap();
            assert!(log.recovered().is_some());
            assert_eq!(positions(&log), [1, 2]);
            append(&log, 3);
            drop(log);
            assert_eq!(positions(&Reader::open(home.path()).unwrap()), [1, 2, 3]);
        }
    }
}

/// Setting aside may itself be cut short, and is then done again under another name.
#[test]
fn a_tail_set_aside_before_is_kept_beside_the_new_one() {
    let mut torn = Segment::of(&[2]);
    torn.bytes.extend_from_slice(b"torn");
    let home = torn.placed();
    drop(open(home.path()).unwrap());
    fs::write(home.segment(), &torn.bytes).unwrap();
    drop(open(home.path()).unwrap());
    let kept = home.kept();
    assert_eq!(kept.len(), 2);
    assert!(kept.iter().all(|path| fs::read(path).unwrap() == b"torn"));
    let report = Reader::open(home.path())
        .unwrap()
        .check(&mut |_| {})
        .unwrap();
    assert_eq!(report.notes.len(), 2, "{:?}", report.notes);
}

/// Given a segment whose header a crash tore, the log goes on in the one before.
#[test]
fn a_segment_that_was_never_begun_is_set_aside() {
    let home = Home::new();
    let small = || crate::FileLog::open_with_segments_of(300, home.path(), super::ledger).unwrap();
    let log = small();
    for position in 1..=3 {
        append(&log, position);
    }
    drop(log);
    let first = fs::read(home.segment()).unwrap();
    let second = home.path().join("00000002.seg");
    let whole = fs::read(&second).unwrap();
    for kept in 0..64 {
        for zeros in [0, 64 - kept] {
            let mut torn = whole[..kept].to_vec();
            torn.resize(kept + zeros, 0);
            fs::write(home.segment(), &first).unwrap();
            fs::write(&second, &torn).unwrap();
            let read = Reader::open(home.path()).unwrap();
            let read = read.read(&Cursor::default(), None, &mut |_| {}).unwrap();
            assert_eq!(read.tail.is_some(), kept > 0);
            let log = small();
            assert_eq!(
                log.recovered().is_some(),
                kept > 0,
                "{kept} bytes of a header"
            );
            assert_eq!(positions(&log), [1, 2]);
            assert!(!second.exists());
        }
    }
    // The mark that closing left in the first segment goes when the second is begun again.
    let log = small();
    append(&log, 3);
    assert_eq!(positions(&log), [1, 2, 3]);
    drop(log);
    assert_eq!(positions(&Reader::open(home.path()).unwrap()), [1, 2, 3]);
    assert!(second.exists());
}

#[test]
fn a_first_segment_that_was_never_begun_is_no_ledger_yet() {
    let whole = Segment::of(&[]);
    for kept in 0..64 {
        let home = Home::new();
        fs::write(home.segment(), &whole.bytes[..kept]).unwrap();
        let absent = Reader::open(home.path()).unwrap_err();
        assert!(
            matches!(absent, crate::OpenError::Absent { .. }),
            "{kept} bytes: {absent:?}"
        );
        let log = open(home.path()).unwrap();
        assert_eq!(log.recovered().is_some(), kept > 0);
        append(&log, 1);
        assert_eq!(positions(&log), [1]);
    }
}

//! Bytes that are not what was written: changed, deleted, swapped, repeated, from elsewhere.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::{Home, Segment, append, is_reported, ledger, open, positions, up_to};
use crate::{FileLog, OpenError, Reader};

/// Changes one bit of a file.
fn flip(path: &Path, bit: usize) {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, bit as u64 / 8).unwrap();
    byte[0] ^= 1 << (bit % 8);
    file.write_all_at(&byte, bit as u64 / 8).unwrap();
}

/// Every bit of every file counts: of the headers, the lines, the closing mark and the zeros
/// written ahead.
#[test]
fn every_changed_bit_is_reported() {
    let home = Home::new();
    let log = FileLog::open_with_segments_of(500, home.path(), ledger).unwrap();
    for position in 1..=9 {
        append(&log, position);
    }
    drop(log);
    let mut crashed = Segment::of(&[1, 2]);
    crashed.bytes.resize(crashed.bytes.len() + 100, 0);
    for home in [home, crashed.placed()] {
        assert!(!is_reported(home.path()), "nothing is wrong before");
        for segment in 1.. {
            let path = home.path().join(format!("{segment:08}.seg"));
            let Ok(bytes) = fs::read(&path) else { break };
            for bit in 0..bytes.len() * 8 {
                flip(&path, bit);
                assert!(is_reported(home.path()), "segment {segment}, bit {bit}");
                flip(&path, bit);
            }
        }
        assert!(!is_reported(home.path()), "nothing is wrong afterwards");
    }
}

/// A closed log never loses a commit to one changed bit: it is refused, or all are still there.
#[test]
fn no_changed_bit_makes_opening_cut_a_closed_log() {
    let whole = Segment::closed(&[2, 2]);
    let home = whole.placed();
    for bit in 0..whole.bytes.len() * 8 {
        flip(&home.segment(), bit);
        let flipped = fs::read(home.segment()).unwrap();
        match open(home.path()) {
            Ok(log) => {
                assert_eq!(positions(&log), [1, 2, 3, 4], "bit {bit}");
                assert!(
                    log.recovered().is_some(),
                    "bit {bit}: only in the mark itself"
                );
                fs::remove_file(&home.kept()[0]).unwrap();
                drop(log);
                assert_eq!(fs::read(home.segment()).unwrap(), whole.bytes, "bit {bit}");
            }
            Err(OpenError::Damaged { .. }) => {
                assert_eq!(fs::read(home.segment()).unwrap(), flipped, "bit {bit}");
                flip(&home.segment(), bit);
            }
            Err(other) => panic!("bit {bit}: {other}"),
        }
    }
}

#[test]
fn a_deleted_swapped_or_repeated_commit_is_damage() {
    // In groups of their own, and all in one.
    for groups in [&[1, 1, 1, 1][..], &[4]] {
        for whole in [Segment::of(groups), Segment::closed(groups)] {
            let part = |index: usize| whole.bytes[whole.record(index)].to_vec();
            let (head, tail) = (
                &whole.bytes[..64],
                &whole.bytes[*whole.starts.last().unwrap()..],
            );
            let orders: [&[usize]; 7] = [
                &[1, 2, 3],
                &[0, 2, 3],
                &[1, 0, 2, 3],
                &[0, 2, 1, 3],
                &[0, 1, 3, 2],
                &[0, 1, 1, 2, 3],
                &[0, 1, 2, 3, 3],
            ];
            for order in orders {
                let records: Vec<u8> = order.iter().flat_map(|&index| part(index)).collect();
                let bytes = [head, &records, tail].concat();
                let home = Segment {
                    bytes,
                    starts: vec![],
                }
                .placed();
                assert!(is_reported(home.path()), "{groups:?} {order:?}");
                let opened = open(home.path());
                assert!(
                    matches!(opened, Err(OpenError::Damaged { .. })),
                    "{groups:?} {order:?}: {opened:?}"
                );
            }
        }
    }
}

/// A commit with the right sequence and right checksums, out of another history.
#[test]
fn a_commit_from_another_history_does_not_fit() {
    let ours = Segment::closed(&[1, 1, 1]);
    let home = Home::new();
    let log = open(home.path()).unwrap();
    append(&log, 7);
    append(&log, 2);
    drop(log);
    let theirs = fs::read(home.segment()).unwrap();
    // Its second commit says what ours says, and has the same length.
    let begins = theirs.len() - 64 - ours.record(1).len();
    let mut mixed = ours.clone();
    mixed.bytes[ours.record(1)].copy_from_slice(&theirs[begins..theirs.len() - 64]);
    assert_eq!(
        mixed.bytes[ours.record(1)][64..],
        ours.bytes[ours.record(1)][64..]
    );
    let home = mixed.placed();
    assert!(is_reported(home.path()));
    assert!(matches!(open(home.path()), Err(OpenError::Damaged { .. })));
}

#[test]
fn a_missing_moved_or_foreign_segment_is_damage() {
    let home = Home::new();
    let log = FileLog::open_with_segments_of(300, home.path(), ledger).unwrap();
    for position in 1..=8 {
        append(&log, position);
    }
    drop(log);
    let other = Home::new();
    let another = || "ffffffffffffffffffffffffffffffff".parse().unwrap();
    let log = FileLog::open_with_segments_of(300, other.path(), another).unwrap();
    for position in 1..=8 {
        append(&log, position);
    }
    drop(log);
    let path = |segment: u32| home.path().join(format!("{segment:08}.seg"));
    let segments: Vec<Vec<u8>> = (1..=4)
        .map(|segment| fs::read(path(segment)).unwrap())
        .collect();
    assert!(!path(5).exists() && !is_reported(home.path()));
    let restore = || {
        for (segment, bytes) in (1..).zip(&segments) {
            fs::write(path(segment), bytes).unwrap();
        }
    };

    for missing in [1, 2, 3] {
        fs::remove_file(path(missing)).unwrap();
        assert!(is_reported(home.path()), "{missing} is missing");
        let opened = FileLog::open_with_segments_of(300, home.path(), ledger);
        let Err(OpenError::Damaged { place, why }) = opened else {
            panic!("{opened:?}")
        };
        assert_eq!(place, format!("{missing:08}.seg"));
        assert!(why.contains("missing"), "{why}");
        restore();
    }
    for (one, two) in [(1, 2), (2, 3), (3, 4)] {
        fs::write(path(one), &segments[two - 1]).unwrap();
        fs::write(path(two as u32), &segments[one as usize - 1]).unwrap();
        assert!(is_reported(home.path()), "{one} and {two} are swapped");
        restore();
    }
    for segment in 1..=4 {
        fs::copy(
            other.path().join(format!("{segment:08}.seg")),
            path(segment),
        )
        .unwrap();
        assert!(is_reported(home.path()), "{segment} is another ledger's");
        restore();
        // Cut short anywhere, an earlier segment is damage, and the last may be unfinished.
        let bytes = &segments[segment as usize - 1];
        for length in (0..bytes.len()).step_by(7) {
            fs::write(path(segment), &bytes[..length]).unwrap();
            if segment < 4 {
                assert!(is_reported(home.path()), "{segment} is cut to {length}");
            }
        }
        restore();
        // Zeros or anything else behind it are no part of an earlier segment.
        fs::write(path(segment), [bytes, &[0; 10][..]].concat()).unwrap();
        assert_eq!(is_reported(home.path()), segment < 4);
        fs::write(path(segment), [bytes, &[1; 100][..]].concat()).unwrap();
        assert!(is_reported(home.path()));
        restore();
    }
    assert!(!is_reported(home.path()));
    assert_eq!(positions(&Reader::open(home.path()).unwrap()), up_to(8));
}

#[test]
fn a_header_that_commits_follow_is_not_taken_for_unfinished() {
    for whole in [Segment::of(&[1]), Segment::closed(&[3])] {
        let mut damaged = whole.clone();
        damaged.bytes[..64].fill(0);
        let home = damaged.placed();
        assert!(matches!(
            Reader::open(home.path()),
            Err(OpenError::Damaged { .. })
        ));
        assert!(matches!(open(home.path()), Err(OpenError::Damaged { .. })));
        assert_eq!(fs::read(home.segment()).unwrap(), damaged.bytes);
    }
}

#[test]
fn another_kind_of_file_is_refused_and_left_alone() {
    let home = Home::new();
    let foreign = b"PK\x03\x04 is how a zip archive begins".repeat(10);
    fs::write(home.segment(), &foreign).unwrap();
    for error in [
        Reader::open(home.path()).unwrap_err(),
        open(home.path()).unwrap_err(),
    ] {
        assert!(
            error
                .to_string()
                .contains("does not begin as a netgain ledger's"),
            "{error}"
        );
    }
    assert_eq!(fs::read(home.segment()).unwrap(), foreign);
}

#[test]
fn what_else_is_in_the_directory_is_noted() {
    let home = Segment::closed(&[3]).placed();
    fs::write(home.path().join("notes.txt"), "?").unwrap();
    let report = Reader::open(home.path())
        .unwrap()
        .check(&mut |_| {})
        .unwrap();
    assert_eq!(report.notes, ["notes.txt is no part of the log"]);
    assert_eq!((report.segments, report.commits, report.events), (1, 3, 3));
    assert_eq!(report.bytes, fs::metadata(home.segment()).unwrap().len());
}

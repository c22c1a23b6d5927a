//! A power cut that left any part of the last, unacknowledged group, in any order.

use std::fs;
use std::ops::Range;

use netgain_events::identifier::OrgId;
use netgain_ledger::log::{Cursor, LogRead, ReadError};

use super::{Segment, append, open, positions, up_to};
use crate::place::Place;
use crate::walk::walk;
use crate::{OpenError, Reader};

/// What reached the disk of one record.
const WHOLE: u32 = 0;
const NO_HEADER: u32 = 1;
const NO_LINES: u32 = 2;
const NOTHING: u32 = 3;
const GARBAGE: u32 = 4;
const STATES: u32 = 5;

fn cut(bytes: &mut [u8], record: Range<usize>, state: u32) {
    let lines = record.start + 64..record.end;
    match state {
        WHOLE => {}
        NO_HEADER => bytes[record.start..lines.start].fill(0),
        NO_LINES => bytes[lines].fill(0),
        NOTHING => bytes[record].fill(0),
        GARBAGE => bytes[record].fill(0xa5),
        _ => unreachable!("{state}"),
    }
}

/// Every way in which three records of one group can reach the disk.
fn every_way() -> impl Iterator<Item = [u32; 3]> {
    (0..STATES.pow(3)).map(|way| [0, 1, 2].map(|record| way / STATES.pow(record) % STATES))
}

/// Given an acknowledged group and one that a power cut tore in any way: opening recovers by
/// itself, keeps what comes before the first torn record, and the ledger is clean again.
#[test]
fn a_group_torn_in_any_order_is_a_tail() {
    let whole = Segment::of(&[2, 3]);
    for way in every_way() {
        let mut torn = whole.clone();
        for (record, state) in way.into_iter().enumerate() {
            cut(&mut torn.bytes, whole.record(2 + record), state);
        }
        let kept = 2 + way.iter().take_while(|state| **state == WHOLE).count() as u64;
        let home = torn.placed();
        let reader = Reader::open(home.path()).unwrap();
        assert_eq!(positions(&reader), up_to(kept), "{way:?}");
        let end = |only: Option<&OrgId>| reader.read(&Cursor::default(), only, &mut |_| {});
        let nobody = "NOBODY".parse().unwrap();
        assert_eq!(end(Some(&nobody)).unwrap(), end(None).unwrap(), "{way:?}");
        let log = open(home.path()).unwrap();
        assert_eq!(positions(&log), up_to(kept), "{way:?}");
        append(&log, kept + 1);
        drop(log);
        let report = reader.check(&mut |_| {}).unwrap();
        assert_eq!(
            (report.commits, report.end.tail),
            (kept + 1, None),
            "{way:?}"
        );
    }
}

/// The same in smaller pieces than records, over what was there before: zeros written ahead, or
/// the closing mark of an earlier writer.
#[test]
fn a_group_of_which_any_sectors_reached_the_disk_is_a_tail() {
    const SECTOR: usize = 32;
    let ledger = super::ledger();
    let whole = Segment::of(&[2, 3]);
    let begin = whole.starts[2];
    for mut before in [Segment::of(&[2]).bytes, Segment::closed(&[2]).bytes] {
        before.resize(whole.bytes.len() + 50, 0);
        let sectors = begin / SECTOR..whole.bytes.len().div_ceil(SECTOR);
        for reached in 0..1_u32 << sectors.len() {
            let mut torn = Segment {
                bytes: before.clone(),
                starts: vec![],
            };
            for (bit, sector) in sectors.clone().enumerate() {
                if reached >> bit & 1 == 1 {
                    let end = whole.bytes.len().min((sector + 1) * SECTOR);
                    let sector = sector * SECTOR..end;
                    torn.bytes[sector.clone()].copy_from_slice(&whole.bytes[sector]);
                }
            }
            let is_whole = |index: &usize| {
                let record = whole.record(*index);
                torn.bytes[record.clone()] == whole.bytes[record]
            };
            let next = 3 + (2..5).take_while(is_whole).count() as u64;
            let home = torn.placed();
            let start = Place::start(&ledger);
            let stop = walk(home.path(), &ledger, start, None, None, &mut |_| {}).unwrap();
            assert_eq!(stop.place.next, next, "{reached:b}");
            let clean = next == 6 || torn.bytes == before;
            assert!(stop.torn.is_some() || clean, "{reached:b}");
        }
    }
}

/// The positive control: with anything behind the group that was only written when the group was
/// durable, the same bytes are damage, and nothing is cut.
#[test]
fn a_group_that_had_been_synced_is_damaged_and_not_cut() {
    let followed = [Segment::of(&[2, 3, 1]), Segment::closed(&[2, 3])];
    for whole in followed {
        for way in every_way().filter(|way| way.iter().any(|state| *state != WHOLE)) {
            let mut damaged = whole.clone();
            for (record, state) in way.into_iter().enumerate() {
                cut(&mut damaged.bytes, whole.record(2 + record), state);
            }
            let first_bad = 2 + way.iter().take_while(|state| **state == WHOLE).count();
            let expected = format!("00000001.seg at byte {}", whole.starts[first_bad]);
            let home = damaged.placed();
            match open(home.path()) {
                Err(OpenError::Damaged { place, .. }) => assert_eq!(place, expected),
                other => panic!("{way:?}: {other:?}"),
            }
            let mut shown = 0;
            let read = Reader::open(home.path())
                .unwrap()
                .check(&mut |_| shown += 1);
            match read {
                Err(ReadError::Damage { place, .. }) => assert_eq!(place, expected),
                other => panic!("{way:?}: {other:?}"),
            }
            assert_eq!(shown, first_bad, "reading works up to the damage");
            assert_eq!(
                fs::read(home.segment()).unwrap(),
                damaged.bytes,
                "nothing is cut"
            );
            assert_eq!(home.kept().len(), 0);
        }
    }
}

/// The proof is found wherever it stands: behind a record whose length is not known any more, and
/// across the blocks in which it is looked for.
#[test]
fn a_proof_is_found_at_every_distance() {
    for padding in [
        0,
        1,
        63,
        1024 * 1024 - 200,
        1024 * 1024,
        3 * 1024 * 1024 + 17,
    ] {
        let whole = Segment::closed(&[1, 1]);
        let second = whole.record(1);
        let mut damaged = whole.bytes[..second.start].to_vec();
        damaged.resize(second.start + padding, b'?');
        damaged.extend_from_slice(&whole.bytes[second.end..]);
        let home = Segment {
            bytes: damaged,
            starts: vec![],
        }
        .placed();
        // With nothing between them, the mark stands where the commit belongs.
        assert!(
            matches!(open(home.path()), Err(OpenError::Damaged { .. })),
            "{padding}"
        );
    }
}

/// What is shown must be durable. The last group is, if the closing mark or another segment says
/// so; else the reader syncs it.
#[test]
fn the_reader_knows_what_nothing_proves_to_be_durable() {
    let unproven = |segment: &Segment, from: u64| {
        let home = segment.placed();
        let ledger = super::ledger();
        let mut stop = None;
        let start = Place::start(&ledger);
        let all = walk(home.path(), &ledger, start.clone(), None, None, &mut |_| {}).unwrap();
        // From a place before, and from the end.
        for place in [start, all.place] {
            if place.next >= from {
                let walked = walk(home.path(), &ledger, place, None, None, &mut |_| {});
                stop.get_or_insert(walked.unwrap().unproven);
            }
        }
        stop.unwrap()
    };
    assert!(unproven(&Segment::of(&[2, 3]), 1));
    assert!(!unproven(&Segment::of(&[2, 3]), 6), "nothing was shown");
    assert!(!unproven(&Segment::closed(&[2, 3]), 1));
    assert!(!unproven(&Segment::of(&[]), 1));
}

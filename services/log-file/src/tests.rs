//! Logs made byte by byte, so that a test decides what a power cut left of them.

#![expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "offsets in small files fit into anything"
)]

mod beside_the_writer;
mod bursts;
mod damage;
mod failed_write;
mod one_organisation;
mod opening;
mod torn_groups;
mod torn_tails;

use std::fs;
use std::path::{Path, PathBuf};

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Cursor, Log, LogRead, durable};

use crate::frame::{Framed, RecordHeader, SegmentHeader, chain_start};
use crate::group::Group;
use crate::place::Place;
use crate::{FileLog, OpenError, Reader};

fn ledger() -> LedgerId {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

fn org() -> OrgId {
    "E07000082".parse().unwrap()
}

/// What the commit at that position says.
fn line(position: u64) -> Vec<u8> {
    format!(
        "{{\"position\":{position},\"t\":\"{}\"}}\n",
        "x".repeat(position as usize % 5)
    )
    .into_bytes()
}

fn open(directory: &Path) -> Result<FileLog, OpenError> {
    FileLog::open_or_create(directory, ledger)
}

/// Appends the commit at that position and waits for it.
fn append(log: &FileLog, position: u64) {
    let lines = line(position);
    let commit = Commit {
        org: &org(),
        first: Position::new(position),
        events: 1,
        lines: &lines,
    };
    block_on(durable(log, log.append(commit).unwrap())).unwrap();
}

/// The positions that are read, each with what it should say.
fn positions(log: &impl LogRead) -> Vec<u64> {
    let mut seen = Vec::new();
    log.read(&Cursor::default(), None, &mut |commit| {
        assert_eq!(commit.lines, line(commit.first.get()), "a commit is whole");
        seen.push(commit.first.get());
    })
    .unwrap();
    seen
}

/// The positions 1 to that one.
fn up_to(last: u64) -> Vec<u64> {
    (1..=last).collect()
}

/// Whether checking finds anything wrong. It must always come back.
fn is_reported(directory: &Path) -> bool {
    Reader::open(directory).is_err_and(|error| !matches!(error, OpenError::Unusable { .. }))
        || Reader::open(directory).is_ok_and(|reader| {
            reader
                .check(&mut |_| {})
                .map_or(true, |report| report.end.tail.is_some())
        })
}

/// The first segment of a log, and where its records are.
#[derive(Clone)]
struct Segment {
    bytes: Vec<u8>,
    /// Where each record begins, and at last where the records end.
    starts: Vec<usize>,
}

impl Segment {
    /// A segment with groups of that many records each. The commit with sequence n is the one at
    /// position n.
    fn of(groups: &[u64]) -> Self {
        let place = Place::start(&ledger());
        let header = SegmentHeader {
            segment: 1,
            first_sequence: 1,
            ledger: ledger(),
            chain: chain_start(&ledger()),
        };
        let mut segment = Self {
            bytes: header.encode().to_vec(),
            starts: vec![64],
        };
        let mut group = Group::at(&place);
        for records in groups {
            group = group.following(Vec::new());
            for _ in 0..*records {
                let lines = line(group.next);
                let first = Position::new(group.next);
                let commit = Commit {
                    org: &org(),
                    first,
                    events: 1,
                    lines: &lines,
                };
                group.push(&Framed::of(commit).unwrap());
                segment.starts.push(segment.bytes.len() + group.bytes.len());
            }
            segment.bytes.extend_from_slice(&group.bytes);
        }
        segment
    }

    /// The same, with the mark of a writer that closed.
    fn closed(groups: &[u64]) -> Self {
        let mut segment = Self::of(groups);
        let records: u64 = groups.iter().sum();
        let last = segment.starts[segment.starts.len() - 2];
        let header = segment.bytes[last..last + 64].try_into().unwrap();
        let (_, chain) = RecordHeader::decode(&header).unwrap();
        let (mark, _) = RecordHeader::closing_mark(records + 1, chain).encode();
        segment.bytes.extend_from_slice(&mark);
        segment
    }

    /// The bytes of the record with that index, from 0.
    fn record(&self, index: usize) -> std::ops::Range<usize> {
        self.starts[index]..self.starts[index + 1]
    }

    /// Puts the segment in a directory of its own.
    fn placed(&self) -> Home {
        let home = Home::new();
        fs::write(home.segment(), &self.bytes).unwrap();
        home
    }
}

/// A directory for one log, which goes with the test.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The first segment's file.
    fn segment(&self) -> PathBuf {
        self.path().join("00000001.seg")
    }

    /// The files that keep what was cut off.
    fn kept(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.path())
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut kept: Vec<PathBuf> = entries
            .filter(|path| {
                path.file_name()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .starts_with("tail-")
            })
            .collect();
        kept.sort();
        kept
    }
}

#[test]
fn segments_made_here_are_what_the_writer_writes() {
    let home = Home::new();
    let log = open(home.path()).unwrap();
    for position in 1..=4 {
        append(&log, position);
    }
    log.close().unwrap();
    assert!(fs::read(home.segment()).unwrap() == Segment::closed(&[1, 1, 1, 1]).bytes);
}

#[test]
fn it_keeps_the_promises_of_a_log() {
    struct Store(Home, u64);

    impl netgain_ledger::conformance::Store for Store {
        type Log = FileLog;
        type Reader = Reader;

        fn open(&self) -> FileLog {
            FileLog::open_with_segments_of(self.1, self.0.path(), ledger).unwrap()
        }

        fn reader(&self) -> Reader {
            Reader::open(self.0.path()).unwrap()
        }
    }

    netgain_ledger::conformance::suite(|| Store(Home::new(), crate::SEGMENT_BYTES));
    // Again with segments so small that most tests need many.
    netgain_ledger::conformance::suite(|| Store(Home::new(), 4096));
}

//! A small ledger's log as whoever may write its file can change it: every checksum is right again
//! afterwards, so that nothing but what was changed tells.
//!
//! Written from the log's own page of its bytes (`services/log-file/src/frame.rs`), and by none of its
//! code: a mistake there would not be made here too.

use std::fs;
use std::path::PathBuf;

use crate::program::Program;

/// How many bytes a segment's header has, and a record's.
const HEADER: usize = 64;

/// How many bytes of a header its check is taken of; it stands behind them.
const CHECKED: usize = 60;

/// Where a segment's header has the version of its format, and the ledger's id.
const FORMAT: std::ops::Range<usize> = 8..12;
const LEDGER: std::ops::Range<usize> = 24..56;

/// The only segment of a log, taken apart into its records.
pub struct Segment {
    path: PathBuf,
    header: Vec<u8>,
    records: Vec<Record>,
}

struct Record {
    /// The record's header without the payload's length in front and the two checks behind.
    fields: Vec<u8>,
    lines: String,
}

impl Record {
    fn first_position(&self) -> u64 {
        number(&self.fields[12..20])
    }

    fn is_of(&self, org: &str) -> bool {
        let code = &self.fields[20..];
        code.starts_with(org.as_bytes()) && code[org.len()..].iter().all(|&byte| byte == 0)
    }
}

impl Segment {
    /// Reads the segment of a log that has one.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let path = program.segment();
        let bytes = fs::read(&path).expect("a segment file");
        let (header, mut rest) = bytes.split_at(HEADER);
        let mut records = Vec::new();
        // After the last record stands the closing mark, which has no payload, or nothing.
        while let Some((header, behind)) = rest.split_at_checked(HEADER) {
            let length = usize::try_from(number(&header[..4])).expect("a length");
            if length == 0 {
                break;
            }
            let (lines, behind) = behind.split_at(length);
            records.push(Record {
                fields: header[4..56].to_vec(),
                lines: String::from_utf8(lines.to_vec()).expect("lines in UTF-8"),
            });
            rest = behind;
        }
        Self {
            header: header.to_vec(),
            path,
            records,
        }
    }

    /// Says another version of the format.
    pub fn set_format(&mut self, version: u32) {
        self.header[FORMAT].copy_from_slice(&version.to_le_bytes());
        let check = crc32c::crc32c(&self.header[..CHECKED]);
        self.header[CHECKED..].copy_from_slice(&check.to_le_bytes());
    }

    /// Replaces what there is one of in the event of an organisation at a position, which must be the
    /// first of its record.
    pub fn rewrite(&mut self, org: &str, position: u64, from: &str, to: &str) {
        let mut records = self.records.iter_mut();
        let found = records.find(|record| record.is_of(org) && record.first_position() == position);
        let lines = &mut found.expect("a record that begins there").lines;
        assert_eq!(lines.matches(from).count(), 1, "{from:?} in {lines}");
        *lines = lines.replace(from, to);
    }

    /// Takes the last record off, and gives its lines.
    pub fn cut_last(&mut self) -> String {
        self.records.pop().expect("a record").lines
    }

    /// Writes the records one after the other, each with the checks that follow from those before
    /// it; then the mark of a writer that closed, if it is asked for.
    pub fn write(&self, closing_mark: bool) {
        let mut bytes = self.header.clone();
        let mut chain = crc32c::crc32c(&self.header[LEDGER]);
        let mut put = |fields: &[u8], lines: &[u8]| {
            let length = u32::try_from(lines.len()).expect("a small record");
            let mut header = length.to_le_bytes().to_vec();
            header.extend(fields);
            header.extend((crc32c::crc32c(lines) ^ chain).to_le_bytes());
            chain = crc32c::crc32c(&header);
            header.extend(chain.to_le_bytes());
            bytes.extend(header);
            bytes.extend(lines);
        };
        for record in &self.records {
            put(&record.fields, record.lines.as_bytes());
        }
        if closing_mark {
            let next = u64::try_from(self.records.len()).expect("a small number") + 1;
            let fields = [&[0; 4][..], &next.to_le_bytes(), &[0; 40]].concat();
            put(&fields, b"");
        }
        fs::write(&self.path, bytes).expect("a file that can be written");
    }
}

/// A number as the log writes it, the lowest byte first.
fn number(bytes: &[u8]) -> u64 {
    let mut number = [0; 8];
    number[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(number)
}

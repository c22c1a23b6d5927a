//! The bytes of a segment file.
//!
//! A segment file is one segment header, then records one after the other, each a record header
//! and a payload. All numbers are little endian, and every checksum is CRC32C (RFC 3720,
//! appendix B.4).
//!
//! | segment header | bytes | what it holds |
//! |---|---|---|
//! | 0 | 8 | the mark `ngledger` |
//! | 8 | 4 | the format's version: 1. Every version keeps this header's form, so that an older program can tell a newer ledger from a damaged one |
//! | 12 | 4 | the segment's number, as in its file's name |
//! | 16 | 8 | the sequence of its first record |
//! | 24 | 32 | the ledger's id, in ASCII |
//! | 56 | 4 | the check of the record header before it; in the first segment, the checksum of the ledger's id |
//! | 60 | 4 | its check: the checksum of bytes 0 to 59 |
//!
//! | record header | bytes | what it holds |
//! |---|---|---|
//! | 0 | 4 | the payload's length in bytes |
//! | 4 | 2 | the count of events |
//! | 6 | 2 | how many records of the same group stand before it |
//! | 8 | 8 | its sequence: 1, 2, 3 … over all segments |
//! | 16 | 8 | the position of the first event in its organisation |
//! | 24 | 32 | the organisation's code, in ASCII, with zero bytes to fill |
//! | 56 | 4 | the payload's checksum, combined by exclusive or with the check of the record header before it; in the first record, with the checksum of the ledger's id |
//! | 60 | 4 | its check: the checksum of bytes 0 to 59 |
//!
//! A payload is the commit's event lines, each ended by a line feed. A *group* is what one write
//! and one sync took: it is never in two segments, and it is only written when every record before
//! it is durable. So a whole header proves that everything before its group had been synced, which
//! is how a torn write is told from damage (see the crate's page). By the exclusive or each
//! record carries on a checksum of the whole history before it: one taken from elsewhere does not fit.
//!
//! The *closing mark* is a record header with no payload, no events and no organisation, and the
//! sequence that the next record will have. A writer that closes leaves it at the end, where the
//! next record overwrites it: it proves that the last group had been synced too.
//!
//! After the last record, or the mark, the last segment may hold zero bytes, written ahead, up to
//! its end; an earlier segment ends with its last record.

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::log::{COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX, Commit};

/// The newest format this version reads, and the one it writes.
pub(crate) const FORMAT: u32 = 1;

/// How many bytes either header has.
pub(crate) const HEADER_BYTES: usize = 64;

/// The same, as an offset in a file.
pub(crate) const HEADER: u64 = 64;

/// How a segment file begins.
pub(crate) const MAGIC: &[u8; 8] = b"ngledger";

/// The bytes of either header.
pub(crate) type HeaderBytes = [u8; HEADER_BYTES];

/// What stands at the beginning of every segment file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// The segment's number: 1, 2, 3 …
    pub(crate) segment: u32,
    /// The sequence of its first record.
    pub(crate) first_sequence: u64,
    /// Whose log it is.
    pub(crate) ledger: LedgerId,
    /// What the records' chain has come to before it.
    pub(crate) chain: u32,
}

/// Why bytes are no segment header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoSegmentHeader {
    /// They begin as no segment file does.
    Foreign,
    /// The header is not whole, or not what was written.
    Broken,
    /// Whole, and of a format this version does not know.
    Newer(u32),
}

impl SegmentHeader {
    /// The header's bytes.
    pub(crate) fn encode(&self) -> HeaderBytes {
        let mut bytes = [0; HEADER_BYTES];
        let mut fields = Fields(&mut bytes);
        fields.put(MAGIC);
        fields.put(&FORMAT.to_le_bytes());
        fields.put(&self.segment.to_le_bytes());
        fields.put(&self.first_sequence.to_le_bytes());
        fields.put(self.ledger.as_str().as_bytes());
        fields.put(&self.chain.to_le_bytes());
        seal(&mut bytes);
        bytes
    }

    /// Reads the header from a file's first bytes, of which there may be too few.
    pub(crate) fn decode(file: &[u8]) -> Result<Self, NoSegmentHeader> {
        let mark = file.get(..MAGIC.len()).unwrap_or(file);
        let written = mark
            .iter()
            .rposition(|&byte| byte != 0)
            .map_or(0, |last| last + 1);
        if !MAGIC.starts_with(mark.get(..written).unwrap_or_default()) {
            return Err(NoSegmentHeader::Foreign);
        }
        let bytes = file.first_chunk().ok_or(NoSegmentHeader::Broken)?;
        if mark != MAGIC || seal_of(bytes).is_none() {
            return Err(NoSegmentHeader::Broken);
        }
        let mut rest = bytes.as_slice();
        let _magic: [u8; 8] = take(&mut rest);
        let format = u32::from_le_bytes(take(&mut rest));
        if format != FORMAT {
            return Err(NoSegmentHeader::Newer(format));
        }
        let segment = u32::from_le_bytes(take(&mut rest));
        let first_sequence = u64::from_le_bytes(take(&mut rest));
        let ledger: [u8; 32] = take(&mut rest);
        let ledger = std::str::from_utf8(&ledger)
            .ok()
            .and_then(|text| text.parse().ok());
        let ledger = ledger.ok_or(NoSegmentHeader::Broken)?;
        let chain = u32::from_le_bytes(take(&mut rest));
        Ok(Self {
            segment,
            first_sequence,
            ledger,
            chain,
        })
    }
}

/// What stands before every payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordHeader {
    /// The payload's length in bytes; 0 in a closing mark.
    pub(crate) length: u32,
    /// The count of events; 0 in a closing mark.
    pub(crate) events: u16,
    /// How many records of its group stand before it.
    pub(crate) before_in_group: u16,
    /// Its place among all the log's records, from 1.
    pub(crate) sequence: u64,
    /// The first event's position.
    pub(crate) first: u64,
    /// The organisation's code, filled with zeros.
    pub(crate) org: [u8; 32],
    /// The payload's checksum, with the check of the header before it.
    pub(crate) payload_check: u32,
}

impl RecordHeader {
    /// The closing mark before which the last record has that check, and after which the next one
    /// has that sequence.
    pub(crate) const fn closing_mark(sequence: u64, chain: u32) -> Self {
        Self {
            length: 0,
            events: 0,
            before_in_group: 0,
            sequence,
            first: 0,
            org: [0; 32],
            payload_check: chain,
        }
    }

    /// The header's bytes, and its own check: what the chain comes to.
    pub(crate) fn encode(&self) -> (HeaderBytes, u32) {
        let mut bytes = [0; HEADER_BYTES];
        let mut fields = Fields(&mut bytes);
        fields.put(&self.length.to_le_bytes());
        fields.put(&self.events.to_le_bytes());
        fields.put(&self.before_in_group.to_le_bytes());
        fields.put(&self.sequence.to_le_bytes());
        fields.put(&self.first.to_le_bytes());
        fields.put(&self.org);
        fields.put(&self.payload_check.to_le_bytes());
        let check = seal(&mut bytes);
        (bytes, check)
    }

    /// Reads a whole header and its check; nothing, if the bytes are none.
    pub(crate) fn decode(bytes: &HeaderBytes) -> Option<(Self, u32)> {
        let check = seal_of(bytes)?;
        let mut rest = bytes.as_slice();
        let header = Self {
            length: u32::from_le_bytes(take(&mut rest)),
            events: u16::from_le_bytes(take(&mut rest)),
            before_in_group: u16::from_le_bytes(take(&mut rest)),
            sequence: u64::from_le_bytes(take(&mut rest)),
            first: u64::from_le_bytes(take(&mut rest)),
            org: take(&mut rest),
            payload_check: u32::from_le_bytes(take(&mut rest)),
        };
        let record = (1..=COMMIT_BYTES_MAX).contains(&header.payload_bytes())
            && (1..=COMMIT_EVENTS_MAX).contains(&header.events.into());
        let placed = u64::from(header.before_in_group) < header.sequence;
        ((record || header.is_closing_mark()) && placed).then_some((header, check))
    }

    /// Whether it is the closing mark and no record's header.
    pub(crate) fn is_closing_mark(&self) -> bool {
        *self == Self::closing_mark(self.sequence, self.payload_check)
    }

    /// The first record of its group: all before that one were durable when this was written.
    pub(crate) fn group_sequence(&self) -> u64 {
        self.sequence.saturating_sub(self.before_in_group.into())
    }

    /// The payload's length.
    pub(crate) fn payload_bytes(&self) -> usize {
        // At most 4 MiB once checked; a length that does not fit is refused by that check.
        usize::try_from(self.length).unwrap_or(usize::MAX)
    }

    /// Where the record ends, if it begins at that offset.
    pub(crate) fn end(&self, offset: u64) -> u64 {
        offset
            .saturating_add(HEADER)
            .saturating_add(self.length.into())
    }
}

/// A commit that has been checked and summed, ready for its place in the log.
pub(crate) struct Framed<'a> {
    length: u32,
    events: u16,
    first: Position,
    org: [u8; 32],
    checksum: u32,
    /// The payload.
    pub(crate) lines: &'a [u8],
}

impl<'a> Framed<'a> {
    /// Does all of a record's work that does not depend on its place; nothing, if the commit is
    /// larger than a record holds.
    pub(crate) fn of(commit: Commit<'a>) -> Option<Self> {
        Some(Self {
            length: u32::try_from(commit.lines.len()).ok()?,
            events: u16::try_from(commit.events).ok()?,
            first: commit.first,
            org: org_bytes(commit.org),
            checksum: crc32c::crc32c(commit.lines),
            lines: commit.lines,
        })
    }

    /// The record's header in that place.
    pub(crate) fn header(&self, sequence: u64, before_in_group: u16, chain: u32) -> RecordHeader {
        RecordHeader {
            length: self.length,
            events: self.events,
            before_in_group,
            sequence,
            first: self.first.get(),
            org: self.org,
            payload_check: self.checksum ^ chain,
        }
    }
}

/// What the chain has come to before the first record.
pub(crate) fn chain_start(ledger: &LedgerId) -> u32 {
    crc32c::crc32c(ledger.as_str().as_bytes())
}

/// An organisation's code as it stands in a record header.
pub(crate) fn org_bytes(org: &OrgId) -> [u8; 32] {
    let mut bytes = [0; 32];
    Fields(&mut bytes).put(org.as_str().as_bytes());
    bytes
}

/// The organisation of a record header, if it names one.
pub(crate) fn org_of(bytes: &[u8; 32]) -> Option<OrgId> {
    // Filling is zeros to the end, which no code has: its first one ends the code.
    let length = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    let (code, filling) = bytes.split_at_checked(length)?;
    let filled = filling.iter().fold(0, |all, byte| all | byte) == 0;
    let code = std::str::from_utf8(code).ok().filter(|_| filled)?;
    code.parse().ok()
}

/// A header that is being written: the fields that are not there yet.
struct Fields<'a>(&'a mut [u8]);

impl Fields<'_> {
    /// Writes the next field. The headers' fields fill their 64 bytes exactly.
    fn put(&mut self, field: &[u8]) {
        if let Some((place, behind)) = std::mem::take(&mut self.0).split_at_mut_checked(field.len())
        {
            place.copy_from_slice(field);
            self.0 = behind;
        }
    }
}

/// Reads the field at which `rest` begins and moves `rest` behind it.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    match rest.split_first_chunk() {
        Some((field, behind)) => {
            *rest = behind;
            *field
        }
        None => [0; N],
    }
}

/// Writes a header's check into its last four bytes, and returns it.
fn seal(bytes: &mut HeaderBytes) -> u32 {
    let mut check = 0;
    if let Some((fields, place)) = bytes.split_last_chunk_mut::<4>() {
        check = crc32c::crc32c(fields);
        *place = check.to_le_bytes();
    }
    check
}

/// A header's check, if it is right.
fn seal_of(bytes: &HeaderBytes) -> Option<u32> {
    let (fields, check) = bytes.split_last_chunk::<4>()?;
    let check = u32::from_le_bytes(*check);
    (crc32c::crc32c(fields) == check).then_some(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment_header() -> SegmentHeader {
        let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let chain = chain_start(&ledger);
        SegmentHeader {
            segment: 1,
            first_sequence: 1,
            ledger,
            chain,
        }
    }

    fn record_header() -> RecordHeader {
        let org: OrgId = "E07000082".parse().unwrap();
        let lines = b"{}\n{}\n";
        let commit = Commit {
            org: &org,
            first: Position::new(7),
            events: 2,
            lines,
        };
        Framed::of(commit).unwrap().header(300, 258, 0x1234_5678)
    }

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
    }

    /// The format is frozen: a ledger written today is read for decades.
    #[test]
    fn the_bytes_of_format_1_never_change() {
        assert_eq!(
            hex(&segment_header().encode()),
            concat!(
                "6e676c6564676572",
                "01000000",
                "01000000",
                "0100000000000000",
                "3031323334353637383961626364656630313233343536373839616263646566",
                "993ed05c",
                "77b5ea54"
            )
        );
        assert_eq!(
            hex(&record_header().encode().0),
            concat!(
                "06000000",
                "0200",
                "0201",
                "2c01000000000000",
                "0700000000000000",
                "4530373030303038320000000000000000000000000000000000000000000000",
                "f29ee83d",
                "73763352"
            )
        );
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        assert_eq!(
            SegmentHeader::decode(&segment_header().encode()),
            Ok(segment_header())
        );
        let header = record_header();
        let (bytes, check) = header.encode();
        assert_eq!(RecordHeader::decode(&bytes), Some((header.clone(), check)));
        assert_eq!(header.group_sequence(), 42);
        assert_eq!(org_of(&header.org).unwrap().as_str(), "E07000082");
        let mark = RecordHeader::closing_mark(5, 6);
        assert!(mark.is_closing_mark() && !header.is_closing_mark());
        assert_eq!(
            RecordHeader::decode(&mark.encode().0),
            Some((mark.clone(), mark.encode().1))
        );
    }

    #[test]
    fn one_changed_bit_makes_a_header_none() {
        for bit in 0..HEADER_BYTES * 8 {
            let flip = |mut bytes: HeaderBytes| {
                bytes[bit / 8] ^= 1 << (bit % 8);
                bytes
            };
            let segment = SegmentHeader::decode(&flip(segment_header().encode()));
            assert!(
                matches!(
                    segment,
                    Err(NoSegmentHeader::Broken | NoSegmentHeader::Foreign)
                ),
                "bit {bit}"
            );
            assert_eq!(
                RecordHeader::decode(&flip(record_header().encode().0)),
                None,
                "bit {bit}"
            );
        }
        assert_eq!(RecordHeader::decode(&[0; HEADER_BYTES]), None);
    }

    #[test]
    fn a_newer_format_is_told_from_damage_and_from_another_file() {
        let mut newer = segment_header().encode();
        newer[8] = 2;
        assert_eq!(SegmentHeader::decode(&newer), Err(NoSegmentHeader::Broken));
        seal(&mut newer);
        assert_eq!(
            SegmentHeader::decode(&newer),
            Err(NoSegmentHeader::Newer(2))
        );
        assert_eq!(
            SegmentHeader::decode(b"PK\x03\x04"),
            Err(NoSegmentHeader::Foreign)
        );
        for kept in 0..HEADER_BYTES {
            let mut torn = segment_header().encode();
            torn[kept..].fill(0);
            assert_eq!(
                SegmentHeader::decode(&torn[..kept]),
                Err(NoSegmentHeader::Broken)
            );
            assert_eq!(
                SegmentHeader::decode(&torn),
                Err(NoSegmentHeader::Broken),
                "{kept} kept"
            );
        }
    }

    #[test]
    fn a_header_beyond_the_limits_is_none_even_with_a_right_check() {
        let good = record_header();
        let bad = [
            RecordHeader {
                length: 0,
                ..good.clone()
            },
            RecordHeader {
                length: 4 * 1024 * 1024 + 1,
                ..good.clone()
            },
            RecordHeader {
                length: u32::MAX,
                ..good.clone()
            },
            RecordHeader {
                events: 0,
                ..good.clone()
            },
            RecordHeader {
                events: 10_001,
                ..good.clone()
            },
            RecordHeader {
                sequence: 258,
                ..good.clone()
            },
        ];
        for header in bad {
            assert_eq!(RecordHeader::decode(&header.encode().0), None, "{header:?}");
        }
        assert_eq!(org_of(&[0; 32]), None);
        let mut gap = good.org;
        gap[20] = b'A';
        assert_eq!(org_of(&gap), None);
    }
}

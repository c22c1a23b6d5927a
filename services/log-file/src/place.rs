//! Places between records, and the cursors that stand for them outside.

use netgain_events::identifier::LedgerId;
use netgain_ledger::log::{Cursor, ReadError};

use crate::frame::{self, HEADER, SegmentHeader};

/// A place after a whole record, or at the beginning of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The segment's number.
    pub(crate) segment: u32,
    /// The offset in its file at which the next record would begin.
    pub(crate) offset: u64,
    /// The sequence which that record would have.
    pub(crate) next: u64,
    /// What the records' chain has come to.
    pub(crate) chain: u32,
    /// The payload's length of the record that ends here; 0 at the beginning of a segment.
    pub(crate) last_length: u32,
}

impl Place {
    /// The beginning of a ledger's log.
    pub(crate) fn start(ledger: &LedgerId) -> Self {
        let chain = frame::chain_start(ledger);
        Self {
            segment: 1,
            offset: HEADER,
            next: 1,
            chain,
            last_length: 0,
        }
    }

    /// The beginning of the segment with that header.
    pub(crate) const fn after(header: &SegmentHeader) -> Self {
        Self {
            segment: header.segment,
            offset: HEADER,
            next: header.first_sequence,
            chain: header.chain,
            last_length: 0,
        }
    }

    /// Where the record that ends here begins; nothing at the beginning of a segment, and for a
    /// place that cannot be.
    pub(crate) fn last_offset(&self) -> Option<u64> {
        let record = HEADER + u64::from(self.last_length);
        let offset = self
            .offset
            .checked_sub(record)
            .filter(|&offset| offset >= HEADER);
        offset.filter(|_| self.last_length > 0)
    }

    /// Whether nothing is before it.
    pub(crate) const fn is_start(&self) -> bool {
        self.next == 1
    }

    /// The place for others to keep. Big endian, so that cursors are ordered as places are.
    pub(crate) fn cursor(&self) -> Cursor {
        if self.is_start() {
            return Cursor::default();
        }
        let mut bytes = Vec::with_capacity(28);
        bytes.extend_from_slice(&self.segment.to_be_bytes());
        bytes.extend_from_slice(&self.offset.to_be_bytes());
        bytes.extend_from_slice(&self.next.to_be_bytes());
        bytes.extend_from_slice(&self.chain.to_be_bytes());
        bytes.extend_from_slice(&self.last_length.to_be_bytes());
        Cursor::from_bytes(&bytes)
    }

    /// The place that a cursor stands for, if it has the form; whether the log has such a place is
    /// for whoever reads from it to see.
    pub(crate) fn of(cursor: &Cursor, ledger: &LedgerId) -> Result<Self, ReadError> {
        if *cursor == Cursor::default() {
            return Ok(Self::start(ledger));
        }
        Self::parse(cursor.as_bytes()).ok_or_else(|| ReadError::UnknownCursor {
            why: "it has not the form of a place in segment files".into(),
        })
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (segment, rest) = bytes.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let (next, rest) = rest.split_first_chunk()?;
        let (chain, rest) = rest.split_first_chunk()?;
        Some(Self {
            segment: u32::from_be_bytes(*segment),
            offset: u64::from_be_bytes(*offset),
            next: u64::from_be_bytes(*next),
            chain: u32::from_be_bytes(*chain),
            last_length: u32::from_be_bytes(rest.try_into().ok()?),
        })
    }
}

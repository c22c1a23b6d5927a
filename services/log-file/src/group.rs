//! What waits for the disk: the records that the next write and sync take together.

use netgain_ledger::log::Ticket;

use crate::frame::{Framed, HEADER_BYTES};
use crate::place::Place;

/// How many bytes may wait. Two such buffers exist at most. Large enough that a sync costs little
/// beside the writing, small enough that nothing waits long behind it.
pub(crate) const GROUP_BYTES_MAX: usize = 8 * 1024 * 1024;

/// How many records may wait: a record counts those of its group before it in 16 bits.
pub(crate) const GROUP_RECORDS_MAX: u16 = u16::MAX;

/// How many lanes there are: groups take turns in them. While one is written the next is filled, so that with two nobody
/// is woken for a group that is not theirs.
pub(crate) const LANES: u32 = 2;

/// Records framed one after the other, as they will stand in a segment.
#[derive(Debug)]
pub(crate) struct Group {
    /// Their bytes.
    pub(crate) bytes: Vec<u8>,
    /// How many they are.
    pub(crate) records: u16,
    /// In which lane it is told that they are durable.
    pub(crate) lane: u32,
    /// The number of appends up to and with the last of them.
    pub(crate) through: u64,
    /// The sequence of the record after them.
    pub(crate) next: u64,
    /// What the chain has come to before them.
    pub(crate) chain_before: u32,
    /// What it comes to with them.
    pub(crate) chain: u32,
    /// The payload's length of the last of them.
    pub(crate) last_length: u32,
}

impl Group {
    /// No records, to stand after that place.
    pub(crate) const fn at(place: &Place) -> Self {
        Self {
            bytes: Vec::new(),
            records: 0,
            lane: 0,
            through: 0,
            next: place.next,
            chain_before: place.chain,
            chain: place.chain,
            last_length: 0,
        }
    }

    /// No records, to stand after these; their bytes will be in `buffer`.
    pub(crate) fn following(&self, mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        Self {
            bytes: buffer,
            records: 0,
            lane: (self.lane + 1) % LANES,
            through: self.through,
            next: self.next,
            chain_before: self.chain,
            chain: self.chain,
            last_length: 0,
        }
    }

    /// The sequence of the first of them.
    pub(crate) fn first(&self) -> u64 {
        self.next.saturating_sub(self.records.into())
    }

    /// The last append: of these records, or of the group before them where there are none yet.
    pub(crate) const fn last(&self) -> Ticket {
        let lane = match self.records {
            0 => (self.lane + LANES - 1) % LANES,
            _ => self.lane,
        };
        let number = self.through;
        Ticket { lane, number }
    }

    /// Whether a record has room in it. There is always room for one.
    pub(crate) const fn has_room(&self, record: &Framed<'_>) -> bool {
        self.records == 0
            || (self.records < GROUP_RECORDS_MAX
                && self.bytes.len() + HEADER_BYTES + record.lines.len() <= GROUP_BYTES_MAX)
    }

    /// Puts a record behind the others.
    pub(crate) fn push(&mut self, record: &Framed<'_>) {
        let header = record.header(self.next, self.records, self.chain);
        let (bytes, check) = header.encode();
        self.bytes.extend_from_slice(&bytes);
        self.bytes.extend_from_slice(record.lines);
        self.records += 1;
        self.through += 1;
        self.next += 1;
        self.chain = check;
        self.last_length = header.length;
    }
}

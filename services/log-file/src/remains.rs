//! What stands behind a place at which a segment does not go on as it should: whether it proves
//! that something was lost there.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::frame::{HEADER_BYTES, RecordHeader};

/// How much is looked through at once.
const BLOCK_BYTES: usize = 1024 * 1024;

/// Where a record header holds its sequence.
const SEQUENCE_AT: usize = 8;

/// More records than a segment's size has room for. What reads as a sequence further on than that
/// is text, and is passed over without summing a header at each of its bytes.
const LATER_MAX: u64 = 1 << 32;

/// What a file holds from some offset on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remains {
    /// Where its last byte that is not zero ends; 0 if there is none.
    pub(crate) end: u64,
    /// The offset of a whole header that was only written when the record asked about was durable.
    pub(crate) proof: Option<u64>,
    /// How many whole headers follow that prove nothing: others of the same unfinished write.
    pub(crate) unproven: u64,
}

/// Looks at every byte from `from` on for the headers of records after the one with the sequence
/// `missing`, and for one that proves it to have been durable.
pub(crate) fn search(file: &File, from: u64, missing: u64) -> io::Result<Remains> {
    let mut remains = Remains::default();
    let mut block = vec![0; BLOCK_BYTES];
    let mut start = from;
    loop {
        let filled = read_full(file, &mut block, start)?;
        let bytes = block.get(..filled).unwrap_or_default();
        if let Some(last) = bytes.iter().rposition(|&byte| byte != 0) {
            remains.end = offset(start, last + 1);
            look_at(bytes, start, missing, &mut remains);
        }
        if filled < BLOCK_BYTES {
            return Ok(remains);
        }
        // The blocks overlap, so that no header is cut in two.
        start = offset(start, filled - (HEADER_BYTES - 1));
    }
}

/// Looks for headers at every byte of one block.
fn look_at(bytes: &[u8], start: u64, missing: u64, remains: &mut Remains) {
    for (at, candidate) in bytes.windows(HEADER_BYTES).enumerate() {
        let Some(candidate) = candidate.first_chunk::<HEADER_BYTES>() else {
            continue;
        };
        let sequence = candidate
            .get(SEQUENCE_AT..)
            .and_then(|rest| rest.first_chunk());
        let later = sequence.and_then(|bytes| u64::from_le_bytes(*bytes).checked_sub(missing));
        if !later.is_some_and(|later| (1..=LATER_MAX).contains(&later)) {
            continue;
        }
        if let Some((header, _)) = RecordHeader::decode(candidate) {
            if header.group_sequence() > missing {
                remains.proof.get_or_insert(offset(start, at));
            } else {
                remains.unproven += 1;
            }
        }
    }
}

/// Fills the block from the file, less at its end.
pub(crate) fn read_full(file: &File, block: &mut [u8], start: u64) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(free) = block.get_mut(filled..).filter(|free| !free.is_empty()) {
        match file.read_at(free, offset(start, filled)) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The offset that many bytes further on.
fn offset(start: u64, bytes: usize) -> u64 {
    start.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX))
}

//! The hashes of the sealed leaves, kept beside the checkpoints: a help to name the first position
//! at which a history differs. Nothing depends on it: it is looked at after a root did not agree,
//! and believed only as far as its own root agrees with the checkpoint. So it is not synced, and may
//! be lost.
//!
//! The file is a row of blocks, all numbers little endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `NGLEAVES` |
//! | 4 | CRC32C of what follows |
//! | 4 | how many bytes follow |
//! | 1, then as many | the organisation's code, with its length before it |
//! | 8 | the position of the first leaf |
//! | 32 each | the hashes |

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::Path;

use netgain_events::identifier::OrgId;
use netgain_verify::tlog::Hash;

use netgain_durable_files::{self as durable, FileError};

/// The file in the checkpoints' directory.
pub(crate) const LEAF_HASHES: &str = "leaf-hashes";

/// How a block begins, so that reading finds the next one behind a torn one.
const BLOCK_START: &[u8] = b"NGLEAVES";

/// What stands before a block's body.
const BLOCK_HEAD: usize = 16;

/// The most hashes of a block, so that its length fits; a seal of more writes several.
const BLOCK_HASHES_MAX: usize = 1 << 20;

/// The most bytes that are read: the hashes of 32 million events. A larger file is as good as none.
const FILE_BYTES_MAX: usize = 1 << 30;

/// Leaves of one organisation that follow each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    /// Whose.
    pub(crate) org: &'a OrgId,
    /// The position of the first, counted from 1.
    pub(crate) first: u64,
    /// Their hashes.
    pub(crate) hashes: &'a [Hash],
}

/// Appends the hashes to the file of a directory.
pub(crate) fn append(directory: &Path, runs: &[Run<'_>]) -> Result<(), FileError> {
    let path = directory.join(LEAF_HASHES);
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .and_then(|file| {
            let mut out = BufWriter::new(file);
            for run in runs {
                let mut first = run.first;
                for hashes in run.hashes.chunks(BLOCK_HASHES_MAX) {
                    out.write_all(&block(run.org, first, hashes))?;
                    first = first.saturating_add(number(hashes.len()));
                }
            }
            out.flush()
        })
        .map_err(FileError::of("write", &path))
}

/// The hashes of an organisation's first `size` leaves, if all of them are in the file.
pub(crate) fn read(
    directory: &Path,
    org: &OrgId,
    size: u64,
) -> Result<Option<Vec<Hash>>, FileError> {
    let path = directory.join(LEAF_HASHES);
    let Some(bytes) = durable::read_if_there(&path, FILE_BYTES_MAX)? else {
        return Ok(None);
    };
    let mut hashes: Vec<Hash> = Vec::new();
    for start in memchr::memmem::find_iter(&bytes, BLOCK_START) {
        let body = bytes.get(start..).and_then(body);
        let Some((first, run)) = body.and_then(|body| of_organisation(body, org)) else {
            continue;
        };
        // A seal that was interrupted comes again, from the same position and perhaps further.
        let known = first
            .checked_sub(1)
            .and_then(|known| usize::try_from(known).ok());
        if let Some(known) = known.filter(|&known| known <= hashes.len()) {
            hashes.truncate(known);
            hashes.extend(run);
        }
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if hashes.len() < size {
        return Ok(None);
    }
    hashes.truncate(size);
    Ok(Some(hashes))
}

fn block(org: &OrgId, first: u64, hashes: &[Hash]) -> Vec<u8> {
    let code = org.as_str().as_bytes();
    let mut body = Vec::with_capacity(BLOCK_HEAD + 9 + code.len() + 32 * hashes.len());
    // An organisation's code has at most 32 characters.
    body.push(u8::try_from(code.len()).unwrap_or(u8::MAX));
    body.extend_from_slice(code);
    body.extend_from_slice(&first.to_le_bytes());
    for hash in hashes {
        body.extend_from_slice(hash.as_bytes());
    }
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let mut block = Vec::with_capacity(BLOCK_HEAD + body.len());
    block.extend_from_slice(BLOCK_START);
    block.extend_from_slice(&checksum(length, &body).to_le_bytes());
    block.extend_from_slice(&length.to_le_bytes());
    block.append(&mut body);
    block
}

/// The body of the block that begins there, if it is whole.
fn body(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.strip_prefix(BLOCK_START)?;
    let (sum, bytes) = bytes.split_first_chunk()?;
    let (length, bytes) = bytes.split_first_chunk()?;
    let length = u32::from_le_bytes(*length);
    let body = bytes.get(..usize::try_from(length).ok()?)?;
    (u32::from_le_bytes(*sum) == checksum(length, body)).then_some(body)
}

fn checksum(length: u32, body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length.to_le_bytes()), body)
}

/// The first position and the hashes of a body, if it is that organisation's.
fn of_organisation<'b>(
    body: &'b [u8],
    org: &OrgId,
) -> Option<(u64, impl Iterator<Item = Hash> + use<'b>)> {
    let (length, rest) = body.split_first()?;
    let (code, rest) = rest.split_at_checked(usize::from(*length))?;
    let (first, rest) = rest.split_first_chunk()?;
    let (hashes, _) = rest.as_chunks::<32>();
    (code == org.as_str().as_bytes()).then(|| {
        let hashes = hashes.iter().map(|bytes| Hash::from_bytes(*bytes));
        (u64::from_le_bytes(*first), hashes)
    })
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use netgain_verify::tlog::leaf_hash;

    use super::*;

    fn org(code: &str) -> OrgId {
        code.parse().unwrap()
    }

    fn hashes(from: u64, to: u64) -> Vec<Hash> {
        (from..=to).map(|n| leaf_hash(&n.to_le_bytes())).collect()
    }

    fn write(directory: &Path, org: &OrgId, from: u64, to: u64) {
        let hashes = hashes(from, to);
        let run = Run {
            org,
            first: from,
            hashes: &hashes,
        };
        append(directory, &[run]).unwrap();
    }

    #[test]
    fn the_hashes_of_an_organisation_are_put_together_from_its_blocks() {
        let home = tempfile::tempdir().unwrap();
        let (one, other) = (org("E07000082"), org("E07000083"));
        assert_eq!(read(home.path(), &one, 1).unwrap(), None);
        write(home.path(), &one, 1, 3);
        write(home.path(), &other, 1, 2);
        write(home.path(), &one, 4, 5);
        assert_eq!(read(home.path(), &one, 5).unwrap(), Some(hashes(1, 5)));
        assert_eq!(read(home.path(), &one, 4).unwrap(), Some(hashes(1, 4)));
        assert_eq!(read(home.path(), &one, 6).unwrap(), None);
        assert_eq!(read(home.path(), &other, 2).unwrap(), Some(hashes(1, 2)));
    }

    #[test]
    fn a_run_that_was_written_twice_counts_once() {
        let home = tempfile::tempdir().unwrap();
        let one = org("E07000082");
        write(home.path(), &one, 1, 3);
        write(home.path(), &one, 4, 4);
        write(home.path(), &one, 4, 6);
        assert_eq!(read(home.path(), &one, 6).unwrap(), Some(hashes(1, 6)));
    }

    #[test]
    fn a_torn_block_is_passed_over_and_the_next_one_found() {
        let home = tempfile::tempdir().unwrap();
        let (one, other) = (org("E07000082"), org("E07000083"));
        write(home.path(), &one, 1, 2);
        let whole = std::fs::read(home.path().join(LEAF_HASHES)).unwrap();
        write(home.path(), &other, 1, 9);
        let torn = std::fs::read(home.path().join(LEAF_HASHES)).unwrap();
        for cut in whole.len()..torn.len() {
            std::fs::write(home.path().join(LEAF_HASHES), &torn[..cut]).unwrap();
            write(home.path(), &one, 3, 4);
            assert_eq!(read(home.path(), &one, 4).unwrap(), Some(hashes(1, 4)));
            assert_eq!(read(home.path(), &other, 9).unwrap(), None);
        }
    }

    #[test]
    fn a_changed_bit_of_a_block_makes_it_no_block() {
        let home = tempfile::tempdir().unwrap();
        let one = org("E07000082");
        write(home.path(), &one, 1, 2);
        let whole = std::fs::read(home.path().join(LEAF_HASHES)).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut changed = whole.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(home.path().join(LEAF_HASHES), &changed).unwrap();
            assert_eq!(read(home.path(), &one, 2).unwrap(), None, "bit {bit}");
        }
    }
}

//! How folded states stand in the tree: keys, heads and the extent record.

use std::collections::BTreeMap;

use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::STATE_VERSION;
use netgain_ledger::log::Cursor;
use netgain_ledger::views::Extent;
use serde::{Deserialize, Serialize};

/// The version of this format. Raise it with every change of what this file describes: views of
/// another version are rebuilt.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// The most bytes of a chunk. sled puts a leaf that takes more than a quarter of a segment into a
/// file of its own under `blobs/`, which it never syncs.
pub(crate) const CHUNK_BYTES_MAX: usize = 7 * 1024;

/// The most entries a leaf has before sled splits it (`node.rs`, `should_split`).
const LEAF_ENTRIES_MAX: usize = 17;

/// The most bytes of a leaf that stays in the log: a quarter of a segment of 512 KiB without its
/// header (`pagecache/logger.rs`, `reserve_inner`), and without what stands in front of the leaf
/// and of each entry, which is far less than this.
const LEAF_BYTES_MAX: usize = 512 * 1024 / 4 - 20 - 256 - LEAF_ENTRIES_MAX * 16;

const _: () = assert!(
    LEAF_ENTRIES_MAX * (CHUNK_BYTES_MAX + CHUNK_KEY_BYTES_MAX) <= LEAF_BYTES_MAX,
    "a leaf of whole chunks stays in sled's log"
);

/// The most bytes of a chunk's key.
const CHUNK_KEY_BYTES_MAX: usize = 1 + OrgId::LENGTH_MAX + 1 + size_of::<u32>();

/// The key of the extent record.
pub(crate) const EXTENT_KEY: &[u8] = b"e";

/// What all keys of heads begin with.
pub(crate) const HEADS_PREFIX: &[u8] = b"h";

/// All heads, in order of their organisation.
pub(crate) type Heads = BTreeMap<OrgId, Head>;

/// What is known of an organisation's state without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The position it is folded to.
    pub(crate) position: Position,
    /// How often it has been written; says which slot it is in.
    pub(crate) generation: u64,
    /// How many bytes its postcard form has, over all its chunks.
    pub(crate) bytes: u64,
    /// How many chunks those are in.
    pub(crate) chunks: u32,
    /// CRC32C over those bytes.
    pub(crate) crc32c: u32,
}

/// One of the two places an organisation's state is written to in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    A,
    B,
}

impl Slot {
    /// The slot of that generation.
    pub(crate) const fn of(generation: u64) -> Self {
        if generation.is_multiple_of(2) {
            Self::A
        } else {
            Self::B
        }
    }
}

/// The key of an organisation's head.
pub(crate) fn head_key(org: &OrgId) -> Vec<u8> {
    [HEADS_PREFIX, org.as_str().as_bytes()].concat()
}

/// The key of a chunk. An organisation's code holds no zero byte, so no other's keys come between.
pub(crate) fn chunk_key(slot: Slot, org: &OrgId, number: u32) -> Vec<u8> {
    let slot: &[u8] = match slot {
        Slot::A => b"a",
        Slot::B => b"b",
    };
    [slot, org.as_str().as_bytes(), b"\0", &number.to_be_bytes()].concat()
}

/// Why what is stored cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FormatError {
    #[error("were written in another format (format {format}, state {state})")]
    OtherVersion { format: u32, state: u32 },
    #[error("belong to another ledger ({0})")]
    OtherLedger(String),
    #[error("are damaged ({0})")]
    Damaged(&'static str),
}

/// The part of the extent record that both versions in front of it vouch for.
#[derive(Serialize, Deserialize)]
struct ExtentRecord<'a> {
    ledger: &'a str,
    cursor: &'a [u8],
    organisations: u64,
    heads_crc32c: u32,
}

/// The extent record: the format's and the state's version, four bytes each, the rest in postcard,
/// and a CRC32C over all that.
pub(crate) fn encode_extent(
    ledger: &str,
    cursor: &Cursor,
    heads: &Heads,
) -> Result<Vec<u8>, postcard::Error> {
    let record = ExtentRecord {
        ledger,
        cursor: cursor.as_bytes(),
        organisations: organisations(heads),
        heads_crc32c: checksum(heads)?,
    };
    let mut bytes = FORMAT_VERSION.to_be_bytes().to_vec();
    bytes.extend(STATE_VERSION.to_be_bytes());
    let mut bytes = postcard::to_extend(&record, bytes)?;
    bytes.extend(crc32c::crc32c(&bytes).to_be_bytes());
    Ok(bytes)
}

/// The extent that a record and the heads found beside it say, if they agree.
pub(crate) fn decode_extent(
    bytes: &[u8],
    ledger: &str,
    heads: &Heads,
) -> Result<Extent, FormatError> {
    let damaged = FormatError::Damaged("the extent record is not what was written");
    let (content, crc32c) = bytes.split_last_chunk().ok_or_else(|| damaged.clone())?;
    if u32::from_be_bytes(*crc32c) != crc32c::crc32c(content) {
        return Err(damaged);
    }
    let (format, rest) = content.split_first_chunk().ok_or_else(|| damaged.clone())?;
    let (state, rest) = rest.split_first_chunk().ok_or_else(|| damaged.clone())?;
    let (format, state) = (u32::from_be_bytes(*format), u32::from_be_bytes(*state));
    if (format, state) != (FORMAT_VERSION, STATE_VERSION) {
        return Err(FormatError::OtherVersion { format, state });
    }
    let record: ExtentRecord<'_> = postcard::from_bytes(rest).map_err(|_| damaged)?;
    if record.ledger != ledger {
        return Err(FormatError::OtherLedger(record.ledger.into()));
    }
    if record.organisations != organisations(heads) || checksum(heads) != Ok(record.heads_crc32c) {
        return Err(FormatError::Damaged("a head is lost or stale"));
    }
    let positions = heads.iter().map(|(org, head)| (org.clone(), head.position));
    Ok(Extent {
        cursor: Cursor::from_bytes(record.cursor),
        positions: positions.collect(),
    })
}

fn organisations(heads: &Heads) -> u64 {
    u64::try_from(heads.len()).unwrap_or(u64::MAX)
}

/// CRC32C over every organisation and its head, in order.
fn checksum(heads: &Heads) -> Result<u32, postcard::Error> {
    let mut scratch = [0; 64];
    heads.iter().try_fold(0, |crc, (org, head)| {
        let crc = crc32c::crc32c_append(crc, org.as_str().as_bytes());
        let head = postcard::to_slice(head, &mut scratch)?;
        // No code holds a zero byte, so a code and its head cannot trade bytes.
        Ok(crc32c::crc32c_append(
            crc32c::crc32c_append(crc, b"\0"),
            head,
        ))
    })
}

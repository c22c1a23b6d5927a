//! The open database: what the one thread that calls sled does with it.

use std::mem;
use std::path::Path;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::log::Cursor;
use netgain_ledger::views::Extent;
use sled::{Batch, Db, IVec};

use crate::format::{
    CHUNK_BYTES_MAX, EXTENT_KEY, FormatError, HEADS_PREFIX, Head, Heads, Slot, chunk_key,
    decode_extent, encode_extent, head_key,
};

/// sled's cache: memory that stays taken. Storing goes through each leaf once and a cold load reads
/// a few, so more would not make either faster. But it must hold the heads of one batch many times
/// over: a page that a batch has written, that is evicted and read again within the same batch, is
/// waited for for ever.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// How many heads go in one batch, about 2 MB of pages. When more organisations change at once, a
/// crash between two batches is noticed by the checksum and costs a rebuild.
const BATCH_HEADS_MAX: usize = 20_000;

/// How sled says that another process has the database open (`config.rs`, `try_lock`).
const LOCKED: &str = "could not acquire lock";

/// A state in its stored form.
#[derive(Debug)]
pub(crate) struct Folded {
    pub(crate) org: OrgId,
    pub(crate) position: Position,
    pub(crate) bytes: u64,
    pub(crate) crc32c: u32,
    pub(crate) chunks: Vec<IVec>,
}

/// A state as it was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) head: Head,
    pub(crate) chunks: Vec<IVec>,
}

/// Why a directory could not be opened.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("are in use by another process")]
    Busy,
    #[error("{0}")]
    Content(#[from] FormatError),
    #[error("cannot be opened ({0})")]
    Sled(String),
    #[error("{0} when they were used last")]
    Marked(String),
}

impl From<sled::Error> for Unusable {
    fn from(error: sled::Error) -> Self {
        let text = error.to_string();
        if text.contains(LOCKED) { Self::Busy } else { Self::Sled(text) }
    }
}

/// The open database.
pub(crate) struct Shelf {
    db: Db,
    ledger: LedgerId,
    heads: Heads,
    /// Heads of the states that were put in but not committed.
    pending: Vec<(OrgId, Head)>,
}

impl Shelf {
    /// Opens the directory, making it if it is not there, and holds the heads to the extent.
    pub(crate) fn open(directory: &Path, ledger: LedgerId) -> Result<(Self, Extent), Unusable> {
        let db = sled::Config::new()
            .path(directory)
            .cache_capacity(CACHE_BYTES)
            // No thread of sled's own that syncs now and then: `commit` flushes.
            .flush_every_ms(None)
            .open()?;
        let heads = read_heads(&db)?;
        let extent = match db.get(EXTENT_KEY)? {
            Some(record) => decode_extent(&record, &ledger, &heads)?,
            None if heads.is_empty() => Extent::default(),
            None => return Err(FormatError::Damaged("the extent record is lost").into()),
        };
        Ok((Self { db, ledger, heads, pending: Vec::new() }, extent))
    }

    /// Writes states into the slots that their heads do not point to.
    pub(crate) fn put(&mut self, states: Vec<Folded>) -> sled::Result<()> {
        let mut chunks = Vec::new();
        for Folded { org, position, bytes, crc32c, chunks: values } in states {
            let generation = self.heads.get(&org).map_or(0, |head| head.generation.wrapping_add(1));
            let mut count = 0;
            for value in values {
                chunks.push((chunk_key(Slot::of(generation), &org, count), value));
                count = count.saturating_add(1);
            }
            self.pending.push((org, Head { position, generation, bytes, chunks: count, crc32c }));
        }
        // sled writes a whole leaf again when it splits it. So keys come first, with nothing in
        // them, and the leaves are split before the values are in them: a third of the writing.
        for (key, _) in &chunks {
            if !self.db.contains_key(key)? {
                self.db.insert(key, IVec::default())?;
            }
        }
        for (key, value) in chunks {
            self.db.insert(key, value)?;
        }
        Ok(())
    }

    /// Makes what was put in since the last commit the states that are held, and `cursor` the place
    /// they are folded to.
    pub(crate) fn commit(&mut self, cursor: &Cursor) -> Result<(), String> {
        let changed = mem::take(&mut self.pending);
        let mut outdated = Vec::new();
        for (org, head) in &changed {
            outdated.extend(self.heads.insert(org.clone(), *head).map(|old| (org, old)));
        }
        let extent = encode_extent(&self.ledger, cursor, &self.heads).map_err(said)?;
        let mut batch = Batch::default();
        for (number, (org, head)) in changed.iter().enumerate() {
            if number > 0 && number.is_multiple_of(BATCH_HEADS_MAX) {
                self.db.apply_batch(mem::take(&mut batch)).map_err(said)?;
            }
            batch.insert(head_key(org), postcard::to_stdvec(head).map_err(said)?);
        }
        batch.insert(EXTENT_KEY, extent);
        self.db.apply_batch(batch).map_err(said)?;
        // What the old heads pointed to only takes room. The keys stay (see the crate's page).
        for (org, old) in outdated {
            for number in 0..old.chunks {
                let key = chunk_key(Slot::of(old.generation), org, number);
                self.db.insert(key, IVec::default()).map_err(said)?;
            }
        }
        self.db.flush().map_err(said)?;
        Ok(())
    }

    /// The stored form of an organisation's state, or nothing if there is none.
    pub(crate) fn load(&self, org: &OrgId) -> Result<Option<Found>, String> {
        let Some(&head) = self.heads.get(org) else {
            return Ok(None);
        };
        let mut chunks = Vec::new();
        for number in 0..head.chunks {
            let key = chunk_key(Slot::of(head.generation), org, number);
            chunks.push(self.db.get(key).map_err(said)?.ok_or("a chunk is missing")?);
        }
        Ok(Some(Found { head, chunks }))
    }
}

/// The bytes of a state in chunks.
pub(crate) fn in_chunks(bytes: &[u8]) -> Vec<IVec> {
    bytes.chunks(CHUNK_BYTES_MAX).map(IVec::from).collect()
}

fn read_heads(db: &Db) -> Result<Heads, Unusable> {
    let damaged = || FormatError::Damaged("a head is not what was written");
    let mut heads = Heads::new();
    for entry in db.scan_prefix(HEADS_PREFIX) {
        let (key, value) = entry?;
        let org = key.strip_prefix(HEADS_PREFIX).and_then(|org| std::str::from_utf8(org).ok());
        let org = org.and_then(|org| org.parse().ok()).ok_or_else(damaged)?;
        heads.insert(org, postcard::from_bytes(&value).map_err(|_| damaged())?);
    }
    Ok(heads)
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

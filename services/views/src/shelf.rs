//! The open database: what the one thread that calls sled does with it.

use std::fs::{self, File};
use std::io;
use std::mem;
use std::path::Path;

use netgain_events::identifier::{OrgId, Position};
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

/// How the name of a snapshot ends that sled is still writing (`pagecache/snapshot.rs`).
const UNFINISHED_SNAPSHOT: &str = ".generating";

/// How sled says that another process has the database open (`config.rs`, `try_lock`).
const LOCKED: &str = "could not acquire lock";

/// What the views are opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Reading,
    Writing,
}

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
        if text.contains(LOCKED) {
            Self::Busy
        } else {
            Self::Sled(text)
        }
    }
}

/// The open database.
pub(crate) struct Shelf {
    db: Db,
    /// The ledger's identity.
    ledger: String,
    heads: Heads,
    /// Heads of the states that were put in but not committed.
    pending: Heads,
}

impl Shelf {
    /// Opens the directory, making it if it is not there, and holds the heads to the extent.
    pub(crate) fn open(
        directory: &Path,
        ledger: String,
        access: Access,
    ) -> Result<(Self, Extent), Unusable> {
        match access {
            Access::Reading => {}
            Access::Writing => remove_unfinished_snapshots(directory)
                .map_err(|error| Unusable::Sled(error.to_string()))?,
        }
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
        Ok((
            Self {
                db,
                ledger,
                heads,
                pending: Heads::new(),
            },
            extent,
        ))
    }

    /// Writes states into the slots that their heads do not point to.
    pub(crate) fn put(&mut self, states: Vec<Folded>) -> sled::Result<()> {
        let mut chunks = Vec::new();
        for Folded {
            org,
            position,
            bytes,
            crc32c,
            chunks: values,
        } in states
        {
            let generation = self
                .heads
                .get(&org)
                .map_or(0, |head| head.generation.wrapping_add(1));
            let mut count = 0;
            for value in values {
                chunks.push((chunk_key(Slot::of(generation), &org, count), value));
                count = count.saturating_add(1);
            }
            let head = Head {
                position,
                generation,
                bytes,
                chunks: count,
                crc32c,
            };
            self.pending.insert(org, head);
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
            chunks.push(
                self.db
                    .get(key)
                    .map_err(said)?
                    .ok_or("a chunk is missing")?,
            );
        }
        Ok(Some(Found { head, chunks }))
    }
}

/// The bytes of a state in chunks.
pub(crate) fn in_chunks(bytes: &[u8]) -> Vec<IVec> {
    bytes.chunks(CHUNK_BYTES_MAX).map(IVec::from).collect()
}

/// Removes what a process left that was killed while it opened the database: sled takes an
/// unfinished snapshot for its newest one and refuses to open (sled issue 1527).
fn remove_unfinished_snapshots(directory: &Path) -> io::Result<()> {
    let Ok(db) = File::open(directory.join("db")) else {
        return Ok(());
    };
    // Whoever is writing one now holds this lock. Then sled will say so.
    if db.try_lock().is_err() {
        return Ok(());
    }
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry
            .file_name()
            .to_string_lossy()
            .ends_with(UNFINISHED_SNAPSHOT)
        {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn read_heads(db: &Db) -> Result<Heads, Unusable> {
    let damaged = || FormatError::Damaged("a head is not what was written");
    let mut heads = Heads::new();
    for entry in db.scan_prefix(HEADS_PREFIX) {
        let (key, value) = entry?;
        let org = key
            .strip_prefix(HEADS_PREFIX)
            .and_then(|org| std::str::from_utf8(org).ok());
        let org = org.and_then(|org| org.parse().ok()).ok_or_else(damaged)?;
        heads.insert(org, postcard::from_bytes(&value).map_err(|_| damaged())?);
    }
    Ok(heads)
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use netgain_ledger::views::Views;
    use netgain_ledger::views_conformance::state;
    use tempfile::TempDir;

    use super::*;
    use crate::format::FORMAT_VERSION;
    use crate::{Patience, SledViews};

    const LEDGER: &str = "0123456789abcdef0123456789abcdef";

    /// Longer than the busiest machine takes.
    const LONG: Patience = Patience {
        lock: Duration::from_secs(20),
        answer: Duration::from_secs(20),
    };

    fn open(directory: &Path) -> (SledViews, Option<String>) {
        let opened = SledViews::open_for_writing(directory, &LEDGER.parse().unwrap(), LONG);
        (opened.views, opened.note)
    }

    fn reads(directory: &Path) -> bool {
        SledViews::open_for_reading(directory, &LEDGER.parse().unwrap(), LONG)
            .unwrap()
            .is_some()
    }

    /// Opens the shelf alone. sled's own threads may hold the lock for a moment after it is closed.
    fn shelf(directory: &Path) -> (Shelf, Extent) {
        loop {
            match Shelf::open(directory, LEDGER.into(), Access::Writing) {
                Err(Unusable::Busy) => std::thread::yield_now(),
                outcome => return outcome.unwrap(),
            }
        }
    }

    /// Views that hold three organisations, each written twice, to which sled's tree something
    /// happened since.
    fn given(happened: impl FnOnce(&Db)) -> (TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("views");
        let (views, _) = open(&directory);
        for position in [1, 2] {
            let states = ["A", "B", "C"].map(|org| state(org, position, 2_000));
            let references: Vec<_> = states.iter().collect();
            views
                .store(&references, &Cursor::from_bytes(b"there"))
                .unwrap();
        }
        drop(views);
        let (shelf, _) = shelf(&directory);
        happened(&shelf.db);
        shelf.db.flush().unwrap();
        (root, directory)
    }

    /// Whoever opens them to write finds them empty and is told why; whoever reads finds none.
    fn not_used(happened: impl FnOnce(&Db), why: &str) {
        let (_root, directory) = given(happened);
        assert!(!reads(&directory), "{why}");
        let (views, note) = open(&directory);
        assert!(
            note.as_ref().is_some_and(|note| note.contains(why)),
            "{note:?} for {why}"
        );
        assert_eq!(views.extent(), Extent::default());
    }

    fn head(db: &Db, org: &str) -> (Vec<u8>, Head) {
        let key = head_key(&org.parse().unwrap());
        let head = postcard::from_bytes(&db.get(&key).unwrap().unwrap()).unwrap();
        (key, head)
    }

    /// Writes the extent record again with other bytes in front, and the checksum that belongs.
    fn versions(db: &Db, format: u32, state: u32) {
        let old = db.get(EXTENT_KEY).unwrap().unwrap();
        let mut new = [format.to_be_bytes(), state.to_be_bytes()].concat();
        new.extend_from_slice(&old[8..old.len() - 4]);
        new.extend(crc32c::crc32c(&new).to_be_bytes());
        db.insert(EXTENT_KEY, new).unwrap();
    }

    #[test]
    fn untouched_views_are_used() {
        let (_root, directory) = given(|_| {});
        assert!(reads(&directory));
        let (views, note) = open(&directory);
        assert_eq!((note, views.extent().positions.len()), (None, 3));
    }

    #[test]
    fn a_lost_or_stale_head_or_extent_is_noticed() {
        let lost_or_stale = "a head is lost or stale";
        let lost = |db: &Db| db.remove(head(db, "B").0).map(drop).unwrap();
        not_used(lost, lost_or_stale);
        not_used(
            |db| {
                let (key, head) = head(db, "B");
                let position = Position::new(1);
                let stale = Head {
                    position,
                    generation: head.generation - 1,
                    ..head
                };
                db.insert(key, postcard::to_stdvec(&stale).unwrap())
                    .unwrap();
            },
            lost_or_stale,
        );
        let more = |db: &Db| {
            let head = postcard::to_stdvec(&head(db, "B").1).unwrap();
            db.insert(head_key(&"D".parse().unwrap()), head)
                .map(drop)
                .unwrap();
        };
        not_used(more, lost_or_stale);
        not_used(
            |db| db.remove(EXTENT_KEY).map(drop).unwrap(),
            "the extent record is lost",
        );
        let changed = |db: &Db| {
            let mut record = db.get(EXTENT_KEY).unwrap().unwrap().to_vec();
            record[9] ^= 1;
            db.insert(EXTENT_KEY, record).map(drop).unwrap();
        };
        not_used(changed, "the extent record is not what was written");
        let unreadable = |db: &Db| db.insert(head(db, "B").0, b"\xff").map(drop).unwrap();
        not_used(unreadable, "a head is not what was written");
    }

    #[test]
    fn views_of_another_version_are_not_used() {
        use netgain_events::state::STATE_VERSION;
        not_used(
            |db| versions(db, FORMAT_VERSION + 1, STATE_VERSION),
            "in another format",
        );
        not_used(
            |db| versions(db, FORMAT_VERSION, STATE_VERSION + 1),
            "in another format",
        );
        let (_root, directory) = given(|db| versions(db, FORMAT_VERSION, STATE_VERSION));
        assert!(reads(&directory), "rewriting alone changes nothing");
    }

    #[test]
    fn a_damaged_state_is_not_loaded_and_the_next_opening_rebuilds() {
        let b: OrgId = "B".parse().unwrap();
        let chunk = |db: &Db, number| chunk_key(Slot::of(head(db, "B").1.generation), &b, number);
        let flip = |db: &Db| {
            let mut value = db.get(chunk(db, 3)).unwrap().unwrap().to_vec();
            value[1_000] ^= 1;
            db.insert(chunk(db, 3), value).map(drop).unwrap();
        };
        let empty = |db: &Db| db.insert(chunk(db, 0), b"").map(drop).unwrap();
        let lost = |db: &Db| db.remove(chunk(db, 1)).map(drop).unwrap();
        let damages: [&dyn Fn(&Db); 3] = [&flip, &empty, &lost];
        for damage in damages {
            let (_root, directory) = given(damage);
            let (views, note) = open(&directory);
            assert_eq!((note, views.extent().positions.len()), (None, 3));
            assert!(views.load(&b).is_err());
            assert_eq!(
                views.load(&"C".parse().unwrap()).unwrap(),
                Some(state("C", 2, 2_000))
            );
            drop(views);
            assert!(!reads(&directory));
            let (views, note) = open(&directory);
            assert!(note.is_some_and(|note| note.contains("when they were used last")));
            assert_eq!(views.extent(), Extent::default());
        }
    }

    #[test]
    fn an_unfinished_snapshot_is_removed() {
        let (_root, directory) = given(|_| {});
        let unfinished = directory.join("snap.00000000FFFFFFFF.generating");
        std::fs::write(&unfinished, "unfinished").unwrap();
        assert!(!reads(&directory), "a reader moves nothing");
        let (views, note) = open(&directory);
        assert_eq!((note, views.extent().positions.len()), (None, 3));
        drop(views);
        assert!(!unfinished.exists());
        assert!(reads(&directory));
    }

    #[test]
    fn states_put_in_without_a_commit_change_nothing() {
        let (_root, directory) = given(|_| {});
        let (mut shelf, before) = shelf(&directory);
        let bytes = vec![7; 30_000];
        let org: OrgId = "A".parse().unwrap();
        let folded = Folded {
            org: org.clone(),
            position: Position::new(3),
            bytes: 30_000,
            crc32c: 0,
            chunks: in_chunks(&bytes),
        };
        shelf.put(vec![folded]).unwrap();
        drop(shelf);
        let (views, note) = open(&directory);
        assert_eq!((note, views.extent()), (None, before));
        assert_eq!(views.load(&org).unwrap(), Some(state("A", 2, 2_000)));
    }
}

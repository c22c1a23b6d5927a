//! The log of record that one process writes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::log::{
    Commit, Cursor, Durability, End, Log, LogFault, LogRead, ReadError, Ticket,
};
use tokio::sync::watch;

use crate::directory;
use crate::frame::{Framed, SegmentHeader};
use crate::gather::gather;
use crate::index::{Index, Spot, Spots};
use crate::lock::WriterLock;
use crate::open_error::OpenError;
use crate::place::Place;
use crate::queue::{Burst, Queue, Stats};
use crate::recovery::{Ready, Recovered, recover};
use crate::walk::{Durable, check_place, walk};
use crate::writer::{Writer, create_segment};

/// How many bytes a segment may have, unless one group alone has more: large enough that beginning
/// one costs nothing (two syncs in 64 MiB), small enough that the last one, which opening for
/// writing reads, is read in a few hundredths of a second.
pub const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;

/// A log in a directory, open for writing. Dropping it closes it: what was appended is written
/// first.
///
/// Reading it shows what is durable, and nothing that still waits. One organisation's commits are read
/// without the others, by an index in memory.
#[derive(Debug)]
pub struct FileLog {
    directory: PathBuf,
    ledger: LedgerId,
    recovered: Option<Recovered>,
    queue: Arc<Queue>,
    index: Mutex<Index>,
    /// The sequence that the next record had when the log was opened.
    opened_at: u64,
    writer: Option<JoinHandle<Result<(), Arc<LogFault>>>>,
    /// Dropped last, when nothing more is written.
    _lock: WriterLock,
}

impl FileLog {
    /// Opens the log in that directory for writing, or makes one, whose ledger is then
    /// `new_ledger`'s. Only the last segment is read; what a crash left unfinished is set aside
    /// ([`FileLog::recovered`]).
    ///
    /// # Errors
    /// Another process writes it; it is damaged, or of a newer format; or the operating system
    /// refuses.
    pub fn open_or_create(
        directory: &Path,
        new_ledger: impl FnOnce() -> LedgerId,
    ) -> Result<Self, OpenError> {
        Self::open_with_segments_of(SEGMENT_BYTES, directory, new_ledger)
    }

    /// The same, with segments of another size: for tests, in which small ones are enough.
    ///
    /// # Errors
    /// As [`FileLog::open_or_create`].
    pub fn open_with_segments_of(
        segment_bytes: u64,
        directory: &Path,
        new_ledger: impl FnOnce() -> LedgerId,
    ) -> Result<Self, OpenError> {
        let unusable = |what| move |error| OpenError::unusable(what, directory, error);
        directory::create(directory).map_err(unusable("make"))?;
        let lock = WriterLock::take(directory)?;
        let outcome = recover(directory)?;
        let recovered = outcome.recovered;
        let Ready { ledger, place } = match outcome.ready {
            Some(ready) => ready,
            None => begin(directory, new_ledger()).map_err(unusable("make a ledger in"))?,
        };
        let opened_at = place.next;
        let queue = Arc::new(Queue::new(&place));
        let writer = Writer::open(directory, ledger, place, segment_bytes, Arc::clone(&queue))
            .map_err(unusable("write in"))?;
        let thread = thread::Builder::new().name("log writer".into());
        let writer = thread
            .spawn(|| writer.run())
            .map_err(unusable("start a writer in"))?;
        let directory = directory.to_owned();
        Ok(Self {
            directory,
            ledger,
            recovered,
            queue,
            index: Mutex::new(Index::at(Place::start(&ledger))),
            opened_at,
            writer: Some(writer),
            _lock: lock,
        })
    }

    /// What opening set aside: the operator is to be told.
    #[must_use]
    pub const fn recovered(&self) -> Option<&Recovered> {
        self.recovered.as_ref()
    }

    /// What has been written since the log was opened.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.queue.counters.stats()
    }

    /// Says that many commits are about to be appended, each of which can wait for the others: they then take fewer
    /// syncs. What waits is written once the value is dropped, or before that when it is worth a sync; whoever
    /// holds it must not wait for one of them to be durable.
    pub fn burst(&self) -> Burst<'_> {
        self.queue.burst()
    }

    /// Says that one of the threads that append has nothing else to do, until it [resumes](Self::resume). While all of
    /// them are at work, and many append, more is waited for before the next sync, some hundreds of microseconds at
    /// most; once one of them rests, whatever waits is written. Where no thread ever says so, nothing is waited for.
    pub fn rest(&self) {
        self.queue.rest();
    }

    /// Says that it has something to do again.
    pub fn resume(&self) {
        self.queue.resume();
    }

    /// Writes what waits and closes the log, as dropping it does, and says whether that went well.
    ///
    /// # Errors
    /// The log has failed, now or before.
    pub fn close(mut self) -> Result<(), Arc<LogFault>> {
        self.end()
    }

    /// Shows every commit between two places. Where it begins where the index ends, among what the
    /// log held when it was opened, it makes the index longer: that is read once anyway. What is
    /// recorded later is noted when somebody asks for one organisation.
    fn read_all(
        &self,
        from: &Place,
        durable: &Place,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<(), ReadError> {
        let goes_on = from.next < self.opened_at && self.index().through() == from;
        let mut spots = Spots::default();
        let to = Durable {
            end: durable,
            spots: goes_on.then_some(&mut spots),
        };
        walk(
            &self.directory,
            &self.ledger,
            from.clone(),
            Some(to),
            None,
            visit,
        )?;
        // Only a reading that noted them can say where the commits are.
        if goes_on {
            self.index().extend(from, spots, durable);
        }
        Ok(())
    }

    /// Where an organisation's commits are between two places. What the index lacks is read first.
    fn spots(&self, from: &Place, durable: &Place, org: &OrgId) -> Result<Vec<Spot>, ReadError> {
        // Held while that is read: whoever asks at the same time needs the same.
        let mut index = self.index();
        if index.through().next < durable.next {
            let through = index.through().clone();
            let mut spots = Spots::default();
            let to = Durable {
                end: durable,
                spots: Some(&mut spots),
            };
            walk(
                &self.directory,
                &self.ledger,
                through.clone(),
                Some(to),
                Some(org),
                &mut |_| {},
            )?;
            index.extend(&through, spots, durable);
        }
        Ok(index.between(from, durable, org).to_vec())
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        // A panic while it was extended leaves a stretch in it half: it is noted again from the
        // same place, so it must not stay.
        self.index.lock().unwrap_or_else(|poisoned| {
            self.index.clear_poison();
            let mut index = poisoned.into_inner();
            *index = Index::at(Place::start(&self.ledger));
            index
        })
    }

    fn end(&mut self) -> Result<(), Arc<LogFault>> {
        let Some(writer) = self.writer.take() else {
            return Ok(());
        };
        self.queue.close();
        let panicked = "the thread that writes the log panicked";
        writer.join().unwrap_or_else(|_| {
            Err(Arc::new(LogFault {
                what: panicked.into(),
                source: None,
            }))
        })
    }
}

/// Makes the first segment of a new ledger.
fn begin(directory: &Path, ledger: LedgerId) -> std::io::Result<Ready> {
    let place = Place::start(&ledger);
    let header = SegmentHeader {
        segment: place.segment,
        first_sequence: place.next,
        ledger,
        chain: place.chain,
    };
    create_segment(directory, &header)?;
    Ok(Ready { ledger, place })
}

impl Drop for FileLog {
    fn drop(&mut self) {
        // Whoever waits for an append is told by its ticket.
        let _ = self.end();
    }
}

impl LogRead for FileLog {
    fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        let durable = self.queue.durable_place();
        let from = Place::of(from, &self.ledger)?;
        if from.next > durable.next {
            let why = format!("it is after commit {}", from.next.saturating_sub(1));
            return Err(ReadError::UnknownCursor { why });
        }
        match only {
            None => self.read_all(&from, &durable, visit)?,
            Some(org) => {
                check_place(&self.directory, &self.ledger, &from)?;
                let spots = self.spots(&from, &durable, org)?;
                gather(&self.directory, org, &spots, visit)?;
            }
        }
        Ok(End {
            cursor: durable.cursor(),
            tail: None,
        })
    }
}

impl Log for FileLog {
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        commit.check()?;
        let framed = Framed::of(commit).ok_or_else(|| LogFault {
            what: format!("a commit of {} is larger than a record", commit.org),
            source: None,
        })?;
        self.queue.push(&framed)
    }

    fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        self.queue.durability(lane)
    }

    fn everything(&self) -> Ticket {
        self.queue.everything()
    }

    fn durable_end(&self) -> Cursor {
        self.queue.durable_place().cursor()
    }
}

//! Between those who append and the one thread that writes: what waits, and how far it is durable.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use netgain_ledger::log::{Durability, LogFault, Ticket};
use tokio::sync::watch;

use crate::frame::Framed;
use crate::group::Group;
use crate::place::Place;

/// How many bytes are worth a sync, however many more come at once. A sync costs some tens of microseconds of
/// processor, which writing this many exceeds several times; the disk has them in a millisecond.
const BURST_BYTES: usize = 256 * 1024;

/// What the writer has done since the log was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Groups written, each with one sync.
    pub groups: u64,
    /// Syncs of every kind: those of the groups, and those that begin a segment.
    pub syncs: u64,
    /// Records written: commits.
    pub records: u64,
    /// Bytes of the records, with their headers and without zeros written ahead.
    pub bytes: u64,
}

/// The counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) groups: AtomicU64,
    pub(crate) syncs: AtomicU64,
    pub(crate) records: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

impl Counters {
    /// The counts by now.
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            groups: self.groups.load(Ordering::Relaxed),
            syncs: self.syncs.load(Ordering::Relaxed),
            records: self.records.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

/// What the appenders and the writer share.
#[derive(Debug)]
pub(crate) struct Queue {
    pending: Mutex<Pending>,
    /// Something waits to be written, or nothing more will.
    work: Condvar,
    /// There is room to wait in.
    room: Condvar,
    durability: watch::Sender<Durability>,
    durable_place: Mutex<Place>,
    pub(crate) counters: Counters,
}

#[derive(Debug)]
struct Pending {
    group: Group,
    /// Whether the writer sleeps: waking it costs a system call.
    writer_sleeps: bool,
    /// How many appenders wait for room.
    crowded: usize,
    /// How many have said that they will append more at once.
    bursts: usize,
    /// Whether the log is being closed.
    closing: bool,
    /// Why nothing more is taken.
    failed: Option<Arc<LogFault>>,
}

impl Pending {
    /// Whether the writer has something to write, and it is worth a sync.
    fn is_ready(&self) -> bool {
        let enough = self.bursts == 0 || self.group.bytes.len() >= BURST_BYTES;
        self.group.records > 0 && (enough || self.closing)
    }

    /// Whether the writer sleeps and has something to write: then whoever asks wakes it.
    fn wakes_writer(&mut self) -> bool {
        let wakes = self.writer_sleeps && self.is_ready();
        self.writer_sleeps &= !wakes;
        wakes
    }
}

impl Queue {
    /// Nothing waits, and all up to that place is durable.
    pub(crate) fn new(end: &Place) -> Self {
        Self {
            pending: Mutex::new(Pending {
                group: Group::at(end),
                writer_sleeps: false,
                crowded: 0,
                bursts: 0,
                closing: false,
                failed: None,
            }),
            work: Condvar::new(),
            room: Condvar::new(),
            durability: watch::Sender::new(Durability::default()),
            durable_place: Mutex::new(end.clone()),
            counters: Counters::default(),
        }
    }

    /// Puts a record in its place. Waits only for room.
    pub(crate) fn push(&self, record: &Framed<'_>) -> Result<Ticket, Arc<LogFault>> {
        let mut pending = self.pending()?;
        loop {
            if let Some(fault) = &pending.failed {
                return Err(Arc::clone(fault));
            }
            if pending.group.has_room(record) {
                break;
            }
            pending.crowded += 1;
            pending = self.room.wait(pending).map_err(|_| interrupted())?;
            pending.crowded -= 1;
        }
        pending.group.push(record);
        let number = pending.group.through;
        let wake = pending.wakes_writer();
        drop(pending);
        if wake {
            self.work.notify_one();
        }
        Ok(Ticket { lane: 0, number })
    }

    /// Lets what is pushed wait for more, until the value is dropped or enough waits.
    pub(crate) fn burst(&self) -> Burst<'_> {
        // After a panic in the middle of a push nothing is written any more, gathered or not.
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.bursts += 1;
        drop(pending);
        Burst(self)
    }

    /// The ticket for all that was pushed so far.
    pub(crate) fn everything(&self) -> Ticket {
        // After a panic in the middle of a push nothing more becomes durable: the ticket will say
        // so, whatever its number.
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        Ticket {
            lane: 0,
            number: pending.group.through,
        }
    }

    /// Takes what waits as one group, sleeping until there is something; nothing, when the log is
    /// closed and all is written. `buffer` is for those who push meanwhile.
    pub(crate) fn take(&self, buffer: Vec<u8>) -> Result<Option<Group>, Arc<LogFault>> {
        let mut pending = self.pending()?;
        while !pending.is_ready() {
            if pending.closing {
                return Ok(None);
            }
            pending.writer_sleeps = true;
            pending = self.work.wait(pending).map_err(|_| interrupted())?;
            pending.writer_sleeps = false;
        }
        let following = pending.group.following(buffer);
        let group = std::mem::replace(&mut pending.group, following);
        if pending.crowded > 0 {
            self.room.notify_all();
        }
        Ok(Some(group))
    }

    /// Says that a group has been written and synced, up to that place.
    pub(crate) fn settle(&self, group: &Group, place: &Place) {
        // The place first: whoever sees that its append is durable finds it before the end.
        *self
            .durable_place
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = place.clone();
        self.durability
            .send_modify(|now| now.through = group.through);
    }

    /// Says that nothing more will be durable. The first fault stands.
    pub(crate) fn fail(&self, fault: &Arc<LogFault>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.failed.get_or_insert_with(|| Arc::clone(fault));
        drop(pending);
        self.room.notify_all();
        self.durability.send_modify(|now| {
            now.failed.get_or_insert_with(|| Arc::clone(fault));
        });
    }

    /// Lets the writer end once all is written.
    pub(crate) fn close(&self) {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closing = true;
        self.work.notify_one();
    }

    /// The place after all that is durable.
    pub(crate) fn durable_place(&self) -> Place {
        self.durable_place
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How far all that was pushed is durable, now and from now on.
    pub(crate) fn durability(&self) -> watch::Receiver<Durability> {
        self.durability.subscribe()
    }

    fn pending(&self) -> Result<MutexGuard<'_, Pending>, Arc<LogFault>> {
        self.pending.lock().map_err(|_| interrupted())
    }
}

/// Somebody who appends many at once ([`FileLog::burst`](crate::FileLog::burst)).
#[derive(Debug)]
pub struct Burst<'a>(&'a Queue);

impl Drop for Burst<'_> {
    fn drop(&mut self) {
        let mut pending = self
            .0
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        pending.bursts -= 1;
        let wake = pending.wakes_writer();
        drop(pending);
        if wake {
            self.0.work.notify_one();
        }
    }
}

/// A thread panicked with the queue in its hands: what waits may be half a record.
fn interrupted() -> Arc<LogFault> {
    Arc::new(LogFault {
        what: "an append was interrupted by a panic".into(),
        source: None,
    })
}

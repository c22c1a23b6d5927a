//! Writing: who appends puts a commit on its organisation's desk; carriers take from there what waits of a shard, and
//! send it.

mod alone;
mod together;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use netgain_ledger::log::{Commit, Lineage, LogFault, Ticket};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::desk::Tip;
use crate::desks::Desks;
use crate::outgoing::Outgoing;
use crate::settlement::Settlement;
use crate::streams::Streams;
use crate::subject;

/// How many bytes of lines may wait or be under way: eight of the largest commits. Who appends more
/// waits.
const WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;

/// From how many bytes on whoever asks first is told that there is no room: so far below that they do not block
/// where some ask at the same moment.
const FULL_FROM_BYTES: usize = 24 * 1024 * 1024;

/// What has been written since the log was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Messages stored: commits as they are read.
    pub messages: u64,
    /// Times that the servers took messages in: one by itself, or a batch of them.
    pub batches: u64,
    /// Appends that those messages hold.
    pub appends: u64,
    /// Messages sent again because no answer came, or none for now, or because another one of their batch could
    /// not be stored.
    pub resent: u64,
    /// Messages found stored that no answer had said so of.
    pub found: u64,
    /// Times that another process's commit came first.
    pub displacements: u64,
}

#[derive(Debug, Default)]
struct Counters {
    messages: AtomicU64,
    batches: AtomicU64,
    appends: AtomicU64,
    resent: AtomicU64,
    found: AtomicU64,
    displacements: AtomicU64,
}

/// The writing side of an open log.
#[derive(Debug)]
pub(crate) struct Writer {
    streams: Arc<Streams>,
    /// What this writer's messages are told by: no other's begin so.
    id: String,
    runtime: Handle,
    desks: Mutex<Desks>,
    room: Condvar,
    /// How many messages of each shard may still be under way by themselves.
    turns: Vec<Semaphore>,
    pub(crate) settlement: Arc<Settlement>,
    counters: Counters,
}

impl Writer {
    pub(crate) fn new(streams: Arc<Streams>, id: String, runtime: Handle) -> Self {
        let turns = (0..streams.shards()).map(|_| Semaphore::new(alone::TURNS));
        Self {
            turns: turns.collect(),
            desks: Mutex::new(Desks::new(streams.shards())),
            streams,
            id,
            runtime,
            room: Condvar::new(),
            settlement: Arc::new(Settlement::new()),
            counters: Counters::default(),
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            messages: count(&self.counters.messages),
            batches: count(&self.counters.batches),
            appends: count(&self.counters.appends),
            resent: count(&self.counters.resent),
            found: count(&self.counters.found),
            displacements: count(&self.counters.displacements),
        }
    }

    /// Queues a commit.
    pub(crate) fn append(
        self: &Arc<Self>,
        commit: Commit<'_>,
        lineage: Option<&Arc<Lineage>>,
    ) -> Result<Ticket, Arc<LogFault>> {
        commit.check()?;
        let full = |desks: &mut Desks| {
            let bytes = desks.bytes();
            let is_full = bytes > 0 && bytes + commit.lines.len() > WAITING_BYTES_MAX;
            is_full && !self.settlement.has_failed()
        };
        let mut desks = self
            .room
            .wait_while(self.desks(), full)
            .unwrap_or_else(PoisonError::into_inner);
        let ticket = self.settlement.take()?;
        let number = ticket.number;
        // What displaced the lineage was noted under the same lock: nothing of it comes in after that.
        if lineage.is_some_and(|lineage| lineage.is_displaced()) {
            self.settlement.settle(&[number]);
            return Ok(ticket);
        }
        let shard = subject::shard(commit.org, self.streams.shards());
        desks.push(shard, commit, number, lineage);
        self.call(&mut desks, shard);
        Ok(ticket)
    }

    /// Whether another commit finds room without waiting.
    pub(crate) fn has_room(&self) -> bool {
        self.desks().bytes() < FULL_FROM_BYTES
    }

    /// Calls somebody to take what waits of a shard, unless enough are there.
    fn call(self: &Arc<Self>, desks: &mut Desks, shard: u32) {
        if desks.calls(shard) {
            self.runtime.spawn(Arc::clone(self).carry(shard));
        }
    }

    /// Acknowledges messages that are stored, each with the sequence that it got.
    fn settle<'a>(&self, stored: impl Iterator<Item = (&'a Outgoing, u64)>) {
        let (mut numbers, mut messages) = (Vec::new(), 0);
        for (message, sequence) in stored {
            self.streams.reaches(message.shard, sequence);
            numbers.extend_from_slice(&message.numbers);
            messages += 1;
        }
        count(&self.counters.messages, messages);
        count(&self.counters.appends, numbers.len());
        self.settlement.settle(&numbers);
    }

    /// Gives back the room that messages of a shard took, and keeps where each organisation's history ends, as far as
    /// that is known. What waits of them is given its turn.
    fn end<'a>(
        self: &Arc<Self>,
        shard: u32,
        messages: impl Iterator<Item = (&'a Outgoing, Option<Tip>)>,
    ) {
        let mut desks = self.desks();
        for (message, tip) in messages {
            desks.end(shard, &message.org, message.bytes(), tip);
        }
        self.call(&mut desks, shard);
        self.room.notify_all();
    }

    /// Ends the log, and lets those go who wait for room.
    fn fail(&self, fault: LogFault) {
        self.settlement.fail(fault);
        let _desks = self.desks();
        self.room.notify_all();
    }

    fn desks(&self) -> MutexGuard<'_, Desks> {
        // Every change is whole before anything could panic.
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn count(counter: &AtomicU64, by: impl TryInto<u64>) {
    counter.fetch_add(by.try_into().unwrap_or(0), Ordering::Relaxed);
}

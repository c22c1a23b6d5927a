//! Writing: who appends puts a commit on its organisation's desk; one task for each desk on which something
//! waits sends one message after another.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_nats::Subject;
use bytes::Bytes;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::log::{Commit, Lineage, LogFault, Ticket};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::sleep;

use crate::desk::{Batch, Desk, Tip};
use crate::message::{self, Described};
use crate::publish::{self, Sent};
use crate::settlement::Settlement;
use crate::streams::Streams;
use crate::subject;

/// How many bytes of lines may wait or be under way: eight of the largest commits. Who appends more
/// waits.
const WAITING_BYTES_MAX: usize = 32 * 1024 * 1024;

/// From how many bytes on whoever asks first is told that there is no room: so far below that they do not block
/// where some ask at the same moment.
const FULL_FROM_BYTES: usize = 24 * 1024 * 1024;

/// How many messages a shard may have under way that one server keeps by itself. It syncs for each of them, one
/// after another: more would only wait there, while what is appended behind them can still be put together
/// (docs/SCALE.md).
const TURNS_ALONE: usize = 32;

/// How many where several servers keep them. These sync for many at once, so that fewer would leave them idle; with
/// more, messages become more and smaller.
const TURNS_TOGETHER: usize = 256;

/// How long to wait before a message is sent again that the servers could not take: much shorter than an
/// election (4 to 9 s), much longer than an answer takes.
const PAUSE: Duration = Duration::from_millis(100);

/// How often a server may say that another message came first and have none: it may refuse on account of one that
/// is still being agreed on, but not for longer than an election takes.
const LOOKS_MAX: u32 = 100;

/// How long whoever has stored a message waits with the next of that organisation where others write it too: they
/// read what was stored and answer with theirs. Otherwise whoever is ahead stays ahead for seconds.
const GIVING_WAY: Duration = Duration::from_millis(5);

/// How long others are reckoned with after they were last noticed.
const OTHERS_FOR: Duration = Duration::from_secs(1);

/// What has been written since the log was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Messages stored: commits as they are read.
    pub messages: u64,
    /// Appends that those messages hold.
    pub appends: u64,
    /// Messages sent again because no answer came, or none for now.
    pub resent: u64,
    /// Messages found stored that no answer had said so of.
    pub found: u64,
    /// Times that another process's commit came first.
    pub displacements: u64,
}

#[derive(Debug, Default)]
struct Counters {
    messages: AtomicU64,
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
    /// How many messages each shard may still have under way.
    turns: Vec<Semaphore>,
    pub(crate) settlement: Arc<Settlement>,
    counters: Counters,
}

#[derive(Debug, Default)]
struct Desks {
    /// One for each organisation that was written since the log was opened: as many as the ledger has in
    /// memory.
    organisations: HashMap<OrgId, Desk>,
    /// How many bytes of lines wait or are under way.
    bytes: usize,
}

/// What became of a batch.
enum Written {
    Stored(Tip),
    Displaced,
    Failed(LogFault),
}

impl Writer {
    pub(crate) fn new(streams: Arc<Streams>, id: String, runtime: Handle) -> Self {
        let turns = turns(streams.replicas());
        let turns = (0..streams.shards()).map(|_| Semaphore::new(turns));
        Self {
            turns: turns.collect(),
            streams,
            id,
            runtime,
            desks: Mutex::default(),
            room: Condvar::new(),
            settlement: Arc::new(Settlement::new()),
            counters: Counters::default(),
        }
    }

    pub(crate) fn stats(&self) -> Stats {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            messages: count(&self.counters.messages),
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
            let is_full = desks.bytes > 0 && desks.bytes + commit.lines.len() > WAITING_BYTES_MAX;
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
        desks.bytes += commit.lines.len();
        let desk = match desks.organisations.get_mut(commit.org) {
            Some(desk) => desk,
            None => desks.organisations.entry(commit.org.clone()).or_default(),
        };
        desk.push(commit, number, lineage);
        if !desk.is_manned {
            desk.is_manned = true;
            self.runtime.spawn(Arc::clone(self).man(commit.org.clone()));
        }
        Ok(ticket)
    }

    /// Whether another commit finds room without waiting.
    pub(crate) fn has_room(&self) -> bool {
        self.desks().bytes < FULL_FROM_BYTES
    }

    /// Sends what waits of an organisation until nothing does.
    async fn man(self: Arc<Self>, org: OrgId) {
        let shard = subject::shard(&org, self.streams.shards());
        let subject = subject::of(shard, &org);
        loop {
            // Whatever is appended while this one waits goes along.
            let Some(turn) = self.turn(shard).await else {
                return;
            };
            let Some((batch, known)) = self.next(&org) else {
                return;
            };
            let bytes = batch.lines.len();
            let Batch {
                first,
                events,
                lines,
                numbers,
                lineage,
            } = batch;
            let message = Message {
                org: &org,
                subject: subject.as_str().into(),
                shard,
                first,
                events,
                lines: lines.into(),
                id: format!("{}-{}", self.id, numbers.first().unwrap_or(&0)),
            };
            if known.is_some_and(|tip| tip.next < first) {
                // What it builds on is another's.
                self.note_others(&org);
            }
            let tip = match self.write(&message, known).await {
                Written::Stored(stored) => {
                    self.streams.reaches(shard, stored.sequence);
                    count(&self.counters.messages, 1);
                    count(&self.counters.appends, numbers.len());
                    self.settlement.settle(&numbers);
                    // Others go on meanwhile.
                    drop(turn);
                    if self.has_others(&org) {
                        sleep(GIVING_WAY).await;
                    }
                    Some(stored)
                }
                Written::Displaced => {
                    count(&self.counters.displacements, 1);
                    self.note_others(&org);
                    self.displace(&org, numbers, lineage);
                    None
                }
                // What waits behind it must not be stored without it: the desk stays manned by nobody.
                Written::Failed(fault) => return self.fail(fault),
            };
            if self.has_left(&org, bytes, tip) {
                return;
            }
        }
    }

    /// Notes that another process writes the same history.
    fn note_others(&self, org: &OrgId) {
        if let Some(desk) = self.desks().organisations.get_mut(org) {
            desk.others_at = Some(Instant::now());
        }
    }

    /// Whether another one has done so not long ago.
    fn has_others(&self, org: &OrgId) -> bool {
        let others_at = |desk: &Desk| desk.others_at;
        let others_at = self.desks().organisations.get(org).and_then(others_at);
        others_at.is_some_and(|at| at.elapsed() < OTHERS_FOR)
    }

    /// Gives back the room that a batch took, and keeps where the history ends, as far as that is known. Where
    /// nothing more waits the desk is left: then this says so.
    fn has_left(&self, org: &OrgId, bytes: usize, tip: Option<Tip>) -> bool {
        let mut desks = self.desks();
        desks.bytes -= bytes;
        self.room.notify_all();
        let Some(desk) = desks.organisations.get_mut(org) else {
            return true;
        };
        desk.tip = tip;
        desk.is_manned = !desk.is_empty();
        !desk.is_manned
    }

    /// The next batch of an organisation, with the end of its history as far as it is known. Where nothing
    /// waits the desk is left.
    fn next(&self, org: &OrgId) -> Option<(Batch, Option<Tip>)> {
        let mut desks = self.desks();
        let desk = desks.organisations.get_mut(org)?;
        match desk.pop() {
            Some(batch) => Some((batch, desk.tip.take())),
            None => {
                desk.is_manned = false;
                None
            }
        }
    }

    /// Ends the log, and lets those go who wait for room.
    fn fail(&self, fault: LogFault) {
        self.settlement.fail(fault);
        let _desks = self.desks();
        self.room.notify_all();
    }

    /// Voids a batch and whatever waits behind it that builds on it.
    fn displace(&self, org: &OrgId, numbers: Vec<u64>, lineage: Option<Arc<Lineage>>) {
        let (Some(lineage), Some(&first)) = (lineage, numbers.first()) else {
            return self.fail(LogFault {
                what: format!("another process writes the history of {org} at the same time"),
                source: None,
            });
        };
        let mut void = numbers;
        {
            let mut desks = self.desks();
            lineage.displace(first);
            let mut bytes = 0;
            if let Some(desk) = desks.organisations.get_mut(org) {
                bytes = desk.void(&lineage, &mut void);
            }
            desks.bytes -= bytes;
        }
        self.settlement.settle(&void);
    }

    /// Sends a message until it is known what became of it.
    async fn write(&self, message: &Message<'_>, known: Option<Tip>) -> Written {
        let tip = match self.tip_before(message, known).await {
            Ok(tip) if tip.next > message.first => return Written::Displaced,
            Ok(tip) => tip,
            Err(fault) => return Written::Failed(fault),
        };
        let described = Described {
            first: message.first,
            events: message.events,
            previous: tip.sequence,
        };
        let mut looks = 0;
        loop {
            let headers = message::headers(message.org, described, &message.lines, &message.id);
            let (subject, lines) = (message.subject.clone(), message.lines.clone());
            match publish::publish(&self.streams, subject, headers, lines).await {
                Sent::Stored(sequence) => return message.stored(sequence),
                Sent::Overtaken => {
                    if let Some(written) = self.whose(message, tip.sequence, &mut looks).await {
                        return written;
                    }
                }
                Sent::Unknown(cause) => {
                    if let Some(denied) = self.streams.heard().denial_of(&message.subject) {
                        return message.failed(&denied, cause);
                    }
                }
                Sent::Refused(cause) => return message.failed("the server refused it", cause),
            }
            count(&self.counters.resent, 1);
            sleep(PAUSE).await;
        }
    }

    /// The end of the history that a message is to follow. What is known may be behind what the message was
    /// decided on, where others have written; then the stream's leader is asked.
    async fn tip_before(&self, message: &Message<'_>, known: Option<Tip>) -> Result<Tip, LogFault> {
        if let Some(tip) = known.filter(|tip| tip.next >= message.first) {
            return Ok(tip);
        }
        let stream = self.streams.stream(message.shard);
        loop {
            let Some(stream) = stream else {
                return Err(message.fault("its shard has no stream", None));
            };
            match publish::last(stream, &message.subject).await {
                Ok(None) => {
                    let next = Position::ZERO.next();
                    return Ok(Tip { sequence: 0, next });
                }
                Ok(Some(last)) => {
                    let described = message::describe(message.org, &last.headers, &last.payload);
                    return match described {
                        Ok(described) => Ok(Tip {
                            sequence: last.sequence,
                            next: Position::new(
                                described
                                    .first
                                    .get()
                                    .saturating_add(described.events.into()),
                            ),
                        }),
                        Err(cause) => {
                            let what = format!("message {} before it is no commit", last.sequence);
                            Err(message.fault(&what, Some(cause.into())))
                        }
                    };
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Whose message stands where this one was to: perhaps it is this one, of whose first sending no
    /// answer came. Nothing if none does yet, or nobody answers; then it is sent again.
    async fn whose(
        &self,
        message: &Message<'_>,
        previous: u64,
        looks: &mut u32,
    ) -> Option<Written> {
        let stream = self.streams.stream(message.shard)?;
        match publish::first_from(stream, &message.subject, previous + 1).await {
            Ok(Some(found)) if message::has_id(&found.headers, &message.id) => {
                count(&self.counters.found, 1);
                Some(message.stored(found.sequence))
            }
            Ok(Some(_)) => Some(Written::Displaced),
            Ok(None) => {
                *looks += 1;
                let what = format!(
                    "the server says that message {previous} is not its last one, and has none after it"
                );
                let fault = || Written::Failed(message.fault(&what, None));
                (*looks >= LOOKS_MAX).then(fault)
            }
            Err(_) => None,
        }
    }

    /// Waits until a message may be sent to a shard. They are given turns in the order in which they came.
    async fn turn(&self, shard: u32) -> Option<SemaphorePermit<'_>> {
        let turns = self.turns.get(usize::try_from(shard).ok()?)?;
        turns.acquire().await.ok()
    }

    fn desks(&self) -> MutexGuard<'_, Desks> {
        // Every change is whole before anything could panic.
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A batch on its way.
struct Message<'a> {
    org: &'a OrgId,
    subject: Subject,
    shard: u32,
    first: Position,
    events: u32,
    lines: Bytes,
    id: String,
}

impl Message<'_> {
    fn stored(&self, sequence: u64) -> Written {
        let next = Position::new(self.first.get().saturating_add(self.events.into()));
        Written::Stored(Tip { sequence, next })
    }

    fn failed(&self, why: &str, cause: impl std::error::Error + Send + Sync + 'static) -> Written {
        Written::Failed(self.fault(why, Some(Box::new(cause))))
    }

    fn fault(
        &self,
        why: &str,
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> LogFault {
        let (subject, first) = (&self.subject, self.first);
        LogFault {
            what: format!(
                "the commit of {subject} at position {first} could not be written: {why}"
            ),
            source,
        }
    }
}

fn count(counter: &AtomicU64, by: impl TryInto<u64>) {
    counter.fetch_add(by.try_into().unwrap_or(0), Ordering::Relaxed);
}

/// How many messages a shard may have under way.
const fn turns(replicas: usize) -> usize {
    if replicas == 1 {
        TURNS_ALONE
    } else {
        TURNS_TOGETHER
    }
}

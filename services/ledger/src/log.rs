//! The port to a log of record: an append-only history for each organisation, in whole commits.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netgain_events::fact::FactKind;
use netgain_events::identifier::{LedgerId, OrgId, Position};
use tokio::sync::watch;

/// The most bytes the lines of one commit may have (architecture, *What is written*). One `JetStream`
/// message holds it, and one request body.
pub const COMMIT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most events of one commit (interface, *HTTP*).
pub const COMMIT_EVENTS_MAX: u32 = 10_000;

/// One commit: whole requests of one organisation, there together or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit<'a> {
    /// Whose events they are.
    pub org: &'a OrgId,
    /// The position of the first event; the others follow without gaps.
    pub first: Position,
    /// How many events there are: 1 to [`COMMIT_EVENTS_MAX`].
    pub events: u32,
    /// The event lines, each with its line feed: at most [`COMMIT_BYTES_MAX`].
    pub lines: &'a [u8],
}

impl Commit<'_> {
    /// The position of its last event.
    #[must_use]
    pub fn last(&self) -> Position {
        let more = self.events.saturating_sub(1);
        Position::new(self.first.get().saturating_add(more.into()))
    }

    /// Checks what every log asks of a commit, so that each refuses the same ones: its limits, a
    /// first position of at least 1, and a last line that is ended. That there are as many lines as
    /// events is for whoever wrote them: counting them again would cost as much as the checksum.
    ///
    /// # Errors
    /// What is wrong, in words. The log stays as it was and takes the next commit.
    pub fn check(&self) -> Result<(), LogFault> {
        let length = self.lines.len();
        let what = if !(1..=COMMIT_EVENTS_MAX).contains(&self.events) {
            format!(
                "{} events; a commit has 1 to {COMMIT_EVENTS_MAX}",
                self.events
            )
        } else if !(1..=COMMIT_BYTES_MAX).contains(&length) {
            format!("{length} bytes; a commit has 1 to {COMMIT_BYTES_MAX}")
        } else if self.first == Position::ZERO {
            "no first position; positions begin at 1".into()
        } else if self.lines.ends_with(b"\n") {
            return Ok(());
        } else {
            "a last line without its line feed".into()
        };
        Err(LogFault {
            what: format!("a commit of {} with {what}", self.org),
            source: None,
        })
    }
}

/// How far a log is durable, as its writer says after every sync.
#[derive(Clone, Debug, Default)]
pub struct Durability {
    /// Every append with this number or a lower one is durable. Appends are numbered 1, 2, 3 … by
    /// each log from when it was opened.
    pub through: u64,
    /// Why nothing more will become durable, once that is so.
    pub failed: Option<Arc<LogFault>>,
}

/// The log could not be written: what was not durable by then must not be acknowledged. Fatal for
/// the open log; nothing is retried on it (architecture, *The two logs of record*).
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct LogFault {
    /// What could not be done, in words for the operator, with the path or the subject.
    pub what: String,
    /// The cause.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A place in the order of appends, to wait for with [`durable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Appends are ordered within a lane. A log that writes all in one order has one.
    pub lane: u32,
    /// The number of the append.
    pub number: u64,
}

/// The decisions about one organisation that build on one another, since its state was read. Where several
/// processes write a log, another one's commit may come first: whatever was decided without it is
/// *displaced*, and was not written, nor will be.
#[derive(Debug)]
pub struct Lineage {
    /// The number of the first append that was displaced.
    displaced: AtomicU64,
}

impl Default for Lineage {
    fn default() -> Self {
        let displaced = AtomicU64::new(u64::MAX);
        Self { displaced }
    }
}

impl Lineage {
    /// Says that this append and every later one of the lineage are displaced. The log says so before
    /// it settles them.
    pub fn displace(&self, number: u64) {
        self.displaced.fetch_min(number, Ordering::AcqRel);
    }

    /// Whether nothing more can be written that builds on it: the organisation's state is to be read again.
    #[must_use]
    pub fn is_displaced(&self) -> bool {
        self.displaced.load(Ordering::Acquire) < u64::MAX
    }

    /// Whether that append of the lineage was displaced. Final once it is settled ([`durable`]).
    #[must_use]
    pub fn has_displaced(&self, ticket: Ticket) -> bool {
        self.displaced.load(Ordering::Acquire) <= ticket.number
    }
}

/// Waits until an append, and every one before it in its lane, is durable. Says through which append
/// the lane is durable by then, so that later tickets need not be waited for.
///
/// # Errors
/// The log failed first, or was closed: the outcome is not known and must not be acknowledged.
pub async fn durable<L: Log + ?Sized>(log: &L, ticket: Ticket) -> Result<u64, Arc<LogFault>> {
    let mut durability = log.durability(ticket.lane);
    let settled = durability
        .wait_for(|now| now.through >= ticket.number || now.failed.is_some())
        .await
        .map_err(|_| {
            Arc::new(LogFault {
                what: "the log was closed".into(),
                source: None,
            })
        })?;
    match &settled.failed {
        Some(fault) if settled.through < ticket.number => Err(Arc::clone(fault)),
        Some(_) | None => Ok(settled.through),
    }
}

/// A place in a log to go on reading from, in the log's own terms: kept, but not understood, by
/// everyone else. The default is the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(Box<[u8]>);

impl Cursor {
    /// The place a log wrote down as these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Where a log stops and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The place after the last whole commit.
    pub cursor: Cursor,
    /// What follows it and is no commit, where something does: an unfinished write, which opening
    /// for writing moves aside.
    pub tail: Option<Tail>,
}

/// Bytes after the last whole commit with nothing valid after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tail {
    /// Where it starts, in words: the segment file and the offset.
    pub place: String,
    /// How many bytes it has, the zeros written ahead left out.
    pub bytes: u64,
    /// What is wrong with it.
    pub why: String,
}

/// Why a log could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Bytes that are not what was written, with valid commits after them. Nothing is cut.
    #[error("the log is damaged at {place}: {why}")]
    Damage {
        /// Where, in words: the segment file and the offset.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The log was written by a newer version.
    #[error(
        "the log at {place} has format {found}; this version reads up to {supported}. Use the newer netgain that wrote it"
    )]
    Newer {
        /// Where.
        place: String,
        /// The format it has.
        found: u32,
        /// The newest format this version knows.
        supported: u32,
    },
    /// The cursor does not belong to this log, or points past its end.
    #[error("the log does not reach the place to go on from ({why})")]
    UnknownCursor {
        /// What does not fit.
        why: String,
    },
    /// The servers that keep the log do not answer, or not so that it could be read.
    #[error("the servers of {place} do not answer; it can be read once they do")]
    Unanswered {
        /// What was read.
        place: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The operating system or the service refused.
    #[error("cannot read {place}")]
    Unreadable {
        /// What was read.
        place: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Reading a log of record. Any number may read, beside the writer, in one process or many. What is
/// shown is durable by the time `read` returns, so an answer built on it can be given.
pub trait LogRead: Send + Sync {
    /// Which ledger it is.
    fn ledger(&self) -> &LedgerId;

    /// Shows every commit after `from`, in the log's order, or only those of one organisation. The
    /// checksums of what is shown have been checked. Returns where the log stopped.
    ///
    /// # Errors
    /// Damage, a newer format, a foreign cursor or a failed read; what was shown until then stands.
    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError>;
}

/// What a log that several processes write has been through since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Times that another process's commit came first.
    pub displacements: u64,
    /// Times that the connection to the log's servers was made anew.
    pub reconnections: u64,
}

/// Who follows a log: is shown each commit with the place after it, and nothing several times a second while
/// nothing comes; says when it has had enough.
pub type Follower<'f> = dyn FnMut(Option<Commit<'_>>, &Cursor) -> ControlFlow<()> + 'f;

/// Writing a log of record. One process writes an embedded one; several may write a clustered one, each with
/// [`Log::append_in`].
pub trait Log: LogRead {
    /// Queues a commit. The calls' order is the order in the log. Blocks only while too much is
    /// waiting for the disk already.
    ///
    /// # Errors
    /// The log has failed before, or the commit is larger than the log holds.
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>>;

    /// Queues a commit that builds on the others of its lineage. Where another process's commit comes first,
    /// the lineage says that it was displaced; its ticket is settled then too, as those of durable ones
    /// are. A log that one process writes displaces nothing.
    ///
    /// # Errors
    /// As [`Log::append`].
    fn append_in(
        &self,
        commit: Commit<'_>,
        lineage: &Arc<Lineage>,
    ) -> Result<Ticket, Arc<LogFault>> {
        let _ = lineage;
        self.append(commit)
    }

    /// How far a lane is durable, now and from now on.
    fn durability(&self, lane: u32) -> watch::Receiver<Durability>;

    /// Whether an append is durable by now.
    fn is_durable(&self, ticket: Ticket) -> bool {
        self.durability(ticket.lane).borrow().through >= ticket.number
    }

    /// A ticket for everything queued so far: what an answer waits for that saw it all.
    fn everything(&self) -> Ticket;

    /// The place after everything that is durable, for the views to go on from.
    fn durable_end(&self) -> Cursor;

    /// Whether other processes may write it at the same time. Then what they write has to be followed, and
    /// what was decided may have to be decided again.
    fn is_shared(&self) -> bool {
        false
    }

    /// Shows every commit after `from` as it becomes durable, this process's own too, until `visit` has had
    /// enough. Nothing is left out or shown twice. A log that one process writes shows nothing and returns.
    ///
    /// # Errors
    /// As [`LogRead::read`]; what was shown until then stands.
    fn follow(&self, from: &Cursor, visit: &mut Follower<'_>) -> Result<(), ReadError> {
        let _ = (from, visit);
        Ok(())
    }

    /// How many commits there are after a place. Asks the log itself, so it also says whether that answers.
    ///
    /// # Errors
    /// It does not, or not soon.
    fn behind(&self, place: &Cursor) -> Result<u64, ReadError> {
        let _ = place;
        Ok(0)
    }

    /// What sharing it has cost so far.
    fn sharing(&self) -> Sharing {
        Sharing::default()
    }

    /// Whether there is room for more that waits to be written. Where there is none [`append`](Log::append) blocks,
    /// on servers for as long as they do not answer: whoever may not be held up asks before deciding anything.
    fn has_room(&self) -> bool {
        true
    }

    /// Why nothing of that kind may be appended for now, in words: another process that reads the log would not
    /// understand it as this one writes it. A log that one process writes is read by that one.
    fn unread(&self, kind: FactKind) -> Option<Arc<str>> {
        let _ = kind;
        None
    }
}

/// A log that several hold is read as the log itself: the server's parts share one.
impl<T: LogRead + ?Sized> LogRead for Arc<T> {
    fn ledger(&self) -> &LedgerId {
        (**self).ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        (**self).read(from, only, visit)
    }
}

/// A log that several hold is written as the log itself.
impl<T: Log + ?Sized> Log for Arc<T> {
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        (**self).append(commit)
    }

    fn append_in(
        &self,
        commit: Commit<'_>,
        lineage: &Arc<Lineage>,
    ) -> Result<Ticket, Arc<LogFault>> {
        (**self).append_in(commit, lineage)
    }

    fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        (**self).durability(lane)
    }

    fn is_durable(&self, ticket: Ticket) -> bool {
        (**self).is_durable(ticket)
    }

    fn everything(&self) -> Ticket {
        (**self).everything()
    }

    fn durable_end(&self) -> Cursor {
        (**self).durable_end()
    }

    fn is_shared(&self) -> bool {
        (**self).is_shared()
    }

    fn follow(&self, from: &Cursor, visit: &mut Follower<'_>) -> Result<(), ReadError> {
        (**self).follow(from, visit)
    }

    fn behind(&self, place: &Cursor) -> Result<u64, ReadError> {
        (**self).behind(place)
    }

    fn sharing(&self) -> Sharing {
        (**self).sharing()
    }

    fn has_room(&self) -> bool {
        (**self).has_room()
    }

    fn unread(&self, kind: FactKind) -> Option<Arc<str>> {
        (**self).unread(kind)
    }
}

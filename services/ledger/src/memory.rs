//! A double of the log in memory, for tests: it keeps every promise of the port but outliving its
//! process.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netgain_events::identifier::{LedgerId, OrgId, Position};
use tokio::sync::watch;

use crate::log::{
    Commit, Cursor, Durability, End, Follower, Lineage, Log, LogFault, LogRead, ReadError, Ticket,
};

/// When an append to a [`MemoryLog`] becomes durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syncing {
    /// At once.
    AtOnce,
    /// When the test says so with [`MemoryLog::release`], so that it can look at what happens
    /// before: nothing that saw an append may be answered until then.
    ByHand,
}

/// A log in memory. Clones are handles on the same history, as a log opened again would be.
#[derive(Clone, Debug)]
pub struct MemoryLog {
    ledger: LedgerId,
    syncing: Syncing,
    history: Arc<Mutex<Vec<Kept>>>,
    durability: watch::Sender<Durability>,
    is_shared: bool,
}

/// A commit as it was given.
#[derive(Clone, Debug)]
struct Kept {
    org: OrgId,
    first: Position,
    events: u32,
    lines: Arc<[u8]>,
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new(ledger: LedgerId, syncing: Syncing) -> Self {
        let durability = watch::Sender::new(Durability::default());
        Self {
            ledger,
            syncing,
            history: Arc::default(),
            durability,
            is_shared: false,
        }
    }

    /// The same as one that several processes write, each with a clone.
    #[must_use]
    pub fn shared(self) -> Self {
        Self {
            is_shared: true,
            ..self
        }
    }

    /// Makes the next `appends` of those that wait durable, in their order; more than wait is all.
    pub fn release(&self, appends: u64) {
        let queued = number(self.history().len());
        self.durability.send_modify(|now| {
            if now.failed.is_none() {
                now.through = now.through.saturating_add(appends).min(queued);
            }
        });
    }

    /// Makes everything queued so far durable.
    pub fn release_all(&self) {
        self.release(u64::MAX);
    }

    /// Fails as a disk does: what is not durable now never will be, and nothing more is taken.
    pub fn fail(&self, what: &str) {
        let fault = Arc::new(LogFault {
            what: what.into(),
            source: None,
        });
        self.durability.send_modify(|now| {
            now.failed.get_or_insert(fault);
        });
    }

    fn history(&self) -> MutexGuard<'_, Vec<Kept>> {
        // A push either happened or did not: a panic elsewhere leaves nothing half done.
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a commit behind the others.
    fn push(
        &self,
        mut history: MutexGuard<'_, Vec<Kept>>,
        commit: Commit<'_>,
    ) -> Result<Ticket, Arc<LogFault>> {
        commit.check()?;
        if let Some(fault) = &self.durability.borrow().failed {
            return Err(Arc::clone(fault));
        }
        history.push(Kept {
            org: commit.org.clone(),
            first: commit.first,
            events: commit.events,
            lines: commit.lines.into(),
        });
        let appended = number(history.len());
        drop(history);
        match self.syncing {
            Syncing::AtOnce => self.release_all(),
            Syncing::ByHand => {}
        }
        Ok(Ticket {
            lane: 0,
            number: appended,
        })
    }

    /// How many commits are durable: the history's first ones.
    fn durable(&self) -> u64 {
        self.durability.borrow().through
    }
}

/// A length as an append's number.
fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The place after that many commits.
fn place(commits: u64) -> Cursor {
    match commits {
        0 => Cursor::default(),
        _ => Cursor::from_bytes(&commits.to_be_bytes()),
    }
}

/// How many commits are before a place.
fn number_at(place: &Cursor) -> Result<u64, ReadError> {
    match place.as_bytes() {
        [] => Ok(0),
        bytes => bytes
            .try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| unknown("it is not of a log in memory")),
    }
}

fn unknown(why: &str) -> ReadError {
    ReadError::UnknownCursor { why: why.into() }
}

impl LogRead for MemoryLog {
    fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        let start = number_at(from)?;
        let durable = self.durable();
        let commits = durable
            .checked_sub(start)
            .ok_or_else(|| unknown("it is past the end"))?;
        let skipped = usize::try_from(start).unwrap_or(usize::MAX);
        let shown = usize::try_from(commits).unwrap_or(usize::MAX);
        // Copied, so that the visitor may append.
        let kept: Vec<Kept> = self
            .history()
            .iter()
            .skip(skipped)
            .take(shown)
            .cloned()
            .collect();
        for Kept {
            org,
            first,
            events,
            lines,
        } in &kept
        {
            if only.is_none_or(|only| only == org) {
                visit(Commit {
                    org,
                    first: *first,
                    events: *events,
                    lines,
                });
            }
        }
        Ok(End {
            cursor: place(durable),
            tail: None,
        })
    }
}

impl Log for MemoryLog {
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        self.push(self.history(), commit)
    }

    /// Clones are as several processes that write the same log: who does not go on from where an
    /// organisation's history is by now comes too late.
    fn append_in(
        &self,
        commit: Commit<'_>,
        lineage: &Arc<Lineage>,
    ) -> Result<Ticket, Arc<LogFault>> {
        let history = self.history();
        let last = history.iter().rev().find(|kept| kept.org == *commit.org);
        let next = last.map_or(1, |kept| kept.first.get() + u64::from(kept.events));
        if !lineage.is_displaced() && commit.first.get() == next {
            return self.push(history, commit);
        }
        let number = number(history.len());
        lineage.displace(number);
        Ok(Ticket { lane: 0, number })
    }

    fn durability(&self, _lane: u32) -> watch::Receiver<Durability> {
        self.durability.subscribe()
    }

    fn everything(&self) -> Ticket {
        Ticket {
            lane: 0,
            number: number(self.history().len()),
        }
    }

    fn durable_end(&self) -> Cursor {
        place(self.durable())
    }

    fn is_shared(&self) -> bool {
        self.is_shared
    }

    fn follow(&self, from: &Cursor, visit: &mut Follower<'_>) -> Result<(), ReadError> {
        let mut after = from.clone();
        let mut flow = ControlFlow::Continue(());
        while flow.is_continue() {
            let mut next = Vec::new();
            let read = self.read(&after, None, &mut |commit| {
                next.push((
                    commit.org.clone(),
                    commit.first,
                    commit.events,
                    commit.lines.to_vec(),
                ));
            });
            let end = read?.cursor;
            let ends = (number_at(&after)? + 1..).map(place);
            for ((org, first, events, lines), end) in next.iter().zip(ends) {
                let commit = Commit {
                    org,
                    first: *first,
                    events: *events,
                    lines,
                };
                flow = visit(Some(commit), &end);
                if flow.is_break() {
                    return Ok(());
                }
            }
            after = end;
            flow = visit(None, &after);
            std::thread::yield_now();
        }
        Ok(())
    }

    fn behind(&self, place: &Cursor) -> Result<u64, ReadError> {
        let mut commits = 0;
        self.read(place, None, &mut |_| commits += 1)?;
        Ok(commits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> LedgerId {
        "0123456789abcdef0123456789abcdef".parse().unwrap()
    }

    fn commit(org: &OrgId, first: u64) -> Commit<'_> {
        Commit {
            org,
            first: Position::new(first),
            events: 1,
            lines: b"{}\n",
        }
    }

    #[test]
    fn by_hand_nothing_is_durable_or_shown_before_it_is_released() {
        let log = MemoryLog::new(ledger(), Syncing::ByHand);
        let org: OrgId = "E07000082".parse().unwrap();
        let first = log.append(commit(&org, 1)).unwrap();
        let second = log.append(commit(&org, 2)).unwrap();
        assert!(!log.is_durable(first) && !log.is_durable(log.everything()));
        let mut shown = 0;
        log.read(&Cursor::default(), None, &mut |_| shown += 1)
            .unwrap();
        assert_eq!(shown, 0);

        log.release(1);
        assert!(log.is_durable(first) && !log.is_durable(second));
        let end = log
            .read(&Cursor::default(), None, &mut |_| shown += 1)
            .unwrap();
        assert_eq!((shown, end.cursor), (1, log.durable_end()));

        log.release_all();
        assert!(log.is_durable(second) && log.is_durable(log.everything()));
    }

    #[test]
    fn after_a_failure_nothing_more_is_durable_or_taken() {
        let log = MemoryLog::new(ledger(), Syncing::ByHand);
        let org: OrgId = "E07000082".parse().unwrap();
        let waiting = log.append(commit(&org, 1)).unwrap();
        log.fail("the disk is gone");
        log.release_all();
        assert!(!log.is_durable(waiting));
        assert!(log.append(commit(&org, 2)).is_err());
        let answer = crate::conformance::block_on(crate::log::durable(&log, waiting));
        assert_eq!(answer.unwrap_err().to_string(), "the disk is gone");
    }

    impl crate::conformance::Store for MemoryLog {
        type Log = Self;
        type Reader = Self;

        fn open(&self) -> Self {
            self.clone()
        }

        fn reader(&self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn it_keeps_the_promises_of_a_log() {
        crate::conformance::suite(|| MemoryLog::new(ledger(), Syncing::AtOnce));
    }
}

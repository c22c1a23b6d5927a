//! Reading a whole log on all cores: one thread reads, the others keep an account of each
//! organisation that falls to them. What they find wrong first, in the log's order, is what is
//! reported.

use std::collections::{BTreeMap, HashMap};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use netgain_events::identifier::{OrgId, Position};

use crate::history::HistoryError;
use crate::log::{Commit, Cursor, End, LogRead};

/// How many bytes of lines a worker is handed at once: large enough that the hand-over costs
/// nothing, small enough that all workers have something to do and that what was read is still in
/// the cache when it is looked at.
const BATCH_BYTES: usize = 256 * 1024;

/// How many batches may wait for a worker, so that memory stays flat however fast the reading is.
const BATCHES_WAITING_MAX: usize = 8;

/// What is kept of one organisation while its commits are read, in order.
pub trait Account: Send {
    /// Takes the next commit.
    ///
    /// # Errors
    /// What is wrong with it. Nothing more is read of that organisation then.
    fn take(&mut self, commit: Commit<'_>) -> Result<(), HistoryError>;
}

/// Two accounts of the same organisation, kept in one reading.
impl<A: Account, B: Account> Account for (A, B) {
    fn take(&mut self, commit: Commit<'_>) -> Result<(), HistoryError> {
        self.0.take(commit)?;
        self.1.take(commit)
    }
}

/// The accounts of a whole log.
#[derive(Debug)]
pub struct Accounts<A> {
    /// The account of every organisation that has events after the starting place.
    pub organisations: BTreeMap<OrgId, A>,
    /// Where the log stopped.
    pub end: End,
    /// How many events were read.
    pub events: u64,
}

impl<A, B> Accounts<(A, B)> {
    /// Takes apart what was kept together in one reading.
    #[must_use]
    pub fn apart(self) -> (Accounts<A>, Accounts<B>) {
        let (end, events) = (self.end, self.events);
        let (mut first, mut second) = (BTreeMap::new(), BTreeMap::new());
        for (org, (one, other)) in self.organisations {
            first.insert(org.clone(), one);
            second.insert(org, other);
        }
        let first = Accounts {
            organisations: first,
            end: end.clone(),
            events,
        };
        let second = Accounts {
            organisations: second,
            end,
            events,
        };
        (first, second)
    }
}

/// Reads every commit after `from` into the account of its organisation, each of which begins as
/// `start` says. `progress` hears how many bytes of lines have been read.
///
/// # Errors
/// The log cannot be read, or an account found something wrong.
pub fn account_all<A: Account>(
    log: &dyn LogRead,
    from: &Cursor,
    start: &(dyn Fn(&OrgId) -> A + Sync),
    progress: &mut dyn FnMut(u64),
) -> Result<Accounts<A>, HistoryError> {
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get());
    thread::scope(|scope| {
        let mut lanes = Vec::with_capacity(workers);
        let mut handles = Vec::with_capacity(workers);
        for _ in 0..workers {
            let (sender, receiver) = sync_channel(BATCHES_WAITING_MAX);
            let (used, again) = channel();
            lanes.push(Lane {
                sender,
                again,
                batch: Batch::default(),
            });
            handles.push(scope.spawn(move || keep(&receiver, &used, start)));
        }
        let mut desks = HashMap::new();
        let mut commits = 0;
        let mut bytes = 0;
        let read = log.read(from, None, &mut |commit| {
            commits += 1;
            bytes += u64::try_from(commit.lines.len()).unwrap_or(0);
            let (desk, newcomer) = match desks.get(commit.org) {
                Some(&desk) => (desk, None),
                None => {
                    // In turn, so that every worker has as many.
                    let lane = desks.len() % workers;
                    let place = desks.len() / workers;
                    let desk = Desk { lane, place };
                    desks.insert(commit.org.clone(), desk);
                    (desk, Some(commit.org.clone()))
                }
            };
            if let Some(lane) = lanes.get_mut(desk.lane) {
                lane.push(commit, commits, desk.place, newcomer);
            }
            progress(bytes);
        });
        for lane in &mut lanes {
            lane.flush();
        }
        drop(lanes);
        let mut organisations = BTreeMap::new();
        let mut events = 0;
        let mut first_wrong: Option<(u64, HistoryError)> = None;
        for handle in handles {
            // A worker that panicked is a bug; scope() passes the panic on when it is joined here.
            let kept = handle
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            organisations.extend(kept.organisations);
            events += kept.events;
            let earlier = |(at, _): &(u64, HistoryError)| {
                first_wrong.as_ref().is_none_or(|(first, _)| at < first)
            };
            if kept.wrong.as_ref().is_some_and(earlier) {
                first_wrong = kept.wrong;
            }
        }
        match (first_wrong, read) {
            (Some((_, wrong)), _) => Err(wrong),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(end)) => Ok(Accounts {
                organisations,
                end,
                events,
            }),
        }
    })
}

/// Where an organisation's account is kept.
#[derive(Clone, Copy)]
struct Desk {
    /// Which worker keeps it.
    lane: usize,
    /// The how manieth of that worker's accounts it is.
    place: usize,
}

struct Lane {
    sender: SyncSender<Batch>,
    /// Batches that the worker is done with, to be filled again: memory that is touched for the
    /// first time costs more than what is put there. As many as may wait, and no more.
    again: Receiver<Batch>,
    batch: Batch,
}

/// A commit in a batch, its lines left out.
struct Entry {
    /// Which commit it is, counted from the starting place.
    number: u64,
    /// Which of the worker's accounts it belongs to.
    place: usize,
    /// The organisation, where its account begins with this commit.
    newcomer: Option<OrgId>,
    first: Position,
    events: u32,
    /// How many bytes its lines have.
    length: usize,
}

#[derive(Default)]
struct Batch {
    commits: Vec<Entry>,
    lines: Vec<u8>,
}

impl Lane {
    fn push(&mut self, commit: Commit<'_>, number: u64, place: usize, newcomer: Option<OrgId>) {
        self.batch.commits.push(Entry {
            number,
            place,
            newcomer,
            first: commit.first,
            events: commit.events,
            length: commit.lines.len(),
        });
        self.batch.lines.extend_from_slice(commit.lines);
        if self.batch.lines.len() >= BATCH_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let empty = self.again.try_recv().unwrap_or_default();
        let batch = std::mem::replace(&mut self.batch, empty);
        // A worker is only gone when it has panicked, which joining it passes on.
        drop(self.sender.send(batch));
        self.batch.lines.reserve(BATCH_BYTES + 4096);
    }
}

struct Kept<A> {
    organisations: Vec<(OrgId, A)>,
    events: u64,
    wrong: Option<(u64, HistoryError)>,
}

fn keep<A: Account>(
    batches: &Receiver<Batch>,
    used: &Sender<Batch>,
    start: &(dyn Fn(&OrgId) -> A + Sync),
) -> Kept<A> {
    let mut kept = Kept {
        organisations: Vec::new(),
        events: 0,
        wrong: None,
    };
    for mut batch in batches {
        let mut rest = batch.lines.as_slice();
        for entry in batch.commits.drain(..) {
            let (lines, after) = rest.split_at_checked(entry.length).unwrap_or((rest, &[]));
            rest = after;
            if kept.wrong.is_some() {
                continue;
            }
            if let Some(org) = entry.newcomer {
                let account = start(&org);
                kept.organisations.push((org, account));
            }
            let Some((org, account)) = kept.organisations.get_mut(entry.place) else {
                continue;
            };
            let commit = Commit {
                org,
                first: entry.first,
                events: entry.events,
                lines,
            };
            match account.take(commit) {
                Ok(()) => kept.events += u64::from(entry.events),
                Err(wrong) => kept.wrong = Some((entry.number, wrong)),
            }
        }
        batch.lines.clear();
        // Once all is read, nobody fills it again.
        drop(used.send(batch));
    }
    kept
}

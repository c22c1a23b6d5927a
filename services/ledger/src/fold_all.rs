//! Folding a whole log on all cores: one thread reads, the others fold, each the organisations that
//! fall to it. What it finds wrong first, in the log's order, is what it reports.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::state::Organisation;
use netgain_events::wire;

use crate::history::{HistoryError, lines};
use crate::log::{Commit, Cursor, End, LogRead};

/// How many bytes of lines a worker is handed at once: large enough that the hand-over costs
/// nothing, small enough that all workers have something to do.
const BATCH_BYTES: usize = 256 * 1024;

/// How many batches may wait for a worker, so that memory stays flat however fast the reading is.
const BATCHES_WAITING_MAX: usize = 8;

/// How thoroughly events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// As the checksums vouch for them.
    Trusting,
    /// Each held to the one form it can have been written in.
    Canonical,
}

/// A log folded.
#[derive(Debug)]
pub struct Folded {
    /// Every organisation that has events after the starting place.
    pub organisations: BTreeMap<OrgId, Organisation>,
    /// Where the log stopped.
    pub end: End,
    /// How many events were folded.
    pub events: u64,
}

/// Folds every event after `from`. `start` gives the state that an organisation has at that place;
/// events it has already are passed over.
///
/// # Errors
/// The log cannot be read, or a history in it does not fold.
pub fn fold_all(
    log: &dyn LogRead,
    from: &Cursor,
    reading: Reading,
    start: &(dyn Fn(&OrgId) -> Option<Organisation> + Sync),
    progress: &mut dyn FnMut(u64),
) -> Result<Folded, HistoryError> {
    let workers = thread::available_parallelism().map_or(1, |cores| cores.get());
    thread::scope(|scope| {
        let mut senders = Vec::with_capacity(workers);
        let mut handles = Vec::with_capacity(workers);
        for _ in 0..workers {
            let (sender, receiver) = sync_channel(BATCHES_WAITING_MAX);
            senders.push(Lane {
                sender,
                batch: Batch::default(),
            });
            handles.push(scope.spawn(move || work(&receiver, log.ledger(), reading, start)));
        }
        let mut commits = 0;
        let mut bytes = 0;
        let read = log.read(from, None, &mut |commit| {
            commits += 1;
            bytes += u64::try_from(commit.lines.len()).unwrap_or(0);
            let lane = lane_of(commit.org, senders.len());
            if let Some(lane) = senders.get_mut(lane) {
                lane.push(commit, commits);
            }
            progress(bytes);
        });
        for lane in &mut senders {
            lane.flush();
        }
        drop(senders);
        let mut organisations = BTreeMap::new();
        let mut events = 0;
        let mut first_wrong: Option<(u64, HistoryError)> = None;
        for handle in handles {
            // A worker that panicked is a bug; scope() passes the panic on when it is joined here.
            let done = handle
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            organisations.extend(done.organisations);
            events += done.events;
            let earlier = |(at, _): &(u64, HistoryError)| {
                first_wrong.as_ref().is_none_or(|(first, _)| at < first)
            };
            if done.wrong.as_ref().is_some_and(earlier) {
                first_wrong = done.wrong;
            }
        }
        match (first_wrong, read) {
            (Some((_, wrong)), _) => Err(wrong),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(end)) => Ok(Folded {
                organisations,
                end,
                events,
            }),
        }
    })
}

fn lane_of(org: &OrgId, lanes: usize) -> usize {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(org.as_str());
    let lanes = u64::try_from(lanes.max(1)).unwrap_or(1);
    usize::try_from(hash % lanes).unwrap_or(0)
}

struct Lane {
    sender: SyncSender<Batch>,
    batch: Batch,
}

#[derive(Default)]
struct Batch {
    /// Which commit it is, counted from the starting place; whose; from which position; how many
    /// events; and how many bytes of lines.
    commits: Vec<(u64, OrgId, Position, u32, usize)>,
    lines: Vec<u8>,
}

impl Lane {
    fn push(&mut self, commit: Commit<'_>, number: u64) {
        let entry = (
            number,
            commit.org.clone(),
            commit.first,
            commit.events,
            commit.lines.len(),
        );
        self.batch.commits.push(entry);
        self.batch.lines.extend_from_slice(commit.lines);
        if self.batch.lines.len() >= BATCH_BYTES {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        // A worker is only gone when it has panicked, which joining it passes on.
        drop(self.sender.send(batch));
        self.batch.lines.reserve(BATCH_BYTES + 4096);
    }
}

#[derive(Default)]
struct Done {
    organisations: HashMap<OrgId, Organisation>,
    events: u64,
    wrong: Option<(u64, HistoryError)>,
}

fn work(
    batches: &Receiver<Batch>,
    ledger: &LedgerId,
    reading: Reading,
    start: &(dyn Fn(&OrgId) -> Option<Organisation> + Sync),
) -> Done {
    let mut done = Done::default();
    let mut scratch = Vec::new();
    for batch in batches {
        let mut rest = batch.lines.as_slice();
        for (number, org, first, said, length) in batch.commits {
            let (commit_lines, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            rest = after;
            if done.wrong.is_some() {
                continue;
            }
            let state = done
                .organisations
                .entry(org.clone())
                .or_insert_with(|| start(&org).unwrap_or_else(|| Organisation::new(org.clone())));
            match fold_commit(
                state,
                commit_lines,
                first,
                said,
                ledger,
                reading,
                &mut scratch,
            ) {
                Ok(()) => done.events += u64::from(said),
                Err(wrong) => done.wrong = Some((number, wrong)),
            }
        }
    }
    done
}

fn fold_commit(
    state: &mut Organisation,
    commit_lines: &[u8],
    first: Position,
    said: u32,
    ledger: &LedgerId,
    reading: Reading,
    scratch: &mut Vec<u8>,
) -> Result<(), HistoryError> {
    let mut expected = first;
    let mut found = 0;
    for line in lines(commit_lines) {
        let decoded = match reading {
            Reading::Trusting => wire::decode(line),
            Reading::Canonical => wire::decode_canonical(line, scratch),
        };
        let event = decoded.map_err(|source| HistoryError::Decode {
            org: state.org.clone(),
            after: state.position,
            source,
        })?;
        if event.ledger != *ledger {
            return Err(HistoryError::OtherLedger {
                org: state.org.clone(),
                position: event.position,
                found: event.ledger.to_string(),
            });
        }
        if event.position != expected {
            return Err(HistoryError::Commit {
                org: state.org.clone(),
                first,
                said,
            });
        }
        expected = expected.next();
        found += 1;
        if event.position > state.position {
            state.apply(event).map_err(|source| HistoryError::Fold {
                org: state.org.clone(),
                source,
            })?;
        }
    }
    if found == said {
        Ok(())
    } else {
        Err(HistoryError::Commit {
            org: state.org.clone(),
            first,
            said,
        })
    }
}

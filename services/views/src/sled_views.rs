//! The port's adapter: views in a sled directory.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::state::Organisation;
use netgain_ledger::log::Cursor;
use netgain_ledger::views::{Extent, Views, ViewsError};

use crate::keeper::{Answer, Keeper, Request};
use crate::set_aside::{mark, marked, set_aside};
use crate::shelf::{Access, Folded, Found, Unusable, in_chunks};

/// How many bytes of states are handed to sled's thread at once: large enough that few leaves are
/// split with values in them, small enough that both threads have something to do.
const GROUP_BYTES: usize = 4 * 1024 * 1024;

/// How many groups may wait for sled's thread, so that memory stays flat.
const GROUPS_WAITING_MAX: usize = 2;

/// How long to wait between two attempts to get the lock.
const LOCK_RETRY: Duration = Duration::from_millis(5);

/// How long to wait for what may never come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For another process to let go of the directory.
    pub lock: Duration,
    /// For sled to open the directory, or to answer a request. A damaged file can make it hang.
    pub answer: Duration,
}

impl Patience {
    /// A writer's: a reader holds the lock for a moment only, and opening after a large store on a
    /// slow disk takes a few seconds.
    pub const WRITING: Self = Self {
        lock: Duration::from_secs(2),
        answer: Duration::from_secs(10),
    };

    /// A reader's: folding from the log is not that slow.
    pub const READING: Self = Self {
        lock: Duration::from_millis(50),
        answer: Duration::from_secs(2),
    };
}

/// Another process has the views open, as a service has for as long as it runs: fold from the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the views are in use by another process")]
pub struct Busy;

/// Views opened for writing.
#[derive(Debug)]
pub struct Opened {
    /// The views; empty where what was there could not be used.
    pub views: SledViews,
    /// What was wrong with what was there and what was done about it, as a sentence for the
    /// operator.
    pub note: Option<String>,
}

/// Views in a sled directory.
pub struct SledViews {
    directory: PathBuf,
    keeper: Result<Keeper, String>,
    access: Access,
    extent: Mutex<Extent>,
    /// Held while states are put in and committed.
    storing: Mutex<()>,
}

impl SledViews {
    /// Opens the views of a ledger, making them if there are none. Never fails: a directory that
    /// is damaged, another ledger's, another version's, or that stays locked, or that sled does not
    /// come back from, is moved aside and a new one made. If that fails too, the views hold nothing
    /// and take nothing in. One process writes.
    #[must_use]
    pub fn open_for_writing(directory: &Path, ledger: &LedgerId, patience: Patience) -> Opened {
        let try_once = || {
            let opened = open(directory, ledger, Access::Writing, patience)?;
            Ok::<_, Unusable>(Self::new(directory, opened, Access::Writing))
        };
        let wrong = match try_once() {
            Ok(views) => return Opened { views, note: None },
            Err(wrong) => wrong,
        };
        let at = directory.display();
        let again = set_aside(directory)
            .map_err(|error| format!("cannot be moved aside ({error})"))
            .and_then(|aside| match try_once() {
                Ok(views) => Ok((views, aside)),
                Err(still) => Err(format!("new ones {still}")),
            });
        let (views, done) = match again {
            Ok((views, aside)) => {
                let aside = aside.display();
                (
                    views,
                    format!("they are rebuilt from the log, and the old ones are in {aside}"),
                )
            }
            Err(why) => {
                let done = format!("{why}, so everything is folded from the log");
                (Self::none(directory, why), done)
            }
        };
        Opened {
            views,
            note: Some(format!("The views in {at} {wrong}; {done}.")),
        }
    }

    /// Opens the views of a ledger to read from, if there are any that can be used. Makes nothing
    /// and moves nothing; but sled itself must be able to write where it reads, so that views
    /// nobody may write to are as good as none. Holds the directory until it is dropped: load what
    /// is needed and let go.
    ///
    /// # Errors
    /// Another process has them open.
    pub fn open_for_reading(
        directory: &Path,
        ledger: &LedgerId,
        patience: Patience,
    ) -> Result<Option<Self>, Busy> {
        // sled makes what is missing.
        if !["db", "conf", "blobs"]
            .iter()
            .all(|name| directory.join(name).exists())
        {
            return Ok(None);
        }
        match open(directory, ledger, Access::Reading, patience) {
            Ok(opened) => Ok(Some(Self::new(directory, opened, Access::Reading))),
            Err(Unusable::Busy) => Err(Busy),
            Err(Unusable::Content(_) | Unusable::Sled(_) | Unusable::Marked(_)) => Ok(None),
        }
    }

    fn new(directory: &Path, (keeper, extent): (Keeper, Extent), access: Access) -> Self {
        Self {
            directory: directory.into(),
            keeper: Ok(keeper),
            access,
            extent: Mutex::new(extent),
            storing: Mutex::default(),
        }
    }

    /// Views that hold nothing and take nothing in.
    fn none(directory: &Path, why: String) -> Self {
        Self {
            directory: directory.into(),
            keeper: Err(why),
            access: Access::Writing,
            extent: Mutex::default(),
            storing: Mutex::default(),
        }
    }

    fn keeper(&self) -> Result<&Keeper, ViewsError> {
        let unusable = |why: &String| failed(why.clone());
        self.keeper.as_ref().map_err(unusable)
    }

    /// Marks the directory as not to be used again. A reader leaves that to the next writer.
    fn mark(&self, error: ViewsError) -> ViewsError {
        match self.access {
            Access::Writing => mark(&self.directory, &error.what),
            Access::Reading => {}
        }
        error
    }
}

impl std::fmt::Debug for SledViews {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SledViews")
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl Views for SledViews {
    fn extent(&self) -> Extent {
        unpoisoned(&self.extent).clone()
    }

    fn load(&self, org: &OrgId) -> Result<Option<Organisation>, ViewsError> {
        let keeper = self.keeper()?;
        let answer = keeper.ask(|answers| Request::Load(org.clone(), answers));
        let found = keeper.wait(&answer).map_err(failed);
        let state = found.and_then(|found| found.map(|found| read(org, &found)).transpose());
        state.map_err(|error| self.mark(error))
    }

    fn store(&self, changed: &[&Organisation], cursor: &Cursor) -> Result<(), ViewsError> {
        let keeper = self.keeper()?;
        match self.access {
            Access::Reading => return Err(failed("were opened for reading".into())),
            Access::Writing => {}
        }
        let storing = unpoisoned(&self.storing);
        let committed = put_all(keeper, changed).and_then(|()| {
            let answer = keeper.ask(|answers| Request::Commit(cursor.clone(), answers));
            keeper.wait(&answer).map_err(failed)
        });
        committed.map_err(|error| self.mark(error))?;
        let mut extent = unpoisoned(&self.extent);
        extent.cursor = cursor.clone();
        for state in changed {
            extent.positions.insert(state.org.clone(), state.position);
        }
        drop(storing);
        Ok(())
    }
}

/// Opens a directory, waiting for the lock.
fn open(
    directory: &Path,
    ledger: &LedgerId,
    access: Access,
    patience: Patience,
) -> Result<(Keeper, Extent), Unusable> {
    if let Some(why) = marked(directory) {
        return Err(Unusable::Marked(why));
    }
    let begun = Instant::now();
    loop {
        match Keeper::start(
            directory.into(),
            ledger.to_string(),
            access,
            patience.answer,
        ) {
            Err(Unusable::Busy) if begun.elapsed() < patience.lock => thread::sleep(LOCK_RETRY),
            outcome => return outcome,
        }
    }
}

/// Hands all states to sled's thread. It inserts while the next ones are serialised here.
fn put_all(keeper: &Keeper, changed: &[&Organisation]) -> Result<(), ViewsError> {
    // Each once, in order of their keys, which fill one leaf after another.
    let changed: BTreeMap<&OrgId, &Organisation> =
        changed.iter().map(|state| (&state.org, *state)).collect();
    let mut waiting: VecDeque<Answer<()>> = VecDeque::new();
    let mut group = Vec::new();
    let mut group_bytes = 0;
    let mut bytes = Vec::new();
    for (number, state) in (1..).zip(changed.values()) {
        bytes.clear();
        bytes = postcard::to_extend(*state, bytes)
            .map_err(|error| failed(format!("cannot hold {} ({error})", state.org)))?;
        group_bytes += bytes.len();
        group.push(fold_down(state, &bytes));
        if group_bytes >= GROUP_BYTES || number == changed.len() {
            if waiting.len() >= GROUPS_WAITING_MAX
                && let Some(oldest) = waiting.pop_front()
            {
                keeper.wait(&oldest).map_err(failed)?;
            }
            let states = mem::take(&mut group);
            group_bytes = 0;
            waiting.push_back(keeper.ask(|answers| Request::Put(states, answers)));
        }
    }
    waiting
        .iter()
        .try_for_each(|answer| keeper.wait(answer))
        .map_err(failed)
}

/// A state in its stored form.
fn fold_down(state: &Organisation, bytes: &[u8]) -> Folded {
    Folded {
        org: state.org.clone(),
        position: state.position,
        bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        crc32c: crc32c::crc32c(bytes),
        chunks: in_chunks(bytes),
    }
}

/// The state in what was found, if that is what was written.
fn read(org: &OrgId, found: &Found) -> Result<Organisation, ViewsError> {
    let damaged = |why: &str| failed(format!("have a damaged state of {org} ({why})"));
    let mut bytes = Vec::with_capacity(found.chunks.iter().map(|chunk| chunk.len()).sum());
    for chunk in &found.chunks {
        bytes.extend_from_slice(chunk);
    }
    if u64::try_from(bytes.len()) != Ok(found.head.bytes)
        || crc32c::crc32c(&bytes) != found.head.crc32c
    {
        return Err(damaged("its bytes are not those that were written"));
    }
    let (state, rest): (Organisation, _) =
        postcard::take_from_bytes(&bytes).map_err(|error| damaged(&error.to_string()))?;
    if !rest.is_empty() || state.org != *org || state.position != found.head.position {
        return Err(damaged("it is not the state its head describes"));
    }
    Ok(state)
}

fn failed(what: String) -> ViewsError {
    ViewsError { what }
}

fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is held is replaced as a whole, so a panic elsewhere leaves nothing half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

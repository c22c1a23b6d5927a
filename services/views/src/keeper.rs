//! The one thread that calls sled, and how the others ask it: with a limit to their patience.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use netgain_events::identifier::OrgId;
use netgain_ledger::log::Cursor;
use netgain_ledger::views::Extent;

use crate::shelf::{Access, Folded, Found, Shelf, Unusable};

/// The thread's name, which stands in front of what a panic prints.
const THREAD: &str = "netgain-views";

/// What the thread is asked, and where it answers.
pub(crate) enum Request {
    Put(Vec<Folded>, Answers<()>),
    Commit(Cursor, Answers<()>),
    Load(OrgId, Answers<Option<Found>>),
}

/// Where an answer goes.
pub(crate) type Answers<T> = Sender<Result<T, Fault>>;

/// An answer to come.
pub(crate) type Answer<T> = Receiver<Result<T, Fault>>;

/// Why something could not be done.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This once; something else may work.
    Once(String),
    /// For good: what the database would do next is not known.
    ForGood(String),
}

/// The thread, as the others see it.
pub(crate) struct Keeper {
    requests: Option<Sender<Request>>,
    /// Disconnected when the thread has closed the database.
    closed: Mutex<Receiver<()>>,
    access: Access,
    patience: Duration,
    given_up: OnceLock<String>,
}

impl Keeper {
    /// Starts the thread and lets it open the directory. When that takes too long the thread is
    /// left to itself: it closes what it may still open, and ends.
    pub(crate) fn start(
        directory: PathBuf,
        ledger: String,
        access: Access,
        patience: Duration,
    ) -> Result<(Self, Extent), Unusable> {
        let (opened, opening) = channel();
        let (requests, inbox) = channel();
        let (closing, closed) = channel();
        let body = move || {
            match open(&directory, ledger, access) {
                Ok((shelf, extent)) => {
                    // Whoever asked may have lost patience: then it is closed again.
                    if opened.send(Ok(extent)).is_ok() {
                        serve(shelf, &inbox);
                    }
                }
                Err(unusable) => drop(opened.send(Err(unusable))),
            }
            drop(closing);
        };
        let spawned = thread::Builder::new().name(THREAD.into()).spawn(body);
        spawned.map_err(|error| Unusable::Sled(error.to_string()))?;
        let extent = match opening.recv_timeout(patience) {
            Ok(outcome) => outcome?,
            Err(RecvTimeoutError::Timeout) => {
                return Err(Unusable::Sled(format!(
                    "no answer within {} s",
                    patience.as_secs_f32()
                )));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Unusable::Sled("its thread ended".into()));
            }
        };
        let keeper = Self {
            requests: Some(requests),
            closed: Mutex::new(closed),
            access,
            patience,
            given_up: OnceLock::new(),
        };
        Ok((keeper, extent))
    }

    /// Asks without waiting.
    pub(crate) fn ask<T>(&self, request: impl FnOnce(Answers<T>) -> Request) -> Answer<T> {
        let (answers, answer) = channel();
        match (&self.requests, self.given_up.get()) {
            // When the thread has ended the request is dropped, and with it the answer's sender.
            (Some(requests), None) => drop(requests.send(request(answers))),
            (_, _) => drop(answers),
        }
        answer
    }

    /// Waits for the answer. When none comes, or the fault is for good, nothing more is asked of
    /// the thread. The error's words follow "the views".
    pub(crate) fn wait<T>(&self, answer: &Answer<T>) -> Result<T, String> {
        if let Some(why) = self.given_up.get() {
            return Err(why.clone());
        }
        let why = match answer.recv_timeout(self.patience) {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(Fault::Once(why))) => return Err(format!("failed ({why})")),
            Ok(Err(Fault::ForGood(why))) => format!("failed ({why})"),
            Err(RecvTimeoutError::Timeout) => {
                format!("did not answer within {} s", self.patience.as_secs_f32())
            }
            Err(RecvTimeoutError::Disconnected) => "are closed".into(),
        };
        Err(self.given_up.get_or_init(|| why).clone())
    }
}

impl Drop for Keeper {
    /// Has the database closed. A writer waits for that: what follows in its process may open it
    /// again. A reader has its answer and is about to end, and sled may have much to sync when it
    /// closes; the end of the process closes it as well.
    fn drop(&mut self) {
        self.requests = None;
        match (self.access, self.given_up.get()) {
            (Access::Writing, None) => {
                let closed = self.closed.get_mut();
                let closed = closed.unwrap_or_else(PoisonError::into_inner);
                // Too late or done: nothing more can be done about it.
                let _: Result<(), RecvTimeoutError> = closed.recv_timeout(self.patience);
            }
            (Access::Writing, Some(_)) | (Access::Reading, _) => {}
        }
    }
}

fn open(directory: &Path, ledger: String, access: Access) -> Result<(Shelf, Extent), Unusable> {
    catch_unwind(AssertUnwindSafe(|| Shelf::open(directory, ledger, access)))
        .unwrap_or_else(|panic| Err(Unusable::Sled(told(&*panic))))
}

/// Answers requests until there are no more, or one cannot be answered for good. Then the database
/// is closed.
fn serve(mut shelf: Shelf, inbox: &Receiver<Request>) {
    while let Ok(request) = inbox.recv() {
        if !answer(&mut shelf, request) {
            return;
        }
    }
}

/// Answers a request; says whether to go on.
fn answer(shelf: &mut Shelf, request: Request) -> bool {
    match request {
        Request::Put(states, answers) => {
            let outcome = contained(|| shelf.put(states).map_err(|error| error.to_string()));
            // What a failed write left behind is not known.
            reply(&answers, outcome.map_err(Fault::for_good))
        }
        Request::Commit(cursor, answers) => {
            let outcome = contained(|| shelf.commit(&cursor));
            reply(&answers, outcome.map_err(Fault::for_good))
        }
        Request::Load(org, answers) => reply(&answers, contained(|| shelf.load(&org))),
    }
}

impl Fault {
    fn for_good(self) -> Self {
        match self {
            Self::Once(why) | Self::ForGood(why) => Self::ForGood(why),
        }
    }
}

fn reply<T>(answers: &Answers<T>, outcome: Result<T, Fault>) -> bool {
    let go_on = !matches!(outcome, Err(Fault::ForGood(_)));
    // Whoever asked may have lost patience.
    let _: Result<(), _> = answers.send(outcome);
    go_on
}

/// Does something with the database. A panic ends in it: sled panics on damaged files.
fn contained<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.map_err(Fault::Once),
        Err(panic) => Err(Fault::ForGood(told(&*panic))),
    }
}

/// What a panic said.
fn told(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("sled panicked: {}", text.unwrap_or("without a word"))
}

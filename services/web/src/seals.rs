//! Sealing while the service runs: whatever has grown is sealed a moment later, a statement at once.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::error::Error;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::log::{Log, LogRead};
use netgain_proof::keys::KeyRing;
use netgain_proof::registry::Registry;
use netgain_proof::sealer::{Seal, SealError, Sealer};
use netgain_proof::store::Store;
use netgain_verify::checkpoint::SignedCheckpoint;
use netgain_witness::{QuorumError, WitnessPolicy};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::problem::with_causes;
use crate::service::SharedLedger;

/// How long after a seal failed it is tried again, from what is on the disk.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// How long somebody waits for a seal: servers that do not answer keep it from being made for as long.
const SEALED_TIME_MAX: Duration = Duration::from_secs(8);

/// Opens the sealer again after a seal has failed.
pub type OpenSealer = Box<dyn Fn(&dyn Log) -> Result<Sealer, NotSealed> + Send>;

/// What sealing starts with.
#[derive(Debug)]
pub enum Beginning {
    /// The whole log has been held to what was sealed.
    Checked(Sealer),
    /// That is still to be done, while the service runs already (docs/adr/0027). Nothing is sealed before.
    Unchecked(Store, KeyRing),
}

/// How a seal is made: in this node's turn, or at once.
type MakeSeal = fn(&mut Sealer, &dyn LogRead, RecordedAt) -> Result<Option<Seal>, SealError>;

/// Why nothing could be sealed.
pub type NotSealed = Box<dyn Error + Send + Sync>;

/// The newest signed checkpoint of every organisation, and of the registry that covers them all.
#[derive(Debug, Default)]
struct Published {
    organisations: BTreeMap<OrgId, SignedCheckpoint>,
    registry: Option<SignedCheckpoint>,
    /// Whose history is not the one that was sealed, here or by another node.
    alarms: Vec<OrgId>,
}

/// What seals the ledger, on a thread of its own.
pub struct Seals {
    ask: Mutex<Option<Sender<oneshot::Sender<bool>>>>,
    published: Arc<RwLock<Published>>,
    failing: Arc<AtomicBool>,
    checking: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<Result<(), SealsClosed>>>>,
}

/// The last seal could not be made. What was recorded is safe; the next start seals it.
#[derive(Debug, thiserror::Error)]
#[error("what was recorded is safe, but its last part is not sealed; the next start seals it")]
pub struct SealsClosed(#[source] NotSealed);

impl Seals {
    /// Starts to seal a ledger's log at least so often, once it has been held to what was sealed. `reopen` makes
    /// another sealer where a seal fails half-way.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(
        ledger: SharedLedger,
        beginning: Beginning,
        reopen: OpenSealer,
        witnesses: Option<WitnessPolicy>,
        every: Duration,
    ) -> io::Result<Self> {
        let published = Arc::new(RwLock::new(Published::default()));
        let failing = Arc::new(AtomicBool::new(false));
        let checking = Arc::new(AtomicBool::new(true));
        let (ask, asked) = channel();
        let mut work = Work {
            ledger,
            sealer: None,
            unchecked: None,
            reopen,
            witnesses,
            published: Arc::clone(&published),
            failing: Arc::clone(&failing),
            checking: Arc::clone(&checking),
            sealed_through: None,
            tried_at: None,
        };
        // What is sealed is there before anybody can ask for it.
        match beginning {
            Beginning::Checked(sealer) => {
                work.publish_checked(&sealer);
                work.sealer = Some(sealer);
            }
            Beginning::Unchecked(store, keys) => {
                work.publish(store.registry(), store.registry().newest().keys());
                work.unchecked = Some((store, keys));
            }
        }
        let thread = thread::Builder::new()
            .name("seals".into())
            .spawn(move || work.run(&asked, every))?;
        Ok(Self {
            ask: Mutex::new(Some(ask)),
            published,
            failing,
            checking,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Seals nothing: for a node of several, whose log is sealed elsewhere.
    #[must_use]
    pub fn none() -> Self {
        Self {
            ask: Mutex::default(),
            published: Arc::default(),
            failing: Arc::new(AtomicBool::new(true)),
            checking: Arc::default(),
            thread: Mutex::default(),
        }
    }

    /// Seals now what is durable. Says whether that went well. While the log is held to what was sealed it does
    /// not, and nobody waits for that, since it takes as long as reading everything: the seal comes after it.
    pub(crate) async fn now(&self) -> bool {
        if self.is_checking() {
            return false;
        }
        let (done, said) = oneshot::channel();
        let sent = {
            let ask = self.ask.lock().unwrap_or_else(PoisonError::into_inner);
            ask.as_ref().is_some_and(|ask| ask.send(done).is_ok())
        };
        let said = timeout(SEALED_TIME_MAX, said);
        sent && matches!(said.await, Ok(Ok(true)))
    }

    /// The organisations whose history is not the sealed one.
    pub(crate) fn alarms(&self) -> Vec<OrgId> {
        let published = self
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        published.alarms.clone()
    }

    /// An organisation's newest signed checkpoint.
    pub(crate) fn checkpoint(&self, org: &OrgId) -> Option<SignedCheckpoint> {
        let published = self
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        published.organisations.get(org).cloned()
    }

    /// The newest checkpoint that covers everybody.
    pub(crate) fn registry(&self) -> Option<SignedCheckpoint> {
        let published = self
            .published
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        published.registry.clone()
    }

    /// Whether the last seal that was due could be made.
    pub(crate) fn is_sealing(&self) -> bool {
        !self.failing.load(Ordering::Relaxed)
    }

    /// Whether the log is still to be held to what was sealed. Nothing is sealed before.
    pub(crate) fn is_checking(&self) -> bool {
        self.checking.load(Ordering::Relaxed)
    }

    /// Seals once more and ends. Where the log is still to be held to what was sealed, it seals nothing and does
    /// not wait: that reading ends with the process.
    ///
    /// # Errors
    /// The last seal could not be made.
    pub fn close(&self) -> Result<(), SealsClosed> {
        drop(
            self.ask
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        if self.is_checking() {
            tracing::warn!(
                "stopped before the log was held to what was sealed: nothing was sealed, which the other nodes or the next start do"
            );
            return Ok(());
        }
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match thread.map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(closed)) => closed,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

struct Work {
    ledger: SharedLedger,
    sealer: Option<Sealer>,
    /// What the log is to be held to first.
    unchecked: Option<(Store, KeyRing)>,
    reopen: OpenSealer,
    witnesses: Option<WitnessPolicy>,
    published: Arc<RwLock<Published>>,
    failing: Arc<AtomicBool>,
    checking: Arc<AtomicBool>,
    /// The last append that the newest seal covers.
    sealed_through: Option<u64>,
    tried_at: Option<Instant>,
}

impl Work {
    fn run(
        mut self,
        asked: &Receiver<oneshot::Sender<bool>>,
        every: Duration,
    ) -> Result<(), SealsClosed> {
        if self.unchecked.is_some() {
            // Said in the log; it is tried again.
            let _ = self.seal(Sealer::seal);
        }
        loop {
            match asked.recv_timeout(every) {
                Ok(first) => {
                    // Whoever asked meanwhile is served by the same seal.
                    let also: Vec<_> = asked.try_iter().collect();
                    let sealed = self.seal(Sealer::seal_at_once).is_ok();
                    for asker in std::iter::once(first).chain(also) {
                        // Somebody who has gone away needs no answer.
                        let _ = asker.send(sealed);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    // Said in the log; it is tried again.
                    let _ = self.seal(Sealer::seal);
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.tried_at = None;
        self.seal(Sealer::seal).map_err(SealsClosed)
    }

    fn seal(&mut self, make: MakeSeal) -> Result<(), NotSealed> {
        let log = Arc::clone(self.ledger.log());
        let through = log.everything().number;
        // What other nodes have recorded and sealed does not show in that number.
        if self.sealed_through == Some(through) && !log.is_shared() {
            return Ok(());
        }
        if self.sealer.is_none() && self.tried_at.is_some_and(|at| at.elapsed() < AGAIN_AFTER) {
            return Err(SealError::Failed.into());
        }
        let sealed = self.try_seal(make);
        self.failing.store(sealed.is_err(), Ordering::Relaxed);
        match &sealed {
            Ok(()) => self.sealed_through = Some(through),
            Err(error) => {
                tracing::error!(error = %with_causes(&**error), "could not seal; what was recorded is safe");
                self.tried_at = Some(Instant::now());
            }
        }
        sealed
    }

    fn try_seal(&mut self, make: MakeSeal) -> Result<(), NotSealed> {
        let mut sealer = match self.sealer.take() {
            Some(sealer) => sealer,
            None => self.check()?,
        };
        let outcome = make(&mut sealer, &**self.ledger.log(), SystemClock.now());
        self.publish_alarms(&sealer);
        match outcome {
            Ok(seal) => {
                // Whoever has signed asks the witnesses.
                if seal.as_ref().is_some_and(|seal| seal.checkpoints > 0) {
                    self.cosign(&mut sealer);
                }
                if let Some(seal) = seal {
                    self.publish(sealer.registry(), seal.organisations.keys());
                }
                self.sealer = Some(sealer);
                Ok(())
            }
            Err(error) => {
                // The other nodes could not be asked: it goes on from where it is.
                self.sealer = sealer.can_go_on().then_some(sealer);
                Err(error.into())
            }
        }
    }

    /// Holds the whole log to what was sealed.
    fn check(&mut self) -> Result<Sealer, NotSealed> {
        let log = Arc::clone(self.ledger.log());
        let begun = Instant::now();
        let sealer = match self.unchecked.take() {
            Some((store, keys)) => Sealer::open(&*log, store, keys, &mut |_| {})?,
            None => (self.reopen)(&*log)?,
        };
        self.publish_checked(&sealer);
        let (seconds, alarms) = (begun.elapsed().as_secs_f64(), sealer.alarms().len());
        tracing::info!(
            seconds,
            alarms,
            "the whole log has been held to what was sealed"
        );
        Ok(sealer)
    }

    fn cosign(&self, sealer: &mut Sealer) {
        let Some(policy) = &self.witnesses else {
            return;
        };
        let asked = sealer.cosign(|checkpoint, proof| {
            let cosigned = netgain_witness::ask(policy, &|_| 0, proof, checkpoint)?;
            for missing in &cosigned.missing {
                tracing::warn!(witness = %missing.witness, why = %missing.why, "a witness did not cosign");
            }
            Ok::<_, QuorumError>(cosigned.checkpoint)
        });
        if let Err(error) = asked {
            tracing::error!(error = %with_causes(&error), "not enough witnesses cosigned; the next seal asks them again");
        }
    }

    fn publish<'o>(&self, registry: &Registry, grown: impl Iterator<Item = &'o OrgId>) {
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        published.registry = registry.checkpoint().cloned();
        for org in grown {
            if let Some(newest) = registry.newest().get(org) {
                published.organisations.insert(org.clone(), newest.clone());
            }
        }
    }

    /// Lets nothing more be written where a history is not the sealed one, and says so.
    fn publish_alarms(&self, sealer: &Sealer) {
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if published.alarms.len() == sealer.alarms().len() {
            return;
        }
        for (org, alarm) in sealer.alarms() {
            if !published.alarms.contains(org) {
                self.ledger.set_read_only(org.clone(), &alarm.to_string());
                tracing::error!(%org, "ALARM: {alarm}");
            }
        }
        published.alarms = sealer.alarms().keys().cloned().collect();
    }

    /// Publishes what is sealed, and what a check of the whole log has found.
    fn publish_checked(&self, sealer: &Sealer) {
        self.publish_alarms(sealer);
        self.publish(sealer.registry(), sealer.registry().newest().keys());
        self.checking.store(false, Ordering::Relaxed);
    }
}

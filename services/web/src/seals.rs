//! Sealing while the service runs: whatever has grown is sealed a moment later, a statement at once.

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
use netgain_proof::sealer::{Seal, SealError, Sealer};
use netgain_verify::checkpoint::SignedCheckpoint;
use netgain_witness::{QuorumError, WitnessPolicy};
use tokio::sync::oneshot;

use crate::problem::with_causes;

/// How long after a seal failed it is tried again, from what is on the disk.
const AGAIN_AFTER: Duration = Duration::from_secs(30);

/// Opens the sealer again after a seal has failed.
pub type OpenSealer = Box<dyn Fn(&dyn Log) -> Result<Sealer, NotSealed> + Send>;

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
    thread: Mutex<Option<JoinHandle<Result<(), SealsClosed>>>>,
}

/// The last seal could not be made. What was recorded is safe; the next start seals it.
#[derive(Debug, thiserror::Error)]
#[error("what was recorded is safe, but its last part is not sealed; the next start seals it")]
pub struct SealsClosed(#[source] NotSealed);

impl Seals {
    /// Starts to seal `log` at least so often. `sealer` has examined it; `reopen` makes another where a
    /// seal fails half-way.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(
        log: Arc<dyn Log>,
        sealer: Sealer,
        reopen: OpenSealer,
        witnesses: Option<WitnessPolicy>,
        every: Duration,
    ) -> io::Result<Self> {
        let published = Arc::new(RwLock::new(Published::default()));
        let failing = Arc::new(AtomicBool::new(false));
        let (ask, asked) = channel();
        let work = Work {
            log,
            sealer: Some(sealer),
            reopen,
            witnesses,
            published: Arc::clone(&published),
            failing: Arc::clone(&failing),
            sealed_through: None,
            tried_at: None,
        };
        // What is sealed is there before anybody can ask for it.
        work.publish_all();
        let thread = thread::Builder::new()
            .name("seals".into())
            .spawn(move || work.run(&asked, every))?;
        Ok(Self {
            ask: Mutex::new(Some(ask)),
            published,
            failing,
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
            thread: Mutex::default(),
        }
    }

    /// Seals now what is durable. Says whether that went well.
    pub(crate) async fn now(&self) -> bool {
        let (done, said) = oneshot::channel();
        let sent = {
            let ask = self.ask.lock().unwrap_or_else(PoisonError::into_inner);
            ask.as_ref().is_some_and(|ask| ask.send(done).is_ok())
        };
        sent && said.await.unwrap_or(false)
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

    /// Seals once more and ends.
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
    log: Arc<dyn Log>,
    sealer: Option<Sealer>,
    reopen: OpenSealer,
    witnesses: Option<WitnessPolicy>,
    published: Arc<RwLock<Published>>,
    failing: Arc<AtomicBool>,
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
        let through = self.log.everything().number;
        // What other nodes have recorded and sealed does not show in that number.
        if self.sealed_through == Some(through) && !self.log.is_shared() {
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
            None => (self.reopen)(&*self.log)?,
        };
        match make(&mut sealer, &*self.log, SystemClock.now()) {
            Ok(seal) => {
                // Whoever has signed asks the witnesses.
                if seal.as_ref().is_some_and(|seal| seal.checkpoints > 0) {
                    self.cosign(&mut sealer);
                }
                self.publish_alarms(&sealer);
                if let Some(seal) = seal {
                    self.publish(&sealer, seal.organisations.keys());
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

    fn publish<'o>(&self, sealer: &Sealer, grown: impl Iterator<Item = &'o OrgId>) {
        let registry = sealer.registry();
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

    /// Says whose history is not the sealed one; of those that are found while it runs, in the log too.
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
                tracing::error!(%org, %alarm, "a history is not the one that was sealed");
            }
        }
        published.alarms = sealer.alarms().keys().cloned().collect();
    }

    fn publish_all(&self) {
        if let Some(sealer) = &self.sealer {
            self.publish_alarms(sealer);
            self.publish(sealer, sealer.registry().newest().keys());
        }
    }
}

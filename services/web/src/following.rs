//! What other nodes write to the same log: heard of on a thread of its own, taken in, and told to whoever watches.

use std::iter::once;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use netgain_ledger::ledger::Heard;
use netgain_ledger::log::Log;
use tokio::time::{MissedTickBehavior, interval};

use crate::problem::with_causes;
use crate::service::Service;

/// How long after the log could not be read on it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How often the log is asked how far it goes.
const MEASURE_EVERY: Duration = Duration::from_secs(1);

/// How many commits a node may be behind and still count as ready: about what is taken in within a second.
const BEHIND_MAX: u64 = 10_000;

/// How well this node follows the log.
#[derive(Debug)]
pub(crate) struct Following {
    /// Whether the log answered when it was last asked.
    answers: AtomicBool,
    /// Whether it can be read on.
    reads: AtomicBool,
    behind: AtomicU64,
    ending: AtomicBool,
}

impl Following {
    pub(crate) const fn new() -> Self {
        Self {
            answers: AtomicBool::new(true),
            reads: AtomicBool::new(true),
            behind: AtomicU64::new(0),
            ending: AtomicBool::new(false),
        }
    }

    /// Whether the log answers.
    pub(crate) fn answers(&self) -> bool {
        self.answers.load(Ordering::Relaxed)
    }

    /// How many commits this node lacks.
    pub(crate) fn behind(&self) -> u64 {
        self.behind.load(Ordering::Relaxed)
    }

    /// Whether this node has what there is, or nearly.
    pub(crate) fn is_near(&self) -> bool {
        self.reads.load(Ordering::Relaxed) && self.behind() <= BEHIND_MAX
    }

    /// Lets the thread end.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    fn flow(&self) -> ControlFlow<()> {
        if self.ending.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Follows the log until [`Following::end`], where others write it too.
///
/// # Errors
/// No thread can be started.
pub(crate) fn start(service: &Arc<Service>) -> std::io::Result<Option<JoinHandle<()>>> {
    if !service.ledger.log().is_shared() {
        return Ok(None);
    }
    let service = Arc::clone(service);
    let thread = thread::Builder::new().name("following".into());
    thread.spawn(move || follow(&service)).map(Some)
}

fn follow(service: &Service) {
    let following = &service.following;
    while following.flow().is_continue() {
        let followed = service.ledger.follow(&mut |heard| {
            following.reads.store(true, Ordering::Relaxed);
            match heard {
                Heard::Change(org) => service.live.changed(once(org.clone())),
                Heard::Trouble(error) => {
                    tracing::error!(error = %with_causes(error), "a history cannot be read on");
                }
                Heard::Nothing => {}
            }
            following.flow()
        });
        if let Err(error) = followed {
            following.reads.store(false, Ordering::Relaxed);
            tracing::error!(error = %with_causes(&error), "the log cannot be followed; what others record is not seen here");
            thread::sleep(AGAIN_AFTER);
        }
    }
}

/// Asks the log again and again how far it goes, where others write it too.
pub(crate) async fn measure(service: Arc<Service>) {
    if !service.ledger.log().is_shared() {
        return;
    }
    let mut ticks = interval(MEASURE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let ledger = Arc::clone(&service.ledger);
        let asking = tokio::task::spawn_blocking(move || ledger.log().behind(&ledger.place()));
        let (following, metrics) = (&service.following, &service.metrics);
        let behind = asking.await.ok().and_then(Result::ok);
        following.answers.store(behind.is_some(), Ordering::Relaxed);
        metrics.log_answers.set(i64::from(behind.is_some()));
        if let Some(behind) = behind {
            following.behind.store(behind, Ordering::Relaxed);
            metrics
                .behind
                .set(i64::try_from(behind).unwrap_or(i64::MAX));
        }
        let sharing = service.ledger.log().sharing();
        let counts = [
            (&metrics.displacements, sharing.displacements),
            (&metrics.reconnections, sharing.reconnections),
            (&metrics.decided_again, service.ledger.decided_again()),
        ];
        for (counter, count) in counts {
            counter.inner().store(count, Ordering::Relaxed);
        }
    }
}

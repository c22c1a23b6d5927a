//! What all requests share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::sign_in::SignIn;
use netgain_events::identifier::{Actor, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::{Access, Organisation};
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::ledger::{Decided, Ledger, Seen, Settling};
use netgain_ledger::log::Log;
use netgain_verify::note::VerifierKey;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::asker::Readable;
use crate::caches::Caches;
use crate::disk::Disk;
use crate::following::Following;
use crate::live::Live;
use crate::loading::Loading;
use crate::meetings::Meetings;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::seals::{Seals, SealsClosed};
use crate::settings::Settings;

/// How long an answer waits for the disk, or for a stream's new leader, before it says that the outcome is not
/// known (architecture, *How the write side is fast*).
const DURABLE_TIME_MAX: Duration = Duration::from_secs(15);

/// When to ask again whom the disk or the log's servers kept waiting.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// A ledger that any number of requests share.
pub type SharedLedger = Arc<Ledger<Arc<dyn Log>>>;

/// What the service is made of.
pub struct ServiceParts {
    /// The ledger, open for writing.
    pub ledger: SharedLedger,
    /// What seals it.
    pub seals: Seals,
    /// The public keys that its seals are signed with, the newest first.
    pub keys: Vec<VerifierKey>,
    /// Where the signed checkpoints are.
    pub checkpoints: PathBuf,
    /// Where the ledger is, to see how full that disk is.
    pub data: PathBuf,
    /// Who can sign in, and how.
    pub sign_in: SignIn,
    /// How it is set up.
    pub settings: Settings,
}

/// The service: what all requests share.
pub struct Service {
    clock: SystemClock,
    pub(crate) ledger: SharedLedger,
    pub(crate) seals: Seals,
    pub(crate) keys: Vec<VerifierKey>,
    pub(crate) checkpoints: PathBuf,
    pub(crate) sign_in: SignIn,
    pub(crate) settings: Settings,
    pub(crate) live: Live,
    pub(crate) following: Following,
    loading: Loading,
    pub(crate) caches: Caches,
    pub(crate) disk: Disk,
    pub(crate) meetings: Meetings,
    pub(crate) metrics: Metrics,
    /// Free places for reading through a history.
    readings: Arc<Semaphore>,
    /// Free places for sending a whole history: most of that is waiting for whoever reads it.
    exports: Arc<Semaphore>,
}

impl Service {
    /// Puts the parts together. Nothing is served yet.
    #[must_use]
    pub fn new(parts: ServiceParts) -> Arc<Self> {
        let limits = &parts.settings.limits;
        Arc::new(Self {
            readings: Arc::new(Semaphore::new(limits.readings)),
            exports: Arc::new(Semaphore::new(limits.exports)),
            caches: Caches::new(limits),
            meetings: Meetings::beside(&parts.data),
            disk: Disk::new(parts.data, limits.disk_free_bytes),
            live: Live::new(),
            following: Following::new(),
            loading: Loading::new(),
            metrics: Metrics::new(),
            clock: SystemClock,
            ledger: parts.ledger,
            seals: parts.seals,
            keys: parts.keys,
            checkpoints: parts.checkpoints,
            sign_in: parts.sign_in,
            settings: parts.settings,
        })
    }

    /// Whether the log is still to be held to what was sealed ([`Beginning::Unchecked`](crate::Beginning)).
    pub fn is_checking_seals(&self) -> bool {
        self.seals.is_checking()
    }

    /// Seals what was recorded last and brings the views up, once nothing is served any more.
    ///
    /// # Errors
    /// The last seal could not be made. What was recorded is safe.
    pub fn close(&self) -> Result<(), SealsClosed> {
        let closed = self.seals.close();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let stored = runtime.map(|runtime| {
            // Where the log's servers do not answer, what they have will be read by the next start.
            let stored = async { timeout(DURABLE_TIME_MAX, self.ledger.store_views()).await };
            runtime.block_on(stored)
        });
        if let Ok(Ok(Err(error))) = stored {
            tracing::warn!(%error, "the next start takes longer");
        }
        closed
    }

    /// The clock's reading.
    pub(crate) fn now(&self) -> RecordedAt {
        self.clock.now()
    }

    /// Looks at people, grants and tokens.
    pub(crate) fn with_access<T>(&self, look: impl FnOnce(&Access) -> T) -> Result<T, Problem> {
        let org = OrgId::system();
        let looked = self.ask(&org, |ledger| {
            ledger.glance(&org, |system| match &system.access {
                Some(access) => Ok(look(access)),
                None => Err(look),
            })
        })?;
        match looked {
            Some(Ok(found)) => Ok(found),
            Some(Err(look)) => Ok(look(&Access::default())),
            None => Err(Problem::not_signed_in(
                "Nobody can sign in yet: the service's operator adds the first administrator with \
                 netgain user add.",
            )),
        }
    }

    /// The name of a person, where the directory has one.
    pub(crate) fn name_of(&self, person: &Actor) -> Option<String> {
        let record = self.sign_in.people.get(person).ok().flatten()?;
        record.name.map(|name| name.to_string())
    }

    /// The session of a cookie, if it goes on.
    pub(crate) fn session(&self, cookie: &str) -> Option<netgain_sign_in::session::Session> {
        self.sign_in.sessions.find(cookie, Instant::now())
    }

    /// Whether a session goes on, without counting as its use.
    pub(crate) fn session_is_there(&self, cookie: &str) -> bool {
        self.sign_in.sessions.peek(cookie, Instant::now()).is_some()
    }

    /// Asks the ledger about an organisation. Where it may have to read a log over the network first, others are
    /// served on this thread meanwhile.
    pub(crate) fn ask<T>(&self, org: &OrgId, ask: impl FnOnce(&SharedLedger) -> T) -> T {
        if !self.ledger.log().is_shared() || self.ledger.is_at_hand(org) {
            ask(&self.ledger)
        } else {
            tokio::task::block_in_place(|| ask(&self.ledger))
        }
    }

    /// Decides something of an organisation, and waits until the decision may be told; where others were ahead of
    /// it, it is decided again.
    pub(crate) async fn settle<T>(
        &self,
        org: &OrgId,
        mut decide: impl FnMut(&SharedLedger) -> Result<Decided<T>, Problem>,
    ) -> Result<T, Problem> {
        let mut may_be_recorded = false;
        let settled = async {
            let mut settling = self.ledger.settling(org);
            loop {
                self.loading.until_at_hand(&self.ledger, org).await;
                let decided = self.ask(org, |ledger| decide(ledger))?;
                let Decided {
                    what,
                    seen,
                    is_refusal,
                } = decided;
                may_be_recorded = !is_refusal;
                if settling.may_be_told(&seen, is_refusal).await? {
                    return Ok(what);
                }
                // Nothing of a refusal is written, nor of what others were ahead of.
                may_be_recorded = false;
            }
        };
        let settled = timeout(DURABLE_TIME_MAX, settled).await;
        settled.unwrap_or_else(|_| Err(self.no_answer(may_be_recorded)))
    }

    /// The same for whoever decides in their own way.
    pub(crate) async fn may_be_told(
        &self,
        settling: &mut Settling<'_, Arc<dyn Log>>,
        seen: &Seen,
        is_refusal: bool,
    ) -> Result<bool, Problem> {
        match timeout(DURABLE_TIME_MAX, settling.may_be_told(seen, is_refusal)).await {
            Ok(told) => Ok(told?),
            Err(_) => Err(self.no_answer(true)),
        }
    }

    /// The disk or the servers took too long.
    fn no_answer(&self, may_be_recorded: bool) -> Problem {
        let (code, why) = if self.ledger.log().is_shared() {
            ("no-answer", "The servers that keep the log do not answer")
        } else {
            ("slow-disk", "The disk is too slow")
        };
        let what = if may_be_recorded {
            "what became of this request is not known. Send it again, with the same Idempotency-Key"
        } else {
            "nothing came of this request. Send it again"
        };
        Problem::later(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            code,
            format!("{why}: {what}."),
            AGAIN_AFTER,
        )
    }

    /// Refuses to record more while so much waits for the log that it would have to wait for room.
    pub(crate) fn check_room(&self) -> Result<(), Problem> {
        if self.ledger.log().has_room() {
            return Ok(());
        }
        Err(Problem::later(
            axum::http::StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Too much waits for the servers that keep the log; nothing came of this request. Send it again.",
            AGAIN_AFTER,
        ))
    }

    /// Takes note that something of an organisation was recorded, so that whoever watches hears of it. What a
    /// shared log has is heard of from the log itself.
    pub(crate) fn note(&self, org: &OrgId, seen: &Seen) {
        if !self.ledger.log().is_shared() {
            self.live.note(org, seen.ticket);
        }
    }

    /// The state of an organisation as it is now, once all of it is durable.
    pub(crate) async fn state(&self, readable: &Readable) -> Result<Organisation, Problem> {
        // Claims are shared between copies, so that the lock is held for a moment only.
        self.look(readable, Clone::clone).await
    }

    /// Looks at an organisation as it is now; the answer is given once all it saw is durable.
    pub(crate) async fn look<T>(
        &self,
        readable: &Readable,
        look: impl Fn(&Organisation) -> T,
    ) -> Result<T, Problem> {
        let org = readable.org();
        let looked = self.settle(org, |ledger| {
            let (what, seen) = match ledger.look(org, &look)? {
                Some((found, seen)) => (Some(found), seen),
                None => (None, Seen::default()),
            };
            Ok(Decided {
                what,
                seen,
                is_refusal: false,
            })
        });
        looked.await?.ok_or_else(|| unknown_organisation(org))
    }

    /// The position of an organisation's last event.
    pub(crate) async fn position(&self, readable: &Readable) -> Result<Position, Problem> {
        self.look(readable, |state| state.position).await
    }

    /// A place for sending a whole history, if one is free.
    pub(crate) fn export_place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.exports)
            .try_acquire_owned()
            .map_err(|_| busy())
    }

    /// Reads through a history on a thread of its own, a few at a time.
    pub(crate) async fn reading<T: Send + 'static>(
        self: &Arc<Self>,
        read: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let wait = self.settings.limits.request_time / 2;
        let place = timeout(wait, Arc::clone(&self.readings).acquire_owned());
        let place = place.await.map_err(|_| busy())?.map_err(|_| busy())?;
        let service = Arc::clone(self);
        let read = tokio::task::spawn_blocking(move || {
            let read = read(&service);
            drop(place);
            read
        });
        read.await
            .unwrap_or_else(|error| Err(Problem::fault("a reading ended early", &error)))
    }
}

fn busy() -> Problem {
    Problem::later(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "Too many histories are being read through; ask again in a moment.",
        Duration::from_secs(1),
    )
}

/// The organisation is not there; told only to those who may read every organisation.
pub(crate) fn unknown_organisation(org: &OrgId) -> Problem {
    Problem::not_found(
        "unknown-organisation",
        format!("{org} is not in this ledger; check its code (capitals and digits)."),
    )
}

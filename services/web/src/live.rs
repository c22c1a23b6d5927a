//! Who watches and what has changed: the latest, never a queue.
//!
//! A request that has recorded something leaves its ticket here. Once that is durable, the organisation gets
//! the next version, and whoever watches it wakes up, looks at the latest totals and sends those. Somebody
//! who reads slowly is not woken before the last has been taken, so that nothing piles up for them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use netgain_events::identifier::{Actor, OrgId};
use netgain_ledger::log::{Log, Ticket, durable};
use tokio::sync::{mpsc, watch};

use crate::edge::hex;
use crate::limits::Limits;
use crate::problem::Problem;

/// How long somebody whom no stream can be given waits before asking again.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What changes are counted by: each change of any organisation has the next number.
pub(crate) type Version = u64;

/// The changes and those who watch them.
pub(crate) struct Live {
    changes: Mutex<Changes>,
    /// The newest version.
    newest: watch::Sender<Version>,
    noted: mpsc::UnboundedSender<(OrgId, Ticket)>,
    to_settle: Mutex<Option<mpsc::UnboundedReceiver<(OrgId, Ticket)>>>,
    /// Which run of the service the versions belong to.
    run: String,
    open: Arc<Mutex<HashMap<String, usize>>>,
    /// Becomes true when all streams are to end.
    ending: watch::Sender<bool>,
}

#[derive(Default)]
struct Changes {
    newest: Version,
    version_of: HashMap<OrgId, Version>,
    /// Each organisation once, by its newest version: as long as there are organisations, never longer.
    by_version: BTreeMap<Version, OrgId>,
    watchers: HashMap<OrgId, watch::Sender<Version>>,
}

/// A place among the open streams; given back when it is dropped.
pub(crate) struct Place {
    open: Arc<Mutex<HashMap<String, usize>>>,
    person: String,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    pub(crate) fn new() -> Self {
        let mut run = [0_u8; 8];
        // Without randomness a stream that is resumed after a restart at worst shows a total again.
        let _ = getrandom::fill(&mut run);
        let (noted, to_settle) = mpsc::unbounded_channel();
        Self {
            changes: Mutex::default(),
            newest: watch::Sender::new(0),
            noted,
            to_settle: Mutex::new(Some(to_settle)),
            run: hex(&run),
            open: Arc::default(),
            ending: watch::Sender::new(false),
        }
    }

    /// Takes note that something of an organisation was recorded; it is told once it is durable. What waits
    /// here is never more than what waits for the disk, which the log limits.
    pub(crate) fn note(&self, org: &OrgId, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            // Nobody tells any more once the service ends.
            let _ = self.noted.send((org.clone(), ticket));
        }
    }

    /// Tells of everything that was noted as soon as it is durable, until the log fails.
    pub(crate) async fn tell(&self, log: Arc<dyn Log>) {
        let Some(mut to_settle) = locked(&self.to_settle).take() else {
            return;
        };
        let mut batch = Vec::new();
        while to_settle.recv_many(&mut batch, usize::MAX).await > 0 {
            let Some(last) = batch
                .iter()
                .map(|(_, ticket)| *ticket)
                .max_by_key(|ticket| ticket.number)
            else {
                continue;
            };
            if durable(&*log, last).await.is_err() {
                return;
            }
            self.changed(batch.drain(..).map(|(org, _)| org));
        }
    }

    /// Tells whoever watches that organisations have changed.
    pub(crate) fn changed(&self, organisations: impl Iterator<Item = OrgId>) {
        let mut changes = locked(&self.changes);
        for org in organisations {
            changes.newest += 1;
            let version = changes.newest;
            if let Some(before) = changes.version_of.insert(org.clone(), version) {
                changes.by_version.remove(&before);
            }
            if let Some(watcher) = changes.watchers.get(&org)
                && watcher.send(version).is_err()
            {
                // The last who watched it has gone.
                changes.watchers.remove(&org);
            }
            changes.by_version.insert(version, org);
        }
        self.newest.send_replace(changes.newest);
    }

    /// Watches one organisation.
    pub(crate) fn watch(&self, org: &OrgId) -> watch::Receiver<Version> {
        let mut changes = locked(&self.changes);
        let version = changes.version_of.get(org).copied().unwrap_or_default();
        let watcher = changes
            .watchers
            .entry(org.clone())
            .or_insert_with(|| watch::Sender::new(version));
        watcher.subscribe()
    }

    /// Watches all of them.
    pub(crate) fn watch_all(&self) -> watch::Receiver<Version> {
        self.newest.subscribe()
    }

    /// The organisation that changed first after a version, and the version of that change.
    pub(crate) fn next_after(&self, version: Version) -> Option<(Version, OrgId)> {
        let changes = locked(&self.changes);
        let after = (
            std::ops::Bound::Excluded(version),
            std::ops::Bound::Unbounded,
        );
        let next = changes.by_version.range(after).next();
        next.map(|(version, org)| (*version, org.clone()))
    }

    /// A version as a stream's last event id.
    pub(crate) fn id_of(&self, version: Version) -> String {
        format!("{}-{version}", self.run)
    }

    /// The version of such an id, if it is of this run.
    pub(crate) fn version_of_id(&self, id: &str) -> Option<Version> {
        let (run, version) = id.split_once('-')?;
        let version = version.parse().ok()?;
        (run == self.run && version <= *self.newest.borrow()).then_some(version)
    }

    /// Becomes true when streams are to end.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Ends all streams.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
    }

    /// A place for one more stream.
    pub(crate) fn admit(&self, person: &Actor, limits: &Limits) -> Result<Place, Problem> {
        let person = person.as_str().to_ascii_lowercase();
        let mut open = locked(&self.open);
        if open.values().sum::<usize>() >= limits.streams {
            return Err(Problem::later(
                StatusCode::SERVICE_UNAVAILABLE,
                "too-many-streams",
                "Too many people are watching; close a page that shows live totals, or try again later.",
                AGAIN_AFTER,
            ));
        }
        let own = open.entry(person.clone()).or_default();
        if *own >= limits.streams_of_a_person {
            return Err(Problem::later(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-streams",
                "You have too many live totals open; close one of them.",
                AGAIN_AFTER,
            ));
        }
        *own += 1;
        drop(open);
        Ok(Place {
            open: Arc::clone(&self.open),
            person,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = locked(&self.open);
        if let Some(own) = open.get_mut(&self.person) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.person);
            }
        }
    }
}

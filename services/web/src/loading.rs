//! Reading organisations that a request asks for and that are not in memory, or not as new as they have to be:
//! on threads of their own, so that whoever waits gives up when their time is over, whatever the log's servers do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use netgain_events::identifier::OrgId;
use netgain_ledger::history::HistoryError;
use netgain_ledger::ledger::LedgerFault;
use netgain_ledger::log::{Log, ReadError};
use tokio::sync::{Semaphore, watch};

use crate::service::SharedLedger;

/// How many are read at once: each takes a thread, which servers that do not answer keep for up to half a minute.
const LOADS_MAX: usize = 32;

/// How long to wait before servers that did not answer are asked again.
const PAUSE: Duration = Duration::from_millis(250);

/// What is being read.
#[derive(Clone, Debug)]
pub(crate) struct Loading {
    places: Arc<Semaphore>,
    /// Each organisation once, however many wait for it; at most as many as the ledger has. Whoever waits is told
    /// when the sender is dropped.
    under_way: Arc<Mutex<HashMap<OrgId, watch::Receiver<Came>>>>,
}

/// What came of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// It is there, or it can be tried again.
    Something,
    /// It cannot be read; asking the ledger tells why.
    Nothing,
}

impl Loading {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(LOADS_MAX)),
            under_way: Arc::default(),
        }
    }

    /// Waits until an organisation can be asked for without reading the log, or cannot be read at all: for as long as
    /// the log's servers do not answer.
    pub(crate) async fn until_at_hand(&self, ledger: &SharedLedger, org: &OrgId) {
        if !ledger.log().is_shared() {
            return;
        }
        while let Some(mut done) = self.under_way(ledger, org) {
            // Nobody tells anything: the end of the reading is what is waited for.
            while done.changed().await.is_ok() {}
            if *done.borrow() == Came::Nothing {
                return;
            }
        }
    }

    /// The reading of an organisation that is under way; it is begun where it has to be.
    fn under_way(&self, ledger: &SharedLedger, org: &OrgId) -> Option<watch::Receiver<Came>> {
        let mut under_way = self.all();
        if let Some(done) = under_way.get(org) {
            return Some(done.clone());
        }
        if !ledger.is_to_be_read(org) {
            return None;
        }
        let (tell, done) = watch::channel(Came::Something);
        under_way.insert(org.clone(), done.clone());
        let (loading, ledger, org) = (self.clone(), Arc::clone(ledger), org.clone());
        tokio::spawn(async move {
            // The places are never closed.
            let _place = loading.places.acquire().await;
            let reading = {
                let org = org.clone();
                tokio::task::spawn_blocking(move || read(&ledger, &org))
            };
            let came = reading.await.unwrap_or(Came::Nothing);
            loading.all().remove(&org);
            tell.send_replace(came);
        });
        Some(done)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<OrgId, watch::Receiver<Came>>> {
        // Every change is whole before anything could panic.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(ledger: &SharedLedger, org: &OrgId) -> Came {
    match ledger.read_on(org) {
        Ok(()) => Came::Something,
        Err(LedgerFault::History(HistoryError::Read(ReadError::Unanswered { .. }))) => {
            thread::sleep(PAUSE);
            Came::Something
        }
        Err(_) => Came::Nothing,
    }
}

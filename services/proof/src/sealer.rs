//! Sealing: signed checkpoints for every organisation that has grown, under one of the registry.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::accounts::account_all;
use netgain_ledger::history::HistoryError;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_verify::checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
use netgain_verify::note::VerifierKey;
use netgain_verify::tlog::{Hash, Tree};

use crate::alarm::Alarm;
use crate::examine::{ExamineError, Examined, examine};
use crate::keys::{KeyError, KeyRing};
use crate::leaf_hashes::Run;
use crate::leaves::Leaves;
use crate::registry::Registry;
use crate::store::{Store, StoreError};

/// Why a ledger cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The log could not be held to its checkpoints.
    #[error(transparent)]
    Examine(#[from] ExamineError),
    /// The log could not be read on.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The seal could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A checkpoint could not be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// An earlier seal failed half-way.
    #[error(
        "an earlier seal failed; stop sealing and start it again, which sorts out what is there"
    )]
    Failed,
}

/// Why the registry's checkpoint was not cosigned. It is published all the same, without.
#[derive(Debug, thiserror::Error)]
pub enum CosignError<E> {
    /// Not enough witnesses did.
    #[error(transparent)]
    Witnesses(E),
    /// It could not be read or published.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What one seal has sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The last position that is sealed now, of every organisation that had grown.
    pub organisations: BTreeMap<OrgId, Position>,
    /// How many checkpoints of organisations were signed: more than organisations where statements
    /// were issued on the way.
    pub checkpoints: usize,
}

/// What seals a ledger: one process, for as long as it runs.
#[derive(Debug)]
pub struct Sealer {
    store: Store,
    keys: KeyRing,
    organisations: BTreeMap<OrgId, Leaves>,
    alarms: BTreeMap<OrgId, Alarm>,
    /// The place up to which the log was read.
    cursor: Cursor,
    /// A seal failed half-way: what is in memory may not be what is on the disk.
    failed: bool,
}

impl Sealer {
    /// Reads the whole log and holds every organisation to its newest checkpoint. `progress` hears
    /// how many bytes of lines have been read.
    ///
    /// # Errors
    /// The log or the checkpoints cannot be read, or are of two ledgers. A history that does not
    /// agree is no error: see [`Self::alarms`].
    pub fn open(
        log: &dyn LogRead,
        store: Store,
        keys: KeyRing,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, SealError> {
        let examined = examine(log, store.registry(), progress)?;
        Ok(Self::of(examined, store, keys))
    }

    /// Goes on from a log that has been held to the store's registry, for those who look at more than the
    /// seals while they read it.
    #[must_use]
    pub fn of(examined: Examined, store: Store, keys: KeyRing) -> Self {
        Self {
            store,
            keys,
            organisations: examined.organisations,
            alarms: examined.alarms,
            cursor: examined.end,
            failed: false,
        }
    }

    /// Reads the log on, as far as it is durable, and seals every organisation that has grown: a
    /// checkpoint at each statement on the way and one at its newest event, all under one new
    /// checkpoint of the registry. Nothing if none has grown. Organisations with an alarm are left
    /// as they are. `now` decides which keys sign.
    ///
    /// # Errors
    /// The log cannot be read, or the seal cannot be kept. What reached the disk is then not known:
    /// let go of the sealer and open it again.
    pub fn seal(&mut self, log: &dyn LogRead, now: RecordedAt) -> Result<Option<Seal>, SealError> {
        self.read_on(log)?;
        self.failed = true;
        let seal = self.seal_what_has_grown(now)?;
        self.failed = false;
        Ok(seal)
    }

    /// Reads the log on, as far as it is durable, and signs nothing: whoever records much does this on
    /// the way, so that little is left for the seal at the end.
    ///
    /// # Errors
    /// The log cannot be read. Let go of the sealer and open it again.
    pub fn read_on(&mut self, log: &dyn LogRead) -> Result<(), SealError> {
        if self.failed {
            return Err(SealError::Failed);
        }
        self.failed = true;
        self.take_in(log)?;
        self.failed = false;
        Ok(())
    }

    /// The organisations whose history is not the one that was sealed. They are to be served
    /// read-only.
    #[must_use]
    pub const fn alarms(&self) -> &BTreeMap<OrgId, Alarm> {
        &self.alarms
    }

    /// What is sealed.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        self.store.registry()
    }

    /// Makes a new key; see [`KeyRing::rotate`]. The next seal is signed by it.
    ///
    /// # Errors
    /// As [`KeyRing::rotate`].
    pub fn rotate(&mut self, until: RecordedAt) -> Result<(), KeyError> {
        self.keys.rotate(until)
    }

    /// Has witnesses cosign the registry's newest checkpoint, and publishes it with their lines. `ask` gets
    /// the checkpoint as the ledger's own keys signed it and, for any size that the registry had, the consistency proof from there. Nothing
    /// is asked before anything was sealed.
    ///
    /// # Errors
    /// What `ask` gave; or the registry cannot be read, or the checkpoint not be written.
    pub fn cosign<E>(
        &mut self,
        ask: impl FnOnce(
            &SignedCheckpoint,
            &(dyn Fn(u64) -> Vec<Hash> + Sync),
        ) -> Result<SignedCheckpoint, E>,
    ) -> Result<(), CosignError<E>> {
        let mut leaves = Vec::new();
        Registry::read(
            self.store.directory(),
            self.keys.ledger(),
            self.keys.public_keys(),
            None,
            &mut |entry| leaves.push(entry.leaf),
        )
        .map_err(StoreError::from)?;
        let Some(newest) = self.store.newest_as_signed()? else {
            return Ok(());
        };
        let tree = Tree::of(leaves);
        let proof = |size: u64| tree.consistency(size).unwrap_or_default();
        let cosigned = ask(&newest, &proof).map_err(CosignError::Witnesses)?;
        Ok(self.store.replace_published(cosigned)?)
    }

    /// The last rotation of the keys; see [`KeyRing::rotation`].
    #[must_use]
    pub fn rotation(&self) -> Option<(VerifierKey, VerifierKey, RecordedAt)> {
        self.keys.rotation()
    }

    fn take_in(&mut self, log: &dyn LogRead) -> Result<(), HistoryError> {
        // Each organisation's leaves are handed to whichever core reads on from them.
        let waiting = Mutex::new(std::mem::take(&mut self.organisations));
        let take = |org: &OrgId| {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.remove(org).unwrap_or_default()
        };
        let read = account_all(log, &self.cursor, &take, &mut |_| {})?;
        self.cursor = read.end.cursor;
        self.organisations = waiting.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (org, leaves) in read.organisations {
            if self.alarms.contains_key(&org) {
                continue;
            }
            match leaves.gap() {
                None => drop(self.organisations.insert(org, leaves)),
                Some(finding) => {
                    let alarm = Alarm {
                        org: org.clone(),
                        sealed: leaves.sealed(),
                        finding,
                    };
                    self.alarms.insert(org, alarm);
                }
            }
        }
        Ok(())
    }

    fn seal_what_has_grown(&mut self, now: RecordedAt) -> Result<Option<Seal>, SealError> {
        let signing = self.keys.signing_keys(now);
        let mut checkpoints = Vec::new();
        let mut runs: Vec<Run<'_>> = Vec::new();
        let mut sealed = BTreeMap::new();
        for (org, leaves) in &self.organisations {
            let due = leaves.due();
            if due.is_empty() || !leaves.agrees() {
                continue;
            }
            for mark in due {
                let checkpoint = Checkpoint {
                    origin: Origin::of_organisation(self.keys.ledger(), org),
                    size: mark.size,
                    root: mark.root,
                };
                let signed = SignedCheckpoint::sign(checkpoint, &signing)?;
                checkpoints.push((org.clone(), signed));
            }
            runs.push(leaves.unsealed(org));
            sealed.insert(org.clone(), leaves.last());
        }
        if checkpoints.is_empty() {
            return Ok(None);
        }
        let seal = Seal {
            checkpoints: checkpoints.len(),
            organisations: sealed,
        };
        self.store.seal(&self.keys, now, checkpoints, &runs)?;
        for org in seal.organisations.keys() {
            if let Some(leaves) = self.organisations.get_mut(org) {
                leaves.seal();
            }
        }
        Ok(Some(seal))
    }
}

//! Sealing: signed checkpoints for every organisation that has grown, under one of the registry.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::history::HistoryError;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_verify::checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
use netgain_verify::tlog::{Hash, Tree};

use crate::agreement::Agreed;
use crate::alarm::{Alarm, Finding};
use crate::examine::{ExamineError, Examined, examine};
use crate::keys::KeyRing;
use crate::leaf_hashes::{self, Run};
use crate::leaves::{Held, Leaves, Mark};
use crate::registry::Registry;
use crate::signed_seal::ORGANISATIONS_BYTES_MAX;
use crate::store::{Store, StoreError};

/// How often one call makes a seal again that another process's came before: each time that process
/// has sealed what was there, so that little is left.
const TRIES_MAX: u32 = 8;

/// Why a ledger cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The log could not be held to its checkpoints.
    #[error(transparent)]
    Examine(#[from] ExamineError),
    /// The log could not be read on.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The same, before anything new of it had come: its servers do not answer, perhaps.
    #[error(transparent)]
    Unread(HistoryError),
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
    /// Others sealed again and again while this seal was made. Nothing is lost: it is made with the next.
    #[error("others sealed first, {TRIES_MAX} times; the next seal covers what is left")]
    Overtaken,
}

impl SealError {
    /// Whether the sealer that gave it may be used again: nothing of it has changed.
    const fn leaves_sealer_whole(&self) -> bool {
        match self {
            Self::Overtaken | Self::Unread(_) => true,
            Self::Store(StoreError::Agreement(error)) => error.is_passing(),
            Self::Examine(_)
            | Self::History(_)
            | Self::Store(_)
            | Self::Checkpoint(_)
            | Self::Failed => false,
        }
    }
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

/// What is sealed that was not before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seal {
    /// The last position that is sealed now, of every organisation that has a new checkpoint, whoever
    /// signed it. None where the registry's newest checkpoint was only cosigned.
    pub organisations: BTreeMap<OrgId, Position>,
    /// How many checkpoints of organisations this process has signed: more than organisations where
    /// statements were issued on the way, none where another process has sealed.
    pub checkpoints: usize,
}

/// What seals a ledger, for as long as its process runs; one of several, perhaps, that agree on each seal.
#[derive(Debug)]
pub struct Sealer {
    store: Store,
    keys: KeyRing,
    organisations: HashMap<OrgId, Leaves>,
    alarms: BTreeMap<OrgId, Alarm>,
    /// What others have sealed, to be held to the log once it was read so far.
    to_hold: Vec<(OrgId, Mark)>,
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
            organisations: examined.organisations.into_iter().collect(),
            alarms: examined.alarms,
            to_hold: Vec::new(),
            cursor: examined.end,
            failed: false,
        }
    }

    /// Takes in what others have sealed, reads the log on, as far as it is durable, and seals every
    /// organisation that has grown: a checkpoint at each statement on the way and one at its newest event,
    /// all under one new checkpoint of the registry (several, one after another, where they are very many).
    /// Nothing if none has grown, or if it is for another process to seal. Organisations with an alarm are
    /// left as they are. `now` decides which keys sign.
    ///
    /// # Errors
    /// The log cannot be read, or the seal cannot be kept. What reached the disk is then not known:
    /// let go of the sealer and open it again, unless it [can go on](Self::can_go_on).
    pub fn seal(&mut self, log: &dyn LogRead, now: RecordedAt) -> Result<Option<Seal>, SealError> {
        self.guarded(|sealer| sealer.take_turn(log, now, false))
    }

    /// As [`Self::seal`], also where it would be for another process to do: for what has to be sealed at once,
    /// as a statement has.
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub fn seal_at_once(
        &mut self,
        log: &dyn LogRead,
        now: RecordedAt,
    ) -> Result<Option<Seal>, SealError> {
        self.guarded(|sealer| sealer.take_turn(log, now, true))
    }

    /// Reads the log on, as far as it is durable, and signs nothing: whoever records much does this on
    /// the way, so that little is left for the seal at the end.
    ///
    /// # Errors
    /// The log cannot be read. Let go of the sealer and open it again, unless it [can go on](Self::can_go_on).
    pub fn read_on(&mut self, log: &dyn LogRead) -> Result<(), SealError> {
        self.guarded(|sealer| sealer.take_in(log))
    }

    /// Whether it can be used after an error: the other processes, or the log's servers, could not be asked, and nothing
    /// has changed.
    #[must_use]
    pub const fn can_go_on(&self) -> bool {
        !self.failed
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

    /// The keys it signs with, to replace one: the next seal is signed by the new one.
    pub const fn keys_mut(&mut self) -> &mut KeyRing {
        &mut self.keys
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

    /// Does what may fail half-way: then what is in memory may not be what is on the disk.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, SealError>,
    ) -> Result<T, SealError> {
        if self.failed {
            return Err(SealError::Failed);
        }
        self.failed = true;
        let done = work(self);
        self.failed = match &done {
            Ok(_) => false,
            Err(error) => !error.leaves_sealer_whole(),
        };
        done
    }

    fn take_turn(
        &mut self,
        log: &dyn LogRead,
        now: RecordedAt,
        at_once: bool,
    ) -> Result<Option<Seal>, SealError> {
        let mut seal = Seal::default();
        let mut is_new = false;
        for _ in 0..TRIES_MAX {
            // Whatever others have sealed is in the log before they seal it, so that it is read next.
            is_new |= self.catch_up(&mut seal)?;
            self.take_in(log)?;
            self.hold_to_others(log)?;
            if !at_once && !self.store.is_our_turn()? {
                return Ok(is_new.then_some(seal));
            }
            if self.seal_what_has_grown(log, now, &mut seal)? == Agreed::Yes {
                let has_sealed = is_new || seal.checkpoints > 0;
                return Ok(has_sealed.then_some(seal));
            }
        }
        Err(SealError::Overtaken)
    }

    /// Takes in what others have sealed.
    fn catch_up(&mut self, seal: &mut Seal) -> Result<bool, StoreError> {
        let to_hold = &mut self.to_hold;
        self.store.catch_up(&self.keys, &mut |org, checkpoint| {
            to_hold.push((org.clone(), Mark::of(checkpoint)));
            let sealed = Position::new(checkpoint.size);
            seal.organisations.insert(org.clone(), sealed);
        })
    }

    /// Reads the log on, on this thread alone: it is little each time, or goes on beside those who record.
    fn take_in(&mut self, log: &dyn LogRead) -> Result<(), SealError> {
        let Self {
            organisations,
            alarms,
            ..
        } = self;
        let mut has_begun = false;
        let mut wrong = BTreeSet::new();
        let read = log.read(&self.cursor, None, &mut |commit| {
            has_begun = true;
            let leaves = match organisations.get_mut(commit.org) {
                Some(leaves) => leaves,
                None if alarms.contains_key(commit.org) => return,
                None => organisations.entry(commit.org.clone()).or_default(),
            };
            leaves.push(commit);
            if leaves.wrong().is_some() && !wrong.contains(commit.org) {
                wrong.insert(commit.org.clone());
            }
        });
        match read {
            Ok(end) => self.cursor = end.cursor,
            Err(error) if has_begun => return Err(HistoryError::from(error).into()),
            Err(error) => return Err(SealError::Unread(error.into())),
        }
        for org in wrong {
            if let Some(leaves) = self.organisations.remove(&org) {
                self.put_back(org, leaves);
            }
        }
        Ok(())
    }

    /// Keeps an organisation's leaves as they are now, unless something is wrong with them.
    fn put_back(&mut self, org: OrgId, leaves: Leaves) {
        match leaves.wrong() {
            None => drop(self.organisations.insert(org, leaves)),
            Some(finding) => self.raise(org, leaves.sealed(), finding),
        }
    }

    fn raise(&mut self, org: OrgId, sealed: Position, finding: Finding) {
        let alarm = Alarm {
            org: org.clone(),
            sealed,
            finding,
        };
        self.alarms.insert(org, alarm);
    }

    /// Holds the log, as it was read here, to what others have sealed.
    fn hold_to_others(&mut self, log: &dyn LogRead) -> Result<(), SealError> {
        let to_hold = std::mem::take(&mut self.to_hold);
        let newest = to_hold.iter().cloned().collect();
        leaf_hashes::append(self.store.directory(), &self.runs(&newest))
            .map_err(StoreError::from)?;
        for (org, sealed) in to_hold {
            self.hold_to(log, org, sealed)?;
        }
        Ok(())
    }

    fn hold_to(&mut self, log: &dyn LogRead, org: OrgId, sealed: Mark) -> Result<(), SealError> {
        if self.alarms.contains_key(&org) {
            return Ok(());
        }
        let mut leaves = self.organisations.remove(&org).unwrap_or_default();
        if leaves.hold_to(sealed) == Held::Unknown {
            leaves = read_again(log, &org, sealed, leaves.last())?;
        }
        self.put_back(org, leaves);
        Ok(())
    }

    /// The leaves that become sealed, as far as they are known.
    fn runs<'a>(&'a self, newest: &'a BTreeMap<OrgId, Mark>) -> Vec<Run<'a>> {
        let known = newest.iter().filter_map(|(org, sealed)| {
            let leaves = self.organisations.get(org)?;
            Some(leaves.unsealed_to(org, sealed.size))
        });
        known.collect()
    }

    /// Signs what has grown, until nothing is left or another process's seal comes first.
    fn seal_what_has_grown(
        &mut self,
        log: &dyn LogRead,
        now: RecordedAt,
        seal: &mut Seal,
    ) -> Result<Agreed, SealError> {
        loop {
            let due = self.due(now)?;
            if due.is_empty() {
                return Ok(Agreed::Yes);
            }
            let marks = due.iter();
            let newest: BTreeMap<OrgId, Mark> = marks
                .map(|(org, signed)| (org.clone(), Mark::of(signed.checkpoint())))
                .collect();
            let count = due.len();
            let signed = self.store.sign(&self.keys, now, due)?;
            if self.store.agree(&signed)? == Agreed::Overtaken {
                return Ok(Agreed::Overtaken);
            }
            leaf_hashes::append(self.store.directory(), &self.runs(&newest))
                .map_err(StoreError::from)?;
            self.store.keep(&self.keys, signed)?;
            seal.checkpoints += count;
            for (org, mark) in newest {
                let position = Position::new(mark.size);
                self.hold_to(log, org.clone(), mark)?;
                seal.organisations.insert(org, position);
            }
        }
    }

    /// Signed checkpoints for what has grown, as many as one seal can hold.
    fn due(&self, now: RecordedAt) -> Result<Vec<(OrgId, SignedCheckpoint)>, SealError> {
        let signing = self.keys.signing_keys(now);
        let (mut due, mut bytes) = (Vec::new(), 0);
        let grown = self
            .organisations
            .iter()
            .filter(|(_, leaves)| leaves.agrees() && leaves.last() > leaves.sealed());
        let grown: BTreeMap<&OrgId, &Leaves> = grown.collect();
        for (org, leaves) in grown {
            for mark in leaves.due() {
                let checkpoint = Checkpoint {
                    origin: Origin::of_organisation(self.keys.ledger(), org),
                    size: mark.size,
                    root: mark.root,
                };
                let signed = SignedCheckpoint::sign(checkpoint, &signing)?;
                bytes += signed.note().bytes().len();
                if bytes > ORGANISATIONS_BYTES_MAX && !due.is_empty() {
                    return Ok(due);
                }
                due.push((org.clone(), signed));
            }
        }
        Ok(due)
    }
}

/// An organisation's leaves up to a position, read from the log's beginning and held to a checkpoint.
fn read_again(
    log: &dyn LogRead,
    org: &OrgId,
    sealed: Mark,
    to: Position,
) -> Result<Leaves, HistoryError> {
    let mut leaves = Leaves::new(Some(sealed));
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        if commit.first <= to {
            leaves.push(commit);
        }
    })?;
    Ok(leaves)
}

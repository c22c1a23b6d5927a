//! Taking in what was agreed on: seals that other processes made, checked as if nobody were trusted.
//!
//! Each has to be signed by this ledger's keys and to continue the registry as it is here. Several are
//! written at once, in the order of any seal, so that an empty directory is filled as fast as it can be
//! read. What is interrupted is read again.

use netgain_events::identifier::OrgId;
use netgain_verify::checkpoint::{Checkpoint, SignedCheckpoint};

use super::{Store, StoreError};
use crate::agreement::{Agreed, AgreementError};
use crate::keys::KeyRing;
use crate::registry::{RegistryError, size_of};
use crate::signed_seal::SignedSeal;

/// How many bytes of notes are written at once.
const WRITTEN_AT_ONCE: usize = 16 * 1024 * 1024;

/// What is to be written of the seals that were taken in.
#[derive(Default)]
struct Batch {
    notes: Vec<u8>,
    /// The newest checkpoint with anything new in it.
    signed: Option<SignedCheckpoint>,
    /// The newest one, cosigned perhaps.
    newest: Option<SignedCheckpoint>,
}

impl Store {
    /// Puts a seal forward as the next one.
    pub(crate) fn agree(&mut self, seal: &SignedSeal) -> Result<Agreed, StoreError> {
        Ok(self.agreement.agree(&seal.bytes())?)
    }

    /// Whether it is for this process to seal.
    pub(crate) fn is_our_turn(&mut self) -> Result<bool, StoreError> {
        Ok(self.agreement.is_our_turn()?)
    }

    /// Takes in everything that was agreed on, when the checkpoints are opened.
    pub(super) fn join(&mut self, keys: &KeyRing) -> Result<(), StoreError> {
        let newest = self.registry.checkpoint().map(SignedCheckpoint::checkpoint);
        self.agreement.go_to(newest)?;
        self.catch_up(keys, &mut |_, _| {})?;
        match &self.ahead {
            None => Ok(()),
            Some(ahead) => Err(RegistryError::Behind {
                directory: self.directory.clone(),
                published: self.registry.checkpoint().map_or(0, size_of),
                signed: size_of(ahead),
            }
            .into()),
        }
    }

    /// Takes in the seals that others have made since; `took` hears of every organisation's checkpoint in
    /// them, and whether there was anything new is said. What was heard before an error is taken in.
    /// After one that is not [passing](AgreementError::is_passing) the checkpoints have to be opened again.
    pub(crate) fn catch_up(
        &mut self,
        keys: &KeyRing,
        took: &mut dyn FnMut(&OrgId, &Checkpoint),
    ) -> Result<bool, StoreError> {
        let mut is_new = false;
        loop {
            let mut batch = Batch::default();
            let mut more = Ok(true);
            while matches!(more, Ok(true)) && batch.notes.len() < WRITTEN_AT_ONCE {
                more = self.take_next(keys, &mut batch, took);
            }
            is_new |= batch.newest.is_some();
            self.write(keys, batch)?;
            if !more? {
                return Ok(is_new);
            }
        }
    }

    /// Takes the next agreed seal into the registry in memory; says if there was one.
    fn take_next(
        &mut self,
        keys: &KeyRing,
        batch: &mut Batch,
        took: &mut dyn FnMut(&OrgId, &Checkpoint),
    ) -> Result<bool, StoreError> {
        let Some(bytes) = self.agreement.next()? else {
            return Ok(false);
        };
        if batch.newest.is_none() {
            self.check_unchanged(keys)?;
        }
        let seal = self.examine(keys, &bytes)?;
        self.hold_to_memory(&seal.checkpoint)?;
        if !seal.organisations.is_empty() {
            batch.notes.append(&mut seal.notes());
            batch.signed = Some(seal.checkpoint.clone());
        }
        for (org, signed) in seal.organisations {
            took(&org, signed.checkpoint());
            self.registry.push(org, signed);
        }
        batch.newest = Some(seal.checkpoint);
        Ok(true)
    }

    /// The seal in those bytes, if it is one of this ledger's that continues what is here.
    fn examine(&self, keys: &KeyRing, bytes: &[u8]) -> Result<SignedSeal, AgreementError> {
        let foreign = |why: String| AgreementError::Foreign {
            after: self.registry.unsigned().size,
            why,
        };
        let seal =
            SignedSeal::parse(bytes, keys.ledger()).map_err(|why| foreign(why.to_string()))?;
        let signed = seal.checkpoint.verify(keys.public_keys());
        signed.map_err(|why| foreign(why.to_string()))?;
        self.registry.check_continued_by(&seal).map_err(foreign)?;
        Ok(seal)
    }

    /// Holds what was agreed on to what the keys remember, on the way there.
    fn hold_to_memory(&mut self, taken: &SignedCheckpoint) -> Result<(), RegistryError> {
        let Some(ahead) = &self.ahead else {
            return Ok(());
        };
        let (size, known) = (size_of(taken), size_of(ahead));
        if size > known || (size == known && taken.checkpoint() != ahead.checkpoint()) {
            return Err(RegistryError::Forked {
                directory: self.directory.clone(),
                size: known,
            });
        }
        if size == known {
            self.ahead = None;
        }
        Ok(())
    }

    /// Makes what was taken in durable, and publishes it.
    fn write(&mut self, keys: &KeyRing, batch: Batch) -> Result<(), StoreError> {
        let Some(newest) = batch.newest else {
            return Ok(());
        };
        if let Some(signed) = &batch.signed {
            self.append(&batch.notes)?;
            // Until the agreed seals have led to it, the keys' memory is worth more than they are.
            if self.ahead.is_none() {
                self.remember(keys, signed)?;
            }
        }
        self.publish(&newest)?;
        self.registry.sign(newest);
        Ok(())
    }
}

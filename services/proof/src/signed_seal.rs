//! One seal as it is agreed on, and its bytes: the registry's new checkpoint, then the organisations'
//! checkpoints that are new in it, as signed notes one after another.
//!
//! One without any organisation's is the registry's newest checkpoint once more, with cosignatures.

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::log::COMMIT_BYTES_MAX;
use netgain_verify::checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
use netgain_verify::note::NOTE_BYTES_MAX;

use crate::notes;

/// The most bytes of one seal: whatever can hold the largest commit can hold it. What is more goes into
/// the next one, which is whole by itself.
pub const SEAL_BYTES_MAX: usize = COMMIT_BYTES_MAX;

/// The most bytes that the organisations' checkpoints of one seal may have, unless it is only one.
pub(crate) const ORGANISATIONS_BYTES_MAX: usize = SEAL_BYTES_MAX - 2 * NOTE_BYTES_MAX;

/// Why bytes are no seal.
#[derive(Debug, thiserror::Error)]
pub enum SignedSealError {
    /// There is nothing.
    #[error("it has no checkpoint")]
    Empty,
    /// A note is no checkpoint.
    #[error("its note number {number} is no checkpoint")]
    Note {
        /// Which, counted from 1.
        number: usize,
        /// What is wrong with it.
        #[source]
        source: CheckpointError,
    },
    /// It is another ledger's, or of something that is no organisation.
    #[error("it has a checkpoint of {0}, which is no log of this ledger")]
    OtherLog(Origin),
}

/// The organisations' checkpoints of one seal, and the registry's that covers them.
#[derive(Clone, Debug)]
pub struct SignedSeal {
    pub(crate) checkpoint: SignedCheckpoint,
    pub(crate) organisations: Vec<(OrgId, SignedCheckpoint)>,
}

impl SignedSeal {
    /// Takes its bytes apart. Nothing in it is to be believed yet.
    pub(crate) fn parse(bytes: &[u8], ledger: &LedgerId) -> Result<Self, SignedSealError> {
        let mut all = (1..).zip(notes::split(bytes)).map(|(number, note)| {
            SignedCheckpoint::parse(&note)
                .map_err(|source| SignedSealError::Note { number, source })
        });
        let checkpoint = all.next().ok_or(SignedSealError::Empty)??;
        let origin = &checkpoint.checkpoint().origin;
        if *origin != Origin::of_ledger(ledger) {
            return Err(SignedSealError::OtherLog(origin.clone()));
        }
        let mut organisations = Vec::new();
        for signed in all {
            let signed = signed?;
            let origin = &signed.checkpoint().origin;
            let org = organisation(ledger, origin)
                .ok_or_else(|| SignedSealError::OtherLog(origin.clone()))?;
            organisations.push((org, signed));
        }
        Ok(Self {
            checkpoint,
            organisations,
        })
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        [self.checkpoint.note().bytes(), &self.notes()].concat()
    }

    /// The bytes that it adds to the registry.
    pub(crate) fn notes(&self) -> Vec<u8> {
        let notes = self.organisations.iter();
        let notes = notes.map(|(_, signed)| signed.note().bytes());
        notes.collect::<Vec<&[u8]>>().concat()
    }
}

/// What a seal's bytes make of the registry, for whoever looks for one among many. Nothing in it is to be
/// believed yet.
///
/// # Errors
/// They do not begin with a checkpoint.
pub fn registry_after(seal: &[u8]) -> Result<Checkpoint, SignedSealError> {
    let note = notes::split(seal).next().ok_or(SignedSealError::Empty)?;
    let signed = SignedCheckpoint::parse(&note)
        .map_err(|source| SignedSealError::Note { number: 1, source })?;
    Ok(signed.checkpoint().clone())
}

/// The organisation of a ledger whose log has that origin.
pub(crate) fn organisation(ledger: &LedgerId, origin: &Origin) -> Option<OrgId> {
    let origin = origin.to_string();
    let prefix = format!("{}/", Origin::of_ledger(ledger));
    origin.strip_prefix(&prefix)?.parse().ok()
}

//! Holding a ledger to a checkpoint that somebody kept: an auditor's own copy, which nobody here can
//! have changed.

#[cfg(test)]
mod tests;

use std::path::Path;

use netgain_events::identifier::Position;
use netgain_ledger::history::{HistoryError, lines};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_verify::checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
use netgain_verify::note::VerifierKey;
use netgain_verify::tlog::{Hash, ProofError, Tree, check_consistency, leaf_hash};

use crate::registry::{Registry, RegistryError};
use crate::signed_seal::organisation;

/// Why a ledger does not continue a checkpoint that somebody kept.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// It is no signed checkpoint, or none that this ledger's key signed.
    #[error("the file is no checkpoint of this ledger")]
    Checkpoint(#[from] CheckpointError),
    /// It is of another ledger, or of no log that this one has.
    #[error("the checkpoint is of {origin}, which is no log of this ledger")]
    OtherLog {
        /// Its origin.
        origin: String,
    },
    /// The log is shorter now than it was.
    #[error("{log} has {found} entries now; when the checkpoint was signed it had {size}")]
    Shorter {
        /// Which log.
        log: String,
        /// How many it has.
        found: u64,
        /// How many it had.
        size: u64,
    },
    /// The log's first entries are others than they were.
    #[error("the first {size} entries of {log} are not those that the checkpoint was signed over")]
    Different {
        /// Which log.
        log: String,
        /// How many it had.
        size: u64,
    },
    /// A consistency proof that was just made does not hold.
    #[error("the log does not continue the checkpoint")]
    Proof(#[from] ProofError),
    /// The log could not be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The registry could not be read.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// A log that continues a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continued {
    /// The log's origin.
    pub origin: String,
    /// How many entries the checkpoint was signed over.
    pub size: u64,
    /// How many there are now.
    pub now: u64,
    /// The hashes of the proof that was checked.
    pub proof: usize,
}

/// Whether a ledger continues a checkpoint, of an organisation or of the registry, by a consistency
/// proof that is made and checked.
///
/// # Errors
/// It does not, or something could not be read: [`KeptError`].
pub fn check(
    log: &dyn LogRead,
    checkpoints: &Path,
    keys: &[VerifierKey],
    kept: &[u8],
) -> Result<Continued, KeptError> {
    let signed = SignedCheckpoint::parse(kept)?;
    signed.verify(keys)?;
    let checkpoint = signed.checkpoint();
    let leaves = leaves(log, checkpoints, keys, &checkpoint.origin)?;
    continues(checkpoint, leaves)
}

fn continues(checkpoint: &Checkpoint, leaves: Vec<Hash>) -> Result<Continued, KeptError> {
    let tree = Tree::of(leaves);
    let (log, size) = (checkpoint.origin.to_string(), checkpoint.size);
    let now = tree.size();
    match tree.root_at(size) {
        None => Err(KeptError::Shorter {
            log,
            found: now,
            size,
        }),
        Some(root) if root != checkpoint.root => Err(KeptError::Different { log, size }),
        Some(root) => {
            let proof = tree.consistency(size).unwrap_or_default();
            check_consistency(size, root, now, tree.root(), &proof)?;
            Ok(Continued {
                origin: log,
                size,
                now,
                proof: proof.len(),
            })
        }
    }
}

/// The leaves of the log of that origin, as they are now.
fn leaves(
    log: &dyn LogRead,
    checkpoints: &Path,
    keys: &[VerifierKey],
    origin: &Origin,
) -> Result<Vec<Hash>, KeptError> {
    let mut leaves = Vec::new();
    if *origin == Origin::of_ledger(log.ledger()) {
        Registry::read(checkpoints, log.ledger(), keys, None, &mut |entry| {
            leaves.push(entry.leaf);
        })?;
        return Ok(leaves);
    }
    let Some(org) = organisation(log.ledger(), origin) else {
        return Err(KeptError::OtherLog {
            origin: origin.to_string(),
        });
    };
    let mut next = Position::ZERO.next();
    log.read(&Cursor::default(), Some(&org), &mut |commit| {
        // Where positions stop to follow each other, the history has ended.
        if commit.first == next {
            leaves.extend(lines(commit.lines).map(leaf_hash));
            next = Position::new(u64::try_from(leaves.len()).unwrap_or(u64::MAX)).next();
        }
    })
    .map_err(HistoryError::from)?;
    Ok(leaves)
}

//! The step `registry`: the checkpoint stands in the ledger's registry, as everyone was shown it.

use crate::archive::Archive;
use crate::bundle::log::{Log, labels, signed_by};
use crate::bundle::step::Checked;
use crate::checkpoint::{Checkpoint, CheckpointError, Origin};
use crate::note::VerifierKey;
use crate::proof_text::{ProofTextError, TlogProof};
use crate::tlog::{ProofError, check_inclusion, leaf_hash};

/// The registry's log, and who vouches for it.
pub(super) struct Registry {
    pub(super) checkpoint: Checkpoint,
    pub(super) signers: Vec<VerifierKey>,
}

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum RegistryError {
    #[error("registry.tlog-proof is not UTF-8 text")]
    NotText,
    #[error("registry.tlog-proof cannot be read")]
    Text(#[from] ProofTextError),
    #[error("the registry's signed checkpoint does not hold")]
    Checkpoint(#[from] CheckpointError),
    #[error("the proof is of {found}, not of the registry {expected}")]
    OtherLog { expected: Origin, found: Origin },
    #[error("the checkpoint is not in the registry")]
    Proof(#[from] ProofError),
    #[error("the witness {witness} of the key file has not cosigned the registry")]
    NotWitnessed { witness: String },
}

/// Checks the registry's checkpoint and the place of the organisation's in it.
pub(super) fn check(archive: &Archive<'_>, log: &Log) -> Checked<Registry, RegistryError> {
    let text = archive.file("registry.tlog-proof").unwrap_or_default();
    let text = std::str::from_utf8(text).map_err(|_| RegistryError::NotText)?;
    let proof: TlogProof = text.parse()?;
    let (signed, signers) = signed_by(proof.checkpoint.as_bytes(), &log.keys)?;
    let checkpoint = signed.checkpoint();
    let expected = Origin::of_ledger(log.keys.ledger());
    if checkpoint.origin != expected {
        let found = checkpoint.origin.clone();
        return Err(RegistryError::OtherLog { expected, found });
    }
    check_inclusion(
        leaf_hash(log.signed.note().bytes()),
        proof.index,
        checkpoint.size,
        checkpoint.root,
        &proof.hashes,
    )?;
    let missing = log.keys.witnesses().find(|key| !signers.contains(key));
    if let Some(witness) = missing {
        let witness = witness.label();
        return Err(RegistryError::NotWitnessed { witness });
    }
    let said = format!(
        "entry {} of {}, signed by {}",
        proof.index,
        checkpoint.size,
        labels(&signers)
    );
    let checkpoint = checkpoint.clone();
    Ok((
        Registry {
            checkpoint,
            signers,
        },
        said,
    ))
}

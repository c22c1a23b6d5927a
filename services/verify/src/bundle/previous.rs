//! The step `previous`: the history goes on from the one that the previous statement was made of.

use crate::archive::Archive;
use crate::bundle::events::Issued;
use crate::bundle::log::{Log, signed_by};
use crate::bundle::step::Checked;
use crate::checkpoint::{CheckpointError, Origin};
use crate::proof_text::{ProofTextError, read_consistency_text};
use crate::tlog::{ProofError, check_consistency};

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum PreviousError {
    #[error("a statement was issued at event {position}, and previous.checkpoint is missing")]
    Missing { position: u64 },
    #[error("no earlier statement was issued, so there is no previous.checkpoint to have")]
    NoEarlier,
    #[error("the previous signed checkpoint does not hold")]
    Checkpoint(#[from] CheckpointError),
    #[error("the previous checkpoint is of {found}, not of {expected}")]
    OtherLog { expected: Origin, found: Origin },
    #[error(
        "the previous checkpoint has {found} events, and the previous statement was event {expected}"
    )]
    OtherSize { expected: u64, found: u64 },
    #[error("previous.consistency is not UTF-8 text")]
    NotText,
    #[error("previous.consistency cannot be read")]
    Text(#[from] ProofTextError),
    #[error("the history does not go on from that of the previous statement")]
    Proof(#[from] ProofError),
}

/// Checks the previous statement's checkpoint and the way from there.
pub(super) fn check(
    archive: &Archive<'_>,
    log: &Log,
    statements: &[Issued],
) -> Checked<(), PreviousError> {
    let earlier = statements.last().map(|issued| issued.position.get());
    let files = (
        archive.file("previous.checkpoint"),
        archive.file("previous.consistency"),
    );
    let (expected, note, proof) = match (earlier, files) {
        (Some(position), (Some(note), Some(proof))) => (position, note, proof),
        (Some(position), _) => return Err(PreviousError::Missing { position }),
        (None, (None, None)) => return Ok(((), "no earlier statement was issued".to_owned())),
        (None, _) => return Err(PreviousError::NoEarlier),
    };
    let (signed, _) = signed_by(note, &log.keys)?;
    let (previous, now) = (signed.checkpoint(), log.signed.checkpoint());
    if previous.origin != now.origin {
        return Err(PreviousError::OtherLog {
            expected: now.origin.clone(),
            found: previous.origin.clone(),
        });
    }
    let found = previous.size;
    if found != expected {
        return Err(PreviousError::OtherSize { expected, found });
    }
    let proof = std::str::from_utf8(proof).map_err(|_| PreviousError::NotText)?;
    let proof = read_consistency_text(proof)?;
    check_consistency(found, previous.root, now.size, now.root, &proof)?;
    Ok(((), format!("goes on from the statement at event {found}")))
}

//! The step `checkpoint`: the organisation's log, as the ledger's key signed it.

use netgain_events::identifier::OrgId;

use crate::archive::Archive;
use crate::bundle::step::Checked;
use crate::checkpoint::{CheckpointError, Origin, SignedCheckpoint};
use crate::key_file::{KeyFile, KeyFileError};
use crate::note::VerifierKey;

/// The organisation's log at the statement, and who vouches for it.
pub(super) struct Log {
    pub(super) keys: KeyFile,
    pub(super) org: OrgId,
    pub(super) signed: SignedCheckpoint,
    pub(super) signers: Vec<VerifierKey>,
}

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum LogError {
    #[error("the key file cannot be used")]
    KeyFile(#[from] KeyFileError),
    #[error("the signed checkpoint does not hold")]
    Checkpoint(#[from] CheckpointError),
    #[error("the checkpoint is of {found}, not of {expected}")]
    OtherLog { expected: Origin, found: Origin },
}

/// Checks the signed checkpoint.
pub(super) fn check(archive: &Archive<'_>, key_file: &[u8]) -> Checked<Log, LogError> {
    let keys = KeyFile::parse(key_file)?;
    let note = archive.file("checkpoint").unwrap_or_default();
    let (signed, signers) = signed_by(note, &keys)?;
    let org = archive.directory().org.clone();
    let expected = Origin::of_organisation(keys.ledger(), &org);
    let checkpoint = signed.checkpoint();
    if checkpoint.origin != expected {
        let found = checkpoint.origin.clone();
        return Err(LogError::OtherLog { expected, found });
    }
    let said = format!(
        "{expected} at {} events, signed by {}",
        checkpoint.size,
        labels(&signers)
    );
    let log = Log {
        keys,
        org,
        signed,
        signers,
    };
    Ok((log, said))
}

/// Reads a checkpoint and holds its signatures to the key file.
pub(super) fn signed_by(
    note: &[u8],
    keys: &KeyFile,
) -> Result<(SignedCheckpoint, Vec<VerifierKey>), CheckpointError> {
    let signed = SignedCheckpoint::parse(note)?;
    let signers = signed.verify(keys.keys())?;
    Ok((signed, signers))
}

/// Keys in a sentence.
pub(super) fn labels(keys: &[VerifierKey]) -> String {
    let labels: Vec<String> = keys.iter().map(VerifierKey::label).collect();
    labels.join(", ")
}

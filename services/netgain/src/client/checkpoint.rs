//! An organisation's newest checkpoint, as a service has it, held to the history it was given.

use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::history::lines;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_verify::checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
use netgain_verify::note::{VerifierKey, VerifierKeyError};
use netgain_verify::tlog::{Frontier, leaf_hash};

use super::failed::Failed;
use super::remote_log::RemoteLog;
use super::server::Server;
use crate::outcome::Failure;

/// Why a checkpoint is not one of the history that the service gave.
#[derive(Debug, thiserror::Error)]
enum NotOfTheHistory {
    /// The note is none, or nobody signed it.
    #[error("the service's checkpoint is not one: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The service's keys are none.
    #[error("the service's public keys are none: {0}")]
    Key(#[from] VerifierKeyError),
    /// It is of something else.
    #[error("the service's checkpoint is of {found}, and not of {expected}")]
    OtherOrigin {
        /// What it is of.
        found: Origin,
        /// What it should be of.
        expected: Origin,
    },
    /// The events have another root, or there are fewer.
    #[error(
        "the checkpoint at position {size} does not cover the events that the service gave; keep both, and \
         ask whoever runs it"
    )]
    OtherEvents {
        /// How many events it covers.
        size: u64,
    },
}

impl Server {
    /// The newest checkpoint of an organisation, and the history that it covers. It is signed by one of the
    /// keys that the service shows; whether those are the ledger's is for whoever was given them another way.
    pub(crate) fn checkpoint(&self, org: &OrgId) -> Result<(Checkpoint, RemoteLog), Failure> {
        let note = self.text(&format!("/api/v1/organisations/{org}/checkpoint"))?;
        let keys = self.text("/api/v1/keys")?;
        // Asked for last, the history reaches at least as far.
        let log = RemoteLog::open(self, org).map_err(Failed::into_failure)?;
        let checkpoint = check(&note, &keys, org, &log)?;
        hold(&checkpoint, org, &log)?;
        Ok((checkpoint, log))
    }

    fn text(&self, path: &str) -> Result<Vec<u8>, Failure> {
        self.get_as(path, "text/plain")
            .and_then(|answer| self.whole(answer))
            .map_err(Failed::into_failure)
    }
}

/// Reads a checkpoint, and holds its signature and its origin to what they should be.
fn check(
    note: &[u8],
    keys: &[u8],
    org: &OrgId,
    log: &RemoteLog,
) -> Result<Checkpoint, NotOfTheHistory> {
    let keys = String::from_utf8_lossy(keys);
    let keys: Vec<VerifierKey> = keys.lines().map(str::parse).collect::<Result<_, _>>()?;
    let signed = SignedCheckpoint::parse(note)?;
    signed.verify(&keys)?;
    let checkpoint = signed.checkpoint();
    let expected = Origin::of_organisation(log.ledger(), org);
    if checkpoint.origin != expected {
        let found = checkpoint.origin.clone();
        return Err(NotOfTheHistory::OtherOrigin { found, expected });
    }
    Ok(checkpoint.clone())
}

/// Holds the events to the checkpoint's root.
fn hold(checkpoint: &Checkpoint, org: &OrgId, log: &RemoteLog) -> Result<(), Failure> {
    let mut tree = Frontier::default();
    let mut position = Position::ZERO;
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        for line in lines(commit.lines) {
            if position.get() < checkpoint.size {
                tree.push(leaf_hash(line));
                position = position.next();
            }
        }
    })?;
    if position.get() != checkpoint.size || tree.root() != checkpoint.root {
        let size = checkpoint.size;
        return Err(NotOfTheHistory::OtherEvents { size }.into());
    }
    Ok(())
}

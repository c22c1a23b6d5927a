//! Checkpoints (C2SP tlog-checkpoint): what a log was at a size, and its signature.

mod origin;
#[cfg(test)]
mod tests;

use std::num::ParseIntError;

pub use self::origin::{ORIGIN_BYTES_MAX, Origin, OriginError};

use crate::note::{KeyKind, NoteError, SignedNote, SigningKey, VerifierKey};
use crate::tlog::{Hash, HashError};

/// That a log had that many leaves and that root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: Origin,
    /// How many leaves it had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a note is not a checkpoint, or not one to trust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note is not one, or its signatures do not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Its text has not exactly three lines.
    #[error("a checkpoint's text has three lines: origin, size and root")]
    Lines,
    /// The first line is not an origin.
    #[error("the checkpoint's origin is none")]
    Origin(#[from] OriginError),
    /// The second line is not a size.
    #[error("the checkpoint's size is not a whole number without leading zeros")]
    Size,
    /// The third line is not a hash.
    #[error("the checkpoint's root is none")]
    Root(#[from] HashError),
    /// Witnesses signed it, but no key of a log did.
    #[error("no known key of the log has signed the checkpoint, only witnesses")]
    NotByLog,
    /// A log's key signed it whose log it is not.
    #[error("{key} signed a checkpoint of {origin}, which is not its log")]
    OtherLog {
        /// The key's name and id.
        key: String,
        /// The checkpoint's origin.
        origin: Origin,
    },
}

impl Checkpoint {
    /// The text that is signed: three lines, each with its line feed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads the text. Extension lines are refused: nobody could tell what they say.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let lines: Vec<&str> = lines.split('\n').take(4).collect();
        let &[origin, size, root] = lines.as_slice() else {
            return Err(CheckpointError::Lines);
        };
        Ok(Self {
            origin: origin.parse()?,
            size: whole_number(size).ok_or(CheckpointError::Size)?,
            root: root.parse()?,
        })
    }
}

/// Reads a whole number in decimal, in the one form it has: no sign, no leading zeros.
pub(crate) fn whole_number(text: &str) -> Option<u64> {
    let one_form = text == "0" || text.starts_with(|c: char| matches!(c, '1'..='9'));
    let number: Result<u64, ParseIntError> = text.parse();
    number.ok().filter(|_| one_form)
}

/// A checkpoint with the note it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Reads the note of a checkpoint. Nothing in it is to be believed before
    /// [`verify`](Self::verify).
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { checkpoint, note })
    }

    /// Signs a checkpoint with each of the keys, of which there is at least one.
    ///
    /// # Errors
    /// No key was given, or more than a note takes.
    pub fn sign(checkpoint: Checkpoint, keys: &[&SigningKey]) -> Result<Self, CheckpointError> {
        let note = SignedNote::sign(&checkpoint.text(), keys)?;
        Ok(Self { checkpoint, note })
    }

    /// The same checkpoint with more signature lines, each ended by a line feed: the cosignatures
    /// of witnesses.
    pub fn with_signature_lines(&self, lines: &str) -> Result<Self, CheckpointError> {
        Ok(Self {
            checkpoint: self.checkpoint.clone(),
            note: self.note.with_signature_lines(lines)?,
        })
    }

    /// What it says.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, whose [`bytes`](SignedNote::bytes) are the signed checkpoint's own.
    #[must_use]
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// Checks the signatures by these keys and gives the keys that signed.
    ///
    /// # Errors
    /// A known key's signature is wrong; no log's key signed; or one did whose name is neither the
    /// origin nor, with a slash behind it, the beginning of the origin.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<VerifierKey>, CheckpointError> {
        let signed = self.note.verify(keys)?;
        let mut by_log = signed.iter().filter(|key| key.kind() == KeyKind::Log);
        let origin = &self.checkpoint.origin;
        if let Some(other) = by_log.clone().find(|key| !origin.is_of(key.name())) {
            return Err(CheckpointError::OtherLog {
                key: other.label(),
                origin: origin.clone(),
            });
        }
        if by_log.next().is_none() {
            return Err(CheckpointError::NotByLog);
        }
        Ok(signed)
    }
}

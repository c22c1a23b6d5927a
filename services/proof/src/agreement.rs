//! Where it is agreed which seal comes next, when several processes could make it.
//!
//! A seal is signed before it is agreed on and published after: one that came too late is let go of by
//! whoever made it, and nobody else has seen it. What is agreed on is whole, in one order that is the
//! same for everybody, and stays.

use std::fmt;

use netgain_verify::checkpoint::Checkpoint;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What came of a seal that was put forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// It is the next one, for everybody and for good.
    Yes,
    /// Another one came first: see [`Agreement::next`]. This one is to be let go of.
    Overtaken,
}

/// Why seals cannot be agreed on.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// Nobody answers. Whether a seal that was put forward is agreed on is seen once somebody does.
    #[error("cannot {what}; it is tried again")]
    Unanswered {
        /// What was to be done.
        what: String,
        /// The cause.
        #[source]
        source: Cause,
    },
    /// Fewer seals are agreed on than this node has: what was agreed on has been cut or replaced.
    #[error(
        "the seals that are agreed on end at {agreed} checkpoints, and {kept} are kept here: somebody \
         has cut them or put an older copy in their place. Keep both, and put back the newest; nothing \
         is sealed until then"
    )]
    Cut {
        /// How many checkpoints the agreed seals cover.
        agreed: u64,
        /// How many the directory has.
        kept: u64,
    },
    /// What is agreed on is not what this node has.
    #[error(
        "the seals that are agreed on are not those that are kept here, at {size} checkpoints or before: \
         there are two histories. Keep both, find out which is right, and put that one back"
    )]
    Forked {
        /// How many checkpoints are kept here.
        size: u64,
    },
    /// A seal that was agreed on is not there any more, or cannot be read.
    #[error("{place} is damaged: {why}; put it back from its backup")]
    Damaged {
        /// Which seal.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// A seal that was agreed on is not one that this node could have made.
    #[error(
        "the seal that was agreed on after {after} checkpoints is not this ledger's ({why}). If its keys \
         were made or rotated on another node, bring them here; else somebody else writes seals: keep \
         them as they are, and find out who"
    )]
    Foreign {
        /// How many checkpoints come before it.
        after: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl AgreementError {
    /// Whether it may go by itself. Everything else is an alarm: what is agreed on is not what was.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unanswered { .. } => true,
            Self::Cut { .. }
            | Self::Forked { .. }
            | Self::Damaged { .. }
            | Self::Foreign { .. } => false,
        }
    }
}

/// The seals of a ledger in the order that everybody who seals it agrees on.
pub trait Agreement: fmt::Debug + Send {
    /// Whether any seal was ever agreed on.
    ///
    /// # Errors
    /// Nobody answers.
    fn has_seals(&mut self) -> Result<bool, AgreementError>;

    /// Goes to the place after the seal that the registry ends with; to the beginning where there is
    /// none.
    ///
    /// # Errors
    /// Nobody answers; or no such seal was agreed on: [`AgreementError::Cut`], [`AgreementError::Forked`].
    fn go_to(&mut self, newest: Option<&Checkpoint>) -> Result<(), AgreementError>;

    /// The next seal that was agreed on, as its bytes; nothing where this process has seen or made all of
    /// them. It does not wait for one.
    ///
    /// # Errors
    /// Nobody answers, or it is damaged. Asking again shows the same one.
    fn next(&mut self) -> Result<Option<Vec<u8>>, AgreementError>;

    /// Makes this the next seal, if there is no other after those that [`next`](Self::next) has shown.
    /// It has at most [`SEAL_BYTES_MAX`](crate::signed_seal::SEAL_BYTES_MAX) bytes.
    ///
    /// # Errors
    /// Nobody answers: [`next`](Self::next) tells, sooner or later, what came of it.
    fn agree(&mut self, seal: &[u8]) -> Result<Agreed, AgreementError>;

    /// Whether it is for this process to seal. That only saves others the same work: whoever seals all the
    /// same breaks nothing.
    ///
    /// # Errors
    /// Nobody answers.
    fn is_our_turn(&mut self) -> Result<bool, AgreementError>;
}

/// The agreement of the one process that seals an embedded ledger, with itself: its directory's lock
/// keeps others out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Alone;

impl Agreement for Alone {
    fn has_seals(&mut self) -> Result<bool, AgreementError> {
        Ok(false)
    }

    fn go_to(&mut self, _newest: Option<&Checkpoint>) -> Result<(), AgreementError> {
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, AgreementError> {
        Ok(None)
    }

    fn agree(&mut self, _seal: &[u8]) -> Result<Agreed, AgreementError> {
        Ok(Agreed::Yes)
    }

    fn is_our_turn(&mut self) -> Result<bool, AgreementError> {
        Ok(true)
    }
}

//! The port to the views: folded states and their positions, kept so that a restart need not fold
//! everything. Disposable: whatever is missing or doubtful is folded from the log again.

use std::collections::BTreeMap;

use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::Organisation;

use crate::log::Cursor;

/// The views could not be read or written. Never fatal: the log has everything.
#[derive(Debug, thiserror::Error)]
#[error("the views {what}")]
pub struct ViewsError {
    /// What went wrong, in words that follow "the views".
    pub what: String,
}

/// What the views hold as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The place in the log up to which every organisation is folded.
    pub cursor: Cursor,
    /// Every organisation in the log up to there, and the position it is folded to.
    pub positions: BTreeMap<OrgId, Position>,
}

/// Folded states by organisation.
pub trait Views: Send + Sync {
    /// What they hold.
    fn extent(&self) -> Extent;

    /// An organisation's folded state, or nothing if there is none.
    ///
    /// # Errors
    /// It cannot be read or is not what was written: fold it from the log.
    fn load(&self, org: &OrgId) -> Result<Option<Organisation>, ViewsError>;

    /// Takes in the states that changed and the place in the log they are folded to. The others
    /// stay as they are. Either all of it is found at the next opening, or what was there before,
    /// or nothing.
    ///
    /// # Errors
    /// They could not be written; what they hold is as it was or will be found to be damaged.
    fn store(&self, changed: &[&Organisation], cursor: &Cursor) -> Result<(), ViewsError>;
}

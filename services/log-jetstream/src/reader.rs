//! The log of record as whoever does not write it sees it.

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::log::{Commit, Cursor, End, Follower, LogRead, ReadError};

use crate::home::Home;
use crate::home_error::HomeError;
use crate::jetstream_log::Opened;

/// A clustered log, open for reading. It needs no right to write.
#[derive(Debug)]
pub struct Reader(Opened);

impl Reader {
    /// Opens the ledger in that home.
    ///
    /// # Errors
    /// The servers cannot be reached, or cannot hold a ledger, or hold none.
    pub fn open(home: &Home) -> Result<Self, HomeError> {
        Opened::open(home).map(Self)
    }

    /// Shows every commit after `from`, those to come too, with the place after it, until `visit` has had enough; it
    /// is also called, with nothing, several times a second while nothing comes. Across lost connections nothing is left
    /// out or shown twice. Returns the place after what was shown.
    ///
    /// # Errors
    /// As [`LogRead::read`]; what was shown until then stands.
    pub fn follow(&self, from: &Cursor, visit: &mut Follower<'_>) -> Result<Cursor, ReadError> {
        self.0.reading().follow(from, visit)
    }
}

impl LogRead for Reader {
    fn ledger(&self) -> &LedgerId {
        self.0.ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        self.0.reading().read(from, only, visit)
    }
}

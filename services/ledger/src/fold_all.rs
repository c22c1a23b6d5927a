//! Folding a whole log on all cores.

use std::collections::BTreeMap;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::state::Organisation;
use netgain_events::wire::Decoder;

use crate::accounts::{Account, Accounts, account_all};
use crate::history::{HistoryError, lines};
use crate::log::{Commit, Cursor, End, LogRead};

/// A log folded.
#[derive(Debug)]
pub struct Folded {
    /// Every organisation that has events after the starting place.
    pub organisations: BTreeMap<OrgId, Organisation>,
    /// Where the log stopped.
    pub end: End,
    /// How many events were folded.
    pub events: u64,
}

/// Folds every event after `from`. `start` gives the state that an organisation has at that place;
/// events it has already are passed over.
///
/// # Errors
/// The log cannot be read, or a history in it does not fold.
pub fn fold_all(
    log: &dyn LogRead,
    from: &Cursor,
    start: &(dyn Fn(&OrgId) -> Option<Organisation> + Sync),
    progress: &mut dyn FnMut(u64),
) -> Result<Folded, HistoryError> {
    let accounts = account_all(
        log,
        from,
        &|org| {
            let state = start(org).unwrap_or_else(|| Organisation::new(org.clone()));
            Folding::new(state, *log.ledger())
        },
        progress,
    )?;
    Ok(accounts.into())
}

impl From<Accounts<Folding>> for Folded {
    fn from(accounts: Accounts<Folding>) -> Self {
        let states = accounts.organisations.into_iter();
        Self {
            organisations: states.map(|(org, folding)| (org, folding.state)).collect(),
            end: accounts.end,
            events: accounts.events,
        }
    }
}

/// An organisation's state while its commits are folded.
#[derive(Debug)]
pub struct Folding {
    /// The state so far.
    pub state: Organisation,
    ledger: LedgerId,
    decoder: Decoder,
}

impl Folding {
    /// Goes on from a state of an organisation of that ledger.
    #[must_use]
    pub fn new(state: Organisation, ledger: LedgerId) -> Self {
        Self {
            state,
            ledger,
            decoder: Decoder::default(),
        }
    }

    /// Folds one line and returns the position of its event.
    fn fold(&mut self, line: &[u8]) -> Result<Position, HistoryError> {
        let state = &mut self.state;
        let event = self
            .decoder
            .decode(line)
            .map_err(|source| HistoryError::Decode {
                org: state.org.clone(),
                after: state.position,
                source,
            })?;
        if event.ledger != self.ledger {
            return Err(HistoryError::OtherLedger {
                org: state.org.clone(),
                position: event.position,
                found: event.ledger.to_string(),
            });
        }
        let position = event.position;
        // A view may be ahead of its place in the log; positions tell what it has already.
        if position > state.position {
            state.apply(event).map_err(|source| HistoryError::Fold {
                org: state.org.clone(),
                source,
            })?;
        }
        Ok(position)
    }
}

impl Account for Folding {
    fn take(&mut self, commit: Commit<'_>) -> Result<(), HistoryError> {
        let mut expected = commit.first;
        let mut found = 0;
        for line in lines(commit.lines) {
            if self.fold(line)? != expected {
                return Err(commit_is_wrong(commit));
            }
            expected = expected.next();
            found += 1;
        }
        if found == commit.events {
            Ok(())
        } else {
            Err(commit_is_wrong(commit))
        }
    }
}

fn commit_is_wrong(commit: Commit<'_>) -> HistoryError {
    HistoryError::Commit {
        org: commit.org.clone(),
        first: commit.first,
        said: commit.events,
    }
}

//! Reading an organisation's history out of a log, and folding it as known at any point.

use netgain_events::event::Event;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::{FoldError, Organisation};
use netgain_events::wire::{self, DecodeError};

use crate::log::{Cursor, End, LogRead, ReadError};
use crate::views::Views;

/// Why a history could not be read or folded. Nothing is skipped.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The log could not be read to its end.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An event's line is not one this version can read.
    #[error("the history of {org} cannot be read after position {after}")]
    Decode {
        /// Whose history.
        org: OrgId,
        /// The last position that could be read.
        after: Position,
        /// What is wrong with the line.
        #[source]
        source: DecodeError,
    },
    /// An event does not follow from the history before it.
    #[error("the history of {org} does not fold")]
    Fold {
        /// Whose history.
        org: OrgId,
        /// What does not follow.
        #[source]
        source: FoldError,
    },
    /// An event belongs to another ledger.
    #[error("event {position} of {org} belongs to another ledger, {found}")]
    OtherLedger {
        /// Whose history.
        org: OrgId,
        /// The event's position.
        position: Position,
        /// The ledger it names.
        found: String,
    },
    /// A commit does not hold the events it says it holds.
    #[error(
        "a commit of {org} says that it holds {said} events from position {first} and does not"
    )]
    Commit {
        /// Whose commit.
        org: OrgId,
        /// Its first position.
        first: Position,
        /// How many events it says it holds.
        said: u32,
    },
}

/// What was known when (ruleset section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownAt {
    /// Everything recorded so far.
    Latest,
    /// The events up to that position.
    Position(Position),
    /// The events recorded at or before that moment.
    Time(RecordedAt),
}

impl KnownAt {
    /// Whether an event was known by then.
    #[must_use]
    pub fn includes(self, event: &Event) -> bool {
        match self {
            Self::Latest => true,
            Self::Position(last) => event.position <= last,
            Self::Time(last) => event.recorded_at <= last,
        }
    }
}

/// The lines of a commit, without their line feeds.
pub fn lines(commit_lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', commit_lines).map(move |at| {
        let line = commit_lines.get(from..at).unwrap_or_default();
        from = at + 1;
        line
    })
}

/// Shows every event of an organisation after `from` as its stored line and decoded, in order.
///
/// # Errors
/// The log cannot be read, or a line is not an event; what was shown until then stands.
pub fn read_events(
    log: &dyn LogRead,
    from: &Cursor,
    org: &OrgId,
    visit: &mut dyn FnMut(&[u8], Event),
) -> Result<End, HistoryError> {
    let mut after = Position::ZERO;
    let mut failed = None;
    let end = log.read(from, Some(org), &mut |commit| {
        for line in lines(commit.lines) {
            if failed.is_some() {
                return;
            }
            match wire::decode(line) {
                Ok(event) => {
                    after = event.position;
                    visit(line, event);
                }
                Err(source) => {
                    failed = Some(HistoryError::Decode {
                        org: org.clone(),
                        after,
                        source,
                    });
                }
            }
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(end),
    }
}

/// The folded state of one organisation as known at a point. An organisation that the log does not
/// have is at position zero.
///
/// # Errors
/// The log cannot be read, or the history does not fold.
pub fn fold(
    log: &dyn LogRead,
    views: Option<&dyn Views>,
    org: &OrgId,
    known_at: KnownAt,
) -> Result<Organisation, HistoryError> {
    // Views hold the latest state; an earlier one is folded from the beginning.
    if let (KnownAt::Latest, Some(views)) = (known_at, views) {
        // The place first: a state stored after it is only ahead of it, which positions tell.
        let cursor = views.extent().cursor;
        let start = views.load(org);
        if let Ok(kept) = start
            && let Ok(folded) = fold_from(
                log,
                &cursor,
                kept.unwrap_or_else(|| Organisation::new(org.clone())),
                known_at,
            )
        {
            return Ok(folded);
        }
        // Whatever is wrong with the views, the log has everything.
    }
    fold_from(
        log,
        &Cursor::default(),
        Organisation::new(org.clone()),
        known_at,
    )
}

/// The same, going on from a state and a place in the log before which it has everything.
pub(crate) fn fold_from(
    log: &dyn LogRead,
    from: &Cursor,
    mut state: Organisation,
    known_at: KnownAt,
) -> Result<Organisation, HistoryError> {
    let org = state.org.clone();
    let mut failed = None;
    read_events(log, from, &org, &mut |_, event| {
        // A view may be ahead of its place in the log; positions tell what it has already.
        let is_new = event.position > state.position;
        if failed.is_none()
            && is_new
            && known_at.includes(&event)
            && let Err(source) = state.apply(event)
        {
            failed = Some(HistoryError::Fold {
                org: org.clone(),
                source,
            });
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(state),
    }
}

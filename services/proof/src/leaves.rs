//! An organisation's log as leaves: what it takes to seal it further, kept while its commits are read.

use netgain_events::fact::FactKind;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::accounts::Account;
use netgain_ledger::history::{HistoryError, lines};
use netgain_ledger::log::Commit;
use netgain_verify::checkpoint::Checkpoint;
use netgain_verify::tlog::{Frontier, Hash, leaf_hash};

use crate::alarm::Finding;
use crate::leaf_hashes::Run;

/// How every event's line begins, up to its type (netgain-events, *wire*).
const LINE_START: &[u8] = b"{\"schema\":1,\"type\":\"";

/// The most hashes of unsealed leaves that are kept for the file beside the checkpoints, of one
/// organisation: 256 MB. Those beyond are not written there, which makes an alarm less exact.
const UNSEALED_MAX: usize = 8 * 1024 * 1024;

/// A size that the log had, and the root it had then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Mark {
    pub(crate) fn of(checkpoint: &Checkpoint) -> Self {
        Self {
            size: checkpoint.size,
            root: checkpoint.root,
        }
    }
}

/// The leaves of an organisation's log, kept while its commits are read in order.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    frontier: Frontier,
    /// What its newest checkpoint covers.
    sealed: Option<Mark>,
    /// The root that the log had at that size, once it has been read so far.
    passed: Option<Hash>,
    /// Where statements stand beyond what is sealed.
    statements: Vec<Mark>,
    /// The hashes of the leaves beyond what is sealed, up to [`UNSEALED_MAX`].
    unsealed: Vec<Hash>,
    /// Where its positions stop to follow each other. Nothing after it is read.
    gap: Option<Finding>,
}

impl Leaves {
    /// Before the first event of an organisation with that newest checkpoint.
    pub(crate) fn new(sealed: Option<Mark>) -> Self {
        Self {
            sealed,
            ..Self::default()
        }
    }

    /// Takes the next commit.
    pub(crate) fn push(&mut self, commit: Commit<'_>) {
        if self.gap.is_some() {
            return;
        }
        let expected = Position::new(self.frontier.size()).next();
        if commit.first != expected {
            let found = commit.first;
            self.gap = Some(Finding::Gap { expected, found });
            return;
        }
        for line in lines(commit.lines) {
            self.push_line(line);
        }
        let next = commit.first.get().saturating_add(commit.events.into());
        let (expected, found) = (self.last().next(), Position::new(next));
        if expected != found {
            self.gap = Some(Finding::Gap { expected, found });
        }
    }

    fn push_line(&mut self, line: &[u8]) {
        let leaf = leaf_hash(line);
        self.frontier.push(leaf);
        let size = self.frontier.size();
        let sealed = self.sealed_size();
        if size == sealed {
            self.passed = Some(self.frontier.root());
        }
        if size > sealed {
            if self.unsealed.len() < UNSEALED_MAX {
                self.unsealed.push(leaf);
            }
            if is_statement(line) {
                self.statements.push(self.edge());
            }
        }
    }

    /// The last position read.
    pub(crate) fn last(&self) -> Position {
        Position::new(self.frontier.size())
    }

    /// Whether the log was what its newest checkpoint says when it had that size.
    pub(crate) fn agrees(&self) -> bool {
        self.sealed
            .is_none_or(|sealed| self.passed == Some(sealed.root))
    }

    /// Where its positions stop to follow each other, if they do.
    pub(crate) const fn gap(&self) -> Option<Finding> {
        self.gap
    }

    /// Where checkpoints are due, in order: at every statement, and at the log's edge. Nowhere if it
    /// has not grown.
    pub(crate) fn due(&self) -> Vec<Mark> {
        let mut due = self.statements.clone();
        if self.frontier.size() > due.last().map_or(self.sealed_size(), |last| last.size) {
            due.push(self.edge());
        }
        due
    }

    /// The leaves beyond what is sealed.
    pub(crate) fn unsealed<'a>(&'a self, org: &'a OrgId) -> Run<'a> {
        Run {
            org,
            first: self.sealed_size() + 1,
            hashes: &self.unsealed,
        }
    }

    /// All that was read is sealed now.
    pub(crate) fn seal(&mut self) {
        let edge = self.edge();
        self.sealed = Some(edge);
        self.passed = Some(edge.root);
        self.statements = Vec::new();
        self.unsealed = Vec::new();
    }

    /// The last position that its newest checkpoint covers.
    pub(crate) fn sealed(&self) -> Position {
        Position::new(self.sealed_size())
    }

    fn sealed_size(&self) -> u64 {
        self.sealed.map_or(0, |sealed| sealed.size)
    }

    fn edge(&self) -> Mark {
        Mark {
            size: self.frontier.size(),
            root: self.frontier.root(),
        }
    }
}

impl Account for Leaves {
    fn take(&mut self, commit: Commit<'_>) -> Result<(), HistoryError> {
        self.push(commit);
        Ok(())
    }
}

/// Whether an event's line is a statement's, by how it begins: nothing is decoded to seal it.
fn is_statement(line: &[u8]) -> bool {
    let statement = FactKind::StatementIssued.event_type().as_bytes();
    line.strip_prefix(LINE_START)
        .and_then(|rest| rest.strip_prefix(statement))
        .is_some_and(|rest| rest.first() == Some(&b'"'))
}

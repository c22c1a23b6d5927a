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

    fn at_edge(frontier: &Frontier) -> Self {
        Self {
            size: frontier.size(),
            root: frontier.root(),
        }
    }
}

/// What came of holding what was read to one more checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// It agrees; or it will be seen once the log was read that far.
    Fine,
    /// The log is another one.
    Different,
    /// It is not known any more what the log was at that size: it has to be read again.
    Unknown,
}

/// The leaves of an organisation's log, kept while its commits are read in order.
#[derive(Clone, Debug, Default)]
pub struct Leaves {
    frontier: Frontier,
    /// What its newest checkpoint covers.
    sealed: Option<Mark>,
    /// The log as it was at that size, once it has been read so far; before, as it was at the newest
    /// checkpoint that it has passed.
    base: Frontier,
    /// The size of the newest checkpoint that it was found to agree with.
    agreed: u64,
    /// Where statements stand beyond what is sealed.
    statements: Vec<Mark>,
    /// The hashes of the leaves beyond the base, without gaps, up to [`UNSEALED_MAX`].
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
            self.base = self.frontier.clone();
            self.compare();
        }
        if size > sealed {
            if self.unsealed.len() < UNSEALED_MAX && self.known_to().saturating_add(1) == size {
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
        self.agreed == self.sealed_size()
    }

    /// Notes whether it is what its newest checkpoint says, once it has been read so far.
    fn compare(&mut self) {
        let is_same = |sealed: &Mark| *sealed == Mark::at_edge(&self.base);
        if let Some(sealed) = self.sealed.filter(is_same) {
            self.agreed = sealed.size;
        }
    }

    /// What is wrong with it, of all that can be seen without what was sealed.
    pub(crate) fn wrong(&self) -> Option<Finding> {
        let has_passed = self.base.size() == self.sealed_size();
        match self.gap {
            None if has_passed && !self.agrees() => {
                let (from, to) = (Position::new(self.agreed).next(), self.sealed());
                Some(Finding::Different { from, to })
            }
            gap => gap,
        }
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

    /// The leaves beyond what is sealed, up to that size.
    pub(crate) fn unsealed_to<'a>(&'a self, org: &'a OrgId, size: u64) -> Run<'a> {
        let first = self.base.size().saturating_add(1);
        let count = size.saturating_sub(self.base.size());
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Run {
            org,
            first,
            hashes: self.unsealed.get(..count).unwrap_or(&self.unsealed),
        }
    }

    /// Holds it to its next checkpoint: what that covers is sealed now.
    pub(crate) fn hold_to(&mut self, sealed: Mark) -> Held {
        let read = self.frontier.size();
        if sealed.size >= read {
            self.unsealed = Vec::new();
            self.statements = Vec::new();
            self.sealed = Some(sealed);
            if sealed.size > read {
                return Held::Fine;
            }
            self.base = self.frontier.clone();
        } else if sealed.size > self.known_to() {
            return Held::Unknown;
        } else {
            let covered = sealed.size.saturating_sub(self.base.size());
            let covered = usize::try_from(covered).unwrap_or(usize::MAX);
            for leaf in self.unsealed.drain(..covered.min(self.unsealed.len())) {
                self.base.push(leaf);
            }
            self.statements.retain(|mark| mark.size > sealed.size);
            self.sealed = Some(sealed);
        }
        self.compare();
        if self.agrees() {
            Held::Fine
        } else {
            Held::Different
        }
    }

    /// Up to which size it is known what the log was at each.
    fn known_to(&self) -> u64 {
        let known = u64::try_from(self.unsealed.len()).unwrap_or(u64::MAX);
        self.base.size().saturating_add(known)
    }

    /// The last position that its newest checkpoint covers.
    pub(crate) fn sealed(&self) -> Position {
        Position::new(self.sealed_size())
    }

    fn sealed_size(&self) -> u64 {
        self.sealed.map_or(0, |sealed| sealed.size)
    }

    fn edge(&self) -> Mark {
        Mark::at_edge(&self.frontier)
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

//! An organisation's events up to a statement, as a bundle carries them, and which of them are behind
//! its figure.

use std::thread;

use netgain_events::event::Event;
use netgain_events::fact::{Fact, Statement};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_events::wire;
use netgain_ledger::history::lines;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_projections::basis::Basis;
use netgain_projections::effects::{Figure, Follower};
use netgain_verify::tlog::{Hash, leaf_hash};

use super::BundleError;

/// The most bytes of event lines that a bundle holds (docs/BUNDLE.md, *The archive*).
const LINES_BYTES_MAX: usize = 2 << 30;

/// The events up to a statement.
pub(super) struct History {
    org: OrgId,
    position: Position,
    /// Each line with its line feed.
    pub(super) lines: Vec<u8>,
    /// The leaf hash of each line.
    pub(super) leaves: Vec<Hash>,
}

/// What is behind a statement's figure.
pub(super) struct Behind {
    /// The leaf numbers, from 0, of the events with an effect on any basis, in order.
    pub(super) leaves: Vec<u64>,
    follower: Follower,
}

impl Behind {
    /// The organisation as it was just before the statement.
    pub(super) const fn state(&self) -> &Organisation {
        self.follower.state()
    }
}

impl History {
    /// Reads the events up to that position.
    pub(super) fn read(
        log: &dyn LogRead,
        org: &OrgId,
        position: Position,
    ) -> Result<Self, BundleError> {
        let mut history = Self {
            org: org.clone(),
            position,
            lines: Vec::new(),
            leaves: Vec::new(),
        };
        let size = usize::try_from(position.get()).unwrap_or(usize::MAX);
        log.read(&Cursor::default(), Some(org), &mut |commit| {
            for line in lines(commit.lines) {
                if history.leaves.len() < size && history.lines.len() <= LINES_BYTES_MAX {
                    history.lines.extend_from_slice(line);
                    history.lines.push(b'\n');
                    history.leaves.push(leaf_hash(line));
                }
            }
        })?;
        if history.lines.len() > LINES_BYTES_MAX {
            Err(BundleError::TooLarge { org: org.clone() })
        } else if history.leaves.len() < size {
            Err(history.no_statement())
        } else {
            Ok(history)
        }
    }

    /// The last line, with its line feed.
    pub(super) fn last_line(&self) -> &[u8] {
        let mut lines = self.lines.split_inclusive(|&byte| byte == b'\n');
        lines.next_back().unwrap_or_default()
    }

    /// The statement, which the last event must be.
    pub(super) fn statement(&self) -> Result<Statement, BundleError> {
        let last = lines(self.last_line())
            .next()
            .ok_or_else(|| self.no_statement())?;
        let Fact::StatementIssued(statement) = decode(last, self.position)?.fact else {
            return Err(self.no_statement());
        };
        Ok(*statement)
    }

    /// Follows the three bases of a year through the events before the statement.
    pub(super) fn behind(&self, year: FinancialYear) -> Result<Behind, BundleError> {
        thread::scope(|scope| {
            let narrower = [Basis::Validated, Basis::Assured];
            let narrower = narrower.map(|basis| scope.spawn(move || self.follow(year, basis)));
            let (follower, mut leaves) = self.follow(year, Basis::Claimed)?;
            for thread in narrower {
                // A panic there is a bug; it is passed on.
                let narrower = thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                let (_, more) = narrower?;
                leaves.extend(more);
            }
            leaves.sort_unstable();
            leaves.dedup();
            Ok(Behind { leaves, follower })
        })
    }

    /// Follows one basis, and gives the leaf numbers of the events with an effect on it.
    fn follow(
        &self,
        year: FinancialYear,
        basis: Basis,
    ) -> Result<(Follower, Vec<u64>), BundleError> {
        let figure = Figure {
            year,
            basis,
            claim: None,
        };
        let mut follower = Follower::new(self.org.clone(), figure, &NI179_V1);
        let mut leaves = Vec::new();
        for (leaf, line) in (0..self.position.get().saturating_sub(1)).zip(lines(&self.lines)) {
            let event = decode(line, Position::new(leaf).next())?;
            if follower.apply(event)?.is_some() {
                leaves.push(leaf);
            }
        }
        Ok((follower, leaves))
    }

    fn no_statement(&self) -> BundleError {
        BundleError::NoStatement {
            org: self.org.clone(),
            position: self.position,
        }
    }
}

fn decode(line: &[u8], position: Position) -> Result<Event, BundleError> {
    wire::decode(line).map_err(|source| BundleError::Decode { position, source })
}

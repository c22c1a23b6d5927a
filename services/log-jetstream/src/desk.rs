//! What waits to be written of one organisation.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use netgain_events::identifier::Position;
use netgain_ledger::log::{COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX, Commit, Lineage};

/// The end of an organisation's history in its stream, as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    /// The sequence of its last message; 0 if there is none.
    pub(crate) sequence: u64,
    /// The position that comes next.
    pub(crate) next: Position,
}

/// Commits that will be one message.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) first: Position,
    pub(crate) events: u32,
    pub(crate) lines: Vec<u8>,
    /// The appends' numbers, ascending.
    pub(crate) numbers: Vec<u64>,
    /// Nothing where the writer did not say what it builds on.
    pub(crate) lineage: Option<Arc<Lineage>>,
}

impl Batch {
    fn of(commit: Commit<'_>, number: u64, lineage: Option<&Arc<Lineage>>) -> Self {
        Self {
            first: commit.first,
            events: commit.events,
            lines: commit.lines.to_vec(),
            numbers: vec![number],
            lineage: lineage.cloned(),
        }
    }

    /// The position after its last event. A commit at the very end of what positions can count has none.
    pub(crate) fn next(&self) -> Position {
        Position::new(self.first.get().saturating_add(self.events.into()))
    }

    /// Whether a commit can be put behind the others: it follows them, and all together are still one
    /// commit.
    fn has_room(&self, commit: Commit<'_>, lineage: Option<&Arc<Lineage>>) -> bool {
        let same = match (&self.lineage, lineage) {
            (Some(mine), Some(other)) => Arc::ptr_eq(mine, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same && self.next() == commit.first
            && self.events + commit.events <= COMMIT_EVENTS_MAX
            && self.lines.len() + commit.lines.len() <= COMMIT_BYTES_MAX
    }

    fn push(&mut self, commit: Commit<'_>, number: u64) {
        self.events += commit.events;
        self.lines.extend_from_slice(commit.lines);
        self.numbers.push(number);
    }
}

/// Where an organisation's commits wait while one of them is under way.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    waiting: VecDeque<Batch>,
    /// Whether somebody takes what waits.
    pub(crate) is_manned: bool,
    /// Nothing where it must be asked for.
    pub(crate) tip: Option<Tip>,
    /// When another process was last noticed that writes the same history.
    pub(crate) others_at: Option<Instant>,
}

impl Desk {
    /// Puts a commit behind those that wait, into the last of them if it fits.
    pub(crate) fn push(&mut self, commit: Commit<'_>, number: u64, lineage: Option<&Arc<Lineage>>) {
        match self.waiting.back_mut() {
            Some(last) if last.has_room(commit, lineage) => last.push(commit, number),
            Some(_) | None => self.waiting.push_back(Batch::of(commit, number, lineage)),
        }
    }

    /// Takes out what waits of a lineage: puts the appends' numbers behind the others, and says how many
    /// bytes they had.
    pub(crate) fn void(&mut self, lineage: &Arc<Lineage>, numbers: &mut Vec<u64>) -> usize {
        let mut bytes = 0;
        self.waiting.retain(|batch| {
            let keeps = batch
                .lineage
                .as_ref()
                .is_none_or(|other| !Arc::ptr_eq(other, lineage));
            if !keeps {
                numbers.extend(&batch.numbers);
                bytes += batch.lines.len();
            }
            keeps
        });
        bytes
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes what comes next.
    pub(crate) fn pop(&mut self) -> Option<Batch> {
        self.waiting.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::identifier::OrgId;

    use super::*;

    fn push(
        desk: &mut Desk,
        first: u64,
        events: u32,
        bytes: usize,
        lineage: Option<&Arc<Lineage>>,
    ) {
        let org: OrgId = "E07000082".parse().unwrap();
        let lines = vec![b'\n'; bytes];
        let first = Position::new(first);
        let commit = Commit {
            org: &org,
            first,
            events,
            lines: &lines,
        };
        desk.push(commit, first.get(), lineage);
    }

    /// The appends that went into each message.
    fn messages(desk: &mut Desk) -> Vec<Vec<u64>> {
        std::iter::from_fn(|| desk.pop())
            .map(|batch| batch.numbers)
            .collect()
    }

    #[test]
    fn commits_that_follow_each_other_are_put_together() {
        let mut desk = Desk::default();
        push(&mut desk, 1, 2, 10, None);
        push(&mut desk, 3, 1, 10, None);
        push(&mut desk, 4, 1, 10, None);
        let batch = desk.pop().unwrap();
        assert_eq!(
            (batch.first.get(), batch.events, batch.lines.len()),
            (1, 4, 30)
        );
        assert_eq!(batch.next(), Position::new(5));
    }

    #[test]
    fn what_would_be_too_large_or_does_not_follow_is_a_message_of_its_own() {
        let mut desk = Desk::default();
        push(&mut desk, 1, 1, COMMIT_BYTES_MAX - 1, None);
        push(&mut desk, 2, 1, 1, None);
        push(&mut desk, 3, 1, 1, None);
        push(&mut desk, 4, COMMIT_EVENTS_MAX - 1, 1, None);
        push(&mut desk, 3 + u64::from(COMMIT_EVENTS_MAX), 1, 1, None);
        push(&mut desk, u64::MAX, 1, 1, None);
        let most = 3 + u64::from(COMMIT_EVENTS_MAX);
        assert_eq!(
            messages(&mut desk),
            [vec![1, 2], vec![3, 4], vec![most], vec![u64::MAX]]
        );
    }

    #[test]
    fn what_builds_on_something_else_is_a_message_of_its_own() {
        let mut desk = Desk::default();
        let lineages = [Arc::new(Lineage::default()), Arc::default()];
        push(&mut desk, 1, 1, 1, Some(&lineages[0]));
        push(&mut desk, 2, 1, 1, Some(&lineages[0]));
        push(&mut desk, 3, 1, 1, Some(&lineages[1]));
        push(&mut desk, 4, 1, 1, None);
        assert_eq!(messages(&mut desk), [vec![1, 2], vec![3], vec![4]]);
    }
}

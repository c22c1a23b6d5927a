//! What waits to be written of one organisation.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use netgain_events::identifier::Position;
use netgain_ledger::log::{COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX, Commit, Lineage};

/// How long others are reckoned with after they were last noticed.
const OTHERS_FOR: Duration = Duration::from_secs(1);

/// The end of an organisation's history in its stream, as last seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    /// The sequence of its last message; 0 if there is none.
    pub(crate) sequence: u64,
    /// The position that comes next.
    pub(crate) next: Position,
}

/// Commits of one organisation that will be one message.
#[derive(Debug)]
pub(crate) struct Gathered {
    pub(crate) first: Position,
    pub(crate) events: u32,
    pub(crate) lines: Vec<u8>,
    /// The appends' numbers, ascending.
    pub(crate) numbers: Vec<u64>,
    /// Nothing where the writer did not say what it builds on.
    pub(crate) lineage: Option<Arc<Lineage>>,
}

impl Gathered {
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
    waiting: VecDeque<Gathered>,
    /// Whether something of it is under way, or its turn will come.
    is_busy: bool,
    /// Nothing where it must be asked for.
    tip: Option<Tip>,
    /// When another process was last noticed that writes the same history.
    others_at: Option<Instant>,
}

impl Desk {
    /// Puts a commit behind those that wait, into the last of them if it fits.
    pub(crate) fn push(&mut self, commit: Commit<'_>, number: u64, lineage: Option<&Arc<Lineage>>) {
        match self.waiting.back_mut() {
            Some(last) if last.has_room(commit, lineage) => last.push(commit, number),
            Some(_) | None => self
                .waiting
                .push_back(Gathered::of(commit, number, lineage)),
        }
    }

    /// Takes out what waits of a lineage: puts the appends' numbers behind the others, and says how many
    /// bytes they had.
    pub(crate) fn void(&mut self, lineage: &Arc<Lineage>, numbers: &mut Vec<u64>) -> usize {
        let mut bytes = 0;
        self.waiting.retain(|gathered| {
            let keeps = gathered
                .lineage
                .as_ref()
                .is_none_or(|other| !Arc::ptr_eq(other, lineage));
            if !keeps {
                numbers.extend(&gathered.numbers);
                bytes += gathered.lines.len();
            }
            keeps
        });
        bytes
    }

    /// Whether what waits has to be given a turn: it has one from now on.
    pub(crate) fn begins(&mut self) -> bool {
        let begins = !self.is_busy && !self.waiting.is_empty();
        self.is_busy |= begins;
        begins
    }

    /// Notes that nothing is under way any more, and where the history ends now, as far as that is known.
    pub(crate) fn end(&mut self, tip: Option<Tip>) {
        self.is_busy = false;
        self.tip = tip;
    }

    /// Notes that another process writes the same history.
    pub(crate) fn note_others(&mut self) {
        self.others_at = Some(Instant::now());
    }

    /// Whether another one has done so not long ago.
    pub(crate) fn has_others(&self) -> bool {
        self.others_at.is_some_and(|at| at.elapsed() < OTHERS_FOR)
    }

    /// Where the history ends, if what comes next is known to follow that, and nobody else is known to write it: then
    /// nothing stands against sending it together with what others wait for.
    pub(crate) fn follows(&self) -> Option<Tip> {
        let next = self.waiting.front()?;
        self.tip
            .filter(|tip| tip.next == next.first && !self.has_others())
    }

    /// How many bytes of lines come next.
    pub(crate) fn bytes(&self) -> usize {
        self.waiting.front().map_or(0, |next| next.lines.len())
    }

    /// Takes what comes next, and where the history ended as far as that is known.
    pub(crate) fn pop(&mut self) -> Option<(Gathered, Option<Tip>)> {
        let next = self.waiting.pop_front()?;
        Some((next, self.tip.take()))
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
            .map(|(gathered, _)| gathered.numbers)
            .collect()
    }

    #[test]
    fn commits_that_follow_each_other_are_put_together() {
        let mut desk = Desk::default();
        push(&mut desk, 1, 2, 10, None);
        push(&mut desk, 3, 1, 10, None);
        push(&mut desk, 4, 1, 10, None);
        let (gathered, _) = desk.pop().unwrap();
        assert_eq!(
            (gathered.first.get(), gathered.events, gathered.lines.len()),
            (1, 4, 30)
        );
        assert_eq!(gathered.next(), Position::new(5));
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
    fn only_what_is_known_to_follow_goes_together_with_others() {
        let mut desk = Desk::default();
        assert!(!desk.begins());
        push(&mut desk, 5, 1, 10, None);
        assert!(desk.begins() && !desk.begins());
        assert_eq!((desk.follows(), desk.bytes()), (None, 10));
        let tip = |next| Tip {
            sequence: 7,
            next: Position::new(next),
        };
        for (known, follows) in [(4, false), (5, true), (6, false)] {
            desk.end(Some(tip(known)));
            assert_eq!(desk.follows().is_some(), follows, "{known}");
        }
        desk.end(Some(tip(5)));
        desk.note_others();
        assert_eq!(desk.follows(), None);
        assert!(desk.begins(), "it waits still");
        let (gathered, known) = desk.pop().unwrap();
        assert_eq!((gathered.first, known), (Position::new(5), Some(tip(5))));
        desk.end(None);
        assert!(!desk.begins());
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

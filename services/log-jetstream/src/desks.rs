//! What waits to be written, of all organisations: a desk for each, and for each shard whose turn comes when.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use netgain_events::identifier::OrgId;
use netgain_ledger::log::{COMMIT_BYTES_MAX, Commit, Lineage};

use crate::desk::{Desk, Gathered, Tip};
use crate::publish::BATCH_MESSAGES_MAX;

/// How many bytes of lines a batch may have, unless it is a single commit: as many as one may. A server holds a batch
/// in memory until it is whole, and its followers get all of it at once: what they have to bear so for one commit is
/// no more for a batch.
const BATCH_BYTES_MAX: usize = COMMIT_BYTES_MAX;

/// How many batches a shard may have under way: while the servers agree on one, the next is made. With more, batches
/// become more and smaller, and each costs a server that syncs by itself some milliseconds (docs/SCALE.md).
const CARRIERS_MAX: usize = 2;

/// Where commits wait.
#[derive(Debug)]
pub(crate) struct Desks {
    /// One for each organisation that was written since the log was opened: as many as the ledger has in
    /// memory.
    organisations: HashMap<OrgId, Desk>,
    /// How many bytes of lines wait or are under way.
    bytes: usize,
    shards: Vec<Turns>,
}

/// Whose turn comes in a shard.
#[derive(Debug, Default)]
struct Turns {
    /// Those of whom something waits and nothing is under way, each once.
    organisations: VecDeque<OrgId>,
    /// How many take what waits.
    carriers: usize,
}

/// What is to be sent next of a shard.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// What can go as one batch: of each organisation what comes next, and what that follows.
    pub(crate) together: Vec<(OrgId, Gathered, Tip)>,
    /// Whose next message has to go by itself; it is still on its desk.
    pub(crate) alone: Vec<OrgId>,
}

impl Desks {
    /// Empty ones of so many shards.
    pub(crate) fn new(shards: u32) -> Self {
        Self {
            organisations: HashMap::new(),
            bytes: 0,
            shards: (0..shards).map(|_| Turns::default()).collect(),
        }
    }

    /// How many bytes of lines wait or are under way.
    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// An organisation's desk, if it has one.
    pub(crate) fn of(&mut self, org: &OrgId) -> Option<&mut Desk> {
        self.organisations.get_mut(org)
    }

    /// Puts a commit on its organisation's desk.
    pub(crate) fn push(
        &mut self,
        shard: u32,
        commit: Commit<'_>,
        number: u64,
        lineage: Option<&Arc<Lineage>>,
    ) {
        self.bytes += commit.lines.len();
        let desk = match self.organisations.get_mut(commit.org) {
            Some(desk) => desk,
            None => self.organisations.entry(commit.org.clone()).or_default(),
        };
        desk.push(commit, number, lineage);
        self.queue(shard, commit.org);
    }

    /// Notes that nothing of an organisation is under way any more, and that so many bytes of lines are gone. Where
    /// its history ends is kept, as far as that is known.
    pub(crate) fn end(&mut self, shard: u32, org: &OrgId, bytes: usize, tip: Option<Tip>) {
        self.bytes -= bytes;
        if let Some(desk) = self.organisations.get_mut(org) {
            desk.end(tip);
            self.queue(shard, org);
        }
    }

    /// Takes what waits of a lineage off an organisation's desk: puts the appends' numbers behind the others.
    pub(crate) fn void(&mut self, org: &OrgId, lineage: &Arc<Lineage>, numbers: &mut Vec<u64>) {
        if let Some(desk) = self.organisations.get_mut(org) {
            self.bytes -= desk.void(lineage, numbers);
        }
    }

    /// Whether one more is to take what waits of a shard; it is counted then.
    pub(crate) fn calls(&mut self, shard: u32) -> bool {
        let Some(turns) = self.turns(shard) else {
            return false;
        };
        let calls = turns.carriers < CARRIERS_MAX && !turns.organisations.is_empty();
        turns.carriers += usize::from(calls);
        calls
    }

    /// What goes next of a shard. Where nothing waits whoever asks is done, and counts no more.
    pub(crate) fn take(&mut self, shard: u32) -> Option<Load> {
        let Self {
            organisations,
            shards,
            ..
        } = self;
        let turns = shards.get_mut(usize::try_from(shard).ok()?)?;
        let (mut load, mut bytes) = (Load::default(), 0);
        while load.together.len() < BATCH_MESSAGES_MAX {
            let Some(org) = turns.organisations.pop_front() else {
                break;
            };
            let Some(desk) = organisations.get_mut(&org) else {
                continue;
            };
            let Some(tip) = desk.follows() else {
                load.alone.push(org);
                continue;
            };
            bytes += desk.bytes();
            if bytes > BATCH_BYTES_MAX && !load.together.is_empty() {
                turns.organisations.push_front(org);
                break;
            }
            if let Some((gathered, _)) = desk.pop() {
                load.together.push((org, gathered, tip));
            }
        }
        if load.together.is_empty() && load.alone.is_empty() {
            turns.carriers -= 1;
            return None;
        }
        Some(load)
    }

    /// Gives an organisation a turn, if something of it waits and nothing is under way.
    fn queue(&mut self, shard: u32, org: &OrgId) {
        let begins = self.of(org).is_some_and(Desk::begins);
        if let Some(turns) = self.turns(shard).filter(|_| begins) {
            turns.organisations.push_back(org.clone());
        }
    }

    fn turns(&mut self, shard: u32) -> Option<&mut Turns> {
        self.shards.get_mut(usize::try_from(shard).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::identifier::Position;

    use super::*;

    fn org(number: usize) -> OrgId {
        format!("ORG-{number}").parse().unwrap()
    }

    fn push(desks: &mut Desks, org: &OrgId, first: u64, bytes: usize) {
        let lines = vec![b'\n'; bytes];
        let commit = Commit {
            org,
            first: Position::new(first),
            events: 1,
            lines: &lines,
        };
        desks.push(0, commit, first, None);
    }

    /// What somebody takes who was called, if there was reason to.
    fn take(desks: &mut Desks) -> Option<Load> {
        desks.calls(0);
        desks.take(0)
    }

    /// Desks of organisations whose history is known to end at the position before 5.
    fn known(count: usize) -> Desks {
        let mut desks = Desks::new(1);
        for number in 0..count {
            push(&mut desks, &org(number), 4, 1);
        }
        let load = take(&mut desks).unwrap();
        for org in &load.alone {
            desks.of(org).unwrap().pop().unwrap();
            let next = Position::new(5);
            desks.end(0, org, 1, Some(Tip { sequence: 9, next }));
        }
        assert_eq!((load.alone.len(), desks.bytes()), (count, 0));
        desks
    }

    #[test]
    fn what_waits_of_all_goes_together_and_of_each_only_one_message_is_under_way() {
        let mut desks = known(3);
        for number in 0..3 {
            push(&mut desks, &org(number), 5, 10);
        }
        push(&mut desks, &org(0), 6, 10);
        push(&mut desks, &org(0), 9, 10);
        // What it would follow is not known.
        push(&mut desks, &org(7), 1, 10);
        let load = take(&mut desks).unwrap();
        let events = load.together.iter().map(|(org, gathered, tip)| {
            assert_eq!(tip.sequence, 9);
            (org.clone(), gathered.events)
        });
        let events: Vec<_> = events.collect();
        assert_eq!(events, [(org(0), 2), (org(1), 1), (org(2), 1)]);
        assert_eq!(load.alone, [org(7)]);
        push(&mut desks, &org(1), 6, 10);
        assert!(take(&mut desks).is_none(), "all of them are under way");
        desks.end(0, &org(1), 10, None);
        assert_eq!(take(&mut desks).unwrap().alone, [org(1)]);
        assert_eq!(desks.bytes(), 60);
    }

    #[test]
    fn a_batch_has_so_many_messages_and_bytes_and_no_more() {
        let mut desks = known(BATCH_MESSAGES_MAX + 1);
        for number in 0..=BATCH_MESSAGES_MAX {
            push(&mut desks, &org(number), 5, 1);
        }
        let sizes = |desks: &mut Desks| take(desks).map(|load| load.together.len());
        assert_eq!(sizes(&mut desks), Some(BATCH_MESSAGES_MAX));
        assert_eq!(sizes(&mut desks), Some(1));

        let mut desks = known(5);
        let bytes = [BATCH_BYTES_MAX - 1, 1, 1, BATCH_BYTES_MAX, 1];
        for (number, bytes) in bytes.into_iter().enumerate() {
            push(&mut desks, &org(number), 5, bytes);
        }
        let sizes: Vec<_> = std::iter::from_fn(|| sizes(&mut desks)).collect();
        assert_eq!(sizes, [2, 1, 1, 1]);
    }

    #[test]
    fn a_shard_has_so_many_carriers_while_something_waits() {
        let mut desks = Desks::new(2);
        assert!(!desks.calls(0));
        push(&mut desks, &org(1), 1, 1);
        let called = std::iter::from_fn(|| desks.calls(0).then_some(())).count();
        assert_eq!(called, CARRIERS_MAX);
        assert!(!desks.calls(1), "nothing waits there");
        assert!(desks.take(0).is_some() && desks.take(0).is_none());
        push(&mut desks, &org(2), 1, 1);
        assert!(desks.calls(0) && !desks.calls(0));
    }
}

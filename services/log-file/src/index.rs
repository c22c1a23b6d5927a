//! Where each organisation's commits are, so that one history is read without the others.
//!
//! The index is in memory only, 16 bytes a commit, and goes from the log's beginning to a place. What
//! holds a log to its seals reads all of it when it is opened, which fills the index on the way; a
//! history that is asked for reads on what the index lacks.

use std::collections::HashMap;

use netgain_events::identifier::OrgId;

use crate::frame::org_bytes;
use crate::place::Place;

/// Where one record is, and what checking it alone takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The segment's number.
    pub(crate) segment: u32,
    /// The offset of its header. A segment is far smaller than 4 GiB.
    pub(crate) offset: u32,
    /// The payload's length.
    pub(crate) length: u32,
    /// What the records' chain has come to before it.
    pub(crate) chain: u32,
}

impl Spot {
    /// Whether it stands before that place.
    fn is_before(&self, place: &Place) -> bool {
        (self.segment, u64::from(self.offset)) < (place.segment, place.offset)
    }
}

/// The spots of a stretch of the log, by organisation and in its order.
#[derive(Debug, Default)]
pub(crate) struct Spots(HashMap<[u8; 32], Vec<Spot>>);

impl Spots {
    /// Takes the record of that length at a place.
    pub(crate) fn push(&mut self, org: &[u8; 32], place: &Place, length: u32) {
        let spot = Spot {
            segment: place.segment,
            offset: u32::try_from(place.offset).unwrap_or(u32::MAX),
            length,
            chain: place.chain,
        };
        match self.0.get_mut(org) {
            Some(spots) => spots.push(spot),
            None => drop(self.0.insert(*org, vec![spot])),
        }
    }
}

/// The spots of all records from the log's beginning to a place.
#[derive(Debug)]
pub(crate) struct Index {
    spots: Spots,
    through: Place,
}

impl Index {
    /// The index of nothing, before the first record.
    pub(crate) fn at(start: Place) -> Self {
        Self {
            spots: Spots::default(),
            through: start,
        }
    }

    /// The place up to which it goes.
    pub(crate) const fn through(&self) -> &Place {
        &self.through
    }

    /// Takes the spots of what was read from one place to another. Only what begins where the index
    /// ends is of use to it.
    pub(crate) fn extend(&mut self, from: &Place, spots: Spots, to: &Place) {
        if *from != self.through || to.next <= from.next {
            return;
        }
        for (org, mut more) in spots.0 {
            self.spots.0.entry(org).or_default().append(&mut more);
        }
        self.through = to.clone();
    }

    /// An organisation's records between two places.
    pub(crate) fn between(&self, from: &Place, to: &Place, org: &OrgId) -> &[Spot] {
        let all = self.spots.0.get(&org_bytes(org));
        let all = all.map(Vec::as_slice).unwrap_or_default();
        let first = all.partition_point(|spot| spot.is_before(from));
        let end = all.partition_point(|spot| spot.is_before(to));
        all.get(first..end).unwrap_or_default()
    }
}

//! What happened to a gain, the newest first, and the evidence it was given.

use std::collections::VecDeque;

use netgain_answers::words;
use netgain_events::event::Event;
use netgain_events::identifier::{OrgId, Position};

use super::Looking;
use crate::link::Link;
use crate::pages::history::documents::Documents;
use crate::pages::history::people::{People, Who};
use crate::when::Moment;

/// The most events that the page of a gain shows; the history has them all.
pub const EVENTS_SHOWN_MAX: usize = 50;

/// What happened to a gain.
#[derive(Clone, Debug, Default)]
pub struct ClaimEvents {
    latest: VecDeque<Event>,
    count: usize,
    with_evidence: usize,
}

impl ClaimEvents {
    /// Adds the next event. Only as many are kept as are shown; all are counted.
    pub fn add(&mut self, event: Event) {
        self.count = self.count.saturating_add(1);
        if !event.evidence.is_empty() {
            self.with_evidence = self.with_evidence.saturating_add(1);
        }
        if self.latest.len() >= EVENTS_SHOWN_MAX {
            self.latest.pop_front();
        }
        self.latest.push_back(event);
    }

    /// The events that are shown, the oldest first.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn latest(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.latest.iter()
    }
}

/// The events of a gain.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    pub(super) entries: Vec<Entry>,
    /// Whether there are more.
    pub(super) all: Option<Link>,
    /// How many of the events name a document.
    pub(super) with_evidence: usize,
    pub(super) count: usize,
}

/// One event.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) position: Position,
    pub(super) link: Link,
    pub(super) when: Moment,
    pub(super) who: Who,
    pub(super) words: String,
    pub(super) note: Option<String>,
    pub(super) documents: Documents,
}

impl Timeline {
    pub(super) fn new(looking: &Looking<'_>) -> Self {
        let org = &looking.known.org;
        let events = looking.events;
        let all = Link::organisation(org)
            .to("history")
            .with("claim", looking.id);
        let entries = events.latest().rev();
        Self {
            entries: entries
                .map(|event| entry(org, event, looking.people))
                .collect(),
            all: (events.count > EVENTS_SHOWN_MAX).then_some(all),
            with_evidence: events.with_evidence,
            count: events.count,
        }
    }
}

fn entry(org: &OrgId, event: &Event, people: &People) -> Entry {
    Entry {
        position: event.position,
        link: Link::organisation(org).to("history").to(event.position),
        when: Moment::of(event.recorded_at),
        who: people.who(&event.actor),
        words: words::fact(&event.fact),
        note: event.note.as_ref().map(ToString::to_string),
        documents: Documents::new(&event.evidence),
    }
}

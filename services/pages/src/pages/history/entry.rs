//! One event in a timeline.

use askama::Template;
use netgain_answers::pounds::change;
use netgain_answers::words;
use netgain_events::event::Event;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_projections::effects::Effect;

use super::documents::Documents;
use super::kind;
use super::people::{People, Who, known_by};
use crate::link::Link;
use crate::when::Moment;

/// An event as somebody reads it going down a history.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/history/entry.html")]
pub(super) struct Entry {
    position: Position,
    link: Link,
    when: Moment,
    kind: String,
    who: Who,
    known_by: &'static str,
    claim: Option<(ClaimId, Link)>,
    words: String,
    effect: Option<String>,
    documents: Documents,
    note: Option<String>,
}

impl askama::filters::HtmlSafe for Entry {}

impl Entry {
    pub(super) fn new(
        org: &OrgId,
        event: &Event,
        effect: Option<&Effect>,
        people: &People,
    ) -> Self {
        let root = Link::organisation(org);
        let claim = event.fact.claim();
        Self {
            position: event.position,
            link: root.clone().to("history").to(event.position),
            when: Moment::of(event.recorded_at),
            kind: kind::words(event.fact.kind()),
            who: people.who(&event.actor),
            known_by: known_by(event.auth),
            claim: claim.map(|claim| (claim.clone(), root.to("claims").to(claim))),
            words: words::fact(&event.fact),
            effect: effect.map(|effect| change(effect.effect)),
            documents: Documents::new(&event.evidence),
            note: event.note.as_ref().map(ToString::to_string),
        }
    }
}

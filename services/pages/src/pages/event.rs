//! One event: in words, field by field, and as its exact bytes.

pub mod effects;
mod fields;

use askama::Template;
use netgain_answers::pounds::change;
use netgain_answers::words;
use netgain_events::event::Event;
use netgain_events::identifier::{ClaimId, Position};
use netgain_events::money::Sum;
use netgain_events::sha256::Sha256Hex;

use self::effects::YearEffect;
use self::fields::{Field, fields};
use super::history::documents::Documents;
use super::history::kind;
use super::history::people::{People, Who, known_by};
use crate::components::{Pagination, PaginationLink};
use crate::frame::Frame;
use crate::link::Link;
use crate::when::Moment;

/// An event as it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The stored line, without its line feed.
    pub line: Vec<u8>,
    /// What it says.
    pub event: Event,
    /// The hash of the line as a leaf of the organisation's tree (RFC 6962), in base64.
    pub leaf: String,
    /// What it did to the figures.
    pub effects: Vec<YearEffect>,
    /// The last position there is.
    pub last: Position,
}

/// An event with everything about it.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/event.html")]
pub struct EventPage {
    frame: Frame,
    who: Who,
    words: String,
    known_by: &'static str,
    when: Moment,
    claim: Option<ClaimShown>,
    note: Option<String>,
    documents: Documents,
    effects: Vec<EffectShown>,
    fields: Vec<Field>,
    text: String,
    sha256: Sha256Hex,
    leaf: String,
    bytes: Link,
    back: Link,
    pages: Pagination,
}

#[derive(Clone, Debug)]
struct ClaimShown {
    id: ClaimId,
    link: Link,
    history: Link,
}

#[derive(Clone, Debug)]
struct EffectShown {
    years: String,
    why: Link,
    effects: Vec<String>,
}

impl EventPage {
    /// What the page of an event is called.
    #[must_use]
    pub fn title(event: &Event) -> String {
        let kind = kind::words(event.fact.kind());
        format!("Event {}: {kind}", event.position)
    }

    /// An event that was found.
    #[must_use]
    pub fn new(frame: Frame, found: &Found, people: &People) -> Self {
        let Found { event, line, .. } = found;
        let root = Link::organisation(&event.org);
        let history = root.clone().to("history");
        let claim = event.fact.claim();
        let claim = claim.map(|claim| ClaimShown {
            id: claim.clone(),
            link: root.clone().to("claims").to(claim),
            history: history.clone().with("claim", claim),
        });
        // Most effects are the same for many years on.
        let same = |a: &YearEffect, b: &YearEffect| {
            a.effects == b.effects && a.year.next() == Some(b.year)
        };
        let effects = found.effects.chunk_by(same).filter_map(|alike| {
            let (first, last) = (alike.first()?, alike.last()?);
            Some(EffectShown {
                years: match alike {
                    [only] => only.year.to_string(),
                    _ => format!("{} to {}, each", first.year, last.year),
                },
                why: why(&root, first, event.fact.claim(), event.position),
                effects: first.effects.iter().map(|effect| shown(*effect)).collect(),
            })
        });
        Self {
            frame,
            who: people.who(&event.actor),
            words: words::fact(&event.fact),
            known_by: known_by(event.auth),
            when: Moment::of(event.recorded_at),
            claim,
            note: event.note.as_ref().map(ToString::to_string),
            documents: Documents::new(&event.evidence),
            effects: effects.collect(),
            fields: fields(line),
            // A line is UTF-8, or it would have been no event.
            text: String::from_utf8_lossy(line).into_owned(),
            sha256: Sha256Hex::of(line),
            leaf: found.leaf.clone(),
            bytes: history.clone().to(event.position).to("bytes"),
            pages: pages(&history, event.position, found.last),
            back: history.with("before", event.position.next()),
        }
    }
}

fn why(root: &Link, effect: &YearEffect, claim: Option<&ClaimId>, position: Position) -> Link {
    let why = root.clone().to("why").to(effect.year.path());
    why.with_some("claim", claim).with("position", position)
}

fn shown(effect: Sum) -> String {
    if effect == Sum::ZERO {
        "None".to_owned()
    } else {
        change(effect)
    }
}

fn pages(history: &Link, position: Position, last: Position) -> Pagination {
    let link = |to: Position, content: &str| {
        PaginationLink::new(history.clone().to(to))
            .content(content)
            .label_text(format!("Event {to}"))
    };
    let mut pages = Pagination::new().landmark_label("The events beside it");
    let before = Position::new(position.get().saturating_sub(1));
    if before > Position::ZERO {
        pages = pages.previous(link(before, "The event before"));
    }
    if position < last {
        pages = pages.next(link(position.next(), "The event after"));
    }
    pages
}

#[cfg(test)]
mod tests;

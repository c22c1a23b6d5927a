//! The history of an organisation as a timeline, the newest first.

pub mod documents;
mod entry;
pub mod filter;
pub mod kind;
pub mod people;

use askama::Template;
use netgain_events::event::Event;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_projections::effects::Effect;

use self::entry::Entry;
use self::filter::Filter;
use self::people::People;
use crate::components::{Button, Input, Pagination, PaginationLink, Select, SelectItem};
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;

/// What was found of a history for one page.
#[derive(Clone, Debug)]
pub struct Found {
    /// The events, the oldest first.
    pub events: Vec<Event>,
    /// The effects that some of them have on the validated figure of the year.
    pub effects: Vec<Effect>,
    /// The first and the last position that were looked at.
    pub looked_at: (Position, Position),
    /// Newer events follow after this position.
    pub newer_after: Option<Position>,
    /// Older events come before this position.
    pub older_before: Option<Position>,
}

/// A part of a history.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/history.html")]
pub struct HistoryPage {
    frame: Frame,
    address: Link,
    last: Position,
    known: Known,
    year: FinancialYear,
    filter: Filter,
    fields: Vec<Input>,
    kinds: Select,
    years: Select,
    show: Button,
    clear: Link,
    entries: Vec<Entry>,
    looked_at: (Position, Position),
    has_older: bool,
    pages: Option<Pagination>,
    related: Vec<(&'static str, Link)>,
}

impl HistoryPage {
    /// The events that were found, and how to go on from them. Effects are on the validated figure of
    /// `year`, one of `years`.
    #[must_use]
    pub fn new(
        frame: Frame,
        known: Known,
        (year, years): (FinancialYear, &[FinancialYear]),
        filter: Filter,
        found: &Found,
        people: &People,
    ) -> Self {
        let org = known.org.clone();
        let address = Link::organisation(&org).to("history");
        let effect_of = |event: &Event| {
            let mut effects = found.effects.iter();
            effects.find(|effect| effect.position == event.position)
        };
        let entry = |event| Entry::new(&org, event, effect_of(event), people);
        let entries: Vec<Entry> = found.events.iter().rev().map(entry).collect();
        let here = known.carry(filter.carry(address.clone()).with("year", year.path()));
        let years = years
            .iter()
            .map(|it| SelectItem::new(it.path(), it.to_string()).selected(*it == year));
        Self {
            clear: known.carry(address.clone().with("year", year.path())),
            address,
            last: known.position,
            fields: fields(&filter),
            kinds: Select::new("type", "Kind of event").items(kind::choices(filter.kind())),
            years: Select::new("year", "Show the effect on").items(years),
            show: Button::new("Show").secondary(),
            pages: pages(&here, found, &filter),
            related: related(&org, &known, year),
            looked_at: found.looked_at,
            has_older: found.older_before.is_some(),
            entries,
            filter,
            year,
            known,
            frame,
        }
    }
}

fn fields(filter: &Filter) -> Vec<Input> {
    let field = |name: &str, label: &str, value: Option<&str>| {
        Input::new(name, label)
            .value(value.unwrap_or_default())
            .spellcheck(false)
            .width(20)
    };
    vec![
        field("claim", "Claim", filter.claim()),
        field("actor", "Person’s id or name", filter.person()),
        field("q", "Words in the event", filter.text()),
    ]
}

fn pages(here: &Link, found: &Found, filter: &Filter) -> Option<Pagination> {
    let newer = found.newer_after.map(|after| {
        let content = if filter.is_empty() {
            "Newer events"
        } else {
            "Look at newer events"
        };
        PaginationLink::new(here.clone().with("after", after)).content(content)
    });
    let older = found.older_before.map(|before| {
        let content = if filter.is_empty() {
            "Older events"
        } else {
            "Look further back"
        };
        PaginationLink::new(here.clone().with("before", before)).content(content)
    });
    let mut pages = Pagination::new().landmark_label("Parts of the history");
    if newer.is_none() && older.is_none() {
        return None;
    }
    if let Some(newer) = newer {
        pages = pages.previous(newer);
    }
    if let Some(older) = older {
        pages = pages.next(older);
    }
    Some(pages)
}

fn related(org: &OrgId, known: &Known, year: FinancialYear) -> Vec<(&'static str, Link)> {
    let root = Link::organisation(org);
    let of_year = |page: &str| known.carry(root.clone().to(page).to(year.path()));
    vec![
        ("Why the figure is what it is", of_year("why")),
        ("What changed it between two dates", of_year("changes")),
        (
            "Draw an audit sample",
            root.clone().to("sample").with("year", year.path()),
        ),
        ("Check a figure yourself", root.to("proof")),
    ]
}

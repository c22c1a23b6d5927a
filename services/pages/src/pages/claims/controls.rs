//! The form that filters the list.

use std::collections::BTreeSet;

use askama::Template;
use netgain_events::vocabulary::Function;
use netgain_projections::totals::Totals;

use super::Asked;
use super::filter::{Order, STATUSES, Support};
use super::words::spoken;
use crate::components::{Button, Input, InputKind, Select, SelectItem};
use crate::link::Link;
use crate::plain_words::PlainWords;

/// The fields of the filter, as they stand in the address.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/claims_controls.html")]
pub(super) struct Controls {
    address: Link,
    keep: Vec<(&'static str, String)>,
    words: Input,
    selects: Vec<Select>,
    /// Whether one of them says something.
    open: bool,
    submit: Button,
}

impl askama::filters::HtmlSafe for Controls {}

impl Controls {
    pub(super) fn of(address: &Link, asked: &Asked, totals: &Totals<'_>) -> Self {
        let filter = &asked.filter;
        let known = &asked.known;
        let keep = [
            ("year", Some(asked.year.path())),
            ("position", known.asked_position.clone()),
            ("known_at", known.asked_known_at.clone()),
        ];
        let keep = keep.into_iter();
        let words = Input::new("q", "Reference, title, service or owner")
            .kind(InputKind::Search)
            .value(filter.words.clone().unwrap_or_default())
            .spellcheck(false);
        Self {
            address: address.clone(),
            keep: keep
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
            words,
            selects: vec![
                status(filter.status.map(|it| it.as_str())),
                function(filter.function),
                service(filter.service.as_deref(), totals),
                label(filter.label_text(), totals),
                support(filter.support),
                order(filter.order),
            ],
            open: filter.fields().iter().any(|(name, _)| *name != "q"),
            submit: Button::new("Apply filters").secondary(),
        }
    }
}

fn select(name: &str, label: &str, items: Vec<SelectItem>, chosen: &str) -> Select {
    Select::new(name, label).items(items).value(chosen)
}

fn any() -> SelectItem {
    SelectItem::new("", "Any")
}

fn status(chosen: Option<&str>) -> Select {
    let mut items = vec![any()];
    items.extend(STATUSES.map(|it| SelectItem::new(it.as_str(), spoken(it.as_str()))));
    select("status", "Status", items, chosen.unwrap_or_default())
}

fn function(chosen: Option<Function>) -> Select {
    let mut items = vec![any()];
    let all = Function::all().iter();
    items.extend(all.map(|it| SelectItem::new(it.word(), it.plain())));
    select(
        "function",
        "Function",
        items,
        chosen.map_or("", |it| it.as_str()),
    )
}

/// The services that claims name. One from the address that none names stays to be seen.
fn service(chosen: Option<&str>, totals: &Totals<'_>) -> Select {
    let named = totals.claims.iter();
    let named = named.filter_map(|line| line.claim.details.service.as_ref());
    let named: BTreeSet<&str> = named.map(|it| it.as_str()).chain(chosen).collect();
    let mut items = vec![any()];
    items.extend(named.into_iter().map(|it| SelectItem::new(it, it)));
    select("service", "Service", items, chosen.unwrap_or_default())
}

fn label(chosen: Option<String>, totals: &Totals<'_>) -> Select {
    let labels = totals.claims.iter();
    let labels = labels.filter_map(|line| line.claim.details.labels.as_ref());
    let named = labels.flatten().map(|(key, text)| format!("{key}:{text}"));
    let named: BTreeSet<String> = named.chain(chosen.clone()).collect();
    let mut items = vec![any()];
    items.extend(named.into_iter().map(|it| {
        let shown = it.replacen(':', ": ", 1);
        SelectItem::new(it, shown)
    }));
    select("label", "Label", items, &chosen.unwrap_or_default())
}

fn support(chosen: Option<Support>) -> Select {
    let mut items = vec![any()];
    items.extend(Support::ALL.map(|(_, word, text)| SelectItem::new(word, text)));
    select(
        "validated",
        "Validated",
        items,
        chosen.map_or("", Support::word),
    )
}

fn order(chosen: Order) -> Select {
    let items = Order::ALL.map(|(_, word, text)| SelectItem::new(word, text));
    select(
        "sort",
        "Sort by",
        items.into(),
        chosen.word().unwrap_or_default(),
    )
}

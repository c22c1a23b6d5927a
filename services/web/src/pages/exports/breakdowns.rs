//! A year by its headings, one below the other.

use std::collections::BTreeSet;

use netgain_events::identifier::LabelKey;
use netgain_pages::pages::claims::spoken;
use netgain_projections::reports::breakdown::{Heading, breakdown};
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, columns, overflow};
use crate::problem::Problem;

/// Labels with a breakdown of their own; an organisation uses a handful.
const LABELS_MAX: usize = 50;

pub(super) fn book(asked: &Asked) -> Result<Book, Problem> {
    let totals = netgain_answers::totals::totals(&asked.state, asked.year)?;
    let labels = asked.state.claims.values();
    let labels = labels.filter_map(|claim| claim.details.labels.as_ref());
    let labels: BTreeSet<&LabelKey> = labels.flat_map(|labels| labels.keys()).collect();
    let left_out = labels.len().saturating_sub(LABELS_MAX);
    let fixed = [
        ("Function", Heading::Function),
        ("Method", Heading::Method),
        ("Technique", Heading::Technique),
        ("Approach", Heading::Approach),
        ("Service", Heading::Service),
        ("Source", Heading::Source),
    ];
    let fixed = fixed.map(|(name, heading)| (name.to_owned(), heading));
    let labels = labels.into_iter().take(LABELS_MAX);
    let labels = labels.map(|key| (format!("Label {key}"), Heading::Label(key.clone())));
    let mut rows = Vec::new();
    for (name, heading) in fixed.into_iter().chain(labels) {
        let is_free_text = matches!(heading, Heading::Service | Heading::Label(_));
        for group in breakdown(&totals, &heading).map_err(overflow)? {
            let value = group
                .value
                .map(|value| if is_free_text { value } else { spoken(&value) });
            rows.push(vec![
                Cell::text(&name),
                Cell::Text(value.unwrap_or_else(|| "Not stated".to_owned())),
                Cell::Count(u64::try_from(group.claims).unwrap_or(u64::MAX)),
                Cell::Pounds(group.gross),
                Cell::Pounds(group.claimed),
                Cell::Pounds(group.validated),
                Cell::Pounds(group.assured),
            ]);
        }
    }
    let table = Table {
        name: "Breakdowns",
        columns: columns(&[
            ("By", Kind::Word),
            ("Group", Kind::Title),
            ("Claims", Kind::Count),
            ("Gross, claimed", Kind::Pounds),
            ("Net, claimed", Kind::Pounds),
            ("Net, validated", Kind::Pounds),
            ("Net, assured", Kind::Pounds),
        ]),
        rows,
    };
    let mut more = vec![
        ("Financial year", asked.year.to_string()),
        (
            "Groups",
            "Each heading in the column By adds up to the whole year by itself: filter by it before adding \
             up. What is carried forward from before 2008 belongs to no claim and to no group."
                .to_owned(),
        ),
    ];
    if left_out > 0 {
        more.push(("Left out", format!("{left_out} more labels")));
    }
    let title = format!("Breakdowns of {}", asked.year);
    Ok(asked.cover.book(title, more, table))
}

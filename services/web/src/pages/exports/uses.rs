//! What the money that was saved was used for.

use netgain_events::money::Sum;
use netgain_pages::pages::claims::spoken;
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, columns};

pub(super) fn book(asked: &Asked) -> Book {
    let mut rows = Vec::new();
    for (id, claim) in &asked.state.claims {
        for (reference, held) in claim.redeployments.iter() {
            let Some(used) = held.in_force.as_deref() else {
                continue;
            };
            rows.push(vec![
                Cell::text(id),
                Cell::text(&claim.details.title),
                Cell::text(reference),
                Cell::text(&used.year),
                Cell::Pounds(Sum::from(used.amount)),
                Cell::Text(spoken(used.purpose.as_str())),
                Cell::some(used.description.as_ref()),
            ]);
        }
    }
    let table = Table {
        name: "Uses",
        columns: columns(&[
            ("Claim", Kind::Word),
            ("Title", Kind::Title),
            ("Reference", Kind::Word),
            ("Financial year", Kind::Word),
            ("Amount", Kind::Pounds),
            ("Used for", Kind::Word),
            ("Description", Kind::Prose),
        ]),
        rows,
    };
    let more = vec![(
        "Uses",
        "What was recorded as used and not cancelled, whichever year it was used in. A use changes no figure."
            .to_owned(),
    )];
    let title = "What the money was used for".to_owned();
    asked.cover.book(title, more, table)
}

//! What was asked about claims, and what was answered.

use netgain_pages::pages::claims::spoken;
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, columns};

pub(super) fn book(asked: &Asked) -> Book {
    let mut rows = Vec::new();
    for (id, claim) in &asked.state.claims {
        for (reference, challenge) in claim.challenges.iter() {
            let outcome = challenge.outcome.map(|outcome| spoken(outcome.as_str()));
            rows.push(vec![
                Cell::text(id),
                Cell::text(&claim.details.title),
                Cell::text(reference),
                Cell::text(&challenge.question),
                Cell::text(&challenge.raised_by),
                Cell::Count(challenge.raised.get()),
                challenge.answer_by.map_or(Cell::Blank, Cell::Day),
                Cell::some(challenge.answer.as_ref()),
                Cell::Text(outcome.unwrap_or_else(|| "Open".to_owned())),
            ]);
        }
    }
    let table = Table {
        name: "Challenges",
        columns: columns(&[
            ("Claim", Kind::Word),
            ("Title", Kind::Title),
            ("Challenge", Kind::Word),
            ("Question", Kind::Prose),
            ("Raised by", Kind::Word),
            ("Raised at position", Kind::Count),
            ("Answer by", Kind::Day),
            ("Answer", Kind::Prose),
            ("Outcome", Kind::Word),
        ]),
        rows,
    };
    asked.cover.book("Challenges".to_owned(), Vec::new(), table)
}

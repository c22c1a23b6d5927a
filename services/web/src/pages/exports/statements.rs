//! What was published, as it was frozen.

use netgain_events::fact::SumText;
use netgain_pages::pages::statements::series_name;
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, columns};

pub(super) fn book(asked: &Asked) -> Book {
    let rows = asked.state.statements.iter().map(|issued| {
        let statement = &issued.statement;
        let figures = &statement.figures;
        vec![
            Cell::text(&statement.year),
            Cell::text(series_name(statement.series)),
            Cell::Count(u64::from(statement.number)),
            Cell::text(&issued.recorded_at),
            Cell::text(&issued.actor),
            Cell::Count(figures.known_at.get()),
            net(&figures.claimed.net),
            net(&figures.validated.net),
            net(&figures.assured.net),
            Cell::text("The validated net is NI179."),
        ]
    });
    let table = Table {
        name: "Statements",
        columns: columns(&[
            ("Financial year", Kind::Word),
            ("Series", Kind::Word),
            ("Number", Kind::Count),
            ("Issued at (UTC)", Kind::Word),
            ("Issued by", Kind::Word),
            ("Known at position", Kind::Count),
            ("Net, claimed", Kind::Pounds),
            ("Net, validated", Kind::Pounds),
            ("Net, assured", Kind::Pounds),
            ("Notes", Kind::Prose),
        ]),
        rows: rows.collect(),
    };
    asked.cover.book("Statements".to_owned(), Vec::new(), table)
}

/// A stated sum; as text where it has more digits than any sum can have.
fn net(stated: &SumText) -> Cell {
    stated
        .sum()
        .map_or_else(|| Cell::text(stated.as_str()), Cell::Pounds)
}

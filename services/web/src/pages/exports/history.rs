//! The events: who recorded what, when, and on what evidence.

use netgain_answers::words;
use netgain_events::event::{Event, Evidence};
use netgain_events::identifier::Position;
use netgain_ledger::history::read_events;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_pages::pages::claims::spoken;
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, Format, columns};
use crate::problem::Problem;

const COLUMNS: [(&str, Kind); 10] = [
    ("Position", Kind::Count),
    ("Recorded on", Kind::Day),
    ("Recorded at (UTC)", Kind::Title),
    ("Person", Kind::Word),
    ("Known by", Kind::Word),
    ("Event", Kind::Word),
    ("Claim", Kind::Word),
    ("What", Kind::Prose),
    ("Evidence", Kind::Prose),
    ("Notes", Kind::Prose),
];

/// Which of them says what happened.
const WHAT: usize = 7;

/// Events in a CSV file: some 90 MiB of memory while it is made.
const CSV_EVENTS_MAX: usize = 100_000;

/// Events in a workbook, whose writer holds every cell: some 70 MiB.
const XLSX_EVENTS_MAX: usize = 20_000;

/// The events that one file holds.
pub(super) const fn events_max(format: Format) -> usize {
    match format {
        Format::Xlsx => XLSX_EVENTS_MAX,
        Format::Csv => CSV_EVENTS_MAX,
    }
}

/// The first so many events after the position asked for.
pub(super) fn book(asked: &Asked, log: &dyn LogRead, most: usize) -> Result<Book, Problem> {
    let mut rows = Vec::new();
    let mut left_out: u64 = 0;
    let mut last = asked.after;
    read_events(
        log,
        &Cursor::default(),
        &asked.state.org,
        &mut |_, event| {
            if event.position <= asked.after || event.position > asked.state.position {
                return;
            }
            if rows.len() < most {
                last = event.position;
                rows.push(row(&event));
            } else {
                left_out += 1;
            }
        },
    )?;
    // In the table, since a CSV file has no cover.
    if left_out > 0 {
        rows.push(continued(last, left_out));
    }
    let more = vec![
        ("After position", asked.after.to_string()),
        (
            "What it is",
            "The events in words, each once, in the order in which they were recorded. The exact bytes, \
             which are what is sealed, come from the API's list of events."
                .to_owned(),
        ),
    ];
    let table = Table {
        name: "History",
        columns: columns(&COLUMNS),
        rows,
    };
    Ok(asked.cover.book("History".to_owned(), more, table))
}

/// The row that says where the history goes on.
fn continued(last: Position, left_out: u64) -> Vec<Cell> {
    let text = format!(
        "{left_out} later events are left out: a file holds no more. Download the rest with ?after={last} at \
         the end of this file's address."
    );
    let mut row = vec![Cell::Blank; COLUMNS.len()];
    if let Some(what) = row.get_mut(WHAT) {
        *what = Cell::Text(text);
    }
    row
}

fn row(event: &Event) -> Vec<Cell> {
    vec![
        Cell::Count(event.position.get()),
        Cell::Day(event.recorded_at.day()),
        Cell::text(&event.recorded_at),
        Cell::text(&event.actor),
        Cell::Text(spoken(event.auth.as_str())),
        Cell::Text(spoken(event.fact.kind().event_type())),
        Cell::some(event.fact.claim()),
        Cell::Text(words::fact(&event.fact)),
        Cell::Text(evidence(&event.evidence)),
        Cell::some(event.note.as_ref()),
    ]
}

fn evidence(documents: &[Evidence]) -> String {
    if documents.is_empty() {
        return "No evidence given".to_owned();
    }
    let documents = documents.iter().map(|document| {
        let uri = document.uri.as_ref().map(|uri| format!(", {uri}"));
        format!(
            "{} (SHA-256 {}){}",
            document.name,
            document.sha256,
            uri.unwrap_or_default()
        )
    });
    documents.collect::<Vec<_>>().join("\n")
}

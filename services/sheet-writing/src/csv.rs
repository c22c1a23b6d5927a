//! A table as comma-separated values (RFC 4180).

use std::borrow::Cow;

use crate::book::{Cell, Table};
use crate::inert::inert;
use crate::not_written::NotWritten;

/// Without it Excel takes UTF-8 for Windows-1252.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The table as UTF-8. Amounts are plain numbers, days `2009-04-01`.
///
/// # Errors
/// [`NotWritten`].
pub fn csv(table: &Table) -> Result<Vec<u8>, NotWritten> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(table.columns.iter().map(|column| column.heading))?;
    for row in &table.rows {
        let cells: Vec<Cow<'_, str>> = row.iter().map(text).collect();
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer
        .into_inner()
        .map_err(|error| NotWritten::DelimitedText(error.into_error().into()))
}

fn text(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Blank => Cow::Borrowed(""),
        Cell::Text(text) => inert(text),
        Cell::Pounds(sum) => Cow::Owned(sum.to_string()),
        Cell::Count(count) => Cow::Owned(count.to_string()),
        Cell::Day(day) => Cow::Owned(day.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::money::Sum;

    use super::*;
    use crate::book::{Column, Kind};

    #[test]
    fn a_table_is_written_with_its_mark_its_quotes_and_plain_numbers() {
        let column = |heading| Column {
            heading,
            kind: Kind::Word,
        };
        let table = Table {
            name: "T",
            columns: vec![
                column("claim"),
                column("title"),
                column("net"),
                column("on"),
            ],
            rows: vec![
                vec![
                    Cell::text("A"),
                    Cell::text("=HYPERLINK(\"http://x\"), \"q\"\nline"),
                    Cell::Pounds(Sum::from_pence(-123_456)),
                    Cell::Day("2009-04-01".parse().unwrap()),
                ],
                vec![
                    Cell::text("é"),
                    Cell::Blank,
                    Cell::Count(7),
                    Cell::some(None::<String>),
                ],
            ],
        };
        let bytes = csv(&table).unwrap();
        assert_eq!(
            std::str::from_utf8(&bytes).unwrap(),
            "\u{feff}claim,title,net,on\r\n\
             A,\"'=HYPERLINK(\"\"http://x\"\"), \"\"q\"\"\nline\",-1234.56,2009-04-01\r\n\
             é,,7,\r\n"
        );
    }
}

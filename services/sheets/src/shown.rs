//! The cells of a sheet as a person sees them, to show what is wrong where it stands.

use crate::cell_address::CellAddress;
use crate::sheet::{Row, Sheet, Value};

/// A row with at least one cell that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRow {
    /// The row as a person sees it, from 1.
    pub number: u32,
    /// Its cells that hold something, from left to right.
    pub cells: Vec<ShownCell>,
}

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCell {
    /// Where it stands.
    pub at: CellAddress,
    /// What it holds, as text.
    pub text: String,
}

impl Sheet {
    /// The headings, which are the first row that is not blank, and the rows below, from top to bottom.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn shown(&self) -> impl ExactSizeIterator<Item = ShownRow> + '_ {
        self.rows.iter().map(shown)
    }
}

fn shown(row: &Row) -> ShownRow {
    let cells = row.cells.iter().map(|cell| ShownCell {
        at: row.address(cell.column),
        text: text(&cell.value),
    });
    ShownRow {
        number: row.number,
        cells: cells.collect(),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Error(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::OtherCurrency(code) => format!("an amount in {code}"),
        Value::Date { day, .. } => day.to_string(),
        Value::ImpossibleDate => "not a date".to_owned(),
        Value::Time => "a time of day".to_owned(),
        Value::Bool(true) => "TRUE".to_owned(),
        Value::Bool(false) => "FALSE".to_owned(),
        Value::NotCalculated => "a formula without a result".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn rows_are_shown_with_their_addresses_and_without_what_is_blank() {
        let sheet = crate::read(b"claim,,title\n\n=1+1,x,\"a\nb\"\n", "c.csv", None).unwrap();
        let rows: Vec<_> = sheet
            .shown()
            .map(|row| {
                let cells = row.cells.iter();
                let cells: Vec<_> = cells.map(|it| format!("{} {:?}", it.at, it.text)).collect();
                format!("{}: {}", row.number, cells.join(", "))
            })
            .collect();
        assert_eq!(
            rows,
            [
                r#"1: A1 "claim", C1 "title""#,
                r#"3: A3 "=1+1", B3 "x", C3 "a\nb""#,
            ]
        );
    }
}

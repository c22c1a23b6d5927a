//! The cells of one sheet, whatever kind of file they came in.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::cell_address::{CellAddress, CellArea};
use crate::limits::{
    CELL_TEXT_MAX, CELLS_MAX, COLUMNS_MAX, MERGED_AREAS_MAX, ROWS_MAX, SHEET_TEXT_MAX,
};
use crate::problem::Problem;
use crate::sheet_error::SheetError;

/// The cells of one sheet that hold something, by their addresses, and what a person should know
/// about how they were read. [`crate::read`] makes one; [`crate::claims()`] takes it.
#[derive(Debug)]
pub struct Sheet {
    pub(crate) rows: Vec<Row>,
    pub(crate) merged: Vec<CellArea>,
    pub(crate) notes: Vec<Problem>,
}

/// A row with at least one cell that holds something; its cells from left to right.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: u32,
    pub(crate) cells: Vec<Cell>,
}

/// A cell that holds something.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) column: u32,
    pub(crate) value: Value,
    /// The value is what a formula gave when the file was last calculated.
    pub(crate) is_formula: bool,
}

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Trimmed, not blank.
    Text(String),
    /// As the file has it: a binary floating-point number.
    Number(f64),
    /// A number with the code of a currency that is not the pound.
    OtherCurrency(String),
    /// A cell formatted as a date. A time of day is not part of a date.
    Date {
        day: NaiveDate,
        has_time: bool,
    },
    /// A cell formatted as a date whose number is no day of the calendar.
    ImpossibleDate,
    /// A time of day or a duration.
    Time,
    Bool(bool),
    /// An error value, like `#DIV/0!`.
    Error(String),
    /// A formula without a stored result.
    NotCalculated,
}

impl Sheet {
    /// The rectangle from the first to the last cell that holds something.
    pub(crate) fn used_area(&self) -> Option<CellArea> {
        let top = self.rows.first()?.number;
        let bottom = self.rows.last()?.number;
        let left = self
            .rows
            .iter()
            .filter_map(|row| row.cells.first())
            .map(|cell| cell.column);
        let right = self
            .rows
            .iter()
            .filter_map(|row| row.cells.last())
            .map(|cell| cell.column);
        let first = CellAddress::new(top, left.min()?);
        Some(CellArea::new(first, CellAddress::new(bottom, right.max()?)))
    }
}

impl Row {
    pub(crate) fn cell(&self, column: u32) -> Option<&Cell> {
        let at = self
            .cells
            .binary_search_by_key(&column, |cell| cell.column)
            .ok()?;
        self.cells.get(at)
    }

    pub(crate) const fn address(&self, column: u32) -> CellAddress {
        CellAddress::new(self.number, column)
    }
}

/// A sheet in the making. Everything that a file can make grow is counted here.
#[derive(Default)]
pub(crate) struct SheetBuilder {
    rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
    merged: Vec<CellArea>,
    cells: usize,
    text_bytes: usize,
}

impl SheetBuilder {
    /// Puts a value into a cell. Blank text is no value, wherever it stands.
    pub(crate) fn put(
        &mut self,
        at: CellAddress,
        mut value: Value,
        is_formula: bool,
    ) -> Result<(), SheetError> {
        if let Value::Text(text) = &mut value {
            if text.len() > CELL_TEXT_MAX {
                return Err(SheetError::CellTooLong { at });
            }
            let trimmed = trimmed(text);
            if trimmed.is_empty() {
                return Ok(());
            }
            self.text_bytes += trimmed.len();
            if trimmed.len() < text.len() {
                *text = trimmed.to_owned();
            }
        }
        if at.row() > ROWS_MAX {
            return Err(SheetError::TooManyRows { at });
        }
        if at.column() > COLUMNS_MAX {
            return Err(SheetError::TooManyColumns { at });
        }
        self.cells += 1;
        if self.cells > CELLS_MAX || self.text_bytes > SHEET_TEXT_MAX {
            return Err(SheetError::TooMuchContent);
        }
        let cell = Cell {
            column: at.column(),
            value,
            is_formula,
        };
        match self
            .rows
            .entry(at.row())
            .or_default()
            .insert(at.column(), cell)
        {
            None => Ok(()),
            Some(_) => Err(SheetError::damaged(format!("the cell {at} is there twice"))),
        }
    }

    /// Remembers that a rectangle of cells is merged into one.
    pub(crate) fn merge(&mut self, area: CellArea) {
        if self.merged.len() < MERGED_AREAS_MAX {
            self.merged.push(area);
        }
    }

    pub(crate) fn finish(self, notes: Vec<Problem>) -> Sheet {
        let row = |(number, cells): (u32, BTreeMap<u32, Cell>)| Row {
            number,
            cells: cells.into_values().collect(),
        };
        Sheet {
            rows: self.rows.into_iter().map(row).collect(),
            merged: self.merged,
            notes,
        }
    }
}

/// Without the blanks at both ends, among them the no-break spaces that come with text copied from
/// a web page, and the marks without width.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

/// Reads the date of an ISO 8601 date or date and time, as workbooks store them.
pub(crate) fn iso_date(text: &str) -> Value {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let is_written_out = day.len() == "2010-04-01".len();
    match NaiveDate::parse_from_str(day, "%Y-%m-%d") {
        Ok(day) if is_written_out => Value::Date {
            day,
            has_time: time.contains(|c| matches!(c, '1'..='9')),
        },
        Ok(_) | Err(_) => Value::ImpossibleDate,
    }
}

/// Which sheet of a workbook is read, and the note that names the others.
pub(crate) struct SheetChoice {
    /// Its place among the sheets.
    pub(crate) index: usize,
    pub(crate) note: Option<Problem>,
}

/// Chooses by name without case, as spreadsheet programs tell sheets apart; else the first that is
/// not hidden. `sheets` are the names, and whether each is visible.
pub(crate) fn choose_sheet(
    sheets: &[(String, bool)],
    wanted: Option<&str>,
) -> Result<SheetChoice, SheetError> {
    use crate::problem::quoted;

    /// Names in one message.
    const NAMES_SHOWN_MAX: usize = 10;
    let list = |names: &mut dyn Iterator<Item = &String>| {
        let names: Vec<_> = names
            .take(NAMES_SHOWN_MAX)
            .map(|name| quoted(name))
            .collect();
        names.join(", ")
    };
    if let Some(wanted) = wanted {
        let same = |name: &str| trimmed(name).to_lowercase() == trimmed(wanted).to_lowercase();
        return match sheets.iter().position(|(name, _)| same(name)) {
            Some(index) => Ok(SheetChoice { index, note: None }),
            None => Err(SheetError::NoSuchSheet {
                wanted: quoted(wanted),
                names: list(&mut sheets.iter().map(|(name, _)| name)),
            }),
        };
    }
    let index = sheets
        .iter()
        .position(|(_, visible)| *visible)
        .ok_or(SheetError::NoVisibleSheet)?;
    let read = sheets
        .get(index)
        .map_or(String::new(), |(name, _)| quoted(name));
    let mut others = sheets
        .iter()
        .enumerate()
        .filter(|(other, (_, shown))| *shown && *other != index);
    let others = list(&mut others.by_ref().map(|(_, (name, _))| name));
    let note = (!others.is_empty()).then(|| {
        let message = format!("only the sheet {read} was read; the workbook also has {others}");
        Problem::of_sheet("other-sheets", message)
    });
    Ok(SheetChoice { index, note })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(builder: &mut SheetBuilder, at: &str, text: &str) -> Result<(), SheetError> {
        builder.put(
            CellAddress::parse(at).unwrap(),
            Value::Text(text.to_owned()),
            false,
        )
    }

    #[test]
    fn blank_text_is_no_value_even_far_away_and_text_is_trimmed() {
        let mut builder = SheetBuilder::default();
        put(&mut builder, "XFD1048576", " \u{a0}\t").unwrap();
        put(&mut builder, "C5", "\u{a0} CS1\u{200b} ").unwrap();
        let sheet = builder.finish(Vec::new());
        assert_eq!(sheet.rows.len(), 1);
        assert_eq!(
            sheet.rows[0].cell(3).unwrap().value,
            Value::Text("CS1".to_owned())
        );
        assert!(sheet.rows[0].cell(2).is_none());
        assert_eq!(sheet.used_area().unwrap().to_string(), "C5:C5");
    }

    #[test]
    fn what_is_over_a_cap_is_refused_with_its_address() {
        let mut builder = SheetBuilder::default();
        put(&mut builder, "GR20000", "x").unwrap();
        let refused = [
            ("A20001", "x".to_owned(), "A20001 lies below row 20,000"),
            ("GS1", "x".to_owned(), "GS1 lies right of the 200th column"),
            ("A1", "x".repeat(32_769), "A1 holds more than 32 KiB"),
        ];
        for (at, text, why) in refused {
            assert!(
                put(&mut builder, at, &text)
                    .unwrap_err()
                    .to_string()
                    .starts_with(why)
            );
        }
        put(&mut builder, "A1", &"x".repeat(32_768)).unwrap();
    }

    #[test]
    fn one_long_text_cannot_be_shown_by_a_million_cells() {
        let mut builder = SheetBuilder::default();
        let text = Value::Text("x".repeat(32_000));
        let last = (1..=20_000)
            .map(|row| builder.put(CellAddress::new(row, 1), text.clone(), false))
            .find_map(Result::err);
        assert!(matches!(last, Some(SheetError::TooMuchContent)));
    }

    #[test]
    fn a_stored_date_may_have_a_time_that_is_noticed() {
        let day = NaiveDate::from_ymd_opt(2010, 4, 1).unwrap();
        assert_eq!(
            iso_date("2010-04-01"),
            Value::Date {
                day,
                has_time: false
            }
        );
        assert_eq!(
            iso_date("2010-04-01T00:00:00"),
            Value::Date {
                day,
                has_time: false
            }
        );
        assert_eq!(
            iso_date("2010-04-01T00:00:30"),
            Value::Date {
                day,
                has_time: true
            }
        );
        for text in ["", "2010-02-31", "2010-4-1", "10000-01-01", "x"] {
            assert_eq!(iso_date(text), Value::ImpossibleDate, "{text:?}");
        }
    }

    #[test]
    fn a_sheet_is_chosen_by_name_or_is_the_first_that_shows() {
        let sheets = [("Notes", false), ("Claims", true), ("Old", true)];
        let sheets = sheets.map(|(name, visible)| (name.to_owned(), visible));
        assert_eq!(choose_sheet(&sheets, Some("notes ")).unwrap().index, 0);
        let first = choose_sheet(&sheets, None).unwrap();
        assert_eq!(first.index, 1);
        assert_eq!(
            first.note.unwrap().message,
            "only the sheet \"Claims\" was read; the workbook also has \"Old\""
        );
        assert_eq!(
            choose_sheet(&sheets, Some("x")).err().unwrap().to_string(),
            "the workbook has no sheet \"x\"; it has \"Notes\", \"Claims\", \"Old\""
        );
        assert!(choose_sheet(&sheets[..1], None).is_err());
    }
}

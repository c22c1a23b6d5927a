//! The headings of a sheet: its first row that is not blank.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::cell_address::CellAddress;
use crate::column::{Column, REQUIRED};
use crate::problem::{Problem, ProblemList};
use crate::row_value::{formula_fault, text};
use crate::sheet::{Row, Sheet, Value};

/// A column whose heading is known.
#[derive(Debug)]
pub(crate) struct HeadedColumn {
    pub(crate) number: u32,
    pub(crate) column: Column,
    /// As the sheet has it.
    pub(crate) heading: String,
}

/// The known columns of a sheet, from left to right.
#[derive(Debug, Default)]
pub(crate) struct Header {
    pub(crate) columns: Vec<HeadedColumn>,
}

impl Header {
    /// Reads the headings, and adds what is wrong with them to the problems.
    pub(crate) fn read(sheet: &Sheet, problems: &mut ProblemList, notes: &mut ProblemList) -> Self {
        let mut header = Self::default();
        let Some((headings, body)) = sheet.rows.split_first() else {
            return header;
        };
        let mut unknown = Vec::new();
        for cell in &headings.cells {
            let at = headings.address(cell.column);
            match named_column(&cell.value, at, notes) {
                Ok((column, heading)) => {
                    let number = cell.column;
                    if let Some(first) = header.columns.iter().find(|known| known.column == column)
                    {
                        let first = headings.address(first.number);
                        let message = format!(
                            "the column {column} is there twice, first in {first}; keep one"
                        );
                        unknown.push(Problem::of_cell(at, Some(&heading), "bad-header", message));
                    } else {
                        header.columns.push(HeadedColumn {
                            number,
                            column,
                            heading,
                        });
                    }
                }
                Err(problem) => unknown.push(problem),
            }
        }
        if header.columns.is_empty() {
            problems.add(Problem::of_row(
                headings.number,
                "bad-header",
                "the first row that is not blank has none of the headings (claim, title, action, \
                 impact_from, 2008/09 …); put them there",
            ));
            return header;
        }
        for problem in unknown {
            problems.add(problem);
        }
        header.check_complete(headings, problems);
        check_headed(headings, body, problems);
        header
    }

    pub(crate) fn with(&self, column: &Column) -> Option<&HeadedColumn> {
        self.columns.iter().find(|known| known.column == *column)
    }

    /// The columns of the fields of a command, by the fields' names, and by their headings.
    pub(crate) fn places(&self) -> Arc<BTreeMap<String, u32>> {
        let mut places = BTreeMap::new();
        for known in &self.columns {
            let field = match &known.column {
                Column::SchemeId | Column::SchemeTotal => Some("scheme"),
                Column::Label(_) => Some("labels"),
                Column::Profile(_) => Some("profile"),
                Column::Text(_)
                | Column::Date(_)
                | Column::Ongoing
                | Column::OneOff(_)
                | Column::Recurring(_) => None,
            };
            if let Some(field) = field {
                places.entry(field.to_owned()).or_insert(known.number);
            }
            places.insert(known.column.to_string(), known.number);
        }
        Arc::new(places)
    }

    fn check_complete(&self, headings: &Row, problems: &mut ProblemList) {
        let mut missing: Vec<_> = REQUIRED
            .into_iter()
            .filter(|required| self.with(required).is_none())
            .map(|required| format!("the column {required} is missing; add it"))
            .collect();
        if !self
            .columns
            .iter()
            .any(|known| matches!(known.column, Column::Profile(_)))
        {
            missing.push("there is no column of a year; add one headed like 2008/09".to_owned());
        }
        for message in missing {
            problems.add(Problem::of_row(headings.number, "bad-header", message));
        }
    }
}

/// What below a column without a heading would be left out without a word.
fn check_headed(headings: &Row, body: &[Row], problems: &mut ProblemList) {
    let mut told = Vec::new();
    for row in body {
        for cell in &row.cells {
            if headings.cell(cell.column).is_none() && !told.contains(&cell.column) {
                told.push(cell.column);
                let message = "a value stands in a column without a heading; give the column a \
                               heading, or delete the value";
                problems.add(Problem::of_cell(
                    row.address(cell.column),
                    None,
                    "bad-header",
                    message,
                ));
            }
        }
    }
}

/// The column a heading names, and the heading as text.
fn named_column(
    value: &Value,
    at: CellAddress,
    notes: &mut ProblemList,
) -> Result<(Column, String), Problem> {
    if let Some(fault) = formula_fault(value) {
        return Err(fault.at(at, None));
    }
    if let Value::Date { day, .. } = value {
        let shown = day.to_string();
        let column = Column::of_date_heading(*day).ok_or_else(|| {
            let message = format!(
                "the heading is the date {shown}; format the cell as text and write a year like 2008/09"
            );
            Problem::of_cell(at, None, "bad-header", message)
        })?;
        let message = format!("the heading is stored as the date {shown} and was read as {column}");
        notes.add(Problem::of_cell(at, None, "year-heading", message));
        let heading = column.to_string();
        return Ok((column, heading));
    }
    let heading = match text(value) {
        Ok(heading) => heading,
        Err(fault) => return Err(Problem::of_cell(at, None, "bad-header", fault.message)),
    };
    match Column::of_heading(&heading) {
        Ok(column) => Ok((column, heading)),
        Err(message) => Err(Problem::of_cell(at, Some(&heading), "bad-header", message)),
    }
}

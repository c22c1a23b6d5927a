//! The rows of a sheet with what is wrong beside each cell.

use std::collections::{BTreeMap, BTreeSet};

use netgain_answers::import::ImportProblem;
use netgain_sheets::{CellAddress, Sheet, ShownRow};

use super::preview::Which;

/// Rows on a page of the preview.
pub const PAGE_ROWS: usize = 50;

/// Characters of a cell that are shown: enough to know it again.
const CELL_CHARACTERS_MAX: usize = 200;

/// The rows that a page of the preview shows.
#[derive(Clone, Debug)]
pub struct RowsPage {
    /// The headings, where the sheet has any.
    pub headings: Option<ShownRow>,
    /// The rows of this page.
    pub rows: Vec<ShownRow>,
    /// How many rows there are on all pages together.
    pub found: usize,
    /// How many rows the sheet has below its headings.
    pub all: usize,
    /// Which page it is, from 1.
    pub page: usize,
}

impl RowsPage {
    /// A page of a sheet's rows, or the nearest there is; of those with something wrong unless all are asked
    /// for, where there are any. With it, which rows they are, and on which of their pages each problem stands.
    #[must_use]
    pub fn of(
        sheet: Option<&Sheet>,
        problems: &[ImportProblem],
        which: Option<Which>,
        page: usize,
    ) -> (Self, Which, Vec<Option<usize>>) {
        let mut shown = sheet.into_iter().flat_map(Sheet::shown);
        let headings = shown.next();
        let heading_row = headings.as_ref().map(|row| row.number);
        let wrong: BTreeSet<u32> = problems.iter().filter_map(|it| it.row).collect();
        let below = wrong.iter().any(|row| Some(*row) != heading_row);
        let which = which.unwrap_or(if below { Which::Wrong } else { Which::All });
        let mut all = 0;
        let rows: Vec<ShownRow> = shown
            .inspect(|_| all += 1)
            .filter(|row| which == Which::All || wrong.contains(&row.number))
            .collect();
        let last = rows.len().div_ceil(PAGE_ROWS).max(1);
        let page = page.clamp(1, last);
        let places = rows.iter().enumerate();
        let places: BTreeMap<u32, usize> = places
            .map(|(place, row)| (row.number, place / PAGE_ROWS + 1))
            .chain(heading_row.map(|row| (row, page)))
            .collect();
        let pages = problems.iter();
        let pages = pages.map(|problem| places.get(&problem.row?).copied());
        let pages = pages.collect();
        let found = rows.len();
        let rows = rows.into_iter().skip((page - 1) * PAGE_ROWS);
        let shown = Self {
            headings,
            rows: rows.take(PAGE_ROWS).collect(),
            found,
            all,
            page,
        };
        (shown, which, pages)
    }
}

/// A table of cells.
#[derive(Clone, Debug)]
pub(super) struct SheetTable {
    pub(super) headings: Option<SheetRow>,
    pub(super) rows: Vec<SheetRow>,
}

/// A row of it.
#[derive(Clone, Debug)]
pub(super) struct SheetRow {
    pub(super) number: u32,
    pub(super) wrong: Vec<String>,
    pub(super) cells: Vec<SheetCell>,
}

/// A cell of it.
#[derive(Clone, Debug)]
pub(super) struct SheetCell {
    pub(super) address: String,
    pub(super) text: String,
    pub(super) wrong: Vec<String>,
}

impl SheetTable {
    pub(super) fn of(page: &RowsPage, problems: &[ImportProblem]) -> Self {
        let mut by_cell: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut by_row: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for problem in problems {
            let message = capital(&problem.message);
            match (&problem.cell, problem.row) {
                (Some(cell), _) => by_cell.entry(cell).or_default().push(message),
                (None, Some(row)) => by_row.entry(row).or_default().push(message),
                (None, None) => {}
            }
        }
        let all = page.headings.iter().chain(&page.rows);
        let columns = all.flat_map(|row| row.cells.iter().map(|cell| cell.at.column()));
        let columns: BTreeSet<u32> = columns.collect();
        let row = |row: &ShownRow| SheetRow {
            number: row.number,
            wrong: by_row.get(&row.number).cloned().unwrap_or_default(),
            cells: columns
                .iter()
                .map(|column| {
                    let address = CellAddress::new(row.number, *column).to_string();
                    let cell = row.cells.iter().find(|cell| cell.at.column() == *column);
                    SheetCell {
                        text: cell.map_or_else(String::new, |cell| shortened(&cell.text)),
                        wrong: by_cell.get(address.as_str()).cloned().unwrap_or_default(),
                        address,
                    }
                })
                .collect(),
        };
        Self {
            headings: page.headings.as_ref().map(row),
            rows: page.rows.iter().map(row).collect(),
        }
    }
}

/// A sentence that came after a cell's address, by itself.
pub(super) fn capital(message: &str) -> String {
    let mut letters = message.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().nth(CELL_CHARACTERS_MAX).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(CELL_CHARACTERS_MAX).collect();
    format!("{kept}…")
}

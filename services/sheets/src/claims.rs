//! From the cells of a sheet to claims, or to everything that is wrong with it.

use std::collections::BTreeMap;

use netgain_events::money::Sum;

use crate::header::Header;
use crate::problem::{Problem, ProblemList, quoted};
use crate::row::{ClaimRow, RowReader};
use crate::sheet::Sheet;

/// The claims of a sheet.
#[derive(Clone, Debug)]
pub struct Claims {
    /// From top to bottom; blank rows are left out.
    pub rows: Vec<ClaimRow>,
    /// The sum of all amounts in the columns of years (not of costs), for a person to compare.
    pub control_total: Sum,
    /// What a person should know before the claims are recorded: how the file was read, and each
    /// amount that is not exactly what its cell holds.
    pub notes: Vec<Problem>,
}

/// Turns a sheet into claims; or names every problem there is, from its top to its end.
pub fn claims(sheet: &Sheet) -> Result<Claims, Vec<Problem>> {
    let mut problems = ProblemList::default();
    let mut notes = ProblemList::default();
    sheet.notes.iter().cloned().for_each(|note| notes.add(note));
    check_not_blank(sheet, &mut problems);
    check_not_merged(sheet, &mut problems);
    let header = Header::read(sheet, &mut problems, &mut notes);

    let mut reader = RowReader::new(&header, problems, notes);
    let mut rows = Vec::new();
    let mut first_rows: BTreeMap<String, u32> = BTreeMap::new();
    for row in sheet.rows.iter().skip(1) {
        let Some(claim) = reader.read(row) else {
            continue;
        };
        match first_rows.get(&claim.claim) {
            Some(first) => reader.problems.add(duplicate(&claim, *first)),
            None if claim.claim.is_empty() => {}
            None => {
                first_rows.insert(claim.claim.clone(), claim.row);
            }
        }
        // Once there is a problem the claims are not given out, only looked at.
        if reader.problems.is_empty() {
            rows.push(claim);
        }
    }

    let RowReader {
        problems,
        mut notes,
        formulas,
        first_formula,
        control_total,
        ..
    } = reader;
    if !problems.is_empty() {
        return Err(problems.into_sorted());
    }
    if let Some(first) = first_formula {
        let message = format!(
            "results of formulas were read as the file stores them: {formulas} in all, the first in {first}"
        );
        notes.add(Problem::of_sheet("formula-value", message));
    }
    Ok(Claims {
        rows,
        control_total,
        notes: notes.into_sorted(),
    })
}

fn check_not_blank(sheet: &Sheet, problems: &mut ProblemList) {
    let what = match sheet.rows.as_slice() {
        [] => "the sheet is blank; put the headings in its first row and a claim in each row below",
        [_] => "there is no claim below the headings; put one in each row",
        [_, _, ..] => return,
    };
    problems.add(Problem::of_sheet("blank-sheet", what));
}

/// A merged area shows one value for many cells and stores it in the first; the others are blank.
fn check_not_merged(sheet: &Sheet, problems: &mut ProblemList) {
    let Some(used) = sheet.used_area() else {
        return;
    };
    for area in sheet.merged.iter().filter(|area| area.overlaps(used)) {
        let message = format!("the cells {area} are merged; unmerge them and fill in each cell");
        problems.add(Problem::of_cell(area.first(), None, "merged-cell", message));
    }
}

fn duplicate(claim: &ClaimRow, first_row: u32) -> Problem {
    let message = format!(
        "the claim {} is already in row {first_row}; give each claim its own reference, or one row",
        quoted(&claim.claim)
    );
    match claim.place("claim") {
        Some(cell) => Problem::of_cell(cell, Some("claim"), "duplicate-reference", message),
        None => Problem::of_row(claim.row, "duplicate-reference", message),
    }
}

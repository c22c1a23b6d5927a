//! What is wrong with a sheet, and where.

use std::collections::BTreeMap;
use std::fmt;

use crate::cell_address::CellAddress;
use crate::limits::PROBLEMS_MAX;

/// Something that keeps a sheet from being imported, or (as a note) something that a person should
/// know before it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The cell, where it is about one.
    pub cell: Option<CellAddress>,
    /// The row as a person sees it, from 1.
    pub row: Option<u32>,
    /// The heading of the column, as the sheet has it.
    pub column: Option<String>,
    /// The refusal code that fits (`bad-field`, `bad-money`, `too-large`) or one of the import's
    /// own: `bad-header`, `blank-sheet`, `duplicate-reference`, `formula-error`,
    /// `merged-cell`, `bad-file`, `too-many-problems`. A note's is one of
    /// `formula-value`, `rounded`, `time-left-out`, `year-heading`, `encoding`, `other-sheets`.
    pub code: &'static str,
    /// One sentence: what is wrong and what to enter instead.
    pub message: String,
}

impl Problem {
    /// A problem with the sheet as a whole.
    pub(crate) fn of_sheet(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            cell: None,
            row: None,
            column: None,
            code,
            message: message.into(),
        }
    }

    /// A problem with one row.
    pub(crate) fn of_row(row: u32, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            row: Some(row),
            ..Self::of_sheet(code, message)
        }
    }

    /// A problem with one cell.
    pub(crate) fn of_cell(
        cell: CellAddress,
        column: Option<&str>,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let column = column.map(str::to_owned);
        Self {
            cell: Some(cell),
            column,
            ..Self::of_row(cell.row(), code, message)
        }
    }
}

/// `D7 (2008/09): message`, for a line of a list.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.cell, self.row, &self.column) {
            (Some(cell), _, Some(column)) => write!(f, "{cell} ({column}): ")?,
            (Some(cell), _, None) => write!(f, "{cell}: ")?,
            (None, Some(row), _) => write!(f, "row {row}: ")?,
            (None, None, _) => {}
        }
        f.write_str(&self.message)
    }
}

/// Problems as they are found: the first [`PROBLEMS_MAX`] by place, and how many more there are.
#[derive(Debug, Default)]
pub(crate) struct ProblemList {
    by_place: BTreeMap<(Option<u32>, Option<u32>, u64), Problem>,
    found: u64,
}

impl ProblemList {
    pub(crate) fn add(&mut self, problem: Problem) {
        self.found += 1;
        let column = problem.cell.map(CellAddress::column);
        self.by_place
            .insert((problem.row, column, self.found), problem);
        if self.by_place.len() > PROBLEMS_MAX {
            self.by_place.pop_last();
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_place.is_empty()
    }

    /// The problems from the top of the sheet to its end, what concerns the whole sheet first.
    pub(crate) fn into_sorted(self) -> Vec<Problem> {
        let kept = u64::try_from(self.by_place.len()).unwrap_or(u64::MAX);
        let mut problems: Vec<_> = self.by_place.into_values().collect();
        if let Some(more @ 1..) = self.found.checked_sub(kept) {
            let message = format!("and {more} more; correct these first and import again");
            problems.push(Problem::of_sheet("too-many-problems", message));
        }
        problems
    }
}

/// A cell's text inside a message: quoted, on one line, not longer than it helps.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN_CHARACTERS_MAX: usize = 40;
    let shown: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
    let more = if text.chars().nth(SHOWN_CHARACTERS_MAX).is_some() {
        "…"
    } else {
        ""
    };
    // `escape_debug` keeps letters of every script and shows control characters as \n or \u{1b}.
    let plain: String = shown
        .chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_debug().collect()
            } else {
                vec![c]
            }
        })
        .collect();
    format!("\"{plain}{more}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_come_in_the_order_of_the_sheet_and_end_with_a_count() {
        let mut list = ProblemList::default();
        for row in (1..=1_200).rev() {
            list.add(Problem::of_cell(
                CellAddress::new(row, 2),
                Some("title"),
                "bad-field",
                "b",
            ));
            list.add(Problem::of_cell(
                CellAddress::new(row, 1),
                None,
                "bad-field",
                "a",
            ));
        }
        list.add(Problem::of_sheet("bad-header", "whole"));
        let problems = list.into_sorted();
        assert_eq!(problems.len(), PROBLEMS_MAX + 1);
        assert_eq!(problems[0].message, "whole");
        assert_eq!(problems[1].to_string(), "A1: a");
        assert_eq!(problems[2].to_string(), "B1 (title): b");
        assert_eq!(problems[3].row, Some(2));
        assert_eq!(
            problems[1_000].message,
            "and 1401 more; correct these first and import again"
        );
    }

    #[test]
    fn a_quoted_text_is_short_and_on_one_line() {
        assert_eq!(quoted("a\nb\u{1b}£é"), "\"a\\nb\\u{1b}£é\"");
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 43);
    }
}

//! One thing wrong with a sheet that is imported, with its cell.

use std::fmt;

use netgain_events::refusal::Refusal;
use netgain_sheets::{CellAddress, Problem};
use serde::Serialize;
use serde_json::{Value, json};

/// One thing wrong with the sheet: with a cell, or with what it asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportProblem {
    /// The cell, like `D7`, where it is about one.
    pub cell: Option<String>,
    /// The row as a person sees it, from 1.
    pub row: Option<u32>,
    /// The heading of the column, or the field of the refused command.
    pub column: Option<String>,
    /// The stable code: a refusal's, or one of `netgain_sheets`.
    pub code: String,
    /// One sentence: what is wrong and what to do.
    pub message: String,
}

impl ImportProblem {
    /// A refusal of what a row or a cell asks for.
    pub(super) fn placed(refusal: &Refusal, row: u32, cell: Option<CellAddress>) -> Self {
        Self {
            cell: cell.map(|cell| cell.to_string()),
            row: Some(row),
            column: refusal.field.as_deref().map(str::to_owned),
            ..Self::whole(refusal)
        }
    }

    /// A refusal of the import as a whole.
    pub(super) fn whole(refusal: &Refusal) -> Self {
        Self {
            cell: None,
            row: None,
            column: None,
            code: refusal.code.to_string(),
            message: refusal.message.clone(),
        }
    }
}

impl From<Problem> for ImportProblem {
    fn from(problem: Problem) -> Self {
        Self {
            cell: problem.cell.map(|cell| cell.to_string()),
            row: problem.row,
            column: problem.column,
            code: problem.code.to_owned(),
            message: problem.message,
        }
    }
}

/// `D7 (2008/09): message`, for a line of a list.
impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.cell, self.row) {
            (Some(cell), _) => write!(f, "{cell}")?,
            (None, Some(row)) => write!(f, "row {row}")?,
            (None, None) => write!(f, "sheet")?,
        }
        if let Some(column) = &self.column {
            write!(f, " ({column})")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// The document of an import that has problems.
#[must_use]
pub fn problems_document(problems: &[ImportProblem]) -> Value {
    json!({ "imported": false, "problems": problems })
}

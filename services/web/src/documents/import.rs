//! What came of an import (docs/IMPORT.md).
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]
#![expect(
    clippy::struct_field_names,
    reason = "the fields are called as the documents call them"
)]

use utoipa::ToSchema;

use super::values::{Code, OrgCode, Sum, Year};

/// What an import came to, or would come to.
#[derive(ToSchema)]
pub(crate) struct Imported {
    /// Whether anything was to be recorded: not where it was only tried.
    imported: bool,
    org: OrgCode,
    counts: ImportCounts,
    /// The sum of the amounts in the sheet's year columns.
    control_total: Sum,
    /// The first position recorded; `null` where nothing was.
    #[schema(required)]
    first_position: Option<u64>,
    /// The last position recorded; `null` where nothing was.
    #[schema(required)]
    last_position: Option<u64>,
    /// Its effect on the claimed total of each year that it touches.
    claimed_net: Vec<ClaimedNet>,
    /// What a person should know of how the sheet was read.
    notes: Vec<String>,
}

/// How many rows came to what.
#[derive(ToSchema)]
pub(crate) struct ImportCounts {
    /// Rows that register a claim.
    new: u64,
    /// Rows that amend one.
    amended: u64,
    /// Rows that say what the ledger has already.
    unchanged: u64,
    /// Costs that are recorded.
    costs: u64,
}

/// The claimed net of a year before and after.
#[derive(ToSchema)]
pub(crate) struct ClaimedNet {
    year: Year,
    before: Sum,
    after: Sum,
}

/// One thing that is wrong with a sheet.
#[derive(ToSchema)]
pub(crate) struct ImportProblem {
    /// The cell, like `D7`; `null` where it is about none.
    #[schema(required)]
    cell: Option<String>,
    /// The row as a person sees it, from 1; `null` where it is about none.
    #[schema(required, minimum = 1)]
    row: Option<u32>,
    /// The heading of the column, or the field of the refused command; `null` where it is about none.
    #[schema(required)]
    column: Option<String>,
    /// A refusal's, or one of the sheet's own.
    code: Code,
    /// What is wrong and what to do.
    message: String,
}

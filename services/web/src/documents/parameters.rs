//! The parts of addresses, and headers, that several routes take.
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]

use utoipa::IntoParams;

use super::values::{
    ClaimReference, CommandKey, EntityTag, OrgCode, PersonId, StatementNumber, YearInPath,
};
use super::words::{ReportName, Series};

/// Whose history it is.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfOrganisation {
    /// The organisation's official code.
    #[param(inline)]
    org: OrgCode,
}

/// For which year.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfYear {
    /// The financial year, like 2010-11; NI179 exists from 2008-09 on.
    #[param(inline)]
    year: YearInPath,
}

/// Which claim.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfClaim {
    /// The claim's reference.
    #[param(inline)]
    claim: ClaimReference,
}

/// Which report.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfReport {
    /// Which report.
    #[param(inline)]
    name: ReportName,
}

/// Which statement.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfStatement {
    /// The financial year, like 2010-11.
    #[param(inline)]
    year: YearInPath,
    /// The series.
    #[param(inline)]
    series: Series,
    /// 1, 2, 3 … or latest.
    #[param(inline)]
    number: StatementNumber,
}

/// Who.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OfPerson {
    /// Their id.
    #[param(inline)]
    person: PersonId,
}

/// What a request that records may carry.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct RecordingHeaders {
    /// The `command_id` of the whole request: sent again, it is answered as the first time and nothing is written.
    #[param(rename = "Idempotency-Key", required = false, inline)]
    idempotency_key: CommandKey,
    /// The `ETag` that was seen: refused with 412 if the history has gone on since.
    #[param(rename = "If-Match", required = false, inline)]
    if_match: EntityTag,
}

/// What the caller has already.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct HaveAlready {
    /// The `ETag` of what was had already: answered with 304 where nothing was recorded since.
    #[param(rename = "If-None-Match", required = false, inline)]
    if_none_match: EntityTag,
}

//! What stands in each report.
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]

use utoipa::ToSchema;

use super::values::{
    Amount, ClaimReference, Date, LineText, Percentage, PersonId, ProseText, Reference, Sum, Year,
};
use super::words::{Progress, Purpose, Standing};

/// The sustainment checks that are due at a date.
#[derive(ToSchema)]
pub(super) struct Due {
    /// The date.
    at: Date,
    /// The checks, earliest year first.
    checks: Vec<DueCheck>,
    /// The pounds at risk over all of them.
    at_risk: Sum,
}

/// A check that is due.
#[derive(ToSchema)]
pub(super) struct DueCheck {
    /// The claim; `null` for the carry-forward.
    #[schema(required)]
    claim: Option<ClaimReference>,
    /// The year to check.
    year: Year,
    /// Since when it is due: 1 April after the year.
    due: Date,
    /// From when it is overdue: 1 August.
    overdue_from: Date,
    standing: Standing,
    /// What the year's assured total lacks without it.
    at_risk: Sum,
}

/// The claims under one heading.
#[derive(ToSchema)]
pub(super) struct Group {
    /// The heading's text; `null` for claims that state none.
    #[schema(required)]
    value: Option<String>,
    /// How many claims.
    claims: u64,
    /// Their gross on the claimed basis.
    gross: Sum,
    /// Their net on the claimed basis.
    claimed: Sum,
    /// Their net on the validated basis.
    validated: Sum,
    /// Their net on the assured basis.
    assured: Sum,
}

/// Totals beside targets.
#[derive(ToSchema)]
pub(super) struct Targets {
    /// The year of the baseline.
    baseline_year: Year,
    /// The baseline; `null` where none was set.
    #[schema(required)]
    baseline: Option<Amount>,
    /// Each year, earliest first.
    years: Vec<TargetYear>,
}

/// A year's totals beside its targets.
#[derive(ToSchema)]
pub(super) struct TargetYear {
    year: Year,
    /// The headline: the validated net.
    validated: Sum,
    /// The claimed net.
    claimed: Sum,
    /// The headline as a percentage of the baseline, with one decimal; `null` without a baseline.
    #[schema(required)]
    percent_of_baseline: Option<Percentage>,
    /// What the organisation means to reach; `null` where it has not said.
    #[schema(required)]
    target: Option<Amount>,
    /// The headline less that target.
    #[schema(required)]
    above_target: Option<Sum>,
    /// The sector's paths, where they reach this year.
    sector: Vec<PathPoint>,
    /// Its services' own targets.
    services: Vec<ServiceTarget>,
}

/// A point on a sector's path.
#[derive(ToSchema)]
pub(super) struct PathPoint {
    /// Which path.
    path: String,
    /// The compounded percentage, exact.
    percent: Percentage,
    /// That much of the baseline; `null` without one.
    #[schema(required)]
    amount: Option<Sum>,
}

/// A target for one service.
#[derive(ToSchema)]
pub(super) struct ServiceTarget {
    service: LineText,
    /// What it means to reach.
    target: Amount,
    /// The validated net of its claims.
    validated: Sum,
}

/// The uses of released money.
#[derive(ToSchema)]
pub(super) struct Redeployments {
    /// Each use, by year, then claim.
    uses: Vec<Use>,
    /// The sum of each purpose that occurs.
    by_purpose: Vec<PurposeTotal>,
    /// The sum of all.
    total: Sum,
}

/// One use of released money.
#[derive(ToSchema)]
pub(super) struct Use {
    /// The claim that released it.
    claim: ClaimReference,
    redeployment: Reference,
    /// In which year.
    year: Year,
    purpose: Purpose,
    /// How much.
    amount: Amount,
    /// More about it; `null` where nothing was said.
    #[schema(required)]
    description: Option<ProseText>,
}

/// What was used for one purpose.
#[derive(ToSchema)]
pub(super) struct PurposeTotal {
    purpose: Purpose,
    amount: Sum,
}

/// A challenge, and how far it has come.
#[derive(ToSchema)]
pub(super) struct ChallengeProgress {
    /// The claim it doubts.
    claim: ClaimReference,
    challenge: Reference,
    progress: Progress,
    /// Who raised it.
    raised_by: PersonId,
    /// The position it was raised at.
    raised: u64,
    /// By when an answer is wanted; `null` where nothing was said.
    #[schema(required)]
    answer_by: Option<Date>,
    /// What is asked.
    question: ProseText,
    /// The answer; `null` before there is one.
    #[schema(required)]
    answer: Option<ProseText>,
}

/// Money spent for nothing.
#[derive(ToSchema)]
pub(super) struct FailedCosts {
    /// Costs of failed claims. No total deducts them.
    failed: Vec<Cost>,
    /// Ended claims whose running cost was never ended. Totals deduct them.
    still_running: Vec<Cost>,
    /// The sum over the failed claims.
    failed_total: Sum,
    /// The sum over the ended ones.
    still_running_total: Sum,
}

/// A claim's cost in the year.
#[derive(ToSchema)]
pub(super) struct Cost {
    claim: ClaimReference,
    title: LineText,
    /// Its running costs of the year.
    recurring_costs: Sum,
    /// Its investment that falls in the year.
    one_off_costs: Sum,
}

/// The shares of a year.
#[derive(ToSchema)]
pub(super) struct Shares {
    /// Gross of cashable claims, of the gross of all that are neither withdrawn nor of an excluded source.
    cashable: Share,
    /// Net of claims with a back-office function, of the net of all.
    back_office: Share,
    /// Net of claims with the function front-line.
    front_line: Sum,
    /// Net of claims that state no function.
    function_not_stated: Sum,
}

/// A part of a whole.
#[derive(ToSchema)]
pub(super) struct Share {
    part: Sum,
    whole: Sum,
    /// The part in per cent, with one decimal; `null` where the whole is not above zero.
    #[schema(required)]
    percent: Option<Percentage>,
}

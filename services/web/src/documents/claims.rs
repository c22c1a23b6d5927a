//! Claims, with what is in force about them. A claim's own fields are those of the command `register-claim`.
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]
#![expect(
    clippy::struct_field_names,
    reason = "the fields are called as the documents call them"
)]
#![expect(
    clippy::zero_sized_map_values,
    reason = "a map in the documents is described by a map"
)]

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::figures::ClaimLine;
use super::values::{
    Amount, ClaimReference, Date, LineText, OrgCode, PersonId, ProseText, Reference, Year,
};
use super::words::{
    Action, Approach, ChallengeOutcome, Function, Grade, Method, OffsetKind, Outcome, Purpose,
    Quality, Source, Technique,
};

/// An organisation's claims.
#[derive(ToSchema)]
pub(crate) struct Claims {
    org: OrgCode,
    /// As known at which position.
    position: u64,
    /// The year of the lines, where one was named.
    #[schema(required = false)]
    year: Year,
    /// By which rules the lines are.
    #[schema(example = "ni179-v1")]
    ruleset: String,
    /// Every claim ever registered, in code-point order of its reference.
    claims: Vec<ClaimSummary>,
}

/// One claim of the list.
#[derive(ToSchema)]
pub(crate) struct ClaimSummary {
    claim: ClaimReference,
    /// What changed, in a few words.
    title: LineText,
    action: Action,
    /// The service that makes the gain.
    #[schema(required = false)]
    service: LineText,
    #[schema(required = false)]
    function: Function,
    /// Who is responsible for the gain.
    #[schema(required = false)]
    owner: LineText,
    /// The position it was registered at.
    registered: u64,
    /// The position it was withdrawn at, if it was.
    #[schema(required = false)]
    withdrawn: u64,
    /// Whether a validation is in force.
    validated: bool,
    #[schema(required = false)]
    grade: Grade,
    /// How many of its challenges are not closed.
    open_challenges: u64,
    /// Its line of the year, where one was named.
    #[schema(required = false)]
    line: ClaimLine,
}

/// A claim with everything in force about it.
#[derive(ToSchema)]
pub(crate) struct Claim {
    org: OrgCode,
    /// As known at which position.
    position: u64,
    claim: ClaimReference,
    /// What changed, in a few words.
    title: LineText,
    action: Action,
    /// When it first affects spending.
    impact_from: Date,
    /// The gross annual value of each year that is stated.
    profile: BTreeMap<String, Amount>,
    /// The service that makes the gain.
    #[schema(required = false)]
    service: LineText,
    #[schema(required = false)]
    function: Function,
    #[schema(required = false)]
    method: Method,
    #[schema(required = false)]
    technique: Technique,
    #[schema(required = false)]
    approach: Approach,
    source: Source,
    /// Why it counts although its source is excluded.
    #[schema(required = false)]
    source_override: ProseText,
    /// Whether it lasts.
    ongoing: bool,
    /// How the quality of output is measured.
    #[schema(required = false)]
    quality_measure: ProseText,
    /// Who is responsible for the gain.
    #[schema(required = false)]
    owner: LineText,
    #[schema(required = false)]
    scheme: Scheme,
    /// When it is to be looked at again.
    #[schema(required = false)]
    review_by: Date,
    /// Words of the organisation's own, by key.
    #[schema(required = false)]
    labels: BTreeMap<String, LineText>,
    /// The position it was registered at.
    registered: u64,
    /// Who registered it, and so may never validate it.
    registrant: PersonId,
    /// The position it was withdrawn at, if it was.
    #[schema(required = false)]
    withdrawn: u64,
    #[schema(required = false)]
    validation: Validation,
    /// Who changed it since its last validation, and so may not give the next.
    changed_by: Vec<PersonId>,
    /// The offsets in force, in order of their reference.
    offsets: Vec<Offset>,
    /// The check in force of each year, earliest first.
    checks: Vec<Check>,
    /// Every challenge, in order of its reference.
    challenges: Vec<Challenge>,
    /// The redeployments in force, in order of their reference.
    redeployments: Vec<Redeployment>,
    /// The year of the line, where one was named.
    #[schema(required = false)]
    year: Year,
    /// By which rules the line is.
    #[schema(example = "ni179-v1")]
    ruleset: String,
    /// Its line of the year, where one was named.
    #[schema(required = false)]
    line: ClaimLine,
}

/// A gain shared with other organisations.
#[derive(ToSchema)]
pub(crate) struct Scheme {
    id: Reference,
    /// Its whole gross annual value.
    total: Amount,
}

/// A second person standing behind the claim.
#[derive(ToSchema)]
pub(crate) struct Validation {
    /// Who.
    actor: PersonId,
    #[schema(required = false)]
    grade: Grade,
    /// The position of the event.
    position: u64,
}

/// An investment or a running cost set against the claim.
#[derive(ToSchema)]
pub(crate) struct Offset {
    offset: Reference,
    kind: OffsetKind,
    /// The year it falls in, or starts in.
    year: Year,
    /// For a recurring one, of each year.
    amount: Amount,
    /// Recurring only: the last year it falls in; for ever where absent.
    #[schema(required = false)]
    until: Year,
    /// One-off only: over how many years it is spread.
    #[schema(required = false)]
    spread_years: u8,
    /// Whether it would have been incurred anyway: shown, never deducted.
    incurred_anyway: bool,
    /// Who paid.
    #[schema(required = false)]
    funding: LineText,
    /// What it is for.
    #[schema(required = false)]
    description: ProseText,
}

/// The check in force of a year.
#[derive(ToSchema)]
pub(crate) struct Check {
    year: Year,
    outcome: Outcome,
    /// The value that still exists; with `reduced` only.
    #[schema(required = false)]
    verified: Amount,
    #[schema(required = false)]
    quality: Quality,
    /// The reading of the claim's quality measure.
    #[schema(required = false)]
    quality_reading: ProseText,
    /// By whom.
    actor: PersonId,
    /// The position of the event.
    position: u64,
}

/// A challenge and how far it has come.
#[derive(ToSchema)]
pub(crate) struct Challenge {
    challenge: Reference,
    /// What is asked.
    question: ProseText,
    /// By whom.
    raised_by: PersonId,
    /// The position it was raised at.
    raised: u64,
    /// By when an answer is wanted.
    #[schema(required = false)]
    answer_by: Date,
    /// The answer, the latest if there were several.
    #[schema(required = false)]
    answer: ProseText,
    /// How it was closed, once it is.
    #[schema(required = false)]
    outcome: ChallengeOutcome,
}

/// A use of the money that the claim released.
#[derive(ToSchema)]
pub(crate) struct Redeployment {
    redeployment: Reference,
    /// In which year.
    year: Year,
    /// How much.
    amount: Amount,
    purpose: Purpose,
    /// More about it.
    #[schema(required = false)]
    description: ProseText,
}

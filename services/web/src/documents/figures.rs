//! Totals, and the effects of events on a figure (ruleset sections 7 and 8).
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]
#![expect(
    clippy::struct_field_names,
    reason = "the fields are called as the documents call them"
)]

use utoipa::ToSchema;

use super::values::{ClaimReference, OrgCode, PersonId, Sum, Time, Year};
use super::words::{Basis, EventType, Reason, Status};

/// An organisation's NI179 for a year, with the line of each claim.
#[derive(ToSchema)]
pub(crate) struct Totals {
    org: OrgCode,
    year: Year,
    /// The regime of the rules.
    #[schema(example = "ni179")]
    regime: String,
    /// By which rules.
    #[schema(example = "ni179-v1")]
    ruleset: String,
    /// As known at which position.
    position: u64,
    /// All lines.
    claimed: BasisTotal,
    /// The lines with a validation in force: the headline is its net.
    validated: BasisTotal,
    /// Validated lines that someone other than the registrant checked for this year.
    assured: BasisTotal,
    /// Every claim, in code-point order of its reference.
    claims: Vec<ClaimLine>,
}

/// The total of one basis. `net` is `gross` less `recurring_costs`, `deleted` and `one_off_costs`, and the
/// `carry_forward`.
#[derive(ToSchema)]
pub(crate) struct BasisTotal {
    /// The verified annual value before any cost.
    gross: Sum,
    /// The running costs of the year.
    recurring_costs: Sum,
    /// What does not last: pounds whose run broke before three years.
    deleted: Sum,
    /// The investment that falls in the year.
    one_off_costs: Sum,
    /// SR04 gains that still continue, where the basis counts them.
    carry_forward: Sum,
    /// The total; may be below zero.
    net: Sum,
}

/// A claim's line of a year.
#[derive(ToSchema)]
pub(crate) struct ClaimLine {
    claim: ClaimReference,
    status: Status,
    /// Why it is ineligible; empty for every other status.
    reasons: Vec<Reason>,
    /// The verified annual value before any cost.
    gross: Sum,
    /// The running costs of the year.
    recurring_costs: Sum,
    /// What does not last.
    deleted: Sum,
    /// The investment that falls in the year.
    one_off_costs: Sum,
    /// What the line adds to a total that counts it.
    net: Sum,
    /// Whether a validation is in force.
    validated: bool,
    /// Whether it counts in the assured basis.
    assured: bool,
}

/// A figure as known at a position.
#[derive(ToSchema)]
pub(crate) struct FigureAt {
    /// The position; 0 before the first event.
    position: u64,
    figure: Sum,
}

/// One event with an effect on a figure.
#[derive(ToSchema)]
pub(crate) struct Effect {
    /// The event's position.
    position: u64,
    recorded_at: Time,
    /// Who did it.
    actor: PersonId,
    /// What happened.
    event: EventType,
    /// The claim it is about, where it is about one.
    #[schema(required = false)]
    claim: ClaimReference,
    /// What it did to the figure.
    effect: Sum,
    /// The figure after it.
    figure: Sum,
}

/// A figure followed through a history: the effects add up from `from` to `to`.
#[derive(ToSchema)]
pub(crate) struct Followed {
    org: OrgCode,
    year: Year,
    basis: Basis,
    /// One claim's part; `null` for the organisation's total.
    #[schema(required)]
    claim: Option<ClaimReference>,
    /// Where it was followed from.
    from: FigureAt,
    /// Where to.
    to: FigureAt,
    /// Every event between the two with an effect, in order.
    effects: Vec<Effect>,
}

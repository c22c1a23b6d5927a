//! Statements: what was published (ruleset section 9).
#![expect(
    dead_code,
    reason = "the description is made from these types; no value is"
)]

use utoipa::ToSchema;

use super::figures::{BasisTotal, Effect, FigureAt};
use super::values::{PersonId, Sha256, Time, Year};
use super::words::{Basis, Series};

/// A statement as it was issued.
#[derive(ToSchema)]
pub(crate) struct IssuedStatement {
    /// The position of its event.
    position: u64,
    recorded_at: Time,
    /// Who issued it.
    actor: PersonId,
    statement: Statement,
}

/// A figure published for a year.
#[derive(ToSchema)]
pub(crate) struct Statement {
    year: Year,
    series: Series,
    /// 1, 2, 3 … within its year and series.
    #[schema(minimum = 1)]
    number: u32,
    figures: StatedFigures,
}

/// The figures a statement freezes.
#[derive(ToSchema)]
pub(crate) struct StatedFigures {
    /// The ruleset that made them.
    #[schema(example = "ni179-v1")]
    ruleset: String,
    /// The position known at: the one before the statement's own.
    known_at: u64,
    claimed: BasisTotal,
    /// The headline is its net.
    validated: BasisTotal,
    assured: BasisTotal,
    /// Of the totals document at that position, byte for byte.
    totals_sha256: Sha256,
}

/// A statement beside what is known now.
#[derive(ToSchema)]
pub(crate) struct Comparison {
    /// The statement.
    issued: IssuedStatement,
    /// The totals now.
    now: TotalsNow,
    /// The basis that the effects are on.
    basis: Basis,
    /// The net as published.
    from: FigureAt,
    /// The net now.
    to: FigureAt,
    /// Every event since with an effect, in order.
    effects: Vec<Effect>,
}

/// The three bases as known now.
#[derive(ToSchema)]
pub(crate) struct TotalsNow {
    /// As known at which position.
    position: u64,
    claimed: BasisTotal,
    validated: BasisTotal,
    assured: BasisTotal,
}

//! What an organisation has published: one statement, all of them, and the restatement since.

use netgain_events::fact::StatedBasis;
use netgain_events::financial_year::FinancialYear;
use netgain_events::state::{IssuedStatement, Organisation};
use netgain_events::vocabulary::Series;
use netgain_ledger::log::LogRead;
use netgain_projections::basis::Basis;
use netgain_projections::effects::Figure;
use netgain_projections::totals::Totals;
use serde_json::{Value, json};

use crate::explain::{self, Followed};
use crate::not_answered::{Fault, NotAnswered, Unknown};
use crate::pounds::stated;
use crate::totals::totals;

/// A statement of a year and series: the one of that number, or the latest.
///
/// # Errors
/// [`Unknown::Statement`].
pub fn find(
    state: &Organisation,
    year: FinancialYear,
    series: Series,
    number: Option<u32>,
) -> Result<&IssuedStatement, Unknown> {
    let issued = list(state, Some(year), Some(series));
    let mut newest_first = issued.into_iter().rev();
    let found =
        newest_first.find(|issued| number.is_none_or(|number| issued.statement.number == number));
    found.ok_or_else(|| Unknown::Statement {
        org: state.org.clone(),
        year,
        series,
    })
}

/// The statements of a year and a series, or of all, in the order they were issued.
#[must_use]
pub fn list(
    state: &Organisation,
    year: Option<FinancialYear>,
    series: Option<Series>,
) -> Vec<&IssuedStatement> {
    let wanted = state.statements.iter().filter(|issued| {
        let statement = &issued.statement;
        year.is_none_or(|year| statement.year == year)
            && series.is_none_or(|series| statement.series == series)
    });
    wanted.collect()
}

/// A statement's document, in the words of its event.
#[must_use]
pub fn document(issued: &IssuedStatement) -> Value {
    json!({
        "position": issued.position,
        "recorded_at": issued.recorded_at,
        "actor": issued.actor,
        "statement": issued.statement,
    })
}

/// The document of several: an array of theirs.
#[must_use]
pub fn list_document(issued: &[&IssuedStatement]) -> Value {
    issued.iter().map(|issued| document(issued)).collect()
}

/// A statement beside what is known now.
#[derive(Clone, Debug)]
pub struct Comparison<'s> {
    /// The statement.
    pub issued: &'s IssuedStatement,
    /// The totals now, of which only the three bases stand in the document.
    pub now: Totals<'s>,
    /// The statement's net on the basis asked for, followed from what it was known at until now.
    pub followed: Followed,
}

/// Compares a statement with a later state of its organisation, event by event on one basis.
///
/// # Errors
/// The history no longer gives what was published, or cannot be read.
pub fn compare<'s>(
    log: &dyn LogRead,
    state: &'s Organisation,
    issued: &'s IssuedStatement,
    basis: Basis,
) -> Result<Comparison<'s>, NotAnswered> {
    let (year, then) = (issued.statement.year, &issued.statement.figures);
    let figure = Figure {
        year,
        basis,
        claim: None,
    };
    let followed = explain::diff(log, &state.org, &figure, then.known_at, state.position)?;
    let now = totals(state, year)?;
    let frozen = &stated_basis(issued, basis).net;
    // The history must still say what was published, or the difference would mean nothing.
    if frozen.sum() != Some(followed.from.figure) {
        let fault = Fault::NotAsStated {
            known_at: then.known_at,
            gives: followed.from.figure,
            stated: stated(frozen),
        };
        return Err(fault.into());
    }
    Ok(Comparison {
        issued,
        now,
        followed,
    })
}

/// What a statement froze on a basis.
#[must_use]
pub const fn stated_basis(issued: &IssuedStatement, basis: Basis) -> &StatedBasis {
    let figures = &issued.statement.figures;
    match basis {
        Basis::Claimed => &figures.claimed,
        Basis::Validated => &figures.validated,
        Basis::Assured => &figures.assured,
    }
}

impl Comparison<'_> {
    /// The comparison's document.
    #[must_use]
    pub fn document(&self) -> Value {
        json!({
            "issued": document(self.issued),
            "now": {
                "position": self.now.position,
                "claimed": self.now.claimed,
                "validated": self.now.validated,
                "assured": self.now.assured,
            },
            "basis": self.followed.figure.basis.as_str(),
            "from": self.followed.from,
            "to": self.followed.to,
            "effects": self.followed.effects,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    fn year() -> FinancialYear {
        "2009/10".parse().unwrap()
    }

    #[test]
    fn the_latest_is_found_unless_a_number_says_which() {
        let world = World::stroud();
        world.record(json!({"type": "issue-statement", "year": "2009/10", "series": "actual"}));
        let state = world.state();
        let find = |series, number| {
            find(&state, year(), series, number).map(|issued| issued.statement.number)
        };
        assert_eq!(find(Series::Actual, None), Ok(2));
        assert_eq!(find(Series::Actual, Some(1)), Ok(1));
        for (series, number) in [(Series::Actual, Some(3)), (Series::Forecast, None)] {
            let unknown = find(series, number).unwrap_err();
            assert_eq!(unknown.code(), "unknown-statement");
        }
        assert_eq!(list(&state, None, None).len(), 2);
        assert_eq!(list(&state, None, Some(Series::Forecast)).len(), 0);
        let all = list_document(&list(&state, Some(year()), None));
        assert_eq!(all[1]["position"], 13);
        assert_eq!(all[1]["statement"]["number"], 2);
    }

    #[test]
    fn a_restatement_is_told_event_by_event() {
        let world = World::stroud();
        let state = world.state();
        let issued = find(&state, year(), Series::Actual, None).unwrap();
        let compared = compare(&world.log, &state, issued, Basis::Validated).unwrap();
        let document = compared.document();
        assert_eq!(
            document["issued"]["statement"]["figures"]["validated"]["net"],
            "190000.50"
        );
        assert_eq!(
            document["from"],
            json!({"position": 10, "figure": "190000.50"})
        );
        assert_eq!(document["to"], json!({"position": 12, "figure": "0.00"}));
        assert_eq!(document["now"]["validated"]["net"], "0.00");
        // The amendment ended the validation.
        assert_eq!(document["effects"][0]["event"], "claim-amended");
        assert_eq!(document["effects"][0]["effect"], "-190000.50");
        assert_eq!(document["effects"][1], Value::Null);
    }

    #[test]
    fn a_statement_that_the_history_does_not_give_is_not_compared() {
        let world = World::stroud();
        let state = world.state();
        let mut issued = find(&state, year(), Series::Actual, None).unwrap().clone();
        issued.statement.figures.validated.net = "190000.51".parse().unwrap();
        let error = compare(&world.log, &state, &issued, Basis::Validated).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the history up to position 10 gives £190,000.50 and the statement says £190,000.51; \
             run netgain verify"
        );
        assert!(compare(&world.log, &state, &issued, Basis::Claimed).is_ok());
    }
}

//! An organisation's NI179 for a year, with the line of each claim.

use netgain_events::financial_year::FinancialYear;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::totals::Totals;

use crate::not_answered::{BadQuestion, NotAnswered};

/// Refuses a year before the indicator's first (ruleset section 1).
///
/// # Errors
/// [`BadQuestion::YearTooEarly`].
pub fn check_year(year: FinancialYear) -> Result<(), BadQuestion> {
    if year >= NI179_V1.first_year {
        return Ok(());
    }
    Err(BadQuestion::YearTooEarly(year))
}

/// The totals of a year by the ruleset in force.
///
/// # Errors
/// The year is before the indicator's first; amounts add up past the range of a sum.
pub fn totals(state: &Organisation, year: FinancialYear) -> Result<Totals<'_>, NotAnswered> {
    check_year(year)?;
    Ok(Totals::of(state, year, &NI179_V1)?)
}

/// The totals document without a line feed: the very bytes whose SHA-256 a statement carries.
///
/// # Errors
/// It could not be written.
pub fn document(totals: &Totals<'_>) -> Result<Vec<u8>, NotAnswered> {
    Ok(totals.document()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[test]
    fn a_year_before_the_indicator_is_refused() {
        let state = World::stroud().state();
        let error = totals(&state, "2007/08".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "NI179 totals exist from 2008/09 on; 2007/08 is before that."
        );
        assert!(matches!(
            error,
            NotAnswered::BadQuestion(BadQuestion::YearTooEarly(_))
        ));
    }

    #[test]
    fn the_document_is_what_a_statement_froze() {
        let world = World::stroud();
        let issued = world.state().statements[0].clone();
        let known_at =
            netgain_ledger::history::KnownAt::Position(issued.statement.figures.known_at);
        let then = crate::known::state(&world.log, None, &issued_by(), known_at).unwrap();
        let document = document(&totals(&then, issued.statement.year).unwrap()).unwrap();
        assert_eq!(
            netgain_events::sha256::Sha256Hex::of(&document),
            issued.statement.figures.totals_sha256
        );
    }

    fn issued_by() -> netgain_events::identifier::OrgId {
        crate::testing::stroud()
    }
}

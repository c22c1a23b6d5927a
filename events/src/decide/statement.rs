//! When a statement may be issued, and its number (ruleset section 9).

use crate::fact::{Fact, StatedFigures, Statement};
use crate::financial_year::FinancialYear;
use crate::recorded_at::RecordedAt;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::Organisation;
use crate::vocabulary::Series;

/// Refuses a forecast outside its year, and an actual before its year is over.
pub(super) fn check(year: FinancialYear, series: Series, now: RecordedAt) -> Result<(), Refusal> {
    let today = now.day();
    let refuse = |code, message| Err(Refusal::of_field(code, "series", message));
    match series {
        Series::Forecast if today < year.first_day() => refuse(
            RefusalCode::StatementTooEarly,
            format!(
                "The year {year} has not begun; issue its forecast from {} on.",
                year.first_day()
            ),
        ),
        Series::Forecast if today >= year.day_after() => refuse(
            RefusalCode::StatementTooLate,
            format!("The year {year} is over; issue an actual statement instead of a forecast."),
        ),
        Series::Actual if today < year.day_after() => refuse(
            RefusalCode::StatementTooEarly,
            format!(
                "The year {year} is not over; issue its actual statement from {} on.",
                year.day_after()
            ),
        ),
        Series::Forecast | Series::Actual => Ok(()),
    }
}

/// The next statement of its year and series.
pub(super) fn next(
    state: &Organisation,
    year: FinancialYear,
    series: Series,
    figures: StatedFigures,
) -> Fact {
    // A number past four thousand million statements of one year does not occur.
    let issued = u32::try_from(state.statements_of(year, series)).unwrap_or(u32::MAX);
    let number = issued.saturating_add(1);
    Fact::StatementIssued(Box::new(Statement {
        year,
        series,
        number,
        figures,
    }))
}

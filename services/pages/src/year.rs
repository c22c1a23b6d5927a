//! Which financial year a page is about.

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;

/// The year of a page that none was named for: the last one up to today that the organisation has a
/// target for; without a target, that its claims state something for; and else today's.
#[must_use]
pub fn default_year(state: &Organisation, today: NaiveDate) -> FinancialYear {
    let today = current(today);
    let so_far = |year: &FinancialYear| *year <= today && *year >= NI179_V1.first_year;
    let with_target = state.targets.keys().map(|(year, _)| *year).filter(so_far);
    let stated = state
        .claims
        .values()
        .flat_map(|claim| claim.details.profile.stated())
        .map(|(year, _)| year)
        .filter(so_far);
    with_target.max().or_else(|| stated.max()).unwrap_or(today)
}

/// The years that somebody can choose: from the indicator's first to today's, or further where something
/// is stated for later ones.
#[must_use]
pub fn years(state: &Organisation, today: NaiveDate) -> Vec<FinancialYear> {
    let stated = state
        .claims
        .values()
        .flat_map(|claim| claim.details.profile.stated())
        .map(|(year, _)| year);
    let targets = state.targets.keys().map(|(year, _)| *year);
    let last = stated
        .chain(targets)
        .max()
        .unwrap_or(NI179_V1.first_year)
        .max(current(today));
    NI179_V1.first_year.to(last).collect()
}

/// Today's financial year; the indicator's first before it.
#[must_use]
pub fn current(today: NaiveDate) -> FinancialYear {
    let year = FinancialYear::containing(today);
    year.map_or(NI179_V1.first_year, |year| year.max(NI179_V1.first_year))
}

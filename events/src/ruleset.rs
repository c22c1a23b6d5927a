//! Rulesets: the choices that make a total, as versioned data. A total names the ruleset that made
//! it; a new ruleset is a new value here, never an edit of an old one.
//!
//! `docs/RULESET.md` is the page of `ni179-v1`, with the published source of every rule.

use chrono::NaiveDate;
use serde::Serialize;

use crate::financial_year::FinancialYear;
use crate::vocabulary::{Action, Source};

/// The choices of one version of a regime's rules. As JSON it is what a statement's bundle carries as
/// `ruleset.json`, each field under its name here.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Ruleset {
    /// The ruleset's own name, with its version.
    pub id: &'static str,
    /// What the totals report.
    pub regime: &'static str,
    /// The first year that totals and statements exist for.
    pub first_year: FinancialYear,
    /// Sources that count only with an override (section 3).
    pub excluded_sources: &'static [Source],
    /// Kinds of change that release cash (section 3; "Back to front", Table 2).
    pub cashable_actions: &'static [Action],
    /// In how many consecutive years a pound must be present to be proven: the year it first
    /// accrues and two full years after (section 5).
    pub persistence_years: u16,
    /// The SR04 target above which gains carry forward, in thousandths of the 2004/05 baseline
    /// (section 7; "Back to front", paragraph 28).
    pub carry_forward_threshold_per_mille: i128,
    /// The year whose baseline percentages and the sector's path refer to (section 9).
    pub baseline_year: FinancialYear,
    /// The sector's paths of targets: what was first published, then as the Budget changed it
    /// (section 9).
    pub sector_paths: &'static [SectorPath],
    /// How many months after a year's end its check is overdue, less one day: the actual return is
    /// made in July (section 7).
    pub check_overdue_months: u32,
}

/// A path of yearly percentages that compound on one fixed baseline.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct SectorPath {
    /// What it is called.
    pub name: &'static str,
    /// The percentage of each year, from the ruleset's first year on.
    pub yearly_percent: &'static [u32],
}

const fn year(calendar_year: u16) -> FinancialYear {
    match FinancialYear::starting(calendar_year) {
        Some(year) => year,
        // The years below are within the range that can be named; the test holds them to it.
        None => FinancialYear::FIRST,
    }
}

/// Version 1 of the rules for National Indicator 179.
pub static NI179_V1: Ruleset = Ruleset {
    id: "ni179-v1",
    regime: "ni179",
    first_year: year(2008),
    excluded_sources: &[
        Source::Income,
        Source::Grant,
        Source::Reserves,
        Source::CapitalReceipt,
        Source::Deferral,
        Source::ServiceCut,
        Source::CostShift,
    ],
    cashable_actions: &[Action::ReduceInputs, Action::ReducePrices],
    persistence_years: 3,
    carry_forward_threshold_per_mille: 75,
    baseline_year: year(2007),
    sector_paths: &[
        SectorPath {
            name: "3 % a year",
            yearly_percent: &[3, 3, 3],
        },
        SectorPath {
            name: "with 4 % in 2010/11 (Budget 2009)",
            yearly_percent: &[3, 3, 4],
        },
    ],
    check_overdue_months: 4,
};

impl Ruleset {
    /// The first day whose impact counts: 1 April of the first year.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.first_year.first_day()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_years_of_the_ruleset_are_those_of_its_page() {
        assert_eq!(NI179_V1.first_year.to_string(), "2008/09");
        assert_eq!(NI179_V1.baseline_year.to_string(), "2007/08");
        assert!(!NI179_V1.excluded_sources.contains(&Source::Efficiency));
        assert_eq!(NI179_V1.excluded_sources.len(), Source::ALL.len() - 1);
    }
}

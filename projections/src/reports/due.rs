//! The sustainment checks that are due at a date, with the pounds at risk (ruleset section 7,
//! *What is due*).

use chrono::{Months, NaiveDate};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::Ruleset;
use netgain_events::state::Organisation;
use serde::Serialize;

use crate::carry_forward;
use crate::line::Line;

/// How a check stands at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The year is over and its check has not been recorded.
    Due,
    /// So it is since 1 August.
    Overdue,
    /// Only the claim's own registrant checked: it counts as checked, and assures nothing.
    OwnCheck,
}

/// A check that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DueCheck {
    /// The claim; the carry-forward where there is none.
    pub claim: Option<ClaimId>,
    /// The year to check.
    pub year: FinancialYear,
    /// Since when it is due: 1 April after the year.
    pub due: NaiveDate,
    /// From when it is overdue: 1 August.
    pub overdue_from: NaiveDate,
    /// How it stands.
    pub standing: Standing,
    /// What the year's assured total lacks without it: the line's net.
    pub at_risk: Sum,
}

/// What is due at a date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The date.
    pub at: NaiveDate,
    /// The checks, earliest year first, then by reference.
    pub checks: Vec<DueCheck>,
    /// The pounds at risk over all of them.
    pub at_risk: Sum,
}

/// The checks due at a date, of one year or of every year that is over by then. A year in which a
/// claim has no amounts needs no check.
pub fn due(
    state: &Organisation,
    at: NaiveDate,
    only: Option<FinancialYear>,
    rules: &Ruleset,
) -> Result<Due, SumOverflow> {
    let mut checks = Vec::new();
    let years = rules.first_year.to(FinancialYear::LAST);
    let over = years.take_while(|year| year.day_after() <= at);
    for year in over.filter(|year| only.is_none_or(|only| *year == only)) {
        due_in_year(state, at, year, rules, &mut checks)?;
    }
    let mut at_risk = Sum::ZERO;
    for check in &checks {
        at_risk = at_risk.plus(check.at_risk)?;
    }
    Ok(Due {
        at,
        checks,
        at_risk,
    })
}

fn due_in_year(
    state: &Organisation,
    at: NaiveDate,
    year: FinancialYear,
    rules: &Ruleset,
    checks: &mut Vec<DueCheck>,
) -> Result<(), SumOverflow> {
    let due = year.day_after();
    let overdue_from = due + Months::new(rules.check_overdue_months);
    // Whether the one check there may be was made by the one who may not assure.
    let standing = |checked_by_own: Option<bool>| match checked_by_own {
        Some(false) => None,
        Some(true) => Some(Standing::OwnCheck),
        None if at < overdue_from => Some(Standing::Due),
        None => Some(Standing::Overdue),
    };
    for (id, claim) in &state.claims {
        let own = claim
            .checks
            .get(&year)
            .map(|check| check.actor.is(&claim.registrant));
        let Some(standing) = standing(own) else {
            continue;
        };
        let line = Line::of(claim, year, rules)?;
        let at_risk = line.amounts.net()?;
        if line.status.has_amounts() && line.amounts.gross.is_positive() {
            let claim = Some(id.clone());
            checks.push(DueCheck {
                claim,
                year,
                due,
                overdue_from,
                standing,
                at_risk,
            });
        }
    }
    if let Some(declared) = &state.carry_forward {
        let own = declared
            .checks
            .get(&year)
            .map(|(_, checker)| checker.is(&declared.declarer));
        let at_risk = carry_forward::value(declared, year, rules)?;
        if let Some(standing) = standing(own)
            && at_risk.is_positive()
        {
            checks.push(DueCheck {
                claim: None,
                year,
                due,
                overdue_from,
                standing,
                at_risk,
            });
        }
    }
    Ok(())
}

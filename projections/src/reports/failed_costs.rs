//! Money spent for nothing: the costs of failed claims, which their lines leave out, and the running
//! costs of ended ones, which still count against the total (ruleset section 6).

use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::text::Line as TextLine;
use serde::Serialize;

use crate::levels::{Levels, one_off};
use crate::line::Status;
use crate::totals::Totals;

/// A claim's cost in the year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// The claim.
    pub claim: ClaimId,
    /// Its title.
    pub title: TextLine,
    /// Its running costs of the year.
    pub recurring_costs: Sum,
    /// Its investment that falls in the year.
    pub one_off_costs: Sum,
}

/// The costs without a gain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FailedCosts {
    /// Costs of failed claims. No total deducts them.
    pub failed: Vec<Cost>,
    /// Ended claims whose running cost was never ended. Totals deduct them.
    pub still_running: Vec<Cost>,
    /// The sum over the failed claims.
    pub failed_total: Sum,
    /// The sum over the ended ones.
    pub still_running_total: Sum,
}

/// The costs without a gain in a year.
pub fn failed_costs(totals: &Totals<'_>) -> Result<FailedCosts, SumOverflow> {
    let mut costs = FailedCosts::default();
    for line in &totals.claims {
        let Some(levels) = Levels::of(line.claim, totals.year, totals.rules)? else {
            continue;
        };
        let cost = Cost {
            claim: line.id.clone(),
            title: line.claim.details.title.clone(),
            recurring_costs: levels.at(totals.year).recurring,
            one_off_costs: one_off(line.claim, levels.first(), totals.year.starts_in())?,
        };
        let (list, total) = match line.line.status {
            Status::Failed => (&mut costs.failed, &mut costs.failed_total),
            Status::Ended => (&mut costs.still_running, &mut costs.still_running_total),
            Status::Withdrawn
            | Status::Ineligible
            | Status::Expected
            | Status::Proven
            | Status::Provisional => continue,
        };
        let whole = cost.recurring_costs.plus(cost.one_off_costs)?;
        if whole.is_positive() {
            *total = total.plus(whole)?;
            list.push(cost);
        }
    }
    Ok(costs)
}

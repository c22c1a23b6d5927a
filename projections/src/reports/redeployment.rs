//! What released money was used for.

use std::collections::BTreeMap;

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, RedeploymentId};
use netgain_events::money::{Money, Sum, SumOverflow};
use netgain_events::state::Organisation;
use netgain_events::text::Prose;
use netgain_events::vocabulary::Purpose;
use serde::Serialize;

/// One use of released money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The claim that released it.
    pub claim: ClaimId,
    /// The redeployment's reference.
    pub redeployment: RedeploymentId,
    /// In which year.
    pub year: FinancialYear,
    /// For what.
    pub purpose: Purpose,
    /// How much.
    pub amount: Money,
    /// More about it.
    pub description: Option<Prose>,
}

/// What was used for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PurposeTotal {
    /// The purpose.
    pub purpose: Purpose,
    /// How much.
    pub amount: Sum,
}

/// The uses of released money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redeployments {
    /// Each use, by year, then claim.
    pub uses: Vec<Use>,
    /// The sum of each purpose that occurs, in the order of the vocabulary.
    pub by_purpose: Vec<PurposeTotal>,
    /// The sum of all.
    pub total: Sum,
}

/// The redeployments in force, of one year or of all. Those of withdrawn claims are left out.
pub fn redeployments(
    state: &Organisation,
    only: Option<FinancialYear>,
) -> Result<Redeployments, SumOverflow> {
    let mut uses = Vec::new();
    for (claim, facts) in state
        .claims
        .iter()
        .filter(|(_, facts)| facts.withdrawn.is_none())
    {
        for (id, redeployment) in facts.redeployments.iter() {
            let Some(details) = redeployment.in_force.as_deref() else {
                continue;
            };
            if only.is_none_or(|only| only == details.year) {
                uses.push(Use {
                    claim: claim.clone(),
                    redeployment: id.clone(),
                    year: details.year,
                    purpose: details.purpose,
                    amount: details.amount,
                    description: details.description.clone(),
                });
            }
        }
    }
    uses.sort_by_key(|one| one.year);
    let mut sums: BTreeMap<Purpose, Sum> = BTreeMap::new();
    let mut total = Sum::ZERO;
    for one in &uses {
        let sum = sums.entry(one.purpose).or_default();
        *sum = sum.plus(one.amount)?;
        total = total.plus(one.amount)?;
    }
    let by_purpose = sums
        .into_iter()
        .map(|(purpose, amount)| PurposeTotal { purpose, amount })
        .collect();
    Ok(Redeployments {
        uses,
        by_purpose,
        total,
    })
}

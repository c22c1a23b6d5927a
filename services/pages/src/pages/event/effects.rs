//! What one event did to the figures of every year, on each basis.

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::basis::Basis;
use netgain_projections::carry_forward;
use netgain_projections::line::Line;

/// What an event did to the figure of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearEffect {
    /// Which year.
    pub year: FinancialYear,
    /// The effect on each basis, in the order of [`Basis::ALL`].
    pub effects: Vec<Sum>,
}

/// The years whose figures an event changed, and by how much: the difference between the states before and
/// after it. It is about `claim`, or about none.
///
/// # Errors
/// Amounts added up past the range of a sum.
pub fn effects(
    before: &Organisation,
    after: &Organisation,
    claim: Option<&ClaimId>,
    years: &[FinancialYear],
) -> Result<Vec<YearEffect>, SumOverflow> {
    let mut found = Vec::new();
    for &year in years {
        let mut effects = Vec::new();
        for &basis in Basis::ALL {
            let was = part(before, claim, year, basis)?;
            effects.push(part(after, claim, year, basis)?.minus(was)?);
        }
        if effects.iter().any(|effect| *effect != Sum::ZERO) {
            found.push(YearEffect { year, effects });
        }
    }
    Ok(found)
}

/// What of a figure such an event can change: the claim's part, or else the carry-forward.
fn part(
    state: &Organisation,
    claim: Option<&ClaimId>,
    year: FinancialYear,
    basis: Basis,
) -> Result<Sum, SumOverflow> {
    match claim {
        Some(claim) => match state.claim(claim) {
            Some(claim) => Line::of(claim, year, &NI179_V1)?.net_in(basis),
            None => Ok(Sum::ZERO),
        },
        None => match &state.carry_forward {
            Some(declared) if carry_forward::counts_in(declared, year, basis) => {
                carry_forward::value(declared, year, &NI179_V1)
            }
            Some(_) | None => Ok(Sum::ZERO),
        },
    }
}

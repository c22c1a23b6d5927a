//! Shares for the board, over the claimed basis of a year (ruleset section 9).

use netgain_events::money::{Sum, SumOverflow};
use netgain_events::vocabulary::Function;
use serde::Serialize;

use crate::eligibility::{has_excluded_source, is_cashable};
use crate::levels::Levels;
use crate::percent::Percent;
use crate::totals::Totals;

/// A share: a part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// The part.
    pub part: Sum,
    /// The whole.
    pub whole: Sum,
    /// The part in per cent; none where the whole is not above zero.
    pub percent: Option<Percent>,
}

impl Share {
    fn of(part: Sum, whole: Sum) -> Self {
        Self {
            part,
            whole,
            percent: Percent::share(part, whole),
        }
    }
}

/// The shares of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Shares {
    /// Gross of cashable claims, of the gross of all that are neither withdrawn nor of an excluded
    /// source.
    pub cashable: Share,
    /// Net of claims with a back-office function, of the net of all.
    pub back_office: Share,
    /// Net of claims with the function front-line.
    pub front_line: Sum,
    /// Net of claims that state no function.
    pub function_not_stated: Sum,
}

/// The shares of a year.
pub fn shares(totals: &Totals<'_>) -> Result<Shares, SumOverflow> {
    let (mut cashable, mut not_cashable) = (Sum::ZERO, Sum::ZERO);
    let (mut back_office, mut front_line, mut not_stated) = (Sum::ZERO, Sum::ZERO, Sum::ZERO);
    for line in &totals.claims {
        let details = &line.claim.details;
        if is_cashable(details.action, totals.rules) {
            cashable = cashable.plus(line.line.amounts.gross)?;
        } else if line.claim.withdrawn.is_none() && !has_excluded_source(details, totals.rules) {
            // Non-cashable gains have no amounts of their own: they stand at their verified level,
            // without the three-year rule.
            if let Some(levels) = Levels::of(line.claim, totals.year, totals.rules)? {
                not_cashable = not_cashable.plus(levels.at(totals.year).gross)?;
            }
        }
        let net = match details.function {
            None => &mut not_stated,
            Some(Function::FrontLine) => &mut front_line,
            Some(
                Function::RevenuesAndBenefits
                | Function::Finance
                | Function::HumanResources
                | Function::Ict
                | Function::Procurement
                | Function::Legal
                | Function::Facilities
                | Function::Travel
                | Function::Marketing,
            ) => &mut back_office,
        };
        *net = net.plus(line.net)?;
    }
    let all = back_office.plus(front_line)?.plus(not_stated)?;
    Ok(Shares {
        cashable: Share::of(cashable, cashable.plus(not_cashable)?),
        back_office: Share::of(back_office, all),
        front_line,
        function_not_stated: not_stated,
    })
}

//! The claims of a year that a filter lets through, and what they add up to.

use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::basis::{Amounts, Basis};
use netgain_projections::line::ClaimLine;
use netgain_projections::totals::Totals;

use super::filter::Filter;

/// What is listed.
#[derive(Clone, Debug)]
pub struct Listed<'t> {
    /// The lines, in the order that is wanted.
    pub lines: Vec<&'t ClaimLine<'t>>,
    /// Their sums, of every page of the list together.
    pub sums: Sums,
}

/// What lines add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The parts of the claimed net.
    pub amounts: Amounts,
    /// The net of all of them.
    pub net: Sum,
    /// The net of those that are validated.
    pub validated: Sum,
    /// The net of those that are assured.
    pub assured: Sum,
}

impl<'t> Listed<'t> {
    /// The lines of a year's totals that a filter lets through.
    ///
    /// # Errors
    /// Amounts add up past the range of a sum.
    pub fn of(totals: &'t Totals<'t>, filter: &Filter) -> Result<Self, SumOverflow> {
        let lines = totals.claims.iter().filter(|line| filter.wants(line));
        let mut lines: Vec<_> = lines.collect();
        let mut sums = Sums::default();
        for line in &lines {
            sums.amounts.add(&line.line.amounts)?;
            sums.validated = sums.validated.plus(line.line.net_in(Basis::Validated)?)?;
            sums.assured = sums.assured.plus(line.line.net_in(Basis::Assured)?)?;
        }
        sums.net = sums.amounts.net()?;
        filter.sort(&mut lines);
        Ok(Self { lines, sums })
    }
}

/// A line's costs: what it takes every year and what falls once.
///
/// # Errors
/// They add up past the range of a sum.
pub fn costs(amounts: &Amounts) -> Result<Sum, SumOverflow> {
    amounts.recurring_costs.plus(amounts.one_off_costs)
}

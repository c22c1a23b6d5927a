//! What an import does to the totals, year by year.

use netgain_answers::import::ClaimedNet;
use netgain_answers::pounds::{change, pounds};
use netgain_events::money::SumOverflow;

/// The claimed net of a year before and after.
#[derive(Clone, Debug)]
pub(super) struct Effect {
    pub(super) year: String,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) change: String,
}

/// Every year that changes or is stated.
///
/// # Errors
/// Amounts differ by more than a sum can be.
pub(super) fn effects(years: &[ClaimedNet]) -> Result<Vec<Effect>, SumOverflow> {
    let effect = |it: &ClaimedNet| {
        Ok(Effect {
            year: it.year.to_string(),
            before: pounds(it.before),
            after: pounds(it.after),
            change: change(it.after.minus(it.before)?),
        })
    };
    years.iter().map(effect).collect()
}

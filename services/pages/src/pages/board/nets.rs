//! A year's net on the three bases.

use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::totals::Totals;

/// A year's net on the three bases (ruleset section 7), as known at some position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nets {
    /// Of all gains.
    pub claimed: Sum,
    /// Of validated ones: the headline.
    pub validated: Sum,
    /// Of assured ones.
    pub assured: Sum,
}

impl Nets {
    /// Those of totals.
    #[must_use]
    pub const fn of(totals: &Totals<'_>) -> Self {
        Self {
            claimed: totals.claimed.net,
            validated: totals.validated.net,
            assured: totals.assured.net,
        }
    }

    /// Together with another's.
    ///
    /// # Errors
    /// A sum left its range.
    pub fn plus(self, other: Self) -> Result<Self, SumOverflow> {
        Ok(Self {
            claimed: self.claimed.plus(other.claimed)?,
            validated: self.validated.plus(other.validated)?,
            assured: self.assured.plus(other.assured)?,
        })
    }
}

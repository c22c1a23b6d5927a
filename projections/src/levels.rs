//! A claim's levels year by year, and which of their pounds are ongoing (ruleset sections 4 and 5).
//!
//! Years are counted here by the calendar year they start in, since the rule looks past the last
//! year that can be named.

use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Money, Sum, SumOverflow};
use netgain_events::ruleset::Ruleset;
use netgain_events::state::{CheckInForce, Claim};
use netgain_events::vocabulary::{OffsetKind, Outcome, Quality};

/// The levels of a claim from its first accrual year on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Levels {
    /// The first accrual year `a`.
    first: u16,
    /// The last year anything is named for: after it nothing changes.
    horizon: u16,
    /// The last year that is looked at: three years after the later of the horizon and the year
    /// asked about.
    last: u16,
    /// One entry for each year from `first` to `last`.
    years: Vec<Level>,
}

/// One year of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// The verified level before any cost.
    pub gross: Sum,
    /// The running costs deducted.
    pub recurring: Sum,
    /// What of `gross − recurring` is ongoing; not above zero where nothing is.
    pub counted: Sum,
}

impl Level {
    /// `r`: the recurring net; may be below zero.
    fn net(self) -> Result<i128, SumOverflow> {
        Ok(self.gross.minus(self.recurring)?.pence())
    }
}

impl Levels {
    /// The levels of a claim, far enough to say what becomes of `year`. Nothing where the profile
    /// never rises above zero.
    ///
    /// # Errors
    /// Costs added up past the range of a sum.
    pub fn of(
        claim: &Claim,
        year: FinancialYear,
        rules: &Ruleset,
    ) -> Result<Option<Self>, SumOverflow> {
        let Some(first) = claim.details.profile.first_accrual() else {
            return Ok(None);
        };
        let first = first.starts_in();
        let horizon = horizon(claim).max(first);
        let last = horizon.max(year.starts_in()) + 3;
        // A window of the three-year rule reaches that many years past the last year it is for.
        let reach = last + rules.persistence_years - 1;
        let mut years = Vec::with_capacity(usize::from(reach - first) + 1);
        for at in first..=reach {
            years.push(Level {
                gross: gross(claim, at),
                recurring: recurring(claim, at)?,
                counted: Sum::ZERO,
            });
        }
        let nets = years
            .iter()
            .map(|level| level.net())
            .collect::<Result<Vec<_>, _>>()?;
        let broken_by = usize::from(horizon - first);
        for (at, level) in years.iter_mut().enumerate() {
            level.counted = counted(&nets, at, broken_by, usize::from(rules.persistence_years));
        }
        years.truncate(usize::from(last - first) + 1);
        Ok(Some(Self {
            first,
            horizon,
            last,
            years,
        }))
    }

    /// The first accrual year, as the calendar year it starts in.
    #[must_use]
    pub const fn first(&self) -> u16 {
        self.first
    }

    /// The last year anything is named for.
    #[must_use]
    pub const fn horizon(&self) -> u16 {
        self.horizon
    }

    /// The level of a year; nothing before the first accrual year.
    #[must_use]
    pub fn at(&self, year: FinancialYear) -> Level {
        year.starts_in()
            .checked_sub(self.first)
            .and_then(|at| self.years.get(usize::from(at)))
            .copied()
            .unwrap_or_default()
    }

    /// Whether nothing of the claim counts in any year.
    #[must_use]
    pub fn never_counts(&self) -> bool {
        !self.years.iter().any(|level| level.counted.is_positive())
    }

    /// Whether the claim does not count in that year, did before, and does not later.
    #[must_use]
    pub fn has_ended_by(&self, year: FinancialYear) -> bool {
        let Some(at) = year.starts_in().checked_sub(self.first).map(usize::from) else {
            return false;
        };
        let counts = |level: &Level| level.counted.is_positive();
        let (before, from) = self
            .years
            .split_at_checked(at)
            .unwrap_or((&self.years, &[]));
        before.iter().any(counts) && !from.iter().any(counts)
    }
}

/// The latest year named by the profile, a check, a recurring offset's first year, or the year
/// after a recurring offset's last (ruleset section 5).
fn horizon(claim: &Claim) -> u16 {
    let profile = claim
        .details
        .profile
        .last_stated()
        .map(FinancialYear::starts_in);
    let checks = claim
        .checks
        .iter()
        .next_back()
        .map(|(year, _)| year.starts_in());
    let offsets = claim
        .offsets_in_force()
        .filter_map(|(_, offset)| match offset.kind {
            OffsetKind::OneOff => None,
            OffsetKind::Recurring => Some(
                offset
                    .until
                    .map_or(offset.year.starts_in(), |until| until.starts_in() + 1),
            ),
        });
    profile
        .into_iter()
        .chain(checks)
        .chain(offsets)
        .max()
        .unwrap_or(0)
}

/// `gross(y)`: the claimed level after the checks up to that year (ruleset section 4).
fn gross(claim: &Claim, year: u16) -> Sum {
    let stated = claim.details.profile.stated();
    let claimed = stated.rev().find(|(stated, _)| stated.starts_in() <= year);
    let mut gross = claimed.map_or(Money::ZERO, |(_, value)| value);
    for (_, in_force) in claim
        .checks
        .iter()
        .take_while(|(checked, _)| checked.starts_in() <= year)
    {
        gross = after_check(gross, in_force);
    }
    Sum::from(gross)
}

fn after_check(level: Money, in_force: &CheckInForce) -> Money {
    let check = &in_force.check;
    if check.quality == Some(Quality::Worsened) {
        return Money::ZERO;
    }
    match check.outcome {
        Outcome::Ceased => Money::ZERO,
        Outcome::Sustained => level,
        Outcome::Reduced => level.min(check.verified.unwrap_or(Money::ZERO)),
    }
}

/// `recurring(y)`: the running costs of that year that would not have been incurred anyway.
fn recurring(claim: &Claim, year: u16) -> Result<Sum, SumOverflow> {
    let mut sum = Sum::ZERO;
    for (_, offset) in claim.offsets_in_force() {
        let in_force = match offset.kind {
            OffsetKind::OneOff => false,
            OffsetKind::Recurring => {
                offset.year.starts_in() <= year
                    && offset.until.is_none_or(|until| year <= until.starts_in())
            }
        };
        if in_force && !offset.incurred_anyway {
            sum = sum.plus(offset.amount)?;
        }
    }
    Ok(sum)
}

/// `one_off(y)`: the parts of one-off offsets that fall in that year. An offset spread over *n*
/// years falls in equal whole pence, the earliest years taking the odd pennies; what falls before
/// the first accrual year falls in that year instead (ruleset section 4).
pub fn one_off(claim: &Claim, first: u16, year: u16) -> Result<Sum, SumOverflow> {
    let mut sum = Sum::ZERO;
    for (_, offset) in claim.offsets_in_force() {
        match offset.kind {
            OffsetKind::Recurring => continue,
            OffsetKind::OneOff if offset.incurred_anyway => continue,
            OffsetKind::OneOff => {}
        }
        let years = u16::from(offset.spread_years.unwrap_or(1)).max(1);
        let (each, odd) = {
            let amount = offset.amount.pence();
            (amount / i64::from(years), amount % i64::from(years))
        };
        for part in 0..years {
            if (offset.year.starts_in() + part).max(first) == year {
                let penny = i64::from(i64::from(part) < odd);
                sum = sum.plus(Sum::from_pence(i128::from(each + penny)))?;
            }
        }
    }
    Ok(sum)
}

/// `counted(y)` = max(proven, unbroken) + min(0, r): a morphological opening of the level by the
/// years a gain must persist, open at the end (ruleset section 5).
fn counted(nets: &[i128], at: usize, horizon: usize, persistence: usize) -> Sum {
    let level = |net: &i128| (*net).max(0);
    let lowest = |from: usize, to: usize| {
        nets.get(from..=to)
            .and_then(|run| run.iter().map(level).min())
            .unwrap_or(0)
    };
    let earliest = (at + 1).saturating_sub(persistence);
    let proven = (earliest..=at)
        .map(|from| lowest(from, from + persistence - 1))
        .max()
        .unwrap_or(0);
    let unbroken = lowest(at, at.max(horizon));
    let below_zero = nets.get(at).copied().unwrap_or(0).min(0);
    Sum::from_pence(proven.max(unbroken) + below_zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted_of(nets: &[i128], years: usize) -> Vec<i128> {
        // After the last year nothing changes.
        let mut held = nets.to_vec();
        held.extend(std::iter::repeat_n(*nets.last().unwrap(), 6));
        (0..years)
            .map(|at| counted(&held, at, nets.len() - 1, 3).pence())
            .collect()
    }

    #[test]
    fn the_examples_of_the_ruleset_hold() {
        for (levels, expected) in [
            (&[10, 10, 10][..], &[10, 10, 10][..]),
            (&[85, 57, 57], &[57, 57, 57]),
            (&[12, 70, 135], &[12, 70, 135]),
            (&[125, 0, 0], &[0, 0, 0]),
            (&[200, 200, 0], &[0, 0, 0]),
            (&[100, 100, 100, 0], &[100, 100, 100, 0]),
            (&[100, 150, 100, 100], &[100, 100, 100, 100]),
        ] {
            assert_eq!(counted_of(levels, expected.len()), expected, "{levels:?}");
        }
    }

    #[test]
    fn a_net_below_zero_counts_as_it_is() {
        assert_eq!(counted_of(&[100, 100, 100, -30], 4), [100, 100, 100, -30]);
    }
}

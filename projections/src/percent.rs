//! Percentages with one decimal, half away from zero (ruleset section 9).

use std::fmt;

use netgain_events::money::Sum;
use rust_decimal::Decimal;

/// A percentage with one decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(Decimal);

impl Percent {
    /// What part of `whole` the `part` is. Nothing where the whole is not above zero, or where the
    /// figure would have more digits than a percentage can use.
    #[must_use]
    pub fn share(part: Sum, whole: Sum) -> Option<Self> {
        let (part, whole) = (part.pence(), whole.pence());
        if whole <= 0 {
            return None;
        }
        // In tenths of a per cent, rounded half away from zero: (2·1000·part ± whole) / (2·whole).
        let twice = part.checked_mul(2_000)?;
        let toward = if twice < 0 {
            twice.checked_sub(whole)?
        } else {
            twice.checked_add(whole)?
        };
        let tenths = toward / whole.checked_mul(2)?;
        Decimal::try_from_i128_with_scale(tenths, 1).ok().map(Self)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

impl serde::Serialize for Percent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(part: i128, whole: i128) -> Option<String> {
        Percent::share(Sum::from_pence(part), Sum::from_pence(whole)).map(|p| p.to_string())
    }

    #[test]
    fn a_half_is_rounded_away_from_zero_and_no_share_is_given_of_nothing() {
        assert_eq!(share(2_184_902, 2_977_392).unwrap(), "73.4");
        assert_eq!(share(5, 10_000).unwrap(), "0.1");
        assert_eq!(share(-5, 10_000).unwrap(), "-0.1");
        assert_eq!(share(4, 10_000).unwrap(), "0.0");
        assert_eq!(share(-4, 10_000).unwrap(), "0.0");
        assert_eq!(share(3, 3).unwrap(), "100.0");
        assert_eq!(share(1, 0), None);
        assert_eq!(share(1, -5), None);
    }
}

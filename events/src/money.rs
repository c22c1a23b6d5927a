//! Money: whole pence of pounds sterling, never floating point.

use std::fmt;
use std::str::FromStr;

/// The largest number of digits before the decimal point that a stated amount may have
/// (interface, *Identifiers and values*): under a million million pounds.
pub const POUND_DIGITS_MAX: usize = 12;

/// A stated amount in whole pence, of at most twelve digits of pounds either side of zero.
///
/// This is what a person states and what an event stores. What is added up from it is a [`Sum`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text has something other than an optional minus, digits and one decimal point.
    #[error("write it in pounds and pence with digits only, like \"1250.50\"")]
    NotAnAmount,
    /// More than two digits follow the decimal point; they are refused, never rounded away.
    #[error("it has more than two decimals; give whole pence, like \"1250.50\"")]
    FractionOfAPenny,
    /// More than [`POUND_DIGITS_MAX`] digits stand before the decimal point.
    #[error("it has more than 12 digits of pounds; check the amount")]
    TooLarge,
}

/// Adding up left the range of a [`Sum`]. No history that fits on a disk reaches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sum of money left the range of 128-bit pence")]
pub struct SumOverflow;

impl Money {
    /// Nothing: £0.00.
    pub const ZERO: Self = Self(0);

    /// The largest pence either side of zero: twelve nines of pounds and 99 pence.
    const PENCE_MAX: i64 = 99_999_999_999_999;

    /// The amount of that many pence, if it is in range.
    #[must_use]
    pub const fn from_pence(pence: i64) -> Option<Self> {
        if pence >= -Self::PENCE_MAX && pence <= Self::PENCE_MAX {
            Some(Self(pence))
        } else {
            None
        }
    }

    /// The amount in pence.
    #[must_use]
    pub const fn pence(self) -> i64 {
        self.0
    }

    /// Whether the amount is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Reads what `write_to` writes off the front of `bytes`, and how long it is; nothing looser.
    pub(crate) fn read_written(bytes: &[u8]) -> Option<(Self, usize)> {
        let negative = bytes.first() == Some(&b'-');
        let sign = usize::from(negative);
        let mut pence: i64 = 0;
        let mut digits = 0;
        let unsigned = bytes.get(sign..)?;
        // Bounded, so that twelve digits and two decimals cannot pass the range.
        for &byte in unsigned.iter().take(POUND_DIGITS_MAX) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            pence = pence * 10 + i64::from(digit);
            digits += 1;
        }
        let zeros_in_front = digits > 1 && unsigned.first() == Some(&b'0');
        let [b'.', tens, units] = *unsigned.get(digits..digits + 3)? else {
            return None;
        };
        let (tens, units) = (tens.wrapping_sub(b'0'), units.wrapping_sub(b'0'));
        if digits == 0 || zeros_in_front || tens > 9 || units > 9 {
            return None;
        }
        pence = pence * 100 + i64::from(tens) * 10 + i64::from(units);
        let money = Self::from_pence(if negative { -pence } else { pence })?;
        // Zero has no sign.
        (!negative || pence > 0).then_some((money, sign + digits + 3))
    }

    /// Writes the amount with two decimals, as every answer and event carries it.
    pub(crate) fn write_to(self, out: &mut Vec<u8>) {
        // Hand-written because it runs several times for each of a million events; the property
        // test below holds it equal to `Display`.
        if self.0 < 0 {
            out.push(b'-');
        }
        let pence = self.0.unsigned_abs();
        crate::digits::write(pence / 100, out);
        out.push(b'.');
        crate::digits::write_padded::<2>(pence % 100, out);
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads optional `-`, 1 to 12 digits, and at most two decimals. ASCII only; leading zeros
    /// count as digits; a decimal point needs a digit on both sides.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (pounds, fraction) = match digits.split_once('.') {
            Some((pounds, fraction)) => (pounds, Some(fraction)),
            None => (digits, None),
        };
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(pounds) || !fraction.is_none_or(all_digits) {
            return Err(MoneyError::NotAnAmount);
        }
        let fraction = fraction.unwrap_or("");
        if fraction.len() > 2 {
            return Err(MoneyError::FractionOfAPenny);
        }
        if pounds.len() > POUND_DIGITS_MAX {
            return Err(MoneyError::TooLarge);
        }
        let mut pence: i64 = 0;
        let padding = "00".bytes().skip(fraction.len());
        for digit in pounds.bytes().chain(fraction.bytes()).chain(padding) {
            pence = pence
                .checked_mul(10)
                .and_then(|p| p.checked_add(i64::from(digit - b'0')))
                .ok_or(MoneyError::TooLarge)?;
        }
        Self::from_pence(if negative { -pence } else { pence }).ok_or(MoneyError::TooLarge)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Sum::from(*self).fmt(f)
    }
}

/// What stated amounts add up to, in whole pence. Sums are not limited (interface, *money*): the
/// 128 bits hold every sum of as many amounts as a disk can store, and each addition is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sum(i128);

impl Sum {
    /// Nothing: £0.00.
    pub const ZERO: Self = Self(0);

    /// The sum of that many pence.
    #[must_use]
    pub const fn from_pence(pence: i128) -> Self {
        Self(pence)
    }

    /// The sum in pence.
    #[must_use]
    pub const fn pence(self) -> i128 {
        self.0
    }

    /// Whether the sum is above zero.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Adds, or says that the range was left.
    pub fn plus(self, other: impl Into<Self>) -> Result<Self, SumOverflow> {
        self.0
            .checked_add(other.into().0)
            .map(Self)
            .ok_or(SumOverflow)
    }

    /// Subtracts, or says that the range was left.
    pub fn minus(self, other: impl Into<Self>) -> Result<Self, SumOverflow> {
        self.0
            .checked_sub(other.into().0)
            .map(Self)
            .ok_or(SumOverflow)
    }
}

impl From<Money> for Sum {
    fn from(money: Money) -> Self {
        Self(i128::from(money.0))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let pence = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", pence / 100, pence % 100)
    }
}

/// Money in JSON is its text, always; in the compact form of a view it is its pence.
impl serde::Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let mut text = Vec::with_capacity(16);
            self.write_to(&mut text);
            serializer.serialize_str(std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> serde::Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if deserializer.is_human_readable() {
            crate::text_form::deserialize(deserializer, "an amount like \"1250.50\"")
        } else {
            Self::from_pence(i64::deserialize(deserializer)?)
                .ok_or_else(|| D::Error::custom("pence out of range"))
        }
    }
}

/// A sum in JSON is its text, always.
impl serde::Serialize for Sum {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_is_read_with_none_one_or_two_decimals() {
        assert_eq!("1250".parse(), Ok(Money(125_000)));
        assert_eq!("1250.5".parse(), Ok(Money(125_050)));
        assert_eq!("-0.05".parse(), Ok(Money(-5)));
        assert_eq!("999999999999.99".parse(), Ok(Money(Money::PENCE_MAX)));
        assert_eq!("007".parse(), Ok(Money(700)));
    }

    #[test]
    fn what_is_not_an_amount_is_refused_and_nothing_is_rounded() {
        for text in [
            "", "-", ".5", "5.", "1e3", "+1", " 1", "1 ", "1,000", "£1", "٣", "1.2.3", "--1",
        ] {
            assert_eq!(
                text.parse::<Money>(),
                Err(MoneyError::NotAnAmount),
                "{text:?}"
            );
        }
        assert_eq!("1.005".parse::<Money>(), Err(MoneyError::FractionOfAPenny));
        assert_eq!("1.000".parse::<Money>(), Err(MoneyError::FractionOfAPenny));
        assert_eq!("1000000000000".parse::<Money>(), Err(MoneyError::TooLarge));
    }

    proptest! {
        #[test]
        fn an_amount_reads_back_as_it_was_written(pence in -Money::PENCE_MAX..=Money::PENCE_MAX) {
            let money = Money(pence);
            let mut bytes = Vec::new();
            money.write_to(&mut bytes);
            let text = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(&text, &money.to_string());
            prop_assert_eq!(text.parse::<Money>(), Ok(money));
        }
    }
}

//! Rates: exact decimals that multiply money. Never money themselves.

use std::str::FromStr;

use rust_decimal::Decimal;

use crate::text_form::serde_as_text;

/// An uplift to another year's prices: above zero, at most three digits and ten decimals. Kept as
/// it was written, so that an event says what was stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uplift {
    text: Box<str>,
    value: Decimal,
}

/// The text is not an uplift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write it above zero with up to three digits and ten decimals, like \"1.0275\"")]
pub struct UpliftError;

impl Uplift {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The rate as a fraction of whole numbers: numerator over a power of ten.
    #[must_use]
    pub fn fraction(&self) -> (i128, u32) {
        (self.value.mantissa(), self.value.scale())
    }
}

impl FromStr for Uplift {
    type Err = UpliftError;

    fn from_str(text: &str) -> Result<Self, UpliftError> {
        let (whole, decimals) = match text.split_once('.') {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text, None),
        };
        let digits = |part: &str, max: usize| {
            (1..=max).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        if !digits(whole, 3) || !decimals.is_none_or(|part| digits(part, 10)) {
            return Err(UpliftError);
        }
        let value = Decimal::from_str_exact(text).map_err(|_| UpliftError)?;
        if value.is_zero() {
            Err(UpliftError)
        } else {
            Ok(Self {
                text: text.into(),
                value,
            })
        }
    }
}

serde_as_text!(Uplift, "an uplift like \"1.0275\"");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uplift_is_above_zero_and_exact() {
        assert_eq!("1.0275".parse::<Uplift>().unwrap().fraction(), (10_275, 4));
        assert_eq!(
            "999.9999999999".parse::<Uplift>().unwrap().as_str(),
            "999.9999999999"
        );
        for bad in [
            "",
            ".5",
            "1.",
            "0",
            "0.0",
            "-1",
            "1000",
            "1.00000000000",
            "1e1",
            "+1",
        ] {
            assert_eq!(bad.parse::<Uplift>(), Err(UpliftError), "{bad:?}");
        }
    }
}

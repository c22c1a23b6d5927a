//! Pounds as people write them.

use netgain_events::fact::SumText;
use netgain_events::money::Sum;

/// Pounds and pence with a pound sign and commas: `£1,234.50`, `-£5.00`.
#[must_use]
pub fn pounds(sum: impl Into<Sum>) -> String {
    let text = sum.into().to_string();
    let (sign, digits) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |rest| ("-", rest));
    let (pounds, pence) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::with_capacity(pounds.len() * 4 / 3);
    for (place, digit) in pounds.chars().enumerate() {
        if place > 0 && (pounds.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}£{grouped}.{pence}")
}

/// The same, with a plus where the amount is above zero: for changes.
#[must_use]
pub fn change(sum: Sum) -> String {
    let plus = if sum.is_positive() { "+" } else { "" };
    format!("{plus}{}", pounds(sum))
}

/// A stated sum in the same way; as it stands where it has more digits than any sum can have.
#[must_use]
pub fn stated(sum: &SumText) -> String {
    sum.sum()
        .map_or_else(|| format!("£{}", sum.as_str()), pounds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pounds_have_a_sign_and_commas() {
        let shown = |pence| pounds(Sum::from_pence(pence));
        assert_eq!(shown(0), "£0.00");
        assert_eq!(shown(99_999), "£999.99");
        assert_eq!(shown(100_000), "£1,000.00");
        assert_eq!(shown(-12_345_678_905), "-£123,456,789.05");
        assert_eq!(change(Sum::from_pence(5)), "+£0.05");
        assert_eq!(change(Sum::from_pence(-5)), "-£0.05");
    }

    #[test]
    fn a_stated_sum_of_any_size_is_shown() {
        let shown = |text: &str| stated(&text.parse().unwrap());
        assert_eq!(shown("1234.50"), "£1,234.50");
        let beyond = format!("{}.00", "9".repeat(60));
        assert_eq!(shown(&beyond), format!("£{beyond}"));
    }
}

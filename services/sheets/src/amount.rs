//! Amounts of money in cells. No floating-point arithmetic: what a cell holds is taken as decimal
//! text, and what is added up is whole pence.

use netgain_events::money::{Money, MoneyError};

use crate::problem::quoted;
use crate::sheet::trimmed;

/// Digits a spreadsheet program keeps of a number (ECMA-376 part 1, 18.17.5.2: doubles, of which
/// 15 decimal digits are sure). What is beyond them was never typed.
const DIGITS_KEPT: usize = 15;

const HOW_TO_WRITE: &str = "write it in pounds, like 1250.50 or £1,250.50";

/// An amount, and whether it is not exactly what the cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) money: Money,
    /// What the cell holds, where binary fractions had to be rounded away.
    pub(crate) rounded_from: Option<String>,
}

impl Amount {
    const fn exact(money: Money) -> Self {
        Self {
            money,
            rounded_from: None,
        }
    }
}

/// Reads `1250.5`, `£1,250.50`, `-£3`, `(1,250)`; or says what is wrong and what to enter.
pub(crate) fn of_text(text: &str) -> Result<Amount, String> {
    let not_an_amount = || format!("{} is not an amount; {HOW_TO_WRITE}", quoted(text));
    let bare = trimmed(text);
    let in_brackets = bare
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let (minus, unsigned) = without_minus(in_brackets.unwrap_or(bare));
    let (minus_inside, digits) = match unsigned.strip_prefix('£') {
        Some(rest) => without_minus(trimmed(rest)),
        None => (false, unsigned),
    };
    let minuses = [in_brackets.is_some(), minus, minus_inside]
        .into_iter()
        .filter(|m| *m)
        .count();
    if minuses == 1 && digits.is_empty() {
        // The accounting format shows a zero as a dash, and CSV files keep what is shown.
        return Err("a dash is not an amount; enter 0, or leave the cell empty".to_owned());
    }
    let (pounds, pence) = match digits.split_once('.') {
        Some((pounds, pence)) => (pounds, Some(pence)),
        None => (digits, None),
    };
    if minuses > 1 || pence.is_some_and(str::is_empty) {
        return Err(not_an_amount());
    }
    let has_odd_comma = pounds.contains(',') && !has_commas_at_thousands(pounds);
    if has_odd_comma || pence.is_some_and(|pence| pence.contains(',')) {
        return Err(format!(
            "{} has a comma that does not separate thousands; {HOW_TO_WRITE}",
            quoted(text)
        ));
    }
    let sign = if minuses == 1 { "-" } else { "" };
    let point = if pence.is_some() { "." } else { "" };
    let plain = format!(
        "{sign}{}{point}{}",
        pounds.replace(',', ""),
        pence.unwrap_or_default()
    );
    match plain.parse() {
        Ok(money) => Ok(Amount::exact(money)),
        Err(MoneyError::NotAnAmount) => Err(not_an_amount()),
        Err(error) => Err(refusal(text, error)),
    }
}

/// Takes the amount of a numeric cell from the shortest decimal text that means the same number,
/// which is what the spreadsheet program shows.
pub(crate) fn of_number(number: f64) -> Result<Amount, String> {
    let text = number.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.as_str()),
    };
    let (pounds, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if pounds.len() > DIGITS_KEPT {
        return Err(format!(
            "{} has more digits than a spreadsheet keeps; check the amount",
            quoted(&text)
        ));
    }
    let (pence, beyond) = fraction.split_at_checked(2).unwrap_or((fraction, ""));
    if beyond.is_empty() {
        let parsed = text.parse().map_err(|error| refusal(&text, error))?;
        return Ok(Amount::exact(parsed));
    }
    // Four digits beyond the pence, all 0 or all 9, put it within 0.000001 of a whole penny.
    let nearly = |digit| (0..4).all(|at| beyond.as_bytes().get(at).unwrap_or(&b'0') == digit);
    let above = match (nearly(&b'0'), nearly(&b'9')) {
        (true, _) => 0,
        (_, true) => 1,
        (false, false) => return Err(refusal(&text, MoneyError::FractionOfAPenny)),
    };
    let below: Option<i64> = format!("{sign}{pounds}{pence}").parse().ok();
    let rounded =
        below.and_then(|below| below.checked_add(if sign == "-" { -above } else { above }));
    let money = rounded
        .and_then(Money::from_pence)
        .ok_or_else(|| refusal(&text, MoneyError::TooLarge))?;
    Ok(Amount {
        money,
        rounded_from: Some(text),
    })
}

fn refusal(text: &str, error: MoneyError) -> String {
    match error {
        MoneyError::FractionOfAPenny => {
            format!(
                "{} has more than two decimals; give whole pence",
                quoted(text)
            )
        }
        MoneyError::TooLarge => {
            format!(
                "{} has more than 12 digits of pounds; check the amount",
                quoted(text)
            )
        }
        MoneyError::NotAnAmount => format!("{} is not an amount; {HOW_TO_WRITE}", quoted(text)),
    }
}

/// A hyphen or the minus sign of typography, and what follows it.
fn without_minus(text: &str) -> (bool, &str) {
    let text = trimmed(text);
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, trimmed(rest)),
        None => (false, text),
    }
}

fn has_commas_at_thousands(pounds: &str) -> bool {
    let mut groups = pounds.split(',');
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (text, money) in [
            ("1250", "1250.00"),
            ("1250.5", "1250.50"),
            ("£1,234,567.89", "1234567.89"),
            ("£0", "0.00"),
            ("\u{a0}£ 10,000 ", "10000.00"),
            ("(1,250)", "-1250.00"),
            ("(£3)", "-3.00"),
            ("-£3", "-3.00"),
            ("£-3.05", "-3.05"),
            ("\u{2212}7", "-7.00"),
            ("999,999,999,999.99", "999999999999.99"),
        ] {
            let amount = of_text(text).map(|amount| amount.money.to_string());
            assert_eq!(amount.as_deref(), Ok(money), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_explained() {
        for (text, why) in [
            ("12,34", "comma"),
            ("1,2345", "comma"),
            ("1234,567", "comma"),
            (",123", "comma"),
            ("1,,234", "comma"),
            ("1.234,50", "comma"),
            ("12.345", "more than two decimals"),
            ("1,000.000", "more than two decimals"),
            ("-", "a dash"),
            ("£ -", "a dash"),
            ("(-5)", "not an amount"),
            ("--5", "not an amount"),
            ("5-", "not an amount"),
            ("£", "not an amount"),
            ("5.", "not an amount"),
            (".50", "not an amount"),
            ("1 000", "not an amount"),
            ("€5", "not an amount"),
            ("10k", "not an amount"),
            ("1E+05", "not an amount"),
            ("٣", "not an amount"),
            ("1,000,000,000,000", "12 digits"),
        ] {
            let message = of_text(text).unwrap_err();
            assert!(message.contains(why), "{text:?} gave {message:?}");
        }
    }

    #[test]
    fn a_numeric_cell_gives_what_it_shows() {
        for (number, money) in [
            (0.0, "0.00"),
            (-0.0, "0.00"),
            (1250.5, "1250.50"),
            (-3.0, "-3.00"),
            (1_234_567.89, "1234567.89"),
            (99_999_999_999.99, "99999999999.99"),
            (999_999_999_999.99, "999999999999.99"),
        ] {
            let amount = of_number(number).unwrap();
            assert_eq!(
                (amount.money.to_string().as_str(), amount.rounded_from),
                (money, None)
            );
        }
    }

    #[test]
    fn noise_of_binary_fractions_is_rounded_and_reported() {
        for (number, money, from) in [
            (0.1 + 0.2, "0.30", "0.30000000000000004"),
            (1.1 * 3.0, "3.30", "3.3000000000000003"),
            (0.999_999_999, "1.00", "0.999999999"),
            (-19.995_000_1, "", ""),
            (-19.989_999_999, "-19.99", "-19.989999999"),
            (1e-9, "0.00", "0.000000001"),
        ] {
            match of_number(number) {
                Ok(amount) => {
                    assert_eq!(amount.money.to_string(), money);
                    assert_eq!(amount.rounded_from.as_deref(), Some(from));
                }
                Err(message) => {
                    assert_eq!(money, "");
                    assert!(message.contains("more than two decimals"));
                }
            }
        }
    }

    #[test]
    fn numbers_that_are_no_amount_are_refused() {
        for (number, why) in [
            (12.345, "more than two decimals"),
            (0.001, "more than two decimals"),
            (0.000_01, "more than two decimals"),
            (1e12, "12 digits"),
            (1e15, "more digits than"),
            (1e300, "more digits than"),
            (999_999_999_999.999_9, "more than two decimals"),
            (f64::NAN, "not an amount"),
            (f64::INFINITY, "not an amount"),
        ] {
            let message = of_number(number).unwrap_err();
            assert!(message.contains(why), "{number} gave {message:?}");
        }
    }
}

//! What a cell's value gives for a field of a claim.

use chrono::NaiveDate;

use crate::amount::{self, Amount};
use crate::cell_address::CellAddress;
use crate::cell_date;
use crate::problem::{Problem, quoted};
use crate::sheet::Value;

/// Digits of a whole number that a spreadsheet keeps: more have become zeros.
const DIGITS_KEPT: usize = 15;

/// What Excel shows for errors ("Error values", ECMA-376 part 1, 18.17.3, and the newer ones of
/// dynamic arrays). A CSV file has them as text.
const ERROR_TEXTS: [&str; 11] = [
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
];

/// A value that does not give what the column needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    pub(crate) fn at(self, cell: CellAddress, heading: Option<&str>) -> Problem {
        Problem::of_cell(cell, heading, self.code, self.message)
    }
}

/// Whether the value is what a formula gives that could not be calculated.
pub(crate) fn formula_fault(value: &Value) -> Option<Fault> {
    let error = match value {
        Value::Error(error) => error,
        Value::Text(text) if ERROR_TEXTS.contains(&text.as_str()) => text,
        Value::NotCalculated => {
            return Some(Fault::new(
                "formula-error",
                "the formula has no stored result; open the file in a spreadsheet program and save it again",
            ));
        }
        Value::Text(_)
        | Value::Number(_)
        | Value::OtherCurrency(_)
        | Value::Date { .. }
        | Value::ImpossibleDate
        | Value::Time
        | Value::Bool(_) => return None,
    };
    let message = format!(
        "the formula gives the error {}; correct it, or enter the value itself",
        quoted(error)
    );
    Some(Fault::new("formula-error", message))
}

/// The text of a cell, as a person sees it there; refused where that cannot be known.
pub(crate) fn text(value: &Value) -> Result<String, Fault> {
    const AS_TEXT: &str = "format the cell as text and type it again";
    let refused = |what: String| Err(Fault::new("bad-field", format!("{what}; {AS_TEXT}")));
    match value {
        Value::Text(text) | Value::Error(text) => Ok(text.clone()),
        Value::Number(number) => {
            let shown = number.to_string();
            let digits = shown.strip_prefix('-').unwrap_or(&shown);
            if digits.len() <= DIGITS_KEPT && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Ok(shown);
            }
            // 2.10 and 2.1 are one number, and 95% is 0.95.
            refused(format!(
                "{} is a number where a text belongs",
                quoted(&shown)
            ))
        }
        Value::Bool(true) => Ok("TRUE".to_owned()),
        Value::Bool(false) => Ok("FALSE".to_owned()),
        // A spreadsheet program has made a date of a text like MAR-1 as it was typed.
        Value::Date { day, .. } => refused(format!("the cell holds the date {day}, not a text")),
        Value::ImpossibleDate => refused("the cell holds a date, not a text".to_owned()),
        Value::Time => refused("the cell holds a time, not a text".to_owned()),
        Value::OtherCurrency(_) => refused("the cell holds an amount, not a text".to_owned()),
        Value::NotCalculated => refused("the formula has no stored result".to_owned()),
    }
}

/// The amount in a cell.
pub(crate) fn amount(value: &Value) -> Result<Amount, Fault> {
    let not_an_amount = |what: &str| {
        Err(format!(
            "{what} where an amount belongs; enter it in pounds, like 1250.50"
        ))
    };
    match value {
        Value::Text(text) => amount::of_text(text),
        Value::Number(number) => amount::of_number(*number),
        Value::OtherCurrency(currency) => Err(format!(
            "the amount is in {}; enter it in pounds",
            quoted(currency)
        )),
        Value::Date { .. } | Value::ImpossibleDate => not_an_amount("a date stands"),
        Value::Time => not_an_amount("a time stands"),
        Value::Bool(_) => not_an_amount("TRUE or FALSE stands"),
        Value::Error(_) | Value::NotCalculated => not_an_amount("an error stands"),
    }
    .map_err(|message| Fault::new("bad-money", message))
}

/// The date in a cell, and whether a time of day was left out.
pub(crate) fn date(value: &Value) -> Result<(NaiveDate, bool), Fault> {
    let not_a_date = |what: &str| {
        Err(format!(
            "{what}; enter a date like 01/04/2010 (day first) or 2010-04-01"
        ))
    };
    match value {
        Value::Text(text) => cell_date::of_text(text).map(|day| (day, false)),
        Value::Date { day, has_time } => Ok((*day, *has_time)),
        Value::Number(number) => Err(cell_date::bare_serial(&number.to_string())),
        Value::ImpossibleDate => not_a_date("the cell is formatted as a date but holds none"),
        Value::Time => not_a_date("a time stands where a date belongs"),
        Value::Bool(_) => not_a_date("TRUE or FALSE stands where a date belongs"),
        Value::OtherCurrency(_) => not_a_date("an amount stands where a date belongs"),
        Value::Error(_) | Value::NotCalculated => {
            not_a_date("an error stands where a date belongs")
        }
    }
    .map_err(|message| Fault::new("bad-field", message))
}

/// The yes or no in a cell.
pub(crate) fn flag(value: &Value) -> Result<bool, Fault> {
    let shown = match value {
        Value::Bool(flag) => return Ok(*flag),
        Value::Text(text) => match text.to_lowercase().as_str() {
            "true" | "yes" => return Ok(true),
            "false" | "no" => return Ok(false),
            _ => quoted(text),
        },
        Value::Number(number) => quoted(&number.to_string()),
        Value::Date { .. } | Value::ImpossibleDate => "a date".to_owned(),
        Value::Time => "a time".to_owned(),
        Value::OtherCurrency(_) => "an amount".to_owned(),
        Value::Error(_) | Value::NotCalculated => "an error".to_owned(),
    };
    let message = format!("{shown} is neither yes nor no; enter TRUE or FALSE, or yes or no");
    Err(Fault::new("bad-field", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_kinds() -> Vec<Value> {
        let day = NaiveDate::from_ymd_opt(2010, 4, 1).unwrap();
        vec![
            Value::Text("x".to_owned()),
            Value::Number(2.5),
            Value::OtherCurrency("EUR".to_owned()),
            Value::Date {
                day,
                has_time: true,
            },
            Value::ImpossibleDate,
            Value::Time,
            Value::Bool(true),
            Value::Error("#N/A".to_owned()),
            Value::NotCalculated,
        ]
    }

    #[test]
    fn a_text_is_what_a_person_sees() {
        assert_eq!(text(&Value::Number(7.0)).unwrap(), "7");
        assert_eq!(text(&Value::Number(-7.0)).unwrap(), "-7");
        assert_eq!(text(&Value::Bool(true)).unwrap(), "TRUE");
        assert!(
            text(&Value::Number(2.1))
                .unwrap_err()
                .message
                .contains("format the cell as text")
        );
        assert!(text(&Value::Number(1e15)).is_err());
        let given: Vec<_> = all_kinds()
            .iter()
            .map(|value| text(value).is_ok())
            .collect();
        assert_eq!(
            given,
            [true, false, false, false, false, false, true, true, false]
        );
    }

    #[test]
    fn each_field_takes_its_kinds_of_cells_and_says_why_not_others() {
        let amounts: Vec<_> = all_kinds()
            .iter()
            .map(|value| amount(value).is_ok())
            .collect();
        assert_eq!(
            amounts,
            [false, true, false, false, false, false, false, false, false]
        );
        let dates: Vec<_> = all_kinds()
            .iter()
            .map(|value| date(value).is_ok())
            .collect();
        assert_eq!(
            dates,
            [false, false, false, true, false, false, false, false, false]
        );
        let flags: Vec<_> = all_kinds()
            .iter()
            .map(|value| flag(value).is_ok())
            .collect();
        assert_eq!(
            flags,
            [false, false, false, false, false, false, true, false, false]
        );
        let faults: Vec<_> = all_kinds()
            .iter()
            .map(|v| formula_fault(v).is_some())
            .collect();
        assert_eq!(
            faults,
            [false, false, false, false, false, false, false, true, true]
        );
    }

    #[test]
    fn yes_and_no_are_read_in_any_case() {
        let read = |text: &str| flag(&Value::Text(text.to_owned())).ok();
        assert_eq!(
            ["TRUE", "Yes", "false", "NO"].map(read),
            [true, true, false, false].map(Some)
        );
        assert_eq!(["1", "y", "ongoing"].map(read), [None; 3]);
    }
}

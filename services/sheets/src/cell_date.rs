//! Dates in cells: a date cell, `2010-04-01`, or `01/04/2010` with the day first.

use chrono::NaiveDate;

use crate::problem::quoted;

const HOW_TO_WRITE: &str = "write it as 01/04/2010 (day first) or 2010-04-01";

/// Reads the text of a date; or says what is wrong and what to enter.
///
/// Both parts of `01/04/2010` need their two digits: a program set to American dates writes the
/// first of April as `4/1/2010`, which must not become the fourth of January.
pub(crate) fn of_text(text: &str) -> Result<NaiveDate, String> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bare_serial(text));
    }
    let parts = |mark, lengths: [usize; 3]| {
        let mut parts = text.split(mark);
        let found = [parts.next()?, parts.next()?, parts.next()?];
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let fits = parts.next().is_none()
            && found
                .iter()
                .zip(lengths)
                .all(|(part, length)| part.len() == length && all_digits(part));
        let [first, second, third] = found.map(|part| part.parse::<u16>().unwrap_or(0));
        fits.then_some((first, second, third))
    };
    let year_first = parts('-', [4, 2, 2]);
    let day_first = parts('/', [2, 2, 4]).map(|(day, month, year)| (year, month, day));
    let Some((year, month, day)) = year_first.or(day_first) else {
        return Err(format!("{} is not a date; {HOW_TO_WRITE}", quoted(text)));
    };
    NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).ok_or_else(|| {
        let looks_month_first = text.contains('/') && month > 12 && (1..=12).contains(&day);
        if looks_month_first {
            format!(
                "{} has no month {month}: the day comes first; {HOW_TO_WRITE}",
                quoted(text)
            )
        } else {
            format!(
                "{} is not a day of the calendar; {HOW_TO_WRITE}",
                quoted(text)
            )
        }
    })
}

/// The refusal of a number where a date belongs: it may count days from 1900, from 1904, or be
/// something else.
pub(crate) fn bare_serial(number: &str) -> String {
    format!(
        "{} is a bare number; format the cell as a date, or {HOW_TO_WRITE}",
        quoted(number)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_with_the_day_first() {
        let day = NaiveDate::from_ymd_opt(2010, 4, 1).unwrap();
        assert_eq!(of_text("01/04/2010"), Ok(day));
        assert_eq!(of_text("2010-04-01"), Ok(day));
        assert_eq!(
            of_text("29/02/2012"),
            Ok(NaiveDate::from_ymd_opt(2012, 2, 29).unwrap())
        );
    }

    #[test]
    fn what_is_not_a_date_is_explained() {
        for (text, why) in [
            ("04/13/2010", "the day comes first"),
            ("31/02/2010", "not a day of the calendar"),
            ("29/02/2011", "not a day of the calendar"),
            ("2010-02-31", "not a day of the calendar"),
            ("00/00/2010", "not a day of the calendar"),
            ("13/13/2010", "not a day of the calendar"),
            ("40269", "format the cell as a date"),
            ("4/1/2010", "is not a date"),
            ("01/04/10", "is not a date"),
            ("01-04-2010", "is not a date"),
            ("2010/04/01", "is not a date"),
            ("1 April 2010", "is not a date"),
            ("+1/04/2010", "is not a date"),
            ("01/04/2010/", "is not a date"),
            ("2010-04-01T00:00", "is not a date"),
        ] {
            let message = of_text(text).unwrap_err();
            assert!(message.contains(why), "{text:?} gave {message:?}");
        }
    }
}

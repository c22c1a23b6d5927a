//! Reads what was typed by the types of the events, and collects everything that is wrong with it.

use std::fmt::Display;
use std::str::FromStr;

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::Money;

use super::problems::Problems;
use super::typed::Typed;

/// Reads the fields of a form one by one. A field that cannot be read is nothing, and a problem.
#[derive(Debug)]
pub struct Reader<'t> {
    typed: &'t Typed,
    problems: Problems,
}

impl<'t> Reader<'t> {
    /// Over what was typed.
    #[must_use]
    pub fn new(typed: &'t Typed) -> Self {
        Self {
            typed,
            problems: Problems::default(),
        }
    }

    /// What was typed.
    #[must_use]
    pub const fn typed(&self) -> &'t Typed {
        self.typed
    }

    /// What was found to be wrong, once all fields were read.
    #[must_use]
    pub fn problems(self) -> Problems {
        self.problems
    }

    /// Notes a problem of a field.
    pub fn wrong(&mut self, field: &str, sentence: impl Into<String>) {
        self.problems.of_field(field, sentence);
    }

    /// A field that has to be typed. `what` names it in a sentence: "the reference".
    pub fn required<T: FromStr<Err: Display>>(&mut self, field: &str, what: &str) -> Option<T> {
        if self.typed.some(field).is_none() {
            self.wrong(field, format!("Enter {what}"));
            return None;
        }
        self.optional(field, what)
    }

    /// A field that may be left empty.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, field: &str, what: &str) -> Option<T> {
        // A browser sends every line break as CR LF, however it was stored.
        let text = self.typed.some(field)?.replace("\r\n", "\n");
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.wrong(field, format!("{}: {error}", capital(what)));
                None
            }
        }
    }

    /// One of several that has to be chosen. `what` completes "Choose …".
    pub fn chosen<T: FromStr<Err: Display>>(&mut self, field: &str, what: &str) -> Option<T> {
        if self.typed.some(field).is_none() {
            self.wrong(field, format!("Choose {what}"));
            return None;
        }
        self.optional(field, what)
    }

    /// An amount of zero or more that has to be typed.
    pub fn money(&mut self, field: &str, what: &str) -> Option<Money> {
        if self.typed.some(field).is_none() {
            self.wrong(field, format!("Enter {what}"));
            return None;
        }
        self.optional_money(field, what)
    }

    /// An amount of zero or more that may be left empty. Pound signs, commas and blanks do no harm.
    pub fn optional_money(&mut self, field: &str, what: &str) -> Option<Money> {
        let typed = self.typed.some(field)?;
        let kept = |c: &char| !matches!(c, '£' | ',') && !c.is_whitespace();
        let digits: String = typed.chars().filter(kept).collect();
        match digits.parse::<Money>() {
            Ok(amount) if amount.is_negative() => {
                self.wrong(field, format!("{} cannot be below zero", capital(what)));
                None
            }
            Ok(amount) => Some(amount),
            Err(error) => {
                self.wrong(field, format!("{}: {error}", capital(what)));
                None
            }
        }
    }

    /// An amount above zero that has to be typed.
    pub fn above_zero(&mut self, field: &str, what: &str) -> Option<Money> {
        let amount = self.money(field, what)?;
        if amount.is_positive() {
            return Some(amount);
        }
        self.wrong(field, format!("{} has to be above zero", capital(what)));
        None
    }

    /// A financial year that has to be chosen.
    pub fn year(&mut self, field: &str, what: &str) -> Option<FinancialYear> {
        if self.typed.some(field).is_none() {
            self.wrong(field, format!("Choose {what}"));
            return None;
        }
        self.optional_year(field, what)
    }

    /// A financial year that need not be chosen.
    pub fn optional_year(&mut self, field: &str, what: &str) -> Option<FinancialYear> {
        let typed = self.typed.some(field)?;
        let year = typed.parse().or_else(|_| FinancialYear::from_path(typed));
        match year {
            Ok(year) => Some(year),
            Err(error) => {
                self.wrong(field, format!("{}: {error}", capital(what)));
                None
            }
        }
    }

    /// A date in its three fields that has to be typed.
    pub fn date(&mut self, field: &str, what: &str) -> Option<NaiveDate> {
        if self.date_parts(field).iter().all(|part| part.is_none()) {
            self.wrong(&first_part(field), format!("Enter {what}"));
            return None;
        }
        self.optional_date(field, what)
    }

    /// A date in its three fields that may be left empty.
    pub fn optional_date(&mut self, field: &str, what: &str) -> Option<NaiveDate> {
        let parts = self.date_parts(field);
        if parts.iter().all(|part| part.is_none()) {
            return None;
        }
        let date = match parts {
            [Some(day), Some(month), Some(year)] if year.len() == 4 => real_date(day, month, year),
            _ => None,
        };
        if date.is_none() {
            let sentence =
                "must be a real date with day, month and a year of four digits, such as 27 3 2010";
            self.wrong(&first_part(field), format!("{} {sentence}", capital(what)));
        }
        date
    }

    fn date_parts(&self, field: &str) -> [Option<&'t str>; 3] {
        ["day", "month", "year"].map(|part| self.typed.some(&format!("{field}-{part}")))
    }
}

/// Where the problems of a date stand: a summary of errors has to link to something that takes keys.
#[must_use]
pub fn first_part(field: &str) -> String {
    format!("{field}-day")
}

fn real_date(day: &str, month: &str, year: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The text as the beginning of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_events::identifier::ClaimId;
    use netgain_events::text::{Line, Prose};

    fn typed(fields: &[(&str, &str)]) -> Typed {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Typed::new(fields.iter().map(own).collect())
    }

    #[test]
    fn money_is_read_as_people_write_it_and_nothing_is_rounded() {
        for (text, pence) in [
            ("£1,250.50", 125_050),
            (" 1 250 ", 125_000),
            ("£0", 0),
            ("999,999,999,999.99", 99_999_999_999_999),
        ] {
            let typed = typed(&[("a", text)]);
            let mut reader = Reader::new(&typed);
            assert_eq!(reader.money("a", "the amount").unwrap().pence(), pence);
            assert!(reader.problems().is_empty());
        }
        for wrong in ["1.005", "-5", "ten", "1e3", "£", "1000000000000"] {
            let typed = typed(&[("a", wrong)]);
            let mut reader = Reader::new(&typed);
            assert_eq!(reader.money("a", "the amount"), None, "{wrong}");
            let problems = reader.problems();
            assert!(
                problems.of("a").unwrap().starts_with("The amount"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let typed = typed(&[
            ("title", "x\ty"),
            ("year", "2010/12"),
            ("day-day", "31"),
            ("day-month", "2"),
            ("day-year", "2010"),
        ]);
        let mut reader = Reader::new(&typed);
        assert_eq!(reader.required::<ClaimId>("claim", "the reference"), None);
        assert_eq!(reader.required::<Line>("title", "what changed"), None);
        assert_eq!(reader.year("year", "the year"), None);
        assert_eq!(reader.date("day", "the day"), None);
        assert_eq!(reader.above_zero("amount", "the amount"), None);
        let problems = reader.problems();
        for (field, sentence) in [
            ("claim", "Enter the reference"),
            ("title", "What changed: it has a control character"),
            ("year", "The year: write a financial year"),
            ("day-day", "The day must be a real date"),
            ("amount", "Enter the amount"),
        ] {
            let found = problems.of(field).unwrap();
            assert!(found.starts_with(sentence), "{found}");
        }
    }

    #[test]
    fn line_breaks_are_read_as_they_are_stored() {
        let typed = typed(&[("text", "one\r\ntwo")]);
        let text: Option<Prose> = Reader::new(&typed).optional("text", "the text");
        assert_eq!(text.unwrap().as_str(), "one\ntwo");
    }

    #[test]
    fn a_date_or_a_year_that_is_not_asked_for_may_be_left_out() {
        let typed = typed(&[
            ("year", "2010-11"),
            ("day-day", "27"),
            ("day-month", "3"),
            ("day-year", "2010"),
        ]);
        let mut reader = Reader::new(&typed);
        assert_eq!(reader.optional_date("other", "the day"), None);
        assert_eq!(reader.optional_year("other", "the year"), None);
        assert_eq!(
            reader.year("year", "the year").unwrap().to_string(),
            "2010/11"
        );
        assert_eq!(
            reader.date("day", "the day").unwrap().to_string(),
            "2010-03-27"
        );
        assert!(reader.problems().is_empty());
    }
}

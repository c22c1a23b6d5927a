//! Financial years: the only place that knows where one starts and how it is written.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

/// A financial year, 1 April to 31 March, identified by the calendar year it starts in
/// (ruleset `ni179-v1` section 2). From 1990/91 to 2099/00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FinancialYear(u16);

/// The text is not a financial year in the form `2008/09`, or is outside 1990/91 to 2099/00.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a financial year as \"2008/09\", from 1990/91 to 2099/00")]
pub struct FinancialYearError;

impl FinancialYear {
    /// The earliest year that can be named, 1990/91.
    pub const FIRST: Self = Self(1990);
    /// The latest year that can be named, 2099/00.
    pub const LAST: Self = Self(2099);

    /// The year that starts in April of that calendar year.
    #[must_use]
    pub const fn starting(calendar_year: u16) -> Option<Self> {
        if calendar_year >= Self::FIRST.0 && calendar_year <= Self::LAST.0 {
            Some(Self(calendar_year))
        } else {
            None
        }
    }

    /// The year a day falls in, if it can be named.
    #[must_use]
    pub fn containing(day: NaiveDate) -> Option<Self> {
        let starts_in = if day.month() < 4 {
            day.year() - 1
        } else {
            day.year()
        };
        u16::try_from(starts_in).ok().and_then(Self::starting)
    }

    /// The calendar year it starts in: 2008 for 2008/09.
    #[must_use]
    pub const fn starts_in(self) -> u16 {
        self.0
    }

    /// Its first day, 1 April.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        first_of_april(self.0)
    }

    /// The day after its last, 1 April of the next calendar year. (The year after 2099/00 cannot
    /// be named, but this day can.)
    #[must_use]
    pub fn day_after(self) -> NaiveDate {
        first_of_april(self.0 + 1)
    }

    /// The year after, if it can be named.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        Self::starting(self.0 + 1)
    }

    /// The year before, if it can be named.
    #[must_use]
    pub const fn previous(self) -> Option<Self> {
        Self::starting(self.0 - 1)
    }

    /// Every year from this one to `last`, in order; none if `last` is earlier.
    pub fn to(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }

    /// Reads the form of a URL path, `2008-09`.
    pub fn from_path(text: &str) -> Result<Self, FinancialYearError> {
        read(text, b'-')
    }

    /// The form of a URL path and of a reference, `2008-09`.
    #[must_use]
    pub fn path(self) -> String {
        format!("{}-{:02}", self.0, (self.0 + 1) % 100)
    }

    /// Appends the form in data, `2008/09`.
    pub(crate) fn write_to(self, out: &mut Vec<u8>) {
        crate::digits::write(u64::from(self.0), out);
        out.push(b'/');
        crate::digits::write_padded::<2>(u64::from((self.0 + 1) % 100), out);
    }
}

fn first_of_april(calendar_year: u16) -> NaiveDate {
    // 1 April exists in every year of the calendar.
    NaiveDate::from_ymd_opt(i32::from(calendar_year), 4, 1).unwrap_or(NaiveDate::MAX)
}

fn read(text: &str, separator: u8) -> Result<FinancialYear, FinancialYearError> {
    let year = match text.as_bytes() {
        &[a, b, c, d, mark, tens, units] if mark == separator => {
            let starts_in = crate::digits::read(&[a, b, c, d]).ok_or(FinancialYearError)?;
            let ends_in = crate::digits::read(&[tens, units]).ok_or(FinancialYearError)?;
            if (starts_in + 1) % 100 != ends_in {
                return Err(FinancialYearError);
            }
            u16::try_from(starts_in)
                .ok()
                .and_then(FinancialYear::starting)
        }
        _ => None,
    };
    year.ok_or(FinancialYearError)
}

impl FromStr for FinancialYear {
    type Err = FinancialYearError;

    fn from_str(text: &str) -> Result<Self, FinancialYearError> {
        read(text, b'/')
    }
}

impl fmt::Display for FinancialYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:02}", self.0, (self.0 + 1) % 100)
    }
}

/// A year in JSON is its text; in the compact form of a view it is the calendar year it starts in.
impl serde::Serialize for FinancialYear {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let mut text = Vec::with_capacity(7);
            self.write_to(&mut text);
            serializer.serialize_str(std::str::from_utf8(&text).map_err(serde::ser::Error::custom)?)
        } else {
            serializer.serialize_u16(self.0)
        }
    }
}

impl<'de> serde::Deserialize<'de> for FinancialYear {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if deserializer.is_human_readable() {
            crate::text_form::deserialize(deserializer, "a financial year like \"2008/09\"")
        } else {
            Self::starting(u16::deserialize(deserializer)?)
                .ok_or_else(|| D::Error::custom("financial year out of range"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_reads_back_as_it_was_written() {
        for year in FinancialYear::FIRST.to(FinancialYear::LAST) {
            assert_eq!(year.to_string().parse(), Ok(year));
            assert_eq!(FinancialYear::from_path(&year.path()), Ok(year));
            let mut bytes = Vec::new();
            year.write_to(&mut bytes);
            assert_eq!(bytes, year.to_string().into_bytes());
        }
        assert_eq!(FinancialYear::LAST.to_string(), "2099/00");
    }

    #[test]
    fn a_year_that_does_not_follow_itself_or_is_out_of_range_is_refused() {
        for text in [
            "2008/10",
            "2008-09",
            "2008/9",
            "2008/009",
            "1989/90",
            "2100/01",
            "",
            "２００８/09",
        ] {
            assert_eq!(
                text.parse::<FinancialYear>(),
                Err(FinancialYearError),
                "{text:?}"
            );
        }
    }

    #[test]
    fn the_year_turns_on_the_first_of_april() {
        let day = |m, d| NaiveDate::from_ymd_opt(2009, m, d).unwrap();
        assert_eq!(
            FinancialYear::containing(day(3, 31)).unwrap().starts_in(),
            2008
        );
        assert_eq!(
            FinancialYear::containing(day(4, 1)).unwrap().starts_in(),
            2009
        );
        assert_eq!(
            FinancialYear::starting(2008).unwrap().day_after(),
            day(4, 1)
        );
    }
}

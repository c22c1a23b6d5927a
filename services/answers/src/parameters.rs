//! A question's parameters, read from the text they come in: one way for every caller.

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::refusal::RefusalCode;
use netgain_events::vocabulary::Series;
use netgain_ledger::history::KnownAt;
use netgain_projections::basis::Basis;
use netgain_projections::reports::breakdown::Heading;

use crate::not_answered::BadQuestion;

/// The code of a parameter whose text is not one of its values and that has no code of its own.
const BAD_PARAMETER: &str = "bad-parameter";

fn bad(parameter: &'static str, code: &'static str, message: &impl ToString) -> BadQuestion {
    BadQuestion::Parameter {
        parameter,
        code,
        message: message.to_string(),
    }
}

/// An organisation's code.
///
/// # Errors
/// `bad-identifier`.
pub fn org(text: &str) -> Result<OrgId, BadQuestion> {
    let code = RefusalCode::BadIdentifier.as_str();
    text.parse().map_err(|error| bad("org", code, &error))
}

/// A claim's reference.
///
/// # Errors
/// `bad-identifier`.
pub fn claim(text: &str) -> Result<ClaimId, BadQuestion> {
    let code = RefusalCode::BadIdentifier.as_str();
    text.parse().map_err(|error| bad("claim", code, &error))
}

/// A financial year, as in data (`2010/11`) or as in a URL path (`2010-11`).
///
/// # Errors
/// `bad-year`.
pub fn year(text: &str) -> Result<FinancialYear, BadQuestion> {
    text.parse()
        .or_else(|_| FinancialYear::from_path(text))
        .map_err(|error| bad("year", RefusalCode::BadYear.as_str(), &error))
}

/// A position, 0 (nothing known) or more.
///
/// # Errors
/// `bad-position`, about the parameter of that name.
pub fn position(parameter: &'static str, text: &str) -> Result<Position, BadQuestion> {
    text.parse().map(Position::new).map_err(|_| {
        let message = "a position is a whole number, 0 or more";
        bad(parameter, "bad-position", &message)
    })
}

/// A date.
///
/// # Errors
/// `bad-parameter`, about the parameter of that name.
pub fn date(parameter: &'static str, text: &str) -> Result<NaiveDate, BadQuestion> {
    let message = "write a date as 2009-07-24";
    day(text).ok_or_else(|| bad(parameter, BAD_PARAMETER, &message))
}

/// A moment; a day means its end, since what was recorded during it was known by then.
///
/// # Errors
/// `bad-parameter`.
pub fn time(text: &str) -> Result<RecordedAt, BadQuestion> {
    let instant = match day(text) {
        Some(day) => day
            .and_hms_milli_opt(23, 59, 59, 999)
            .map(|end| end.and_utc().timestamp_millis()),
        None => chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|time| time.timestamp_millis()),
    };
    instant.and_then(RecordedAt::from_unix_ms).ok_or_else(|| {
        let message = "write a time as 2009-07-24T17:00:00Z, or a day as 2009-07-24";
        bad("known_at", BAD_PARAMETER, &message)
    })
}

/// What is to be known: up to a position, or at a time, or everything where neither is named.
///
/// # Errors
/// `bad-position` or `bad-parameter`; both are named.
pub fn known_at(position: Option<&str>, known_at: Option<&str>) -> Result<KnownAt, BadQuestion> {
    match (position, known_at) {
        (None, None) => Ok(KnownAt::Latest),
        (Some(text), None) => self::position("position", text).map(KnownAt::Position),
        (None, Some(text)) => time(text).map(KnownAt::Time),
        (Some(_), Some(_)) => {
            let message = "name a position or a time known at, not both";
            Err(bad("known_at", BAD_PARAMETER, &message))
        }
    }
}

/// A basis: `claimed`, `validated` or `assured`.
///
/// # Errors
/// `bad-parameter`.
pub fn basis(text: &str) -> Result<Basis, BadQuestion> {
    text.parse()
        .map_err(|message: String| bad("basis", BAD_PARAMETER, &message))
}

/// A series: `forecast` or `actual`.
///
/// # Errors
/// `bad-parameter`.
pub fn series(text: &str) -> Result<Series, BadQuestion> {
    text.parse()
        .map_err(|error| bad("series", BAD_PARAMETER, &error))
}

/// A breakdown's heading.
///
/// # Errors
/// `bad-parameter`.
pub fn heading(text: &str) -> Result<Heading, BadQuestion> {
    text.parse()
        .map_err(|message: String| bad("by", BAD_PARAMETER, &message))
}

/// `YYYY-MM-DD`, with every digit.
fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == 10).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_read_in_both_forms_and_nothing_else() {
        assert_eq!(year("2010/11"), year("2010-11"));
        assert_eq!(year("2010/11").unwrap().to_string(), "2010/11");
        for wrong in ["2010", "2010/12", "", "2010/2011"] {
            let error = year(wrong).unwrap_err();
            assert_eq!((error.code(), error.parameter()), ("bad-year", "year"));
        }
    }

    #[test]
    fn a_day_means_its_end() {
        assert_eq!(
            time("2009-07-24").unwrap().to_string(),
            "2009-07-24T23:59:59.999Z"
        );
        assert_eq!(
            time("2009-07-24T18:00:00+01:00").unwrap().to_string(),
            "2009-07-24T17:00:00.000Z"
        );
        for wrong in ["2009-7-24", "24/07/2009", "now"] {
            assert_eq!(time(wrong).unwrap_err().code(), "bad-parameter");
        }
    }

    #[test]
    fn a_position_or_a_time_is_known_at_and_never_both() {
        assert_eq!(known_at(None, None), Ok(KnownAt::Latest));
        assert_eq!(
            known_at(Some("0"), None),
            Ok(KnownAt::Position(Position::ZERO))
        );
        assert!(matches!(
            known_at(None, Some("2009-07-24")),
            Ok(KnownAt::Time(_))
        ));
        let both = known_at(Some("1"), Some("2009-07-24")).unwrap_err();
        assert_eq!(both.code(), "bad-parameter");
        for wrong in ["-1", "1.5", "", "18446744073709551616"] {
            assert_eq!(
                known_at(Some(wrong), None).unwrap_err().code(),
                "bad-position"
            );
        }
    }
}

//! Values of words that have no form of their own to read them by.

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Position;
use netgain_events::recorded_at::RecordedAt;

pub(super) fn year(text: &str) -> Result<FinancialYear, String> {
    text.parse()
        .or_else(|_| FinancialYear::from_path(text))
        .map_err(|e| e.to_string())
}

pub(super) fn position(text: &str) -> Result<Position, String> {
    text.parse()
        .map(Position::new)
        .map_err(|_| "a position is a whole number, 0 or more".into())
}

pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    let dashes = text.len() == 10;
    let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| dashes);
    parsed.ok_or_else(|| "write a date as 2009-07-24".into())
}

/// A moment; a day means its end, since what was recorded during it was known by then.
pub(super) fn time(text: &str) -> Result<RecordedAt, String> {
    let instant = match date(text) {
        Ok(day) => day
            .and_hms_milli_opt(23, 59, 59, 999)
            .map(|end| end.and_utc().timestamp_millis()),
        Err(_) => chrono::DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|t| t.timestamp_millis()),
    };
    let known = instant.and_then(RecordedAt::from_unix_ms);
    known.ok_or_else(|| "write a time as 2009-07-24T17:00:00Z, or a day as 2009-07-24".into())
}

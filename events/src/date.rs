//! Dates in their one text form.

use chrono::{Datelike, NaiveDate};

/// Appends `YYYY-MM-DD`. Dates are read with four digits of a year, so every date here has them.
pub(crate) fn write(day: NaiveDate, out: &mut Vec<u8>) {
    crate::digits::write_padded::<4>(u64::from(day.year().unsigned_abs()), out);
    out.push(b'-');
    crate::digits::write_padded::<2>(u64::from(day.month()), out);
    out.push(b'-');
    crate::digits::write_padded::<2>(u64::from(day.day()), out);
}

/// Reads `YYYY-MM-DD` and nothing looser.
pub(crate) fn read(text: &str) -> Option<NaiveDate> {
    match text.as_bytes() {
        &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => NaiveDate::from_ymd_opt(
            i32::try_from(crate::digits::read(&[y1, y2, y3, y4])?).ok()?,
            crate::digits::read(&[m1, m2])?,
            crate::digits::read(&[d1, d2])?,
        ),
        _ => None,
    }
}

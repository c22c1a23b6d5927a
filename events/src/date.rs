//! Dates in their one text form.

use chrono::NaiveDate;

/// Reads `YYYY-MM-DD` and nothing looser.
pub(crate) fn read(text: &str) -> Option<NaiveDate> {
    match text.as_bytes() {
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => NaiveDate::from_ymd_opt(
            i32::try_from(crate::digits::read(&[*y1, *y2, *y3, *y4])?).ok()?,
            crate::digits::read(&[*m1, *m2])?,
            crate::digits::read(&[*d1, *d2])?,
        ),
        _ => None,
    }
}

//! When an event was recorded.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};

/// The instant an event was recorded: UTC, whole milliseconds, from the year 0000 to 9999.
///
/// It never decides order: positions do. Within an organisation it never goes back, since the
/// decision takes the later of the clock and the organisation's previous event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordedAt(i64);

/// The text is not an RFC 3339 instant in UTC with milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a time as \"2009-04-01T09:30:00.000Z\"")]
pub struct RecordedAtError;

impl RecordedAt {
    /// The instant that many milliseconds after 1970-01-01T00:00:00Z, if it can be written with a
    /// four-digit year.
    #[must_use]
    pub fn from_unix_ms(unix_ms: i64) -> Option<Self> {
        let instant = DateTime::<Utc>::from_timestamp_millis(unix_ms)?;
        (0..=9999)
            .contains(&instant.year())
            .then_some(Self(unix_ms))
    }

    /// Milliseconds after 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// The day in UTC.
    #[must_use]
    pub fn day(self) -> NaiveDate {
        DateTime::<Utc>::from_timestamp_millis(self.0)
            .unwrap_or_default()
            .date_naive()
    }

    /// Appends `2009-04-01T09:30:00.000Z`.
    pub(crate) fn write_to(self, out: &mut Vec<u8>) {
        let instant = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        let two = |number: u32, mark: u8, out: &mut Vec<u8>| {
            crate::digits::write_padded::<2>(u64::from(number), out);
            out.push(mark);
        };
        // The constructor keeps the year within four digits.
        crate::digits::write_padded::<4>(u64::from(instant.year().unsigned_abs()), out);
        out.push(b'-');
        two(instant.month(), b'-', out);
        two(instant.day(), b'T', out);
        two(instant.hour(), b':', out);
        two(instant.minute(), b':', out);
        two(instant.second(), b'.', out);
        crate::digits::write_padded::<3>(u64::from(instant.timestamp_subsec_millis()), out);
        out.push(b'Z');
    }
}

impl FromStr for RecordedAt {
    type Err = RecordedAtError;

    /// Reads exactly the form that is written: UTC, three decimals of a second, `Z`.
    fn from_str(text: &str) -> Result<Self, RecordedAtError> {
        let bytes = text.as_bytes();
        let marks = [
            (4, b'-'),
            (7, b'-'),
            (10, b'T'),
            (13, b':'),
            (16, b':'),
            (19, b'.'),
            (23, b'Z'),
        ];
        if bytes.len() != 24 || marks.iter().any(|&(at, mark)| bytes.get(at) != Some(&mark)) {
            return Err(RecordedAtError);
        }
        let part = |from: usize, to: usize| {
            bytes
                .get(from..to)
                .and_then(crate::digits::read)
                .ok_or(RecordedAtError)
        };
        let year = i32::try_from(part(0, 4)?).map_err(|_| RecordedAtError)?;
        NaiveDate::from_ymd_opt(year, part(5, 7)?, part(8, 10)?)
            .and_then(|day| {
                day.and_hms_milli_opt(
                    part(11, 13).ok()?,
                    part(14, 16).ok()?,
                    part(17, 19).ok()?,
                    part(20, 23).ok()?,
                )
            })
            .map(|instant| Self(instant.and_utc().timestamp_millis()))
            .ok_or(RecordedAtError)
    }
}

impl fmt::Display for RecordedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(24);
        self.write_to(&mut bytes);
        f.write_str(std::str::from_utf8(&bytes).map_err(|_| fmt::Error)?)
    }
}

/// An instant in JSON is its text; in the compact form of a view it is its milliseconds.
impl serde::Serialize for RecordedAt {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> serde::Deserialize<'de> for RecordedAt {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        if deserializer.is_human_readable() {
            crate::text_form::deserialize(deserializer, "a time like \"2009-04-01T09:30:00.000Z\"")
        } else {
            Self::from_unix_ms(i64::deserialize(deserializer)?)
                .ok_or_else(|| D::Error::custom("time out of range"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_written_form_is_read() {
        for text in [
            "2009-04-01T09:30:00Z",
            "2009-04-01 09:30:00.000Z",
            "2009-02-30T00:00:00.000Z",
            "2009-04-01T24:00:00.000Z",
            "2009-04-01T09:30:00.000+01",
            "",
        ] {
            assert_eq!(text.parse::<RecordedAt>(), Err(RecordedAtError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn an_instant_reads_back_as_it_was_written(ms in -62_167_219_200_000_i64..=253_402_300_799_999) {
            let instant = RecordedAt::from_unix_ms(ms).unwrap();
            prop_assert_eq!(instant.to_string().parse::<RecordedAt>(), Ok(instant));
            let chrono = DateTime::<Utc>::from_timestamp_millis(ms).unwrap();
            prop_assert_eq!(
                instant.to_string(),
                chrono.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
            );
        }
    }
}

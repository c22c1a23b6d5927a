//! When an event was recorded.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// The instant an event was recorded: UTC, whole milliseconds, from the year 0000 to 9999.
///
/// It never decides order: positions do. Within an organisation it never goes back, since the
/// decision takes the later of the clock and the organisation's previous event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordedAt(i64);

const MS_PER_DAY: i64 = 86_400_000;

/// How many days 1970-01-01 is after the day that chrono counts from, the last of 1 BC.
const EPOCH_DAYS_FROM_CE: i64 = 719_163;

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
        // Every event has one, so the time of day is worked out here and only the day by chrono.
        let days = self.0.div_euclid(MS_PER_DAY);
        let ms = self.0.rem_euclid(MS_PER_DAY).unsigned_abs();
        let day = i32::try_from(days + EPOCH_DAYS_FROM_CE)
            .ok()
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .unwrap_or_default();
        crate::date::write(day, out);
        let two = |mark: u8, number: u64, out: &mut Vec<u8>| {
            out.push(mark);
            crate::digits::write_padded::<2>(number, out);
        };
        two(b'T', ms / 3_600_000, out);
        two(b':', ms / 60_000 % 60, out);
        two(b':', ms / 1000 % 60, out);
        out.push(b'.');
        crate::digits::write_padded::<3>(ms % 1000, out);
        out.push(b'Z');
    }
}

impl FromStr for RecordedAt {
    type Err = RecordedAtError;

    /// Reads exactly the form that is written: UTC, three decimals of a second, `Z`.
    fn from_str(text: &str) -> Result<Self, RecordedAtError> {
        read(text).ok_or(RecordedAtError)
    }
}

fn read(text: &str) -> Option<RecordedAt> {
    let (day, time) = text.split_at_checked(10)?;
    let [
        b'T',
        h1,
        h2,
        b':',
        m1,
        m2,
        b':',
        s1,
        s2,
        b'.',
        f1,
        f2,
        f3,
        b'Z',
    ] = *<&[u8; 14]>::try_from(time.as_bytes()).ok()?
    else {
        return None;
    };
    let day = crate::date::read(day)?;
    let hour = crate::digits::read(&[h1, h2])?;
    let minute = crate::digits::read(&[m1, m2])?;
    let second = crate::digits::read(&[s1, s2])?;
    let ms = crate::digits::read(&[f1, f2, f3])?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let of_day = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    let days = i64::from(day.num_days_from_ce()) - EPOCH_DAYS_FROM_CE;
    Some(RecordedAt(days * MS_PER_DAY + i64::from(of_day)))
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

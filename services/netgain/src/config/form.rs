//! How a setting's value is written, and how it is read: with its unit, so that nobody has to know which one
//! is meant.

use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A file or a directory; in a configuration file, from where that file is.
    Path,
    /// An address and a port.
    Address,
    /// An address without a port.
    IpAddress,
    /// A time with its unit, like `30s`.
    Duration,
    /// A number of bytes with its unit, like `4MiB`.
    Size,
    /// A whole number.
    Count,
    /// Any text.
    Text,
}

/// A value as it was given, and where a path that does not begin at the root begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'g> {
    /// What was written.
    pub(crate) text: &'g OsStr,
    /// The directory of the file it was written in; nothing where that was no file.
    pub(crate) beside: Option<&'g Path>,
}

const DURATION_UNITS: [(&str, Duration); 5] = [
    ("ms", Duration::from_millis(1)),
    ("s", Duration::from_secs(1)),
    ("m", Duration::from_mins(1)),
    ("h", Duration::from_hours(1)),
    ("d", Duration::from_hours(24)),
];

const SIZE_UNITS: [(&str, u64); 4] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

impl Given<'_> {
    /// The text, which anything but a path has to be.
    pub(crate) fn text(self) -> Result<String, String> {
        match self.text.to_str() {
            Some("") | None => Err("it is empty or not UTF-8".to_owned()),
            Some(text) => Ok(text.to_owned()),
        }
    }

    /// A file or a directory.
    pub(crate) fn path(self) -> Result<PathBuf, String> {
        if self.text.is_empty() {
            return Err("it is empty; name a file or a directory".to_owned());
        }
        Ok(match self.beside {
            Some(directory) => directory.join(self.text),
            None => self.text.into(),
        })
    }

    /// An address and a port.
    pub(crate) fn address(self) -> Result<SocketAddr, String> {
        let parsed = self.text.to_str().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| {
            "write an address in digits and a port, like 127.0.0.1:8179 or [::1]:8179".to_owned()
        })
    }

    /// An address without a port.
    pub(crate) fn ip_address(self) -> Result<IpAddr, String> {
        let parsed = self.text.to_str().and_then(|text| text.parse().ok());
        parsed.ok_or_else(|| "write an address in digits, like 127.0.0.1 or ::1".to_owned())
    }

    /// A time within those bounds.
    pub(crate) fn duration(self, within: RangeInclusive<Duration>) -> Result<Duration, String> {
        let form = "write a whole number and its unit (ms, s, m, h or d), like \"30s\"";
        let (number, unit) = self.number_and_unit().ok_or(form)?;
        let unit = DURATION_UNITS.iter().find(|(name, _)| *name == unit);
        let (_, unit) = unit.ok_or(form)?;
        let number = u32::try_from(number).ok();
        let duration = number.and_then(|number| unit.checked_mul(number));
        let fits = duration.filter(|duration| within.contains(duration));
        fits.ok_or_else(|| {
            let (least, most) = (
                written_duration(*within.start()),
                written_duration(*within.end()),
            );
            format!("it is from {least} to {most}")
        })
    }

    /// A number of bytes within those bounds.
    pub(crate) fn size(self, within: RangeInclusive<u64>) -> Result<u64, String> {
        let form = "write a whole number and its unit (B, KiB, MiB or GiB), like \"4MiB\"";
        let (number, unit) = self.number_and_unit().ok_or(form)?;
        let unit = SIZE_UNITS.iter().find(|(name, _)| *name == unit);
        let (_, unit) = unit.ok_or(form)?;
        let fits = number
            .checked_mul(*unit)
            .filter(|size| within.contains(size));
        fits.ok_or_else(|| {
            let (least, most) = (written_size(*within.start()), written_size(*within.end()));
            format!("it is from {least} to {most}")
        })
    }

    /// A whole number within those bounds.
    pub(crate) fn count<N>(self, within: RangeInclusive<u32>) -> Result<N, String>
    where
        N: TryFrom<u32>,
    {
        let number: Option<u32> = self.text.to_str().and_then(|text| text.parse().ok());
        let fits = number.filter(|number| within.contains(number));
        let fits = fits.and_then(|number| N::try_from(number).ok());
        fits.ok_or_else(|| {
            format!(
                "it is a whole number from {} to {}",
                within.start(),
                within.end()
            )
        })
    }

    fn number_and_unit(&self) -> Option<(u64, &str)> {
        let text = self.text.to_str()?;
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = text.split_at_checked(end)?;
        Some((number.parse().ok()?, unit))
    }
}

/// A time in the largest unit that says it exactly.
pub(crate) fn written_duration(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    let mut units = DURATION_UNITS.iter().rev();
    let fits =
        units.find(|(_, unit)| milliseconds.is_multiple_of(unit.as_millis()) && milliseconds > 0);
    match fits {
        Some((name, unit)) => format!("{}{name}", milliseconds / unit.as_millis()),
        None => "0ms".to_owned(),
    }
}

/// A number of bytes in the largest unit that says it exactly.
pub(crate) fn written_size(bytes: u64) -> String {
    let mut units = SIZE_UNITS.iter().rev();
    match units.find(|(_, unit)| bytes.is_multiple_of(*unit) && bytes > 0) {
        Some((name, unit)) => format!("{}{name}", bytes / unit),
        None => "0B".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Given<'_> {
        Given {
            text: OsStr::new(text),
            beside: None,
        }
    }

    #[test]
    fn a_duration_reads_back_as_it_is_written() {
        let all = Duration::ZERO..=Duration::from_hours(24 * 365);
        for text in ["0ms", "10ms", "30s", "90s", "5m", "8h", "30d"] {
            let read = given(text).duration(all.clone()).unwrap();
            assert_eq!(written_duration(read), text);
        }
        let read = given("60000ms").duration(all).unwrap();
        assert_eq!(written_duration(read), "1m");
    }

    #[test]
    fn a_duration_needs_its_unit_and_stays_within_its_bounds() {
        let within = Duration::from_secs(1)..=Duration::from_mins(1);
        for wrong in [
            "",
            "30",
            "s",
            "-1s",
            "1.5s",
            "30 s",
            "30S",
            "30sec",
            "٣s",
            "99999999999999999999s",
        ] {
            let why = given(wrong).duration(within.clone()).unwrap_err();
            assert!(why.contains("like \"30s\""), "{wrong}: {why}");
        }
        for outside in ["999ms", "61s", "4294967295d", "4294967296s"] {
            let why = given(outside).duration(within.clone()).unwrap_err();
            assert_eq!(why, "it is from 1s to 1m", "{outside}");
        }
    }

    #[test]
    fn a_size_reads_back_as_it_is_written_and_needs_its_unit() {
        for text in ["0B", "100B", "32KiB", "4MiB", "2GiB"] {
            assert_eq!(written_size(given(text).size(0..=u64::MAX).unwrap()), text);
        }
        for wrong in ["4", "4M", "4MB", "4 MiB", "MiB"] {
            let why = given(wrong).size(0..=u64::MAX).unwrap_err();
            assert!(why.contains("like \"4MiB\""), "{wrong}: {why}");
        }
        let why = given("18446744073709551615GiB")
            .size(0..=1 << 20)
            .unwrap_err();
        assert_eq!(why, "it is from 0B to 1MiB");
    }

    #[test]
    fn a_number_is_whole_and_within_its_bounds() {
        assert_eq!(given("50").count::<usize>(1..=50), Ok(50));
        for wrong in ["0", "51", "-1", "1e3", "", "5.0"] {
            let why = given(wrong).count::<u32>(1..=50).unwrap_err();
            assert_eq!(why, "it is a whole number from 1 to 50", "{wrong}");
        }
    }

    #[test]
    fn a_path_of_a_file_begins_where_the_file_is() {
        let in_file = |text| Given {
            beside: Some(Path::new("/etc/netgain")),
            ..given(text)
        };
        assert_eq!(in_file("keys").path(), Ok("/etc/netgain/keys".into()));
        assert_eq!(in_file("/srv/keys").path(), Ok("/srv/keys".into()));
        assert_eq!(given("keys").path(), Ok("keys".into()));
        assert!(given("").path().is_err());
    }
}

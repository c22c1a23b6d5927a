//! The directory that a bundle's files are in, which names the statement.

use std::fmt;
use std::str::FromStr;

use netgain_events::fact::Statement;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_events::vocabulary::Series;

use crate::checkpoint::whole_number;

/// The name of a bundle: `netgain-ORG-YEAR-SERIES-NUMBER`, as in
/// `netgain-E07000082-2010-11-actual-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Whose statement it is.
    pub org: OrgId,
    /// For which year.
    pub year: FinancialYear,
    /// In which series.
    pub series: Series,
    /// Its number within its year and series, from 1.
    pub number: u32,
}

/// The text is not the name of a bundle's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a bundle's directory is named like netgain-E07000082-2010-11-actual-1")]
pub struct DirectoryError;

impl Directory {
    /// The directory of an organisation's statement.
    #[must_use]
    pub fn of(org: &OrgId, statement: &Statement) -> Self {
        Self {
            org: org.clone(),
            year: statement.year,
            series: statement.series,
            number: statement.number,
        }
    }
}

impl FromStr for Directory {
    type Err = DirectoryError;

    fn from_str(text: &str) -> Result<Self, DirectoryError> {
        let rest = text.strip_prefix("netgain-").ok_or(DirectoryError)?;
        // An organisation's code may have hyphens of its own, so the parts are told from the end.
        let (rest, number) = rest.rsplit_once('-').ok_or(DirectoryError)?;
        let (rest, series) = rest.rsplit_once('-').ok_or(DirectoryError)?;
        let at = rest.len().checked_sub("-2010-11".len());
        let (org, year) = at
            .and_then(|at| rest.split_at_checked(at))
            .ok_or(DirectoryError)?;
        let year = year.strip_prefix('-').ok_or(DirectoryError)?;
        let number = whole_number(number).and_then(|number| u32::try_from(number).ok());
        Ok(Self {
            org: org.parse().map_err(|_| DirectoryError)?,
            year: FinancialYear::from_path(year).map_err(|_| DirectoryError)?,
            series: series.parse().map_err(|_| DirectoryError)?,
            number: number.filter(|&number| number > 0).ok_or(DirectoryError)?,
        })
    }
}

impl fmt::Display for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            org,
            year,
            series,
            number,
        } = self;
        write!(f, "netgain-{org}-{}-{series}-{number}", year.path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_reads_back_as_it_was_written() {
        for text in [
            "netgain-E07000082-2010-11-actual-1",
            "netgain-A_B-C-2099-00-forecast-4294967295",
            "netgain-2008-09-2008-09-actual-2",
        ] {
            assert_eq!(text.parse::<Directory>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_names_no_statement_is_not_a_directory() {
        for text in [
            "",
            "netgain-",
            "netgain-E07000082-2010-11-actual",
            "netgain-E07000082-2010-11-actual-0",
            "netgain-E07000082-2010-11-actual-01",
            "netgain-E07000082-2010-11-actual-+1",
            "netgain-E07000082-2010-11-actual-4294967296",
            "netgain-E07000082-2010-12-actual-1",
            "netgain-E07000082-2010-11-Actual-1",
            "netgain-e07000082-2010-11-actual-1",
            "netgain--2010-11-actual-1",
            "netgain-2010-11-actual-1",
            "../netgain-E07000082-2010-11-actual-1",
            "netgain-\u{e9}\u{e9}2010-11-actual-1",
        ] {
            assert_eq!(text.parse::<Directory>(), Err(DirectoryError), "{text:?}");
        }
    }
}

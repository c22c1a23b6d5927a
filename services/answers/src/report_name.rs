//! The reports there are, by name.

use std::fmt;
use std::str::FromStr;

use crate::not_answered::BadQuestion;

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportName {
    /// Checks that are due at a date, with the pounds at risk.
    Due,
    /// A year's total by a heading.
    Breakdown,
    /// Totals beside the organisation's own targets and the sector's path.
    Targets,
    /// What released money was used for.
    Redeployment,
    /// The challenges raised, and how far each has come.
    Challenges,
    /// Costs of failed claims, and running costs of ended ones.
    FailedCosts,
    /// The cashable share and the back-office share.
    Shares,
}

impl ReportName {
    /// Every report, in the order of the interface.
    pub const ALL: &'static [Self] = &[
        Self::Due,
        Self::Breakdown,
        Self::Targets,
        Self::Redeployment,
        Self::Challenges,
        Self::FailedCosts,
        Self::Shares,
    ];

    /// Its name in calls, in paths and in its document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Breakdown => "breakdown",
            Self::Targets => "targets",
            Self::Redeployment => "redeployment",
            Self::Challenges => "challenges",
            Self::FailedCosts => "failed-costs",
            Self::Shares => "shares",
        }
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ReportName {
    type Err = BadQuestion;

    fn from_str(text: &str) -> Result<Self, BadQuestion> {
        let found = Self::ALL.iter().find(|name| name.as_str() == text);
        found.copied().ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|name| name.as_str()).collect();
            BadQuestion::Parameter {
                parameter: "name",
                code: "unknown-report",
                message: format!("there is no such report; use one of: {}.", names.join(", ")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_is_found_by_its_name_and_no_other() {
        for name in ReportName::ALL {
            assert_eq!(name.as_str().parse(), Ok(*name));
        }
        let unknown = "Due".parse::<ReportName>().unwrap_err();
        assert_eq!(unknown.code(), "unknown-report");
        assert!(unknown.to_string().contains("failed-costs"));
    }
}

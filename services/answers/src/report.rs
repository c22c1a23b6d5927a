//! What a finance team, a board and an auditor ask beside the total.

use chrono::NaiveDate;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::reports::breakdown::{self, Group, Heading};
use netgain_projections::reports::challenges::{self, Challenge};
use netgain_projections::reports::due::{self, Due};
use netgain_projections::reports::failed_costs::{self, FailedCosts};
use netgain_projections::reports::redeployment::{self, Redeployments};
use netgain_projections::reports::shares::{self, Shares};
use netgain_projections::reports::targets::{self, Targets};
use serde::Serialize;
use serde_json::{Value, json};

use crate::not_answered::{BadQuestion, NotAnswered};
use crate::report_name::ReportName;
use crate::totals::{check_year, totals};

/// The parameters that a question for a report may come with. Those its report does not use are
/// left aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// For which financial year; `breakdown`, `failed-costs` and `shares` need one.
    pub year: Option<FinancialYear>,
    /// At which date (`due`, `challenges`); today unless stated.
    pub at: Option<NaiveDate>,
    /// By which heading; `breakdown` needs one.
    pub by: Option<Heading>,
}

/// A question for a report, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The year named, which its document repeats even where the report is of all years.
    year: Option<FinancialYear>,
    asked: Asked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Due(NaiveDate),
    Breakdown(FinancialYear, Heading),
    Targets,
    Redeployment,
    Challenges(NaiveDate),
    FailedCosts(FinancialYear),
    Shares(FinancialYear),
}

impl Report {
    /// The question for a report. `today` stands in for a date that is not named.
    ///
    /// # Errors
    /// The year is before the indicator's first, or a parameter that the report needs is missing.
    pub fn new(
        name: ReportName,
        parameters: Parameters,
        today: NaiveDate,
    ) -> Result<Self, BadQuestion> {
        let Parameters { year, at, by } = parameters;
        if let Some(year) = year {
            check_year(year)?;
        }
        let at = at.unwrap_or(today);
        let one_year = year.ok_or(BadQuestion::YearMissing);
        let asked = match name {
            ReportName::Due => Asked::Due(at),
            ReportName::Breakdown => {
                Asked::Breakdown(one_year?, by.ok_or(BadQuestion::HeadingMissing)?)
            }
            ReportName::Targets => Asked::Targets,
            ReportName::Redeployment => Asked::Redeployment,
            ReportName::Challenges => Asked::Challenges(at),
            ReportName::FailedCosts => Asked::FailedCosts(one_year?),
            ReportName::Shares => Asked::Shares(one_year?),
        };
        Ok(Self { year, asked })
    }

    /// The report's figures from the facts in force.
    ///
    /// # Errors
    /// Amounts add up past the range of a sum.
    pub fn answer(&self, state: &Organisation) -> Result<Reported, NotAnswered> {
        let only = self.year;
        let figures = match &self.asked {
            Asked::Due(at) => Figures::Due(due::due(state, *at, only, &NI179_V1)?),
            Asked::Breakdown(year, heading) => Figures::Breakdown {
                year: *year,
                groups: breakdown::breakdown(&totals(state, *year)?, heading)?,
            },
            Asked::Targets => Figures::Targets(targets::targets(state, only, &NI179_V1)?),
            Asked::Redeployment => Figures::Redeployment(redeployment::redeployments(state, only)?),
            Asked::Challenges(at) => Figures::Challenges {
                at: *at,
                challenges: challenges::challenges(state, *at),
            },
            Asked::FailedCosts(year) => Figures::FailedCosts {
                year: *year,
                costs: failed_costs::failed_costs(&totals(state, *year)?)?,
            },
            Asked::Shares(year) => Figures::Shares {
                year: *year,
                shares: shares::shares(&totals(state, *year)?)?,
            },
        };
        Ok(Reported {
            org: state.org.clone(),
            position: state.position,
            year: self.year,
            figures,
        })
    }
}

/// A report, answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// Whose.
    pub org: OrgId,
    /// As known at which position.
    pub position: Position,
    /// The year named.
    pub year: Option<FinancialYear>,
    /// What it says.
    pub figures: Figures,
}

/// The figures of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`ReportName` says what each is")]
pub enum Figures {
    Due(Due),
    Breakdown {
        /// Of which year.
        year: FinancialYear,
        /// The claims under each heading.
        groups: Vec<Group>,
    },
    Targets(Targets),
    Redeployment(Redeployments),
    Challenges {
        /// At which date.
        at: NaiveDate,
        /// Every challenge, the most pressing first.
        challenges: Vec<Challenge>,
    },
    FailedCosts {
        /// Of which year.
        year: FinancialYear,
        /// The costs without a gain.
        costs: FailedCosts,
    },
    Shares {
        /// Of which year.
        year: FinancialYear,
        /// The shares.
        shares: Shares,
    },
}

impl Figures {
    /// Which report they are of.
    #[must_use]
    pub const fn name(&self) -> ReportName {
        match self {
            Self::Due(_) => ReportName::Due,
            Self::Breakdown { .. } => ReportName::Breakdown,
            Self::Targets(_) => ReportName::Targets,
            Self::Redeployment(_) => ReportName::Redeployment,
            Self::Challenges { .. } => ReportName::Challenges,
            Self::FailedCosts { .. } => ReportName::FailedCosts,
            Self::Shares { .. } => ReportName::Shares,
        }
    }
}

/// In JSON the figures alone: the document around them has the rest.
impl Serialize for Figures {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Due(due) => due.serialize(serializer),
            Self::Breakdown { groups, .. } => groups.serialize(serializer),
            Self::Targets(targets) => targets.serialize(serializer),
            Self::Redeployment(found) => found.serialize(serializer),
            Self::Challenges { challenges, .. } => challenges.serialize(serializer),
            Self::FailedCosts { costs, .. } => costs.serialize(serializer),
            Self::Shares { shares, .. } => shares.serialize(serializer),
        }
    }
}

impl Reported {
    /// The report's document; its figures stand under the report's name.
    #[must_use]
    pub fn document(&self) -> Value {
        let name = self.figures.name().as_str();
        json!({
            "org": self.org,
            "report": name,
            "year": self.year,
            "position": self.position,
            "ruleset": NI179_V1.id,
            name: self.figures,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2011, 8, 2).unwrap()
    }

    fn parameters(year: &str, by: &str) -> Parameters {
        Parameters {
            year: year.parse().ok(),
            at: None,
            by: by.parse().ok(),
        }
    }

    #[test]
    fn every_report_stands_under_its_name_with_the_year_named() {
        let state = World::stroud().state();
        for name in ReportName::ALL {
            let report = Report::new(*name, parameters("2009/10", "service"), day()).unwrap();
            let reported = report.answer(&state).unwrap();
            assert_eq!(reported.figures.name(), *name);
            let document = reported.document();
            assert_eq!(document["org"], "E07000082");
            assert_eq!(document["report"], name.as_str());
            assert_eq!(document["year"], "2009/10");
            assert_eq!(document["position"], 12);
            assert_eq!(document["ruleset"], "ni179-v1");
            assert!(!document[name.as_str()].is_null(), "{document}");
        }
    }

    #[test]
    fn the_figures_are_those_of_the_question() {
        let state = World::stroud().state();
        let document = |name, parameters| {
            let report = Report::new(name, parameters, day()).unwrap();
            report.answer(&state).unwrap().document()
        };
        let groups = document(ReportName::Breakdown, parameters("2009/10", "service"));
        assert_eq!(groups["breakdown"][0]["value"], "Corporate");
        assert_eq!(groups["breakdown"][1]["value"], Value::Null);
        // The answer was wanted the day before.
        let late = document(ReportName::Challenges, Parameters::default());
        assert_eq!(late["challenges"][0]["progress"], "overdue");
        let earlier = Parameters {
            at: day().pred_opt(),
            ..Parameters::default()
        };
        let open = document(ReportName::Challenges, earlier);
        assert_eq!(open["challenges"][0]["progress"], "open");
        assert_eq!(open["year"], Value::Null);
        let uses = document(ReportName::Redeployment, parameters("2010/11", ""));
        assert_eq!(uses["redeployment"]["total"], "0.00");
        let due = document(ReportName::Due, Parameters::default());
        assert_eq!(due["due"]["at"], "2011-08-02");
    }

    #[test]
    fn what_a_report_needs_must_be_named() {
        let missing = |name, parameters| {
            let error = Report::new(name, parameters, day()).unwrap_err();
            (error.code(), error.parameter())
        };
        for name in [
            ReportName::Breakdown,
            ReportName::FailedCosts,
            ReportName::Shares,
        ] {
            assert_eq!(
                missing(name, parameters("", "service")),
                ("missing-parameter", "year")
            );
        }
        assert_eq!(
            missing(ReportName::Breakdown, parameters("2009/10", "")),
            ("missing-parameter", "by")
        );
        assert_eq!(
            missing(ReportName::Due, parameters("2007/08", "")),
            ("bad-year", "year")
        );
        for name in [ReportName::Due, ReportName::Targets] {
            assert!(Report::new(name, Parameters::default(), day()).is_ok());
        }
    }
}

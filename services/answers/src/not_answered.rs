//! Why a question has no answer: what it asks about is not there, the question itself is off, or the
//! history could not be read.

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::refusal::RefusalCode;
use netgain_events::ruleset::NI179_V1;
use netgain_events::vocabulary::Series;
use netgain_ledger::history::HistoryError;
use netgain_ledger::ledger::LedgerFault;
use netgain_projections::effects::EffectsError;

use crate::pounds::pounds;

/// Why a question has no answer. The three never mix: each caller has one way to say each.
#[derive(Debug, thiserror::Error)]
pub enum NotAnswered {
    /// What it asks about is not there.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The question's own words are off.
    #[error(transparent)]
    BadQuestion(#[from] BadQuestion),
    /// The history could not be read or added up; never the asker's fault.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a question asks about is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No event of that organisation was ever recorded.
    #[error("{0} is not in this ledger; check its code (capitals and digits).")]
    Organisation(OrgId),
    /// The ledger's own history is asked for figures.
    #[error("{0} is the ledger's own history: it has a trail, and no claims or figures.")]
    FiguresOfSystem(OrgId),
    /// The organisation has no such claim.
    #[error("{org} has no claim {claim}; check the reference (capitals matter).")]
    Claim {
        /// Whose claim.
        org: OrgId,
        /// The reference asked for.
        claim: ClaimId,
    },
    /// The organisation had no such claim at the position a figure is followed to.
    #[error("{org} has no claim {claim} by then; check the reference (capitals matter).")]
    ClaimByThen {
        /// Whose claim.
        org: OrgId,
        /// The reference asked for.
        claim: ClaimId,
    },
    /// The organisation has no such statement.
    #[error(
        "{org} has issued no such {series} statement for {year}; netgain statement list shows those \
         it has."
    )]
    Statement {
        /// Whose statement.
        org: OrgId,
        /// For which year.
        year: FinancialYear,
        /// In which series.
        series: Series,
    },
}

impl Unknown {
    /// The stable code; a refusal's where a command can be refused for the same.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Organisation(_) | Self::FiguresOfSystem(_) => {
                RefusalCode::UnknownOrganisation.as_str()
            }
            Self::Claim { .. } | Self::ClaimByThen { .. } => RefusalCode::UnknownClaim.as_str(),
            Self::Statement { .. } => "unknown-statement",
        }
    }
}

/// The question's own words are off. Callers whose parameters are written otherwise than
/// `name=value` may put the sentences of [`Self::YearMissing`], [`Self::HeadingMissing`] and
/// [`Self::FromAfterTo`] in their own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadQuestion {
    /// A year before the indicator's first.
    #[error("NI179 totals exist from {first} on; {0} is before that.", first = NI179_V1.first_year)]
    YearTooEarly(FinancialYear),
    /// A position beyond the last.
    #[error("{org} has {last} events; there is no position {asked} yet.")]
    PositionBeyondLast {
        /// Whose history.
        org: OrgId,
        /// Its last position.
        last: Position,
        /// The position asked about.
        asked: Position,
    },
    /// A difference that runs backwards.
    #[error("from={from} is after to={to}; give the earlier position first.")]
    FromAfterTo {
        /// Where it is to begin.
        from: Position,
        /// Where it is to end.
        to: Position,
    },
    /// The report is of one year and the question names none.
    #[error("this report is of one year: add year=2010-11")]
    YearMissing,
    /// A breakdown is by a heading and the question names none.
    #[error(
        "a breakdown is by a heading: add by=function (or method, technique, approach, service, \
         source, label:KEY)"
    )]
    HeadingMissing,
    /// A control total that is not an amount of money.
    #[error("the control total {given:?} is not an amount: {why}")]
    ControlTotal {
        /// The text given.
        given: String,
        /// What is wrong with it.
        why: String,
    },
    /// A parameter's text is not one of its values.
    #[error("{message}")]
    Parameter {
        /// Its name in HTTP queries.
        parameter: &'static str,
        /// The stable code.
        code: &'static str,
        /// What to write instead.
        message: String,
    },
}

impl BadQuestion {
    /// The stable code; a refusal's where a command can be refused for the same.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::YearTooEarly(_) => RefusalCode::BadYear.as_str(),
            Self::PositionBeyondLast { .. } | Self::FromAfterTo { .. } => "bad-position",
            Self::YearMissing | Self::HeadingMissing => "missing-parameter",
            Self::ControlTotal { .. } => RefusalCode::BadMoney.as_str(),
            Self::Parameter { code, .. } => code,
        }
    }

    /// The parameter it is about, by its name in HTTP queries.
    #[must_use]
    pub const fn parameter(&self) -> &'static str {
        match self {
            Self::YearTooEarly(_) | Self::YearMissing => "year",
            Self::PositionBeyondLast { .. } => "position",
            Self::FromAfterTo { .. } => "from",
            Self::HeadingMissing => "by",
            Self::ControlTotal { .. } => "control_total",
            Self::Parameter { parameter, .. } => parameter,
        }
    }
}

/// The history could not be read or added up.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The log could not be read, or does not fold.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The ledger could not decide or write.
    #[error(transparent)]
    Ledger(#[from] LedgerFault),
    /// The effects of events could not be worked out.
    #[error(transparent)]
    Effects(#[from] EffectsError),
    /// Amounts added up past the range of a sum.
    #[error(transparent)]
    Figures(#[from] SumOverflow),
    /// A document could not be written.
    #[error(transparent)]
    Document(#[from] serde_json::Error),
    /// The history no longer gives what a statement published, so that a difference to it would mean
    /// nothing.
    #[error(
        "the history up to position {known_at} gives {} and the statement says {stated}; run netgain \
         verify", pounds(*.gives)
    )]
    NotAsStated {
        /// The position the statement was known at.
        known_at: Position,
        /// What the history gives.
        gives: Sum,
        /// What the statement says, with a pound sign.
        stated: String,
    },
}

macro_rules! faults {
    ($($error:ty),*) => {$(
        /// A fault, whatever was asked.
        impl From<$error> for NotAnswered {
            fn from(error: $error) -> Self {
                Self::Fault(error.into())
            }
        }
    )*};
}

faults!(
    HistoryError,
    LedgerFault,
    EffectsError,
    SumOverflow,
    serde_json::Error
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_codes_are_a_promise() {
        let org: OrgId = "E07000082".parse().unwrap();
        let statement = Unknown::Statement {
            org,
            year: "2010/11".parse().unwrap(),
            series: Series::Actual,
        };
        assert_eq!(statement.code(), "unknown-statement");
        assert_eq!(
            statement.to_string(),
            "E07000082 has issued no such actual statement for 2010/11; netgain statement list \
             shows those it has."
        );
        let (from, to) = (Position::new(3), Position::new(2));
        let backwards = BadQuestion::FromAfterTo { from, to };
        assert_eq!(
            (backwards.code(), backwards.parameter()),
            ("bad-position", "from")
        );
        assert_eq!(
            backwards.to_string(),
            "from=3 is after to=2; give the earlier position first."
        );
    }

    #[test]
    fn a_fault_speaks_for_its_cause() {
        let fault = NotAnswered::from(SumOverflow);
        assert!(matches!(fault, NotAnswered::Fault(_)));
        assert_eq!(fault.to_string(), SumOverflow.to_string());
    }
}

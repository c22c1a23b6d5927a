//! A claim's line for a year: its status and its amounts (ruleset section 6).

use std::fmt;

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::ClaimId;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::Ruleset;
use netgain_events::state::Claim;
use netgain_events::vocabulary::{Outcome, Quality};
use serde::Serialize;

use crate::basis::{Amounts, Basis};
use crate::eligibility::{self, Reason};
use crate::levels::{self, Levels};

/// What has become of a claim by a year: the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Withdrawn by its organisation.
    Withdrawn,
    /// It cannot count (section 3).
    Ineligible,
    /// It has not accrued yet.
    Expected,
    /// Nothing of it lasts.
    Failed,
    /// It counted, and does so no more.
    Ended,
    /// Checked in each of its first three years, and still there.
    Proven,
    /// It counts on the expectation that it lasts.
    Provisional,
}

impl Status {
    /// Its name in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Ineligible => "ineligible",
            Self::Expected => "expected",
            Self::Failed => "failed",
            Self::Ended => "ended",
            Self::Proven => "proven",
            Self::Provisional => "provisional",
        }
    }

    /// Whether a line of this status has amounts; the others are all zeros.
    #[must_use]
    pub const fn has_amounts(self) -> bool {
        match self {
            Self::Withdrawn | Self::Ineligible | Self::Expected | Self::Failed => false,
            Self::Ended | Self::Proven | Self::Provisional => true,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A claim in a year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What has become of it.
    pub status: Status,
    /// Why it is ineligible; empty for every other status.
    pub reasons: Vec<Reason>,
    /// What it contributes, in parts.
    pub amounts: Amounts,
    /// Whether a validation is in force.
    pub validated: bool,
    /// Whether it counts in the assured basis.
    pub assured: bool,
}

impl Line {
    /// The line of a claim for a year.
    ///
    /// # Errors
    /// Its costs added up past the range of a sum.
    pub fn of(claim: &Claim, year: FinancialYear, rules: &Ruleset) -> Result<Self, SumOverflow> {
        let levels = Levels::of(claim, year, rules)?;
        let reasons = eligibility::reasons(&claim.details, rules);
        let status = status(claim, year, levels.as_ref(), &reasons);
        let amounts = match &levels {
            Some(levels) if status.has_amounts() => amounts(claim, year, levels)?,
            Some(_) | None => Amounts::default(),
        };
        let validated = claim.validation.is_some();
        let checked_by_another = claim
            .checks
            .get(&year)
            .is_some_and(|check| !check.actor.is(&claim.registrant));
        Ok(Self {
            status,
            reasons: if status == Status::Ineligible {
                reasons
            } else {
                Vec::new()
            },
            amounts,
            validated,
            assured: validated && checked_by_another && status.has_amounts(),
        })
    }

    /// Whether a basis counts the line.
    #[must_use]
    pub const fn counts_in(&self, basis: Basis) -> bool {
        match basis {
            Basis::Claimed => true,
            Basis::Validated => self.validated,
            Basis::Assured => self.assured,
        }
    }

    /// What the line adds to a basis's net.
    pub fn net_in(&self, basis: Basis) -> Result<Sum, SumOverflow> {
        if self.counts_in(basis) {
            self.amounts.net()
        } else {
            Ok(Sum::ZERO)
        }
    }
}

/// A line together with its claim's reference, as it stands in the totals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimLine<'s> {
    /// The reference.
    pub id: &'s ClaimId,
    /// The claim.
    pub claim: &'s Claim,
    /// Its line.
    pub line: Line,
    /// Its net, which `amounts` adds up to.
    pub net: Sum,
}

fn status(
    claim: &Claim,
    year: FinancialYear,
    levels: Option<&Levels>,
    reasons: &[Reason],
) -> Status {
    if claim.withdrawn.is_some() {
        return Status::Withdrawn;
    }
    if !reasons.is_empty() {
        return Status::Ineligible;
    }
    let Some(levels) = levels else {
        return Status::Expected;
    };
    if levels.never_counts() {
        Status::Failed
    } else if year.starts_in() < levels.first() {
        Status::Expected
    } else if levels.has_ended_by(year) {
        Status::Ended
    } else if is_proven(claim, levels.first()) {
        Status::Proven
    } else {
        Status::Provisional
    }
}

/// Whether checks are in force for the first accrual year and the two after it, none of them
/// `ceased`, none with worsened quality.
fn is_proven(claim: &Claim, first: u16) -> bool {
    (first..first + 3).all(|at| {
        FinancialYear::starting(at)
            .and_then(|year| claim.checks.get(&year))
            .is_some_and(|found| {
                found.check.outcome != Outcome::Ceased
                    && found.check.quality != Some(Quality::Worsened)
            })
    })
}

fn amounts(claim: &Claim, year: FinancialYear, levels: &Levels) -> Result<Amounts, SumOverflow> {
    let level = levels.at(year);
    let net = level.gross.minus(level.recurring)?;
    Ok(Amounts {
        gross: level.gross,
        recurring_costs: level.recurring,
        deleted: net.minus(level.counted)?,
        one_off_costs: levels::one_off(claim, levels.first(), year.starts_in())?,
    })
}

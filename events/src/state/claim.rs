//! The facts in force about one claim.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::claim::ClaimDetails;
use crate::fact::{Check, Offset, Redeployment};
use crate::financial_year::FinancialYear;
use crate::identifier::{Actor, ChallengeId, OffsetId, Position, RedeploymentId};
use crate::sorted_map::SortedMap;
use crate::text::Prose;
use crate::vocabulary::{ChallengeOutcome, Grade};

/// A claim and what stands against it and beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it states, as amended.
    pub details: ClaimDetails,
    /// Who registered it; barred from validating it for ever.
    pub registrant: Actor,
    /// The position it was registered at.
    pub registered: Position,
    /// The position it was withdrawn at.
    pub withdrawn: Option<Position>,
    /// The validation in force.
    pub validation: Option<Validation>,
    /// Who amended it, or recorded or cancelled an offset on it, since its last validation.
    pub changed_by: Vec<Actor>,
    /// Every offset ever recorded.
    pub offsets: SortedMap<OffsetId, OffsetState>,
    /// The check in force of each year.
    pub checks: SortedMap<FinancialYear, CheckInForce>,
    /// Every challenge ever raised.
    pub challenges: SortedMap<ChallengeId, ChallengeState>,
    /// Every redeployment ever recorded.
    pub redeployments: SortedMap<RedeploymentId, RedeploymentState>,
}

/// A second person standing behind a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// Who.
    pub actor: Actor,
    /// How mature they hold the figure to be.
    pub grade: Option<Grade>,
    /// The position of the event.
    pub position: Position,
}

/// An offset: in force, or cancelled so that it never was. Its reference stays used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffsetState {
    /// What was recorded; nothing once cancelled.
    pub in_force: Option<Box<Offset>>,
}

/// The latest check recorded for a year; it wholly replaces an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInForce {
    /// What was found.
    pub check: Check,
    /// By whom.
    pub actor: Actor,
    /// The position of the event.
    pub position: Position,
}

/// A challenge and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeState {
    /// What is asked.
    pub question: Prose,
    /// By whom.
    pub raised_by: Actor,
    /// The position it was raised at.
    pub raised: Position,
    /// By when an answer is wanted.
    pub answer_by: Option<NaiveDate>,
    /// The answer, the latest if there were several.
    pub answer: Option<Prose>,
    /// How it was closed, once it is.
    pub outcome: Option<ChallengeOutcome>,
}

/// A redeployment: in force, or cancelled so that it never was. Its reference stays used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedeploymentState {
    /// What was recorded; nothing once cancelled.
    pub in_force: Option<Box<Redeployment>>,
}

impl Claim {
    /// The offsets in force, in order of their reference.
    pub fn offsets_in_force(&self) -> impl Iterator<Item = (&OffsetId, &Offset)> + Clone {
        self.offsets
            .iter()
            .filter_map(|(id, offset)| Some((id, offset.in_force.as_deref()?)))
    }

    /// Notes that someone changed the claim: its validation ends, and they may not give the next.
    pub(super) fn changed_by(&mut self, actor: &Actor) {
        self.validation = None;
        if !self.changed_by.iter().any(|known| known.is(actor)) {
            // Mostly one person: room for four would be four times the memory.
            self.changed_by.reserve_exact(1);
            self.changed_by.push(actor.clone());
        }
    }
}

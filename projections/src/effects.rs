//! The effect of each event on a figure: the figure known at its position less the figure known
//! just before, so that effects always add up (ruleset section 8).

use std::collections::BTreeMap;

use netgain_events::event::Event;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, ClaimId, OrgId, Position};
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::ruleset::Ruleset;
use netgain_events::state::{FoldError, Organisation};
use serde::Serialize;

use crate::basis::Basis;
use crate::carry_forward;
use crate::line::Line;

/// Which figure is looked at: the net of a year on a basis, of the organisation or of one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The year it is for.
    pub year: FinancialYear,
    /// The basis.
    pub basis: Basis,
    /// One claim's part of it; the organisation's whole total where there is none.
    pub claim: Option<ClaimId>,
}

/// One event with an effect on a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// The event's position.
    pub position: Position,
    /// When it was recorded.
    pub recorded_at: RecordedAt,
    /// Who did it.
    pub actor: Actor,
    /// What happened, as the event's type.
    #[serde(serialize_with = "event_type")]
    pub event: FactKind,
    /// The claim it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimId>,
    /// What it did to the figure.
    pub effect: Sum,
    /// The figure after it.
    pub figure: Sum,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn event_type<S: serde::Serializer>(kind: &FactKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.event_type())
}

/// Why effects could not be worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EffectsError {
    /// The history does not fold.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// Amounts added up past the range of a sum.
    #[error(transparent)]
    Overflow(#[from] SumOverflow),
}

/// Follows a figure through a history, event by event.
#[derive(Clone, Debug)]
pub struct Follower {
    figure: Figure,
    rules: &'static Ruleset,
    state: Organisation,
    /// What each claim adds to the figure now. An event changes one claim, so only its part is
    /// computed anew.
    parts: BTreeMap<ClaimId, Sum>,
    carry_forward: Sum,
    now: Sum,
}

impl Follower {
    /// Before the first event.
    #[must_use]
    pub fn new(org: OrgId, figure: Figure, rules: &'static Ruleset) -> Self {
        Self {
            figure,
            rules,
            state: Organisation::new(org),
            parts: BTreeMap::new(),
            carry_forward: Sum::ZERO,
            now: Sum::ZERO,
        }
    }

    /// The figure after what has been folded.
    #[must_use]
    pub const fn figure(&self) -> Sum {
        self.now
    }

    /// The state after what has been folded.
    #[must_use]
    pub const fn state(&self) -> &Organisation {
        &self.state
    }

    /// Folds the next event; gives its effect where it has one.
    ///
    /// # Errors
    /// The event does not fit, or the figure could not be added up.
    pub fn apply(&mut self, event: Event) -> Result<Option<Effect>, EffectsError> {
        let (position, recorded_at) = (event.position, event.recorded_at);
        let (kind, actor) = (event.fact.kind(), event.actor.clone());
        let claim = event.fact.claim().cloned();
        self.state.apply(event)?;
        let effect = match &claim {
            Some(id) => self.claim_effect(id)?,
            None => self.carry_forward_effect()?,
        };
        if effect == Sum::ZERO {
            return Ok(None);
        }
        self.now = self.now.plus(effect)?;
        let figure = self.now;
        Ok(Some(Effect {
            position,
            recorded_at,
            actor,
            event: kind,
            claim,
            effect,
            figure,
        }))
    }

    fn claim_effect(&mut self, id: &ClaimId) -> Result<Sum, SumOverflow> {
        if self.figure.claim.as_ref().is_some_and(|only| only != id) {
            return Ok(Sum::ZERO);
        }
        let Some(claim) = self.state.claim(id) else {
            return Ok(Sum::ZERO);
        };
        let line = Line::of(claim, self.figure.year, self.rules)?;
        let after = line.net_in(self.figure.basis)?;
        let before = self.parts.insert(id.clone(), after).unwrap_or(Sum::ZERO);
        after.minus(before)
    }

    fn carry_forward_effect(&mut self) -> Result<Sum, SumOverflow> {
        let Figure { year, basis, claim } = &self.figure;
        let after = match &self.state.carry_forward {
            Some(state) if claim.is_none() && carry_forward::counts_in(state, *year, *basis) => {
                carry_forward::value(state, *year, self.rules)?
            }
            Some(_) | None => Sum::ZERO,
        };
        let before = std::mem::replace(&mut self.carry_forward, after);
        after.minus(before)
    }
}

//! Folding an event into the state. An event that does not fit is not skipped: the log is not what
//! it must be, and whoever folds stops there.

use std::sync::Arc;

use crate::event::Event;
use crate::fact::Fact;
use crate::identifier::{ClaimId, OrgId, Position};
use crate::sorted_map::SortedMap;
use crate::state::{
    Access, AnsweredKind, AnsweredRequest, CarryForwardState, ChallengeState, CheckInForce, Claim,
    IssuedStatement, OffsetState, Organisation, RedeploymentState, Validation,
};
use crate::vocabulary::ChallengeOutcome;

/// An event does not fit the history before it. The log is damaged or was written by something
/// else; nothing after it can be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// It belongs to another organisation.
    #[error("event {position} belongs to {found}, not to {expected}")]
    OtherOrganisation {
        /// Its position.
        position: Position,
        /// Whose history was being folded.
        expected: OrgId,
        /// Whose event it is.
        found: OrgId,
    },
    /// Its position does not follow.
    #[error("event {found} stands where event {expected} belongs")]
    OutOfPlace {
        /// The position that follows.
        expected: Position,
        /// The position it has.
        found: Position,
    },
    /// It goes back in time.
    #[error("event {position} was recorded before the event in front of it")]
    BackInTime {
        /// Its position.
        position: Position,
    },
    /// It names something that does not exist, or exists already, or is over.
    #[error("event {position} does not follow from the history before it: {why}")]
    DoesNotFollow {
        /// Its position.
        position: Position,
        /// What is wrong.
        why: &'static str,
    },
}

impl Organisation {
    /// Folds the next event.
    ///
    /// # Errors
    /// It does not fit; the state is as it was before, or must not be used further.
    pub fn apply(&mut self, event: Event) -> Result<(), FoldError> {
        let expected = self.position.next();
        let position = event.position;
        if event.org != self.org {
            return Err(FoldError::OtherOrganisation {
                position,
                expected: self.org.clone(),
                found: event.org,
            });
        }
        if position != expected {
            return Err(FoldError::OutOfPlace {
                expected,
                found: position,
            });
        }
        if event.recorded_at < self.recorded_at {
            return Err(FoldError::BackInTime { position });
        }
        let kind = event.fact.kind();
        let request = event.request.clone();
        self.apply_fact(event)?;
        if let Some(mark) = request {
            let answered =
                self.requests
                    .entry(mark.command_id)
                    .or_insert_with(|| AnsweredRequest {
                        content: mark.content,
                        first: position,
                        events: Vec::with_capacity(1),
                    });
            answered.events.push(AnsweredKind(kind));
        }
        self.position = position;
        Ok(())
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one short arm for each fact, in the table's order"
    )]
    fn apply_fact(&mut self, event: Event) -> Result<(), FoldError> {
        let Event {
            position,
            recorded_at,
            actor,
            fact,
            ..
        } = event;
        let does_not_follow = |why| FoldError::DoesNotFollow { position, why };
        if self.org.is_system() != fact.kind().is_of_system() {
            return Err(does_not_follow("it belongs to another kind of history"));
        }
        let first = matches!(fact, Fact::OrganisationRegistered(_));
        if self.details.is_none() && !first && !self.org.is_system() {
            return Err(does_not_follow("its organisation is not registered"));
        }
        match fact {
            Fact::OrganisationRegistered(details) => {
                if self.details.replace(details).is_some() {
                    return Err(does_not_follow("its organisation is registered already"));
                }
            }
            Fact::BaselineSet(baseline) => {
                self.baselines.insert(baseline.year, baseline);
            }
            Fact::TargetSet(target) => {
                self.targets
                    .insert((target.year, target.service), target.amount);
            }
            Fact::ClaimRegistered { claim, details } => {
                let registered = Claim {
                    details: *details,
                    registrant: actor,
                    registered: position,
                    withdrawn: None,
                    validation: None,
                    changed_by: Vec::new(),
                    offsets: SortedMap::default(),
                    checks: SortedMap::default(),
                    challenges: SortedMap::default(),
                    redeployments: SortedMap::default(),
                };
                if self.claims.insert(claim, Arc::new(registered)).is_some() {
                    return Err(does_not_follow("its claim is registered already"));
                }
            }
            Fact::ClaimAmended { claim, changes, .. } => {
                let claim = self.open_claim(&claim, position)?;
                changes.apply(&mut claim.details);
                claim.changed_by(&actor);
            }
            Fact::ClaimValidated { claim, grade } => {
                let claim = self.open_claim(&claim, position)?;
                claim.validation = Some(Validation {
                    actor,
                    grade,
                    position,
                });
                claim.changed_by.clear();
            }
            Fact::ValidationRevoked { claim, .. } => {
                if self
                    .open_claim(&claim, position)?
                    .validation
                    .take()
                    .is_none()
                {
                    return Err(does_not_follow("no validation is in force"));
                }
            }
            Fact::ClaimWithdrawn { claim, .. } => {
                let claim = self.open_claim(&claim, position)?;
                claim.withdrawn = Some(position);
                claim.validation = None;
            }
            Fact::OffsetRecorded {
                claim,
                offset,
                details,
            } => {
                let claim = self.open_claim(&claim, position)?;
                if claim.offsets.get(&offset).is_some() {
                    return Err(does_not_follow("its offset is recorded already"));
                }
                claim.offsets.insert(
                    offset,
                    OffsetState {
                        in_force: Some(details),
                    },
                );
                claim.changed_by(&actor);
            }
            Fact::OffsetCancelled { claim, offset, .. } => {
                let claim = self.open_claim(&claim, position)?;
                let cancelled = claim
                    .offsets
                    .get_mut(&offset)
                    .and_then(|o| o.in_force.take());
                if cancelled.is_none() {
                    return Err(does_not_follow("its offset is not in force"));
                }
                claim.changed_by(&actor);
            }
            Fact::SustainmentChecked { claim, year, check } => {
                let claim = self.open_claim(&claim, position)?;
                claim.checks.insert(
                    year,
                    CheckInForce {
                        check,
                        actor,
                        position,
                    },
                );
            }
            Fact::ChallengeRaised {
                claim,
                challenge,
                question,
                answer_by,
            } => {
                let claim = self.open_claim(&claim, position)?;
                if claim.challenges.get(&challenge).is_some() {
                    return Err(does_not_follow("its challenge is raised already"));
                }
                let raised = ChallengeState {
                    question,
                    raised_by: actor,
                    raised: position,
                    answer_by,
                    answer: None,
                    outcome: None,
                };
                claim.challenges.insert(challenge, raised);
            }
            Fact::ChallengeAnswered {
                claim,
                challenge,
                answer,
            } => {
                let claim = self.open_claim(&claim, position)?;
                let challenge = claim.challenges.get_mut(&challenge);
                let open = challenge.filter(|challenge| challenge.outcome.is_none());
                open.ok_or_else(|| does_not_follow("its challenge is not open"))?
                    .answer = Some(answer);
            }
            Fact::ChallengeClosed {
                claim,
                challenge,
                outcome,
            } => {
                let claim = self.open_claim(&claim, position)?;
                let challenge = claim.challenges.get_mut(&challenge);
                let open = challenge.filter(|challenge| challenge.outcome.is_none());
                open.ok_or_else(|| does_not_follow("its challenge is not open"))?
                    .outcome = Some(outcome);
                match outcome {
                    ChallengeOutcome::Upheld => claim.validation = None,
                    ChallengeOutcome::Dismissed => {}
                }
            }
            Fact::RedeploymentRecorded {
                claim,
                redeployment,
                details,
            } => {
                let claim = self.open_claim(&claim, position)?;
                if claim.redeployments.get(&redeployment).is_some() {
                    return Err(does_not_follow("its redeployment is recorded already"));
                }
                let recorded = RedeploymentState {
                    in_force: Some(Box::new(details)),
                };
                claim.redeployments.insert(redeployment, recorded);
            }
            Fact::RedeploymentCancelled {
                claim,
                redeployment,
                ..
            } => {
                let claim = self.open_claim(&claim, position)?;
                let redeployment = claim.redeployments.get_mut(&redeployment);
                if redeployment.and_then(|r| r.in_force.take()).is_none() {
                    return Err(does_not_follow("its redeployment is not in force"));
                }
            }
            Fact::CarryForwardDeclared(declared) => {
                self.carry_forward = Some(CarryForwardState {
                    declared,
                    declarer: actor,
                    position,
                    validated_by: None,
                    checks: SortedMap::default(),
                });
            }
            Fact::CarryForwardValidated => self.declared(position)?.validated_by = Some(actor),
            Fact::CarryForwardChecked { year, verified } => {
                self.declared(position)?
                    .checks
                    .insert(year, (verified, actor));
            }
            Fact::StatementIssued(statement) => {
                self.statements.push(IssuedStatement {
                    position,
                    recorded_at,
                    actor,
                    statement: *statement,
                });
            }
            Fact::PersonEnrolled { person, account } => self
                .access_mut()
                .enrol(person, account, position)
                .map_err(does_not_follow)?,
            Fact::PersonBarred { person, .. } => self
                .access_mut()
                .bar(&person, position)
                .map_err(does_not_follow)?,
            Fact::RoleGranted(grant) => self
                .access_mut()
                .grant(*grant, actor, position, recorded_at)
                .map_err(does_not_follow)?,
            Fact::RoleRevoked {
                person, role, of, ..
            } => self
                .access_mut()
                .revoke_role(&person, role, &of)
                .map_err(does_not_follow)?,
            Fact::TokenIssued { token, details } => self
                .access_mut()
                .issue(token, *details, position)
                .map_err(does_not_follow)?,
            Fact::TokenRevoked { token, .. } => self
                .access_mut()
                .revoke_token(&token, position)
                .map_err(does_not_follow)?,
            // Which keys signed when, the history says; nothing is decided by it.
            Fact::SigningKeyRotated(_) => {}
        }
        self.recorded_at = recorded_at;
        Ok(())
    }

    fn open_claim(&mut self, claim: &ClaimId, position: Position) -> Result<&mut Claim, FoldError> {
        let does_not_follow = |why| FoldError::DoesNotFollow { position, why };
        let shared = self
            .claims
            .get_mut(claim)
            .ok_or_else(|| does_not_follow("its claim is unknown"))?;
        if shared.withdrawn.is_some() {
            return Err(does_not_follow("its claim is withdrawn"));
        }
        Ok(Arc::make_mut(shared))
    }

    fn access_mut(&mut self) -> &mut Access {
        Arc::make_mut(self.access.get_or_insert_default())
    }

    fn declared(&mut self, position: Position) -> Result<&mut CarryForwardState, FoldError> {
        self.carry_forward.as_mut().ok_or(FoldError::DoesNotFollow {
            position,
            why: "no carry-forward was declared",
        })
    }
}

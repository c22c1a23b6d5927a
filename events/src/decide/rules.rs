//! Which rules each fact is held to.

use crate::authority::Authority;
use crate::decide::{access, claim};
use crate::fact::Fact;
use crate::identifier::Actor;
use crate::recorded_at::RecordedAt;
use crate::refusal::Refusal;
use crate::state::Organisation;

/// Refuses a fact that the rules do not allow.
pub(super) fn check(
    state: &Organisation,
    fact: &Fact,
    actor: &Actor,
    authority: &Authority,
    now: RecordedAt,
) -> Result<(), Refusal> {
    match fact {
        Fact::OrganisationRegistered(_)
        | Fact::BaselineSet(_)
        | Fact::TargetSet(_)
        | Fact::CarryForwardDeclared(_)
        | Fact::StatementIssued(_)
        | Fact::SigningKeyRotated(_) => Ok(()),
        Fact::ClaimRegistered { claim, details } => claim::register(state, claim, details),
        Fact::ClaimAmended { claim, changes, .. } => {
            claim::amend(&claim::open(state, claim)?.details, changes)
        }
        Fact::ClaimValidated { claim, .. } => {
            claim::validate(claim::open(state, claim)?, claim, actor)
        }
        Fact::ValidationRevoked { claim, .. } => {
            claim::validated(claim::open(state, claim)?, claim)
        }
        Fact::ClaimWithdrawn { claim, .. } => claim::open(state, claim).map(drop),
        Fact::OffsetRecorded { claim, offset, .. } => {
            claim::new_offset(claim::open(state, claim)?, offset)
        }
        Fact::OffsetCancelled { claim, offset, .. } => {
            claim::offset_in_force(claim::open(state, claim)?, offset)
        }
        Fact::SustainmentChecked { claim, year, check } => {
            claim::check_of_year(claim::open(state, claim)?, *year, check, now)
        }
        Fact::ChallengeRaised {
            claim, challenge, ..
        } => claim::new_challenge(claim::open(state, claim)?, challenge),
        Fact::ChallengeAnswered {
            claim, challenge, ..
        }
        | Fact::ChallengeClosed {
            claim, challenge, ..
        } => claim::open_challenge(claim::open(state, claim)?, challenge),
        Fact::RedeploymentRecorded {
            claim,
            redeployment,
            ..
        } => claim::new_redeployment(claim::open(state, claim)?, redeployment),
        Fact::RedeploymentCancelled {
            claim,
            redeployment,
            ..
        } => claim::redeployment_in_force(claim::open(state, claim)?, redeployment),
        Fact::CarryForwardValidated => {
            claim::validate_carry_forward(claim::declared(state)?, actor)
        }
        Fact::CarryForwardChecked { .. } => claim::declared(state).map(drop),
        Fact::PersonEnrolled { person, .. } => access::enrol(state, person),
        Fact::PersonBarred { person, .. } => access::bar(state, person, actor, authority),
        Fact::RoleGranted(grant) => access::grant(state, grant, actor, authority, now),
        Fact::RoleRevoked {
            person, role, of, ..
        } => access::revoke_role(state, person, *role, of, now),
        Fact::TokenIssued { token, details } => access::issue(state, token, details, now),
        Fact::TokenRevoked { token, .. } => access::revoke_token(state, token),
    }
}

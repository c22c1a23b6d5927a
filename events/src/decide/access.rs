//! The rules of people, grants and tokens, in the order of precedence: how far an administrator
//! reaches, then the person, their grants and tokens, then the rules, then the people
//! (docs/adr/0016).

use crate::access::{AccountKind, RoleGrant, Scope, TokenGrant};
use crate::authority::{Authority, Role};
use crate::fact::Fact;
use crate::identifier::{Actor, TokenId};
use crate::recorded_at::RecordedAt;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::{GRANTS_MAX, Organisation, PEOPLE_MAX, PersonState, TOKENS_MAX};

/// Refuses what the administrator who signed in is not one of. The roles handed in say that they are
/// an administrator, the ledger's own history says of what.
pub(super) fn within_reach(
    state: &Organisation,
    fact: &Fact,
    signed_in: &Actor,
    authority: &Authority,
    now: RecordedAt,
) -> Result<(), Refusal> {
    match authority {
        Authority::Operator => return Ok(()),
        Authority::Granted { .. } => {}
    }
    let access = state.access.as_deref();
    let of = what_it_is_of(state, fact);
    if access.is_some_and(|access| access.administers(signed_in, of, now)) {
        return Ok(());
    }
    Err(Refusal::whole(
        RefusalCode::NotAllowed,
        format!(
            "You are not an administrator of {}; ask one who is.",
            in_words(of)
        ),
    ))
}

/// Which organisations a fact of the ledger's own history is about.
fn what_it_is_of<'a>(state: &'a Organisation, fact: &'a Fact) -> &'a Scope {
    match fact {
        Fact::RoleGranted(grant) => &grant.of,
        Fact::RoleRevoked { of, .. } => of,
        Fact::TokenIssued { details, .. } => &details.of,
        // That there is no such token is nothing to tell whoever it might not have concerned.
        Fact::TokenRevoked { token, .. } => {
            let access = state.access.as_deref();
            let token = access.and_then(|access| access.token(token));
            token.map_or(&Scope::Every, |token| &token.of)
        }
        Fact::PersonEnrolled { .. }
        | Fact::PersonBarred { .. }
        | Fact::SigningKeyRotated(_)
        | Fact::OrganisationRegistered(_)
        | Fact::BaselineSet(_)
        | Fact::TargetSet(_)
        | Fact::ClaimRegistered { .. }
        | Fact::ClaimAmended { .. }
        | Fact::ClaimValidated { .. }
        | Fact::ValidationRevoked { .. }
        | Fact::ClaimWithdrawn { .. }
        | Fact::OffsetRecorded { .. }
        | Fact::OffsetCancelled { .. }
        | Fact::SustainmentChecked { .. }
        | Fact::ChallengeRaised { .. }
        | Fact::ChallengeAnswered { .. }
        | Fact::ChallengeClosed { .. }
        | Fact::RedeploymentRecorded { .. }
        | Fact::RedeploymentCancelled { .. }
        | Fact::CarryForwardDeclared(_)
        | Fact::CarryForwardValidated
        | Fact::CarryForwardChecked { .. }
        | Fact::StatementIssued(_) => &Scope::Every,
    }
}

fn in_words(of: &Scope) -> &str {
    match of {
        Scope::Every => "every organisation",
        Scope::Organisation(org) => org.as_str(),
    }
}

/// Refuses to enrol someone who is enrolled.
pub(super) fn enrol(state: &Organisation, person: &Actor) -> Result<(), Refusal> {
    match state.person(person) {
        Some(PersonState {
            id,
            account,
            barred: None,
            ..
        }) => Err(Refusal::of_field(
            RefusalCode::PersonExists,
            "person",
            format!(
                "{id} is enrolled already, as a {account}; leave the command out, or choose \
                 another id."
            ),
        )),
        Some(PersonState {
            barred: Some(_), ..
        }) => Ok(()),
        None => {
            let people = state
                .access
                .as_ref()
                .map_or(0, |access| access.people().len());
            if people < PEOPLE_MAX {
                return Ok(());
            }
            let message = format!(
                "The ledger has {PEOPLE_MAX} people and services, barred ones counted, and takes \
                 no more; enrol one of them again instead."
            );
            Err(too_many(message))
        }
    }
}

/// Refuses to bar someone who is not enrolled, or oneself.
pub(super) fn bar(
    state: &Organisation,
    person: &Actor,
    actor: &Actor,
    authority: &Authority,
) -> Result<(), Refusal> {
    enrolled(state, person)?;
    if is_themselves(person, actor, authority) {
        return Err(Refusal::whole(
            RefusalCode::SamePerson,
            format!("{actor} would bar themselves; ask another administrator to do it."),
        ));
    }
    Ok(())
}

/// Refuses a grant to someone who is not enrolled, has it, may not have it or has too many; or to
/// oneself.
pub(super) fn grant(
    state: &Organisation,
    grant: &RoleGrant,
    actor: &Actor,
    authority: &Authority,
    now: RecordedAt,
) -> Result<(), Refusal> {
    let person = enrolled(state, &grant.person)?;
    if let Some(same) = person.grant(grant.role, &grant.of, now) {
        return Err(Refusal::of_field(
            RefusalCode::GrantExists,
            "role",
            format!(
                "{} has the role {} for {} since position {}; leave the command out, or revoke \
                 that grant first to change its end.",
                person.id,
                grant.role,
                in_words(&grant.of),
                same.position
            ),
        ));
    }
    for_account(person, "role", [grant.role])?;
    if person.grants_in_force(now).count() >= GRANTS_MAX {
        return Err(too_many(format!(
            "{} has {GRANTS_MAX} grants, the most there may be; revoke one first, or give the role \
             for every organisation.",
            person.id
        )));
    }
    if is_themselves(&grant.person, actor, authority) {
        return Err(Refusal::whole(
            RefusalCode::SamePerson,
            format!(
                "{actor} would be given the role {} by themselves; ask another administrator to \
                 give it.",
                grant.role
            ),
        ));
    }
    Ok(())
}

/// Refuses to revoke a grant that is not in force.
pub(super) fn revoke_role(
    state: &Organisation,
    person: &Actor,
    role: Role,
    of: &Scope,
    now: RecordedAt,
) -> Result<(), Refusal> {
    let person = known(state, person)?;
    if person.grant(role, of, now).is_some() {
        return Ok(());
    }
    Err(Refusal::of_field(
        RefusalCode::UnknownGrant,
        "role",
        format!(
            "{} does not have the role {role} for {}; check both in the history of their grants.",
            person.id,
            in_words(of)
        ),
    ))
}

/// Refuses a token for someone who is not enrolled, with a reference or a secret that was used, with
/// a role that its person may not have, or one too many.
pub(super) fn issue(
    state: &Organisation,
    token: &TokenId,
    details: &TokenGrant,
    now: RecordedAt,
) -> Result<(), Refusal> {
    let person = enrolled(state, &details.person)?;
    let Some(access) = state.access.as_deref() else {
        return Ok(());
    };
    if access.token(token).is_some() {
        return Err(Refusal::of_field(
            RefusalCode::TokenExists,
            "token",
            format!("The token reference {token} has been used; choose another for the new token."),
        ));
    }
    if access.token_of_secret(&details.sha256).is_some() {
        return Err(Refusal::of_field(
            RefusalCode::TokenExists,
            "sha256",
            "That secret has been used by another token; give every token a secret of its own.",
        ));
    }
    for_account(person, "roles", details.roles.iter().copied())?;
    if access.tokens_in_force(person, now) >= TOKENS_MAX {
        return Err(too_many(format!(
            "{} has {TOKENS_MAX} tokens in force, the most there may be; revoke one first.",
            person.id
        )));
    }
    Ok(())
}

/// Refuses to revoke a token that there is not, or that was revoked.
pub(super) fn revoke_token(state: &Organisation, token: &TokenId) -> Result<(), Refusal> {
    let access = state.access.as_deref();
    match access.and_then(|access| access.token(token)) {
        Some(found) if found.revoked.is_none() => Ok(()),
        Some(_) | None => Err(Refusal::of_field(
            RefusalCode::UnknownToken,
            "token",
            format!("There is no token {token} that could be revoked; check its reference."),
        )),
    }
}

fn known<'s>(state: &'s Organisation, person: &Actor) -> Result<&'s PersonState, Refusal> {
    state.person(person).ok_or_else(|| {
        Refusal::of_field(
            RefusalCode::UnknownPerson,
            "person",
            format!(
                "Nobody is enrolled as {person}; check the id, or enrol them with enrol-person."
            ),
        )
    })
}

fn enrolled<'s>(state: &'s Organisation, person: &Actor) -> Result<&'s PersonState, Refusal> {
    let found = known(state, person)?;
    match found.barred {
        None => Ok(found),
        Some(position) => Err(Refusal::of_field(
            RefusalCode::PersonBarred,
            "person",
            format!(
                "{} was barred at position {position}; check the id, or enrol them again first \
                 with enrol-person.",
                found.id
            ),
        )),
    }
}

fn for_account(
    person: &PersonState,
    field: &'static str,
    roles: impl IntoIterator<Item = Role>,
) -> Result<(), Refusal> {
    let may_be = |role: &Role| match person.account {
        AccountKind::Person => true,
        AccountKind::Service => role.is_for_service_accounts(),
    };
    match roles.into_iter().find(|role| !may_be(role)) {
        None => Ok(()),
        Some(role) => Err(Refusal::of_field(
            RefusalCode::NotForServiceAccounts,
            field,
            format!(
                "{} is a service account and can be a recorder, board or auditor, not {role}; give \
                 that role to a person.",
                person.id
            ),
        )),
    }
}

/// Whether someone who signed in does it to themselves. An operator may: somebody has to be the first
/// administrator, and whoever holds the files could write them anyway.
fn is_themselves(person: &Actor, actor: &Actor, authority: &Authority) -> bool {
    match authority {
        Authority::Operator => false,
        Authority::Granted { .. } => person.is(actor),
    }
}

fn too_many(message: String) -> Refusal {
    Refusal::of_field(RefusalCode::TooMany, "person", message)
}

//! Somebody whom a provider knows, made known to the ledger: what the provider says they are becomes grants,
//! recorded as any others, so that every right anybody ever had is in the history.

use netgain_events::access::{AccountKind, RoleGrant, Scope};
use netgain_events::authority::{Authority, Role};
use netgain_events::command::{Command, Proposal, Request};
use netgain_events::fact::Fact;
use netgain_events::identifier::{Actor, OrgId};
use netgain_events::state::Access;
use netgain_events::vocabulary::Auth;
use netgain_ledger::ledger::Caller;
use netgain_sign_in::oidc::Identity;
use netgain_sign_in::people::{PersonRecord, ProviderIdentity};

use crate::problem::Problem;
use crate::recording::{self, Decided};
use crate::service::Service;

/// Why a grant ends that a provider no longer gives.
const NO_LONGER: &str = "The provider no longer says so.";

/// Lets in somebody whom a provider has identified: enrols them the first time, and makes the grants that come
/// from this provider those it gives now. Grants by administrators stay as they are.
///
/// # Errors
/// They are barred; their id is somebody else's; or it cannot be recorded.
pub(crate) async fn admit(service: &Service, identity: Identity) -> Result<Actor, Problem> {
    let known = service
        .sign_in
        .people
        .get(&identity.actor)
        .map_err(|error| Problem::fault("the directory of people cannot be read", &error))?;
    if known
        .as_ref()
        .is_some_and(|record| !identity.is_whom(record))
    {
        return Err(Problem::not_allowed(
            "Your id belongs to somebody else here; ask an administrator.",
        ));
    }
    let provider: Actor = format!("oidc-{}", identity.provider)
        .parse()
        .map_err(|error| Problem::fault("a provider's name is no actor", &error))?;
    let now = service.now();
    let facts = service.with_access(|access| {
        let barred = access
            .person(&identity.actor)
            .is_some_and(|person| person.barred.is_some());
        (!barred).then(|| wanted(access, &identity, &provider, now))
    })?;
    let Some(facts) = facts else {
        return Err(Problem::not_allowed(
            "You are not admitted here any more; ask an administrator.",
        ));
    };
    record(service, facts, provider).await?;
    let name = identity.name.clone();
    let new = PersonRecord {
        id: identity.actor.clone(),
        name: name.or_else(|| known.as_ref().and_then(|it| it.name.clone())),
        password: None,
        provider: Some(ProviderIdentity {
            provider: identity.provider,
            subject: identity.subject,
        }),
    };
    if known.as_ref() != Some(&new) {
        service
            .sign_in
            .people
            .put(&new)
            .map_err(|error| Problem::fault("the directory of people cannot be written", &error))?;
    }
    Ok(identity.actor)
}

/// What has to be recorded so that the grants of this provider are those it gives now.
fn wanted(
    access: &Access,
    identity: &Identity,
    provider: &Actor,
    now: netgain_events::recorded_at::RecordedAt,
) -> Vec<Fact> {
    let actor = &identity.actor;
    let person = access.person(actor);
    let mut facts = Vec::new();
    if person.is_none() {
        facts.push(Fact::PersonEnrolled {
            person: actor.clone(),
            account: AccountKind::Person,
        });
    }
    let in_force: Vec<(Role, Scope, bool)> = person
        .into_iter()
        .flat_map(|person| person.grants_in_force(now))
        .map(|grant| (grant.role, grant.of.clone(), grant.granted_by.is(provider)))
        .collect();
    for (role, of) in &identity.roles {
        if !in_force.iter().any(|(r, o, _)| r == role && o == of) {
            facts.push(Fact::RoleGranted(Box::new(RoleGrant {
                person: actor.clone(),
                role: *role,
                of: of.clone(),
                until: None,
            })));
        }
    }
    for (role, of, by_provider) in in_force {
        if by_provider
            && !identity.roles.contains(&(role, of.clone()))
            && let Ok(reason) = NO_LONGER.parse()
        {
            facts.push(Fact::RoleRevoked {
                person: actor.clone(),
                role,
                of,
                reason,
            });
        }
    }
    facts
}

async fn record(service: &Service, facts: Vec<Fact>, provider: Actor) -> Result<(), Problem> {
    if facts.is_empty() {
        return Ok(());
    }
    service.disk.check()?;
    let command = |fact| Command {
        org: OrgId::system(),
        proposal: Proposal::Fact(fact),
        actor: None,
        key: None,
        note: None,
        evidence: Vec::new(),
    };
    let request = Request {
        commands: facts.into_iter().map(command).collect(),
        key: None,
    };
    // The configuration, which only the operator writes, says what a provider may grant.
    let caller = Caller {
        actor: provider,
        auth: Auth::Oidc,
        authority: Authority::Operator,
    };
    // Whoever watches and has lost a right is told at once.
    match recording::record(service, &OrgId::system(), request, None, &caller).await? {
        Decided::Refused(refusals) => Err(Problem::refused(&refusals, false)),
        Decided::Recorded { .. } => Ok(()),
    }
}

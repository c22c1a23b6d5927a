//! Who asks, and what they may see and do.
//!
//! A handler that has no [`Asker`] reaches nothing of any organisation, and one that has reads only with a
//! [`Readable`], which exists only for what the table of roles allows (interface, *Who may do what*).

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use netgain_events::access::{AccountKind, Scope};
use netgain_events::authority::{Authority, Reading, Role};
use netgain_events::identifier::{Actor, OrgId, TokenId};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::{Access, Reach, TokenState};
use netgain_events::vocabulary::Auth;
use netgain_ledger::ledger::Caller;
use netgain_sign_in::token::TokenSecret;

use crate::edge::address;
use crate::problem::Problem;
use crate::service::Service;

/// By what somebody showed who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Proof {
    /// An API token.
    Token(TokenId),
    /// A session, by its cookie.
    Session(Arc<str>),
}

/// Someone who has shown who they are.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    person: Actor,
    auth: Auth,
    proof: Proof,
}

/// An organisation that somebody may read, or what of the ledger as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Readable(OrgId);

impl Readable {
    /// Which organisation.
    pub(crate) const fn org(&self) -> &OrgId {
        &self.0
    }
}

/// Which organisations somebody may read.
#[derive(Clone, Debug)]
pub(crate) struct Reachable(Reach);

impl Reachable {
    /// Whether that organisation is among them.
    pub(crate) fn readable(&self, org: &OrgId) -> Option<Readable> {
        self.0.covers(org).then(|| Readable(org.clone()))
    }
}

/// What somebody is an administrator of.
#[derive(Clone, Debug)]
pub(crate) struct Administered(BTreeSet<Scope>);

impl Administered {
    /// Whether it is everything.
    pub(crate) fn is_everything(&self) -> bool {
        self.0.contains(&Scope::Every)
    }

    /// Whether a grant is theirs to see: it reaches into what they are an administrator of.
    pub(crate) fn shows_grant(&self, of: &Scope) -> bool {
        *of == Scope::Every || self.is_theirs(of)
    }

    /// Whether a token is theirs to see. One of every organisation reaches as far as its person does.
    pub(crate) fn shows_token(&self, access: &Access, token: &TokenState, now: RecordedAt) -> bool {
        let person = access.person(&token.person).into_iter();
        let mut grants = person.flat_map(|person| person.grants_in_force(now));
        self.is_theirs(&token.of)
            || token.of == Scope::Every && grants.any(|grant| self.shows_grant(&grant.of))
    }

    fn is_theirs(&self, of: &Scope) -> bool {
        self.is_everything() || self.0.contains(of)
    }
}

const NOT_SIGNED_IN: &str =
    "Sign in, or send an API token in the header Authorization: Bearer ngt_….";
const NOT_VALID: &str = "This token or session is not valid: it is unknown, was revoked, or has \
     expired. Sign in again, or ask an administrator for a new token.";
const NO_ROLE: &str = "You have no role in this organisation; ask its administrator for one.";
const NOT_READABLE: &str =
    "Your roles do not let you read this; ask the organisation's administrator for one that does.";

impl Asker {
    /// Who it is.
    pub(crate) const fn person(&self) -> &Actor {
        &self.person
    }

    /// How they are known.
    pub(crate) const fn auth(&self) -> Auth {
        self.auth
    }

    /// Their roles and where they have them, for themselves to see.
    pub(crate) fn grants(&self, service: &Service) -> Result<Vec<(Role, Scope)>, Problem> {
        let now = service.now();
        service.with_access(|access| {
            let person = access.person(&self.person);
            let grants = person.into_iter().flat_map(|it| it.grants_in_force(now));
            grants.map(|grant| (grant.role, grant.of.clone())).collect()
        })
    }

    /// Whether what they showed still holds: asked again and again while a stream is open.
    pub(crate) fn still_valid(&self, service: &Service) -> bool {
        let now = service.now();
        let proof = match &self.proof {
            Proof::Token(token) => service.with_access(|access| {
                let token = access.token(token);
                token.is_some_and(|token| token.is_in_force(now))
            }),
            Proof::Session(secret) => Ok(service.session_is_there(secret)),
        };
        let person = service.with_access(|access| is_admitted(access, &self.person));
        matches!((proof, person), (Ok(true), Ok(true)))
    }

    /// Their roles in an organisation; of `_SYSTEM`, the roles anywhere.
    fn roles(&self, access: &Access, org: &OrgId, now: RecordedAt) -> Vec<Role> {
        match &self.proof {
            Proof::Token(token) => access
                .token(token)
                .map_or_else(Vec::new, |token| access.token_roles(token, org, now)),
            Proof::Session(_) => access.roles(&self.person, org, now),
        }
    }

    /// By what right they ask something of an organisation.
    pub(crate) fn authority(&self, service: &Service, org: &OrgId) -> Result<Authority, Problem> {
        let now = service.now();
        service.with_access(|access| Authority::Granted {
            roles: self.roles(access, org, now),
            service_account: access
                .person(&self.person)
                .is_none_or(|person| person.account == AccountKind::Service),
        })
    }

    /// The same for whoever wants to record something: without any role there they learn nothing, not even
    /// what is wrong with what they sent.
    pub(crate) fn authority_to_record(
        &self,
        service: &Service,
        org: &OrgId,
    ) -> Result<Authority, Problem> {
        match self.authority(service, org)? {
            Authority::Granted { roles, .. } if roles.is_empty() => {
                Err(Problem::not_allowed(NO_ROLE))
            }
            authority @ (Authority::Granted { .. } | Authority::Operator) => Ok(authority),
        }
    }

    /// Who asks the ledger, by which right.
    pub(crate) fn caller(&self, authority: Authority) -> Caller {
        Caller {
            actor: self.person.clone(),
            auth: self.auth,
            authority,
        }
    }

    /// Lets them read of an organisation what their roles allow. Of one they have no role in they learn
    /// nothing, not even whether it exists.
    pub(crate) fn may_read(
        &self,
        service: &Service,
        org: &OrgId,
        reading: Reading,
    ) -> Result<Readable, Problem> {
        if self.authority(service, org)?.may_read(reading) {
            Ok(Readable(org.clone()))
        } else {
            Err(Problem::not_allowed(NOT_READABLE))
        }
    }

    /// Lets them see people, grants and tokens.
    pub(crate) fn may_administer(&self, service: &Service) -> Result<(), Problem> {
        if self
            .authority(service, &OrgId::system())?
            .may_read(Reading::Access)
        {
            return Ok(());
        }
        Err(Problem::not_allowed(
            "People, grants and tokens are for administrators.",
        ))
    }

    /// Of what they may see people, grants and tokens.
    pub(crate) fn administered(&self, service: &Service) -> Result<Administered, Problem> {
        self.may_administer(service)?;
        let now = service.now();
        service.with_access(|access| {
            let person = access.person(&self.person).into_iter();
            let grants = person.flat_map(|person| person.grants_in_force(now));
            let grants = grants.filter(|grant| grant.role == Role::Administrator);
            Administered(grants.map(|grant| grant.of.clone()).collect())
        })
    }

    /// Lets them write the directory of people, and read the history of all, which are everybody's.
    pub(crate) fn may_administer_all(&self, service: &Service) -> Result<(), Problem> {
        self.may_administer(service)?;
        let now = service.now();
        let all = service.with_access(|access| {
            let token_covers = match &self.proof {
                Proof::Token(token) => access
                    .token(token)
                    .is_some_and(|token| token.of == Scope::Every),
                Proof::Session(_) => true,
            };
            token_covers && access.administers(&self.person, &Scope::Every, now)
        })?;
        if all {
            return Ok(());
        }
        Err(Problem::not_allowed(
            "This is for administrators of every organisation.",
        ))
    }

    /// Which organisations they may read.
    pub(crate) fn reach(&self, service: &Service) -> Result<Reachable, Problem> {
        let now = service.now();
        service.with_access(|access| {
            let reach = match &self.proof {
                Proof::Token(token) => match access.token(token) {
                    Some(token) => access.token_reach(token, now),
                    None => Reach::Organisations(BTreeSet::new()),
                },
                Proof::Session(_) => access.reach(&self.person, now),
            };
            Reachable(reach)
        })
    }
}

fn is_admitted(access: &Access, person: &Actor) -> bool {
    access
        .person(person)
        .is_some_and(|person| person.barred.is_none())
}

impl FromRequestParts<Arc<Service>> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        service: &Arc<Service>,
    ) -> Result<Self, Problem> {
        match Self::identify(parts, service) {
            Ok(asker) => {
                service.caches.rates.admit_person(&asker.person)?;
                Ok(asker)
            }
            Err(problem) => {
                service.caches.rates.admit_address(address(parts))?;
                Err(problem)
            }
        }
    }
}

impl Asker {
    /// Whom a request comes from, whatever else becomes of it.
    pub(crate) fn identify(parts: &Parts, service: &Service) -> Result<Self, Problem> {
        let now = service.now();
        let invalid = || Problem::not_signed_in(NOT_VALID);
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let secret = value
                .to_str()
                .ok()
                .and_then(|value| value.split_once(' '))
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .and_then(|(_, secret)| TokenSecret::parse(secret.trim()).ok())
                .ok_or_else(invalid)?;
            let digest = secret.sha256();
            return service
                .with_access(|access| {
                    let token = access.token_of_secret(&digest)?;
                    (token.is_in_force(now) && is_admitted(access, &token.person)).then(|| Self {
                        person: token.person.clone(),
                        auth: Auth::Token,
                        proof: Proof::Token(token.id.clone()),
                    })
                })?
                .ok_or_else(invalid);
        }
        let Some(cookie) = crate::edge::session_cookie(&parts.headers) else {
            return Err(Problem::not_signed_in(NOT_SIGNED_IN));
        };
        let session = service.session(cookie).ok_or_else(invalid)?;
        if !service.with_access(|access| is_admitted(access, &session.person))? {
            // Whoever is admitted again signs in again.
            service.sign_in.sessions.end(cookie);
            return Err(invalid());
        }
        Ok(Self {
            person: session.person,
            auth: session.auth,
            proof: Proof::Session(cookie.into()),
        })
    }
}

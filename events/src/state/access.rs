//! Who may do what, as the ledger's own history left it: people, their grants and their tokens
//! (docs/adr/0016).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::{AccountKind, RoleGrant, Roles, Scope, TokenGrant};
use crate::authority::Role;
use crate::identifier::{Actor, OrgId, Position, TokenId};
use crate::recorded_at::RecordedAt;
use crate::sha256::Sha256Hex;

/// The most people and services that may be enrolled: the staff of every council in England who
/// have to do with money are fewer, and their state stays small enough to be copied.
pub const PEOPLE_MAX: usize = 100_000;

/// The most grants in force that a person may have: someone who works for more bodies than this has
/// grants of every organisation.
pub const GRANTS_MAX: usize = 200;

/// The most tokens in force that a person may have: one for each program that acts for them, with
/// room for replacing each.
pub const TOKENS_MAX: usize = 50;

/// Everyone who was ever enrolled, and every token that was ever issued.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// By their id in lower case; at most [`PEOPLE_MAX`].
    people: BTreeMap<Actor, PersonState>,
    tokens: BTreeMap<TokenId, TokenState>,
    /// The token of each secret's SHA-256.
    secrets: BTreeMap<Sha256Hex, TokenId>,
}

/// A person or a service, enrolled or barred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonState {
    /// Their id, as it was written when they were last enrolled.
    pub id: Actor,
    /// Who stands behind the account.
    pub account: AccountKind,
    /// The position they were last enrolled at.
    pub enrolled: Position,
    /// The position they were barred at, unless they were enrolled again since.
    pub barred: Option<Position>,
    /// Their grants, the oldest first: at most [`GRANTS_MAX`] that are in force, and some that were
    /// when the last one was given.
    pub grants: Vec<GrantState>,
    /// Their tokens that were not revoked, the oldest first; at most [`TOKENS_MAX`] are in force.
    pub tokens: Vec<TokenId>,
}

/// A role that a person was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantState {
    /// What they may be.
    pub role: Role,
    /// For which organisations.
    pub of: Scope,
    /// The first moment it is no longer in force; none if it is until revoked.
    pub until: Option<RecordedAt>,
    /// Who gave it.
    pub granted_by: Actor,
    /// The position of the event.
    pub position: Position,
}

/// A token: in force until its time, or revoked. Its reference stays used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenState {
    /// Its reference.
    pub id: TokenId,
    /// In whose place it acts.
    pub person: Actor,
    /// SHA-256 of its secret.
    pub sha256: Sha256Hex,
    /// For which organisations.
    pub of: Scope,
    /// Which of the person's roles it carries.
    pub roles: Roles,
    /// The first moment it is no longer in force.
    pub until: RecordedAt,
    /// The position it was issued at.
    pub issued: Position,
    /// The position it was revoked at, by itself or because its person was barred.
    pub revoked: Option<Position>,
}

/// Which organisations someone may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every one.
    Every,
    /// These, and perhaps none.
    Organisations(BTreeSet<OrgId>),
}

impl Reach {
    /// Whether an organisation is among them. The ledger's own history is none.
    #[must_use]
    pub fn covers(&self, org: &OrgId) -> bool {
        match self {
            Self::Every => !org.is_system(),
            Self::Organisations(these) => these.contains(org),
        }
    }
}

impl GrantState {
    /// Whether it is in force at that time.
    #[must_use]
    pub fn is_in_force(&self, now: RecordedAt) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl TokenState {
    /// Whether it is in force at that time.
    #[must_use]
    pub fn is_in_force(&self, now: RecordedAt) -> bool {
        self.revoked.is_none() && now < self.until
    }
}

impl PersonState {
    /// The grants in force at that time; none of someone barred.
    pub fn grants_in_force(&self, now: RecordedAt) -> impl Iterator<Item = &GrantState> {
        self.grants.iter().filter(move |g| g.is_in_force(now))
    }

    /// The grant of that role and scope in force at that time.
    #[must_use]
    pub fn grant(&self, role: Role, of: &Scope, now: RecordedAt) -> Option<&GrantState> {
        self.grants_in_force(now)
            .find(|grant| grant.role == role && grant.of == *of)
    }

    /// The roles in force, each once and in the order of the table. In the ledger's own history
    /// that is the administrator's alone, of whatever organisations; how far it goes there the
    /// decision looks at.
    fn roles(&self, org: &OrgId, now: RecordedAt) -> Roles {
        let counts = |grant: &&GrantState| {
            grant.of.covers(org) || (org.is_system() && grant.role == Role::Administrator)
        };
        let in_force = self.grants_in_force(now).filter(counts);
        in_force.map(|grant| grant.role).collect()
    }
}

impl Access {
    /// A person by their id, without regard to case.
    #[must_use]
    pub fn person(&self, person: &Actor) -> Option<&PersonState> {
        self.people.get(&person.without_case())
    }

    /// Everyone ever enrolled, barred or not, in the order of their ids without regard to case.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn people(&self) -> impl ExactSizeIterator<Item = &PersonState> {
        self.people.values()
    }

    /// The roles that a person has at that time in an organisation, each once and in the order of
    /// the table; none of someone barred or unknown. In the ledger's own history an administrator of
    /// anything is one, and nobody has another role.
    #[must_use]
    pub fn roles(&self, person: &Actor, org: &OrgId, now: RecordedAt) -> Vec<Role> {
        let person = self.person(person);
        person.map_or_else(Vec::new, |p| p.roles(org, now).into_iter().collect())
    }

    /// Whether a person is at that time an administrator of all of that: one of every organisation
    /// is of each.
    #[must_use]
    pub fn administers(&self, person: &Actor, of: &Scope, now: RecordedAt) -> bool {
        self.person(person).is_some_and(|person| {
            let mut grants = person.grants_in_force(now);
            grants.any(|grant| {
                grant.role == Role::Administrator && (grant.of == Scope::Every || grant.of == *of)
            })
        })
    }

    /// Which organisations a person may read at that time, by any role but the administrator's.
    #[must_use]
    pub fn reach(&self, person: &Actor, now: RecordedAt) -> Reach {
        self.reach_by(person, now, |_| true)
    }

    /// A token by its reference, in force or not.
    #[must_use]
    pub fn token(&self, token: &TokenId) -> Option<&TokenState> {
        self.tokens.get(token)
    }

    /// Every token ever issued, in the order of their references.
    #[must_use = "an iterator does nothing until it is asked"]
    pub fn tokens(&self) -> impl ExactSizeIterator<Item = &TokenState> {
        self.tokens.values()
    }

    /// The token, in force or not, whose secret has that SHA-256. How long the search takes tells
    /// about the digests there are, and so nothing about a secret.
    #[must_use]
    pub fn token_of_secret(&self, sha256: &Sha256Hex) -> Option<&TokenState> {
        self.tokens.get(self.secrets.get(sha256)?)
    }

    /// The roles that a token has at that time in an organisation: those it carries, of those that
    /// its person has. In the ledger's own history a token of every organisation alone has any.
    #[must_use]
    pub fn token_roles(&self, token: &TokenState, org: &OrgId, now: RecordedAt) -> Vec<Role> {
        let covers = token.of.covers(org) || (org.is_system() && token.of == Scope::Every);
        if !token.is_in_force(now) || !covers {
            return Vec::new();
        }
        let mut roles = self.roles(&token.person, org, now);
        roles.retain(|role| token.roles.contains(role));
        roles
    }

    /// Which organisations a token may read at that time.
    #[must_use]
    pub fn token_reach(&self, token: &TokenState, now: RecordedAt) -> Reach {
        if !token.is_in_force(now) {
            return Reach::Organisations(BTreeSet::new());
        }
        let reach = self.reach_by(&token.person, now, |role| token.roles.contains(&role));
        match &token.of {
            Scope::Every => reach,
            Scope::Organisation(only) if reach.covers(only) => {
                Reach::Organisations(BTreeSet::from([only.clone()]))
            }
            Scope::Organisation(_) => Reach::Organisations(BTreeSet::new()),
        }
    }

    fn reach_by(&self, person: &Actor, now: RecordedAt, counts: impl Fn(Role) -> bool) -> Reach {
        let mut these = BTreeSet::new();
        let grants = self.person(person).into_iter();
        for grant in grants.flat_map(|person| person.grants_in_force(now)) {
            if !counts(grant.role) || grant.role == Role::Administrator {
                continue;
            }
            match &grant.of {
                Scope::Every => return Reach::Every,
                Scope::Organisation(org) => these.insert(org.clone()),
            };
        }
        Reach::Organisations(these)
    }

    /// How many tokens of a person are in force at that time.
    #[must_use]
    pub fn tokens_in_force(&self, person: &PersonState, now: RecordedAt) -> usize {
        let states = person.tokens.iter().filter_map(|token| self.token(token));
        states.filter(|token| token.is_in_force(now)).count()
    }

    /// Folds a person's enrolment.
    pub(super) fn enrol(
        &mut self,
        person: Actor,
        account: AccountKind,
        position: Position,
    ) -> Result<(), &'static str> {
        let without_case = person.without_case();
        let state = PersonState {
            id: person,
            account,
            enrolled: position,
            barred: None,
            grants: Vec::new(),
            tokens: Vec::new(),
        };
        match self.people.insert(without_case, state) {
            Some(before) if before.barred.is_none() => Err("its person is enrolled already"),
            Some(_) | None => Ok(()),
        }
    }

    /// Folds the end of a person's rights.
    pub(super) fn bar(&mut self, person: &Actor, position: Position) -> Result<(), &'static str> {
        let state = self.enrolled(person)?;
        state.barred = Some(position);
        state.grants = Vec::new();
        for token in std::mem::take(&mut state.tokens) {
            if let Some(token) = self.tokens.get_mut(&token) {
                token.revoked = Some(position);
            }
        }
        Ok(())
    }

    /// Folds a grant. Those that are over by now are let go of.
    pub(super) fn grant(
        &mut self,
        grant: RoleGrant,
        granted_by: Actor,
        position: Position,
        now: RecordedAt,
    ) -> Result<(), &'static str> {
        let person = self.enrolled(&grant.person)?;
        person.grants.retain(|grant| grant.is_in_force(now));
        if person.grant(grant.role, &grant.of, now).is_some() {
            return Err("its grant is in force already");
        }
        person.grants.push(GrantState {
            role: grant.role,
            of: grant.of,
            until: grant.until,
            granted_by,
            position,
        });
        Ok(())
    }

    /// Folds the end of a grant.
    pub(super) fn revoke_role(
        &mut self,
        person: &Actor,
        role: Role,
        of: &Scope,
    ) -> Result<(), &'static str> {
        let grants = &mut self.enrolled(person)?.grants;
        let before = grants.len();
        grants.retain(|grant| grant.role != role || grant.of != *of);
        if grants.len() == before {
            return Err("its grant is not in force");
        }
        Ok(())
    }

    /// Folds a new token.
    pub(super) fn issue(
        &mut self,
        token: TokenId,
        details: TokenGrant,
        position: Position,
    ) -> Result<(), &'static str> {
        if self.tokens.contains_key(&token) || self.secrets.contains_key(&details.sha256) {
            return Err("its token or its secret is used already");
        }
        let person = self.enrolled(&details.person)?;
        person.tokens.push(token.clone());
        self.secrets.insert(details.sha256, token.clone());
        let issued = TokenState {
            id: token.clone(),
            person: details.person,
            sha256: details.sha256,
            of: details.of,
            roles: details.roles,
            until: details.until,
            issued: position,
            revoked: None,
        };
        self.tokens.insert(token, issued);
        Ok(())
    }

    /// Folds the end of a token.
    pub(super) fn revoke_token(
        &mut self,
        token: &TokenId,
        position: Position,
    ) -> Result<(), &'static str> {
        let state = self.tokens.get_mut(token);
        let state = state.filter(|token| token.revoked.is_none());
        let state = state.ok_or("its token is not in force")?;
        state.revoked = Some(position);
        if let Some(person) = self.people.get_mut(&state.person.without_case()) {
            person.tokens.retain(|kept| kept != token);
        }
        Ok(())
    }

    fn enrolled(&mut self, person: &Actor) -> Result<&mut PersonState, &'static str> {
        let person = self.people.get_mut(&person.without_case());
        let enrolled = person.filter(|person| person.barred.is_none());
        enrolled.ok_or("its person is not enrolled")
    }
}

//! The values that people, grants and tokens are made of (interface, *Who may do what*;
//! docs/adr/0016).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::authority::Role;
use crate::identifier::{Actor, IdentifierError, OrgId};
use crate::recorded_at::RecordedAt;
use crate::sha256::Sha256Hex;
use crate::text_form::serde_as_text;
use crate::vocabulary::vocabularies;

vocabularies! {
    /// Who stands behind an account.
    AccountKind {
        /// Someone, with a mind of their own.
        Person = "person",
        /// A program: it validates nothing, and is never a signatory or an administrator.
        Service = "service",
    }
}

/// Several roles, each once, in the order of the table; never more than there are roles.
pub type Roles = BTreeSet<Role>;

/// Which organisations a grant or a token is for: `*`, or one organisation's code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every organisation, those to come too.
    Every,
    /// This one.
    Organisation(OrgId),
}

impl Scope {
    /// How every organisation is written. No organisation's code has this character.
    pub const EVERY: &'static str = "*";

    /// The form in words, for an error message.
    pub const EXPECTED: &'static str =
        "an organisation's official code, like \"E07000082\", or \"*\" for every organisation";

    /// Whether an organisation is among them. The ledger's own history belongs to none.
    #[must_use]
    pub fn covers(&self, org: &OrgId) -> bool {
        match self {
            Self::Every => !org.is_system(),
            Self::Organisation(only) => only == org,
        }
    }

    /// The scope as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Every => Self::EVERY,
            Self::Organisation(org) => org.as_str(),
        }
    }
}

impl FromStr for Scope {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        if text == Self::EVERY {
            return Ok(Self::Every);
        }
        match text.parse::<OrgId>() {
            Ok(org) if !org.is_system() => Ok(Self::Organisation(org)),
            Ok(_) | Err(_) => Err(IdentifierError {
                expected: Self::EXPECTED,
            }),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

serde_as_text!(
    Scope,
    "an organisation's code, or \"*\" for every organisation"
);

/// A role that a person is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGrant {
    /// Who is given it.
    pub person: Actor,
    /// What they may be.
    pub role: Role,
    /// For which organisations.
    pub of: Scope,
    /// The first moment it is no longer in force; in force until revoked where there is none.
    pub until: Option<RecordedAt>,
}

/// What a program may do in a person's place: never more than that person may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenGrant {
    /// In whose place.
    pub person: Actor,
    /// SHA-256 of the secret that whoever uses the token shows. The secret is never recorded.
    pub sha256: Sha256Hex,
    /// For which organisations.
    pub of: Scope,
    /// Which of the person's roles it carries; at least one.
    pub roles: Roles,
    /// The first moment it is no longer in force.
    pub until: RecordedAt,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_an_organisation_or_a_star_and_never_the_ledgers_own_history() {
        let one: Scope = "E07000082".parse().unwrap();
        assert_eq!(one, Scope::Organisation("E07000082".parse().unwrap()));
        assert_eq!("*".parse(), Ok(Scope::Every));
        for scope in [&one, &Scope::Every] {
            assert_eq!(scope.to_string().parse().as_ref(), Ok(scope));
        }
        for bad in ["", "**", "* ", "e07", "_SYSTEM"] {
            assert!(bad.parse::<Scope>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_star_covers_every_organisation_and_a_code_only_its_own() {
        let (one, other): (OrgId, OrgId) = ("E1".parse().unwrap(), "E2".parse().unwrap());
        assert!(Scope::Every.covers(&one) && Scope::Every.covers(&other));
        let only = Scope::Organisation(one.clone());
        assert!(only.covers(&one) && !only.covers(&other));
        for scope in [Scope::Every, only] {
            assert!(!scope.covers(&OrgId::system()), "{scope}");
        }
    }
}

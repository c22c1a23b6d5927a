//! Who may do what: the table of roles, enforced in the decision, so that no route, import or array
//! can go round it (interface, *Who may do what*). Deny by default: what the table does not name
//! is not allowed.

use crate::fact::FactKind;
use crate::refusal::{Refusal, RefusalCode};
use crate::vocabulary::vocabularies;

vocabularies! {
    /// What a person may be to an organisation.
    Role {
        /// Finance staff who log gains.
        Recorder = "recorder",
        /// A second pair of eyes.
        Validator = "validator",
        /// The officer responsible under section 151 of the Local Government Act 1972.
        Signatory = "signatory",
        /// A member of an efficiency board.
        Board = "board",
        /// An auditor.
        Auditor = "auditor",
        /// Who keeps organisations, people and keys.
        Administrator = "administrator",
    }
}

/// What someone wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Figures, claims, the history, reports.
    Figures,
    /// Bundles and checkpoints, to take away.
    Proof,
    /// People, grants and tokens: the ledger's own history.
    Access,
}

impl Role {
    /// Whether the role may ask for this kind of fact.
    #[must_use]
    pub const fn may(self, kind: FactKind) -> bool {
        match kind {
            FactKind::OrganisationRegistered
            | FactKind::PersonEnrolled
            | FactKind::PersonBarred
            | FactKind::RoleGranted
            | FactKind::RoleRevoked
            | FactKind::TokenIssued
            | FactKind::TokenRevoked
            | FactKind::SigningKeyRotated => matches!(self, Self::Administrator),
            FactKind::BaselineSet | FactKind::TargetSet | FactKind::StatementIssued => {
                matches!(self, Self::Signatory)
            }
            FactKind::ClaimRegistered
            | FactKind::ClaimAmended
            | FactKind::ClaimWithdrawn
            | FactKind::OffsetRecorded
            | FactKind::OffsetCancelled
            | FactKind::ChallengeAnswered
            | FactKind::RedeploymentRecorded
            | FactKind::RedeploymentCancelled
            | FactKind::CarryForwardDeclared => matches!(self, Self::Recorder),
            FactKind::SustainmentChecked | FactKind::CarryForwardChecked => {
                matches!(self, Self::Recorder | Self::Validator)
            }
            FactKind::ClaimValidated
            | FactKind::ValidationRevoked
            | FactKind::CarryForwardValidated => matches!(self, Self::Validator | Self::Signatory),
            FactKind::ChallengeRaised => {
                matches!(
                    self,
                    Self::Validator | Self::Signatory | Self::Board | Self::Auditor
                )
            }
            FactKind::ChallengeClosed => {
                matches!(self, Self::Validator | Self::Signatory | Self::Board)
            }
        }
    }

    /// Whether the role may see this.
    #[must_use]
    pub const fn may_read(self, what: Reading) -> bool {
        match what {
            Reading::Figures | Reading::Proof => !matches!(self, Self::Administrator),
            Reading::Access => matches!(self, Self::Administrator),
        }
    }

    /// Whether a service account may have the role. It validates nothing and signs for nothing, and
    /// what it may do is not for it to say (docs/adr/0016).
    #[must_use]
    pub const fn is_for_service_accounts(self) -> bool {
        match self {
            Self::Recorder | Self::Board | Self::Auditor => true,
            Self::Validator | Self::Signatory | Self::Administrator => false,
        }
    }
}

/// By what right a command comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Whoever runs the program on the ledger's own files: they could write them anyway, and every
    /// event says that its actor was only named.
    Operator,
    /// Someone known to the service, with these roles in the organisation.
    Granted {
        /// Their roles.
        roles: Vec<Role>,
        /// Whether it is a service: then roles that are not for service accounts count for nothing.
        service_account: bool,
    },
}

impl Authority {
    /// Refuses what the caller may not do.
    pub fn check(&self, kind: FactKind) -> Result<(), Refusal> {
        if self.by_a_role(|role| role.may(kind)) {
            return Ok(());
        }
        Err(Refusal::whole(
            RefusalCode::NotAllowed,
            format!(
                "Your roles in this organisation do not include {}; ask its administrator.",
                kind.command_type()
            ),
        ))
    }

    /// Whether the caller may see this.
    #[must_use]
    pub fn may_read(&self, what: Reading) -> bool {
        self.by_a_role(|role| role.may_read(what))
    }

    /// Whether a role that counts allows it; an operator needs none.
    fn by_a_role(&self, allows: impl Fn(Role) -> bool) -> bool {
        match self {
            Self::Operator => true,
            Self::Granted {
                roles,
                service_account,
            } => {
                let counts = |role: Role| !service_account || role.is_for_service_accounts();
                roles.iter().any(|&role| counts(role) && allows(role))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_fact_has_someone_who_may_and_someone_who_may_not() {
        for &kind in FactKind::ALL {
            assert!(Role::ALL.iter().any(|role| role.may(kind)), "{kind:?}");
            assert!(Role::ALL.iter().any(|role| !role.may(kind)), "{kind:?}");
        }
    }

    #[test]
    fn every_role_but_the_administrator_reads_and_takes_proofs_and_only_they_see_who_may_do_what() {
        for &role in Role::ALL {
            let administers = role == Role::Administrator;
            assert_eq!(role.may_read(Reading::Figures), !administers, "{role}");
            assert_eq!(role.may_read(Reading::Proof), !administers, "{role}");
            assert_eq!(role.may_read(Reading::Access), administers, "{role}");
        }
    }

    fn granted(roles: &[Role], service_account: bool) -> Authority {
        Authority::Granted {
            roles: roles.to_vec(),
            service_account,
        }
    }

    #[test]
    fn a_service_account_validates_revokes_signs_and_administers_nothing() {
        let (service, person) = (granted(Role::ALL, true), granted(Role::ALL, false));
        let never = [
            FactKind::OrganisationRegistered,
            FactKind::BaselineSet,
            FactKind::TargetSet,
            FactKind::ClaimValidated,
            FactKind::ValidationRevoked,
            FactKind::CarryForwardValidated,
            FactKind::StatementIssued,
        ];
        for &kind in FactKind::ALL {
            assert!(person.check(kind).is_ok(), "{kind:?}");
            let refused = never.contains(&kind) || kind.is_of_system();
            match service.check(kind) {
                Ok(()) => assert!(!refused, "{kind:?}"),
                Err(refusal) => assert!(
                    refused && refusal.code == RefusalCode::NotAllowed,
                    "{kind:?}"
                ),
            }
        }
        assert!(service.may_read(Reading::Figures) && !service.may_read(Reading::Access));
        assert!(person.may_read(Reading::Access));
    }

    #[test]
    fn no_role_allows_nothing_and_an_operator_needs_none() {
        let (nobody, operator) = (granted(&[], false), Authority::Operator);
        for &kind in FactKind::ALL {
            assert!(
                nobody.check(kind).is_err() && operator.check(kind).is_ok(),
                "{kind:?}"
            );
        }
        for what in [Reading::Figures, Reading::Proof, Reading::Access] {
            assert!(
                !nobody.may_read(what) && operator.may_read(what),
                "{what:?}"
            );
        }
    }
}

//! Who may do what: the table of roles, enforced in the decision, so that no route, import or array
//! can go round it (interface, *Who may do what*). Deny by default: what the table does not name
//! is not allowed.

use crate::fact::FactKind;
use crate::refusal::{Refusal, RefusalCode};

/// What a person may be to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Finance staff who log gains.
    Recorder,
    /// A second pair of eyes.
    Validator,
    /// The officer responsible under section 151 of the Local Government Act 1972.
    Signatory,
    /// A member of an efficiency board.
    Board,
    /// An auditor.
    Auditor,
    /// Who keeps organisations, people and keys.
    Administrator,
}

impl Role {
    /// Every role, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Recorder,
        Self::Validator,
        Self::Signatory,
        Self::Board,
        Self::Auditor,
        Self::Administrator,
    ];

    /// Whether the role may ask for this kind of fact.
    #[must_use]
    pub const fn may(self, kind: FactKind) -> bool {
        match kind {
            FactKind::OrganisationRegistered | FactKind::SigningKeyRotated => {
                matches!(self, Self::Administrator)
            }
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
        /// Whether it is a service's token: service accounts validate nothing.
        service_account: bool,
    },
}

impl Authority {
    /// Refuses what the caller may not do.
    pub fn check(&self, kind: FactKind) -> Result<(), Refusal> {
        let validates = matches!(
            kind,
            FactKind::ClaimValidated | FactKind::CarryForwardValidated
        );
        let allowed = match self {
            Self::Operator => true,
            Self::Granted {
                service_account: true,
                ..
            } if validates => false,
            Self::Granted { roles, .. } => roles.iter().any(|role| role.may(kind)),
        };
        if allowed {
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
    fn a_service_account_validates_nothing_and_no_role_allows_nothing() {
        let token = Authority::Granted {
            roles: vec![Role::Validator],
            service_account: true,
        };
        assert!(token.check(FactKind::SustainmentChecked).is_ok());
        let refused = token.check(FactKind::ClaimValidated).unwrap_err();
        assert_eq!(refused.code, RefusalCode::NotAllowed);
        let nobody = Authority::Granted {
            roles: vec![],
            service_account: false,
        };
        assert!(
            FactKind::ALL
                .iter()
                .all(|&kind| nobody.check(kind).is_err())
        );
    }
}

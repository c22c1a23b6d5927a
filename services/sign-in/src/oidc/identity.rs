//! Who somebody is to a provider.

use netgain_events::access::Scope;
use netgain_events::authority::Role;
use netgain_events::identifier::Actor;
use netgain_events::text::Line;

use crate::people::{PersonRecord, ProviderIdentity};

/// Who somebody is, as a provider's ID token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The value of its subject claim.
    pub subject: String,
    /// Their name, if the provider tells it and it can be kept.
    pub name: Option<Line>,
    /// What the provider says they are, and in which organisations; each once.
    pub roles: Vec<(Role, Scope)>,
    /// Their id here. Two subjects, or the same subject of two providers, never have the same.
    pub actor: Actor,
}

impl Identity {
    /// Whether what is kept under their id was kept of them, and not of somebody whom an administrator
    /// happened to give the same id.
    #[must_use]
    pub fn is_whom(&self, record: &PersonRecord) -> bool {
        let own = ProviderIdentity {
            provider: self.provider.clone(),
            subject: self.subject.clone(),
        };
        self.actor.is(&record.id) && record.provider == Some(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_under_the_same_id_may_be_of_somebody_else() {
        let identity = Identity {
            provider: "entra".to_owned(),
            subject: "ann".to_owned(),
            name: None,
            roles: vec![],
            actor: "entra.ann".parse().unwrap(),
        };
        let record = |id: &str, provider: Option<(&str, &str)>| PersonRecord {
            id: id.parse().unwrap(),
            name: None,
            password: None,
            provider: provider.map(|(provider, subject)| ProviderIdentity {
                provider: provider.to_owned(),
                subject: subject.to_owned(),
            }),
        };
        assert!(identity.is_whom(&record("Entra.Ann", Some(("entra", "ann")))));
        for other in [
            record("entra.ann", None),
            record("entra.ann", Some(("entra", "Ann"))),
            record("entra.ann", Some(("other", "ann"))),
            record("ann", Some(("entra", "ann"))),
        ] {
            assert!(!identity.is_whom(&other), "{other:?}");
        }
    }
}

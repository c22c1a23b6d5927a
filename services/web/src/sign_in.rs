//! Who can sign in, and how: what of `netgain-sign-in` a service needs, together.

pub(crate) mod by_password;
pub(crate) mod session;

use std::sync::Arc;

use netgain_sign_in::oidc::{PendingSignIns, Provider};
use netgain_sign_in::password::Passwords;
use netgain_sign_in::people::People;
use netgain_sign_in::session::{SessionLimits, Sessions};
use netgain_sign_in::throttle::Throttle;

/// Who can sign in, and how.
pub struct SignIn {
    pub(crate) people: People,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) sessions: Sessions,
    pub(crate) pending: PendingSignIns,
    providers: Vec<Arc<Provider>>,
}

impl SignIn {
    /// Sign-in of the people of that directory, with passwords or at these providers.
    #[must_use]
    pub fn new(people: People, limits: SessionLimits, providers: Vec<Provider>) -> Self {
        Self {
            people,
            passwords: Passwords::new(),
            throttle: Throttle::new(),
            sessions: Sessions::new(limits),
            pending: PendingSignIns::new(),
            providers: providers.into_iter().map(Arc::new).collect(),
        }
    }

    /// A provider by its name in the configuration.
    pub(crate) fn provider(&self, name: &str) -> Option<Arc<Provider>> {
        let found = self.providers.iter().find(|it| it.name() == name);
        found.map(Arc::clone)
    }

    /// The providers' names, in the order of the configuration.
    pub(crate) fn provider_names(&self) -> Vec<String> {
        self.providers
            .iter()
            .map(|it| it.name().to_owned())
            .collect()
    }
}

//! A session of somebody who has signed in, and its cookie.

use std::time::Instant;

use netgain_events::identifier::Actor;
use netgain_events::vocabulary::Auth;
use netgain_sign_in::secret::Secret;

use crate::edge::SESSION_COOKIE;
use crate::problem::Problem;
use crate::service::Service;

/// Begins a session of somebody who has shown who they are.
pub(crate) fn begin(service: &Service, person: Actor, auth: Auth) -> Result<Secret, Problem> {
    service
        .sign_in
        .sessions
        .begin(person, auth, Instant::now())
        .map_err(|error| Problem::fault("no session could be begun", &error))
}

/// The session's cookie. It has no date: the browser forgets it when it is closed, and the service after its
/// own time.
pub(crate) fn session_cookie_of(secret: &Secret) -> String {
    format!(
        "{SESSION_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax",
        secret.expose()
    )
}

/// Makes the browser forget a cookie.
pub(crate) fn cookie_forgotten(name: &str) -> String {
    format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
}

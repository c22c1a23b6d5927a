//! Signing in with a name and a password.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use netgain_events::identifier::Actor;
use netgain_sign_in::password::{Checked, PasswordError};
use netgain_sign_in::people::PersonRecord;

use crate::problem::Problem;
use crate::service::Service;

/// The person of that name and password, if they are admitted. Attempts are slowed down for each
/// name and each address; who does not exist takes as long as a wrong password.
pub(crate) async fn by_password(
    service: &Service,
    name: &str,
    password: &str,
    from: IpAddr,
) -> Result<Actor, Problem> {
    let sign_in = &service.sign_in;
    let attempt = sign_in
        .throttle
        .attempt(name, from, Instant::now())
        .map_err(|throttled| {
            Problem::later(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-attempts",
                "Too many attempts to sign in failed; wait a moment and try again.",
                throttled.wait,
            )
        })?;
    let person: Option<Actor> = name.parse().ok();
    let record = match &person {
        Some(person) => sign_in
            .people
            .get(person)
            .map_err(|error| Problem::fault("the directory of people cannot be read", &error))?,
        None => None,
    };
    let stored = record.as_ref().and_then(|record| record.password.as_ref());
    let checked = sign_in.passwords.verify(stored, password).await;
    let right = match checked.map_err(not_checked)? {
        Checked::Wrong => false,
        Checked::Right { rehash } => {
            if let (true, Some(mut record)) = (rehash, record.clone()) {
                rehashed(service, &mut record, password).await;
            }
            true
        }
    };
    let person = person.filter(|_| right);
    let admitted = service.with_access(|access| {
        let state = access.person(person.as_ref()?)?;
        state.barred.is_none().then(|| state.id.clone())
    })?;
    let Some(person) = admitted else {
        return Err(Problem::not_signed_in(
            "There is nobody with this name and password. Check both; an administrator can set a new \
             password.",
        ));
    };
    sign_in.throttle.succeeded(&attempt);
    Ok(person)
}

async fn rehashed(service: &Service, record: &mut PersonRecord, password: &str) {
    let Ok(hash) = service.sign_in.passwords.hash(password).await else {
        return;
    };
    record.password = Some(hash);
    if let Err(error) = service.sign_in.people.put(record) {
        tracing::warn!(%error, "a password could not be hashed again; it stays as it was");
    }
}

fn not_checked(error: PasswordError) -> Problem {
    match error {
        PasswordError::Busy => Problem::later(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Too many people are signing in; try again in a few seconds.",
            Duration::from_secs(3),
        ),
        PasswordError::Hashing | PasswordError::Salt(_) => {
            Problem::fault("a password could not be checked", &error)
        }
    }
}

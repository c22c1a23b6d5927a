//! Who is at a provider just now, and what they must bring back.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netgain_events::sha256::Sha256Hex;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};

use crate::secret::{NoRandomness, Secret};

/// How long somebody may be at the provider.
pub const PENDING_TIME: Duration = Duration::from_mins(10);

/// The most who are at a provider at once: about a megabyte. Above it the one who left first has to
/// begin again.
pub const PENDING_MAX: usize = 2_000;

/// What was agreed with a browser that was sent to a provider. It stays here, and is used once.
pub struct Pending {
    pub(super) provider: String,
    pub(super) state: CsrfToken,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// Sign-ins that were begun and not finished, each bound to one browser by a random secret in a cookie:
/// nobody can finish another's (RFC 9700 section 4.7).
#[derive(Debug, Default)]
pub struct PendingSignIns {
    by_hash: Mutex<HashMap<Sha256Hex, (Instant, Pending)>>,
}

impl PendingSignIns {
    /// Nobody is away.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps what was agreed, for [`PENDING_TIME`], and gives the secret for the browser's cookie.
    pub fn keep(&self, pending: Pending, now: Instant) -> Result<Secret, NoRandomness> {
        let secret = Secret::random()?;
        let mut kept = self.locked();
        if kept.len() >= PENDING_MAX {
            make_room(&mut kept, now);
        }
        kept.insert(secret.sha256(), (now, pending));
        Ok(secret)
    }

    /// What was agreed with the browser that has this secret, if it is back in time. It is gone then,
    /// whatever comes of it.
    #[must_use]
    pub fn take(&self, secret: &str, now: Instant) -> Option<Pending> {
        let (since, pending) = self.locked().remove(&Sha256Hex::of(secret.as_bytes()))?;
        (now < since + PENDING_TIME).then_some(pending)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Sha256Hex, (Instant, Pending)>> {
        // Every change is one call on the map, so that nothing is half done after a panic.
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_room(kept: &mut HashMap<Sha256Hex, (Instant, Pending)>, now: Instant) {
    kept.retain(|_, (since, _)| now < *since + PENDING_TIME);
    if kept.len() >= PENDING_MAX {
        let first = kept.iter().min_by_key(|(_, (since, _))| *since);
        if let Some(hash) = first.map(|(hash, _)| *hash) {
            kept.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending() -> Pending {
        Pending {
            provider: "entra".to_owned(),
            state: CsrfToken::new("canary-state".to_owned()),
            nonce: Nonce::new("canary-nonce".to_owned()),
            verifier: PkceCodeVerifier::new("canary-verifier".to_owned()),
        }
    }

    #[test]
    fn what_is_pending_is_taken_once_by_whoever_has_the_secret() {
        let (all, now) = (PendingSignIns::new(), Instant::now());
        let secret = all.keep(pending(), now).unwrap();
        assert!(all.take("another", now).is_none());
        assert_eq!(all.take(secret.expose(), now).unwrap().provider, "entra");
        assert!(all.take(secret.expose(), now).is_none());
    }

    #[test]
    fn what_is_pending_lapses_after_ten_minutes() {
        let (all, start) = (PendingSignIns::new(), Instant::now());
        let (one, two) = (
            all.keep(pending(), start).unwrap(),
            all.keep(pending(), start).unwrap(),
        );
        let last = start + PENDING_TIME.checked_sub(Duration::from_secs(1)).unwrap();
        assert!(all.take(one.expose(), last).is_some());
        assert!(all.take(two.expose(), start + PENDING_TIME).is_none());
    }

    #[test]
    fn the_table_is_bounded_and_who_left_first_begins_again() {
        let (all, start) = (PendingSignIns::new(), Instant::now());
        let first = all.keep(pending(), start).unwrap();
        for _ in 1..PENDING_MAX {
            all.keep(pending(), start + Duration::from_secs(1)).unwrap();
        }
        let last = all.keep(pending(), start + Duration::from_secs(2)).unwrap();
        assert_eq!(all.locked().len(), PENDING_MAX);
        assert!(all.take(first.expose(), start).is_none());
        assert!(all.take(last.expose(), start).is_some());
        // What has lapsed goes first.
        all.keep(pending(), start + PENDING_TIME + Duration::from_secs(1))
            .unwrap();
        assert_eq!(all.locked().len(), PENDING_MAX);
        all.keep(pending(), start + PENDING_TIME + Duration::from_secs(1))
            .unwrap();
        assert_eq!(all.locked().len(), 2);
    }

    #[test]
    fn nothing_of_it_is_shown() {
        let all = PendingSignIns::new();
        let secret = all.keep(pending(), Instant::now()).unwrap();
        let shown = format!("{all:?}");
        assert!(shown.contains("entra"));
        assert!(!shown.contains("canary"));
        assert!(!shown.contains(secret.expose()));
    }
}

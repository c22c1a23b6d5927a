//! Sessions of people who have signed in, kept in memory by the service. The browser holds a random
//! secret; only its SHA-256 is here, so that what leaks from here opens nothing (docs/adr/0017).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use netgain_events::identifier::Actor;
use netgain_events::sha256::Sha256Hex;
use netgain_events::vocabulary::Auth;

use crate::secret::{NoRandomness, Secret};

/// The most sessions at once: some megabytes, and more people than sign in at one council.
pub const SESSIONS_MAX: usize = 10_000;

/// The most sessions of one person: several browsers and machines, but not a heap of forgotten ones.
pub const SESSIONS_OF_A_PERSON_MAX: usize = 20;

/// How long a session lasts (OWASP ASVS 5.0, 7.3.1 and 7.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Ends after so long without a request.
    pub idle: Duration,
    /// Ends so long after it began, whatever happens.
    pub absolute: Duration,
}

impl Default for SessionLimits {
    /// Half an hour without a request; a working day of eight hours.
    fn default() -> Self {
        Self {
            idle: Duration::from_mins(30),
            absolute: Duration::from_hours(8),
        }
    }
}

/// Somebody who has signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: Actor,
    /// How they were known: [`Auth::Local`] or [`Auth::Oidc`].
    pub auth: Auth,
    /// When they signed in.
    pub begun_at: Instant,
    /// When it ends if no further request comes; never after [`Session::ends_at`].
    pub idle_ends_at: Instant,
    /// When it ends whatever comes.
    pub ends_at: Instant,
}

/// The sessions of a service. All of them end with it.
#[derive(Debug)]
pub struct Sessions {
    limits: SessionLimits,
    // Looked up by a hash of what was sent, so that how long it takes says nothing of the secret.
    by_hash: Mutex<HashMap<Sha256Hex, Session>>,
}

impl Sessions {
    /// No sessions yet.
    #[must_use]
    pub fn new(limits: SessionLimits) -> Self {
        Self {
            limits,
            by_hash: Mutex::default(),
        }
    }

    /// Begins a session of a person who has just proved who they are, with a new secret for the
    /// cookie: one that a browser brought along is never taken over, so that nobody can fix it
    /// beforehand. Above [`SESSIONS_OF_A_PERSON_MAX`] or [`SESSIONS_MAX`] the oldest ends.
    ///
    /// # Errors
    /// There is no randomness to make a secret of.
    pub fn begin(&self, person: Actor, auth: Auth, now: Instant) -> Result<Secret, NoRandomness> {
        let secret = Secret::random()?;
        let ends_at = now + self.limits.absolute;
        let session = Session {
            person,
            auth,
            begun_at: now,
            idle_ends_at: ends_at.min(now + self.limits.idle),
            ends_at,
        };
        let mut sessions = self.locked();
        sessions.retain(|_, session| session.is_open(now));
        end_oldest(&mut sessions, SESSIONS_OF_A_PERSON_MAX, |other| {
            other.person.is(&session.person)
        });
        end_oldest(&mut sessions, SESSIONS_MAX, |_| true);
        sessions.insert(secret.sha256(), session);
        Ok(secret)
    }

    /// Whose session that is, for a request of theirs: it stays open for the idle time from now.
    #[must_use]
    pub fn find(&self, secret: &str, now: Instant) -> Option<Session> {
        let mut sessions = self.locked();
        let session = sessions.get_mut(&hash(secret))?;
        if !session.is_open(now) {
            return None;
        }
        session.idle_ends_at = session.ends_at.min(now + self.limits.idle);
        Some(session.clone())
    }

    /// Whose session that is, without keeping it open: for a stream that only asks whether it may
    /// go on.
    #[must_use]
    pub fn peek(&self, secret: &str, now: Instant) -> Option<Session> {
        let sessions = self.locked();
        let session = sessions.get(&hash(secret))?;
        session.is_open(now).then(|| session.clone())
    }

    /// Ends a session, if there is one.
    pub fn end(&self, secret: &str) {
        self.locked().remove(&hash(secret));
    }

    /// Ends every session of a person, when their password or their rights change.
    pub fn end_all(&self, person: &Actor) {
        self.locked()
            .retain(|_, session| !session.person.is(person));
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<Sha256Hex, Session>> {
        // Every change is one call on the map, so that nothing is half done after a panic.
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn is_open(&self, now: Instant) -> bool {
        now < self.idle_ends_at
    }
}

fn hash(secret: &str) -> Sha256Hex {
    Sha256Hex::of(secret.as_bytes())
}

/// Makes room for one more of those sessions.
fn end_oldest(
    sessions: &mut HashMap<Sha256Hex, Session>,
    max: usize,
    counts: impl Fn(&Session) -> bool,
) {
    let counted = || sessions.iter().filter(|(_, session)| counts(session));
    if counted().count() < max {
        return;
    }
    let oldest = counted().min_by_key(|(_, session)| session.begun_at);
    if let Some(hash) = oldest.map(|(hash, _)| *hash) {
        sessions.remove(&hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn actor(id: &str) -> Actor {
        id.parse().unwrap()
    }

    fn sessions() -> Sessions {
        Sessions::new(SessionLimits::default())
    }

    fn begin(sessions: &Sessions, person: &str, now: Instant) -> Secret {
        sessions.begin(actor(person), Auth::Local, now).unwrap()
    }

    #[test]
    fn a_session_is_found_by_its_secret_until_it_is_ended() {
        let (sessions, now) = (sessions(), Instant::now());
        let secret = begin(&sessions, "ann", now);
        let found = sessions.find(secret.expose(), now).unwrap();
        assert_eq!(found.person, actor("ann"));
        assert_eq!(found.auth, Auth::Local);
        assert!(sessions.find("another", now).is_none());
        sessions.end(secret.expose());
        assert!(sessions.find(secret.expose(), now).is_none());
    }

    #[test]
    fn a_request_keeps_a_session_open_and_a_peek_does_not() {
        let (sessions, start) = (sessions(), Instant::now());
        let asked = begin(&sessions, "ann", start);
        let peeked = begin(&sessions, "ann", start);
        let later = start + 29 * MINUTE;
        assert!(sessions.find(asked.expose(), later).is_some());
        assert!(sessions.peek(peeked.expose(), later).is_some());
        let idle_over = start + 30 * MINUTE;
        assert!(sessions.peek(asked.expose(), idle_over).is_some());
        assert!(sessions.peek(peeked.expose(), idle_over).is_none());
        assert!(sessions.find(peeked.expose(), idle_over).is_none());
    }

    #[test]
    fn a_session_ends_after_eight_hours_however_busy() {
        let (sessions, start) = (sessions(), Instant::now());
        let secret = begin(&sessions, "ann", start);
        for minutes in (10..480).step_by(10) {
            let now = start + minutes * MINUTE;
            let found = sessions.find(secret.expose(), now).unwrap();
            assert_eq!(found.ends_at, start + 480 * MINUTE);
            assert!(found.idle_ends_at <= found.ends_at);
        }
        let over = start + 480 * MINUTE;
        assert!(sessions.find(secret.expose(), over).is_none());
    }

    #[test]
    fn every_session_has_a_secret_of_its_own_and_only_its_hash_is_kept() {
        let (sessions, now) = (sessions(), Instant::now());
        let (one, two) = (begin(&sessions, "ann", now), begin(&sessions, "ann", now));
        assert_ne!(one, two);
        let shown = format!("{sessions:?} {one:?}");
        assert!(shown.contains(&one.sha256().to_string()));
        assert!(!shown.contains(one.expose()));
    }

    #[test]
    fn all_sessions_of_a_person_end_at_once_whatever_the_case_of_the_id() {
        let (sessions, now) = (sessions(), Instant::now());
        let (one, two) = (begin(&sessions, "ann", now), begin(&sessions, "Ann", now));
        let other = begin(&sessions, "bob", now);
        sessions.end_all(&actor("ANN"));
        assert!(sessions.find(one.expose(), now).is_none());
        assert!(sessions.find(two.expose(), now).is_none());
        assert!(sessions.find(other.expose(), now).is_some());
    }

    #[test]
    fn the_oldest_session_of_a_person_makes_room_for_their_newest() {
        let (sessions, start) = (sessions(), Instant::now());
        let other = begin(&sessions, "bob", start);
        let at = |n: usize| start + Duration::from_secs(u64::try_from(n).unwrap());
        let all: Vec<Secret> = (0..=SESSIONS_OF_A_PERSON_MAX)
            .map(|n| begin(&sessions, "ann", at(n)))
            .collect();
        let now = at(all.len());
        assert!(sessions.find(all[0].expose(), now).is_none());
        let open = all
            .iter()
            .filter(|s| sessions.find(s.expose(), now).is_some());
        assert_eq!(open.count(), SESSIONS_OF_A_PERSON_MAX);
        assert!(sessions.find(other.expose(), now).is_some());
    }

    #[test]
    fn the_table_never_has_more_than_its_limit() {
        let mut table = HashMap::new();
        let (sessions, start) = (sessions(), Instant::now());
        let template = begin(&sessions, "ann", start);
        let template = sessions.find(template.expose(), start).unwrap();
        for n in 0..5_u8 {
            let begun_at = start + Duration::from_secs(u64::from(n));
            end_oldest(&mut table, 3, |_| true);
            let session = Session {
                begun_at,
                ..template.clone()
            };
            table.insert(Sha256Hex::of(&[n]), session);
        }
        let mut left: Vec<_> = table
            .values()
            .map(|s| (s.begun_at - start).as_secs())
            .collect();
        left.sort_unstable();
        assert_eq!(left, [2, 3, 4]);
    }

    #[test]
    fn ended_and_expired_sessions_take_no_room() {
        let (sessions, start) = (sessions(), Instant::now());
        begin(&sessions, "ann", start);
        begin(&sessions, "bob", start + 31 * MINUTE);
        assert_eq!(sessions.locked().len(), 1);
    }
}

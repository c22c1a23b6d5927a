//! Passwords of the service's own people, for those without a provider: argon2id (RFC 9106), a few at
//! once, and the same work whether or not there is such a person (docs/adr/0017).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use crate::secret::{self, NoRandomness};

/// Memory of one hashing in KiB (46 MiB), with one pass and one lane: the first of the settings that
/// the OWASP Password Storage Cheat Sheet holds to be equally strong.
pub const MEMORY_KIB: u32 = 47_104;
/// Passes over the memory.
pub const PASSES: u32 = 1;
/// Lanes.
pub const LANES: u32 = 1;

/// The most memory that a stored hash may ask for, 256 MiB: what is in a file does not decide how much
/// is asked for.
pub const MEMORY_KIB_MAX: u32 = 256 * 1024;
/// The most passes that a stored hash may ask for, for the same reason.
pub const PASSES_MAX: u32 = 10;

/// Hashings at the same time: 92 MiB, and two cores at most.
pub const HASHINGS_AT_ONCE: usize = 2;

/// Hashings under way or waiting; at 45 ms each the last waits for about a second and a half.
pub const HASHINGS_WAITING_MAX: usize = 64;

/// The fewest characters of a password: above the 8 of OWASP ASVS 5.0, 6.2.1, since there may be no
/// second factor.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;

/// The most characters of a password: any passphrase, and no work by length.
pub const PASSWORD_CHARACTERS_MAX: usize = 256;

/// The salt of the hashing that is done where there is nothing to compare with.
const SALT_OF_NOBODY: &[u8] = b"nobody has this.";

/// A password's hash as it is kept: a PHC string of argon2id.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(phc::PasswordHash);

/// The text is not a password's hash that we compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a password's hash is a PHC string of argon2id with at most {MEMORY_KIB_MAX} KiB and \
     {PASSES_MAX} passes; set the password again"
)]
pub struct PasswordHashError;

/// What came of comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// It is another password, or there is no such person.
    Wrong,
    /// It is the password.
    Right {
        /// It was hashed with other settings than today's: hash it again while it is known.
        rehash: bool,
    },
}

/// A password is too easily found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer characters than [`PASSWORD_CHARACTERS_MIN`].
    #[error("the password is too short; use at least {PASSWORD_CHARACTERS_MIN} characters")]
    Short,
    /// More characters than [`PASSWORD_CHARACTERS_MAX`].
    #[error("the password is too long; use at most {PASSWORD_CHARACTERS_MAX} characters")]
    Long,
    /// Few guesses find it.
    #[error(
        "the password is easily guessed, like a common word, a name, a date, a row of keys or your \
         own id; use three or four words that nobody would put together"
    )]
    Guessable,
}

/// Nothing was compared or hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Others are waiting already.
    #[error(
        "{HASHINGS_WAITING_MAX} passwords are being checked already; try again in a few seconds"
    )]
    Busy,
    /// The hash, or the machine's memory, did not allow it.
    #[error("the password cannot be hashed: memory, or the stored hash, does not allow it")]
    Hashing,
    /// No salt can be made.
    #[error("a password cannot be hashed without a salt")]
    Salt(#[from] NoRandomness),
}

/// Compares and makes hashes of passwords.
#[derive(Debug)]
pub struct Passwords {
    waiting: Semaphore,
    at_once: Arc<Semaphore>,
    hashings: Arc<AtomicU64>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

impl Passwords {
    /// Nothing under way.
    #[must_use]
    pub fn new() -> Self {
        Self {
            waiting: Semaphore::new(HASHINGS_WAITING_MAX),
            at_once: Arc::new(Semaphore::new(HASHINGS_AT_ONCE)),
            hashings: Arc::default(),
        }
    }

    /// Compares what was given with what is stored. Where nothing is stored, because there is no such
    /// person or they have no password, the same work is done, so that the time does not say which.
    /// Needs tokio's runtime: the work is done on a thread that may block.
    pub async fn verify(
        &self,
        stored: Option<&PasswordHash>,
        given: &str,
    ) -> Result<Checked, PasswordError> {
        let too_long = given.chars().count() > PASSWORD_CHARACTERS_MAX;
        // What cannot be anybody's password is not worth a copy of it.
        let stored = stored.filter(|_| !too_long).cloned();
        let given = Zeroizing::new(if too_long {
            String::new()
        } else {
            given.to_owned()
        });
        self.work(move || match stored {
            Some(PasswordHash(stored)) => compare(&stored, &given),
            None => hash_with_salt(&given, SALT_OF_NOBODY).map(|_| Checked::Wrong),
        })
        .await
    }

    /// Hashes a password with a new salt. Ask [`Passwords::check_strength`] first.
    /// Needs tokio's runtime.
    pub async fn hash(&self, password: &str) -> Result<PasswordHash, PasswordError> {
        let salt = secret::random_bytes()?;
        let password = Zeroizing::new(password.to_owned());
        self.work(move || hash_with_salt(&password, salt.as_slice()).map(PasswordHash))
            .await
    }

    /// Refuses a password that is too short, too long or easily guessed. Takes some milliseconds.
    pub fn check_strength(id: &str, password: &str) -> Result<(), WeakPassword> {
        match password.chars().count() {
            ..PASSWORD_CHARACTERS_MIN => return Err(WeakPassword::Short),
            PASSWORD_CHARACTERS_MIN..=PASSWORD_CHARACTERS_MAX => {}
            _ => return Err(WeakPassword::Long),
        }
        let own: Vec<&str> = id
            .split(|c: char| !c.is_alphanumeric())
            .filter(|part| !part.is_empty())
            .chain([id, "netgain"])
            .collect();
        if zxcvbn(password, &own).score() < Score::Three {
            return Err(WeakPassword::Guessable);
        }
        Ok(())
    }

    /// How many hashings were made since the start, each about 45 ms of a core.
    #[must_use]
    pub fn hashings(&self) -> u64 {
        self.hashings.load(Ordering::Relaxed)
    }

    async fn work<T: Send + 'static>(
        &self,
        hashing: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _waiting = self
            .waiting
            .try_acquire()
            .map_err(|_| PasswordError::Busy)?;
        let permit = Arc::clone(&self.at_once).acquire_owned().await;
        let permit = permit.map_err(|_| PasswordError::Busy)?;
        let hashings = Arc::clone(&self.hashings);
        let done = tokio::task::spawn_blocking(move || {
            // Held here and not by the waiting side: who goes away does not end the hashing.
            let _permit = permit;
            hashings.fetch_add(1, Ordering::Relaxed);
            hashing()
        });
        done.await.map_err(|_| PasswordError::Hashing)?
    }
}

fn settings() -> Result<Params, PasswordError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Hashing)
}

fn hash_with_salt(password: &str, salt: &[u8]) -> Result<phc::PasswordHash, PasswordError> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, settings()?)
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|_| PasswordError::Hashing)
}

fn compare(stored: &phc::PasswordHash, given: &str) -> Result<Checked, PasswordError> {
    let todays = settings()?;
    match Argon2::default().verify_password(given.as_bytes(), stored) {
        Ok(()) => {
            let rehash = Params::try_from(stored).map_or(true, |params| !same(&params, &todays));
            Ok(Checked::Right { rehash })
        }
        Err(HashError::PasswordInvalid) => Ok(Checked::Wrong),
        Err(_) => Err(PasswordError::Hashing),
    }
}

fn same(one: &Params, other: &Params) -> bool {
    let of = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    of(one) == of(other)
}

impl FromStr for PasswordHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, PasswordHashError> {
        let hash = phc::PasswordHash::new(text).map_err(|_| PasswordHashError)?;
        let params = Params::try_from(&hash).map_err(|_| PasswordHashError)?;
        let ours = hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(u32::from(Version::V0x13))
            && hash.salt.is_some()
            && hash.hash.is_some()
            && params.m_cost() <= MEMORY_KIB_MAX
            && params.t_cost() <= PASSES_MAX
            && params.p_cost() == LANES;
        ours.then_some(Self(hash)).ok_or(PasswordHashError)
    }
}

impl fmt::Display for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl serde::Serialize for PasswordHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for PasswordHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;

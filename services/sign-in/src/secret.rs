//! Texts that must not be shown: wiped from memory, and never part of a debug output.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use netgain_events::sha256::Sha256Hex;
use zeroize::Zeroizing;

/// The random bytes of a secret we make: 256 bits, so that nobody guesses one, and so that a plain
/// hash of it needs no salt and no work factor.
pub const RANDOM_BYTES: usize = 32;

/// A secret text, such as what a cookie carries or a client's secret at its provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the operating system gives no random numbers, so no secret can be made; nobody can sign in"
)]
pub struct NoRandomness;

impl Secret {
    /// Keeps a text secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// A new secret: [`RANDOM_BYTES`] from the operating system, in base64url (RFC 4648 section 5)
    /// without padding: 43 characters that a cookie can carry.
    pub fn random() -> Result<Self, NoRandomness> {
        Ok(Self::new(
            URL_SAFE_NO_PAD.encode(random_bytes()?.as_slice()),
        ))
    }

    /// The text itself, for the one place where it is needed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of a secret that somebody else holds.
    #[must_use]
    pub fn sha256(&self) -> Sha256Hex {
        Sha256Hex::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> serde::Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

/// Random bytes from the operating system.
pub(crate) fn random_bytes() -> Result<Zeroizing<[u8; RANDOM_BYTES]>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; RANDOM_BYTES]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_random_fits_a_cookie_and_is_not_shown() {
        let (one, two) = (Secret::random().unwrap(), Secret::random().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.expose().len(), 43);
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        assert!(one.expose().bytes().all(fits));
        assert!(!format!("{one:?}").contains(one.expose()));
        assert_eq!(one.sha256(), Sha256Hex::of(one.expose().as_bytes()));
    }
}

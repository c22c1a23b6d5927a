//! The keys that logs are signed with.

use std::fmt;

use zeroize::Zeroizing;

use crate::note::key_name::KeyName;
use crate::note::secret_key::{SecretKey, SecretKeyError};
use crate::note::verifier_key::{KeyKind, VerifierKey};

/// A log's secret key: Ed25519 (RFC 8032), C2SP type `0x01`. It is wiped from memory when it is
/// dropped; it has no `Display`, and its `Debug` shows the public side.
pub struct SigningKey(SecretKey);

impl SigningKey {
    /// The key of that name made from 32 random bytes.
    #[must_use]
    pub fn from_seed(name: KeyName, seed: [u8; 32]) -> Self {
        Self(SecretKey::from_seed(name, KeyKind::Log, seed))
    }

    /// Reads the secret text that [`to_text`](Self::to_text) gives.
    pub fn from_text(text: &str) -> Result<Self, SecretKeyError> {
        SecretKey::from_text(KeyKind::Log, text).map(Self)
    }

    /// The secret text, in one line without a line feed, as Go's note package writes it. Whoever
    /// has it can sign.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        self.0.to_text()
    }

    /// The public side of it.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        self.0.verifier().clone()
    }

    /// Its signature line under a text.
    pub(super) fn signature_line(&self, text: &str) -> String {
        self.0.line(self.0.sign(text.as_bytes()).to_vec())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.0.verifier().label())
    }
}

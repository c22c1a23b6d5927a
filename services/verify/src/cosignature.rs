//! Cosignatures of witnesses (C2SP tlog-cosignature, `cosignature/v1`): that at a time, this was
//! the largest tree of its log that the witness had seen, and that it had only grown.

use std::fmt;

use zeroize::Zeroizing;

use crate::checkpoint::Checkpoint;
use crate::note::{KeyKind, KeyName, SecretKey, SecretKeyError, VerifierKey};

/// The latest time a cosignature can have, in seconds since 1970 (C2SP tlog-cosignature, *Format*).
pub const COSIGNATURE_TIME_MAX: u64 = (1 << 63) - 1;

/// A witness's secret key: Ed25519 (RFC 8032), C2SP type `0x04`. It is wiped from memory when it is
/// dropped; it has no `Display`, and its `Debug` shows the public side. A witness that is also a
/// log has another key for that.
pub struct CosigningKey(SecretKey);

impl CosigningKey {
    /// The key of that name made from 32 random bytes.
    #[must_use]
    pub fn from_seed(name: KeyName, seed: [u8; 32]) -> Self {
        Self(SecretKey::from_seed(name, KeyKind::Witness, seed))
    }

    /// Reads the secret text that [`to_text`](Self::to_text) gives.
    pub fn from_text(text: &str) -> Result<Self, SecretKeyError> {
        SecretKey::from_text(KeyKind::Witness, text).map(Self)
    }

    /// The secret text, in one line without a line feed. Whoever has it can cosign.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        self.0.to_text()
    }

    /// The public side of it.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        self.0.verifier().clone()
    }

    /// The signature line, with its line feed, that says: as of that time, in seconds since 1970,
    /// the largest tree seen of that log. A time past [`COSIGNATURE_TIME_MAX`] is written as that.
    #[must_use]
    pub fn cosign(&self, checkpoint: &Checkpoint, unix_seconds: u64) -> String {
        let time = unix_seconds.min(COSIGNATURE_TIME_MAX);
        let signature = self.0.sign(&message(time, &checkpoint.text()));
        let timed = [&time.to_be_bytes(), signature.as_slice()].concat();
        self.0.line(timed)
    }
}

impl fmt::Debug for CosigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CosigningKey({})", self.0.verifier().label())
    }
}

/// What a witness's signature is over, and the signature itself, out of what stands in its line.
pub(crate) fn signed_message<'s>(text: &str, timed: &'s [u8]) -> Option<(Vec<u8>, &'s [u8])> {
    let (time, signature) = timed.split_first_chunk()?;
    let time = u64::from_be_bytes(*time);
    (time <= COSIGNATURE_TIME_MAX).then(|| (message(time, text), signature))
}

fn message(time: u64, text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

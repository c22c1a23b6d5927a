//! Secret keys: what a log's and a witness's have in common.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer;
use zeroize::Zeroizing;

use crate::note::key_name::{KeyName, KeyNameError};
use crate::note::verifier_key::{KeyKind, VerifierKey};
use crate::tlog::note_form::{self, SignatureLine, typed_key};

/// How the text of a secret key begins, so that nobody takes it for a public one.
const PREFIX: &str = "PRIVATE+KEY+";

/// Why a text is not a secret key to sign with. No message repeats any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    /// It has not the form of a secret key.
    #[error("a secret key is written as PRIVATE+KEY+name+id+base64, in one piece")]
    Form,
    /// Its name is not one.
    #[error("the secret key's name is none")]
    Name(#[source] KeyNameError),
    /// It is a key of another kind.
    #[error(
        "the secret key is of type {found:#04x}, not {expected:#04x}: a log's is 0x01, a witness's 0x04"
    )]
    OtherKind {
        /// The type that is wanted.
        expected: u8,
        /// The type it has.
        found: u8,
    },
    /// Its id is not the one that its name and bytes give.
    #[error("the secret key's id does not belong to its name and bytes")]
    Id,
}

/// An Ed25519 secret key with its name and kind. The library wipes it when it is dropped.
pub(crate) struct SecretKey {
    key: ed25519_dalek::SigningKey,
    verifier: VerifierKey,
}

impl SecretKey {
    pub(crate) fn from_seed(name: KeyName, kind: KeyKind, seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        let verifier = VerifierKey::new(name, kind, key.verifying_key());
        Self { key, verifier }
    }

    /// Reads the text that [`to_text`](Self::to_text) gives.
    pub(crate) fn from_text(kind: KeyKind, text: &str) -> Result<Self, SecretKeyError> {
        let rest = text.strip_prefix(PREFIX).ok_or(SecretKeyError::Form)?;
        let (name, rest) = rest.split_once('+').ok_or(SecretKeyError::Form)?;
        let (_, key) = rest.split_once('+').ok_or(SecretKeyError::Form)?;
        let name = name.parse().map_err(SecretKeyError::Name)?;
        let key = Zeroizing::new(STANDARD.decode(key).map_err(|_| SecretKeyError::Form)?);
        let (&found, seed) = key.split_first().ok_or(SecretKeyError::Form)?;
        let expected = kind.byte();
        if found != expected {
            return Err(SecretKeyError::OtherKind { expected, found });
        }
        let seed = seed.try_into().map_err(|_| SecretKeyError::Form)?;
        let read = Self::from_seed(name, kind, seed);
        if *read.to_text() == text {
            Ok(read)
        } else {
            Err(SecretKeyError::Id)
        }
    }

    /// The secret text: the form that Go's note package gave it.
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let seed = Zeroizing::new(self.key.to_bytes());
        let typed = Zeroizing::new(typed_key(self.verifier.kind().byte(), &seed));
        let key = Zeroizing::new(STANDARD.encode(&*typed));
        let (name, id) = (self.verifier.name(), self.verifier.id());
        Zeroizing::new(format!("{PREFIX}{name}+{id:08x}+{}", *key))
    }

    pub(crate) const fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    /// The signature line of this key with that signature in the form of its kind.
    pub(crate) fn line(&self, signature: Vec<u8>) -> String {
        note_form::line(SignatureLine {
            name: self.verifier.name().as_str().to_owned(),
            key_id: self.verifier.id(),
            signature,
        })
    }
}

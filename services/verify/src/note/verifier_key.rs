//! Public keys, as C2SP writes them.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::cosignature;
use crate::note::key_name::{KeyName, KeyNameError};
use crate::tlog::note_form::{key_id, typed_key};

/// What a key signs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// A log's own key: Ed25519 over the note's text (C2SP signed-note, type `0x01`).
    Log,
    /// A witness's key: a cosignature with its time (C2SP tlog-cosignature, type `0x04`).
    Witness,
}

impl KeyKind {
    /// The byte that stands for it in keys and their ids.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }
}

/// An Ed25519 public key with its name and kind. Its text is the C2SP vkey: the name, the id as
/// eight hex digits, and the base64 of its kind and bytes, with `+` between.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    id: u32,
    key: VerifyingKey,
}

/// Why a text is not a public key to check with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    /// It has not the form of a vkey.
    #[error("a public key is written as name+id+base64, in one piece; copy the whole line")]
    Form,
    /// Its name is not one.
    #[error("the key's name is none")]
    Name(#[source] KeyNameError),
    /// It is of a kind that is not used here.
    #[error("the key is of type {found:#04x}; known are 0x01 for a log and 0x04 for a witness")]
    UnknownKind {
        /// The type it has.
        found: u8,
    },
    /// Its id is not the one that its name and bytes give.
    #[error("the key's id does not belong to its name and bytes; copy the line again")]
    Id,
    /// Its bytes are no Ed25519 key that a signature can be held to.
    #[error("the key's bytes are no Ed25519 public key, or one that fits every text")]
    Key,
}

impl VerifierKey {
    pub(super) fn new(name: KeyName, kind: KeyKind, key: VerifyingKey) -> Self {
        let id = key_id(name.as_str(), kind.byte(), key.as_bytes());
        Self {
            name,
            kind,
            id,
            key,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its id, by which signatures refer to it besides its name.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it signs as.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its name and id, to tell it in a sentence.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}+{:08x}", self.name, self.id)
    }

    /// Whether that is its signature under that text, in the form of its kind.
    pub(super) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        match self.kind {
            KeyKind::Log => self.signed_bytes(text.as_bytes(), signature),
            KeyKind::Witness => cosignature::signed_message(text, signature)
                .is_some_and(|(message, signature)| self.signed_bytes(&message, signature)),
        }
    }

    /// Strictly: no signature has a second form, and no key fits every text (the library's own
    /// trait, which `signed_note` calls, lets both pass).
    fn signed_bytes(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    /// Reads exactly the one text that a key has.
    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, rest) = text.split_once('+').ok_or(VerifierKeyError::Form)?;
        let (_, key) = rest.split_once('+').ok_or(VerifierKeyError::Form)?;
        let name = name.parse().map_err(VerifierKeyError::Name)?;
        let key = STANDARD.decode(key).map_err(|_| VerifierKeyError::Form)?;
        let (&kind, key) = key.split_first().ok_or(VerifierKeyError::Form)?;
        let kind = match kind {
            0x01 => KeyKind::Log,
            0x04 => KeyKind::Witness,
            found => return Err(VerifierKeyError::UnknownKind { found }),
        };
        let key = VerifyingKey::try_from(key).map_err(|_| VerifierKeyError::Key)?;
        if key.is_weak() {
            return Err(VerifierKeyError::Key);
        }
        let read = Self::new(name, kind, key);
        // The id and everything about the form at once.
        if read.to_string() == text {
            Ok(read)
        } else {
            Err(VerifierKeyError::Id)
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode(typed_key(self.kind.byte(), self.key.as_bytes()));
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

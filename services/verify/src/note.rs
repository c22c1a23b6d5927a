//! Signed notes (C2SP signed-note): a text, a blank line, and lines of signatures by named keys.

mod key_name;
mod secret_key;
mod signing_key;
#[cfg(test)]
mod tests;
mod verifier_key;

pub(crate) use self::key_name::is_plain;
pub use self::key_name::{KEY_NAME_BYTES_MAX, KeyName, KeyNameError};
pub(crate) use self::secret_key::SecretKey;
pub use self::secret_key::SecretKeyError;
pub use self::signing_key::SigningKey;
pub use self::verifier_key::{KeyKind, VerifierKey, VerifierKeyError};

use crate::tlog::note_form::{self, SignatureLine};

/// The most bytes a note may have (docs/BUNDLE.md, *Limits*): a checkpoint with sixteen signatures
/// has under 5 KiB; the rest is room for larger signatures to come.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;

/// The most signature lines a note may have: as many as C2SP signed-note asks everyone to accept.
pub const SIGNATURES_MAX: usize = 16;

/// Why a note is not one, or not one to trust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is larger than any note here.
    #[error("the note has {bytes} bytes; a note has at most {NOTE_BYTES_MAX}")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// It has not the form of a signed note.
    #[error("this is not a signed note: a text, a blank line, then lines of \"— name signature\"")]
    Form,
    /// It has more signatures than any note here.
    #[error("the note has {found} signatures; a note has at most {SIGNATURES_MAX}")]
    TooManySignatures {
        /// How many it has.
        found: usize,
    },
    /// A text to be signed is not one that a note can hold.
    #[error("a note's text ends with a line feed and has no other control characters")]
    Text,
    /// Two of the known keys cannot be told apart.
    #[error("two known keys share the name and id {key}; leave out the wrong one")]
    Ambiguous {
        /// The name and id.
        key: String,
    },
    /// A signature by a known key does not fit the text.
    #[error("the signature by {key} is wrong: the note was changed, or somebody else signed it")]
    WrongSignature {
        /// The key's name and id.
        key: String,
    },
    /// No known key has signed it.
    #[error("none of the known keys has signed the note")]
    NotSigned,
}

/// A note as it was read or signed: its exact bytes, with the form checked and no signature yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    note: String,
    text_bytes: usize,
    signatures: Vec<SignatureLine>,
}

impl SignedNote {
    /// Reads a note. Nothing in it is to be believed before [`verify`](Self::verify).
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        // Before anything looks at it.
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::TooLarge { bytes: bytes.len() });
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Form)?;
        let (text_bytes, signatures) = note_form::read(note).ok_or(NoteError::Form)?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::TooManySignatures {
                found: signatures.len(),
            });
        }
        Ok(Self {
            note: note.to_owned(),
            text_bytes,
            signatures,
        })
    }

    /// Signs a text, which ends with a line feed, with each of the keys, of which there is at least
    /// one.
    pub fn sign(text: &str, keys: &[&SigningKey]) -> Result<Self, NoteError> {
        let lines = keys.iter().map(|key| key.signature_line(text));
        Self::with_text(text, lines)
    }

    /// The same note with more signature lines, each ended by a line feed: the cosignatures of
    /// witnesses.
    pub fn with_signature_lines(&self, lines: &str) -> Result<Self, NoteError> {
        let whole = Self::parse(format!("{}{lines}", self.note).as_bytes())?;
        // A blank line among the new ones would make signatures part of the text.
        if whole.text() == self.text() {
            Ok(whole)
        } else {
            Err(NoteError::Form)
        }
    }

    fn with_text(text: &str, lines: impl Iterator<Item = String>) -> Result<Self, NoteError> {
        let mut note = format!("{text}\n");
        note.extend(lines);
        let signed = Self::parse(note.as_bytes())?;
        // A text without its last line feed can pass for another.
        if signed.text() == text {
            Ok(signed)
        } else {
            Err(NoteError::Text)
        }
    }

    /// The text that is signed, with its last line feed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.note.get(..self.text_bytes).unwrap_or_default()
    }

    /// The whole note, byte for byte.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.note.as_bytes()
    }

    /// Checks every signature by one of these keys, and gives the keys that signed, in the order of
    /// the note. Signatures by other keys are passed over, as C2SP signed-note asks.
    ///
    /// That *some* key signed is little: with a log's key and a witness's in the list, a note that
    /// only the witness signed passes. Whoever calls looks for the keys that must have signed.
    ///
    /// # Errors
    /// A signature by one of these keys is wrong, be it the second of that key; or none of them
    /// signed.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<VerifierKey>, NoteError> {
        let mut signed: Vec<VerifierKey> = Vec::new();
        for line in &self.signatures {
            let mut known = keys
                .iter()
                .filter(|key| key.name().as_str() == line.name && key.id() == line.key_id);
            let Some(key) = known.next() else { continue };
            if known.any(|other| other != key) {
                return Err(NoteError::Ambiguous { key: key.label() });
            }
            if !key.signed(self.text(), &line.signature) {
                return Err(NoteError::WrongSignature { key: key.label() });
            }
            if !signed.contains(key) {
                signed.push(key.clone());
            }
        }
        if signed.is_empty() {
            return Err(NoteError::NotSigned);
        }
        Ok(signed)
    }
}

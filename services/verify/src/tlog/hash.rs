//! The hashes that a tree is made of.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

/// A hash of a leaf, of a node or of a whole tree: 32 bytes of SHA-256, written in standard base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// The text is not the standard base64 of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is the standard base64 of 32 bytes: 43 characters and \"=\"")]
pub struct HashError;

/// The root of the tree without leaves: SHA-256 of nothing (RFC 6962 section 2.1).
pub const EMPTY_ROOT: Hash = Hash(tlog_tiles::tlog::EMPTY_HASH.0);

/// The hash of a leaf: SHA-256 of a zero byte and the leaf's bytes (RFC 6962 section 2.1).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    tlog_tiles::tlog::record_hash(leaf).into()
}

/// The hash of a node: SHA-256 of a byte of 1 and both children's hashes (RFC 6962 section 2.1).
pub(super) fn node_hash(left: Hash, right: Hash) -> Hash {
    tlog_tiles::tlog::node_hash(left.into(), right.into()).into()
}

impl Hash {
    /// The hash of those bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Appends its text. A bundle has a million of them.
    pub(crate) fn write_to(&self, out: &mut String) {
        STANDARD.encode_string(self.0, out);
    }
}

impl FromStr for Hash {
    type Err = HashError;

    /// Reads exactly the one text that a hash has.
    fn from_str(text: &str) -> Result<Self, HashError> {
        // The decoder wants room for whole groups of three bytes.
        let mut bytes = [0; 33];
        let decoded = STANDARD.decode_slice(text, &mut bytes);
        match (decoded, bytes) {
            (Ok(32), [hash @ .., _]) => Ok(Self(hash)),
            (Ok(_) | Err(_), _) => Err(HashError),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Base64Display::new(&self.0, &STANDARD).fmt(f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<tlog_tiles::tlog::Hash> for Hash {
    fn from(hash: tlog_tiles::tlog::Hash) -> Self {
        Self(hash.0)
    }
}

impl From<Hash> for tlog_tiles::tlog::Hash {
    fn from(hash: Hash) -> Self {
        Self(hash.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_events::sha256::Sha256Hex;
    use proptest::prelude::*;

    #[test]
    fn leaves_and_nodes_are_hashed_apart_from_each_other() {
        let (left, right) = (leaf_hash(b"left"), leaf_hash(b"right"));
        assert_eq!(
            left.as_bytes(),
            Sha256Hex::of_parts([&[0][..], b"left"]).bytes()
        );
        assert_eq!(
            node_hash(left, right).as_bytes(),
            Sha256Hex::of_parts([&[1][..], left.as_bytes(), right.as_bytes()]).bytes()
        );
        assert_eq!(EMPTY_ROOT.as_bytes(), Sha256Hex::of(b"").bytes());
    }

    #[test]
    fn a_hash_has_one_text_and_nothing_else_is_read_as_one() {
        let text = EMPTY_ROOT.to_string();
        assert_eq!(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(text.parse(), Ok(EMPTY_ROOT));
        for other in [
            // No padding, twice the padding, set bits behind the last byte, the other alphabet,
            // a byte too many, white space.
            text.trim_end_matches('=').to_owned(),
            format!("{text}="),
            text.replace("FU=", "FV="),
            text.replace('+', "-"),
            text.replace("FU=", "FUA"),
            format!(" {text}"),
            text.replace('4', " "),
            text.repeat(2),
            String::new(),
        ] {
            assert_eq!(other.parse::<Hash>(), Err(HashError), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn a_hash_reads_back_as_it_was_written(bytes in any::<[u8; 32]>()) {
            let hash = Hash::from_bytes(bytes);
            prop_assert_eq!(hash.to_string().parse(), Ok(hash));
            prop_assert_eq!(hash.to_string().len(), 44);
        }
    }
}

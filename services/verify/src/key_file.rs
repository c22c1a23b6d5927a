//! The auditor's key file: which keys to believe. It comes from elsewhere than the bundle.

use netgain_events::identifier::LedgerId;

use crate::note::{KeyKind, KeyName, VerifierKey, VerifierKeyError};

/// The most keys a key file may have (docs/BUNDLE.md, *The key file*): as many as a note has
/// signatures.
pub const KEYS_MAX: usize = 16;

/// The most bytes a key file may have: sixteen keys, and pages of comment.
pub const KEY_FILE_BYTES_MAX: usize = 64 * 1024;

/// The keys an auditor believes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFile {
    keys: Vec<VerifierKey>,
    name: KeyName,
    ledger: LedgerId,
}

/// Why a key file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// It is larger than any key file.
    #[error("the key file has {bytes} bytes; it may have {KEY_FILE_BYTES_MAX}")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// It is not text.
    #[error("the key file is not UTF-8 text")]
    NotText,
    /// A line is no key.
    #[error("line {line} of the key file is not a public key")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        source: VerifierKeyError,
    },
    /// A key stands in it twice, or two keys could be taken for each other.
    #[error("line {line} of the key file has the name and id of a key before it; leave one out")]
    Twice {
        /// Its number, from 1.
        line: usize,
    },
    /// It has more keys than anyone needs.
    #[error("the key file has more than {KEYS_MAX} keys")]
    TooManyKeys,
    /// No key of a ledger is in it.
    #[error(
        "the key file has no key of a ledger (type 0x01); ask the ledger's keeper for its public key"
    )]
    NoLedgerKey,
    /// It has keys of several ledgers.
    #[error("the key file has keys of two names, {first} and {second}; take one ledger at a time")]
    TwoNames {
        /// The name of the first.
        first: KeyName,
        /// The name of the next other.
        second: KeyName,
    },
    /// The key is some log's, but not a ledger's.
    #[error("{name} is not the name of a ledger's key, which is netgain/ and 32 hex digits")]
    NotALedger {
        /// The key's name.
        name: KeyName,
    },
}

impl KeyFile {
    /// Reads a key file: one public key a line, as C2SP writes them. Blank lines and lines that
    /// begin with `#` are passed over, and so is white space around a key, which editors leave.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if bytes.len() > KEY_FILE_BYTES_MAX {
            return Err(KeyFileError::TooLarge { bytes: bytes.len() });
        }
        let text = std::str::from_utf8(bytes).map_err(|_| KeyFileError::NotText)?;
        let mut keys: Vec<VerifierKey> = Vec::new();
        for (line, text) in (1..).zip(text.split('\n')) {
            let text = text.trim_ascii();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let key: VerifierKey = text
                .parse()
                .map_err(|source| KeyFileError::Line { line, source })?;
            if keys.len() == KEYS_MAX {
                return Err(KeyFileError::TooManyKeys);
            }
            if keys.iter().any(|other| other.label() == key.label()) {
                return Err(KeyFileError::Twice { line });
            }
            keys.push(key);
        }
        Self::of(keys)
    }

    fn of(keys: Vec<VerifierKey>) -> Result<Self, KeyFileError> {
        let mut names = keys
            .iter()
            .filter(|key| key.kind() == KeyKind::Log)
            .map(VerifierKey::name);
        let name = names.next().ok_or(KeyFileError::NoLedgerKey)?.clone();
        if let Some(second) = names.find(|other| **other != name) {
            return Err(KeyFileError::TwoNames {
                first: name,
                second: second.clone(),
            });
        }
        match name.ledger() {
            Some(ledger) => Ok(Self { keys, name, ledger }),
            None => Err(KeyFileError::NotALedger { name }),
        }
    }

    /// Every key, in the order of the file.
    #[must_use]
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// The witnesses, each of which must have cosigned.
    pub fn witnesses(&self) -> impl Iterator<Item = &VerifierKey> {
        self.keys
            .iter()
            .filter(|key| key.kind() == KeyKind::Witness)
    }

    /// The name of the ledger's keys.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// The ledger they are of.
    #[must_use]
    pub const fn ledger(&self) -> &LedgerId {
        &self.ledger
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cosignature::CosigningKey;
    use crate::note::SigningKey;

    const NAME: &str = "netgain/0123456789abcdef0123456789abcdef";

    fn log(name: &str, number: u8) -> String {
        SigningKey::from_seed(name.parse().unwrap(), [number; 32])
            .verifier()
            .to_string()
    }

    fn witness(number: u8) -> String {
        let name = "witness.example".parse().unwrap();
        CosigningKey::from_seed(name, [number; 32])
            .verifier()
            .to_string()
    }

    fn parse(lines: &[&str]) -> Result<KeyFile, KeyFileError> {
        KeyFile::parse(lines.join("\n").as_bytes())
    }

    #[test]
    fn keys_are_read_past_comments_and_white_space() {
        let (old, new, witness) = (log(NAME, 1), log(NAME, 2), witness(3));
        let spaced = format!("  {new}\t\r");
        let file = parse(&["# a comment", "", &old, " # another\r", &spaced, &witness]).unwrap();
        assert_eq!(file.name().as_str(), NAME);
        assert_eq!(file.ledger().as_str(), &NAME["netgain/".len()..]);
        let keys: Vec<String> = file.keys().iter().map(VerifierKey::to_string).collect();
        assert_eq!(keys, [old, new, witness.clone()]);
        let witnesses: Vec<String> = file.witnesses().map(VerifierKey::to_string).collect();
        assert_eq!(witnesses, [witness]);
    }

    #[test]
    fn a_key_file_that_leaves_a_doubt_is_refused() {
        let (ours, other) = (
            log(NAME, 1),
            log("netgain/fedcba9876543210fedcba9876543210", 1),
        );
        assert_eq!(parse(&[]), Err(KeyFileError::NoLedgerKey));
        assert_eq!(parse(&[&witness(1)]), Err(KeyFileError::NoLedgerKey));
        assert_eq!(
            parse(&[&ours, &witness(1), &ours]),
            Err(KeyFileError::Twice { line: 3 })
        );
        assert_eq!(
            parse(&[&ours, &other]),
            Err(KeyFileError::TwoNames {
                first: NAME.parse().unwrap(),
                second: "netgain/fedcba9876543210fedcba9876543210".parse().unwrap(),
            })
        );
        let name = "example.com/log".parse().unwrap();
        assert_eq!(
            parse(&[&log("example.com/log", 1)]),
            Err(KeyFileError::NotALedger { name })
        );
        let source = VerifierKeyError::Form;
        assert_eq!(
            parse(&["", &format!("{ours} {ours}")]),
            Err(KeyFileError::Line { line: 2, source })
        );
        assert_eq!(KeyFile::parse(&[0xff]), Err(KeyFileError::NotText));
    }

    #[test]
    fn a_key_file_has_limits() {
        let witnesses: Vec<String> = (1..16).map(witness).collect();
        let text = format!("{}\n{}\n", log(NAME, 1), witnesses.join("\n"));
        assert_eq!(
            KeyFile::parse(text.as_bytes()).unwrap().keys().len(),
            KEYS_MAX
        );
        let more = format!("{text}{}\n", witness(16));
        assert_eq!(
            KeyFile::parse(more.as_bytes()),
            Err(KeyFileError::TooManyKeys)
        );
        let long = format!("{text}{}", "#".repeat(KEY_FILE_BYTES_MAX - text.len()));
        assert!(KeyFile::parse(long.as_bytes()).is_ok());
        let bytes = KEY_FILE_BYTES_MAX + 1;
        let longer = format!("{long}#");
        assert_eq!(
            KeyFile::parse(longer.as_bytes()),
            Err(KeyFileError::TooLarge { bytes })
        );
    }
}

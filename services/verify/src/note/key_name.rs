//! The names of keys.

use std::fmt;
use std::str::FromStr;

use netgain_events::identifier::LedgerId;

/// The most bytes a key's name may have: three times what a ledger's needs, and short enough for a
/// line.
pub const KEY_NAME_BYTES_MAX: usize = 200;

/// The name of a key: letters, digits, `.`, `_`, `/` and `-`. C2SP signed-note only forbids spaces
/// and `+`; what is let in here needs no escape anywhere and looks like nothing else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Box<str>);

/// The text is not a key's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key's name has 1 to {KEY_NAME_BYTES_MAX} of the characters A-Z a-z 0-9 . _ / -, like \"witness.example/w1\""
)]
pub struct KeyNameError;

impl KeyName {
    /// The name of a ledger's own key: `netgain/` and the ledger (docs/BUNDLE.md, *Names and
    /// logs*).
    #[must_use]
    pub fn of_ledger(ledger: &LedgerId) -> Self {
        Self(format!("{LEDGER_PREFIX}{ledger}").into())
    }

    /// The ledger whose own key has this name, if it is such a name.
    #[must_use]
    pub fn ledger(&self) -> Option<LedgerId> {
        self.0.strip_prefix(LEDGER_PREFIX)?.parse().ok()
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a ledger's names begin with.
const LEDGER_PREFIX: &str = "netgain/";

/// Whether a text has only the characters of names and origins, and at least one.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/' | b'-');
    !text.is_empty() && text.bytes().all(plain)
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(text: &str) -> Result<Self, KeyNameError> {
        if is_plain(text) && text.len() <= KEY_NAME_BYTES_MAX {
            Ok(Self(text.into()))
        } else {
            Err(KeyNameError)
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_taken_for_something_else_is_refused() {
        assert!("witness.example/w-1_A".parse::<KeyName>().is_ok());
        assert!("a".repeat(KEY_NAME_BYTES_MAX).parse::<KeyName>().is_ok());
        let long = "a".repeat(KEY_NAME_BYTES_MAX + 1);
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "é", "a:b", &long] {
            assert_eq!(name.parse::<KeyName>(), Err(KeyNameError), "{name:?}");
        }
    }

    #[test]
    fn the_name_of_a_ledgers_key_tells_the_ledger() {
        let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let name = KeyName::of_ledger(&ledger);
        assert_eq!(name.as_str(), "netgain/0123456789abcdef0123456789abcdef");
        assert_eq!(name.ledger(), Some(ledger));
        for other in ["netgain/0123", "other/0123456789abcdef0123456789abcdef"] {
            assert_eq!(other.parse::<KeyName>().unwrap().ledger(), None);
        }
    }
}

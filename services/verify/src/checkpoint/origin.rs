//! The names of logs.

use std::fmt;
use std::str::FromStr;

use netgain_events::identifier::{LedgerId, OrgId};

use crate::note::{KEY_NAME_BYTES_MAX, KeyName};

/// The most bytes an origin may have: a key's name, a slash and an organisation's code.
pub const ORIGIN_BYTES_MAX: usize = KEY_NAME_BYTES_MAX + 1 + OrgId::LENGTH_MAX;

/// Which log a checkpoint is of: letters, digits, `.`, `_`, `/` and `-` (docs/BUNDLE.md, *Names and
/// logs*). A line feed or a space in it would make one checkpoint read as another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(Box<str>);

/// The text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an origin has 1 to {ORIGIN_BYTES_MAX} of the characters A-Z a-z 0-9 . _ / -")]
pub struct OriginError;

impl Origin {
    /// The log of a ledger's registry: `netgain/` and the ledger, as its key is named.
    #[must_use]
    pub fn of_ledger(ledger: &LedgerId) -> Self {
        Self(KeyName::of_ledger(ledger).as_str().into())
    }

    /// The log of an organisation: its ledger's, a slash and its code.
    #[must_use]
    pub fn of_organisation(ledger: &LedgerId, org: &OrgId) -> Self {
        Self(format!("{}/{org}", KeyName::of_ledger(ledger)).into())
    }

    /// The origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a key of that name signs this log: the name is the origin, or what stands before one
    /// of its slashes. (C2SP tlog-checkpoint advises the first; one public key for all of a
    /// ledger's logs is docs/adr/0012.)
    #[must_use]
    pub fn is_of(&self, key: &KeyName) -> bool {
        match self.0.strip_prefix(key.as_str()) {
            Some(rest) => rest.is_empty() || rest.starts_with('/') && rest.len() > 1,
            None => false,
        }
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        if crate::note::is_plain(text) && text.len() <= ORIGIN_BYTES_MAX {
            Ok(Self(text.into()))
        } else {
            Err(OriginError)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

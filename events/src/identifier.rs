//! The registry of identifiers: each a checked text of its own type, so that one cannot stand
//! where another belongs (interface, *Identifiers and values*).

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;

use crate::text_form::serde_as_text;

/// The text does not have the identifier's form; `expected` says which form it should have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("use {expected}")]
pub struct IdentifierError {
    /// The form in words, with an example.
    pub expected: &'static str,
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident, $first:expr, $rest:expr, $min:literal..=$max:literal, $expected:literal $(, or $special:path)?;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(CompactString);

        impl $name {
            /// The most characters (all ASCII) it may have.
            pub const LENGTH_MAX: usize = $max;
            /// The form in words, for an error message.
            pub const EXPECTED: &'static str = $expected;

            /// The identifier as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdentifierError;

            fn from_str(text: &str) -> Result<Self, IdentifierError> {
                $(if text == $special {
                    return Ok(Self(CompactString::const_new($special)));
                })?
                let first: fn(u8) -> bool = $first;
                let rest: fn(u8) -> bool = $rest;
                match text.as_bytes() {
                    [head, tail @ ..]
                        if ($min..=$max).contains(&text.len()) && first(*head) && all(tail, rest) =>
                    {
                        Ok(Self(CompactString::new(text)))
                    }
                    _ => Err(IdentifierError { expected: $expected }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        serde_as_text!($name, $expected);
    )*};
}

/// Whether every byte is of that kind. Without a way out early this looks at several at once.
#[inline]
fn all(bytes: &[u8], kind: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(true, |all, &b| all & kind(b))
}

fn upper_or_digit(b: u8) -> bool {
    b.is_ascii_uppercase() || b.is_ascii_digit()
}

fn reference_mark(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')
}

identifiers! {
    /// A person or a service that acts: an opaque id, never a name. Two are the same actor if
    /// they are equal without regard to case: see [`Actor::is`].
    Actor, |b| b.is_ascii_alphanumeric(), |b| reference_mark(b) || b == b'@', 1..=64,
        "an id of up to 64 letters, digits, \".\", \"_\", \"@\" or \"-\", like \"j.smith@example.gov.uk\"";

    /// A challenge's reference, unique within its claim for ever.
    ChallengeId, |b| b.is_ascii_alphanumeric(), reference_mark, 1..=64,
        "a reference of up to 64 letters, digits, \".\", \"_\" or \"-\", like \"Q1\"";

    /// A claim's reference, unique within its organisation for ever, case-sensitive.
    ClaimId, |b| b.is_ascii_alphanumeric(), reference_mark, 1..=64,
        "a reference of up to 64 letters, digits, \".\", \"_\" or \"-\", like \"PROC-07\"";

    /// An offset's reference, unique within its claim for ever.
    OffsetId, |b| b.is_ascii_alphanumeric(), reference_mark, 1..=64,
        "a reference of up to 64 letters, digits, \".\", \"_\" or \"-\", like \"licence-2009\"";

    /// Whose history it is: an organisation's official code (ONS GSS, NHS ODS, school URN, police
    /// force …), or [`OrgId::SYSTEM`].
    OrgId, upper_or_digit, |b| upper_or_digit(b) || matches!(b, b'_' | b'-'), 1..=32,
        "the organisation's official code in capitals and digits, like \"E07000082\"",
        or OrgId::SYSTEM;

    /// A redeployment's reference, unique within its claim for ever.
    RedeploymentId, |b| b.is_ascii_alphanumeric(), reference_mark, 1..=64,
        "a reference of up to 64 letters, digits, \".\", \"_\" or \"-\", like \"R1\"";

    /// The reference of a token, unique in its ledger for ever. It is no secret: the secret is drawn
    /// elsewhere, and only its SHA-256 is recorded.
    TokenId, |b| b.is_ascii_alphanumeric(), reference_mark, 1..=64,
        "a reference of up to 64 letters, digits, \".\", \"_\" or \"-\", like \"payroll-feed-2026\"";

    /// The identity of a scheme that several organisations share.
    SchemeId, |b| b.is_ascii_alphanumeric(), reference_mark, 1..=64,
        "a reference of up to 64 letters, digits, \".\", \"_\" or \"-\", like \"SHARED-ICT\"";

    /// The key of a label on a claim.
    LabelKey, label_mark, label_mark, 1..=32,
        "a label key of up to 32 lower-case letters, digits or \"-\", like \"directorate\"";
}

fn label_mark(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
}

impl OrgId {
    /// The ledger's own history: its people, grants, tokens and keys (interface, *Commands*). No
    /// organisation's code begins so, and no command of an organisation may name it.
    pub const SYSTEM: &'static str = "_SYSTEM";

    /// The ledger's own history.
    #[must_use]
    pub fn system() -> Self {
        Self(CompactString::const_new(Self::SYSTEM))
    }

    /// Whether it is the ledger's own history, and no organisation's.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.as_str() == Self::SYSTEM
    }
}

impl Actor {
    /// Whether both are the same actor: compared without case (interface, *actor*).
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }

    /// The actor in lower case, to look others up by: two are the same actor if theirs are equal.
    #[must_use]
    pub fn without_case(&self) -> Self {
        let mut id = self.0.clone();
        id.make_ascii_lowercase();
        Self(id)
    }
}

/// The ledger's own identity: 32 lower-case hex digits, drawn once when it is made. It stands in every
/// event, so that an event cannot be passed off as another ledger's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerId([u8; 32]);

impl LedgerId {
    /// The form in words, for an error message.
    pub const EXPECTED: &'static str = "32 lower-case hex digits";

    /// The identity as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The constructor lets in ASCII only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for LedgerId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let digits = <[u8; 32]>::try_from(text.as_bytes());
        match digits {
            Ok(digits) if all(&digits, |b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) => {
                Ok(Self(digits))
            }
            Ok(_) | Err(_) => Err(IdentifierError {
                expected: Self::EXPECTED,
            }),
        }
    }
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

serde_as_text!(LedgerId, "32 lower-case hex digits");

/// The caller's idempotency key: 1 to 128 characters, none of them a control character, unique
/// per organisation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(CompactString);

impl CommandId {
    /// The most characters (Unicode code points) a key may have.
    pub const LENGTH_MAX: usize = 128;

    /// The key as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommandId {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let length = text.chars().count();
        if (1..=Self::LENGTH_MAX).contains(&length) && !text.chars().any(char::is_control) {
            Ok(Self(CompactString::new(text)))
        } else {
            Err(IdentifierError {
                expected: "a key of 1 to 128 characters, new for each command",
            })
        }
    }
}

serde_as_text!(CommandId, "a command id of 1 to 128 characters");

/// The place of an event in its organisation's history: 1, 2, 3 … without gaps.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(transparent)]
pub struct Position(u64);

impl Position {
    /// Before the first event: nothing is known.
    pub const ZERO: Self = Self(0);

    /// That place.
    #[must_use]
    pub const fn new(place: u64) -> Self {
        Self(place)
    }

    /// The place as a number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The place after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_code_is_capitals_and_digits() {
        for good in ["E07000082", "RXX", "0", "A_B-1"] {
            assert_eq!(good.parse::<OrgId>().unwrap().as_str(), good);
        }
        let system: OrgId = "_SYSTEM".parse().unwrap();
        assert!(system.is_system() && system == OrgId::system());
        for bad in [
            "",
            "E0.7",
            "e07",
            "_SYSTEM2",
            "_system",
            "-A",
            "E07000082 ",
            &"A".repeat(33),
        ] {
            assert!(bad.parse::<OrgId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_reference_is_case_sensitive_and_an_actor_is_not() {
        assert_ne!("A1".parse::<ClaimId>(), "a1".parse::<ClaimId>());
        let ann: Actor = "Ann@x".parse().unwrap();
        assert!(ann.is(&"aNN@X".parse().unwrap()));
        assert!(!ann.is(&"anne@x".parse().unwrap()));
        for bad in ["", ".a", "a b", "a/b", "é", &"a".repeat(65)] {
            assert!(bad.parse::<ClaimId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_command_id_counts_characters_and_not_bytes() {
        assert!("é".repeat(128).parse::<CommandId>().is_ok());
        assert!("é".repeat(129).parse::<CommandId>().is_err());
        assert!("".parse::<CommandId>().is_err());
        assert!("a\nb".parse::<CommandId>().is_err());
    }
}

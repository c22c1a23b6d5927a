//! API tokens: what a program shows instead of a person. The secret is shown once, when it is issued;
//! the log has its SHA-256.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use netgain_events::sha256::Sha256Hex;
use zeroize::Zeroizing;

use crate::secret::{self, NoRandomness, RANDOM_BYTES};

/// What every token begins with, so that scanners for leaked secrets know one when they see it.
pub const PREFIX: &str = "ngt_";

/// Bytes of the checksum at the end: CRC-32 (ISO 3309) of the random ones, big-endian.
const CHECKSUM_BYTES: usize = 4;

/// The characters of a token: the prefix and 36 bytes in base64url, which needs no padding for them.
pub const LENGTH: usize = PREFIX.len() + (RANDOM_BYTES + CHECKSUM_BYTES) / 3 * 4;

/// A token's secret: `ngt_`, and base64url (RFC 4648 section 5) of 32 random bytes and their checksum.
/// Displaying it shows it; whoever issues it does that once.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(Zeroizing<String>);

/// The text is not a token, whoever may have issued it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// It begins otherwise.
    #[error("a token begins with \"ngt_\"")]
    Prefix,
    /// It is too short or too long.
    #[error("a token has {LENGTH} characters; copy all of it and nothing else")]
    Length,
    /// It has other characters, or its checksum is not that of the rest.
    #[error("the token is mistyped: its checksum does not fit; copy it again")]
    Checksum,
}

impl TokenSecret {
    /// A new token, of 256 random bits.
    pub fn random() -> Result<Self, NoRandomness> {
        let random = secret::random_bytes()?;
        let checksum = crc32fast::hash(random.as_slice()).to_be_bytes();
        let bytes = Zeroizing::new([random.as_slice(), &checksum].concat());
        let mut text = Zeroizing::new(String::with_capacity(LENGTH));
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(bytes.as_slice(), &mut text);
        Ok(Self(text))
    }

    /// Reads what somebody shows. This says that it is a token, not that it was ever issued.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotAToken::Prefix)?;
        if text.len() != LENGTH {
            return Err(NotAToken::Length);
        }
        let mut bytes = Zeroizing::new([0; RANDOM_BYTES + CHECKSUM_BYTES]);
        URL_SAFE_NO_PAD
            .decode_slice(encoded, bytes.as_mut_slice())
            .map_err(|_| NotAToken::Checksum)?;
        match bytes.split_last_chunk::<CHECKSUM_BYTES>() {
            Some((random, checksum))
                if crc32fast::hash(random) == u32::from_be_bytes(*checksum) =>
            {
                Ok(Self(Zeroizing::new(text.to_owned())))
            }
            Some(_) | None => Err(NotAToken::Checksum),
        }
    }

    /// What is kept of it: the SHA-256 of the whole text. 256 random bits need no salt and no slow
    /// hash (docs/adr/0017).
    #[must_use]
    pub fn sha256(&self) -> Sha256Hex {
        Sha256Hex::of(self.0.as_bytes())
    }
}

impl fmt::Display for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 32 bytes of zeros; Python says
    /// `base64.urlsafe_b64encode(bytes(32) + zlib.crc32(bytes(32)).to_bytes(4))`.
    const ZEROS: &str = "ngt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAZClWt";

    #[test]
    fn a_token_reads_back_and_is_told_from_every_other() {
        let (one, two) = (
            TokenSecret::random().unwrap(),
            TokenSecret::random().unwrap(),
        );
        assert_ne!(one, two);
        let text = one.to_string();
        assert_eq!(text.len(), LENGTH);
        assert_eq!(TokenSecret::parse(&text), Ok(one.clone()));
        assert_eq!(one.sha256(), Sha256Hex::of(text.as_bytes()));
        assert!(!format!("{one:?}").contains(&text[PREFIX.len()..]));
    }

    #[test]
    fn the_form_is_the_one_that_scanners_are_told() {
        assert!(TokenSecret::parse(ZEROS).is_ok());
    }

    #[test]
    fn a_slip_of_one_character_anywhere_is_told() {
        for place in 0..LENGTH {
            let mut slipped = ZEROS.to_owned();
            let other = if &ZEROS[place..=place] == "B" {
                "C"
            } else {
                "B"
            };
            slipped.replace_range(place..=place, other);
            assert!(TokenSecret::parse(&slipped).is_err(), "{slipped}");
        }
    }

    #[test]
    fn what_is_no_token_says_why() {
        let cases = [
            ("", NotAToken::Prefix),
            ("Bearer ngt_", NotAToken::Prefix),
            ("NGT_", NotAToken::Prefix),
            ("ngt_", NotAToken::Length),
            (&ZEROS[..LENGTH - 1], NotAToken::Length),
            (&format!("{ZEROS} "), NotAToken::Length),
            (&ZEROS.replace('Z', "+"), NotAToken::Checksum),
            (&ZEROS.replace('Z', "="), NotAToken::Checksum),
        ];
        for (text, why) in cases {
            assert_eq!(TokenSecret::parse(text), Err(why), "{text:?}");
        }
    }
}

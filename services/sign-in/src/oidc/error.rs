//! Why nobody was signed in at a provider.

use crate::secret::NoRandomness;

/// Why nobody was signed in. The sentences are for a log: no secret, code or token is in them, and what
/// they repeat of a provider's answer has its control characters escaped and is short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// No answer, or none in time.
    #[error(
        "the provider {provider} cannot be asked for its {what}: {why}; check the network and its issuer"
    )]
    Unreachable {
        /// Which provider.
        provider: String,
        /// For what it was asked.
        what: &'static str,
        /// What happened.
        why: String,
    },
    /// The answer is not what it should be.
    #[error(
        "the provider {provider} gave a wrong answer for its {what}: {why}; check its issuer and its set-up"
    )]
    BadAnswer {
        /// Which provider.
        provider: String,
        /// For what it was asked.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The browser came back from elsewhere, or from an older attempt.
    #[error("the browser brought back another state than it was given; sign in again")]
    WrongState,
    /// What is pending is another provider's.
    #[error(
        "the sign-in that the browser came back from was begun at another provider; sign in again"
    )]
    OtherProvider,
    /// The provider does not accept the code, or this service.
    #[error(
        "the provider {provider} refused the code: {error}; sign in again, or check the client's \
         id, secret and redirect if this is so for everybody"
    )]
    Refused {
        /// Which provider.
        provider: String,
        /// Its error (RFC 6749 section 5.2), such as `invalid_grant`.
        error: String,
    },
    /// The ID token is missing or not to be believed.
    #[error("the ID token of the provider {provider} is not accepted: {why}")]
    IdToken {
        /// Which provider.
        provider: String,
        /// Why.
        why: String,
    },
    /// The ID token does not say who it is.
    #[error(
        "the ID token of the provider {provider} has no usable claim {claim:?}; check subject_claim"
    )]
    NoSubject {
        /// Which provider.
        provider: String,
        /// The claim that was looked for.
        claim: String,
    },
    /// No secret can be made.
    #[error("a sign-in cannot be begun")]
    NoRandomness(#[from] NoRandomness),
}

impl OidcError {
    /// A short code that does not change, for metrics and for the address of an error page.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "provider-unreachable",
            Self::BadAnswer { .. } => "provider-bad-answer",
            Self::WrongState => "wrong-state",
            Self::OtherProvider => "other-provider",
            Self::Refused { .. } => "provider-refused",
            Self::IdToken { .. } => "bad-id-token",
            Self::NoSubject { .. } => "no-subject",
            Self::NoRandomness(_) => "no-randomness",
        }
    }
}

/// How much of what a provider says is repeated.
const REPEATED_CHARACTERS_MAX: usize = 300;

/// What a provider says, made fit for a log line.
pub(super) fn repeated(said: &dyn std::fmt::Display) -> String {
    let said = said.to_string();
    said.chars()
        .flat_map(char::escape_debug)
        .take(REPEATED_CHARACTERS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_stays_on_one_short_line() {
        assert_eq!(repeated(&"a\nb"), "a\\nb");
        assert_eq!(repeated(&"x".repeat(1_000)).len(), REPEATED_CHARACTERS_MAX);
    }
}

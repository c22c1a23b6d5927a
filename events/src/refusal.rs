//! Refusals: the rules say no, and nothing is written.

use std::borrow::Cow;
use std::fmt;

macro_rules! refusal_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)*) => {
        /// Why a command is refused, in the order of precedence: of several reasons the first that
        /// applies is given. Codes are a promise and are never used again for another meaning.
        /// `docs/REFUSALS.md` lists each with its rule and an example.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode { $($(#[$doc])* $variant,)* }

        impl RefusalCode {
            /// Every code, in order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as it stands in answers.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

refusal_codes! {
    /// The caller's roles do not reach this command; over HTTP this comes first of all.
    NotAllowed = "not-allowed",
    /// The line is over [`crate::command::LINE_BYTES_MAX`], or the event it asks for would be.
    TooLarge = "too-large",
    /// Not one strict JSON object in UTF-8.
    BadJson = "bad-json",
    /// No `type`, or one that no command has.
    UnknownCommand = "unknown-command",
    /// A field is missing, unknown, of the wrong kind or not allowed here.
    BadField = "bad-field",
    /// A code or a reference does not have its form.
    BadIdentifier = "bad-identifier",
    /// Not an amount of money, or one outside the field's range.
    BadMoney = "bad-money",
    /// Not a financial year, or one the field does not take.
    BadYear = "bad-year",
    /// The command id was used before for something else.
    CommandIdReused = "command-id-reused",
    /// No organisation has that code.
    UnknownOrganisation = "unknown-organisation",
    /// The organisation is registered already.
    OrganisationExists = "organisation-exists",
    /// No claim has that reference.
    UnknownClaim = "unknown-claim",
    /// The claim's reference has been used.
    ClaimExists = "claim-exists",
    /// The claim was withdrawn.
    ClaimWithdrawn = "claim-withdrawn",
    /// No offset in force has that reference.
    UnknownOffset = "unknown-offset",
    /// The offset's reference has been used.
    OffsetExists = "offset-exists",
    /// No challenge has that reference.
    UnknownChallenge = "unknown-challenge",
    /// The challenge's reference has been used.
    ChallengeExists = "challenge-exists",
    /// The challenge was closed.
    ChallengeClosed = "challenge-closed",
    /// No redeployment in force has that reference.
    UnknownRedeployment = "unknown-redeployment",
    /// The redeployment's reference has been used.
    RedeploymentExists = "redeployment-exists",
    /// No carry-forward was declared.
    NoCarryForward = "no-carry-forward",
    /// No validation is in force.
    NotValidated = "not-validated",
    /// Nobody of that id is enrolled.
    UnknownPerson = "unknown-person",
    /// The person is enrolled already.
    PersonExists = "person-exists",
    /// The person was barred.
    PersonBarred = "person-barred",
    /// No such grant is in force.
    UnknownGrant = "unknown-grant",
    /// The very same grant is in force.
    GrantExists = "grant-exists",
    /// No token in force has that reference.
    UnknownToken = "unknown-token",
    /// The token's reference or its secret has been used.
    TokenExists = "token-exists",
    /// A value above zero stands before the year of impact.
    ProfileBeforeImpact = "profile-before-impact",
    /// A check of a year before the claim first accrues.
    CheckBeforeFirstAccrual = "check-before-first-accrual",
    /// A check says `sustained` or `reduced` before the year is over.
    CheckBeforeYearEnd = "check-before-year-end",
    /// The statement's time has not come.
    StatementTooEarly = "statement-too-early",
    /// The statement's time is over.
    StatementTooLate = "statement-too-late",
    /// Service accounts may not have that role.
    NotForServiceAccounts = "not-for-service-accounts",
    /// One more would be over the most there may be.
    TooMany = "too-many",
    /// The same person may not do both.
    SamePerson = "same-person",
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A command refused: nothing of it is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The stable code.
    pub code: RefusalCode,
    /// The offending field, where there is one.
    pub field: Option<Cow<'static, str>>,
    /// One English sentence: what is wrong and what to do.
    pub message: String,
}

impl Refusal {
    /// A refusal about a field.
    #[must_use]
    pub fn of_field(
        code: RefusalCode,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            field: Some(field.into()),
            message: message.into(),
        }
    }

    /// A refusal about no field in particular.
    #[must_use]
    pub fn whole(code: RefusalCode, message: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            message: message.into(),
        }
    }
}

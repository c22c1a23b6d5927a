//! What can be decided: one fact an event. A command proposes a fact; the decision records it or
//! refuses.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::access::{AccountKind, RoleGrant, Scope, TokenGrant};
use crate::authority::Role;
use crate::claim::{ClaimChanges, ClaimDetails};
use crate::financial_year::FinancialYear;
use crate::identifier::{Actor, ChallengeId, ClaimId, OffsetId, Position, RedeploymentId, TokenId};
use crate::money::Money;
use crate::rate::Uplift;
use crate::recorded_at::RecordedAt;
use crate::sha256::Sha256Hex;
use crate::text::{Line, Prose};
use crate::vocabulary::{
    ChallengeOutcome, Grade, OffsetKind, Outcome, Purpose, Quality, Sector, Series,
};

/// What an organisation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationDetails {
    /// Its name.
    pub name: Line,
    /// What kind of body it is, in the field's words: district, county, trust …
    pub kind: Line,
    /// Its sector.
    pub sector: Sector,
    /// Its region.
    pub region: Option<Line>,
}

/// The spending that percentages are of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The year of that spending; percentages use 2007/08.
    pub year: FinancialYear,
    /// Zero or more.
    pub amount: Money,
    /// Where the figure comes from.
    pub source: Option<Prose>,
}

/// An amount the organisation means to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The year to reach it in.
    pub year: FinancialYear,
    /// Cumulative, for that year; zero or more.
    pub amount: Money,
    /// The service it is for; the whole organisation where there is none.
    pub service: Option<Line>,
}

/// An investment or a running cost set against a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offset {
    /// Whether it falls once or every year.
    pub kind: OffsetKind,
    /// The year it falls in, or starts in.
    pub year: FinancialYear,
    /// Above zero; for a recurring one, of each year.
    pub amount: Money,
    /// Recurring only: the last year it falls in, not before `year`; for ever where there is none.
    pub until: Option<FinancialYear>,
    /// One-off only: over how many years it is spread, 1 to [`SPREAD_YEARS_MAX`]; 1 unless stated.
    pub spread_years: Option<u8>,
    /// Staff cost that would have been incurred in any event: shown, never deducted.
    pub incurred_anyway: bool,
    /// Who paid.
    pub funding: Option<Line>,
    /// What it is for.
    pub description: Option<Prose>,
}

/// The most years a one-off offset may be spread over: the longest life of what it buys.
pub const SPREAD_YEARS_MAX: u8 = 20;

/// What a person found when verifying, for one year, that a gain still exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was found.
    pub outcome: Outcome,
    /// The value that still exists; with `reduced` only.
    pub verified: Option<Money>,
    /// What became of the quality of output; always there unless the gain ceased.
    pub quality: Option<Quality>,
    /// The reading of the claim's quality measure.
    pub quality_reading: Option<Prose>,
}

/// What released money was used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeployment {
    /// In which year.
    pub year: FinancialYear,
    /// Above zero.
    pub amount: Money,
    /// For what.
    pub purpose: Purpose,
    /// More about it.
    pub description: Option<Prose>,
}

/// SR04 gains above the 7.5 % target that still continue (ruleset section 7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarryForward {
    /// The ongoing cashable gains of the 2007/08 backward look; zero or more.
    pub ongoing_cashable: Money,
    /// The 2004/05 baseline; zero or more.
    pub baseline_2004_05: Money,
    /// To 2008/09 prices; 1 unless stated.
    pub uplift: Option<Uplift>,
    /// Where the figures come from.
    pub source: Option<Prose>,
}

/// One basis of a published total, as its statement froze it. Amounts are texts with two decimals,
/// since sums are not limited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the ruleset's section 7 names each amount")]
pub struct StatedBasis {
    pub gross: SumText,
    pub recurring_costs: SumText,
    pub deleted: SumText,
    pub one_off_costs: SumText,
    pub carry_forward: SumText,
    pub net: SumText,
}

/// The text of a sum of money with two decimals, of any size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct SumText(Box<str>);

impl SumText {
    /// The text of a sum.
    #[must_use]
    pub fn of(sum: crate::money::Sum) -> Self {
        Self(sum.to_string().into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sum; nothing where it has more digits than any sum that was added up can have.
    #[must_use]
    pub fn sum(&self) -> Option<crate::money::Sum> {
        // Two decimals follow the point, always: without it the digits are pence.
        let pence: String = self.0.chars().filter(|&c| c != '.').collect();
        pence.parse().ok().map(crate::money::Sum::from_pence)
    }
}

/// The text is not a sum of money with two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sum of money has an optional minus, digits, and two decimals")]
pub struct SumTextError;

impl std::str::FromStr for SumText {
    type Err = SumTextError;

    fn from_str(text: &str) -> Result<Self, SumTextError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let ok = digits.split_once('.').is_some_and(|(pounds, pence)| {
            !pounds.is_empty()
                && pence.len() == 2
                && pounds
                    .bytes()
                    .chain(pence.bytes())
                    .all(|b| b.is_ascii_digit())
        });
        if ok {
            Ok(Self(text.into()))
        } else {
            Err(SumTextError)
        }
    }
}

impl<'de> Deserialize<'de> for SumText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::text_form::deserialize(deserializer, "a sum of money like \"1250.50\"")
    }
}

/// The figures a statement freezes. The shell computes them from the history up to
/// [`known_at`](Self::known_at) and hands them to the decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedFigures {
    /// The ruleset that made them.
    pub ruleset: Line,
    /// The position known at: the one before the statement's own.
    pub known_at: Position,
    /// All lines.
    pub claimed: StatedBasis,
    /// Validated lines: the headline is its net.
    pub validated: StatedBasis,
    /// Validated lines that someone else checked this year.
    pub assured: StatedBasis,
    /// SHA-256 of the totals document, as `netgain totals --json` prints it without its last line
    /// feed.
    pub totals_sha256: Sha256Hex,
}

/// A figure published for a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// For which year.
    pub year: FinancialYear,
    /// In which series.
    pub series: Series,
    /// 1, 2, 3 … within its year and series.
    pub number: u32,
    /// What it freezes.
    pub figures: StatedFigures,
}

/// A signing key and its successor, both as C2SP verifier keys: the public half only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRotation {
    /// The key that signed until now.
    pub from: Line,
    /// The key that signs from now on.
    pub to: Line,
    /// Until when checkpoints carry signatures by both, so that whoever knows only the old key has
    /// that long to be given the new one.
    pub both_until: RecordedAt,
}

/// What an event records.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are those of the command table, and named as there"
)]
pub enum Fact {
    /// An organisation joins the ledger.
    OrganisationRegistered(OrganisationDetails),
    /// The spending that percentages are of.
    BaselineSet(Baseline),
    /// An amount to reach.
    TargetSet(Target),
    /// One efficiency gain that the organisation says it makes.
    ClaimRegistered {
        claim: ClaimId,
        details: Box<ClaimDetails>,
    },
    /// A claim is corrected, with the reason.
    ClaimAmended {
        claim: ClaimId,
        reason: Prose,
        changes: Box<ClaimChanges>,
    },
    /// A second person stands behind a claim.
    ClaimValidated {
        claim: ClaimId,
        grade: Option<Grade>,
    },
    /// That ends.
    ValidationRevoked { claim: ClaimId, reason: Prose },
    /// The organisation takes a claim back, for ever.
    ClaimWithdrawn { claim: ClaimId, reason: Prose },
    /// An investment or a cost is set against a claim.
    OffsetRecorded {
        claim: ClaimId,
        offset: OffsetId,
        details: Box<Offset>,
    },
    /// It never was.
    OffsetCancelled {
        claim: ClaimId,
        offset: OffsetId,
        reason: Prose,
    },
    /// A person verified, for one year, whether a gain still exists.
    SustainmentChecked {
        claim: ClaimId,
        year: FinancialYear,
        check: Check,
    },
    /// Someone doubts a claim.
    ChallengeRaised {
        claim: ClaimId,
        challenge: ChallengeId,
        question: Prose,
        answer_by: Option<NaiveDate>,
    },
    /// The organisation answers; an answer given again replaces the earlier.
    ChallengeAnswered {
        claim: ClaimId,
        challenge: ChallengeId,
        answer: Prose,
    },
    /// The doubt is settled.
    ChallengeClosed {
        claim: ClaimId,
        challenge: ChallengeId,
        outcome: ChallengeOutcome,
    },
    /// What the released money was used for.
    RedeploymentRecorded {
        claim: ClaimId,
        redeployment: RedeploymentId,
        details: Redeployment,
    },
    /// It never was.
    RedeploymentCancelled {
        claim: ClaimId,
        redeployment: RedeploymentId,
        reason: Prose,
    },
    /// SR04 gains that still continue; a new declaration replaces the old one, its checks and its
    /// validation.
    CarryForwardDeclared(CarryForward),
    /// Someone other than its declarer stands behind it.
    CarryForwardValidated,
    /// What of it still exists; caps it from that year on.
    CarryForwardChecked {
        year: FinancialYear,
        verified: Money,
    },
    /// A figure is published and frozen.
    StatementIssued(Box<Statement>),
    /// A person or a service becomes known to the ledger. As all that follows, of the ledger's own
    /// history and never of an organisation's.
    PersonEnrolled { person: Actor, account: AccountKind },
    /// They may do nothing any more: every grant and token of theirs ends.
    PersonBarred { person: Actor, reason: Prose },
    /// Someone may act in a role.
    RoleGranted(Box<RoleGrant>),
    /// They may no longer.
    RoleRevoked {
        person: Actor,
        role: Role,
        of: Scope,
        reason: Prose,
    },
    /// A program may act in a person's place.
    TokenIssued {
        token: TokenId,
        details: Box<TokenGrant>,
    },
    /// It may no longer.
    TokenRevoked { token: TokenId, reason: Prose },
    /// The ledger's signing key is replaced.
    SigningKeyRotated(KeyRotation),
}

macro_rules! fact_names {
    ($($pattern:pat => $kind:ident, $command:literal, $event:literal;)*) => {
        /// What a fact is about, as its name in commands and in events.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "`Fact` says what each is")]
        pub enum FactKind { $($kind,)* }

        impl FactKind {
            /// Every kind, in the order of the command table.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The `type` of the command that asks for it.
            #[must_use]
            pub const fn command_type(self) -> &'static str {
                match self { $(Self::$kind => $command,)* }
            }

            /// The `type` of the event that records it. Frozen: it stands in stored bytes.
            #[must_use]
            pub const fn event_type(self) -> &'static str {
                match self { $(Self::$kind => $event,)* }
            }

            /// The kind a command of that `type` asks for.
            #[must_use]
            pub fn of_command(command_type: &str) -> Option<Self> {
                match command_type { $($command => Some(Self::$kind),)* _ => None }
            }

            /// The kind an event of that `type` records.
            #[must_use]
            pub fn of_event(event_type: &str) -> Option<Self> {
                match event_type { $($event => Some(Self::$kind),)* _ => None }
            }
        }

        impl Fact {
            /// What the fact is about.
            #[must_use]
            pub const fn kind(&self) -> FactKind {
                match self { $($pattern => FactKind::$kind,)* }
            }
        }
    };
}

fact_names! {
    Self::OrganisationRegistered(_) => OrganisationRegistered, "register-organisation", "organisation-registered";
    Self::BaselineSet(_) => BaselineSet, "set-baseline", "baseline-set";
    Self::TargetSet(_) => TargetSet, "set-target", "target-set";
    Self::ClaimRegistered { .. } => ClaimRegistered, "register-claim", "claim-registered";
    Self::ClaimAmended { .. } => ClaimAmended, "amend-claim", "claim-amended";
    Self::ClaimValidated { .. } => ClaimValidated, "validate-claim", "claim-validated";
    Self::ValidationRevoked { .. } => ValidationRevoked, "revoke-validation", "validation-revoked";
    Self::ClaimWithdrawn { .. } => ClaimWithdrawn, "withdraw-claim", "claim-withdrawn";
    Self::OffsetRecorded { .. } => OffsetRecorded, "record-offset", "offset-recorded";
    Self::OffsetCancelled { .. } => OffsetCancelled, "cancel-offset", "offset-cancelled";
    Self::SustainmentChecked { .. } => SustainmentChecked, "check-sustainment", "sustainment-checked";
    Self::ChallengeRaised { .. } => ChallengeRaised, "raise-challenge", "challenge-raised";
    Self::ChallengeAnswered { .. } => ChallengeAnswered, "answer-challenge", "challenge-answered";
    Self::ChallengeClosed { .. } => ChallengeClosed, "close-challenge", "challenge-closed";
    Self::RedeploymentRecorded { .. } => RedeploymentRecorded, "record-redeployment", "redeployment-recorded";
    Self::RedeploymentCancelled { .. } => RedeploymentCancelled, "cancel-redeployment", "redeployment-cancelled";
    Self::CarryForwardDeclared(_) => CarryForwardDeclared, "declare-carry-forward", "carry-forward-declared";
    Self::CarryForwardValidated => CarryForwardValidated, "validate-carry-forward", "carry-forward-validated";
    Self::CarryForwardChecked { .. } => CarryForwardChecked, "check-carry-forward", "carry-forward-checked";
    Self::StatementIssued(_) => StatementIssued, "issue-statement", "statement-issued";
    Self::PersonEnrolled { .. } => PersonEnrolled, "enrol-person", "person-enrolled";
    Self::PersonBarred { .. } => PersonBarred, "bar-person", "person-barred";
    Self::RoleGranted(_) => RoleGranted, "grant-role", "role-granted";
    Self::RoleRevoked { .. } => RoleRevoked, "revoke-role", "role-revoked";
    Self::TokenIssued { .. } => TokenIssued, "issue-token", "token-issued";
    Self::TokenRevoked { .. } => TokenRevoked, "revoke-token", "token-revoked";
    Self::SigningKeyRotated(_) => SigningKeyRotated, "rotate-signing-key", "signing-key-rotated";
}

impl FactKind {
    /// Whether it belongs to the ledger's own history, [`OrgId::SYSTEM`](crate::identifier::OrgId).
    #[must_use]
    pub const fn is_of_system(self) -> bool {
        matches!(
            self,
            Self::PersonEnrolled
                | Self::PersonBarred
                | Self::RoleGranted
                | Self::RoleRevoked
                | Self::TokenIssued
                | Self::TokenRevoked
                | Self::SigningKeyRotated
        )
    }

    /// Whether a command line may ask for it. A new signing key comes from a call of its own
    /// (`netgain keys rotate`), which makes the key.
    #[must_use]
    pub const fn has_command(self) -> bool {
        !matches!(self, Self::SigningKeyRotated)
    }
}

impl Fact {
    /// The claim it is about, where it is about one.
    #[must_use]
    pub fn claim(&self) -> Option<&ClaimId> {
        match self {
            Self::ClaimRegistered { claim, .. }
            | Self::ClaimAmended { claim, .. }
            | Self::ClaimValidated { claim, .. }
            | Self::ValidationRevoked { claim, .. }
            | Self::ClaimWithdrawn { claim, .. }
            | Self::OffsetRecorded { claim, .. }
            | Self::OffsetCancelled { claim, .. }
            | Self::SustainmentChecked { claim, .. }
            | Self::ChallengeRaised { claim, .. }
            | Self::ChallengeAnswered { claim, .. }
            | Self::ChallengeClosed { claim, .. }
            | Self::RedeploymentRecorded { claim, .. }
            | Self::RedeploymentCancelled { claim, .. } => Some(claim),
            Self::OrganisationRegistered(_)
            | Self::BaselineSet(_)
            | Self::TargetSet(_)
            | Self::CarryForwardDeclared(_)
            | Self::CarryForwardValidated
            | Self::CarryForwardChecked { .. }
            | Self::StatementIssued(_)
            | Self::PersonEnrolled { .. }
            | Self::PersonBarred { .. }
            | Self::RoleGranted(_)
            | Self::RoleRevoked { .. }
            | Self::TokenIssued { .. }
            | Self::TokenRevoked { .. }
            | Self::SigningKeyRotated(_) => None,
        }
    }
}

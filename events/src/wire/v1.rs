//! Schema 1: the frozen shape of each event type as it is read. Nothing here changes once released.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::claim::{Change, ClaimChanges, ClaimDetails, Labels, Profile, Scheme};
use crate::event::{Event, Evidence, RequestMark};
use crate::fact::{
    Baseline, CarryForward, Check, Fact, FactKind, Offset, OrganisationDetails, Redeployment,
    StatedBasis, StatedFigures, Statement, Target,
};
use crate::financial_year::FinancialYear;
use crate::identifier::{
    Actor, ChallengeId, ClaimId, CommandId, LedgerId, OffsetId, OrgId, Position, RedeploymentId,
};
use crate::money::Money;
use crate::rate::Uplift;
use crate::recorded_at::RecordedAt;
use crate::sha256::Sha256Hex;
use crate::text::{Line, Prose};
use crate::vocabulary::{
    Action, Approach, Auth, ChallengeOutcome, Function, Grade, Method, OffsetKind, Outcome,
    Purpose, Quality, Sector, Series, Source, Technique,
};

/// Reads a line of schema 1 and of that kind.
pub(super) fn decode(kind: FactKind, line: &[u8]) -> Result<Event, serde_json::Error> {
    // Checking the whole line once costs less than checking each of its strings.
    let line = std::str::from_utf8(line).map_err(serde::de::Error::custom)?;
    match kind {
        FactKind::OrganisationRegistered => OrganisationRegistered::read(line),
        FactKind::BaselineSet => BaselineSet::read(line),
        FactKind::TargetSet => TargetSet::read(line),
        FactKind::ClaimRegistered => ClaimRegistered::read(line),
        FactKind::ClaimAmended => ClaimAmended::read(line),
        FactKind::ClaimValidated => ClaimValidated::read(line),
        FactKind::ValidationRevoked => ValidationRevoked::read(line),
        FactKind::ClaimWithdrawn => ClaimWithdrawn::read(line),
        FactKind::OffsetRecorded => OffsetRecorded::read(line),
        FactKind::OffsetCancelled => OffsetCancelled::read(line),
        FactKind::SustainmentChecked => SustainmentChecked::read(line),
        FactKind::ChallengeRaised => ChallengeRaised::read(line),
        FactKind::ChallengeAnswered => ChallengeAnswered::read(line),
        FactKind::ChallengeClosed => ChallengeClosed::read(line),
        FactKind::RedeploymentRecorded => RedeploymentRecorded::read(line),
        FactKind::RedeploymentCancelled => RedeploymentCancelled::read(line),
        FactKind::CarryForwardDeclared => CarryForwardDeclared::read(line),
        FactKind::CarryForwardValidated => CarryForwardValidated::read(line),
        FactKind::CarryForwardChecked => CarryForwardChecked::read(line),
        FactKind::StatementIssued => StatementIssued::read(line),
    }
}

/// Declares the shape of each event type: what every event carries, and the type's own fields,
/// with how they become a fact.
macro_rules! events {
    ($($name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* } => $fact:expr;)*) => {$(
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct $name<'a> {
            #[serde(rename = "schema")]
            _schema: u32,
            #[serde(rename = "type")]
            _kind: &'a str,
            ledger: LedgerId,
            org: OrgId,
            position: Position,
            recorded_at: RecordedAt,
            actor: Actor,
            auth: Auth,
            command_id: Option<CommandId>,
            command_sha256: Option<Sha256Hex>,
            $($(#[$attribute])* $field: $type,)*
            note: Option<Prose>,
            #[serde(default)]
            evidence: Vec<Evidence>,
        }

        impl $name<'_> {
            fn read(line: &str) -> Result<Event, serde_json::Error> {
                let read: $name<'_> = serde_json::from_str(line)?;
                let request = request(read.command_id, read.command_sha256)?;
                $(let $field = read.$field;)*
                Ok(Event {
                    ledger: read.ledger,
                    org: read.org,
                    position: read.position,
                    recorded_at: read.recorded_at,
                    actor: read.actor,
                    auth: read.auth,
                    request,
                    fact: $fact,
                    note: read.note,
                    evidence: read.evidence,
                })
            }
        }
    )*};
}

fn request(
    command_id: Option<CommandId>,
    content: Option<Sha256Hex>,
) -> Result<Option<RequestMark>, serde_json::Error> {
    match (command_id, content) {
        (Some(command_id), Some(content)) => Ok(Some(RequestMark {
            command_id,
            content,
        })),
        (None, None) => Ok(None),
        _ => Err(serde::de::Error::custom(
            "a command id and its digest stand together",
        )),
    }
}

events! {
    OrganisationRegistered { name: Line, kind: Line, sector: Sector, region: Option<Line>, } =>
        Fact::OrganisationRegistered(OrganisationDetails { name, kind, sector, region });

    BaselineSet { year: FinancialYear, amount: Money, source: Option<Prose>, } =>
        Fact::BaselineSet(Baseline { year, amount, source });

    TargetSet { year: FinancialYear, amount: Money, service: Option<Line>, } =>
        Fact::TargetSet(Target { year, amount, service });

    ClaimRegistered {
        claim: ClaimId,
        title: Line,
        action: Action,
        impact_from: NaiveDate,
        profile: Profile,
        service: Option<Line>,
        function: Option<Function>,
        method: Option<Method>,
        technique: Option<Technique>,
        approach: Option<Approach>,
        source: Option<Source>,
        source_override: Option<Prose>,
        ongoing: Option<bool>,
        quality_measure: Option<Prose>,
        owner: Option<Line>,
        scheme: Option<Scheme>,
        review_by: Option<NaiveDate>,
        labels: Option<Labels>,
    } => Fact::ClaimRegistered {
        claim,
        details: Box::new(ClaimDetails {
            title, action, impact_from, profile, service, function, method, technique, approach,
            source, source_override, ongoing, quality_measure, owner, scheme, review_by, labels,
        }),
    };

    ClaimAmended {
        claim: ClaimId,
        reason: Prose,
        title: Option<Line>,
        action: Option<Action>,
        impact_from: Option<NaiveDate>,
        profile: Option<Profile>,
        #[serde(default)]
        service: Change<Line>,
        #[serde(default)]
        function: Change<Function>,
        #[serde(default)]
        method: Change<Method>,
        #[serde(default)]
        technique: Change<Technique>,
        #[serde(default)]
        approach: Change<Approach>,
        #[serde(default)]
        source: Change<Source>,
        #[serde(default)]
        source_override: Change<Prose>,
        #[serde(default)]
        ongoing: Change<bool>,
        #[serde(default)]
        quality_measure: Change<Prose>,
        #[serde(default)]
        owner: Change<Line>,
        #[serde(default)]
        scheme: Change<Scheme>,
        #[serde(default)]
        review_by: Change<NaiveDate>,
        #[serde(default)]
        labels: Change<Labels>,
    } => Fact::ClaimAmended {
        claim,
        reason,
        changes: Box::new(ClaimChanges {
            title, action, impact_from, profile, service, function, method, technique, approach,
            source, source_override, ongoing, quality_measure, owner, scheme, review_by, labels,
        }),
    };

    ClaimValidated { claim: ClaimId, grade: Option<Grade>, } =>
        Fact::ClaimValidated { claim, grade };

    ValidationRevoked { claim: ClaimId, reason: Prose, } =>
        Fact::ValidationRevoked { claim, reason };

    ClaimWithdrawn { claim: ClaimId, reason: Prose, } =>
        Fact::ClaimWithdrawn { claim, reason };

    OffsetRecorded {
        claim: ClaimId,
        offset: OffsetId,
        kind: OffsetKind,
        year: FinancialYear,
        amount: Money,
        until: Option<FinancialYear>,
        spread_years: Option<u8>,
        #[serde(default)]
        incurred_anyway: bool,
        funding: Option<Line>,
        description: Option<Prose>,
    } => Fact::OffsetRecorded {
        claim,
        offset,
        details: Box::new(Offset {
            kind, year, amount, until, spread_years, incurred_anyway, funding, description,
        }),
    };

    OffsetCancelled { claim: ClaimId, offset: OffsetId, reason: Prose, } =>
        Fact::OffsetCancelled { claim, offset, reason };

    SustainmentChecked {
        claim: ClaimId,
        year: FinancialYear,
        outcome: Outcome,
        verified: Option<Money>,
        quality: Option<Quality>,
        quality_reading: Option<Prose>,
    } => Fact::SustainmentChecked {
        claim,
        year,
        check: Check { outcome, verified, quality, quality_reading },
    };

    ChallengeRaised {
        claim: ClaimId,
        challenge: ChallengeId,
        question: Prose,
        answer_by: Option<NaiveDate>,
    } => Fact::ChallengeRaised { claim, challenge, question, answer_by };

    ChallengeAnswered { claim: ClaimId, challenge: ChallengeId, answer: Prose, } =>
        Fact::ChallengeAnswered { claim, challenge, answer };

    ChallengeClosed { claim: ClaimId, challenge: ChallengeId, outcome: ChallengeOutcome, } =>
        Fact::ChallengeClosed { claim, challenge, outcome };

    RedeploymentRecorded {
        claim: ClaimId,
        redeployment: RedeploymentId,
        year: FinancialYear,
        amount: Money,
        purpose: Purpose,
        description: Option<Prose>,
    } => Fact::RedeploymentRecorded {
        claim,
        redeployment,
        details: Redeployment { year, amount, purpose, description },
    };

    RedeploymentCancelled { claim: ClaimId, redeployment: RedeploymentId, reason: Prose, } =>
        Fact::RedeploymentCancelled { claim, redeployment, reason };

    CarryForwardDeclared {
        ongoing_cashable: Money,
        baseline_2004_05: Money,
        uplift: Option<Uplift>,
        source: Option<Prose>,
    } => Fact::CarryForwardDeclared(CarryForward {
        ongoing_cashable, baseline_2004_05, uplift, source,
    });

    CarryForwardValidated {} => Fact::CarryForwardValidated;

    CarryForwardChecked { year: FinancialYear, verified: Money, } =>
        Fact::CarryForwardChecked { year, verified };

    StatementIssued {
        year: FinancialYear,
        series: Series,
        number: u32,
        ruleset: Line,
        known_at: Position,
        claimed: StatedBasis,
        validated: StatedBasis,
        assured: StatedBasis,
        totals_sha256: Sha256Hex,
    } => Fact::StatementIssued(Box::new(Statement {
        year,
        series,
        number,
        figures: StatedFigures { ruleset, known_at, claimed, validated, assured, totals_sha256 },
    }));
}

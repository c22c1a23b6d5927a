//! Schema 1: the frozen shape of each event type as it is read, field after field in the order that
//! `writer` writes. Nothing here changes once released.

use crate::access::{RoleGrant, TokenGrant};
use crate::claim::{Change, ClaimChanges, ClaimDetails};
use crate::event::{Event, RequestMark};
use crate::fact::{
    Baseline, CarryForward, Check, Fact, FactKind, KeyRotation, Offset, OrganisationDetails,
    Redeployment, StatedFigures, Statement, Target,
};
use crate::wire::DecodeError;
use crate::wire::envelope::Envelope;
use crate::wire::value::{Unread, Value, key};

/// Reads an event's own fields, from the comma or the closing brace behind the envelope on.
pub(super) fn decode(envelope: Envelope, own: &str) -> Result<Event, DecodeError> {
    let mut unread = Unread(own);
    read(envelope, &mut unread).ok_or_else(|| DecodeError::Fields {
        at: unread.0.chars().take(64).collect(),
    })
}

fn read(envelope: Envelope, f: &mut Unread<'_>) -> Option<Event> {
    let request = match f.optional(key!("command_id"))? {
        None => None,
        Some(command_id) => {
            let content = f.field(key!("command_sha256"))?;
            Some(RequestMark {
                command_id,
                content,
            })
        }
    };
    let fact = fact(envelope.kind, f)?;
    let note = f.optional(key!("note"))?;
    let evidence = f.optional(key!("evidence"))?.unwrap_or_default();
    f.skip("}")?;
    f.0.is_empty().then_some(Event {
        ledger: envelope.ledger,
        org: envelope.org,
        position: envelope.position,
        recorded_at: envelope.recorded_at,
        actor: envelope.actor,
        auth: envelope.auth,
        request,
        fact,
        note,
        evidence,
    })
}

#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each fact, in the table's order"
)]
fn fact(kind: FactKind, f: &mut Unread<'_>) -> Option<Fact> {
    // A struct's fields are read in the order they are written in here.
    Some(match kind {
        FactKind::OrganisationRegistered => Fact::OrganisationRegistered(OrganisationDetails {
            name: f.field(key!("name"))?,
            kind: f.field(key!("kind"))?,
            sector: f.field(key!("sector"))?,
            region: f.optional(key!("region"))?,
        }),
        FactKind::BaselineSet => Fact::BaselineSet(Baseline {
            year: f.field(key!("year"))?,
            amount: f.field(key!("amount"))?,
            source: f.optional(key!("source"))?,
        }),
        FactKind::TargetSet => Fact::TargetSet(Target {
            year: f.field(key!("year"))?,
            amount: f.field(key!("amount"))?,
            service: f.optional(key!("service"))?,
        }),
        FactKind::ClaimRegistered => Fact::ClaimRegistered {
            claim: f.field(key!("claim"))?,
            details: Box::new(details(f)?),
        },
        FactKind::ClaimAmended => Fact::ClaimAmended {
            claim: f.field(key!("claim"))?,
            reason: f.field(key!("reason"))?,
            changes: Box::new(changes(f)?),
        },
        FactKind::ClaimValidated => Fact::ClaimValidated {
            claim: f.field(key!("claim"))?,
            grade: f.optional(key!("grade"))?,
        },
        FactKind::ValidationRevoked => Fact::ValidationRevoked {
            claim: f.field(key!("claim"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::ClaimWithdrawn => Fact::ClaimWithdrawn {
            claim: f.field(key!("claim"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::OffsetRecorded => Fact::OffsetRecorded {
            claim: f.field(key!("claim"))?,
            offset: f.field(key!("offset"))?,
            details: Box::new(Offset {
                kind: f.field(key!("kind"))?,
                year: f.field(key!("year"))?,
                amount: f.field(key!("amount"))?,
                until: f.optional(key!("until"))?,
                spread_years: f.optional(key!("spread_years"))?,
                incurred_anyway: incurred_anyway(f)?,
                funding: f.optional(key!("funding"))?,
                description: f.optional(key!("description"))?,
            }),
        },
        FactKind::OffsetCancelled => Fact::OffsetCancelled {
            claim: f.field(key!("claim"))?,
            offset: f.field(key!("offset"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::SustainmentChecked => Fact::SustainmentChecked {
            claim: f.field(key!("claim"))?,
            year: f.field(key!("year"))?,
            check: Check {
                outcome: f.field(key!("outcome"))?,
                verified: f.optional(key!("verified"))?,
                quality: f.optional(key!("quality"))?,
                quality_reading: f.optional(key!("quality_reading"))?,
            },
        },
        FactKind::ChallengeRaised => Fact::ChallengeRaised {
            claim: f.field(key!("claim"))?,
            challenge: f.field(key!("challenge"))?,
            question: f.field(key!("question"))?,
            answer_by: f.optional(key!("answer_by"))?,
        },
        FactKind::ChallengeAnswered => Fact::ChallengeAnswered {
            claim: f.field(key!("claim"))?,
            challenge: f.field(key!("challenge"))?,
            answer: f.field(key!("answer"))?,
        },
        FactKind::ChallengeClosed => Fact::ChallengeClosed {
            claim: f.field(key!("claim"))?,
            challenge: f.field(key!("challenge"))?,
            outcome: f.field(key!("outcome"))?,
        },
        FactKind::RedeploymentRecorded => Fact::RedeploymentRecorded {
            claim: f.field(key!("claim"))?,
            redeployment: f.field(key!("redeployment"))?,
            details: Redeployment {
                year: f.field(key!("year"))?,
                amount: f.field(key!("amount"))?,
                purpose: f.field(key!("purpose"))?,
                description: f.optional(key!("description"))?,
            },
        },
        FactKind::RedeploymentCancelled => Fact::RedeploymentCancelled {
            claim: f.field(key!("claim"))?,
            redeployment: f.field(key!("redeployment"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::CarryForwardDeclared => Fact::CarryForwardDeclared(CarryForward {
            ongoing_cashable: f.field(key!("ongoing_cashable"))?,
            baseline_2004_05: f.field(key!("baseline_2004_05"))?,
            uplift: f.optional(key!("uplift"))?,
            source: f.optional(key!("source"))?,
        }),
        FactKind::CarryForwardValidated => Fact::CarryForwardValidated,
        FactKind::CarryForwardChecked => Fact::CarryForwardChecked {
            year: f.field(key!("year"))?,
            verified: f.field(key!("verified"))?,
        },
        FactKind::StatementIssued => Fact::StatementIssued(Box::new(statement(f)?)),
        FactKind::PersonEnrolled => Fact::PersonEnrolled {
            person: f.field(key!("person"))?,
            account: f.field(key!("account"))?,
        },
        FactKind::PersonBarred => Fact::PersonBarred {
            person: f.field(key!("person"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::RoleGranted => Fact::RoleGranted(Box::new(RoleGrant {
            person: f.field(key!("person"))?,
            role: f.field(key!("role"))?,
            of: f.field(key!("of"))?,
            until: f.optional(key!("until"))?,
        })),
        FactKind::RoleRevoked => Fact::RoleRevoked {
            person: f.field(key!("person"))?,
            role: f.field(key!("role"))?,
            of: f.field(key!("of"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::TokenIssued => Fact::TokenIssued {
            token: f.field(key!("token"))?,
            details: Box::new(TokenGrant {
                person: f.field(key!("person"))?,
                sha256: f.field(key!("sha256"))?,
                of: f.field(key!("of"))?,
                roles: f.field(key!("roles"))?,
                until: f.field(key!("until"))?,
            }),
        },
        FactKind::TokenRevoked => Fact::TokenRevoked {
            token: f.field(key!("token"))?,
            reason: f.field(key!("reason"))?,
        },
        FactKind::SigningKeyRotated => Fact::SigningKeyRotated(KeyRotation {
            from: f.field(key!("from"))?,
            to: f.field(key!("to"))?,
            both_until: f.field(key!("both_until"))?,
        }),
    })
}

/// Written only where it is true.
fn incurred_anyway(f: &mut Unread<'_>) -> Option<bool> {
    match f.optional(key!("incurred_anyway"))? {
        None => Some(false),
        Some(true) => Some(true),
        Some(false) => None,
    }
}

fn details(f: &mut Unread<'_>) -> Option<ClaimDetails> {
    Some(ClaimDetails {
        title: f.field(key!("title"))?,
        action: f.field(key!("action"))?,
        impact_from: f.field(key!("impact_from"))?,
        profile: f.field(key!("profile"))?,
        service: f.optional(key!("service"))?,
        function: f.optional(key!("function"))?,
        method: f.optional(key!("method"))?,
        technique: f.optional(key!("technique"))?,
        approach: f.optional(key!("approach"))?,
        source: f.optional(key!("source"))?,
        source_override: f.optional(key!("source_override"))?,
        ongoing: f.optional(key!("ongoing"))?,
        quality_measure: f.optional(key!("quality_measure"))?,
        owner: f.optional(key!("owner"))?,
        scheme: f.optional(key!("scheme"))?,
        review_by: f.optional(key!("review_by"))?,
        labels: f.optional(key!("labels"))?,
    })
}

fn changes(f: &mut Unread<'_>) -> Option<ClaimChanges> {
    Some(ClaimChanges {
        title: f.optional(key!("title"))?,
        action: f.optional(key!("action"))?,
        impact_from: f.optional(key!("impact_from"))?,
        profile: f.optional(key!("profile"))?,
        service: change(f, key!("service"))?,
        function: change(f, key!("function"))?,
        method: change(f, key!("method"))?,
        technique: change(f, key!("technique"))?,
        approach: change(f, key!("approach"))?,
        source: change(f, key!("source"))?,
        source_override: change(f, key!("source_override"))?,
        ongoing: change(f, key!("ongoing"))?,
        quality_measure: change(f, key!("quality_measure"))?,
        owner: change(f, key!("owner"))?,
        scheme: change(f, key!("scheme"))?,
        review_by: change(f, key!("review_by"))?,
        labels: change(f, key!("labels"))?,
    })
}

/// A field of an amendment, where `null` clears.
#[inline]
fn change<T: Value>(f: &mut Unread<'_>, key: &'static str) -> Option<Change<T>> {
    match f.skip(key) {
        None => Some(Change::Keep),
        Some(()) => match f.skip("null") {
            Some(()) => Some(Change::Clear),
            None => T::take(f).map(Change::Set),
        },
    }
}

fn statement(f: &mut Unread<'_>) -> Option<Statement> {
    Some(Statement {
        year: f.field(key!("year"))?,
        series: f.field(key!("series"))?,
        number: f.field(key!("number"))?,
        figures: StatedFigures {
            ruleset: f.field(key!("ruleset"))?,
            known_at: f.field(key!("known_at"))?,
            claimed: f.field(key!("claimed"))?,
            validated: f.field(key!("validated"))?,
            assured: f.field(key!("assured"))?,
            totals_sha256: f.field(key!("totals_sha256"))?,
        },
    })
}

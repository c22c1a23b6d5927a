//! Schema 1: the frozen shape of each event type as it is read, field after field in the order that
//! `writer` writes. Nothing here changes once released.

use crate::claim::{Change, ClaimChanges, ClaimDetails};
use crate::event::{Event, RequestMark};
use crate::fact::{
    Baseline, CarryForward, Check, Fact, FactKind, Offset, OrganisationDetails, Redeployment,
    StatedFigures, Statement, Target,
};
use crate::wire::DecodeError;
use crate::wire::envelope::Envelope;
use crate::wire::value::{Unread, Value};

/// Reads an event's own fields, from the comma or the closing brace behind the envelope on.
pub(super) fn decode(envelope: Envelope, own: &str) -> Result<Event, DecodeError> {
    let mut unread = Unread(own);
    read(envelope, &mut unread).ok_or_else(|| DecodeError::Fields {
        at: unread.0.chars().take(64).collect(),
    })
}

fn read(envelope: Envelope, f: &mut Unread<'_>) -> Option<Event> {
    let request = match f.optional("command_id")? {
        None => None,
        Some(command_id) => {
            let content = f.field("command_sha256")?;
            Some(RequestMark {
                command_id,
                content,
            })
        }
    };
    let fact = fact(envelope.kind, f)?;
    let note = f.optional("note")?;
    let evidence = f.optional("evidence")?.unwrap_or_default();
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
            name: f.field("name")?,
            kind: f.field("kind")?,
            sector: f.field("sector")?,
            region: f.optional("region")?,
        }),
        FactKind::BaselineSet => Fact::BaselineSet(Baseline {
            year: f.field("year")?,
            amount: f.field("amount")?,
            source: f.optional("source")?,
        }),
        FactKind::TargetSet => Fact::TargetSet(Target {
            year: f.field("year")?,
            amount: f.field("amount")?,
            service: f.optional("service")?,
        }),
        FactKind::ClaimRegistered => Fact::ClaimRegistered {
            claim: f.field("claim")?,
            details: Box::new(details(f)?),
        },
        FactKind::ClaimAmended => Fact::ClaimAmended {
            claim: f.field("claim")?,
            reason: f.field("reason")?,
            changes: Box::new(changes(f)?),
        },
        FactKind::ClaimValidated => Fact::ClaimValidated {
            claim: f.field("claim")?,
            grade: f.optional("grade")?,
        },
        FactKind::ValidationRevoked => Fact::ValidationRevoked {
            claim: f.field("claim")?,
            reason: f.field("reason")?,
        },
        FactKind::ClaimWithdrawn => Fact::ClaimWithdrawn {
            claim: f.field("claim")?,
            reason: f.field("reason")?,
        },
        FactKind::OffsetRecorded => Fact::OffsetRecorded {
            claim: f.field("claim")?,
            offset: f.field("offset")?,
            details: Box::new(Offset {
                kind: f.field("kind")?,
                year: f.field("year")?,
                amount: f.field("amount")?,
                until: f.optional("until")?,
                spread_years: f.optional("spread_years")?,
                incurred_anyway: f.optional("incurred_anyway")?.unwrap_or(false),
                funding: f.optional("funding")?,
                description: f.optional("description")?,
            }),
        },
        FactKind::OffsetCancelled => Fact::OffsetCancelled {
            claim: f.field("claim")?,
            offset: f.field("offset")?,
            reason: f.field("reason")?,
        },
        FactKind::SustainmentChecked => Fact::SustainmentChecked {
            claim: f.field("claim")?,
            year: f.field("year")?,
            check: Check {
                outcome: f.field("outcome")?,
                verified: f.optional("verified")?,
                quality: f.optional("quality")?,
                quality_reading: f.optional("quality_reading")?,
            },
        },
        FactKind::ChallengeRaised => Fact::ChallengeRaised {
            claim: f.field("claim")?,
            challenge: f.field("challenge")?,
            question: f.field("question")?,
            answer_by: f.optional("answer_by")?,
        },
        FactKind::ChallengeAnswered => Fact::ChallengeAnswered {
            claim: f.field("claim")?,
            challenge: f.field("challenge")?,
            answer: f.field("answer")?,
        },
        FactKind::ChallengeClosed => Fact::ChallengeClosed {
            claim: f.field("claim")?,
            challenge: f.field("challenge")?,
            outcome: f.field("outcome")?,
        },
        FactKind::RedeploymentRecorded => Fact::RedeploymentRecorded {
            claim: f.field("claim")?,
            redeployment: f.field("redeployment")?,
            details: Redeployment {
                year: f.field("year")?,
                amount: f.field("amount")?,
                purpose: f.field("purpose")?,
                description: f.optional("description")?,
            },
        },
        FactKind::RedeploymentCancelled => Fact::RedeploymentCancelled {
            claim: f.field("claim")?,
            redeployment: f.field("redeployment")?,
            reason: f.field("reason")?,
        },
        FactKind::CarryForwardDeclared => Fact::CarryForwardDeclared(CarryForward {
            ongoing_cashable: f.field("ongoing_cashable")?,
            baseline_2004_05: f.field("baseline_2004_05")?,
            uplift: f.optional("uplift")?,
            source: f.optional("source")?,
        }),
        FactKind::CarryForwardValidated => Fact::CarryForwardValidated,
        FactKind::CarryForwardChecked => Fact::CarryForwardChecked {
            year: f.field("year")?,
            verified: f.field("verified")?,
        },
        FactKind::StatementIssued => Fact::StatementIssued(Box::new(statement(f)?)),
    })
}

fn details(f: &mut Unread<'_>) -> Option<ClaimDetails> {
    Some(ClaimDetails {
        title: f.field("title")?,
        action: f.field("action")?,
        impact_from: f.field("impact_from")?,
        profile: f.field("profile")?,
        service: f.optional("service")?,
        function: f.optional("function")?,
        method: f.optional("method")?,
        technique: f.optional("technique")?,
        approach: f.optional("approach")?,
        source: f.optional("source")?,
        source_override: f.optional("source_override")?,
        ongoing: f.optional("ongoing")?,
        quality_measure: f.optional("quality_measure")?,
        owner: f.optional("owner")?,
        scheme: f.optional("scheme")?,
        review_by: f.optional("review_by")?,
        labels: f.optional("labels")?,
    })
}

fn changes(f: &mut Unread<'_>) -> Option<ClaimChanges> {
    Some(ClaimChanges {
        title: f.optional("title")?,
        action: f.optional("action")?,
        impact_from: f.optional("impact_from")?,
        profile: f.optional("profile")?,
        service: change(f, "service")?,
        function: change(f, "function")?,
        method: change(f, "method")?,
        technique: change(f, "technique")?,
        approach: change(f, "approach")?,
        source: change(f, "source")?,
        source_override: change(f, "source_override")?,
        ongoing: change(f, "ongoing")?,
        quality_measure: change(f, "quality_measure")?,
        owner: change(f, "owner")?,
        scheme: change(f, "scheme")?,
        review_by: change(f, "review_by")?,
        labels: change(f, "labels")?,
    })
}

/// A field of an amendment, where `null` clears.
fn change<T: Value>(f: &mut Unread<'_>, key: &str) -> Option<Change<T>> {
    match f.key(key) {
        None => Some(Change::Keep),
        Some(()) => match f.skip("null") {
            Some(()) => Some(Change::Clear),
            None => T::take(f).map(Change::Set),
        },
    }
}

fn statement(f: &mut Unread<'_>) -> Option<Statement> {
    Some(Statement {
        year: f.field("year")?,
        series: f.field("series")?,
        number: f.field("number")?,
        figures: StatedFigures {
            ruleset: f.field("ruleset")?,
            known_at: f.field("known_at")?,
            claimed: f.field("claimed")?,
            validated: f.field("validated")?,
            assured: f.field("assured")?,
            totals_sha256: f.field("totals_sha256")?,
        },
    })
}

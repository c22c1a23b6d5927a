//! Writing an event's line. By hand, so that the order of the keys is read off the page and a
//! million events a few seconds cost no copies; `v1` reads what is written here, and the golden
//! bytes hold both.

use crate::claim::{ClaimChanges, ClaimDetails};
use crate::event::Event;
use crate::fact::{Fact, Statement};
use crate::wire::SCHEMA_VERSION;
use crate::wire::object::{Object, key};

/// Appends the event's line, without a line feed.
pub(super) fn write(event: &Event, out: &mut Vec<u8>) {
    let mut object = Object::open(out);
    object.field(key!("schema"), &SCHEMA_VERSION);
    object.field(key!("type"), &event.fact.kind().event_type());
    object.field(key!("ledger"), &event.ledger);
    object.field(key!("org"), &event.org);
    object.field(key!("position"), &event.position.get());
    object.field(key!("recorded_at"), &event.recorded_at);
    object.field(key!("actor"), &event.actor);
    object.field(key!("auth"), &event.auth);
    if let Some(request) = &event.request {
        object.field(key!("command_id"), &request.command_id);
        object.field(key!("command_sha256"), &request.content);
    }
    write_fact(&event.fact, &mut object);
    object.optional(key!("note"), event.note.as_ref());
    object.optional(
        key!("evidence"),
        Some(&event.evidence).filter(|evidence| !evidence.is_empty()),
    );
    object.close();
}

#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each fact, in the table's order"
)]
fn write_fact(fact: &Fact, object: &mut Object<'_>) {
    match fact {
        Fact::OrganisationRegistered(details) => {
            object.field(key!("name"), &details.name);
            object.field(key!("kind"), &details.kind);
            object.field(key!("sector"), &details.sector);
            object.optional(key!("region"), details.region.as_ref());
        }
        Fact::BaselineSet(baseline) => {
            object.field(key!("year"), &baseline.year);
            object.field(key!("amount"), &baseline.amount);
            object.optional(key!("source"), baseline.source.as_ref());
        }
        Fact::TargetSet(target) => {
            object.field(key!("year"), &target.year);
            object.field(key!("amount"), &target.amount);
            object.optional(key!("service"), target.service.as_ref());
        }
        Fact::ClaimRegistered { claim, details } => {
            object.field(key!("claim"), claim);
            write_details(details, object);
        }
        Fact::ClaimAmended {
            claim,
            reason,
            changes,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("reason"), reason);
            write_changes(changes, object);
        }
        Fact::ClaimValidated { claim, grade } => {
            object.field(key!("claim"), claim);
            object.optional(key!("grade"), grade.as_ref());
        }
        Fact::ValidationRevoked { claim, reason } | Fact::ClaimWithdrawn { claim, reason } => {
            object.field(key!("claim"), claim);
            object.field(key!("reason"), reason);
        }
        Fact::OffsetRecorded {
            claim,
            offset,
            details,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("offset"), offset);
            object.field(key!("kind"), &details.kind);
            object.field(key!("year"), &details.year);
            object.field(key!("amount"), &details.amount);
            object.optional(key!("until"), details.until.as_ref());
            object.optional(key!("spread_years"), details.spread_years.as_ref());
            object.optional(
                key!("incurred_anyway"),
                Some(&true).filter(|_| details.incurred_anyway),
            );
            object.optional(key!("funding"), details.funding.as_ref());
            object.optional(key!("description"), details.description.as_ref());
        }
        Fact::OffsetCancelled {
            claim,
            offset,
            reason,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("offset"), offset);
            object.field(key!("reason"), reason);
        }
        Fact::SustainmentChecked { claim, year, check } => {
            object.field(key!("claim"), claim);
            object.field(key!("year"), year);
            object.field(key!("outcome"), &check.outcome);
            object.optional(key!("verified"), check.verified.as_ref());
            object.optional(key!("quality"), check.quality.as_ref());
            object.optional(key!("quality_reading"), check.quality_reading.as_ref());
        }
        Fact::ChallengeRaised {
            claim,
            challenge,
            question,
            answer_by,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("challenge"), challenge);
            object.field(key!("question"), question);
            object.optional(key!("answer_by"), answer_by.as_ref());
        }
        Fact::ChallengeAnswered {
            claim,
            challenge,
            answer,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("challenge"), challenge);
            object.field(key!("answer"), answer);
        }
        Fact::ChallengeClosed {
            claim,
            challenge,
            outcome,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("challenge"), challenge);
            object.field(key!("outcome"), outcome);
        }
        Fact::RedeploymentRecorded {
            claim,
            redeployment,
            details,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("redeployment"), redeployment);
            object.field(key!("year"), &details.year);
            object.field(key!("amount"), &details.amount);
            object.field(key!("purpose"), &details.purpose);
            object.optional(key!("description"), details.description.as_ref());
        }
        Fact::RedeploymentCancelled {
            claim,
            redeployment,
            reason,
        } => {
            object.field(key!("claim"), claim);
            object.field(key!("redeployment"), redeployment);
            object.field(key!("reason"), reason);
        }
        Fact::CarryForwardDeclared(declared) => {
            object.field(key!("ongoing_cashable"), &declared.ongoing_cashable);
            object.field(key!("baseline_2004_05"), &declared.baseline_2004_05);
            object.optional(key!("uplift"), declared.uplift.as_ref());
            object.optional(key!("source"), declared.source.as_ref());
        }
        Fact::CarryForwardValidated => {}
        Fact::CarryForwardChecked { year, verified } => {
            object.field(key!("year"), year);
            object.field(key!("verified"), verified);
        }
        Fact::StatementIssued(statement) => write_statement(statement, object),
        Fact::PersonEnrolled { person, account } => {
            object.field(key!("person"), person);
            object.field(key!("account"), account);
        }
        Fact::PersonBarred { person, reason } => {
            object.field(key!("person"), person);
            object.field(key!("reason"), reason);
        }
        Fact::RoleGranted(grant) => {
            object.field(key!("person"), &grant.person);
            object.field(key!("role"), &grant.role);
            object.field(key!("of"), &grant.of);
            object.optional(key!("until"), grant.until.as_ref());
        }
        Fact::RoleRevoked {
            person,
            role,
            of,
            reason,
        } => {
            object.field(key!("person"), person);
            object.field(key!("role"), role);
            object.field(key!("of"), of);
            object.field(key!("reason"), reason);
        }
        Fact::TokenIssued { token, details } => {
            object.field(key!("token"), token);
            object.field(key!("person"), &details.person);
            object.field(key!("sha256"), &details.sha256);
            object.field(key!("of"), &details.of);
            object.field(key!("roles"), &details.roles);
            object.field(key!("until"), &details.until);
        }
        Fact::TokenRevoked { token, reason } => {
            object.field(key!("token"), token);
            object.field(key!("reason"), reason);
        }
        Fact::SigningKeyRotated(rotation) => {
            object.field(key!("from"), &rotation.from);
            object.field(key!("to"), &rotation.to);
            object.field(key!("both_until"), &rotation.both_until);
        }
    }
}

fn write_details(details: &ClaimDetails, object: &mut Object<'_>) {
    object.field(key!("title"), &details.title);
    object.field(key!("action"), &details.action);
    object.field(key!("impact_from"), &details.impact_from);
    object.field(key!("profile"), &details.profile);
    object.optional(key!("service"), details.service.as_ref());
    object.optional(key!("function"), details.function.as_ref());
    object.optional(key!("method"), details.method.as_ref());
    object.optional(key!("technique"), details.technique.as_ref());
    object.optional(key!("approach"), details.approach.as_ref());
    object.optional(key!("source"), details.source.as_ref());
    object.optional(key!("source_override"), details.source_override.as_ref());
    object.optional(key!("ongoing"), details.ongoing.as_ref());
    object.optional(key!("quality_measure"), details.quality_measure.as_ref());
    object.optional(key!("owner"), details.owner.as_ref());
    object.optional(key!("scheme"), details.scheme.as_ref());
    object.optional(key!("review_by"), details.review_by.as_ref());
    object.optional(key!("labels"), details.labels.as_ref());
}

fn write_changes(changes: &ClaimChanges, object: &mut Object<'_>) {
    object.optional(key!("title"), changes.title.as_ref());
    object.optional(key!("action"), changes.action.as_ref());
    object.optional(key!("impact_from"), changes.impact_from.as_ref());
    object.optional(key!("profile"), changes.profile.as_ref());
    object.change(key!("service"), &changes.service);
    object.change(key!("function"), &changes.function);
    object.change(key!("method"), &changes.method);
    object.change(key!("technique"), &changes.technique);
    object.change(key!("approach"), &changes.approach);
    object.change(key!("source"), &changes.source);
    object.change(key!("source_override"), &changes.source_override);
    object.change(key!("ongoing"), &changes.ongoing);
    object.change(key!("quality_measure"), &changes.quality_measure);
    object.change(key!("owner"), &changes.owner);
    object.change(key!("scheme"), &changes.scheme);
    object.change(key!("review_by"), &changes.review_by);
    object.change(key!("labels"), &changes.labels);
}

fn write_statement(statement: &Statement, object: &mut Object<'_>) {
    let figures = &statement.figures;
    object.field(key!("year"), &statement.year);
    object.field(key!("series"), &statement.series);
    object.field(key!("number"), &statement.number);
    object.field(key!("ruleset"), &figures.ruleset);
    object.field(key!("known_at"), &figures.known_at.get());
    object.field(key!("claimed"), &figures.claimed);
    object.field(key!("validated"), &figures.validated);
    object.field(key!("assured"), &figures.assured);
    object.field(key!("totals_sha256"), &figures.totals_sha256);
}

//! Writing an event's line. By hand, so that the order of the keys is read off the page and a
//! million events a few seconds cost no copies; `v1` reads what is written here, and the golden
//! bytes hold both.

use crate::claim::{ClaimChanges, ClaimDetails};
use crate::event::Event;
use crate::fact::{Fact, Statement};
use crate::wire::SCHEMA_VERSION;
use crate::wire::object::Object;

/// Appends the event's line, without a line feed.
pub(super) fn write(event: &Event, out: &mut Vec<u8>) {
    let mut object = Object::open(out);
    object.field("schema", &SCHEMA_VERSION);
    object.field("type", &event.fact.kind().event_type());
    object.field("ledger", &event.ledger);
    object.field("org", &event.org);
    object.field("position", &event.position.get());
    object.field("recorded_at", &event.recorded_at);
    object.field("actor", &event.actor);
    object.field("auth", &event.auth);
    if let Some(request) = &event.request {
        object.field("command_id", &request.command_id);
        object.field("command_sha256", &request.content);
    }
    write_fact(&event.fact, &mut object);
    object.optional("note", event.note.as_ref());
    object.optional(
        "evidence",
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
            object.field("name", &details.name);
            object.field("kind", &details.kind);
            object.field("sector", &details.sector);
            object.optional("region", details.region.as_ref());
        }
        Fact::BaselineSet(baseline) => {
            object.field("year", &baseline.year);
            object.field("amount", &baseline.amount);
            object.optional("source", baseline.source.as_ref());
        }
        Fact::TargetSet(target) => {
            object.field("year", &target.year);
            object.field("amount", &target.amount);
            object.optional("service", target.service.as_ref());
        }
        Fact::ClaimRegistered { claim, details } => {
            object.field("claim", claim);
            write_details(details, object);
        }
        Fact::ClaimAmended {
            claim,
            reason,
            changes,
        } => {
            object.field("claim", claim);
            object.field("reason", reason);
            write_changes(changes, object);
        }
        Fact::ClaimValidated { claim, grade } => {
            object.field("claim", claim);
            object.optional("grade", grade.as_ref());
        }
        Fact::ValidationRevoked { claim, reason } | Fact::ClaimWithdrawn { claim, reason } => {
            object.field("claim", claim);
            object.field("reason", reason);
        }
        Fact::OffsetRecorded {
            claim,
            offset,
            details,
        } => {
            object.field("claim", claim);
            object.field("offset", offset);
            object.field("kind", &details.kind);
            object.field("year", &details.year);
            object.field("amount", &details.amount);
            object.optional("until", details.until.as_ref());
            object.optional("spread_years", details.spread_years.as_ref());
            object.optional(
                "incurred_anyway",
                Some(&true).filter(|_| details.incurred_anyway),
            );
            object.optional("funding", details.funding.as_ref());
            object.optional("description", details.description.as_ref());
        }
        Fact::OffsetCancelled {
            claim,
            offset,
            reason,
        } => {
            object.field("claim", claim);
            object.field("offset", offset);
            object.field("reason", reason);
        }
        Fact::SustainmentChecked { claim, year, check } => {
            object.field("claim", claim);
            object.field("year", year);
            object.field("outcome", &check.outcome);
            object.optional("verified", check.verified.as_ref());
            object.optional("quality", check.quality.as_ref());
            object.optional("quality_reading", check.quality_reading.as_ref());
        }
        Fact::ChallengeRaised {
            claim,
            challenge,
            question,
            answer_by,
        } => {
            object.field("claim", claim);
            object.field("challenge", challenge);
            object.field("question", question);
            object.optional("answer_by", answer_by.as_ref());
        }
        Fact::ChallengeAnswered {
            claim,
            challenge,
            answer,
        } => {
            object.field("claim", claim);
            object.field("challenge", challenge);
            object.field("answer", answer);
        }
        Fact::ChallengeClosed {
            claim,
            challenge,
            outcome,
        } => {
            object.field("claim", claim);
            object.field("challenge", challenge);
            object.field("outcome", outcome);
        }
        Fact::RedeploymentRecorded {
            claim,
            redeployment,
            details,
        } => {
            object.field("claim", claim);
            object.field("redeployment", redeployment);
            object.field("year", &details.year);
            object.field("amount", &details.amount);
            object.field("purpose", &details.purpose);
            object.optional("description", details.description.as_ref());
        }
        Fact::RedeploymentCancelled {
            claim,
            redeployment,
            reason,
        } => {
            object.field("claim", claim);
            object.field("redeployment", redeployment);
            object.field("reason", reason);
        }
        Fact::CarryForwardDeclared(declared) => {
            object.field("ongoing_cashable", &declared.ongoing_cashable);
            object.field("baseline_2004_05", &declared.baseline_2004_05);
            object.optional("uplift", declared.uplift.as_ref());
            object.optional("source", declared.source.as_ref());
        }
        Fact::CarryForwardValidated => {}
        Fact::CarryForwardChecked { year, verified } => {
            object.field("year", year);
            object.field("verified", verified);
        }
        Fact::StatementIssued(statement) => write_statement(statement, object),
        Fact::PersonEnrolled { person, account } => {
            object.field("person", person);
            object.field("account", account);
        }
        Fact::PersonBarred { person, reason } => {
            object.field("person", person);
            object.field("reason", reason);
        }
        Fact::RoleGranted(grant) => {
            object.field("person", &grant.person);
            object.field("role", &grant.role);
            object.field("of", &grant.of);
            object.optional("until", grant.until.as_ref());
        }
        Fact::RoleRevoked {
            person,
            role,
            of,
            reason,
        } => {
            object.field("person", person);
            object.field("role", role);
            object.field("of", of);
            object.field("reason", reason);
        }
        Fact::TokenIssued { token, details } => {
            object.field("token", token);
            object.field("person", &details.person);
            object.field("sha256", &details.sha256);
            object.field("of", &details.of);
            object.field("roles", &details.roles);
            object.field("until", &details.until);
        }
        Fact::TokenRevoked { token, reason } => {
            object.field("token", token);
            object.field("reason", reason);
        }
        Fact::SigningKeyRotated(rotation) => {
            object.field("from", &rotation.from);
            object.field("to", &rotation.to);
            object.field("both_until", &rotation.both_until);
        }
    }
}

fn write_details(details: &ClaimDetails, object: &mut Object<'_>) {
    object.field("title", &details.title);
    object.field("action", &details.action);
    object.field("impact_from", &details.impact_from);
    object.field("profile", &details.profile);
    object.optional("service", details.service.as_ref());
    object.optional("function", details.function.as_ref());
    object.optional("method", details.method.as_ref());
    object.optional("technique", details.technique.as_ref());
    object.optional("approach", details.approach.as_ref());
    object.optional("source", details.source.as_ref());
    object.optional("source_override", details.source_override.as_ref());
    object.optional("ongoing", details.ongoing.as_ref());
    object.optional("quality_measure", details.quality_measure.as_ref());
    object.optional("owner", details.owner.as_ref());
    object.optional("scheme", details.scheme.as_ref());
    object.optional("review_by", details.review_by.as_ref());
    object.optional("labels", details.labels.as_ref());
}

fn write_changes(changes: &ClaimChanges, object: &mut Object<'_>) {
    object.optional("title", changes.title.as_ref());
    object.optional("action", changes.action.as_ref());
    object.optional("impact_from", changes.impact_from.as_ref());
    object.optional("profile", changes.profile.as_ref());
    object.change("service", &changes.service);
    object.change("function", &changes.function);
    object.change("method", &changes.method);
    object.change("technique", &changes.technique);
    object.change("approach", &changes.approach);
    object.change("source", &changes.source);
    object.change("source_override", &changes.source_override);
    object.change("ongoing", &changes.ongoing);
    object.change("quality_measure", &changes.quality_measure);
    object.change("owner", &changes.owner);
    object.change("scheme", &changes.scheme);
    object.change("review_by", &changes.review_by);
    object.change("labels", &changes.labels);
}

fn write_statement(statement: &Statement, object: &mut Object<'_>) {
    let figures = &statement.figures;
    object.field("year", &statement.year);
    object.field("series", &statement.series);
    object.field("number", &statement.number);
    object.field("ruleset", &figures.ruleset);
    object.field("known_at", &figures.known_at.get());
    object.field("claimed", &figures.claimed);
    object.field("validated", &figures.validated);
    object.field("assured", &figures.assured);
    object.field("totals_sha256", &figures.totals_sha256);
}

//! Which fields each command has, in the order of the command table.

use crate::access::{RoleGrant, Roles, TokenGrant};
use crate::authority::Role;
use crate::claim::{ClaimChanges, ClaimDetails};
use crate::command::Proposal;
use crate::command::fields::{self, Fields, Range};
use crate::fact::{
    Baseline, CarryForward, Check, Fact, FactKind, Offset, OrganisationDetails, Redeployment,
    SPREAD_YEARS_MAX, Target,
};
use crate::json::Json;
use crate::refusal::{Refusal, RefusalCode};
use crate::ruleset::NI179_V1;
use crate::vocabulary::{OffsetKind, Outcome};

/// Takes a command's own fields.
#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each fact, in the table's order"
)]
pub(super) fn proposal(kind: FactKind, f: &mut Fields<'_>) -> Result<Proposal, Refusal> {
    let fact = match kind {
        FactKind::OrganisationRegistered => Fact::OrganisationRegistered(OrganisationDetails {
            name: f.text("name")?,
            kind: f.text("kind")?,
            sector: f.word("sector")?,
            region: f.optional_text("region")?,
        }),
        FactKind::BaselineSet => Fact::BaselineSet(Baseline {
            year: f.year("year")?,
            amount: f.money("amount", Range::ZeroOrMore)?,
            source: f.optional_text("source")?,
        }),
        FactKind::TargetSet => Fact::TargetSet(Target {
            year: f.year("year")?,
            amount: f.money("amount", Range::ZeroOrMore)?,
            service: f.optional_text("service")?,
        }),
        FactKind::ClaimRegistered => Fact::ClaimRegistered {
            claim: f.identifier("claim")?,
            details: Box::new(details(f)?),
        },
        FactKind::ClaimAmended => Fact::ClaimAmended {
            claim: f.identifier("claim")?,
            reason: f.text("reason")?,
            changes: Box::new(changes(f)?),
        },
        FactKind::ClaimValidated => Fact::ClaimValidated {
            claim: f.identifier("claim")?,
            grade: f.optional_word("grade")?,
        },
        FactKind::ValidationRevoked => Fact::ValidationRevoked {
            claim: f.identifier("claim")?,
            reason: f.text("reason")?,
        },
        FactKind::ClaimWithdrawn => Fact::ClaimWithdrawn {
            claim: f.identifier("claim")?,
            reason: f.text("reason")?,
        },
        FactKind::OffsetRecorded => Fact::OffsetRecorded {
            claim: f.identifier("claim")?,
            offset: f.identifier("offset")?,
            details: Box::new(offset(f)?),
        },
        FactKind::OffsetCancelled => Fact::OffsetCancelled {
            claim: f.identifier("claim")?,
            offset: f.identifier("offset")?,
            reason: f.text("reason")?,
        },
        FactKind::SustainmentChecked => Fact::SustainmentChecked {
            claim: f.identifier("claim")?,
            year: f.year("year")?,
            check: check(f)?,
        },
        FactKind::ChallengeRaised => Fact::ChallengeRaised {
            claim: f.identifier("claim")?,
            challenge: f.identifier("challenge")?,
            question: f.text("question")?,
            answer_by: f.optional_by("answer_by", fields::date)?,
        },
        FactKind::ChallengeAnswered => Fact::ChallengeAnswered {
            claim: f.identifier("claim")?,
            challenge: f.identifier("challenge")?,
            answer: f.text("answer")?,
        },
        FactKind::ChallengeClosed => Fact::ChallengeClosed {
            claim: f.identifier("claim")?,
            challenge: f.identifier("challenge")?,
            outcome: f.word("outcome")?,
        },
        FactKind::RedeploymentRecorded => Fact::RedeploymentRecorded {
            claim: f.identifier("claim")?,
            redeployment: f.identifier("redeployment")?,
            details: Redeployment {
                year: f.year("year")?,
                amount: f.money("amount", Range::AboveZero)?,
                purpose: f.word("purpose")?,
                description: f.optional_text("description")?,
            },
        },
        FactKind::RedeploymentCancelled => Fact::RedeploymentCancelled {
            claim: f.identifier("claim")?,
            redeployment: f.identifier("redeployment")?,
            reason: f.text("reason")?,
        },
        FactKind::CarryForwardDeclared => Fact::CarryForwardDeclared(CarryForward {
            ongoing_cashable: f.money("ongoing_cashable", Range::ZeroOrMore)?,
            baseline_2004_05: f.money("baseline_2004_05", Range::ZeroOrMore)?,
            uplift: f.optional_by("uplift", fields::parsed)?,
            source: f.optional_text("source")?,
        }),
        FactKind::CarryForwardValidated => Fact::CarryForwardValidated,
        FactKind::CarryForwardChecked => Fact::CarryForwardChecked {
            year: f.year("year")?,
            verified: f.money("verified", Range::ZeroOrMore)?,
        },
        FactKind::StatementIssued => return statement(f),
        FactKind::PersonEnrolled => Fact::PersonEnrolled {
            person: f.identifier("person")?,
            account: f.word("account")?,
        },
        FactKind::PersonBarred => Fact::PersonBarred {
            person: f.identifier("person")?,
            reason: f.text("reason")?,
        },
        FactKind::RoleGranted => Fact::RoleGranted(Box::new(RoleGrant {
            person: f.identifier("person")?,
            role: f.word("role")?,
            of: f.identifier("of")?,
            until: f.optional_by("until", fields::parsed)?,
        })),
        FactKind::RoleRevoked => Fact::RoleRevoked {
            person: f.identifier("person")?,
            role: f.word("role")?,
            of: f.identifier("of")?,
            reason: f.text("reason")?,
        },
        FactKind::TokenIssued => Fact::TokenIssued {
            token: f.identifier("token")?,
            details: Box::new(TokenGrant {
                person: f.identifier("person")?,
                sha256: f.required_by("sha256", fields::parsed)?,
                of: f.identifier("of")?,
                roles: f.required_by("roles", roles)?,
                until: f.required_by("until", fields::parsed)?,
            }),
        },
        FactKind::TokenRevoked => Fact::TokenRevoked {
            token: f.identifier("token")?,
            reason: f.text("reason")?,
        },
        FactKind::SigningKeyRotated => return Err(no_command()),
    };
    Ok(Proposal::Fact(fact))
}

/// A new key is made and recorded by a call of its own.
fn no_command() -> Refusal {
    Refusal::of_field(
        RefusalCode::UnknownCommand,
        "type",
        "The signing key is replaced with netgain keys rotate, not by a command.",
    )
}

/// What can be said of a command only when all its fields have been taken.
pub(super) fn whole(proposal: &Proposal) -> Result<(), Refusal> {
    match proposal {
        Proposal::Fact(Fact::ClaimAmended { changes, .. }) if changes.is_empty() => {
            Err(Refusal::whole(
                RefusalCode::BadField,
                "The amendment names no change; give at least one of the claim's fields with its \
                 new value.",
            ))
        }
        Proposal::Fact(_) | Proposal::IssueStatement { .. } => Ok(()),
    }
}

fn details(f: &mut Fields<'_>) -> Result<ClaimDetails, Refusal> {
    Ok(ClaimDetails {
        title: f.text("title")?,
        action: f.word("action")?,
        impact_from: f.required_by("impact_from", fields::date)?,
        profile: f.required_by("profile", fields::profile)?,
        service: f.optional_text("service")?,
        function: f.optional_word("function")?,
        method: f.optional_word("method")?,
        technique: f.optional_word("technique")?,
        approach: f.optional_word("approach")?,
        source: f.optional_word("source")?,
        source_override: f.optional_text("source_override")?,
        ongoing: f.optional_by("ongoing", fields::boolean)?,
        quality_measure: f.optional_text("quality_measure")?,
        owner: f.optional_text("owner")?,
        scheme: f.optional_by("scheme", fields::scheme)?,
        review_by: f.optional_by("review_by", fields::date)?,
        labels: f.optional_by("labels", fields::labels)?,
    })
}

fn changes(f: &mut Fields<'_>) -> Result<ClaimChanges, Refusal> {
    Ok(ClaimChanges {
        title: f.optional_text("title")?,
        action: f.optional_word("action")?,
        impact_from: f.optional_by("impact_from", fields::date)?,
        profile: f.optional_by("profile", fields::profile)?,
        service: f.change("service", fields::text)?,
        function: f.change("function", fields::word)?,
        method: f.change("method", fields::word)?,
        technique: f.change("technique", fields::word)?,
        approach: f.change("approach", fields::word)?,
        source: f.change("source", fields::word)?,
        source_override: f.change("source_override", fields::text)?,
        ongoing: f.change("ongoing", fields::boolean)?,
        quality_measure: f.change("quality_measure", fields::text)?,
        owner: f.change("owner", fields::text)?,
        scheme: f.change("scheme", fields::scheme)?,
        review_by: f.change("review_by", fields::date)?,
        labels: f.change("labels", fields::labels)?,
    })
}

fn offset(f: &mut Fields<'_>) -> Result<Offset, Refusal> {
    let kind = f.word("kind")?;
    let year = f.year("year")?;
    let amount = f.money("amount", Range::AboveZero)?;
    let until = f.optional_by("until", |name, value| {
        let until = fields::year(name, value)?;
        match kind {
            OffsetKind::OneOff => Err(fields::not_allowed(
                name,
                "is for recurring offsets; leave it out, or spread the offset with \"spread_years\"",
            )),
            OffsetKind::Recurring if until < year => Err(fields::not_allowed(
                name,
                format_args!("is {until}, before the offset's first year; give {year} or a later one"),
            )),
            OffsetKind::Recurring => Ok(until),
        }
    })?;
    let spread_years = f.optional_by("spread_years", |name, value| match kind {
        OffsetKind::OneOff => fields::count(name, value, SPREAD_YEARS_MAX),
        OffsetKind::Recurring => Err(fields::not_allowed(
            name,
            "is for one-off offsets; leave it out, or end the offset with \"until\"",
        )),
    })?;
    Ok(Offset {
        kind,
        year,
        amount,
        until,
        spread_years,
        incurred_anyway: f
            .optional_by("incurred_anyway", fields::boolean)?
            .unwrap_or(false),
        funding: f.optional_text("funding")?,
        description: f.optional_text("description")?,
    })
}

fn check(f: &mut Fields<'_>) -> Result<Check, Refusal> {
    let outcome = f.word("outcome")?;
    let verified = match outcome {
        Outcome::Reduced => Some(f.money("verified", Range::ZeroOrMore)?),
        Outcome::Sustained | Outcome::Ceased => f.optional_by("verified", |name, _| {
            Err(fields::not_allowed(
                name,
                format_args!(
                    "goes with the outcome \"reduced\", not with \"{outcome}\"; leave it out"
                ),
            ))
        })?,
    };
    let quality = match outcome {
        Outcome::Ceased => f.optional_word("quality")?,
        Outcome::Sustained | Outcome::Reduced => Some(f.word("quality")?),
    };
    Ok(Check {
        outcome,
        verified,
        quality,
        quality_reading: f.optional_text("quality_reading")?,
    })
}

fn statement(f: &mut Fields<'_>) -> Result<Proposal, Refusal> {
    let year = f.year("year")?;
    if year < NI179_V1.first_year {
        return Err(fields::year_not_taken(
            "year",
            format_args!(
                "NI179 statements exist from {} on; give that year or a later one",
                NI179_V1.first_year
            ),
        ));
    }
    Ok(Proposal::IssueStatement {
        year,
        series: f.word("series")?,
    })
}

/// The roles that a token carries: one at least, each once, so that no more than there are.
fn roles(name: &'static str, value: Json<'_>) -> Result<Roles, Refusal> {
    let Json::Array(words) = value else {
        return Err(fields::not_allowed(
            name,
            "is not an array; write the roles like [\"recorder\", \"board\"]",
        ));
    };
    let mut roles = Roles::new();
    for word in words {
        let role: Role = fields::word(name, word)?;
        if !roles.insert(role) {
            return Err(fields::not_allowed(
                name,
                format_args!("names {role} twice; give each role once"),
            ));
        }
    }
    if roles.is_empty() {
        return Err(fields::not_allowed(
            name,
            "names no role; give at least one",
        ));
    }
    Ok(roles)
}

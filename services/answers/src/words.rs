//! What an event says, in words.

use netgain_events::access::Scope;
use netgain_events::claim::{Change, ClaimChanges};
use netgain_events::fact::{Fact, Offset};
use netgain_events::vocabulary::{OffsetKind, Outcome};

use crate::pounds::{pounds, stated};

/// One line about a fact, for someone reading down a history.
#[must_use]
#[expect(
    clippy::too_many_lines,
    reason = "one short arm for each fact, in the table's order"
)]
pub fn fact(fact: &Fact) -> String {
    match fact {
        Fact::OrganisationRegistered(details) => {
            format!(
                "registered {}, {} ({})",
                details.name, details.kind, details.sector
            )
        }
        Fact::BaselineSet(baseline) => {
            format!(
                "set the baseline of {} to {}",
                baseline.year,
                pounds(baseline.amount)
            )
        }
        Fact::TargetSet(target) => {
            let service = target
                .service
                .as_ref()
                .map(|s| format!(" for {s}"))
                .unwrap_or_default();
            format!(
                "set the target of {}{service} to {}",
                target.year,
                pounds(target.amount)
            )
        }
        Fact::ClaimRegistered { details, .. } => {
            let years: Vec<String> = details
                .profile
                .stated()
                .map(|(year, amount)| format!("{year} {}", pounds(amount)))
                .collect();
            format!(
                "registered “{}”: {}",
                details.title,
                short(&years.join(", "), 90)
            )
        }
        Fact::ClaimAmended {
            reason, changes, ..
        } => {
            format!(
                "amended {}: {}",
                changed(changes),
                short(reason.as_str(), 80)
            )
        }
        Fact::ClaimValidated { grade, .. } => match grade {
            Some(grade) => format!("validated, as {grade}"),
            None => "validated".into(),
        },
        Fact::ValidationRevoked { reason, .. } => {
            format!("revoked the validation: {}", short(reason.as_str(), 80))
        }
        Fact::ClaimWithdrawn { reason, .. } => format!("withdrew: {}", short(reason.as_str(), 80)),
        Fact::OffsetRecorded {
            offset, details, ..
        } => {
            format!("set the cost {offset} against it: {}", cost(details))
        }
        Fact::OffsetCancelled { offset, reason, .. } => {
            format!(
                "cancelled the cost {offset}: {}",
                short(reason.as_str(), 80)
            )
        }
        Fact::SustainmentChecked { year, check, .. } => {
            let found = match (check.outcome, check.verified) {
                (Outcome::Reduced, Some(value)) => format!("reduced to {}", pounds(value)),
                (outcome, _) => outcome.to_string(),
            };
            let quality = check
                .quality
                .map(|q| format!(", quality {q}"))
                .unwrap_or_default();
            format!("checked {year}: {found}{quality}")
        }
        Fact::ChallengeRaised {
            challenge,
            question,
            answer_by,
            ..
        } => {
            let by = answer_by
                .map(|day| format!(" (answer by {day})"))
                .unwrap_or_default();
            format!(
                "raised challenge {challenge}{by}: {}",
                short(question.as_str(), 80)
            )
        }
        Fact::ChallengeAnswered {
            challenge, answer, ..
        } => {
            format!(
                "answered challenge {challenge}: {}",
                short(answer.as_str(), 80)
            )
        }
        Fact::ChallengeClosed {
            challenge, outcome, ..
        } => {
            format!("closed challenge {challenge}: {outcome}")
        }
        Fact::RedeploymentRecorded {
            redeployment,
            details,
            ..
        } => format!(
            "used {} in {} for {} ({redeployment})",
            pounds(details.amount),
            details.year,
            details.purpose
        ),
        Fact::RedeploymentCancelled {
            redeployment,
            reason,
            ..
        } => {
            format!(
                "cancelled the redeployment {redeployment}: {}",
                short(reason.as_str(), 80)
            )
        }
        Fact::CarryForwardDeclared(declared) => format!(
            "declared a carry-forward: {} ongoing, of a 2004/05 baseline of {}",
            pounds(declared.ongoing_cashable),
            pounds(declared.baseline_2004_05)
        ),
        Fact::CarryForwardValidated => "validated the carry-forward".into(),
        Fact::CarryForwardChecked { year, verified } => {
            format!(
                "checked the carry-forward for {year}: {}",
                pounds(*verified)
            )
        }
        Fact::StatementIssued(statement) => format!(
            "issued {} statement {} for {}: NI179 {}",
            statement.series,
            statement.number,
            statement.year,
            stated(&statement.figures.validated.net)
        ),
        Fact::PersonEnrolled { person, account } => format!("enrolled the {account} {person}"),
        Fact::PersonBarred { person, reason } => {
            format!("barred {person}: {}", short(reason.as_str(), 80))
        }
        Fact::RoleGranted(grant) => {
            let until = grant
                .until
                .map(|until| format!(", until {until}"))
                .unwrap_or_default();
            format!(
                "granted {} the role {} of {}{until}",
                grant.person,
                grant.role,
                organisations(&grant.of)
            )
        }
        Fact::RoleRevoked {
            person,
            role,
            of,
            reason,
        } => format!(
            "revoked the role {role} of {} from {person}: {}",
            organisations(of),
            short(reason.as_str(), 80)
        ),
        Fact::TokenIssued { token, details } => {
            let roles: Vec<&str> = details.roles.iter().map(|role| role.as_str()).collect();
            format!(
                "issued the token {token} for {} as {} of {}, until {}",
                details.person,
                roles.join(", "),
                organisations(&details.of),
                details.until
            )
        }
        Fact::TokenRevoked { token, reason } => {
            format!("revoked the token {token}: {}", short(reason.as_str(), 80))
        }
        Fact::SigningKeyRotated(rotation) => format!(
            "replaced the signing key by {} (both sign until {})",
            rotation.to, rotation.both_until
        ),
    }
}

fn organisations(of: &Scope) -> &str {
    match of {
        Scope::Every => "every organisation",
        Scope::Organisation(org) => org.as_str(),
    }
}

fn cost(offset: &Offset) -> String {
    let amount = pounds(offset.amount);
    let when = match (offset.kind, offset.until, offset.spread_years) {
        (OffsetKind::OneOff, _, Some(years)) if years > 1 => {
            format!(
                "{amount} once, spread over {years} years from {}",
                offset.year
            )
        }
        (OffsetKind::OneOff, _, _) => format!("{amount} once, in {}", offset.year),
        (OffsetKind::Recurring, Some(until), _) => {
            format!("{amount} a year from {} to {until}", offset.year)
        }
        (OffsetKind::Recurring, None, _) => format!("{amount} a year from {}", offset.year),
    };
    if offset.incurred_anyway {
        format!("{when}; incurred anyway, not deducted")
    } else {
        when
    }
}

fn changed(changes: &ClaimChanges) -> String {
    let mut names = Vec::new();
    let mut note = |name, changed: bool| {
        if changed {
            names.push(name);
        }
    };
    note("title", changes.title.is_some());
    note("action", changes.action.is_some());
    note("impact_from", changes.impact_from.is_some());
    note("profile", changes.profile.is_some());
    note("service", is_set(&changes.service));
    note("function", is_set(&changes.function));
    note("method", is_set(&changes.method));
    note("technique", is_set(&changes.technique));
    note("approach", is_set(&changes.approach));
    note("source", is_set(&changes.source));
    note("source_override", is_set(&changes.source_override));
    note("ongoing", is_set(&changes.ongoing));
    note("quality_measure", is_set(&changes.quality_measure));
    note("owner", is_set(&changes.owner));
    note("scheme", is_set(&changes.scheme));
    note("review_by", is_set(&changes.review_by));
    note("labels", is_set(&changes.labels));
    names.join(", ")
}

fn is_set<T>(change: &Change<T>) -> bool {
    !change.is_keep()
}

/// A text cut to that many characters, with an ellipsis where something is left out. Line breaks
/// become spaces, so that a row stays a row.
#[must_use]
pub fn short(text: &str, characters: usize) -> String {
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if flat.chars().count() <= characters {
        return flat;
    }
    let kept: String = flat.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

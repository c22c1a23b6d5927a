//! The rules of each fact about a claim or the carry-forward, in the order of precedence: the claim
//! itself, then its parts, then the rules, then the people.

use crate::claim::{ClaimChanges, ClaimDetails, technique_fits, value_before_impact};
use crate::fact::Check;
use crate::financial_year::FinancialYear;
use crate::identifier::{Actor, ChallengeId, ClaimId, OffsetId, RedeploymentId};
use crate::recorded_at::RecordedAt;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::{CarryForwardState, ChallengeState, Claim, Organisation};
use crate::vocabulary::Outcome;

pub(super) fn open<'s>(state: &'s Organisation, claim: &ClaimId) -> Result<&'s Claim, Refusal> {
    let Some(found) = state.claim(claim) else {
        return Err(Refusal::of_field(
            RefusalCode::UnknownClaim,
            "claim",
            format!(
                "{} has no claim {claim}; check the reference (capitals matter), or register it.",
                state.org
            ),
        ));
    };
    match found.withdrawn {
        None => Ok(found),
        Some(position) => Err(Refusal::of_field(
            RefusalCode::ClaimWithdrawn,
            "claim",
            format!(
                "The claim {claim} was withdrawn at position {position} and takes no more \
                 commands; register a new claim under another reference."
            ),
        )),
    }
}

pub(super) fn register(
    state: &Organisation,
    claim: &ClaimId,
    details: &ClaimDetails,
) -> Result<(), Refusal> {
    if state.claim(claim).is_some() {
        return Err(Refusal::of_field(
            RefusalCode::ClaimExists,
            "claim",
            format!(
                "The reference {claim} is used already; amend that claim with amend-claim, or \
                 choose another reference."
            ),
        ));
    }
    if !technique_fits(details.technique, details.method) {
        return Err(technique_without_its_method());
    }
    match value_before_impact(&details.profile, details.impact_from) {
        None => Ok(()),
        Some(year) => Err(value_too_early("profile", year, details.impact_from)),
    }
}

pub(super) fn amend(before: &ClaimDetails, changes: &ClaimChanges) -> Result<(), Refusal> {
    if !changes.technique_fits(before) {
        return Err(technique_without_its_method());
    }
    let profile = changes.profile.as_ref().unwrap_or(&before.profile);
    let impact_from = changes.impact_from.unwrap_or(before.impact_from);
    let blamed = if changes.profile.is_some() {
        "profile"
    } else {
        "impact_from"
    };
    match value_before_impact(profile, impact_from) {
        None => Ok(()),
        Some(year) => Err(value_too_early(blamed, year, impact_from)),
    }
}

fn technique_without_its_method() -> Refusal {
    Refusal::of_field(
        RefusalCode::BadField,
        "technique",
        "The technique does not belong to the claim's method; give both: internal takes lean, ict, \
         procurement, asset-management, transformation, insourcing; mutual takes shared-services, \
         informal-partnership; external takes outsourcing, joint-venture.",
    )
}

fn value_too_early(
    blamed: &'static str,
    year: FinancialYear,
    impact_from: chrono::NaiveDate,
) -> Refusal {
    Refusal::of_field(
        RefusalCode::ProfileBeforeImpact,
        blamed,
        format!(
            "The profile has a value in {year}, before the year of the impact on {impact_from}; \
             only what the change brings from then on is its gain, so start the profile later, or \
             correct impact_from."
        ),
    )
}

pub(super) fn validate(claim: &Claim, id: &ClaimId, actor: &Actor) -> Result<(), Refusal> {
    if claim.registrant.is(actor) {
        return Err(same_person(&format!("{actor} registered the claim {id}")));
    }
    if claim.changed_by.iter().any(|changer| changer.is(actor)) {
        return Err(same_person(&format!(
            "{actor} amended the claim {id}, or recorded or cancelled an offset on it, since its \
             last validation"
        )));
    }
    Ok(())
}

fn same_person(what: &str) -> Refusal {
    Refusal::whole(
        RefusalCode::SamePerson,
        format!("{what}; ask someone else to validate: a second pair of eyes is the point of it."),
    )
}

pub(super) fn validated(claim: &Claim, id: &ClaimId) -> Result<(), Refusal> {
    if claim.validation.is_some() {
        return Ok(());
    }
    Err(Refusal::whole(
        RefusalCode::NotValidated,
        format!(
            "The claim {id} has no validation in force to revoke; check the claim's reference, or \
             leave the command out."
        ),
    ))
}

pub(super) fn new_offset(claim: &Claim, offset: &OffsetId) -> Result<(), Refusal> {
    if claim.offsets.get(offset).is_none() {
        return Ok(());
    }
    Err(used(
        RefusalCode::OffsetExists,
        "offset",
        offset.as_str(),
        "to change an offset, cancel it and record it again under another reference.",
    ))
}

fn used(code: RefusalCode, field: &'static str, reference: &str, then: &str) -> Refusal {
    let message = format!("The {field} reference {reference} has been used on this claim; {then}");
    Refusal::of_field(code, field, message)
}

fn unknown(code: RefusalCode, field: &'static str, reference: &str) -> Refusal {
    let message = format!(
        "The claim has no {field} {reference} that stands; check the reference in its history."
    );
    Refusal::of_field(code, field, message)
}

pub(super) fn offset_in_force(claim: &Claim, offset: &OffsetId) -> Result<(), Refusal> {
    match claim.offsets.get(offset) {
        Some(found) if found.in_force.is_some() => Ok(()),
        Some(_) | None => Err(unknown(
            RefusalCode::UnknownOffset,
            "offset",
            offset.as_str(),
        )),
    }
}

pub(super) fn check_of_year(
    claim: &Claim,
    year: FinancialYear,
    check: &Check,
    now: RecordedAt,
) -> Result<(), Refusal> {
    let refuse = |code, message| Err(Refusal::of_field(code, "year", message));
    match claim.details.profile.first_accrual() {
        None => refuse(
            RefusalCode::CheckBeforeFirstAccrual,
            "The claim's profile has no value above zero, so there is nothing to check yet; amend \
             the profile first."
                .to_owned(),
        ),
        Some(first) if year < first => refuse(
            RefusalCode::CheckBeforeFirstAccrual,
            format!("The claim first accrues in {first}; check that year or a later one."),
        ),
        Some(_) => match check.outcome {
            Outcome::Sustained | Outcome::Reduced if now.day() < year.day_after() => refuse(
                RefusalCode::CheckBeforeYearEnd,
                format!(
                    "The year {year} is not over; check it as {} from {} on, or now as ceased \
                     if the gain has stopped.",
                    check.outcome,
                    year.day_after()
                ),
            ),
            Outcome::Sustained | Outcome::Reduced | Outcome::Ceased => Ok(()),
        },
    }
}

pub(super) fn new_challenge(claim: &Claim, challenge: &ChallengeId) -> Result<(), Refusal> {
    if claim.challenges.get(challenge).is_none() {
        return Ok(());
    }
    Err(used(
        RefusalCode::ChallengeExists,
        "challenge",
        challenge.as_str(),
        "raise the new challenge under another reference.",
    ))
}

pub(super) fn open_challenge(claim: &Claim, challenge: &ChallengeId) -> Result<(), Refusal> {
    match claim.challenges.get(challenge) {
        None => Err(unknown(
            RefusalCode::UnknownChallenge,
            "challenge",
            challenge.as_str(),
        )),
        Some(ChallengeState {
            outcome: Some(outcome),
            ..
        }) => Err(Refusal::of_field(
            RefusalCode::ChallengeClosed,
            "challenge",
            format!("The challenge {challenge} was closed as {outcome}; raise a new one instead."),
        )),
        Some(ChallengeState { outcome: None, .. }) => Ok(()),
    }
}

pub(super) fn new_redeployment(
    claim: &Claim,
    redeployment: &RedeploymentId,
) -> Result<(), Refusal> {
    if claim.redeployments.get(redeployment).is_none() {
        return Ok(());
    }
    Err(used(
        RefusalCode::RedeploymentExists,
        "redeployment",
        redeployment.as_str(),
        "to change a redeployment, cancel it and record it again under another reference.",
    ))
}

pub(super) fn redeployment_in_force(
    claim: &Claim,
    redeployment: &RedeploymentId,
) -> Result<(), Refusal> {
    match claim.redeployments.get(redeployment) {
        Some(found) if found.in_force.is_some() => Ok(()),
        Some(_) | None => Err(unknown(
            RefusalCode::UnknownRedeployment,
            "redeployment",
            redeployment.as_str(),
        )),
    }
}

pub(super) fn declared(state: &Organisation) -> Result<&CarryForwardState, Refusal> {
    state.carry_forward.as_ref().ok_or_else(|| {
        Refusal::whole(
            RefusalCode::NoCarryForward,
            format!(
                "{} has declared no carry-forward; declare it first with declare-carry-forward.",
                state.org
            ),
        )
    })
}

pub(super) fn validate_carry_forward(
    declared: &CarryForwardState,
    actor: &Actor,
) -> Result<(), Refusal> {
    if declared.declarer.is(actor) {
        return Err(same_person(&format!("{actor} declared the carry-forward")));
    }
    Ok(())
}

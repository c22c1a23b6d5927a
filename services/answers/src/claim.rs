//! One claim with everything in force about it.

use chrono::NaiveDate;
use netgain_events::claim::{Labels, Profile, Scheme};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{
    Actor, ChallengeId, ClaimId, OffsetId, OrgId, Position, RedeploymentId,
};
use netgain_events::money::Money;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{Claim, Organisation};
use netgain_events::text::{Line as TextLine, Prose};
use netgain_events::vocabulary::{
    Action, Approach, ChallengeOutcome, Function, Grade, Method, OffsetKind, Outcome, Purpose,
    Quality, Source, Technique,
};
use netgain_projections::line::ClaimLine;
use serde::Serialize;

use crate::claims::line;
use crate::not_answered::{NotAnswered, Unknown};
use crate::totals::check_year;

/// A claim's document. Its own fields are named as in `register-claim`; those not stated are left
/// out, but for `source` and `ongoing`, which stand as they count.
#[derive(Clone, Debug, Serialize)]
#[expect(
    missing_docs,
    reason = "a claim's own fields are those of `ClaimDetails` with their names"
)]
pub struct ClaimDocument<'s> {
    /// Whose.
    pub org: &'s OrgId,
    /// As known at which position.
    pub position: Position,
    /// Its reference.
    pub claim: &'s ClaimId,
    pub title: &'s TextLine,
    pub action: Action,
    pub impact_from: NaiveDate,
    pub profile: &'s Profile,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'s TextLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub technique: Option<Technique>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approach: Option<Approach>,
    pub source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_override: Option<&'s Prose>,
    pub ongoing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_measure: Option<&'s Prose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<&'s TextLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<&'s Scheme>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<&'s Labels>,
    /// The position it was registered at.
    pub registered: Position,
    /// Who registered it, and so may never validate it.
    pub registrant: &'s Actor,
    /// The position it was withdrawn at, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Position>,
    /// The validation in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<ValidationInForce<'s>>,
    /// Who changed it since its last validation, and so may not give the next.
    pub changed_by: &'s [Actor],
    /// The offsets in force, in order of their reference.
    pub offsets: Vec<OffsetInForce<'s>>,
    /// The check in force of each year, earliest first.
    pub checks: Vec<CheckOfYear<'s>>,
    /// Every challenge, in order of its reference.
    pub challenges: Vec<ChallengeRaised<'s>>,
    /// The redeployments in force, in order of their reference.
    pub redeployments: Vec<RedeploymentInForce<'s>>,
    /// The year of the line, where one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<FinancialYear>,
    /// By which rules the line is.
    pub ruleset: &'static str,
    /// Its line in the year's totals document, where a year was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<ClaimLine<'s>>,
}

/// A second person standing behind the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ValidationInForce<'s> {
    /// Who.
    pub actor: &'s Actor,
    /// How mature they hold the figure to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// The position of the event.
    pub position: Position,
}

/// An investment or a running cost set against the claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OffsetInForce<'s> {
    /// Its reference.
    pub offset: &'s OffsetId,
    /// Whether it falls once or every year.
    pub kind: OffsetKind,
    /// The year it falls in, or starts in.
    pub year: FinancialYear,
    /// For a recurring one, of each year.
    pub amount: Money,
    /// Recurring only: the last year it falls in; for ever where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<FinancialYear>,
    /// One-off only: over how many years it is spread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread_years: Option<u8>,
    /// Shown, never deducted.
    pub incurred_anyway: bool,
    /// Who paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub funding: Option<&'s TextLine>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'s Prose>,
}

/// The check in force of a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckOfYear<'s> {
    /// Which year was checked.
    pub year: FinancialYear,
    /// What was found.
    pub outcome: Outcome,
    /// The value that still exists; with `reduced` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<Money>,
    /// What became of the quality of output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// The reading of the claim's quality measure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_reading: Option<&'s Prose>,
    /// By whom.
    pub actor: &'s Actor,
    /// The position of the event.
    pub position: Position,
}

/// A challenge and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChallengeRaised<'s> {
    /// Its reference.
    pub challenge: &'s ChallengeId,
    /// What is asked.
    pub question: &'s Prose,
    /// By whom.
    pub raised_by: &'s Actor,
    /// The position it was raised at.
    pub raised: Position,
    /// By when an answer is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<NaiveDate>,
    /// The answer, the latest if there were several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<&'s Prose>,
    /// How it was closed, once it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<ChallengeOutcome>,
}

/// A use of the money that the claim released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedeploymentInForce<'s> {
    /// Its reference.
    pub redeployment: &'s RedeploymentId,
    /// In which year.
    pub year: FinancialYear,
    /// How much.
    pub amount: Money,
    /// For what.
    pub purpose: Purpose,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'s Prose>,
}

/// A claim with everything in force about it; with its line of a year where one is named.
///
/// # Errors
/// The year is before the indicator's first; there is no such claim; amounts add up past the range
/// of a sum.
pub fn claim<'s>(
    state: &'s Organisation,
    id: &ClaimId,
    year: Option<FinancialYear>,
) -> Result<ClaimDocument<'s>, NotAnswered> {
    if let Some(year) = year {
        check_year(year)?;
    }
    let Some((id, claim)) = state.claims.get_key_value(id) else {
        let (org, claim) = (state.org.clone(), id.clone());
        return Err(Unknown::Claim { org, claim }.into());
    };
    let details = &claim.details;
    Ok(ClaimDocument {
        org: &state.org,
        position: state.position,
        claim: id,
        title: &details.title,
        action: details.action,
        impact_from: details.impact_from,
        profile: &details.profile,
        service: details.service.as_ref(),
        function: details.function,
        method: details.method,
        technique: details.technique,
        approach: details.approach,
        source: details.effective_source(),
        source_override: details.source_override.as_ref(),
        ongoing: details.is_ongoing(),
        quality_measure: details.quality_measure.as_ref(),
        owner: details.owner.as_ref(),
        scheme: details.scheme.as_ref(),
        review_by: details.review_by,
        labels: details.labels.as_ref(),
        registered: claim.registered,
        registrant: &claim.registrant,
        withdrawn: claim.withdrawn,
        validation: validation(claim),
        changed_by: &claim.changed_by,
        offsets: offsets(claim),
        checks: checks(claim),
        challenges: challenges(claim),
        redeployments: redeployments(claim),
        year,
        ruleset: NI179_V1.id,
        line: line(id, claim, year)?,
    })
}

fn validation(claim: &Claim) -> Option<ValidationInForce<'_>> {
    claim.validation.as_ref().map(|given| ValidationInForce {
        actor: &given.actor,
        grade: given.grade,
        position: given.position,
    })
}

fn offsets(claim: &Claim) -> Vec<OffsetInForce<'_>> {
    let in_force = claim.offsets_in_force().map(|(id, offset)| OffsetInForce {
        offset: id,
        kind: offset.kind,
        year: offset.year,
        amount: offset.amount,
        until: offset.until,
        spread_years: offset.spread_years,
        incurred_anyway: offset.incurred_anyway,
        funding: offset.funding.as_ref(),
        description: offset.description.as_ref(),
    });
    in_force.collect()
}

fn checks(claim: &Claim) -> Vec<CheckOfYear<'_>> {
    let in_force = claim.checks.iter().map(|(year, found)| CheckOfYear {
        year: *year,
        outcome: found.check.outcome,
        verified: found.check.verified,
        quality: found.check.quality,
        quality_reading: found.check.quality_reading.as_ref(),
        actor: &found.actor,
        position: found.position,
    });
    in_force.collect()
}

fn challenges(claim: &Claim) -> Vec<ChallengeRaised<'_>> {
    let raised = claim.challenges.iter().map(|(id, one)| ChallengeRaised {
        challenge: id,
        question: &one.question,
        raised_by: &one.raised_by,
        raised: one.raised,
        answer_by: one.answer_by,
        answer: one.answer.as_ref(),
        outcome: one.outcome,
    });
    raised.collect()
}

fn redeployments(claim: &Claim) -> Vec<RedeploymentInForce<'_>> {
    let in_force = claim.redeployments.iter().filter_map(|(id, one)| {
        let details = one.in_force.as_deref()?;
        Some(RedeploymentInForce {
            redeployment: id,
            year: details.year,
            amount: details.amount,
            purpose: details.purpose,
            description: details.description.as_ref(),
        })
    });
    in_force.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use serde_json::{Value, json};

    fn document(state: &Organisation, id: &str, year: Option<&str>) -> Value {
        let year = year.map(|year| year.parse().unwrap());
        serde_json::to_value(claim(state, &id.parse().unwrap(), year).unwrap()).unwrap()
    }

    #[test]
    fn a_claim_reads_like_this() {
        let world = World::stroud();
        world.record(
            json!({"type": "answer-challenge", "claim": "A", "challenge": "Q1", "answer":
            "We do"}),
        );
        world.record(
            json!({"type": "validate-claim", "claim": "A", "grade": "final", "actor":
            "b.head"}),
        );
        let state = world.state();
        let totals = crate::totals::totals(&state, "2009/10".parse().unwrap()).unwrap();
        let line = serde_json::to_value(&totals).unwrap()["claims"][0].clone();
        assert_eq!(line["net"], "190000.50");
        assert_eq!(
            document(&state, "A", Some("2009/10")),
            json!({
                "org": "E07000082", "position": 14, "claim": "A",
                "title": "Payroll shared", "action": "reduce-inputs", "impact_from": "2008-07-01",
                "profile": {"2008/09": "95000.00", "2009/10": "205000.00"},
                "service": "Corporate", "function": "human-resources", "source": "efficiency",
                "ongoing": true, "labels": {"portfolio": "Finance"},
                "registered": 2, "registrant": "a.finance",
                "validation": {"actor": "b.head", "grade": "final", "position": 14},
                "changed_by": [],
                "offsets": [{"offset": "SETUP", "kind": "one-off", "year": "2008/09", "amount":
                    "30000.00", "spread_years": 3, "incurred_anyway": false}],
                "checks": [{"year": "2009/10", "outcome": "reduced", "verified": "200000.50",
                    "quality": "maintained", "actor": "b.head", "position": 7}],
                "challenges": [{"challenge": "Q1", "question": "Who pays the county?", "raised_by":
                    "c.board", "raised": 8, "answer_by": "2011-08-01", "answer": "We do"}],
                "redeployments": [{"redeployment": "R1", "year": "2009/10", "amount": "50000.00",
                    "purpose": "front-line"}],
                "year": "2009/10", "ruleset": "ni179-v1", "line": line,
            })
        );
    }

    #[test]
    fn every_field_a_claim_states_is_shown() {
        let world = World::new();
        world.register();
        let stated = json!({"title": "All", "action": "reduce-prices", "impact_from": "2008-04-01",
            "profile": {"2008/09": "1.00"}, "service": "S", "function": "ict", "method": "internal",
            "technique": "lean", "approach": "transitional", "source": "grant", "source_override":
            "Said so", "ongoing": true, "quality_measure": "Q", "owner": "O", "scheme": {"id": "X",
            "total": "5.00"}, "review_by": "2012-01-01", "labels": {"k": "v"}});
        let mut command = stated.clone();
        command["type"] = "register-claim".into();
        command["claim"] = "C".into();
        world.record(command);
        let shown = document(&world.state(), "C", None);
        for (field, value) in stated.as_object().unwrap() {
            assert_eq!(&shown[field], value, "{field}");
        }
        assert_eq!(shown.get("line"), None);
        assert_eq!(shown.get("validation"), None);
    }

    #[test]
    fn who_changed_it_stands_there_until_it_is_validated() {
        let shown = document(&World::stroud().state(), "A", None);
        assert_eq!(shown["changed_by"], json!(["a.finance"]));
        assert_eq!(shown.get("validation"), None);
    }

    #[test]
    fn a_claim_that_is_not_there_is_unknown() {
        let state = World::stroud().state();
        let error = claim(&state, &"Z".parse().unwrap(), None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "E07000082 has no claim Z; check the reference (capitals matter)."
        );
    }
}

//! An organisation's claims: what each is and how it stands, in a line each.

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{Claim, Organisation};
use netgain_events::text::Line as TextLine;
use netgain_events::vocabulary::{Action, Function, Grade};
use netgain_projections::line::{ClaimLine, Line};
use serde::Serialize;

use crate::not_answered::NotAnswered;
use crate::totals::check_year;

/// The claims' document.
#[derive(Clone, Debug, Serialize)]
pub struct Claims<'s> {
    /// Whose.
    pub org: &'s OrgId,
    /// As known at which position.
    pub position: Position,
    /// The year of the lines, where one was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<FinancialYear>,
    /// By which rules the lines are.
    pub ruleset: &'static str,
    /// Every claim ever registered, in code-point order of its reference.
    pub claims: Vec<ClaimSummary<'s>>,
}

/// One claim of the list.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimSummary<'s> {
    /// Its reference.
    pub claim: &'s ClaimId,
    /// What changed, in a few words.
    pub title: &'s TextLine,
    /// What kind of change it is.
    pub action: Action,
    /// The service that makes the gain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'s TextLine>,
    /// The function that makes the gain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<Function>,
    /// Who is responsible for the gain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<&'s TextLine>,
    /// The position it was registered at.
    pub registered: Position,
    /// The position it was withdrawn at, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Position>,
    /// Whether a validation is in force.
    pub validated: bool,
    /// How mature whoever validated it holds the figure to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// How many of its challenges are not closed.
    pub open_challenges: usize,
    /// Its line in the year's totals document, where a year was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<ClaimLine<'s>>,
}

/// The claims of an organisation; with their lines of a year where one is named.
///
/// # Errors
/// The year is before the indicator's first; amounts add up past the range of a sum.
pub fn claims(
    state: &Organisation,
    year: Option<FinancialYear>,
) -> Result<Claims<'_>, NotAnswered> {
    if let Some(year) = year {
        check_year(year)?;
    }
    let mut listed = Vec::with_capacity(state.claims.len());
    for (id, claim) in &state.claims {
        listed.push(summary(id, claim, year)?);
    }
    Ok(Claims {
        org: &state.org,
        position: state.position,
        year,
        ruleset: NI179_V1.id,
        claims: listed,
    })
}

fn summary<'s>(
    id: &'s ClaimId,
    claim: &'s Claim,
    year: Option<FinancialYear>,
) -> Result<ClaimSummary<'s>, NotAnswered> {
    let details = &claim.details;
    let open = claim.challenges.values().filter(|it| it.outcome.is_none());
    Ok(ClaimSummary {
        claim: id,
        title: &details.title,
        action: details.action,
        service: details.service.as_ref(),
        function: details.function,
        owner: details.owner.as_ref(),
        registered: claim.registered,
        withdrawn: claim.withdrawn,
        validated: claim.validation.is_some(),
        grade: claim.validation.as_ref().and_then(|it| it.grade),
        open_challenges: open.count(),
        line: line(id, claim, year)?,
    })
}

/// A claim's line of a year, where one is named.
pub(crate) fn line<'s>(
    id: &'s ClaimId,
    claim: &'s Claim,
    year: Option<FinancialYear>,
) -> Result<Option<ClaimLine<'s>>, NotAnswered> {
    let Some(year) = year else { return Ok(None) };
    let line = Line::of(claim, year, &NI179_V1)?;
    let net = line.amounts.net()?;
    Ok(Some(ClaimLine {
        id,
        claim,
        line,
        net,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;
    use serde_json::{Value, json};

    fn document(state: &Organisation, year: Option<&str>) -> Value {
        let year = year.map(|year| year.parse().unwrap());
        serde_json::to_value(claims(state, year).unwrap()).unwrap()
    }

    #[test]
    fn a_list_without_a_year_reads_like_this() {
        let world = World::stroud();
        world.record(
            json!({"type": "validate-claim", "claim": "A", "grade": "final", "actor":
            "b.head"}),
        );
        world.record(json!({"type": "withdraw-claim", "claim": "B", "reason": "No gain"}));
        assert_eq!(
            document(&world.state(), None),
            json!({
                "org": "E07000082", "position": 14, "ruleset": "ni179-v1",
                "claims": [
                    {"claim": "A", "title": "Payroll shared", "action": "reduce-inputs",
                     "service": "Corporate", "function": "human-resources", "registered": 2,
                     "validated": true, "grade": "final", "open_challenges": 1},
                    {"claim": "B", "title": "Fewer journeys", "action": "reduce-inputs",
                     "registered": 10, "withdrawn": 14, "validated": false, "open_challenges": 0},
                ],
            })
        );
    }

    #[test]
    fn a_line_is_the_one_of_the_totals_document() {
        let state = World::stroud().state();
        let year: FinancialYear = "2009/10".parse().unwrap();
        let totals = crate::totals::totals(&state, year).unwrap();
        let totals = serde_json::to_value(&totals).unwrap();
        let listed = document(&state, Some("2009/10"));
        assert_eq!(listed["year"], "2009/10");
        for place in 0..2 {
            assert_eq!(listed["claims"][place]["line"], totals["claims"][place]);
        }
        assert_eq!(listed["claims"][1]["line"]["status"], "ineligible");
        assert_eq!(
            listed["claims"][1]["line"]["reasons"],
            json!(["not-ongoing"])
        );
    }

    #[test]
    fn a_challenge_that_is_closed_is_not_counted() {
        let world = World::stroud();
        world.record(
            json!({"type": "close-challenge", "claim": "A", "challenge": "Q1", "outcome":
            "dismissed", "actor": "c.board"}),
        );
        let listed = document(&world.state(), None);
        assert_eq!(listed["claims"][0]["open_challenges"], 0);
    }

    #[test]
    fn a_year_before_the_indicator_is_refused() {
        let state = World::stroud().state();
        let error = claims(&state, "2007/08".parse().ok()).unwrap_err();
        assert!(matches!(error, NotAnswered::BadQuestion(it) if it.code() == "bad-year"));
    }
}

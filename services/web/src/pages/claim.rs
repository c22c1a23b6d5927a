//! `/organisations/{org}/claims/{claim}`: one gain.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use netgain_answers::parameters;
use netgain_events::identifier::{Actor, ClaimId, OrgId, Position};
use netgain_events::state::Claim;
use netgain_events::wire;
use netgain_ledger::history::{HistoryError, lines};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_pages::frame::Tab;
use netgain_pages::pages::claim::{ClaimEvents, ClaimPage, Looking};
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::history::names::Names;
use super::known::KnownQuery;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/claims/{claim}", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimQuery {
    recorded: String,
    #[serde(flatten)]
    known: KnownQuery,
}

/// The position of what was recorded just before, as the address says it.
pub(super) fn recorded(text: &str) -> Option<Position> {
    text.parse().ok().map(Position::new)
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, text)): Path<(String, String)>,
    Query(query): Query<ClaimQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let (state, known) = query.known.state(&service, &visit).await?;
    let id = parameters::claim(&text)?;
    let Some(claim) = state.claims.get(&id) else {
        return Err(unknown(&id, known.is_now()).into());
    };
    let (org, wanted, last) = (state.org.clone(), id.clone(), known.position);
    let (first, facts) = (claim.registered, Arc::clone(claim));
    let (events, people) = service
        .reading(move |service| {
            let events = events_of(&**service.ledger.log(), &org, &wanted, first, last)?;
            let people = Names::new(service).people(people_in(&events, &facts));
            Ok((events, people))
        })
        .await?;
    let title = claim.details.title.to_string();
    let mut frame = visit.frame(&service, &state, Tab::Gains, title);
    frame.recorded = recorded(&query.recorded);
    frame.known = Some(known.clone());
    let looking = Looking {
        id: &id,
        claim,
        events: &events,
        known: &known,
        authority: &visit.authority,
        person: visit.visitor.asker.person(),
        people: &people,
        today: service.now().day(),
    };
    let page = ClaimPage::new(frame, looking)
        .map_err(|error| Problem::fault("figures could not be added up", &error))?;
    html(&page)
}

/// Everybody whom the page names.
fn people_in<'a>(events: &'a ClaimEvents, claim: &'a Claim) -> impl Iterator<Item = &'a Actor> {
    let validated = claim.validation.iter().map(|it| &it.actor);
    let checked = claim.checks.values().map(|it| &it.actor);
    let raised = claim.challenges.values().map(|it| &it.raised_by);
    let recorded = events.latest().map(|event| &event.actor);
    std::iter::once(&claim.registrant)
        .chain(validated)
        .chain(checked)
        .chain(raised)
        .chain(recorded)
}

fn unknown(id: &ClaimId, is_now: bool) -> Problem {
    let sentence = if is_now {
        format!("There is no gain {id} here; look for it among the gains (capitals matter).")
    } else {
        format!("The gain {id} was not known then; look at a later position.")
    };
    Problem::new(StatusCode::NOT_FOUND, "unknown-claim", sentence)
}

/// The events of a claim between two positions.
fn events_of(
    log: &dyn LogRead,
    org: &OrgId,
    claim: &ClaimId,
    first: Position,
    last: Position,
) -> Result<ClaimEvents, HistoryError> {
    // An event's line has the reference as it is; only lines that do are read further.
    let named = format!("\"{claim}\"").into_bytes();
    let (mut events, mut failed) = (ClaimEvents::default(), None);
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        for (position, line) in (commit.first.get()..).zip(lines(commit.lines)) {
            let within = (first.get()..=last.get()).contains(&position);
            if !within || failed.is_some() || !contains(line, &named) {
                continue;
            }
            match wire::decode(line) {
                Ok(event) if event.fact.claim() == Some(claim) => events.add(event),
                Ok(_) => {}
                Err(source) => {
                    failed = Some(HistoryError::Decode {
                        org: org.clone(),
                        after: Position::new(position.saturating_sub(1)),
                        source,
                    });
                }
            }
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(events),
    }
}

fn contains(line: &[u8], part: &[u8]) -> bool {
    line.windows(part.len()).any(|window| window == part)
}

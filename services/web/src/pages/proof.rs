//! `/organisations/{org}/proof`: what is sealed, and how anybody checks a figure.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use netgain_events::authority::Reading;
use netgain_events::identifier::Position;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::Organisation;
use netgain_pages::frame::Tab;
use netgain_pages::link::Link;
use netgain_pages::pages::proof::{Found, ProofPage, Seal};
use netgain_pages::pages::statements::{link, name};
use netgain_verify::checkpoint::SignedCheckpoint;

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::history::newest::newest;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::service::Service;

/// How many statements the page leads to: whoever wants another finds it among the statements.
const STATEMENTS_SHOWN: usize = 3;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/proof", get(show))
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    visitor
        .asker
        .may_read(&service, visit.org(), Reading::Proof)?;
    // The seal first: the history only grows, so that it never seems to be ahead.
    let sealed = service.seals.checkpoint(visit.org());
    let state = service.state(&visit.readable).await?;
    let seal = match sealed {
        Some(sealed) => Some(seal(&service, &state, &sealed).await?),
        None => None,
    };
    let root = Link::organisation(&state.org);
    let statements = state.statements.iter().rev().take(STATEMENTS_SHOWN);
    let found = Found {
        org: state.org.clone(),
        last: state.position,
        seal,
        keys: service.keys.iter().map(ToString::to_string).collect(),
        alarm: service.seals.alarms().contains(&state.org),
        is_sealing: service.seals.is_sealing(),
        is_checking: service.seals.is_checking(),
        statements: statements
            .map(|issued| (name(issued), link(&root, issued)))
            .collect(),
    };
    let frame = visit.frame(&service, &state, Tab::Statements, "Check a figure yourself");
    html(&ProofPage::new(frame, found))
}

async fn seal(
    service: &Arc<Service>,
    state: &Organisation,
    sealed: &SignedCheckpoint,
) -> Result<Seal, Problem> {
    let checkpoint = sealed.checkpoint();
    let signed_by = sealed
        .verify(&service.keys)
        .map_err(|error| Problem::fault("a checkpoint does not hold", &error))?;
    let position = Position::new(checkpoint.size);
    Ok(Seal {
        origin: checkpoint.origin.to_string(),
        position,
        root: checkpoint.root.to_string(),
        recorded_at: recorded_at(service, state, position).await?,
        signed_by: signed_by.iter().map(|key| key.label()).collect(),
    })
}

/// When the event at a position was recorded.
async fn recorded_at(
    service: &Arc<Service>,
    state: &Organisation,
    position: Position,
) -> Result<Option<RecordedAt>, Problem> {
    if position == state.position {
        return Ok(Some(state.recorded_at));
    }
    let org = state.org.clone();
    let found = service
        .reading(move |service| {
            let log = &**service.ledger.log();
            Ok(newest(log, &org, position, 1, &|_| true)?)
        })
        .await?;
    Ok(found.first().map(|event| event.recorded_at))
}

//! `/organisations/{org}/history/{position}`: one event, and its bytes.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use netgain_answers::{NotAnswered, parameters};
use netgain_events::event::Event;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::Organisation;
use netgain_ledger::history::{HistoryError, lines, read_events};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_pages::frame::Tab;
use netgain_pages::pages::event::effects::effects;
use netgain_pages::pages::event::{EventPage, Found};
use netgain_pages::year::years;
use netgain_verify::tlog::leaf_hash;

use super::names::Names;
use crate::pages::PageRoutes;
use crate::pages::failed::{PageResult, html};
use crate::pages::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes
        .route("/organisations/{org}/history/{position}", get(show))
        .route("/organisations/{org}/history/{position}/bytes", get(bytes))
}

/// The position of an address, if there is an event.
async fn position(service: &Service, visit: &Visit, text: &str) -> Result<Position, Problem> {
    let position = parameters::position("position", text)?;
    let last = service.position(&visit.readable).await?;
    if (Position::new(1)..=last).contains(&position) {
        return Ok(position);
    }
    Err(no_such_event(position))
}

fn no_such_event(position: Position) -> Problem {
    Problem::not_found(
        "no-such-event",
        format!(
            "There is no event {position} in this history; its newest events are on its first page."
        ),
    )
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, text)): Path<(String, String)>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let position = position(&service, &visit, &text).await?;
    let (org, today) = (visit.org().clone(), service.now().day());
    let state = service.state(&visit.readable).await?;
    let last = state.position;
    let (found, people) = service
        .reading(move |service| {
            let log = &**service.ledger.log();
            let Around {
                line,
                event,
                before,
                after,
            } = around(log, &org, position)?;
            let years = years(&after, today);
            let effects =
                effects(&before, &after, event.fact.claim(), &years).map_err(NotAnswered::from)?;
            let people = Names::new(service).people([&event.actor]);
            let found = Found {
                leaf: leaf_hash(&line).to_string(),
                line,
                event,
                effects,
                last,
            };
            Ok((found, people))
        })
        .await?;
    let title = EventPage::title(&found.event);
    let frame = visit.frame(&service, &state, Tab::History, title);
    html(&EventPage::new(frame, &found, &people))
}

/// An event with its line, and the states before and after it.
struct Around {
    line: Vec<u8>,
    event: Event,
    before: Organisation,
    after: Organisation,
}

fn around(log: &dyn LogRead, org: &OrgId, position: Position) -> Result<Around, Problem> {
    let mut state = Organisation::new(org.clone());
    let (mut found, mut failed) = (None, None);
    read_events(log, &Cursor::default(), org, &mut |line, event| {
        if event.position > position || failed.is_some() {
            return;
        }
        if event.position == position {
            found = Some((line.to_vec(), event.clone(), state.clone()));
        }
        failed = state.apply(event).err();
    })?;
    if let Some(source) = failed {
        let org = org.clone();
        return Err(HistoryError::Fold { org, source }.into());
    }
    let (line, event, before) = found.ok_or_else(|| no_such_event(position))?;
    Ok(Around {
        line,
        event,
        before,
        after: state,
    })
}

/// The stored line, without its line feed: what its hashes are of.
async fn bytes(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, text)): Path<(String, String)>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let position = position(&service, &visit, &text).await?;
    let org = visit.org().clone();
    let name = format!("attachment; filename=\"{org}-{position}.json\"");
    let line = service
        .reading(move |service| stored(&**service.ledger.log(), &org, position))
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, line).into_response())
}

fn stored(log: &dyn LogRead, org: &OrgId, position: Position) -> Result<Vec<u8>, Problem> {
    let mut found = None;
    let read = log.read(&Cursor::default(), Some(org), &mut |commit| {
        if found.is_none() {
            let mut numbered = (commit.first.get()..).zip(lines(commit.lines));
            found = numbered
                .find(|(at, _)| *at == position.get())
                .map(|(_, line)| line.to_vec());
        }
    });
    read.map_err(HistoryError::from)?;
    found.ok_or_else(|| no_such_event(position))
}

//! `/organisations/{org}/history`: the events, the newest first, and one of them.

mod event;
pub(super) mod names;
pub(super) mod newest;
mod window;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use netgain_answers::{explain, parameters};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_pages::frame::Tab;
use netgain_pages::pages::history::filter::Filter;
use netgain_pages::pages::history::{Found, HistoryPage};
use netgain_pages::year::{default_year, years};
use netgain_projections::basis::Basis;
use netgain_projections::effects::{Effect, Figure};
use serde::Deserialize;

use self::names::Names;
use self::window::{LOOKED_AT_MAX, PAGE_EVENTS, Start, Window, window};
use super::PageRoutes;
use super::failed::{PageResult, html};
use super::known::KnownQuery;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    event::routes(routes.route("/organisations/{org}/history", get(show)))
}

/// Which part of the history. A field that was left empty asks for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HistoryQuery {
    claim: String,
    actor: String,
    #[serde(rename = "type")]
    kind: String,
    q: String,
    year: String,
    before: String,
    after: String,
    #[serde(flatten)]
    known: KnownQuery,
}

impl HistoryQuery {
    fn start(&self) -> Result<Start, Problem> {
        match (self.before.trim(), self.after.trim()) {
            ("", "") => Ok(Start::Newest),
            ("", after) => Ok(Start::After(parameters::position("after", after)?)),
            (before, _) => Ok(Start::Before(parameters::position("before", before)?)),
        }
    }
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<HistoryQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let (state, known) = query.known.state(&service, &visit).await?;
    let today = service.now().day();
    let year = match query.year.trim() {
        "" => default_year(&state, today),
        text => parameters::year(text)?,
    };
    let filter = Filter::new(&query.claim, &query.actor, &query.kind, &query.q);
    let (start, last) = (query.start()?, known.position);
    let (org, asked) = (state.org.clone(), filter.clone());
    let (found, people) = service
        .reading(move |service| {
            let log = &**service.ledger.log();
            let mut names = Names::new(service);
            let reach = if asked.is_empty() {
                PAGE_EVENTS
            } else {
                LOOKED_AT_MAX
            };
            let takes = &mut |line: &[u8], event: &_| {
                asked.takes(line, event, &mut |actor| names.of(actor))
            };
            let window = window(log, &org, last, start, reach, takes)?;
            let effects = effects(service, &org, year, &window)?;
            let people = names.people(window.events.iter().map(|event| &event.actor));
            let found = Found {
                effects,
                looked_at: window.looked_at,
                newer_after: window.newer_after(last),
                older_before: window.older_before(),
                events: window.events,
            };
            Ok((found, people))
        })
        .await?;
    let mut frame = visit.frame(&service, &state, Tab::History, "History");
    frame.known = Some(known.clone());
    let years = years(&state, today);
    html(&HistoryPage::new(
        frame,
        known,
        (year, &years),
        filter,
        &found,
        &people,
    ))
}

/// What the events of a page did to the validated figure of a year.
fn effects(
    service: &Service,
    org: &OrgId,
    year: FinancialYear,
    window: &Window,
) -> Result<Vec<Effect>, Problem> {
    let (Some(first), Some(last)) = (window.events.first(), window.events.last()) else {
        return Ok(Vec::new());
    };
    let figure = Figure {
        year,
        basis: Basis::Validated,
        claim: None,
    };
    let from = Position::new(first.position.get().saturating_sub(1));
    let log = &**service.ledger.log();
    Ok(explain::diff(log, org, &figure, from, last.position)?.effects)
}

//! `/organisations/{org}/statements`: what was published, and one statement beside what is known now.

mod issue;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use netgain_answers::{NotAnswered, parameters, statements};
use netgain_events::fact::FactKind;
use netgain_events::identifier::Position;
use netgain_events::state::{IssuedStatement, Organisation};
use netgain_pages::frame::Tab;
use netgain_pages::pages::adding_up::{ROWS_MAX, wanted};
use netgain_pages::pages::statements::StatementsPage;
use netgain_pages::pages::statements::one::StatementPage;
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::history::names::Names;
use super::history::newest::newest;
use super::visitor::Visitor;
use super::why::basis;
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    let routes = routes
        .route("/organisations/{org}/statements", get(list))
        .route(
            "/organisations/{org}/statements/{year}/{series}/{number}",
            get(show),
        );
    issue::routes(routes)
}

async fn list(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let state = service.state(&visit.readable).await?;
    let may_issue = visit.authority.check(FactKind::StatementIssued).is_ok();
    let actors = state.statements.iter().map(|issued| &issued.actor);
    let people = Names::new(&service).people(actors);
    let frame = visit.frame(&service, &state, Tab::Statements, "Statements");
    let page = StatementsPage::new(frame, &state, may_issue, &people);
    html(&page.map_err(NotAnswered::from)?)
}

/// On which basis, and whether it has just been issued.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OneQuery {
    basis: String,
    recorded: String,
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, year, series, number)): Path<(String, String, String, String)>,
    Query(query): Query<OneQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let state = service.state(&visit.readable).await?;
    let place = find(&state, &year, &series, &number)?.position;
    let basis = basis(&query.basis)?;
    let title = StatementPage::title(at(&state, place)?);
    let mut frame = visit.frame(&service, &state, Tab::Statements, title);
    frame.recorded = query.recorded.trim().parse().ok().map(Position::new);
    let page = service
        .reading(move |service| {
            let log = &**service.ledger.log();
            let issued = at(&state, place)?;
            let compared = statements::compare(log, &state, issued, basis)?;
            let shown = wanted(&compared.followed);
            let through = compared.followed.to.position;
            let events = newest(log, &state.org, through, ROWS_MAX, &|event| {
                shown.contains(&event.position)
            })?;
            let actors = events.iter().map(|event| &event.actor);
            let people = Names::new(service).people(actors.chain([&issued.actor]));
            let page = StatementPage::new(frame, &compared, &events, &people);
            Ok(page.map_err(NotAnswered::from)?)
        })
        .await?;
    html(&page)
}

/// The statement of an address.
fn find<'s>(
    state: &'s Organisation,
    year: &str,
    series: &str,
    number: &str,
) -> Result<&'s IssuedStatement, Problem> {
    let (year, series) = (parameters::year(year)?, parameters::series(series)?);
    let number = number.parse().map_err(|_| not_there())?;
    statements::find(state, year, series, Some(number)).map_err(|_| not_there())
}

/// The statement at a position.
fn at(state: &Organisation, position: Position) -> Result<&IssuedStatement, Problem> {
    let mut issued = state.statements.iter();
    issued
        .find(|issued| issued.position == position)
        .ok_or_else(not_there)
}

fn not_there() -> Problem {
    Problem::not_found(
        "unknown-statement",
        "There is no such statement. The organisation’s statements are listed under Statements.",
    )
}

//! `/organisations/{org}`: how the year stands, and what needs whoever looks.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use netgain_answers::parameters;
use netgain_pages::frame::Tab;
use netgain_pages::pages::home::{HomePage, Standing};
use netgain_pages::year::default_year;
use serde::Deserialize;

use super::PageRoutes;
use super::claim::recorded;
use super::failed::{PageResult, html};
use super::known::KnownQuery;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HomeQuery {
    year: String,
    recorded: String,
    #[serde(flatten)]
    known: KnownQuery,
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<HomeQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let (state, known) = query.known.state(&service, &visit).await?;
    let today = service.now().day();
    let year = match query.year.trim() {
        "" => default_year(&state, today),
        text => parameters::year(text)?,
    };
    let mut frame = visit.frame(&service, &state, Tab::Home, "Home");
    frame.recorded = recorded(&query.recorded);
    frame.known = Some(known.clone());
    let standing = Standing {
        state: &state,
        known: &known,
        year,
        today,
        authority: &visit.authority,
        person: visit.visitor.asker.person(),
    };
    let page = HomePage::new(frame, standing)
        .map_err(|error| Problem::fault("figures could not be added up", &error))?;
    html(&page)
}

//! `/organisations/{org}/settings`: what the figures are held against.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use netgain_pages::frame::Tab;
use netgain_pages::pages::settings::SettingsPage;
use serde::Deserialize;

use super::PageRoutes;
use super::claim::recorded;
use super::failed::{PageResult, html};
use super::history::names::Names;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/settings", get(show))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SettingsQuery {
    recorded: String,
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<SettingsQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let state = service.state(&visit.readable).await?;
    let mut frame = visit.frame(&service, &state, Tab::Home, "Targets and baseline");
    frame.recorded = recorded(&query.recorded);
    let declared = state.carry_forward.iter();
    let people = declared.flat_map(|it| std::iter::once(&it.declarer).chain(&it.validated_by));
    let people = Names::new(&service).people(people);
    let person = visit.visitor.asker.person();
    let page = SettingsPage::new(frame, &state, &visit.authority, person, &people)
        .map_err(|error| Problem::fault("figures could not be added up", &error))?;
    html(&page)
}

//! `/`: the organisations of whoever is signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use netgain_pages::link::Link;
use netgain_pages::pages::organisations::OrganisationsPage;

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::visitor::Visitor;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/", get(first_page))
}

/// Straight to the only one, or a choice.
async fn first_page(State(service): State<Arc<Service>>, visitor: Visitor) -> PageResult {
    let reach = visitor.asker.reach(&service)?;
    let mut found = Vec::new();
    for org in service.ledger.organisations() {
        let Some(readable) = reach.readable(&org) else {
            continue;
        };
        let name = service
            .look(&readable, |state| {
                state.details.as_ref().map(|it| it.name.to_string())
            })
            .await?;
        found.push((org.clone(), name.unwrap_or_else(|| org.to_string())));
    }
    if let [(org, _)] = found.as_slice() {
        return Ok(Redirect::to(&Link::organisation(org).to_string()).into_response());
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    html(&OrganisationsPage::new(visitor.signed_in(&service), found))
}

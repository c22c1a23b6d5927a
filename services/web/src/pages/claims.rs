//! `…/claims`: all gains with their lines of a year.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use netgain_answers::{parameters, totals};
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::state::Organisation;
use netgain_pages::frame::Tab;
use netgain_pages::pages::claims::{Asked, ClaimsPage, Filter, FilterQuery};
use netgain_pages::year::{default_year, years};

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::known::KnownQuery;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/claims", get(list))
}

async fn list(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<FilterQuery>,
    Query(known): Query<KnownQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let (state, known) = known.state(&service, &visit).await?;
    let year = year(&service, &state, &query.year)?;
    let filter = filter(&query)?;
    let totals = totals::totals(&state, year).map_err(Problem::from)?;
    let is_now = known.is_now();
    let asked = Asked {
        year,
        years: years(&state, service.now().day()),
        known: known.clone(),
        filter,
        page: page(&query.page),
        may_record: visit.authority.check(FactKind::ClaimRegistered).is_ok(),
    };
    let mut frame = visit.frame(&service, &state, Tab::Gains, format!("Gains in {year}"));
    frame.live = is_now.then(|| year.path());
    frame.known = Some(known);
    let page = ClaimsPage::new(frame, &asked, &totals)
        .map_err(|error| Problem::fault("a list could not be added up", &error))?;
    html(&page)
}

/// The year of an address, or the organisation's own.
pub(super) fn year(
    service: &Service,
    state: &Organisation,
    typed: &str,
) -> Result<FinancialYear, Problem> {
    match typed.trim() {
        "" => Ok(default_year(state, service.now().day())),
        typed => Ok(parameters::year(typed)?),
    }
}

/// Which claims an address asks for.
pub(super) fn filter(query: &FilterQuery) -> Result<Filter, Problem> {
    Filter::read(query).map_err(|error| Problem::bad_request("bad-parameter", error.to_string()))
}

/// The page of a list that an address asks for; the first where it says nothing sensible.
pub(super) fn page(typed: &str) -> usize {
    typed.trim().parse().unwrap_or(1)
}

//! `/organisations/{org}/why/{year}`: why a figure is what it is, from the total down to an event.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use netgain_answers::evidence::recorded;
use netgain_answers::{NotAnswered, Unknown, explain, parameters, totals};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{Actor, ClaimId, OrgId, Position};
use netgain_pages::frame::Tab;
use netgain_pages::link::Link;
use netgain_pages::pages::adding_up::ROWS_MAX;
use netgain_pages::pages::why::claim::{Found, WhyClaimPage};
use netgain_pages::pages::why::{Asked, Sort, WhyPage};
use netgain_pages::year::years;
use netgain_projections::basis::Basis;
use netgain_projections::effects::Figure;
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::history::names::Names;
use super::history::newest::newest;
use super::known::KnownQuery;
use super::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/why/{year}", get(show))
}

/// Which figure. A field that was left empty asks for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WhyQuery {
    basis: String,
    claim: String,
    sort: String,
    page: String,
    /// Another year than the address's: the form on the page can only ask for it so.
    year: String,
    #[serde(flatten)]
    known: KnownQuery,
}

/// A basis that somebody chose: the validated one where they chose none.
pub(super) fn basis(text: &str) -> Result<Basis, Problem> {
    match text.trim() {
        "" => Ok(Basis::Validated),
        text => Ok(parameters::basis(text)?),
    }
}

/// The year that a form asks for, where it is another one than its page is of.
pub(super) fn other_year(
    asked: &str,
    year: FinancialYear,
) -> Result<Option<FinancialYear>, Problem> {
    match asked.trim() {
        "" => Ok(None),
        text => Ok(Some(parameters::year(text)?).filter(|asked| *asked != year)),
    }
}

/// A field of a query, where anything was typed.
pub(super) fn typed(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, year)): Path<(String, String)>,
    Query(query): Query<WhyQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let year = parameters::year(&year)?;
    if let Some(other) = other_year(&query.year, year)? {
        let link = Link::organisation(visit.org()).to("why").to(other.path());
        let link = link
            .with_some("basis", typed(&query.basis))
            .with_some("claim", typed(&query.claim))
            .with_some("sort", typed(&query.sort))
            .with_some("position", typed(&query.known.position))
            .with_some("known_at", typed(&query.known.known_at));
        return Ok(Redirect::to(&link.to_string()).into_response());
    }
    totals::check_year(year)?;
    match typed(&query.claim) {
        Some(claim) => {
            let claim = parameters::claim(claim)?;
            of_claim(service, visit, year, claim, &query).await
        }
        None => of_total(service, visit, year, &query).await,
    }
}

async fn of_total(
    service: Arc<Service>,
    visit: Visit,
    year: FinancialYear,
    query: &WhyQuery,
) -> PageResult {
    let (state, known) = query.known.state(&service, &visit).await?;
    let asked = Asked {
        basis: basis(&query.basis)?,
        sort: Sort::named(&query.sort),
        page: query.page.trim().parse().unwrap_or(1),
    };
    let (org, through) = (state.org.clone(), state.position);
    let recorded = service
        .reading(move |service| Ok(recorded(&**service.ledger.log(), &org, through)?))
        .await?;
    let totals = totals::totals(&state, year)?;
    let title = WhyPage::title(&totals, asked.basis);
    let mut frame = visit.frame(&service, &state, Tab::History, title);
    frame.known = Some(known.clone());
    let years = years(&state, service.now().day());
    let page = WhyPage::new(frame, &known, &totals, &recorded, &years, asked);
    html(&page.map_err(NotAnswered::from)?)
}

async fn of_claim(
    service: Arc<Service>,
    visit: Visit,
    year: FinancialYear,
    claim: ClaimId,
    query: &WhyQuery,
) -> PageResult {
    let (state, known) = query.known.state(&service, &visit).await?;
    let org: OrgId = state.org.clone();
    let Some(of_claim) = state.claim(&claim) else {
        return Err(NotAnswered::from(Unknown::Claim { org, claim }).into());
    };
    let figure = Figure {
        year,
        basis: basis(&query.basis)?,
        claim: Some(claim.clone()),
    };
    let through = state.position;
    let validation = of_claim.validation.as_ref();
    let behind: Vec<Actor> = [&of_claim.registrant]
        .into_iter()
        .chain(validation.map(|validation| &validation.actor))
        .chain(of_claim.checks.get(&year).map(|check| &check.actor))
        .cloned()
        .collect();
    let (followed, events, counted, people) = service
        .reading(move |service| {
            let log = &**service.ledger.log();
            let followed = explain::diff(log, &org, &figure, Position::ZERO, through)?;
            let about = figure.claim.as_ref();
            let events = newest(log, &org, through, ROWS_MAX, &|event| {
                event.fact.claim() == about
            })?;
            let mut counted = recorded(log, &org, through)?;
            let counted = about.and_then(|claim| counted.remove(claim));
            let actors = events.iter().map(|event| &event.actor).chain(&behind);
            let people = Names::new(service).people(actors);
            Ok((followed, events, counted.unwrap_or_default(), people))
        })
        .await?;
    let found = Found {
        claim: of_claim,
        followed: &followed,
        events: &events,
        recorded: counted,
        people: &people,
    };
    let title = WhyClaimPage::title(&claim, &followed);
    let mut frame = visit.frame(&service, &state, Tab::History, title);
    frame.known = Some(known.clone());
    let years = years(&state, service.now().day());
    let page = WhyClaimPage::new(frame, &known, &claim, &found, &years);
    html(&page.map_err(NotAnswered::from)?)
}

//! `/organisations/{org}/checks`: the checks that are due of a year, many in one sitting.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use netgain_answers::parameters;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::SumOverflow;
use netgain_events::state::Organisation;
use netgain_pages::forms::form::Form;
use netgain_pages::forms::place::Place;
use netgain_pages::forms::problems::Problems;
use netgain_pages::forms::worklist::{Worklist, years_due};
use netgain_pages::year::default_year;
use serde::Deserialize;

use super::PageRoutes;
use super::claim::recorded;
use super::failed::{PageResult, html};
use super::form::SentBy;
use super::forms::FormOf;
use super::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/checks", get(show).post(send))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChecksQuery {
    year: String,
    recorded: String,
    /// How many were recorded just before.
    checked: String,
}

/// The worklist in somebody's hands.
struct Sitting {
    visit: Visit,
    state: Organisation,
    years: Vec<(FinancialYear, usize)>,
    worklist: Worklist,
}

impl Sitting {
    async fn of(
        service: &Service,
        visitor: &Visitor,
        org: &str,
        query: &ChecksQuery,
    ) -> Result<Self, Problem> {
        let visit = visitor.visit(service, org)?;
        let state = service.state(&visit.readable).await?;
        let today = service.now().day();
        let years = years_due(&state, today).map_err(fault)?;
        let year = match query.year.trim() {
            "" => usual_year(default_year(&state, today), &years),
            text => parameters::year(text)?,
        };
        let place = Place {
            state: &state,
            claim: None,
            part: None,
            year: Some(year),
            today,
        };
        let may_check = visit.authority.check(FactKind::SustainmentChecked).is_ok();
        let checker = visit.visitor.asker.person();
        let worklist = Worklist::new(&place, year, checker, may_check);
        let worklist = worklist.map_err(fault)?;
        Ok(Self {
            visit,
            state,
            years,
            worklist,
        })
    }

    fn form<'s>(&'s self, service: &'s Service) -> FormOf<'s> {
        FormOf {
            service,
            visit: &self.visit,
            state: &self.state,
            form: &self.worklist,
        }
    }
}

/// The year of the page where none is named: the usual one, or the latest before it with checks due, or else
/// the latest.
fn usual_year(usual: FinancialYear, years: &[(FinancialYear, usize)]) -> FinancialYear {
    let mut due = years.iter().map(|(year, _)| *year).rev();
    let latest = due.clone().next();
    due.find(|year| *year <= usual).or(latest).unwrap_or(usual)
}

fn fault(error: SumOverflow) -> Problem {
    Problem::fault("figures could not be added up", &error)
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<ChecksQuery>,
) -> PageResult {
    let sitting = Sitting::of(&service, &visitor, &org, &query).await?;
    let form = sitting.form(&service);
    let mut page = form.page(&sitting.worklist.fresh(), &Problems::default())?;
    page = page.recorded(recorded(&query.recorded));
    page = page.lead(
        sitting
            .worklist
            .lead(&sitting.years, query.checked.parse().ok()),
    );
    if sitting.worklist.is_empty() || form.permitted().is_err() {
        page = page.without_submit();
    }
    html(&page)
}

async fn send(
    State(service): State<Arc<Service>>,
    Path(org): Path<String>,
    Query(query): Query<ChecksQuery>,
    SentBy(visitor, typed): SentBy,
) -> PageResult {
    let sitting = Sitting::of(&service, &visitor, &org, &query).await?;
    let lead = sitting.worklist.lead(&sitting.years, None);
    sitting
        .form(&service)
        .answer(&typed, |page| page.lead(lead))
        .await
}

//! `/board`: several organisations on one page, for whoever may see them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use chrono::NaiveDate;
use netgain_answers::{NotAnswered, parameters, totals};
use netgain_events::fact::OrganisationDetails;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_pages::pages::boards::{
    Boards, BoardsPage, Choices, Filter, ORGANISATIONS_SHOWN_MAX, OrganisationRow,
};
use netgain_pages::year::{current, default_year};
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html};
use super::visitor::Visitor;
use crate::asker::{Reachable, Readable};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/board", get(show))
}

/// What the page's address says. What is empty says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct BoardsQuery {
    year: String,
    orgs: String,
    sector: String,
    region: String,
    kind: String,
}

/// An organisation that somebody may see.
struct Seen {
    readable: Readable,
    details: Option<OrganisationDetails>,
    /// The year that its own pages begin with.
    year: FinancialYear,
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Query(query): Query<BoardsQuery>,
) -> PageResult {
    let reach = visitor.asker.reach(&service)?;
    let today = service.now().day();
    let filter = Filter {
        orgs: query.orgs.trim().to_owned(),
        sector: query.sector.trim().to_owned(),
        region: query.region.trim().to_owned(),
        kind: query.kind.trim().to_owned(),
    };
    let (mut asked, mut missing) = asked(&filter);
    let all_are_asked = asked.is_empty();
    let (mut seen, mut choices) = (Vec::new(), Choices::default());
    for it in all_seen(&service, &reach, today).await? {
        if let Some(details) = &it.details {
            choices.add(details);
        }
        let is_asked = asked.remove(it.readable.org()) || all_are_asked;
        if is_asked && filter.takes(it.details.as_ref()) {
            seen.push(it);
        }
    }
    missing.extend(asked.iter().map(|org| org.to_string()));
    let year = match query.year.trim() {
        "" => seen
            .iter()
            .map(|it| it.year)
            .max()
            .unwrap_or(current(today)),
        text => parameters::year(text)?,
    };
    totals::check_year(year)?;
    seen.sort_by_key(name);
    let more = seen.len().saturating_sub(ORGANISATIONS_SHOWN_MAX);
    let mut rows = Vec::new();
    for it in seen.iter().take(ORGANISATIONS_SHOWN_MAX) {
        rows.push(row(&service, &it.readable, year, today).await?);
    }
    let last = current(today).max(year);
    let found = Boards {
        year,
        years: NI179_V1.first_year.to(last).collect(),
        filter,
        choices,
        rows,
        more,
        missing,
    };
    let person = visitor.signed_in(&service);
    html(&BoardsPage::new(person, found).map_err(NotAnswered::from)?)
}

/// The codes that were asked for, and what cannot be one.
fn asked(filter: &Filter) -> (BTreeSet<OrgId>, Vec<String>) {
    let (mut asked, mut missing) = (BTreeSet::new(), Vec::new());
    for code in filter.codes().take(ORGANISATIONS_SHOWN_MAX) {
        match code.parse() {
            Ok(org) => {
                asked.insert(org);
            }
            Err(_) => missing.push(code.to_owned()),
        }
    }
    (asked, missing)
}

/// By name, and those without one by code.
fn name(seen: &Seen) -> (String, OrgId) {
    let org = seen.readable.org().clone();
    let name = seen.details.as_ref().map(|it| it.name.to_string());
    (name.unwrap_or_else(|| org.to_string()), org)
}

async fn all_seen(
    service: &Service,
    reach: &Reachable,
    today: NaiveDate,
) -> Result<Vec<Seen>, Problem> {
    let mut seen = Vec::new();
    for org in service.ledger.organisations() {
        let Some(readable) = reach.readable(&org) else {
            continue;
        };
        let look = |state: &Organisation| (state.details.clone(), default_year(state, today));
        let (details, year) = service.look(&readable, look).await?;
        seen.push(Seen {
            readable,
            details,
            year,
        });
    }
    Ok(seen)
}

/// An organisation's row, worked out once for each position and day, however many ask.
async fn row(
    service: &Service,
    readable: &Readable,
    year: FinancialYear,
    today: NaiveDate,
) -> Result<Arc<OrganisationRow>, Problem> {
    let position = service.position(readable).await?;
    let rows = &service.caches.boards.rows;
    let key = (readable.org().clone(), year);
    if let Some((at, kept)) = rows.get(&key)
        && at == today
        && kept.position == position
    {
        return Ok(kept);
    }
    let state = service.state(readable).await?;
    let totals = totals::totals(&state, year)?;
    let row = OrganisationRow::of(&state, &totals, today).map_err(NotAnswered::from)?;
    let row = Arc::new(row);
    rows.insert(key, (today, Arc::clone(&row)));
    Ok(row)
}

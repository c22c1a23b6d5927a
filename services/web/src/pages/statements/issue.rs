//! `/organisations/{org}/statements/new`: issuing a statement.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use netgain_answers::parameters;
use netgain_events::fact::FactKind;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Position;
use netgain_events::refusal::Refusal;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Series;
use netgain_pages::forms::problems::Problems;
use netgain_pages::frame::Tab;
use netgain_pages::link::Link;
use netgain_pages::pages::statements::issue::{Asked, IssuePage};
use netgain_pages::pages::statements::link;
use netgain_pages::year::{default_year, years};
use serde::Deserialize;
use serde_json::{Value, json};

use super::at;
use crate::pages::PageRoutes;
use crate::pages::failed::{PageResult, html, html_with};
use crate::pages::form::SentBy;
use crate::pages::record::{Came, once, record_as_seen, rehearsed};
use crate::pages::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/statements/new", get(show).post(send))
}

/// Which statement somebody thinks of.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct IssueQuery {
    year: String,
    series: String,
}

/// Of which year and series: what was typed, or what is due.
fn wanted(
    service: &Service,
    state: &Organisation,
    year: &str,
    series: &str,
) -> Result<(FinancialYear, Series), Problem> {
    let today = service.now().day();
    let year = match year.trim() {
        "" => default_year(state, today),
        text => parameters::year(text)?,
    };
    let series = match series.trim() {
        "" if today < year.day_after() => Series::Forecast,
        "" => Series::Actual,
        text => parameters::series(text)?,
    };
    Ok((year, series))
}

/// Lets in whoever may issue a statement.
fn signatory(visitor: &Visitor, service: &Service, org: &str) -> Result<Visit, Problem> {
    let visit = visitor.visit(service, org)?;
    let allowed = visit.authority.check(FactKind::StatementIssued);
    allowed.map_err(|refusal| Problem::from(&refusal))?;
    Ok(visit)
}

fn command(year: FinancialYear, series: Series, note: Option<&str>) -> Value {
    let mut command = json!({"type": "issue-statement", "year": year, "series": series});
    if let (Some(note), Value::Object(members)) = (note, &mut command) {
        members.insert("note".to_owned(), note.into());
    }
    command
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<IssueQuery>,
) -> PageResult {
    let visit = signatory(&visitor, &service, &org)?;
    let state = service.state(&visit.readable).await?;
    let (year, series) = wanted(&service, &state, &query.year, &query.series)?;
    let asked = Asked {
        org: &state.org,
        year,
        series,
        note: "",
    };
    page(&service, &visit, &state, &asked, Problems::default())
}

/// The form, with the figures as they would be frozen now and with what is wrong.
fn page(
    service: &Service,
    visit: &Visit,
    state: &Organisation,
    asked: &Asked<'_>,
    mut problems: Problems,
) -> PageResult {
    let rehearsal = rehearsed(
        service,
        visit,
        state,
        &command(asked.year, asked.series, None),
    )?;
    let next = match rehearsal {
        Ok(rehearsal) => rehearsal.state.statements.last().cloned(),
        Err(refused) => {
            if problems.is_empty() {
                add(&refused, &mut problems);
            }
            None
        }
    };
    let years = years(state, service.now().day());
    let frame = visit.frame(service, state, Tab::Statements, "Issue a statement");
    let page = IssuePage::new(frame, asked, &years, next.as_ref(), &problems, once()?);
    if problems.is_empty() {
        html(&page)
    } else {
        html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }
}

fn add(refused: &[(usize, Refusal)], problems: &mut Problems) {
    let fields = ["year", "series", "note"];
    for (_, refusal) in refused {
        problems.refused(refusal, |field| {
            fields.contains(&field).then(|| field.to_owned())
        });
    }
}

async fn send(
    State(service): State<Arc<Service>>,
    Path(org): Path<String>,
    SentBy(visitor, typed): SentBy,
) -> PageResult {
    let visit = signatory(&visitor, &service, &org)?;
    let state = service.state(&visit.readable).await?;
    let (year, series) = wanted(&service, &state, typed.raw("year"), typed.raw("series"))?;
    let asked = Asked {
        org: &state.org,
        year,
        series,
        note: typed.raw("note"),
    };
    // Whoever issues it has seen these figures and no others. A form that does not say which has seen none.
    let seen = typed.some("seen").and_then(|seen| seen.parse().ok());
    let seen = Position::new(seen.unwrap_or_default());
    let command = command(year, series, typed.some("note"));
    let mut problems = Problems::default();
    match record_as_seen(&service, &visit, &command, typed.some("once"), seen).await? {
        Some(Came::Recorded(position)) => {
            let now = service.state(&visit.readable).await?;
            let root = Link::organisation(visit.org());
            let link = link(&root, at(&now, position)?).with("recorded", position);
            Ok(Redirect::to(&link.to_string()).into_response())
        }
        Some(Came::Refused(refused)) => {
            add(&refused, &mut problems);
            page(&service, &visit, &state, &asked, problems)
        }
        None => {
            problems.of_whole(
                "Something was recorded since you looked. These are the figures now: look at them again \
                 before you issue the statement.",
            );
            let now = service.state(&visit.readable).await?;
            page(&service, &visit, &now, &asked, problems)
        }
    }
}

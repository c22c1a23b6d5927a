//! `/organisations/{org}/board`: the page for the board's meeting, and the dates of its meetings.

mod earlier;
mod since;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use chrono::NaiveDate;
use netgain_answers::{NotAnswered, parameters, totals};
use netgain_events::authority::{Authority, Role};
use netgain_events::fact::FactKind;
use netgain_events::identifier::OrgId;
use netgain_pages::forms::problems::Problems;
use netgain_pages::forms::typed::Typed;
use netgain_pages::frame::Tab;
use netgain_pages::link::Link;
use netgain_pages::pages::board::{Board, BoardPage, Meetings, Part, meeting_date};
use netgain_pages::year::default_year;
use serde::Deserialize;

pub(crate) use self::earlier::BoardCaches;
use super::PageRoutes;
use super::failed::{Failed, PageResult, html, html_with};
use super::form::SentBy;
use super::known::KnownQuery;
use super::visitor::{Visit, Visitor};
use crate::meetings::{self, MeetingsError};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes
        .route("/organisations/{org}/board", get(show))
        .route("/organisations/{org}/board/meetings", post(keep))
        .route("/organisations/{org}/board/meetings/remove", post(remove))
}

/// What the address of a board's page says. A field that was left empty says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct BoardQuery {
    year: String,
    since: String,
    service: String,
    label: String,
    /// The date that was kept or removed just now.
    meeting: String,
    #[serde(flatten)]
    known: KnownQuery,
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<BoardQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let changed = query.meeting.parse().ok();
    let form = Meetings {
        changed,
        ..Meetings::default()
    };
    html(&page(&service, &visit, &query, form).await?)
}

/// The page with the form for a meeting as it stands.
async fn page(
    service: &Arc<Service>,
    visit: &Visit,
    query: &BoardQuery,
    form: Meetings,
) -> Result<BoardPage, Failed> {
    let (state, known) = query.known.state(service, visit).await?;
    let today = service.now().day();
    let year = match query.year.trim() {
        "" => default_year(&state, today),
        text => parameters::year(text)?,
    };
    let totals = totals::totals(&state, year)?;
    let dates = service.meetings.of(visit.org())?;
    let at = since::looked_from(&known, today);
    let since = since::since(service, &state, &totals, &query.since, &dates, at).await?;
    let challenges = earlier::challenges(service, &state).await?;
    let frame = visit.frame(
        service,
        &state,
        Tab::Board,
        format!("Efficiency board, {year}"),
    );
    let board = Board {
        state: &state,
        totals: &totals,
        today,
        at,
        since,
        part: Part::of_address(query.service.trim(), query.label.trim()),
        challenges: &challenges,
        meetings: Meetings {
            dates,
            may_keep: known.is_now() && may_keep(&visit.authority),
            ..form
        },
        may_challenge: known.is_now() && visit.authority.check(FactKind::ChallengeRaised).is_ok(),
        known,
    };
    Ok(BoardPage::new(frame, board).map_err(NotAnswered::from)?)
}

/// Whether somebody keeps the dates of the board's meetings: its members, and whoever signs for the figures.
fn may_keep(authority: &Authority) -> bool {
    match authority {
        Authority::Operator => true,
        Authority::Granted {
            roles,
            service_account,
        } => {
            !service_account
                && roles
                    .iter()
                    .any(|role| matches!(role, Role::Board | Role::Signatory))
        }
    }
}

async fn keep(
    State(service): State<Arc<Service>>,
    Path(org): Path<String>,
    SentBy(visitor, typed): SentBy,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    permit(&visit)?;
    let mut problems = Problems::default();
    if let Some(date) = meeting_date(&typed, &mut problems) {
        match change(&service, &visit, move |meetings, org| {
            meetings.keep(org, date)
        })
        .await
        {
            Ok(()) => return Ok(back(&visit, &typed, date)),
            Err(full @ MeetingsError::Full) => {
                problems.of_field("meeting-day", sentence(&full));
            }
            Err(other) => return Err(Problem::from(other).into()),
        }
    }
    let query = BoardQuery {
        year: typed.raw("year").to_owned(),
        ..BoardQuery::default()
    };
    let form = Meetings {
        typed,
        problems,
        ..Meetings::default()
    };
    let page = page(&service, &visit, &query, form).await?;
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn remove(
    State(service): State<Arc<Service>>,
    Path(org): Path<String>,
    SentBy(visitor, typed): SentBy,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    permit(&visit)?;
    let date = parameters::date("date", typed.raw("date"))?;
    change(&service, &visit, move |meetings, org| {
        meetings.remove(org, date)
    })
    .await
    .map_err(Problem::from)?;
    Ok(back(&visit, &typed, date))
}

fn permit(visit: &Visit) -> Result<(), Problem> {
    if may_keep(&visit.authority) {
        return Ok(());
    }
    Err(Problem::not_allowed(
        "The dates of meetings are kept by the board and by the signatory; ask one of them.",
    ))
}

/// Changes the dates on a thread that may wait for the disk.
async fn change(
    service: &Arc<Service>,
    visit: &Visit,
    change: impl FnOnce(&meetings::Meetings, &OrgId) -> Result<(), MeetingsError> + Send + 'static,
) -> Result<(), MeetingsError> {
    let (service, org) = (Arc::clone(service), visit.org().clone());
    let changing = tokio::task::spawn_blocking(move || change(&service.meetings, &org));
    changing
        .await
        .unwrap_or_else(|error| Err(MeetingsError::Interrupted(error)))
}

/// Back to the board, which says what was done.
fn back(visit: &Visit, typed: &Typed, date: NaiveDate) -> axum::response::Response {
    let link = Link::organisation(visit.org())
        .to("board")
        .with_some("year", typed.some("year"))
        .with("meeting", date);
    Redirect::to(&link.to_string()).into_response()
}

/// As a sentence of a page.
fn sentence(error: &MeetingsError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    let text: String = first.into_iter().flatten().chain(letters).collect();
    format!("{text}.")
}

impl From<MeetingsError> for Problem {
    fn from(error: MeetingsError) -> Self {
        match error {
            MeetingsError::Full => {
                Self::new(StatusCode::CONFLICT, "too-many-meetings", sentence(&error))
            }
            MeetingsError::File(_) | MeetingsError::Form { .. } | MeetingsError::Interrupted(_) => {
                Self::fault("the dates of meetings cannot be used", &error)
            }
        }
    }
}

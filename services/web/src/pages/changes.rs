//! `/organisations/{org}/changes/{year}`: what changed a figure between two positions or dates.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use netgain_answers::{BadQuestion, NotAnswered, explain, known, parameters, totals};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::Organisation;
use netgain_ledger::history::KnownAt;
use netgain_ledger::log::LogRead;
use netgain_pages::forms::problems::Problems;
use netgain_pages::frame::Tab;
use netgain_pages::link::Link;
use netgain_pages::pages::adding_up::{ROWS_MAX, wanted};
use netgain_pages::pages::changes::{Asked, ChangesPage, Found};
use netgain_pages::year::years;
use netgain_projections::effects::Figure;
use serde::Deserialize;

use super::PageRoutes;
use super::failed::{PageResult, html, html_with};
use super::history::names::Names;
use super::history::newest::newest;
use super::visitor::Visitor;
use super::why::{basis, other_year, typed};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/changes/{year}", get(show))
}

/// Between which points. A field that was left empty asks for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangesQuery {
    from: String,
    to: String,
    basis: String,
    claim: String,
    year: String,
    /// As pages of figures say until when they look: the end, unless there is another.
    position: String,
    known_at: String,
}

impl ChangesQuery {
    /// Where somebody wants to end.
    fn to(&self) -> &str {
        let all = [&self.to, &self.position, &self.known_at];
        all.into_iter()
            .find_map(|text| typed(text))
            .unwrap_or_default()
    }
}

/// A point of a history: its position, and when its event was recorded.
#[derive(Clone, Copy, Debug)]
struct Point {
    position: Position,
    recorded_at: Option<RecordedAt>,
}

impl Point {
    fn of(state: &Organisation) -> Self {
        Self {
            position: state.position,
            recorded_at: (state.position > Position::ZERO).then_some(state.recorded_at),
        }
    }
}

async fn show(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, year)): Path<(String, String)>,
    Query(query): Query<ChangesQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let year = parameters::year(&year)?;
    if let Some(other) = other_year(&query.year, year)? {
        let link = Link::organisation(visit.org())
            .to("changes")
            .to(other.path());
        let link = link
            .with_some("basis", typed(&query.basis))
            .with_some("claim", typed(&query.claim))
            .with_some("from", typed(&query.from))
            .with_some("to", typed(query.to()));
        return Ok(Redirect::to(&link.to_string()).into_response());
    }
    totals::check_year(year)?;
    let figure = Figure {
        year,
        basis: basis(&query.basis)?,
        claim: typed(&query.claim).map(parameters::claim).transpose()?,
    };
    let state = service.state(&visit.readable).await?;
    let asked = Asked {
        org: &state.org,
        year,
        basis: figure.basis,
        claim: typed(&query.claim),
        from: query.from.trim(),
        to: query.to(),
    };
    let frame = visit.frame(&service, &state, Tab::History, ChangesPage::title(&asked));
    let years = years(&state, service.now().day());
    let (from, to) = (asked.from.to_owned(), asked.to.to_owned());
    let now = state.clone();
    let read = service
        .reading(move |service| {
            let log = &**service.ledger.log();
            let (from, to) = match points(log, &now, year, &from, &to)? {
                Ok(points) => points,
                Err(problems) => return Ok(Err(problems)),
            };
            let followed = explain::diff(log, &now.org, &figure, from.position, to.position)?;
            let shown = wanted(&followed);
            let events = newest(log, &now.org, to.position, ROWS_MAX, &|event| {
                shown.contains(&event.position)
            })?;
            let people = Names::new(service).people(events.iter().map(|event| &event.actor));
            let recorded_at = [from.recorded_at, to.recorded_at];
            Ok(Ok((followed, recorded_at, events, people)))
        })
        .await?;
    let page = match &read {
        Ok((followed, recorded_at, events, people)) => {
            let found = Found {
                followed,
                recorded_at: *recorded_at,
                events,
                people,
            };
            ChangesPage::new(frame, &asked, &years, Some(&found), &Problems::default())
        }
        Err(problems) => ChangesPage::new(frame, &asked, &years, None, problems),
    };
    let page = page.map_err(NotAnswered::from)?;
    if read.is_err() {
        return html_with(axum::http::StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    html(&page)
}

type Points = Result<(Point, Point), Problems>;

/// The two points that somebody typed, or what is wrong with them.
fn points(
    log: &dyn LogRead,
    now: &Organisation,
    year: FinancialYear,
    from: &str,
    to: &str,
) -> Result<Points, Problem> {
    let mut problems = Problems::default();
    let start = match from {
        "" => Ok(KnownAt::Position(last_stated(now, year))),
        text => read(text),
    };
    let end = match to {
        "" => Ok(KnownAt::Latest),
        text => read(text),
    };
    let mut found = Vec::new();
    for (field, asked) in [("from", start), ("to", end)] {
        match asked.map(|asked| point(log, now, asked)) {
            Ok(Ok(point)) => found.push(point),
            Ok(Err(NotAnswered::BadQuestion(bad))) => problems.of_field(field, beyond(now, &bad)),
            Ok(Err(other)) => return Err(other.into()),
            Err(sentence) => problems.of_field(field, sentence),
        }
    }
    let &[from, to] = found.as_slice() else {
        return Ok(Err(problems));
    };
    if to.position < from.position {
        problems.of_field(
            "from",
            "The start is later than the end: change one of them",
        );
        return Ok(Err(problems));
    }
    Ok(Ok((from, to)))
}

fn beyond(now: &Organisation, bad: &BadQuestion) -> String {
    match bad {
        BadQuestion::PositionBeyondLast { .. } => {
            format!(
                "The last position is {}: enter that or an earlier one",
                now.position
            )
        }
        BadQuestion::YearTooEarly(_)
        | BadQuestion::FromAfterTo { .. }
        | BadQuestion::YearMissing
        | BadQuestion::HeadingMissing
        | BadQuestion::ControlTotal { .. }
        | BadQuestion::Parameter { .. } => bad.to_string(),
    }
}

/// What the year's last statement was known at; nothing known, where there is none.
fn last_stated(now: &Organisation, year: FinancialYear) -> Position {
    let mut statements = now.statements.iter().rev();
    let last = statements.find(|issued| issued.statement.year == year);
    last.map_or(Position::ZERO, |issued| issued.statement.figures.known_at)
}

/// A position or a day, as somebody typed it.
fn read(text: &str) -> Result<KnownAt, &'static str> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let position = parameters::position("position", text);
        return position
            .map(KnownAt::Position)
            .map_err(|_| "That position is too large a number");
    }
    parameters::time(text)
        .map(KnownAt::Time)
        .map_err(|_| "Enter a position such as 39, or a day such as 2011-07-31")
}

fn point(log: &dyn LogRead, now: &Organisation, asked: KnownAt) -> Result<Point, NotAnswered> {
    let org: &OrgId = &now.org;
    match asked {
        KnownAt::Latest => Ok(Point::of(now)),
        KnownAt::Position(Position::ZERO) => Ok(Point::of(&Organisation::new(org.clone()))),
        KnownAt::Position(_) | KnownAt::Time(_) => {
            Ok(Point::of(&known::state(log, None, org, asked)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_a_position_or_a_day() {
        assert_eq!(read("39"), Ok(KnownAt::Position(Position::new(39))));
        assert!(matches!(read("2011-07-31"), Ok(KnownAt::Time(_))));
        for wrong in ["last week", "31/7/2011", "-1", "3.5"] {
            assert!(
                read(wrong).unwrap_err().starts_with("Enter a position"),
                "{wrong}"
            );
        }
        assert!(
            read("99999999999999999999999")
                .unwrap_err()
                .contains("too large")
        );
    }

    #[test]
    fn the_end_is_where_the_page_before_looked_unless_another_is_typed() {
        let mut query = ChangesQuery {
            position: "12".to_owned(),
            ..ChangesQuery::default()
        };
        assert_eq!(query.to(), "12");
        query.to = " 2011-07-31 ".to_owned();
        assert_eq!(query.to(), "2011-07-31");
        assert_eq!(ChangesQuery::default().to(), "");
    }
}

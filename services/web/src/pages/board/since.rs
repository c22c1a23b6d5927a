//! The point that a board compares with: what somebody typed, or the last meeting.

use std::sync::Arc;

use chrono::NaiveDate;
use netgain_answers::parameters;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::Organisation;
use netgain_pages::known::Known;
use netgain_pages::pages::board::{Earlier, Point, Since};
use netgain_projections::totals::Totals;

use super::earlier::{self, Before};
use crate::problem::Problem;
use crate::service::Service;

const WRONG: &str = "Enter a day like 2011-07-31, or a position as a whole number";

/// The day that a page looks from: today, or the day it is taken back to.
pub(super) fn looked_from(known: &Known, today: NaiveDate) -> NaiveDate {
    if known.is_now() {
        return today;
    }
    let asked = known.asked_known_at.as_deref();
    let asked = asked.and_then(|text| parameters::time(text).ok());
    let moment = asked.or(known.recorded_at);
    moment.map_or(today, RecordedAt::day)
}

/// What to compare with. What cannot be read comes back with what is wrong.
pub(super) async fn since(
    service: &Arc<Service>,
    state: &Organisation,
    totals: &Totals<'_>,
    typed: &str,
    meetings: &[NaiveDate],
    at: NaiveDate,
) -> Result<Since, Problem> {
    let typed = typed.trim();
    let point = match wanted(typed, meetings, at) {
        Ok(point) => point,
        Err(problem) => return Ok(wrong(typed, problem)),
    };
    let Some(point) = point else {
        return Ok(Since::default());
    };
    let before = match point {
        Point::Position(position) if position > state.position => {
            let last = state.position;
            return Ok(wrong(typed, format!("Enter a position from 0 to {last}")));
        }
        Point::Position(position) => Before::Position(position),
        Point::LastMeeting(date) | Point::Meeting(date) | Point::Day(date) => {
            Before::Moment(parameters::time(&date.to_string())?)
        }
    };
    let (position, nets) = earlier::nets(service, totals, state, before).await?;
    Ok(Since {
        typed: typed.to_owned(),
        earlier: Some(Earlier {
            point,
            position,
            nets,
        }),
        problem: None,
    })
}

fn wrong(typed: &str, problem: impl Into<String>) -> Since {
    Since {
        typed: typed.to_owned(),
        earlier: None,
        problem: Some(problem.into()),
    }
}

/// The point that was typed, or the last meeting before the day that the page looks from.
fn wanted(
    typed: &str,
    meetings: &[NaiveDate],
    at: NaiveDate,
) -> Result<Option<Point>, &'static str> {
    if typed.is_empty() {
        let last = meetings.iter().rev().find(|date| **date < at);
        return Ok(last.copied().map(Point::LastMeeting));
    }
    if let Ok(position) = parameters::position("since", typed) {
        return Ok(Some(Point::Position(position)));
    }
    match parameters::date("since", typed) {
        Ok(date) if meetings.contains(&date) => Ok(Some(Point::Meeting(date))),
        Ok(date) => Ok(Some(Point::Day(date))),
        Err(_) => Err(WRONG),
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::identifier::Position;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn without_a_word_the_last_meeting_that_is_over_is_meant() {
        let meetings = ["2011-04-20", "2011-07-20", "2011-10-19"].map(date);
        let wanted = |at| wanted("", &meetings, date(at)).unwrap();
        assert_eq!(wanted("2011-07-20"), Some(Point::LastMeeting(meetings[0])));
        assert_eq!(wanted("2011-07-21"), Some(Point::LastMeeting(meetings[1])));
        assert_eq!(wanted("2012-07-21"), Some(Point::LastMeeting(meetings[2])));
        assert_eq!(wanted("2011-04-20"), None);
    }

    #[test]
    fn a_day_or_a_position_can_be_typed() {
        let meetings = [date("2011-07-20")];
        let wanted = |typed| wanted(typed, &meetings, date("2012-01-01"));
        assert_eq!(wanted("41"), Ok(Some(Point::Position(Position::new(41)))));
        assert_eq!(wanted("2011-07-20"), Ok(Some(Point::Meeting(meetings[0]))));
        let day = date("2011-07-21");
        assert_eq!(wanted("2011-07-21"), Ok(Some(Point::Day(day))));
        for wrong in ["-1", "yesterday", "20/07/2011", "2011-02-30"] {
            assert_eq!(wanted(wrong), Err(WRONG), "{wrong}");
        }
    }
}

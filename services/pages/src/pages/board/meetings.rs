//! The dates of the board's meetings: what a movement is counted from.

use askama::Template;
use chrono::{Datelike as _, NaiveDate};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;

use crate::components::{Button, DateInput, Legend, NotificationBanner, Size};
use crate::forms::problems::Problems;
use crate::forms::typed::Typed;
use crate::link::Link;
use crate::when::day;

/// How many past meetings are shown at once; the others are behind a click.
const PAST_SHOWN: usize = 5;

/// The id of the date's fields.
const FIELD: &str = "meeting";

/// The meetings, and for whoever keeps them a form.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/meetings.html")]
pub(super) struct MeetingList {
    coming: Vec<Meeting>,
    past: Vec<Meeting>,
    older: Vec<Meeting>,
    form: Option<Form>,
    form_address: Link,
    remove_address: Link,
    year: FinancialYear,
}

impl askama::filters::HtmlSafe for MeetingList {}

#[derive(Clone, Debug)]
struct Meeting {
    date: NaiveDate,
    day: String,
    since: Link,
    then: Link,
}

#[derive(Clone, Debug)]
struct Form {
    date: DateInput,
    submit: Button,
}

/// The dates of a board's meetings.
#[derive(Clone, Debug, Default)]
pub struct Meetings {
    /// The dates, the earliest first.
    pub dates: Vec<NaiveDate>,
    /// Whether whoever looks may add and remove them, here and now.
    pub may_keep: bool,
    /// What was typed, when it was not a date.
    pub typed: Typed,
    /// What is wrong with it.
    pub problems: Problems,
    /// The date that was added or removed just now.
    pub changed: Option<NaiveDate>,
}

impl MeetingList {
    pub(super) fn of(
        org: &OrgId,
        year: FinancialYear,
        today: NaiveDate,
        meetings: &Meetings,
    ) -> Self {
        let board = Link::organisation(org).to("board");
        let of_year = board.clone().with("year", year.path());
        let meeting = |date: &NaiveDate| Meeting {
            date: *date,
            day: day(*date),
            since: of_year.clone().with("since", date),
            then: of_year.clone().with("known_at", date),
        };
        let (coming, past): (Vec<Meeting>, Vec<Meeting>) = meetings
            .dates
            .iter()
            .map(meeting)
            .partition(|meeting| meeting.date >= today);
        let mut past: Vec<Meeting> = past.into_iter().rev().collect();
        let older = past.split_off(past.len().min(PAST_SHOWN));
        Self {
            coming,
            past,
            older,
            form: meetings.may_keep.then(|| form(meetings)),
            form_address: board.clone().to("meetings"),
            remove_address: board.to("meetings").to("remove"),
            year,
        }
    }
}

fn form(meetings: &Meetings) -> Form {
    let typed = |part: &str| meetings.typed.raw(&format!("{FIELD}-{part}")).to_owned();
    let date = DateInput::new(FIELD)
        .name_prefix(FIELD)
        .legend(Legend::new("Date of a meeting").size(Size::Small))
        .hint("For example, 20 7 2011. It can be in the past or still to come.")
        .values([typed("day"), typed("month"), typed("year")])
        .error_message_if(meetings.problems.of("meeting-day"));
    Form {
        date,
        submit: Button::new("Keep the date").secondary(),
    }
}

/// The date of a meeting as it was typed, or what is wrong with it.
pub fn meeting_date(typed: &Typed, problems: &mut Problems) -> Option<NaiveDate> {
    let part = |part: &str| typed.some(&format!("{FIELD}-{part}"));
    let number = |text: Option<&str>| text?.parse::<u32>().ok();
    let (day, month, year) = (
        number(part("day")),
        number(part("month")),
        number(part("year")),
    );
    let date = day.zip(month).zip(year).and_then(|((day, month), year)| {
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    });
    // A year of two digits is a slip.
    let date = date.filter(|date| (1990..=2100).contains(&date.year()));
    if date.is_none() {
        problems.of_field(
            "meeting-day",
            "Enter the meeting's day, month and year, for example 20 7 2011",
        );
    }
    date
}

/// What to say once a date was added or removed.
pub(super) fn said(meetings: &Meetings) -> Option<NotificationBanner> {
    let changed = meetings.changed?;
    let said = if meetings.dates.contains(&changed) {
        format!("The meeting on {} is kept.", day(changed))
    } else {
        format!("The meeting on {} is removed.", day(changed))
    };
    Some(NotificationBanner::new(said).success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(day: &str, month: &str, year: &str) -> Typed {
        let field = |part: &str, value: &str| (format!("meeting-{part}"), value.to_owned());
        Typed::new(vec![
            field("day", day),
            field("month", month),
            field("year", year),
        ])
    }

    #[test]
    fn a_date_is_read_and_what_is_none_is_said_beside_its_field() {
        let mut problems = Problems::default();
        let found = meeting_date(&typed(" 20", "07 ", "2011"), &mut problems);
        assert_eq!(found, NaiveDate::from_ymd_opt(2011, 7, 20));
        assert!(problems.is_empty());
        for wrong in [
            ("31", "2", "2011"),
            ("", "", ""),
            ("1", "1", "11"),
            ("x", "1", "2011"),
        ] {
            let mut problems = Problems::default();
            assert_eq!(
                meeting_date(&typed(wrong.0, wrong.1, wrong.2), &mut problems),
                None
            );
            assert!(problems.of("meeting-day").is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn past_meetings_stand_by_their_date_with_the_last_on_top() {
        let date = |day| NaiveDate::from_ymd_opt(2011, 7, day).unwrap();
        let meetings = Meetings {
            dates: (1..=9).map(date).collect(),
            may_keep: true,
            ..Meetings::default()
        };
        let org = "X00000001".parse().unwrap();
        let year = "2010/11".parse().unwrap();
        let list = MeetingList::of(&org, year, date(9), &meetings);
        assert_eq!(list.coming[0].date, date(9));
        assert_eq!(list.past[0].date, date(8));
        assert_eq!((list.past.len(), list.older.len()), (PAST_SHOWN, 3));
        let html = list.to_string();
        assert!(html.contains("since=2011-07-08"), "{html}");
        let nobodys = Meetings {
            may_keep: false,
            ..meetings
        };
        let html = MeetingList::of(&org, year, date(9), &nobodys).to_string();
        assert!(!html.contains("<form"), "{html}");
    }
}

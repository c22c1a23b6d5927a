//! The headline, and how it moved since an earlier point.

use askama::Template;
use chrono::NaiveDate;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Position;
use netgain_events::money::{Sum, SumOverflow};

use super::amounts::{Change, Pounds};
use super::nets::Nets;
use crate::components::Tag;
use crate::known::Known;
use crate::link::Link;
use crate::when::day;

/// The earlier point that a board compares with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// As somebody typed it; empty for the last meeting.
    pub typed: String,
    /// What was known then, where there is such a point.
    pub earlier: Option<Earlier>,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

/// A year's nets as known earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// What the point is to people.
    pub point: Point,
    /// Its position.
    pub position: Position,
    /// The nets.
    pub nets: Nets,
}

/// A point in time that people refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The board's meeting before the one at hand.
    LastMeeting(NaiveDate),
    /// Another of its meetings.
    Meeting(NaiveDate),
    /// The end of a day.
    Day(NaiveDate),
    /// A position.
    Position(Position),
}

impl Point {
    fn words(self) -> String {
        match self {
            Self::LastMeeting(date) => format!("the last meeting, on {}", day(date)),
            Self::Meeting(date) => format!("the meeting on {}", day(date)),
            Self::Day(date) => format!("the end of {}", day(date)),
            Self::Position(position) => format!("position {position}"),
        }
    }
}

/// The headline of a year.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/headline.html")]
pub(super) struct Headline {
    year: FinancialYear,
    position: Position,
    validated: String,
    distance: Tag,
    of_baseline: Option<String>,
    movement: Option<Movement>,
}

impl askama::filters::HtmlSafe for Headline {}

/// How the nets moved; before and change add up to now.
#[derive(Clone, Debug)]
struct Movement {
    since: String,
    headline: String,
    rows: Vec<MovementRow>,
    link: Link,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct MovementRow {
    name: &'static str,
    before: Pounds,
    change: Change,
    now: Pounds,
}

impl MovementRow {
    fn of(name: &'static str, before: Sum, now: Sum) -> Result<Self, SumOverflow> {
        let change = now.minus(before)?;
        Ok(Self {
            name,
            before: Pounds(before),
            change: Change(change),
            now: Pounds(now),
        })
    }
}

impl Headline {
    pub(super) fn of(
        year: FinancialYear,
        known: &Known,
        now: Nets,
        distance: Tag,
        of_baseline: Option<String>,
        since: &Since,
    ) -> Result<Self, SumOverflow> {
        let movement = match &since.earlier {
            Some(earlier) => Some(Movement::of(earlier, year, known, now)?),
            None => None,
        };
        Ok(Self {
            year,
            position: known.position,
            validated: pounds(now.validated),
            distance,
            of_baseline,
            movement,
        })
    }
}

impl Movement {
    fn of(
        earlier: &Earlier,
        year: FinancialYear,
        known: &Known,
        now: Nets,
    ) -> Result<Self, SumOverflow> {
        let then = earlier.nets;
        let rows = vec![
            MovementRow::of("Validated (NI179)", then.validated, now.validated)?,
            MovementRow::of("Claimed", then.claimed, now.claimed)?,
            MovementRow::of("Assured", then.assured, now.assured)?,
        ];
        let moved = now.validated.minus(then.validated)?;
        let headline = match moved.pence() {
            0 => "No change".to_owned(),
            1.. => format!("Up {}", pounds(moved)),
            _ => format!("Down {}", pounds(Sum::ZERO.minus(moved)?)),
        };
        let changes = Link::organisation(&known.org).to("changes").to(year.path());
        Ok(Self {
            since: earlier.point.words(),
            headline,
            rows,
            link: changes
                .with("from", earlier.position)
                .with("to", known.position),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(claimed: i128, validated: i128, assured: i128) -> Nets {
        Nets {
            claimed: Sum::from_pence(claimed),
            validated: Sum::from_pence(validated),
            assured: Sum::from_pence(assured),
        }
    }

    fn headline(then: Nets, now: Nets) -> Headline {
        let known = Known {
            org: "X00000001".parse().unwrap(),
            position: Position::new(9),
            recorded_at: None,
            last: Position::new(9),
            asked_position: None,
            asked_known_at: None,
        };
        let since = Since {
            earlier: Some(Earlier {
                point: Point::LastMeeting(NaiveDate::from_ymd_opt(2011, 7, 20).unwrap()),
                position: Position::new(4),
                nets: then,
            }),
            ..Since::default()
        };
        let year = "2010/11".parse().unwrap();
        Headline::of(year, &known, now, Tag::new("On target"), None, &since).unwrap()
    }

    #[test]
    fn before_and_change_add_up_to_now_on_every_basis() {
        for (then, now) in [
            (nets(10, 5, 1), nets(30, 4, 1)),
            (nets(0, 0, 0), nets(-7, 0, 9)),
            (nets(-5, 100, 3), nets(-5, 250, 3)),
        ] {
            let movement = headline(then, now).movement.unwrap();
            for row in &movement.rows {
                assert_eq!(row.before.0.plus(row.change.0), Ok(row.now.0), "{row:?}");
            }
            let shown: Vec<Sum> = movement.rows.iter().map(|row| row.now.0).collect();
            assert_eq!(shown, [now.validated, now.claimed, now.assured]);
        }
    }

    #[test]
    fn the_movement_is_told_in_words_with_a_link_to_what_made_it() {
        let html = headline(nets(0, 10_000, 0), nets(0, 2_500, 0)).to_string();
        assert!(html.contains("Down £75.00"), "{html}");
        assert!(
            html.contains("since the last meeting, on 20 July 2011"),
            "{html}"
        );
        let link = "/organisations/X00000001/changes/2010-11?from=4&#38;to=9";
        assert!(html.contains(link), "{html}");
        let html = headline(nets(0, 1, 0), nets(0, 1, 0)).to_string();
        assert!(html.contains("No change"), "{html}");
    }
}

//! What changed a figure between two positions or dates, adding up.

use askama::Template;
use netgain_answers::explain::Followed;
use netgain_answers::pounds::{change, pounds};
use netgain_events::event::Event;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::SumOverflow;
use netgain_events::recorded_at::RecordedAt;
use netgain_projections::basis::Basis;

use super::adding_up::AddingUp;
use super::history::people::People;
use super::why::bases;
use crate::components::{Button, ErrorSummary, Input, Select, SelectItem};
use crate::forms::problems::Problems;
use crate::frame::Frame;
use crate::link::Link;
use crate::when::Moment;

/// What somebody asked, as they typed it.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Whose figure.
    pub org: &'a OrgId,
    /// Of which year.
    pub year: FinancialYear,
    /// On which basis.
    pub basis: Basis,
    /// One claim's part of it.
    pub claim: Option<&'a str>,
    /// From which position or day on.
    pub from: &'a str,
    /// Up to which.
    pub to: &'a str,
}

/// What was found between two points.
#[derive(Clone, Debug)]
pub struct Found<'f> {
    /// The figure, followed from the one to the other.
    pub followed: &'f Followed,
    /// When the last event before the first point was recorded, and before the second.
    pub recorded_at: [Option<RecordedAt>; 2],
    /// The newest events with an effect, the oldest first.
    pub events: &'f [Event],
    /// The names of the people in them.
    pub people: &'f People,
}

/// What changed a figure.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/changes.html")]
pub struct ChangesPage {
    frame: Frame,
    wrong: Option<ErrorSummary>,
    address: Link,
    claim: Option<String>,
    fields: [Input; 2],
    choices: [Select; 2],
    show: Button,
    why: Link,
    found: Option<Shown>,
}

#[derive(Clone, Debug)]
struct Shown {
    points: [Point; 2],
    difference: String,
    events: usize,
    adding_up: AddingUp,
}

#[derive(Clone, Debug)]
struct Point {
    position: Position,
    when: Option<Moment>,
    figure: String,
    why: Link,
}

impl ChangesPage {
    /// What the page is called.
    #[must_use]
    pub fn title(asked: &Asked<'_>) -> String {
        let basis = bases::name(asked.basis).to_lowercase();
        let year = asked.year;
        match asked.claim {
            Some(claim) => format!("What changed {claim} in the {basis} figure of {year}"),
            None => format!("What changed the {basis} figure of {year}"),
        }
    }

    /// What was found, or what is wrong with what was asked.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        mut frame: Frame,
        asked: &Asked<'_>,
        years: &[FinancialYear],
        found: Option<&Found<'_>>,
        problems: &Problems,
    ) -> Result<Self, SumOverflow> {
        frame.has_errors = !problems.is_empty();
        let root = Link::organisation(asked.org);
        let why = root.clone().to("why").to(asked.year.path());
        let why = why
            .with("basis", asked.basis.as_str())
            .with_some("claim", asked.claim);
        Ok(Self {
            frame,
            wrong: problems.summary(),
            address: root.to("changes").to(asked.year.path()),
            claim: asked.claim.map(str::to_owned),
            fields: fields(asked, problems),
            choices: choices(asked, years),
            show: Button::new("Show what changed").secondary(),
            found: found.map(|found| Shown::new(&why, found)).transpose()?,
            why,
        })
    }
}

fn fields(asked: &Asked<'_>, problems: &Problems) -> [Input; 2] {
    let field = |name, label, hint, value| {
        Input::new(name, label)
            .hint(hint)
            .value(value)
            .spellcheck(false)
            .width(10)
            .error_message_if(problems.of(name))
    };
    [
        field(
            "from",
            "From",
            "A position or a day, like 39 or 2011-07-31",
            asked.from,
        ),
        field("to", "To", "A position or the end of a day", asked.to),
    ]
}

fn choices(asked: &Asked<'_>, years: &[FinancialYear]) -> [Select; 2] {
    let mut years = years.to_vec();
    if !years.contains(&asked.year) {
        years.push(asked.year);
    }
    let years = years
        .into_iter()
        .map(|year| SelectItem::new(year.path(), year.to_string()).selected(year == asked.year));
    let bases = Basis::ALL.iter().map(|&basis| {
        SelectItem::new(basis.as_str(), bases::name(basis)).selected(basis == asked.basis)
    });
    [
        Select::new("year", "Financial year").items(years),
        Select::new("basis", "Basis").items(bases),
    ]
}

impl Shown {
    fn new(why: &Link, found: &Found<'_>) -> Result<Self, SumOverflow> {
        let Followed { from, to, .. } = found.followed;
        let [from_at, to_at] = found.recorded_at;
        let point = |position, at: Option<RecordedAt>, figure| Point {
            position,
            when: at.map(Moment::of),
            figure: pounds(figure),
            why: why.clone().with("position", position),
        };
        Ok(Self {
            points: [
                point(from.position, from_at, from.figure),
                point(to.position, to_at, to.figure),
            ],
            difference: change(to.figure.minus(from.figure)?),
            events: found.followed.effects.len(),
            adding_up: AddingUp::new("events", found.followed, found.events, found.people)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Tab;
    use crate::pages::adding_up::wanted;
    use crate::testing::{between, events, frame, log, org, pence};
    use netgain_answers::explain::diff;
    use netgain_projections::effects::Figure;

    fn asked(org: &OrgId) -> Asked<'_> {
        Asked {
            org,
            year: "2009/10".parse().unwrap(),
            basis: Basis::Validated,
            claim: None,
            from: "40",
            to: "",
        }
    }

    #[test]
    fn the_first_figure_and_the_difference_make_the_second() {
        let (log, org) = (log(), org());
        let asked = asked(&org);
        let figure = Figure {
            year: asked.year,
            basis: asked.basis,
            claim: None,
        };
        let (from, to) = (Position::new(40), Position::new(113));
        let followed = diff(&log, &org, &figure, from, to).unwrap();
        let wanted = wanted(&followed);
        let shown: Vec<Event> = events(&log)
            .into_iter()
            .map(|(_, event)| event)
            .filter(|event| wanted.contains(&event.position))
            .collect();
        let found = Found {
            followed: &followed,
            recorded_at: [None, Some(shown.last().unwrap().recorded_at)],
            events: &shown,
            people: &People::default(),
        };
        let frame = frame(Tab::History, ChangesPage::title(&asked));
        let problems = Problems::default();
        let page = ChangesPage::new(frame, &asked, &[asked.year], Some(&found), &problems);
        let html = page.unwrap().to_string();
        let said = pence(between(&html, "id=\"said\"", "id=\"events\""));
        let [before, after, difference] = said.as_slice() else {
            panic!("{said:?}")
        };
        assert_ne!(*difference, 0);
        assert_eq!(before + difference, *after);
        assert_eq!(*after, followed.to.figure.pence());
    }

    #[test]
    fn what_was_typed_comes_back_with_what_is_wrong_beside_it() {
        let org = org();
        let mut asked = asked(&org);
        asked.from = "<last week>";
        let mut problems = Problems::default();
        problems.of_field("from", "Enter a position or a day");
        let frame = frame(Tab::History, ChangesPage::title(&asked));
        let page = ChangesPage::new(frame, &asked, &[], None, &problems).unwrap();
        let html = page.to_string();
        assert!(html.contains("<title>Error: What changed the validated figure of 2009/10"));
        assert!(html.contains("href=\"#from\"") && html.contains("id=\"from-error\""));
        assert!(html.contains("value=\"&#60;last week&#62;\""), "{html}");
    }
}

//! Issuing a statement: the figures that it would freeze, a warning, and the button.

use askama::Template;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::IssuedStatement;
use netgain_events::vocabulary::Series;

use super::frozen::Frozen;
use super::{name, series_name};
use crate::components::{Button, ErrorSummary, Select, SelectItem, Textarea, WarningText};
use crate::forms::problems::Problems;
use crate::frame::Frame;
use crate::link::Link;

/// What somebody asks for, as they typed it.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Whose statement.
    pub org: &'a OrgId,
    /// Of which year.
    pub year: FinancialYear,
    /// In which series.
    pub series: Series,
    /// What they wish to add.
    pub note: &'a str,
}

/// The form for a new statement.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/statements/issue.html")]
pub struct IssuePage {
    frame: Frame,
    wrong: Option<ErrorSummary>,
    list: Link,
    address: Link,
    choices: [Select; 2],
    show: Button,
    asked_year: FinancialYear,
    asked_series: Series,
    next: Option<Next>,
}

/// The statement that would be issued.
#[derive(Clone, Debug)]
struct Next {
    name: String,
    known_at: Position,
    frozen: Frozen,
    warning: WarningText,
    note: Textarea,
    once: String,
    issue: Button,
}

impl IssuePage {
    /// With the statement that would come of it, or with what is wrong. `once` is the form's key.
    #[must_use]
    pub fn new(
        mut frame: Frame,
        asked: &Asked<'_>,
        years: &[FinancialYear],
        next: Option<&IssuedStatement>,
        problems: &Problems,
        once: String,
    ) -> Self {
        frame.has_errors = !problems.is_empty();
        let list = Link::organisation(asked.org).to("statements");
        Self {
            frame,
            wrong: problems.summary(),
            address: list.clone().to("new"),
            list,
            choices: choices(asked, years, problems),
            show: Button::new("Show the figures").secondary(),
            asked_year: asked.year,
            asked_series: asked.series,
            next: next.map(|issued| Next {
                name: name(issued),
                known_at: issued.statement.figures.known_at,
                frozen: Frozen::new("figures", &issued.statement.figures),
                warning: WarningText::new(
                    "This is for good. A statement cannot be changed or taken back; whatever is found out \
                     later shows beside it as a restatement.",
                ),
                note: Textarea::new("note", "Note (optional)")
                    .hint("For example who approved it and when")
                    .rows(3_u32)
                    .value(asked.note)
                    .error_message_if(problems.of("note")),
                once,
                issue: Button::new("Issue this statement")
                    .warning()
                    .prevent_double_click(true),
            }),
        }
    }
}

fn choices(asked: &Asked<'_>, years: &[FinancialYear], problems: &Problems) -> [Select; 2] {
    let years = years
        .iter()
        .map(|&year| SelectItem::new(year.path(), year.to_string()).selected(year == asked.year));
    let all = Series::ALL.iter().map(|&series| {
        SelectItem::new(series.as_str(), series_name(series)).selected(series == asked.series)
    });
    [
        Select::new("year", "Financial year")
            .items(years)
            .error_message_if(problems.of("year")),
        Select::new("series", "Series")
            .hint("A forecast while the year runs, an actual figure once it is over")
            .items(all)
            .error_message_if(problems.of("series")),
    ]
}

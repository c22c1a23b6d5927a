//! What a spreadsheet would come to, before anything is recorded.

use askama::Template;
use netgain_answers::evidence::NamedBefore;
use netgain_answers::import::{ImportProblem, Imported};
use netgain_answers::pounds::{change, pounds};
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::{Money, Sum, SumOverflow};

use super::effect::{Effect, effects};
use super::rows::{PAGE_ROWS, RowsPage, SheetTable, capital};
use super::{Answers, KeptFile};
use crate::components::{
    Button, ErrorSummary, Pagination, SummarisedError, SummaryList, SummaryRow,
};
use crate::frame::Frame;
use crate::link::Link;
use crate::when::Moment;

/// Problems that the top of the page lists; the others stand beside their cells.
const SUMMARISED_MAX: usize = 20;

/// Which rows somebody wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every row.
    All,
    /// Those with something wrong.
    Wrong,
}

impl Which {
    /// As the address has it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Wrong => "wrong",
        }
    }
}

/// What was found in a spreadsheet.
#[derive(Clone, Debug)]
pub struct Looked {
    /// Everything that is wrong with it.
    pub problems: Vec<ImportProblem>,
    /// The rows that the page shows.
    pub rows: RowsPage,
    /// Which they are.
    pub which: Which,
    /// What it would come to; nothing where something is wrong.
    pub imported: Option<Imported>,
    /// What the year columns add up to, where they can be read.
    pub found_total: Option<Sum>,
    /// The control total that was typed.
    pub control_total: Option<Money>,
    /// At which position of the history all of this is.
    pub position: Position,
    /// For each problem's row, on which page of the same rows it stands.
    pub pages: Vec<Option<usize>>,
    /// Whether something was recorded since the page that was confirmed.
    pub moved: bool,
    /// Where the very same file was recorded before.
    pub before: Option<NamedBefore>,
}

impl Looked {
    /// Whether the control total that was typed is another than the spreadsheet's.
    #[must_use]
    pub fn total_differs(&self) -> bool {
        match (self.control_total, self.found_total) {
            (Some(typed), Some(found)) => Sum::from(typed) != found,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }
}

/// The preview.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/import_preview.html")]
pub struct PreviewPage {
    frame: Frame,
    wrong: Option<ErrorSummary>,
    file: KeptFile,
    summary: SummaryList,
    moved: bool,
    before: Option<Before>,
    notes: Vec<String>,
    effects: Vec<Effect>,
    table: SheetTable,
    which: Which,
    all: usize,
    found: usize,
    other_rows: Option<Link>,
    pagination: Option<Pagination>,
    address: Link,
    again: Link,
    position: u64,
    record: Option<Button>,
    nothing_new: bool,
}

impl PreviewPage {
    /// What a file would come to.
    ///
    /// # Errors
    /// Amounts differ by more than a sum can be.
    pub fn new(
        mut frame: Frame,
        org: &OrgId,
        file: KeptFile,
        answers: &Answers,
        looked: &Looked,
    ) -> Result<Self, SumOverflow> {
        let root = Link::organisation(org).to("import");
        let address = root.clone().to(&file.sha256);
        let wrong = summary_of_problems(&address, looked)?;
        frame.has_errors = wrong.is_some();
        let changes = looked
            .imported
            .as_ref()
            .map(|imported| imported.counts.new + imported.counts.amended + imported.counts.costs);
        let can_be_recorded = wrong.is_none() && changes.is_some_and(|changes| changes > 0);
        let years = looked.imported.iter().flat_map(|it| &it.claimed_net);
        let years: Vec<_> = years.copied().collect();
        let other = match looked.which {
            Which::All => Which::Wrong,
            Which::Wrong => Which::All,
        };
        let has_other = looked.which == Which::Wrong || !looked.problems.is_empty();
        Ok(Self {
            summary: summary(answers, looked),
            moved: looked.moved,
            before: looked.before.map(|before| Before::of(org, before)),
            notes: looked
                .imported
                .iter()
                .flat_map(|it| it.notes.clone())
                .collect(),
            effects: effects(&years)?,
            table: SheetTable::of(&looked.rows, &looked.problems),
            which: looked.which,
            all: looked.rows.all,
            found: looked.rows.found,
            other_rows: has_other.then(|| address.clone().with("show", other.word())),
            pagination: pagination(&address, looked),
            again: root.with("kept", &file.sha256),
            position: looked.position.get(),
            record: can_be_recorded
                .then(|| Button::new("Record all of it").prevent_double_click(true)),
            nothing_new: changes == Some(0),
            address,
            wrong,
            file,
            frame,
        })
    }
}

/// That the very same file is in the history already.
#[derive(Clone, Debug)]
struct Before {
    when: Moment,
    first: Position,
    last: Position,
    link: Link,
}

impl Before {
    fn of(org: &OrgId, found: NamedBefore) -> Self {
        Self {
            when: Moment::of(found.recorded_at),
            first: found.first,
            last: found.last,
            link: Link::organisation(org).to("history").to(found.first),
        }
    }
}

/// Everything that is wrong, or the first of it, with links to the cells.
fn summary_of_problems(
    address: &Link,
    looked: &Looked,
) -> Result<Option<ErrorSummary>, SumOverflow> {
    let mut summary = ErrorSummary::new();
    if let (Some(typed), Some(found), true) = (
        looked.control_total,
        looked.found_total,
        looked.total_differs(),
    ) {
        let by = change(found.minus(typed)?);
        summary = summary.link(
            format!(
                "The year columns add up to {}, not to the control total of {}: {by}. Compare the \
                 spreadsheet with where the control total came from.",
                pounds(found),
                pounds(typed)
            ),
            "#summary",
        );
    } else if looked.problems.is_empty() {
        return Ok(None);
    }
    for (problem, page) in looked
        .problems
        .iter()
        .zip(&looked.pages)
        .take(SUMMARISED_MAX)
    {
        let place = match (&problem.cell, problem.row) {
            (Some(cell), _) => Some(cell.clone()),
            (None, Some(row)) => Some(format!("row-{row}")),
            (None, None) => None,
        };
        let mut item = SummarisedError::new(match &place {
            Some(_) => problem.to_string(),
            None => capital(&problem.message),
        });
        if let (Some(place), Some(page)) = (place, page) {
            item = item.href(if *page == looked.rows.page {
                format!("#{place}")
            } else {
                let other = at(address, looked.which, *page);
                format!("{other}#{place}")
            });
        }
        summary = summary.item(item);
    }
    let more = looked.problems.len().saturating_sub(SUMMARISED_MAX);
    if more > 0 {
        let text = format!("And {more} more, each beside its cell in the rows below.");
        summary = summary.link(text, "#rows-heading");
    }
    Ok(Some(summary))
}

fn at(address: &Link, which: Which, page: usize) -> Link {
    let link = address.clone().with("show", which.word());
    link.with("page", page)
}

fn pagination(address: &Link, looked: &Looked) -> Option<Pagination> {
    let pages = looked.rows.found.div_ceil(PAGE_ROWS);
    if pages < 2 {
        return None;
    }
    let page = looked.rows.page;
    let link = |page: usize| {
        use crate::components::PaginationLink;
        let label = format!("{page} of {pages}");
        PaginationLink::new(at(address, looked.which, page)).label_text(label)
    };
    let mut pagination = Pagination::new();
    if page > 1 {
        pagination = pagination.previous(link(page - 1));
    }
    if page < pages {
        pagination = pagination.next(link(page + 1));
    }
    Some(pagination)
}

fn summary(answers: &Answers, looked: &Looked) -> SummaryList {
    let mut list = SummaryList::new().attribute("id", "summary");
    let mut row = |key: &str, value: String| {
        list = list.clone().row(SummaryRow::new(key, value));
    };
    row("Rows", looked.rows.all.to_string());
    if let Some(imported) = &looked.imported {
        let counts = &imported.counts;
        row("New gains", counts.new.to_string());
        if answers.amend {
            row("Gains amended", counts.amended.to_string());
            row("Gains unchanged", counts.unchanged.to_string());
        }
        row("Costs", counts.costs.to_string());
    }
    if let Some(found) = looked.found_total {
        row("The year columns add up to", pounds(found));
    }
    let typed = looked.control_total.map(pounds);
    row(
        "Control total",
        typed.unwrap_or_else(|| "None typed in".to_owned()),
    );
    if answers.amend {
        row("Reason for amendments", answers.reason.clone());
    }
    list
}

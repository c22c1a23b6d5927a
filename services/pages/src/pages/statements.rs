//! What an organisation has published: every statement, beside what is known now.

mod frozen;
pub mod issue;
pub mod one;

use std::collections::BTreeMap;

use askama::Template;
use netgain_answers::pounds::{change, pounds, stated};
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::{IssuedStatement, Organisation};
use netgain_events::vocabulary::Series;
use netgain_projections::totals::Totals;

use super::history::people::{People, Who};
use crate::components::Button;
use crate::frame::Frame;
use crate::link::Link;
use crate::when::Moment;

/// The most statements of one page: several a month for all the years of an indicator. The API has all.
const ROWS_MAX: usize = 500;

/// The statements, the latest year first.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/statements.html")]
pub struct StatementsPage {
    frame: Frame,
    issue: Option<Button>,
    rows: Vec<Row>,
    left_out: usize,
}

#[derive(Clone, Debug)]
struct Row {
    name: String,
    link: Link,
    who: Who,
    when: Moment,
    stated: String,
    now: String,
    /// How much less or more is known now; nothing where it is the same.
    restated: Option<String>,
}

/// A series as people call it.
#[must_use]
pub const fn series_name(series: Series) -> &'static str {
    match series {
        Series::Forecast => "Forecast",
        Series::Actual => "Actual",
    }
}

/// A statement as people call it: `Actual statement 2 of 2010/11`.
#[must_use]
pub fn name(issued: &IssuedStatement) -> String {
    let statement = &issued.statement;
    let series = series_name(statement.series);
    format!(
        "{series} statement {} of {}",
        statement.number, statement.year
    )
}

/// The page of a statement.
#[must_use]
pub fn link(root: &Link, issued: &IssuedStatement) -> Link {
    let statement = &issued.statement;
    root.clone()
        .to("statements")
        .to(statement.year.path())
        .to(statement.series)
        .to(statement.number)
}

impl StatementsPage {
    /// Every statement of an organisation, beside its state now. Whoever `may_issue` one finds the way there.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        frame: Frame,
        state: &Organisation,
        may_issue: bool,
        people: &People,
    ) -> Result<Self, SumOverflow> {
        let root = Link::organisation(&state.org);
        let mut all: Vec<&IssuedStatement> = state.statements.iter().collect();
        all.sort_by_key(|issued| {
            let statement = &issued.statement;
            std::cmp::Reverse((statement.year, statement.series, statement.number))
        });
        let mut now = BTreeMap::new();
        let mut rows = Vec::new();
        for issued in all.iter().take(ROWS_MAX) {
            let year = issued.statement.year;
            let net = match now.get(&year) {
                Some(net) => *net,
                None => {
                    let net = Totals::of(state, year, &NI179_V1)?.validated.net;
                    now.insert(year, net);
                    net
                }
            };
            rows.push(Row::new(&root, issued, net, people)?);
        }
        let issue = Button::new("Issue a statement").href(root.to("statements").to("new"));
        Ok(Self {
            frame,
            issue: may_issue.then_some(issue),
            left_out: all.len().saturating_sub(rows.len()),
            rows,
        })
    }
}

impl Row {
    fn new(
        root: &Link,
        issued: &IssuedStatement,
        now: Sum,
        people: &People,
    ) -> Result<Self, SumOverflow> {
        let frozen = &issued.statement.figures.validated.net;
        let restated = match frozen.sum() {
            Some(then) => now.minus(then)?,
            None => Sum::ZERO,
        };
        Ok(Self {
            name: name(issued),
            link: link(root, issued),
            who: people.who(&issued.actor),
            when: Moment::of(issued.recorded_at),
            stated: stated(frozen),
            now: pounds(now),
            restated: (restated != Sum::ZERO).then(|| change(restated)),
        })
    }
}

#[cfg(test)]
mod tests;

//! Several organisations on one page: a region, a sector, those that share a service.

mod filter;
mod row;
mod schemes;
mod sums;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use askama::Template;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Position;
use netgain_events::money::{Sum, SumOverflow};
use netgain_projections::percent::Percent;

pub use self::filter::{Choices, Filter};
pub use self::row::{OrganisationRow, SchemePart};
use self::schemes::{SharedScheme, schemes};
use self::sums::Sums;
use super::board::Pounds;
use crate::frame::{Frame, SignedIn};
use crate::link::Link;

/// The most organisations on one page; the filter finds the others.
pub const ORGANISATIONS_SHOWN_MAX: usize = 200;

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/boards.html")]
pub struct BoardsPage {
    frame: Frame,
    year: FinancialYear,
    live: String,
    filter: Filter,
    choices: Choices,
    years: Vec<FinancialYear>,
    rows: Vec<ShownRow>,
    /// How many more there are.
    more: usize,
    /// Codes that were asked for and cannot be shown.
    missing: Vec<String>,
    sums: Sums,
    schemes: Vec<SharedScheme>,
}

#[derive(Clone, Debug)]
struct ShownRow {
    org: String,
    position: Position,
    name: String,
    link: Link,
    validated: Pounds,
    claimed: Pounds,
    assured: Pounds,
    target: Option<Pounds>,
    /// How far the target is reached.
    reached: Option<Percent>,
    of_baseline: Option<Percent>,
    unchecked: Pounds,
}

/// What was found for the page.
#[derive(Clone, Debug)]
pub struct Boards {
    /// For which year.
    pub year: FinancialYear,
    /// The years to choose from.
    pub years: Vec<FinancialYear>,
    /// By what organisations are chosen.
    pub filter: Filter,
    /// What there is to choose from.
    pub choices: Choices,
    /// Those that are shown: at most [`ORGANISATIONS_SHOWN_MAX`].
    pub rows: Vec<Arc<OrganisationRow>>,
    /// How many more the filter finds.
    pub more: usize,
    /// Codes that were asked for and cannot be shown.
    pub missing: Vec<String>,
}

impl BoardsPage {
    /// The page of what was found.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(person: SignedIn, found: Boards) -> Result<Self, SumOverflow> {
        let rows = || found.rows.iter().map(|row| &**row);
        let year = found.year;
        Ok(Self {
            frame: Frame {
                person: Some(person),
                ..Frame::new(format!("Several organisations, {year}"))
            },
            live: Link::home()
                .to("api")
                .to("v1")
                .to("live")
                .to(year.path())
                .to_string(),
            sums: Sums::of(rows())?,
            schemes: schemes(rows())?,
            rows: rows().map(|row| shown(row, year)).collect(),
            year,
            filter: found.filter,
            choices: found.choices,
            years: found.years,
            more: found.more,
            missing: found.missing,
        })
    }
}

fn shown(row: &OrganisationRow, year: FinancialYear) -> ShownRow {
    let board = Link::organisation(&row.org).to("board");
    let target = row.target.map(Sum::from);
    let validated = row.nets.validated;
    let baseline = row.baseline.map(Sum::from);
    ShownRow {
        org: row.org.to_string(),
        position: row.position,
        name: row.name(),
        link: board.with("year", year.path()),
        validated: Pounds(validated),
        claimed: Pounds(row.nets.claimed),
        assured: Pounds(row.nets.assured),
        target: target.map(Pounds),
        reached: target.and_then(|target| Percent::share(validated, target)),
        of_baseline: baseline.and_then(|baseline| Percent::share(validated, baseline)),
        unchecked: Pounds(row.unchecked),
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::ruleset::NI179_V1;
    use netgain_projections::totals::Totals;

    use super::testing::row;
    use super::*;
    use crate::testing::sampleborough;

    fn page(rows: Vec<OrganisationRow>) -> String {
        let person = SignedIn {
            id: "ann".parse().unwrap(),
            name: None,
            session_seconds: None,
        };
        let year = "2010/11".parse().unwrap();
        let found = Boards {
            year,
            years: vec![year],
            filter: Filter::default(),
            choices: Choices::default(),
            rows: rows.into_iter().map(Arc::new).collect(),
            more: 0,
            missing: vec!["<b>".into()],
        };
        BoardsPage::new(person, found).unwrap().to_string()
    }

    #[test]
    fn a_row_has_the_figures_of_the_totals_and_knows_its_position() {
        let state = sampleborough();
        let totals = Totals::of(&state, "2010/11".parse().unwrap(), &NI179_V1).unwrap();
        let at = "2011-08-02".parse().unwrap();
        let row = OrganisationRow::of(&state, &totals, at).unwrap();
        assert_eq!(row.nets.validated, totals.validated.net);
        assert_eq!(row.target, "5747400".parse().ok());
        assert!(
            row.parts
                .iter()
                .any(|part| part.scheme.as_str() == "SHARED-PAYROLL")
        );
        let html = page(vec![row]);
        for basis in [&totals.claimed, &totals.validated, &totals.assured] {
            assert!(html.contains(&Pounds(basis.net).to_string()), "{html}");
        }
        let mark = format!(
            "data-org=\"X00000001\" data-position=\"{}\"",
            state.position
        );
        assert!(html.contains(&mark), "{html}");
        assert!(
            html.contains("data-live=\"/api/v1/live/2010-11\""),
            "{html}"
        );
    }

    #[test]
    fn without_organisations_the_page_says_what_to_do() {
        let html = page(vec![]);
        assert!(html.contains("No organisation that you may see"), "{html}");
        assert!(!html.contains("<b>"), "{html}");
        assert!(!page(vec![row("X00000001")]).contains("No organisation that you may see"));
    }
}

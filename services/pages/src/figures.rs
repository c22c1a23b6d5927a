//! What a claim counts, year by year, and why.

use askama::Template;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::{Sum, SumOverflow};
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Claim;
use netgain_events::vocabulary::OffsetKind;
use netgain_projections::levels::Levels;
use netgain_projections::line::Line;

use crate::components::{Component, Markup};
use crate::standing::{Standing, THREE_YEAR_RULE};

/// The most years shown one by one: no published list of gains plans further.
const YEARS_SHOWN_MAX: usize = 15;

/// A claim's figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What it comes to, in a sentence.
    pub conclusion: String,
    /// Whether it counts in any year.
    pub counts: bool,
    /// The three-year rule, where it deletes something.
    pub rule: Option<&'static str>,
    /// Each year.
    pub years: Vec<YearFigures>,
    /// What becomes of the years after the last one.
    pub later: Option<String>,
}

/// A claim's figures of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearFigures {
    /// The year.
    pub year: FinancialYear,
    /// How it stands.
    pub standing: Standing,
    /// Its line.
    pub line: Line,
}

impl Figures {
    /// Of a claim.
    ///
    /// # Errors
    /// Costs added up past the range of a sum.
    pub fn of(claim: &Claim) -> Result<Self, SumOverflow> {
        let mut years = Vec::new();
        let mut later = None;
        if let Some((first, last)) = years_of(claim)? {
            for year in first.to(last).take(YEARS_SHOWN_MAX) {
                years.push(year_figures(claim, year)?);
            }
            if let Some(shown) = years.last() {
                later = later_years(claim, shown)?;
            }
        } else {
            // A claim that never rises above zero has one line, the same for every year.
            years.push(year_figures(claim, NI179_V1.first_year)?);
        }
        let deletes = |year: &YearFigures| year.line.amounts.deleted.is_positive();
        let fails = |year: &YearFigures| year.standing.word == "Failed";
        let rule = years.iter().any(|year| deletes(year) || fails(year));
        let (conclusion, counts) = conclusion(&years)?;
        Ok(Self {
            conclusion,
            counts,
            rule: rule.then_some(THREE_YEAR_RULE),
            years,
            later,
        })
    }

    /// The figures as a small table with their conclusion.
    #[must_use]
    pub fn table(&self) -> Markup {
        FiguresTable { figures: self }.markup()
    }
}

impl YearFigures {
    /// The value a year before any cost, for people.
    #[must_use]
    pub fn gross(&self) -> String {
        pounds(self.line.amounts.gross)
    }

    /// What it costs in that year, for people.
    #[must_use]
    pub fn costs(&self) -> String {
        let amounts = &self.line.amounts;
        let costs = amounts.recurring_costs.plus(amounts.one_off_costs);
        costs.map_or_else(|_| String::new(), pounds)
    }

    /// What does not last, for people.
    #[must_use]
    pub fn deleted(&self) -> String {
        pounds(self.line.amounts.deleted)
    }

    /// What is left, for people.
    #[must_use]
    pub fn net(&self) -> String {
        self.line
            .amounts
            .net()
            .map_or_else(|_| String::new(), pounds)
    }
}

fn year_figures(claim: &Claim, year: FinancialYear) -> Result<YearFigures, SumOverflow> {
    let line = Line::of(claim, year, &NI179_V1)?;
    let standing = Standing::of(claim, &line, year)?;
    Ok(YearFigures {
        year,
        standing,
        line,
    })
}

/// From the year it first accrues to the last that something is named for, and three at least.
fn years_of(claim: &Claim) -> Result<Option<(FinancialYear, FinancialYear)>, SumOverflow> {
    let Some(first) = claim.details.profile.first_accrual() else {
        return Ok(None);
    };
    let first = first.max(NI179_V1.first_year);
    let Some(levels) = Levels::of(claim, first, &NI179_V1)? else {
        return Ok(None);
    };
    let paid = claim
        .offsets_in_force()
        .map(|(_, offset)| match offset.kind {
            OffsetKind::OneOff => {
                let spread = u16::from(offset.spread_years.unwrap_or(1)).max(1);
                offset.year.starts_in() + spread - 1
            }
            OffsetKind::Recurring => offset.year.starts_in(),
        });
    let three = first.starts_in() + NI179_V1.persistence_years - 1;
    let last = paid.max().unwrap_or(0).max(levels.horizon()).max(three);
    let last = FinancialYear::starting(last).unwrap_or(FinancialYear::LAST);
    Ok(Some((first, last)))
}

/// What the years after those shown come to.
fn later_years(claim: &Claim, shown: &YearFigures) -> Result<Option<String>, SumOverflow> {
    let Some(year) = shown.year.next() else {
        return Ok(None);
    };
    let net = year_figures(claim, year)?.line.amounts.net()?;
    if net == Sum::ZERO {
        return Ok(None);
    }
    let net = pounds(net);
    Ok(Some(format!(
        "From {year} on: {net} a year, as things stand."
    )))
}

fn conclusion(years: &[YearFigures]) -> Result<(String, bool), SumOverflow> {
    for year in years {
        let net = year.line.amounts.net()?;
        if year.line.status.has_amounts() && net.is_positive() {
            let net = pounds(net);
            return Ok((format!("Counts {net} in {}.", year.year), true));
        }
    }
    // Costs can take all of the first years.
    let first = years.iter().find(|year| year.line.status.has_amounts());
    let first = first.or(years.first());
    let sentence = first.map(|year| year.standing.sentence.clone());
    Ok((sentence.unwrap_or_default(), false))
}

#[derive(Template)]
#[template(path = "parts/figures.html")]
struct FiguresTable<'f> {
    figures: &'f Figures,
}

impl askama::filters::HtmlSafe for FiguresTable<'_> {}

//! Why a figure is what it is: from a total to its claims.

pub mod bases;
pub mod claim;
mod lines;
mod parts;

use std::collections::BTreeMap;

use askama::Template;
use netgain_answers::evidence::Recorded;
use netgain_answers::pounds::pounds;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, Position};
use netgain_events::money::SumOverflow;
use netgain_projections::basis::Basis;
use netgain_projections::totals::Totals;

use self::bases::Bases;
pub use self::lines::Sort;
use self::lines::{Lines, Which};
use self::parts::Parts;
use crate::frame::Frame;
use crate::known::Known;
use crate::link::Link;
use crate::lookup::Lookup;

/// What somebody asks about a total.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// On which basis.
    pub basis: Basis,
    /// In which order its claims stand.
    pub sort: Sort,
    /// Which page of them, from 1.
    pub page: usize,
}

/// A total with what it is made of.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/why.html")]
pub struct WhyPage {
    frame: Frame,
    position: Position,
    lookup: Lookup,
    bases: Bases,
    parts: Parts,
    lines: Option<Lines>,
    evidence: String,
    events: Link,
    changes: Link,
}

impl WhyPage {
    /// What the page of a total is called.
    #[must_use]
    pub fn title(totals: &Totals<'_>, basis: Basis) -> String {
        let net = pounds(totals.basis(basis).net);
        let name = bases::name(basis).to_lowercase();
        format!("Why the {name} figure of {} is {net}", totals.year)
    }

    /// A total, and what was recorded about its claims.
    ///
    /// # Errors
    /// Amounts added up past the range of a sum.
    pub fn new(
        frame: Frame,
        known: &Known,
        totals: &Totals<'_>,
        recorded: &BTreeMap<ClaimId, Recorded>,
        years: &[FinancialYear],
        asked: Asked,
    ) -> Result<Self, SumOverflow> {
        let Asked { basis, sort, page } = asked;
        let root = Link::organisation(totals.org);
        let of_year = |name: &str| root.clone().to(name).to(totals.year.path());
        let here = of_year("why");
        let lookup = Lookup::new(here.clone(), known.clone())
            .years(years, totals.year)
            .keep("basis", Some(basis.as_str()))
            .keep("sort", Some(sort.as_str()));
        let sorted = known.carry(here.clone().with("sort", sort.as_str()));
        let total = totals.basis(basis);
        let changes = known.carry(of_year("changes").with("basis", basis.as_str()));
        let which = Which {
            here: known.carry(here.with("basis", basis.as_str())),
            basis,
            sort,
            page,
        };
        let lines = Lines::new(&which, totals, recorded)?;
        Ok(Self {
            position: totals.position,
            lookup,
            bases: Bases::new(&sorted, basis, |basis| Some(totals.basis(basis).net)),
            parts: Parts::new("parts", &total.amounts, Some(total.carry_forward))?,
            evidence: evidence(totals, recorded),
            lines: (!totals.claims.is_empty()).then_some(lines),
            events: changes.clone().with("from", 0).with("to", totals.position),
            changes,
            frame,
        })
    }
}

/// How many claims have evidence.
fn evidence(totals: &Totals<'_>, recorded: &BTreeMap<ClaimId, Recorded>) -> String {
    let has = |id: &ClaimId| recorded.get(id).is_some_and(|it| it.with_evidence > 0);
    let with = totals.claims.iter().filter(|line| has(line.id)).count();
    let all = totals.claims.len();
    match all {
        1 => format!("{with} of 1 claim has evidence."),
        _ => format!("{with} of {all} claims have evidence."),
    }
}

#[cfg(test)]
mod tests;

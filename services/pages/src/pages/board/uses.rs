//! What the money was used for.

use askama::Template;
use netgain_events::financial_year::FinancialYear;
use netgain_events::money::SumOverflow;
use netgain_events::state::Organisation;
use netgain_projections::percent::Percent;
use netgain_projections::reports::redeployment::redeployments;
use netgain_projections::totals::Totals;

use super::amounts::Pounds;
use crate::charts::ShareBar;
use crate::plain_words::PlainWords;

/// The uses of a year's released money, by purpose.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/board/uses.html")]
pub(super) struct Uses {
    year: FinancialYear,
    total: Pounds,
    validated: Pounds,
    rows: Vec<PurposeRow>,
}

impl askama::filters::HtmlSafe for Uses {}

#[derive(Clone, Debug)]
struct PurposeRow {
    name: &'static str,
    amount: Pounds,
    share: Option<Percent>,
    bar: ShareBar,
}

impl Uses {
    pub(super) fn of(state: &Organisation, totals: &Totals<'_>) -> Result<Self, SumOverflow> {
        let found = redeployments(state, Some(totals.year))?;
        let rows = found.by_purpose.iter().map(|one| PurposeRow {
            name: one.purpose.plain(),
            amount: Pounds(one.amount),
            share: Percent::share(one.amount, found.total),
            bar: ShareBar::of(one.amount, found.total),
        });
        Ok(Self {
            year: totals.year,
            total: Pounds(found.total),
            validated: Pounds(totals.validated.net),
            rows: rows.collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use netgain_events::money::Sum;

    use super::*;
    use crate::testing::sampleborough;

    #[test]
    fn the_purposes_add_up_to_the_uses_of_the_year() {
        let state = sampleborough();
        let mut found = Sum::ZERO;
        for year in ["2008/09", "2009/10", "2010/11"] {
            let totals = netgain_answers::totals::totals(&state, year.parse().unwrap()).unwrap();
            let uses = Uses::of(&state, &totals).unwrap();
            let sum = uses
                .rows
                .iter()
                .try_fold(Sum::ZERO, |sum, row| sum.plus(row.amount.0));
            assert_eq!(sum, Ok(uses.total.0));
            found = found.plus(uses.total.0).unwrap();
        }
        assert!(found.is_positive(), "the sample has some");
    }
}

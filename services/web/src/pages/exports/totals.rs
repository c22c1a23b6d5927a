//! Every year's totals on the three bases.

use netgain_events::money::Sum;
use netgain_pages::pages::claims::spoken;
use netgain_pages::year::years;
use netgain_projections::basis::Basis;
use netgain_sheet_writing::{Book, Cell, Kind, Table};

use super::{Asked, columns};
use crate::problem::Problem;

pub(super) fn book(asked: &Asked) -> Result<Book, Problem> {
    let mut rows = Vec::new();
    for year in years(&asked.state, asked.cover.made.day()) {
        let totals = netgain_answers::totals::totals(&asked.state, year)?;
        let target = asked.state.targets.get(&(year, None));
        for basis in Basis::ALL {
            let total = totals.basis(*basis);
            let headline = *basis == Basis::Validated;
            rows.push(vec![
                Cell::text(&year),
                Cell::Text(spoken(basis.as_str())),
                Cell::Pounds(total.amounts.gross),
                Cell::Pounds(total.amounts.recurring_costs),
                Cell::Pounds(total.amounts.deleted),
                Cell::Pounds(total.amounts.one_off_costs),
                Cell::Pounds(total.carry_forward),
                Cell::Pounds(total.net),
                target.map_or(Cell::Blank, |target| Cell::Pounds(Sum::from(*target))),
                Cell::some(headline.then_some("This net is NI179.")),
            ]);
        }
    }
    let table = Table {
        name: "Totals",
        columns: columns(&[
            ("Financial year", Kind::Word),
            ("Basis", Kind::Word),
            ("Gross", Kind::Pounds),
            ("Recurring costs", Kind::Pounds),
            ("Deleted", Kind::Pounds),
            ("One-off costs", Kind::Pounds),
            ("Carried forward", Kind::Pounds),
            ("Net", Kind::Pounds),
            ("Target", Kind::Pounds),
            ("Notes", Kind::Prose),
        ]),
        rows,
    };
    let more = vec![(
        "Bases",
        "Claimed: every claim. Validated: claims that a second person stands behind. Assured: validated \
         ones that somebody other than who recorded them checked for that very year."
            .to_owned(),
    )];
    Ok(asked
        .cover
        .book("Totals of every year".to_owned(), more, table))
}

//! `netgain statement list`: what an organisation has published.

use std::io::Write;

use netgain_answers::pounds::stated;
use netgain_answers::statements as answers;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_events::vocabulary::Series;
use netgain_ledger::history::KnownAt;

use super::day;
use crate::calls::totals;
use crate::outcome::Outcome;
use crate::table::{Column, Table};
use crate::whereabouts::Whereabouts;

pub(super) fn run(
    at: &Whereabouts,
    json: bool,
    org: &OrgId,
    year: Option<FinancialYear>,
    series: Option<Series>,
) -> Outcome {
    let state = at.state(org, KnownAt::Latest)?;
    let wanted = answers::list(&state, year, series);
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", answers::list_document(&wanted))?;
        return Ok(());
    }
    writeln!(out, "{}\n", totals::title(&state))?;
    if wanted.is_empty() {
        writeln!(out, "No such statement has been issued.")?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("Year", Column::Left),
        ("Series", Column::Left),
        ("Number", Column::Right),
        ("Issued", Column::Left),
        ("By", Column::Left),
        ("Position", Column::Right),
        ("Claimed", Column::Right),
        ("NI179 (validated)", Column::Right),
        ("Assured", Column::Right),
    ]);
    for issued in wanted {
        let statement = &issued.statement;
        let figures = &statement.figures;
        table.row([
            statement.year.to_string(),
            statement.series.to_string(),
            statement.number.to_string(),
            day(issued),
            issued.actor.to_string(),
            issued.position.to_string(),
            stated(&figures.claimed.net),
            stated(&figures.validated.net),
            stated(&figures.assured.net),
        ]);
    }
    write!(out, "{}", table.render())?;
    Ok(())
}

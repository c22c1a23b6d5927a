//! `netgain statement list`: what an organisation has published.

use std::io::Write;

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_events::vocabulary::Series;
use netgain_ledger::history::KnownAt;

use super::{day, document, stated};
use crate::calls::totals;
use crate::data_dir::Place;
use crate::outcome::Outcome;
use crate::table::{Column, Table};

pub(super) fn run(
    place: &Place,
    json: bool,
    org: &OrgId,
    year: Option<FinancialYear>,
    series: Option<Series>,
) -> Outcome {
    let state = totals::state(place, org, KnownAt::Latest)?;
    let wanted: Vec<_> = state
        .statements
        .iter()
        .filter(|issued| year.is_none_or(|year| issued.statement.year == year))
        .filter(|issued| series.is_none_or(|series| issued.statement.series == series))
        .collect();
    let mut out = std::io::stdout().lock();
    if json {
        let documents: Vec<_> = wanted.into_iter().map(document).collect();
        writeln!(out, "{}", serde_json::Value::from(documents))?;
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

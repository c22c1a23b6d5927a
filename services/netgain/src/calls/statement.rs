//! `netgain statement`: freezes a figure in a published statement, shows and compares what was
//! published, and packs it for an auditor.

mod bundle;
mod compare;
mod issue;
mod list;
mod show;

use netgain_events::fact::{StatedBasis, SumText};
use netgain_events::state::{IssuedStatement, Organisation};
use netgain_ledger::history::KnownAt;

use crate::calls::totals;
use crate::cli::{StatementArgs, StatementCall, StatementVerb};
use crate::data_dir::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, pounds};

pub(crate) fn run(place: &Place, json: bool, call: &StatementCall) -> Outcome {
    match &call.call {
        StatementVerb::Issue {
            org,
            year,
            series,
            actor,
        } => issue::run(place, json, org, *year, *series, actor),
        StatementVerb::List { org, year, series } => list::run(place, json, org, *year, *series),
        StatementVerb::Show { which } => show::run(place, json, which),
        StatementVerb::Compare { which, basis } => compare::run(place, json, which, *basis),
        StatementVerb::Bundle { which, output } => {
            bundle::run(place, json, which, output.as_deref())
        }
    }
}

/// The organisation's state now, and the statement of it that a call names.
fn find(place: &Place, which: &StatementArgs) -> Result<(Organisation, IssuedStatement), Failure> {
    let state = totals::state(place, &which.org, KnownAt::Latest)?;
    let mut issued = state.statements.iter().rev().filter(|issued| {
        issued.statement.year == which.year && issued.statement.series == which.series
    });
    let found = match which.number {
        None => issued.next(),
        Some(number) => issued.find(|issued| issued.statement.number == number),
    };
    match found.cloned() {
        Some(found) => Ok((state, found)),
        None => Err(Failure::refused(
            "unknown-statement",
            format!(
                "{} has issued no such {} statement for {}; netgain statement list shows those it \
                 has.",
                which.org, which.series, which.year
            ),
        )),
    }
}

/// A stated sum as people write it.
fn stated(sum: &SumText) -> String {
    sum.sum()
        .map_or_else(|| format!("£{}", sum.as_str()), pounds)
}

/// `actual statement 1 for 2010/11`.
fn name(issued: &IssuedStatement) -> String {
    let statement = &issued.statement;
    format!(
        "{} statement {} for {}",
        statement.series, statement.number, statement.year
    )
}

/// The day a statement was issued.
fn day(issued: &IssuedStatement) -> String {
    issued.recorded_at.to_string().chars().take(10).collect()
}

/// The stated figures as a table.
fn figures(issued: &IssuedStatement) -> String {
    let figures = &issued.statement.figures;
    let all = [&figures.claimed, &figures.validated, &figures.assured];
    let mut table = Table::new(&[
        ("", Column::Left),
        ("Claimed", Column::Right),
        ("Validated", Column::Right),
        ("Assured", Column::Right),
    ]);
    let mut row = |name: &str, part: fn(&StatedBasis) -> &SumText| {
        let cells = all.map(|basis| stated(part(basis)));
        table.row(std::iter::once(name.to_owned()).chain(cells));
    };
    row("Gross annual value", |basis| &basis.gross);
    row("less running costs", |basis| &basis.recurring_costs);
    row("less not sustained for three years", |basis| &basis.deleted);
    row("less investment of the year", |basis| &basis.one_off_costs);
    row("plus SR04 carry-forward", |basis| &basis.carry_forward);
    table.rule();
    let net = all.map(|basis| stated(&basis.net));
    table.row(std::iter::once("Net".to_owned()).chain(net));
    table.render()
}

/// A statement as JSON, in the words of its event.
fn document(issued: &IssuedStatement) -> serde_json::Value {
    serde_json::json!({
        "position": issued.position,
        "recorded_at": issued.recorded_at,
        "actor": issued.actor,
        "statement": issued.statement,
    })
}

//! `netgain statement`: freezes a figure in a published statement, shows and compares what was
//! published, and packs it for an auditor.

mod bundle;
mod compare;
mod issue;
mod list;
mod show;

use netgain_answers::pounds::stated;
use netgain_answers::statements as answers;
use netgain_events::fact::{StatedBasis, SumText};
use netgain_events::state::{IssuedStatement, Organisation};

use crate::calls::not_answered::failure;
use crate::cli::{StatementArgs, StatementCall, StatementVerb};
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table};
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &StatementCall) -> Outcome {
    match &call.call {
        StatementVerb::Issue {
            org,
            year,
            series,
            actor,
        } => issue::run(at, json, org, *year, *series, actor),
        StatementVerb::List { org, year, series } => list::run(at, json, org, *year, *series),
        StatementVerb::Show { which } => show::run(at, json, which),
        StatementVerb::Compare { which, basis } => compare::run(at, json, which, *basis),
        StatementVerb::Bundle { which, output } => bundle::run(at, json, which, output.as_deref()),
    }
}

/// The statement of an organisation that a call names.
fn find<'s>(
    state: &'s Organisation,
    which: &StatementArgs,
) -> Result<&'s IssuedStatement, Failure> {
    answers::find(state, which.year, which.series, which.number)
        .map_err(|unknown| failure(unknown.into()))
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

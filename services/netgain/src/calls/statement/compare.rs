//! `netgain statement compare`: the restatement since, event by event, adding up.

use std::io::Write;

use netgain_answers::pounds::stated;
use netgain_answers::statements as answers;
use netgain_ledger::history::KnownAt;
use netgain_projections::basis::Basis;

use super::{day, find, name};
use crate::calls::explain;
use crate::calls::not_answered::failure;
use crate::cli::StatementArgs;
use crate::outcome::Outcome;
use crate::table::{Column, Table, change, pounds};
use crate::whereabouts::Whereabouts;

pub(super) fn run(at: &Whereabouts, json: bool, which: &StatementArgs, basis: Basis) -> Outcome {
    let history = at.open_for_figures(&which.org)?;
    let state = history.state(&which.org, KnownAt::Latest)?;
    let issued = find(&state, which)?;
    let compared = answers::compare(history.log(), &state, issued, basis).map_err(failure)?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", compared.document())?;
        return Ok(());
    }
    let answers::Comparison { now, followed, .. } = &compared;
    let then = &issued.statement.figures;
    writeln!(
        out,
        "{}\n{}, issued on {}, beside what is known now (position {})\n",
        followed.title,
        name(issued),
        day(issued),
        followed.to.position
    )?;
    let mut table = Table::new(&[
        ("", Column::Left),
        ("Stated", Column::Right),
        ("Now", Column::Right),
        ("Restated by", Column::Right),
    ]);
    let rows = [
        ("Claimed net", &then.claimed, &now.claimed),
        ("Validated net (NI179)", &then.validated, &now.validated),
        ("Assured net", &then.assured, &now.assured),
    ];
    for (title, then, now) in rows {
        let by = match then.net.sum() {
            Some(then) => change(now.net.minus(then)?),
            None => String::new(),
        };
        table.row([title.to_owned(), stated(&then.net), pounds(now.net), by]);
    }
    write!(out, "{}", table.render())?;
    let basis = basis.as_str();
    if followed.effects.is_empty() {
        writeln!(out, "\nNo event since had an effect on the {basis} net.")?;
    } else {
        writeln!(out, "\nWhat changed the {basis} net since:\n")?;
        write!(out, "{}", explain::effects(followed))?;
    }
    Ok(())
}

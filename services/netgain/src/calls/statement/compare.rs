//! `netgain statement compare`: the restatement since, event by event, adding up.

use std::io::Write;

use netgain_events::ruleset::NI179_V1;
use netgain_projections::basis::Basis;
use netgain_projections::totals::Totals;
use serde_json::json;

use super::{day, document, find, name, stated};
use crate::calls::explain;
use crate::cli::{FigureArgs, StatementArgs};
use crate::data_dir::Place;
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, change, pounds};

pub(super) fn run(place: &Place, json: bool, which: &StatementArgs, basis: Basis) -> Outcome {
    let (state, issued) = find(place, which)?;
    let then = &issued.statement.figures;
    let figure = FigureArgs {
        org: which.org.clone(),
        year: which.year,
        claim: None,
        basis,
    };
    let followed = explain::follow(place, &figure, then.known_at, Some(state.position))?;
    let now = Totals::of(&state, which.year, &NI179_V1)?;
    let frozen = match basis {
        Basis::Claimed => &then.claimed,
        Basis::Validated => &then.validated,
        Basis::Assured => &then.assured,
    };
    // The history must still say what was published, or the difference would mean nothing.
    if frozen.net.sum() != Some(followed.from) {
        return Err(Failure::fault(format!(
            "the history up to position {} gives {} and the statement says {}; run netgain verify",
            then.known_at,
            pounds(followed.from),
            stated(&frozen.net)
        )));
    }
    let mut out = std::io::stdout().lock();
    if json {
        let document = json!({
            "issued": document(&issued),
            "now": {
                "position": now.position,
                "claimed": now.claimed,
                "validated": now.validated,
                "assured": now.assured,
            },
            "basis": basis.as_str(),
            "from": { "position": then.known_at, "figure": followed.from },
            "to": { "position": followed.position, "figure": followed.to },
            "effects": followed.effects,
        });
        writeln!(out, "{document}")?;
        return Ok(());
    }
    writeln!(
        out,
        "{}\n{}, issued on {}, beside what is known now (position {})\n",
        followed.title,
        name(&issued),
        day(&issued),
        followed.position
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
        write!(out, "{}", explain::effects(then.known_at, &followed))?;
    }
    Ok(())
}

//! `netgain explain` and `netgain diff`: why a figure is what it is, event by event, adding up.

use std::io::Write;

use netgain_answers::explain::{self as answers, Followed};
use netgain_events::identifier::Position;
use netgain_projections::effects::Figure;

use crate::calls::not_answered::{bad_question, failure};
use crate::calls::totals;
use crate::cli;
use crate::outcome::Outcome;
use crate::table::{Column, Table, change, pounds};
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &cli::FigureArgs) -> Outcome {
    totals::check_year(call.year)?;
    let history = at.open_for_figures(&call.org)?;
    let followed = answers::explain(history.log(), &call.org, &figure(call)).map_err(failure)?;
    print(json, &followed)
}

pub(crate) fn diff(at: &Whereabouts, json: bool, call: &cli::Diff) -> Outcome {
    answers::check_order(call.from, call.to).map_err(|question| bad_question(&question))?;
    totals::check_year(call.figure.year)?;
    let history = at.open_for_figures(&call.figure.org)?;
    let figure = figure(&call.figure);
    let log = history.log();
    let followed =
        answers::diff(log, &call.figure.org, &figure, call.from, call.to).map_err(failure)?;
    print(json, &followed)
}

fn figure(call: &cli::FigureArgs) -> Figure {
    Figure {
        year: call.year,
        basis: call.basis,
        claim: call.claim.clone(),
    }
}

fn print(json: bool, followed: &Followed) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", followed.document())?;
        return Ok(());
    }
    let figure = &followed.figure;
    let of = figure
        .claim
        .as_ref()
        .map(|claim| format!(", claim {claim}"))
        .unwrap_or_default();
    writeln!(out, "{}", followed.title)?;
    writeln!(
        out,
        "{} net for {}{of}: {} as known at position {}",
        figure.basis.as_str(),
        figure.year,
        pounds(followed.to.figure),
        followed.to.position
    )?;
    writeln!(out)?;
    write!(out, "{}", effects(followed))?;
    if followed.effects.is_empty() {
        writeln!(out, "No event had an effect on this figure.")?;
    }
    Ok(())
}

/// The effects as a table, from what was known at the start on.
pub(crate) fn effects(followed: &Followed) -> String {
    let mut table = Table::new(&[
        ("Position", Column::Right),
        ("Recorded", Column::Left),
        ("By", Column::Left),
        ("Event", Column::Left),
        ("Claim", Column::Left),
        ("Effect", Column::Right),
        ("Figure", Column::Right),
    ]);
    if followed.from.position > Position::ZERO {
        let blank = String::new;
        let start = "known at the start".to_owned();
        table.row([
            followed.from.position.to_string(),
            blank(),
            blank(),
            start,
            blank(),
            blank(),
            pounds(followed.from.figure),
        ]);
    }
    for effect in &followed.effects {
        let recorded: String = effect.recorded_at.to_string().chars().take(10).collect();
        table.row([
            effect.position.to_string(),
            recorded,
            effect.actor.to_string(),
            effect.event.event_type().to_owned(),
            effect
                .claim
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            change(effect.effect),
            pounds(effect.figure),
        ]);
    }
    table.render()
}

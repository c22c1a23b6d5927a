//! `netgain explain` and `netgain diff`: why a figure is what it is, event by event, adding up.

use std::io::Write;

use netgain_events::identifier::Position;
use netgain_events::money::Sum;
use netgain_events::ruleset::NI179_V1;
use netgain_ledger::history;
use netgain_ledger::log::Cursor;
use netgain_projections::effects::{Effect, Figure, Follower};
use serde_json::json;

use crate::calls::totals;
use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, change, pounds};

/// A figure followed through a history.
pub(crate) struct Followed {
    pub(crate) title: String,
    pub(crate) from: Sum,
    pub(crate) to: Sum,
    pub(crate) position: Position,
    pub(crate) effects: Vec<Effect>,
}

pub(crate) fn run(place: &Place, json: bool, call: &cli::FigureArgs) -> Outcome {
    let followed = follow(place, call, Position::ZERO, None)?;
    print(json, call, Position::ZERO, &followed)
}

pub(crate) fn diff(place: &Place, json: bool, call: &cli::Diff) -> Outcome {
    if call.to < call.from {
        return Err(Failure::Usage(format!(
            "bad-position: --from {} is after --to {}; give the earlier position first.",
            call.from, call.to
        )));
    }
    let followed = follow(place, &call.figure, call.from, Some(call.to))?;
    print(json, &call.figure, call.from, &followed)
}

/// Follows the figure from one position to another, or to the last.
pub(crate) fn follow(
    place: &Place,
    call: &cli::FigureArgs,
    from: Position,
    to: Option<Position>,
) -> Result<Followed, Failure> {
    totals::check_year(call.year)?;
    let reader = data_dir::open_for_reading(place)?;
    let figure = Figure {
        year: call.year,
        basis: call.basis,
        claim: call.claim.clone(),
    };
    let mut follower = Follower::new(call.org.clone(), figure, &NI179_V1);
    let (mut effects, mut before, mut wrong) = (Vec::new(), Sum::ZERO, None);
    history::read_events(&reader, &Cursor::default(), &call.org, &mut |_, event| {
        if wrong.is_some() || to.is_some_and(|to| event.position > to) {
            return;
        }
        let position = event.position;
        match follower.apply(event) {
            Ok(Some(effect)) if position > from => effects.push(effect),
            Ok(_) => {}
            Err(error) => wrong = Some(error),
        }
        if position <= from {
            before = follower.figure();
        }
    })?;
    if let Some(error) = wrong {
        return Err(error.into());
    }
    let state = follower.state();
    if state.position == Position::ZERO {
        // Says so where the organisation is not known at all, or the position is beyond the last.
        data_dir::state(place, &reader, &call.org, history::KnownAt::Latest)?;
    }
    if let Some(asked) = to.filter(|to| *to > state.position) {
        return Err(Failure::Usage(format!(
            "bad-position: {} has {} events; there is no position {asked} yet.",
            call.org, state.position
        )));
    }
    if let Some(claim) = call
        .claim
        .as_ref()
        .filter(|claim| state.claim(claim).is_none())
    {
        return Err(Failure::refused(
            "unknown-claim",
            format!(
                "{} has no claim {claim} by then; check the reference (capitals matter).",
                call.org
            ),
        ));
    }
    Ok(Followed {
        title: totals::title(state),
        from: before,
        to: follower.figure(),
        position: state.position,
        effects,
    })
}

fn print(json: bool, call: &cli::FigureArgs, from: Position, followed: &Followed) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        let document = json!({
            "org": call.org,
            "year": call.year,
            "basis": call.basis.as_str(),
            "claim": call.claim,
            "from": { "position": from, "figure": followed.from },
            "to": { "position": followed.position, "figure": followed.to },
            "effects": followed.effects,
        });
        writeln!(out, "{document}")?;
        return Ok(());
    }
    let of = call
        .claim
        .as_ref()
        .map(|claim| format!(", claim {claim}"))
        .unwrap_or_default();
    writeln!(out, "{}", followed.title)?;
    writeln!(
        out,
        "{} net for {}{of}: {} as known at position {}",
        call.basis.as_str(),
        call.year,
        pounds(followed.to),
        followed.position
    )?;
    writeln!(out)?;
    write!(out, "{}", effects(from, followed))?;
    if followed.effects.is_empty() {
        writeln!(out, "No event had an effect on this figure.")?;
    }
    Ok(())
}

/// The effects as a table, from what was known at the start on.
pub(crate) fn effects(from: Position, followed: &Followed) -> String {
    let mut table = Table::new(&[
        ("Position", Column::Right),
        ("Recorded", Column::Left),
        ("By", Column::Left),
        ("Event", Column::Left),
        ("Claim", Column::Left),
        ("Effect", Column::Right),
        ("Figure", Column::Right),
    ]);
    if from > Position::ZERO {
        let blank = String::new;
        let start = "known at the start".to_owned();
        table.row([
            from.to_string(),
            blank(),
            blank(),
            start,
            blank(),
            blank(),
            pounds(followed.from),
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

//! `netgain sample`: the claims that an audit looks at, drawn so that anyone can draw them again.

use std::io::Write;

use netgain_answers::words;
use netgain_events::event::Event;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::ruleset::NI179_V1;
use netgain_ledger::history::{self, KnownAt};
use netgain_ledger::log::{Cursor, LogRead};
use netgain_projections::totals::Totals;
use netgain_proof::registry::Registry;
use netgain_proof::sample::{Drawn, METHOD, Sample, draw};
use netgain_verify::checkpoint::Checkpoint;
use serde_json::{Value, json};

use crate::calls::totals;
use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, pounds};
use crate::whereabouts::{History, Whereabouts};

pub(crate) fn run(at: &Whereabouts, json: bool, call: &cli::Sample) -> Outcome {
    totals::check_year(call.year)?;
    let (checkpoint, history) = newest(at, &call.org)?;
    let known_at = Position::new(checkpoint.size);
    let state = history.state(&call.org, KnownAt::Position(known_at))?;
    let totals = Totals::of(&state, call.year, &NI179_V1)?;
    let sample = draw(&totals, &checkpoint, &call.seed, call.size)
        .map_err(|error| Failure::Usage(format!("{error}.")))?;
    let mut behind: Vec<Vec<Event>> = sample.claims.iter().map(|_| Vec::new()).collect();
    let log = history.log();
    history::read_events(log, &Cursor::default(), &call.org, &mut |_, event| {
        if event.position > known_at {
            return;
        }
        let about = event.fact.claim();
        let drawn = sample
            .claims
            .iter()
            .position(|drawn| Some(&drawn.claim) == about);
        if let Some(events) = drawn.and_then(|place| behind.get_mut(place)) {
            events.push(event);
        }
    })?;
    let mut out = std::io::stdout().lock();
    if json {
        let document = document(call, &sample, &behind);
        writeln!(out, "{document}")?;
    } else {
        out.write_all(for_people(&totals::title(&state), call, &sample, &behind).as_bytes())?;
    }
    Ok(())
}

/// The newest checkpoint of an organisation, and the history it is of.
fn newest<'w>(at: &'w Whereabouts, org: &OrgId) -> Result<(Checkpoint, History<'w>), Failure> {
    match at {
        Whereabouts::Files(place) => {
            let reader = data_dir::open_for_reading(place)?;
            let checkpoint = newest_in_files(place, &reader, org)?;
            Ok((checkpoint, History::Files(place, reader)))
        }
        Whereabouts::Service(server) => {
            let (checkpoint, log) = server.checkpoint(org)?;
            Ok((checkpoint, History::Service(log)))
        }
    }
}

fn newest_in_files(
    place: &Place,
    reader: &dyn LogRead,
    org: &OrgId,
) -> Result<Checkpoint, Failure> {
    let keys = data_dir::public_keys(place, reader)?;
    let ledger = reader.ledger();
    let registry = Registry::read(&place.checkpoints, ledger, &keys, None, &mut |_| {})?;
    match registry.newest().get(org) {
        Some(sealed) => Ok(sealed.checkpoint().clone()),
        None => Err(Failure::refused(
            "not-sealed",
            format!("{org} has no checkpoint to draw from; whatever records next seals it."),
        )),
    }
}

fn document(call: &cli::Sample, sample: &Sample, behind: &[Vec<Event>]) -> Value {
    let claims = sample.claims.iter().zip(behind).map(|(drawn, events)| {
        let events = events.iter().map(|event| {
            json!({
                "position": event.position,
                "event": event.fact.kind().event_type(),
                "actor": event.actor,
                "evidence": event.evidence,
            })
        });
        json!({
            "claim": drawn.claim,
            "effect": drawn.effect,
            "hits": drawn.hits,
            "from": drawn.from,
            "to": drawn.to,
            "events": events.collect::<Vec<_>>(),
        })
    });
    json!({
        "org": call.org,
        "year": call.year,
        "method": METHOD,
        "position": sample.size,
        "root": sample.root.to_string(),
        "seed": sample.seed,
        "draws": sample.draws,
        "total": sample.total,
        "interval": sample.interval,
        "claims": claims.collect::<Vec<_>>(),
    })
}

fn for_people(title: &str, call: &cli::Sample, sample: &Sample, behind: &[Vec<Event>]) -> String {
    let mut table = Table::new(&[
        ("Claim", Column::Left),
        ("Effect", Column::Right),
        ("Hits", Column::Right),
    ]);
    for drawn in &sample.claims {
        table.row([
            drawn.claim.to_string(),
            pounds(drawn.effect),
            drawn.hits.to_string(),
        ]);
    }
    let mut text = format!(
        "{title}\n{} draws for {} from {} of claimed effects, one in every {} ({METHOD})\nroot {} at \
         position {}, seed {:?}\n\n{}",
        sample.draws,
        call.year,
        pounds(sample.total),
        pounds(sample.interval),
        sample.root,
        sample.size,
        sample.seed,
        table.render()
    );
    for (drawn, events) in sample.claims.iter().zip(behind) {
        text.push('\n');
        for line in claim(drawn, events) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// A claim that was drawn, with all that was recorded about it, as lines.
fn claim(drawn: &Drawn, events: &[Event]) -> Vec<String> {
    let mut lines = vec![drawn.claim.to_string()];
    for event in events {
        lines.push(format!(
            "{:>6}  {}  {:<20}  {}",
            event.position.to_string(),
            event.recorded_at,
            event.actor.as_str(),
            words::fact(&event.fact)
        ));
        if event.evidence.is_empty() {
            lines.push(format!("{:>56}  no evidence given", ""));
        }
        for document in &event.evidence {
            lines.push(format!(
                "{:>56}  evidence: {} (SHA-256 {})",
                "", document.name, document.sha256
            ));
        }
    }
    lines
}

//! `netgain trail`: a history in order, in words or as the stored bytes.

use std::io::{BufWriter, Write};

use netgain_answers::{Unknown, words};
use netgain_events::event::Event;
use netgain_ledger::history;
use netgain_ledger::log::Cursor;

use crate::calls::not_answered::failure;
use crate::cli;
use crate::outcome::Outcome;
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &cli::Trail) -> Outcome {
    let history = at.open(&call.org)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut shown, mut known) = (0_u64, 0_u64);
    let mut written = Ok(());
    history::read_events(
        history.log(),
        &Cursor::default(),
        &call.org,
        &mut |line, event| {
            known += 1;
            let about = call
                .claim
                .as_ref()
                .is_none_or(|claim| event.fact.claim() == Some(claim));
            if about && written.is_ok() {
                shown += 1;
                written = if json {
                    write_bytes(&mut out, line)
                } else {
                    write_words(&mut out, &event)
                };
            }
        },
    )?;
    written.and_then(|()| out.flush())?;
    let org = call.org.clone();
    let unknown = match (&call.claim, shown, known) {
        (_, _, 0) => Unknown::Organisation(org),
        (Some(claim), 0, _) => {
            let claim = claim.clone();
            Unknown::Claim { org, claim }
        }
        _ => return Ok(()),
    };
    Err(failure(unknown.into()))
}

fn write_bytes(out: &mut impl Write, line: &[u8]) -> std::io::Result<()> {
    out.write_all(line)?;
    out.write_all(b"\n")
}

fn write_words(out: &mut impl Write, event: &Event) -> std::io::Result<()> {
    let claim = event
        .fact
        .claim()
        .map(|claim| format!("{claim}: "))
        .unwrap_or_default();
    writeln!(
        out,
        "{:>6}  {}  {:<20}  {claim}{}",
        event.position.to_string(),
        event.recorded_at,
        event.actor.as_str(),
        words::fact(&event.fact)
    )?;
    if let Some(note) = &event.note {
        writeln!(
            out,
            "{:>56}  note: {}",
            "",
            crate::table::short(note.as_str(), 100)
        )?;
    }
    for document in &event.evidence {
        writeln!(
            out,
            "{:>56}  evidence: {} (SHA-256 {})",
            "", document.name, document.sha256
        )?;
    }
    Ok(())
}

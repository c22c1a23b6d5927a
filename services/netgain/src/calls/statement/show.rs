//! `netgain statement show`: a statement as it was issued.

use std::io::Write;

use super::{day, document, figures, find, name, stated};
use crate::calls::totals;
use crate::cli::StatementArgs;
use crate::data_dir::Place;
use crate::outcome::Outcome;

pub(super) fn run(place: &Place, json: bool, which: &StatementArgs) -> Outcome {
    let (state, issued) = find(place, which)?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", document(&issued))?;
        return Ok(());
    }
    let frozen = &issued.statement.figures;
    writeln!(
        out,
        "{}\nNI179 for {}: {}\n({}, issued by {} on {} at position {}: the validated net as known at \
         position {}, by the rules {})\n\n{}\nSHA-256 of the totals document: {}",
        totals::title(&state),
        issued.statement.year,
        stated(&frozen.validated.net),
        name(&issued),
        issued.actor,
        day(&issued),
        issued.position,
        frozen.known_at,
        frozen.ruleset,
        figures(&issued),
        frozen.totals_sha256
    )?;
    Ok(())
}

//! `netgain statement show`: a statement as it was issued.

use std::io::Write;

use netgain_answers::pounds::stated;
use netgain_answers::statements as answers;
use netgain_ledger::history::KnownAt;

use super::{day, figures, find, name};
use crate::calls::totals;
use crate::cli::StatementArgs;
use crate::outcome::Outcome;
use crate::whereabouts::Whereabouts;

pub(super) fn run(at: &Whereabouts, json: bool, which: &StatementArgs) -> Outcome {
    let state = at.state(&which.org, KnownAt::Latest)?;
    let issued = find(&state, which)?;
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", answers::document(issued))?;
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
        name(issued),
        issued.actor,
        day(issued),
        issued.position,
        frozen.known_at,
        frozen.ruleset,
        figures(issued),
        frozen.totals_sha256
    )?;
    Ok(())
}

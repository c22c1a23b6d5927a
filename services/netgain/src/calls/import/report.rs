//! What an import says: every problem with its cell, or what was imported and its effect.

use std::io::Write;

use netgain_answers::import::{ClaimedNet, Counts, ImportProblem, Imported, problems_document};

use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, change, pounds};

/// Says every problem; nothing was imported.
pub(super) fn refused(json: bool, problems: &[ImportProblem]) -> Failure {
    let mut out = std::io::stdout().lock();
    let said = if json {
        writeln!(out, "{}", problems_document(problems))
    } else {
        problems
            .iter()
            .try_for_each(|problem| writeln!(out, "{problem}"))
            .and_then(|()| match problems.len() {
                1 => writeln!(out, "\n1 problem; nothing was imported."),
                n => writeln!(out, "\n{n} problems; nothing was imported."),
            })
    };
    match said {
        Ok(()) => Failure::Refused(None),
        Err(error) => error.into(),
    }
}

/// Says what was imported, and its effect on the claimed total of each year in which the claims, or
/// their costs, state something.
pub(super) fn imported(json: bool, imported: &Imported) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", imported.document())?;
        return Ok(());
    }
    let Counts {
        new,
        amended,
        unchanged,
        costs,
    } = imported.counts;
    let would = if imported.dry_run {
        "Would import"
    } else {
        "Imported"
    };
    writeln!(
        out,
        "{would} {new} new claims, {amended} amendments and {costs} costs; {unchanged} rows are unchanged."
    )?;
    if let Some((first, last)) = imported.positions {
        writeln!(
            out,
            "Recorded at positions {first} to {last} of {}.",
            imported.org
        )?;
    }
    writeln!(
        out,
        "The year columns add up to {}.\n",
        pounds(imported.control_total)
    )?;
    let mut table = Table::new(&[
        ("Claimed net", Column::Left),
        ("Before", Column::Right),
        ("After", Column::Right),
        ("Change", Column::Right),
    ]);
    for ClaimedNet {
        year,
        before,
        after,
    } in &imported.claimed_net
    {
        let changed = after.minus(*before)?;
        table.row([
            year.to_string(),
            pounds(*before),
            pounds(*after),
            change(changed),
        ]);
    }
    write!(out, "{}", table.render())?;
    for note in &imported.notes {
        writeln!(out, "Note: {note}")?;
    }
    if imported.dry_run {
        writeln!(out, "\nNothing was written. Leave out --dry-run to import.")?;
    }
    Ok(())
}

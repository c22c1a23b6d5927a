//! What an import says: every problem with its cell, or what was imported and its effect.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write;

use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::money::Sum;
use netgain_events::refusal::Refusal;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::totals::Totals;
use netgain_sheets::{CellAddress, Problem};
use serde::Serialize;
use serde_json::json;

use crate::outcome::{Failure, Outcome};
use crate::table::{Column, Table, change, pounds};

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Counts {
    pub(super) new: usize,
    pub(super) amended: usize,
    pub(super) unchanged: usize,
    pub(super) costs: usize,
}

/// One thing wrong with the sheet.
#[derive(Debug, Serialize)]
pub(super) struct ImportProblem {
    cell: Option<String>,
    row: Option<u32>,
    column: Option<String>,
    code: String,
    message: String,
}

impl ImportProblem {
    pub(super) fn placed(refusal: &Refusal, row: u32, cell: Option<CellAddress>) -> Self {
        Self {
            cell: cell.map(|cell| cell.to_string()),
            row: Some(row),
            column: refusal.field.as_deref().map(str::to_owned),
            code: refusal.code.to_string(),
            message: refusal.message.clone(),
        }
    }

    pub(super) fn whole(refusal: &Refusal) -> Self {
        Self {
            cell: None,
            row: None,
            column: None,
            code: refusal.code.to_string(),
            message: refusal.message.clone(),
        }
    }
}

impl From<Problem> for ImportProblem {
    fn from(problem: Problem) -> Self {
        Self {
            cell: problem.cell.map(|cell| cell.to_string()),
            row: problem.row,
            column: problem.column,
            code: problem.code.to_owned(),
            message: problem.message,
        }
    }
}

impl fmt::Display for ImportProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.cell, self.row) {
            (Some(cell), _) => write!(f, "{cell}")?,
            (None, Some(row)) => write!(f, "row {row}")?,
            (None, None) => write!(f, "sheet")?,
        }
        if let Some(column) = &self.column {
            write!(f, " ({column})")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Says every problem; nothing was imported.
pub(super) fn refused(json: bool, problems: &[ImportProblem]) -> Failure {
    let mut out = std::io::stdout().lock();
    let said = if json {
        writeln!(
            out,
            "{}",
            json!({ "imported": false, "problems": problems })
        )
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

/// What an import came to.
pub(super) struct Imported<'i> {
    pub(super) org: &'i OrgId,
    pub(super) dry_run: bool,
    pub(super) counts: Counts,
    pub(super) control_total: Sum,
    /// The first and the last position recorded.
    pub(super) positions: Option<(Position, Position)>,
    pub(super) before: &'i Organisation,
    pub(super) after: &'i Organisation,
    pub(super) notes: &'i [Problem],
}

/// The claimed net of a year before and after.
#[derive(Serialize)]
struct Effect {
    year: FinancialYear,
    before: Sum,
    after: Sum,
}

/// Says what was imported, and its effect on the claimed total of each year in which the claims, or
/// their costs, state something.
pub(super) fn imported(json: bool, imported: &Imported<'_>) -> Outcome {
    let effects = effects(imported)?;
    let mut out = std::io::stdout().lock();
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    if json {
        let document = json!({
            "imported": !imported.dry_run,
            "org": imported.org,
            "counts": imported.counts,
            "control_total": imported.control_total,
            "first_position": imported.positions.map(|(first, _)| first),
            "last_position": imported.positions.map(|(_, last)| last),
            "claimed_net": effects,
            "notes": notes,
        });
        writeln!(out, "{document}")?;
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
    for Effect {
        year,
        before,
        after,
    } in &effects
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
    for note in notes {
        writeln!(out, "Note: {note}")?;
    }
    if imported.dry_run {
        writeln!(out, "\nNothing was written. Leave out --dry-run to import.")?;
    }
    Ok(())
}

fn effects(imported: &Imported<'_>) -> Result<Vec<Effect>, Failure> {
    let changed = imported
        .after
        .claims
        .iter()
        .filter(|(id, claim)| imported.before.claims.get(*id) != Some(*claim));
    // A year that an amendment no longer states is one whose figure changes.
    let both = changed.flat_map(|(id, claim)| [Some(claim), imported.before.claims.get(id)]);
    let years: BTreeSet<FinancialYear> = both
        .flatten()
        .flat_map(|claim| {
            let stated = claim.details.profile.stated().map(|(year, _)| year);
            let costs = claim
                .offsets
                .iter()
                .flat_map(|(_, held)| held.in_force.iter());
            stated.chain(costs.map(|cost| cost.year))
        })
        .filter(|year| *year >= NI179_V1.first_year)
        .collect();
    let net = |state: &Organisation, year| {
        Totals::of(state, year, &NI179_V1).map(|totals| totals.claimed.net)
    };
    let mut effects = Vec::with_capacity(years.len());
    for year in years {
        let (before, after) = (net(imported.before, year)?, net(imported.after, year)?);
        effects.push(Effect {
            year,
            before,
            after,
        });
    }
    Ok(effects)
}

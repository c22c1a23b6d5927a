//! `netgain statement issue`: the figure as known now, frozen and sealed at once.

use std::io::Write;

use netgain_events::command::{Command, Proposal};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::OrgId;
use netgain_events::vocabulary::Series;
use netgain_ledger::ledger::Outcome as Decided;

use super::{document, name, stated};
use crate::calls::totals;
use crate::cli::ActorArgs;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::who;

pub(super) fn run(
    place: &Place,
    json: bool,
    org: &OrgId,
    year: FinancialYear,
    series: Series,
    actor: &ActorArgs,
) -> Outcome {
    totals::check_year(year)?;
    let caller = who::caller(actor)?;
    // A mistyped directory must not become a new ledger.
    drop(data_dir::open_for_reading(place)?);
    let writing = data_dir::open_for_writing(place)?;
    let ledger = &writing.ledger;
    let command = Command {
        org: org.clone(),
        proposal: Proposal::IssueStatement { year, series },
        actor: None,
        key: None,
        note: None,
        evidence: Vec::new(),
    };
    let answer = ledger.submit(command, &caller)?;
    writing.wait(answer.ticket)?;
    let issued = match answer.outcome {
        Decided::Refused(refusals) => {
            return Err(match refusals.into_iter().next() {
                Some((_, refusal)) => Failure::refused(refusal.code.as_str(), refusal),
                None => Failure::Refused(None),
            });
        }
        Decided::Recorded { .. } | Decided::Repeated { .. } => {
            ledger.look(org, |state| state.statements.last().cloned())?
        }
    };
    // It is issued, whatever becomes of the rest: whoever asked is told so first.
    let finished = writing.finish();
    let Some((Some(issued), _)) = issued else {
        return finished;
    };
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", document(&issued))?;
    } else {
        let figures = &issued.statement.figures;
        writeln!(
            out,
            "{}: NI179 {}, as known at position {} (issued at position {}).",
            name(&issued),
            stated(&figures.validated.net),
            figures.known_at,
            issued.position
        )?;
    }
    finished
}

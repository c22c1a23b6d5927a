//! `netgain statement issue`: the figure as known now, frozen and sealed at once.

use std::io::Write;

use netgain_answers::pounds::stated;
use netgain_answers::statements as answers;
use netgain_events::command::{Command, Proposal};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::IssuedStatement;
use netgain_events::vocabulary::Series;
use netgain_ledger::history::KnownAt;
use netgain_ledger::ledger::Outcome as Decided;
use serde_json::json;

use super::name;
use crate::calls::totals;
use crate::cli::ActorArgs;
use crate::client::{Again, Failed, Server};
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::whereabouts::{Whereabouts, nobody_named};
use crate::who;

pub(super) fn run(
    at: &Whereabouts,
    json: bool,
    org: &OrgId,
    year: FinancialYear,
    series: Series,
    actor: &ActorArgs,
) -> Outcome {
    totals::check_year(year)?;
    match at {
        Whereabouts::Files(place) => issue_in_files(place, json, org, year, series, actor),
        Whereabouts::Service(server) => {
            nobody_named(actor)?;
            let position = issue_by_service(server, org, year, series)?;
            let state = at.state(org, KnownAt::Position(position))?;
            match state.statements.last() {
                Some(issued) => say(json, issued),
                None => Ok(()),
            }
        }
    }
}

/// Has a service issue the statement; gives its position.
fn issue_by_service(
    server: &Server,
    org: &OrgId,
    year: FinancialYear,
    series: Series,
) -> Result<Position, Failure> {
    let command = json!({ "type": "issue-statement", "org": org, "year": year, "series": series });
    let command = serde_json::to_vec(&command)?;
    let recorded = server
        .record(org, &command, Again::Unsafe)
        .map_err(Failed::into_failure)?;
    Ok(Position::new(recorded.position))
}

fn issue_in_files(
    place: &Place,
    json: bool,
    org: &OrgId,
    year: FinancialYear,
    series: Series,
    actor: &ActorArgs,
) -> Outcome {
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
    let outcome = writing.record(org, command.into(), &caller)?;
    let issued = match outcome {
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
    say(json, &issued)?;
    finished
}

/// Says what was issued.
fn say(json: bool, issued: &IssuedStatement) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", answers::document(issued))?;
    } else {
        let figures = &issued.statement.figures;
        writeln!(
            out,
            "{}: NI179 {}, as known at position {} (issued at position {}).",
            name(issued),
            stated(&figures.validated.net),
            figures.known_at,
            issued.position
        )?;
    }
    Ok(())
}

//! `netgain statement`: freezes a figure in a published statement.

use std::io::Write;
use std::path::Path;

use netgain_events::command::{Command, Proposal};
use netgain_ledger::ledger::Outcome as Decided;
use netgain_ledger::log::durable;

use crate::calls::totals;
use crate::cli::{StatementCall, StatementVerb};
use crate::data_dir;
use crate::outcome::{Failure, Outcome};
use crate::table::pounds;
use crate::who;

pub(crate) fn run(data: &Path, json: bool, call: &StatementCall) -> Outcome {
    match &call.call {
        StatementVerb::Issue {
            org,
            year,
            series,
            actor,
        } => {
            totals::check_year(*year)?;
            let caller = who::caller(actor)?;
            // A mistyped directory must not become a new ledger.
            drop(data_dir::open_for_reading(data)?);
            let ledger = data_dir::open_for_writing(data)?;
            let command = Command {
                org: org.clone(),
                proposal: Proposal::IssueStatement {
                    year: *year,
                    series: *series,
                },
                actor: None,
                key: None,
                note: None,
                evidence: Vec::new(),
            };
            let answer = ledger.submit(command, &caller)?;
            if let Some(ticket) = answer.ticket {
                let runtime = tokio::runtime::Builder::new_current_thread().build()?;
                runtime.block_on(durable(ledger.log(), ticket))?;
            }
            match answer.outcome {
                Decided::Refused(refusals) => match refusals.into_iter().next() {
                    Some((_, refusal)) => Err(Failure::refused(refusal.code.as_str(), refusal)),
                    None => Err(Failure::Refused(None)),
                },
                Decided::Recorded { .. } | Decided::Repeated { .. } => print(
                    json,
                    ledger.look(org, |state| state.statements.last().cloned())?,
                ),
            }
        }
    }
}

fn print(
    json: bool,
    issued: Option<(
        Option<netgain_events::state::IssuedStatement>,
        Option<netgain_ledger::log::Ticket>,
    )>,
) -> Outcome {
    let Some((Some(issued), _)) = issued else {
        return Ok(());
    };
    let mut out = std::io::stdout().lock();
    let statement = &issued.statement;
    if json {
        let document = serde_json::json!({
            "position": issued.position,
            "recorded_at": issued.recorded_at,
            "actor": issued.actor,
            "statement": statement,
        });
        writeln!(out, "{document}")?;
    } else {
        let net: Option<netgain_events::money::Money> =
            statement.figures.validated.net.as_str().parse().ok();
        let figure = net.map_or_else(
            || statement.figures.validated.net.as_str().to_owned(),
            pounds,
        );
        writeln!(
            out,
            "{} statement {} for {}: NI179 {figure}, as known at position {} (issued at position {}).",
            statement.series,
            statement.number,
            statement.year,
            statement.figures.known_at,
            issued.position
        )?;
    }
    Ok(())
}

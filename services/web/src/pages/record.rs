//! What a form asks to be recorded: by the same door as any other request.

use axum::http::StatusCode;
use netgain_events::command::Request;
use netgain_events::identifier::{CommandId, Position};
use netgain_events::refusal::{Refusal, RefusalCode};
use netgain_events::state::Organisation;
use netgain_ledger::ledger::{Rehearsal, rehearse};
use serde_json::Value;

use super::visitor::Visit;
use crate::edge::hex;
use crate::problem::Problem;
use crate::recording::{self, Decided};
use crate::service::Service;

/// What came of a form.
pub(super) enum Came {
    /// Recorded and durable: the position of its last event.
    Recorded(Position),
    /// Refused, each command by its place, and nothing recorded.
    Refused(Vec<(usize, Refusal)>),
}

/// A new idempotency key for a form: sent twice, it is recorded once.
pub(super) fn once() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| Problem::fault("the system has no randomness", &error))?;
    Ok(format!("form-{}", hex(&bytes)))
}

/// Records one command, or an array of them all together or not at all.
pub(super) async fn record(
    service: &Service,
    visit: &Visit,
    commands: &Value,
    once: Option<&str>,
) -> Result<Came, Problem> {
    send(service, visit, commands, once, None).await
}

/// Records a command if nothing was recorded after the position that was seen; else it comes to nothing. A form
/// that was recorded before answers as it did then.
pub(super) async fn record_as_seen(
    service: &Service,
    visit: &Visit,
    command: &Value,
    once: Option<&str>,
    seen: Position,
) -> Result<Option<Came>, Problem> {
    match send(service, visit, command, once, Some(seen)).await {
        Err(problem) if problem.status() == StatusCode::PRECONDITION_FAILED => Ok(None),
        came => came.map(Some),
    }
}

async fn send(
    service: &Service,
    visit: &Visit,
    commands: &Value,
    once: Option<&str>,
    seen: Option<Position>,
) -> Result<Came, Problem> {
    let once: Option<CommandId> = once.and_then(|once| once.parse().ok());
    let request = match request(visit, commands, once.as_ref())? {
        Ok(request) => request,
        Err(refused) => return allowed(refused).map(Came::Refused),
    };
    service.disk.check()?;
    let caller = visit.visitor.asker.caller(visit.authority.clone());
    match recording::record(service, visit.org(), request, seen, &caller).await? {
        Decided::Recorded { first, kinds, .. } => {
            let last = kinds.iter().skip(1).fold(first, |last, _| last.next());
            Ok(Came::Recorded(last))
        }
        Decided::Refused(refused) => allowed(refused).map(Came::Refused),
    }
}

/// Who may not do something is not shown a form to put right.
fn allowed(refused: Vec<(usize, Refusal)>) -> Result<Vec<(usize, Refusal)>, Problem> {
    let mut refusals = refused.iter().map(|(_, refusal)| refusal);
    match refusals.find(|refusal| refusal.code == RefusalCode::NotAllowed) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(refused),
    }
}

/// What commands would come to on that state, with nothing written.
pub(super) fn rehearsed(
    service: &Service,
    visit: &Visit,
    state: &Organisation,
    commands: &Value,
) -> Result<Result<Rehearsal, Vec<(usize, Refusal)>>, Problem> {
    let request = match request(visit, commands, None)? {
        Ok(request) => request,
        Err(refused) => return allowed(refused).map(Err),
    };
    let caller = visit.visitor.asker.caller(visit.authority.clone());
    let (ledger, now) = (service.ledger.log().ledger(), service.now());
    let rehearsal = rehearse(state, request.commands, &caller, ledger, now)?;
    if rehearsal.refused.is_empty() {
        return Ok(Ok(rehearsal));
    }
    allowed(rehearsal.refused).map(Err)
}

type Shaped = Result<Request, Vec<(usize, Refusal)>>;

fn request(visit: &Visit, commands: &Value, once: Option<&CommandId>) -> Result<Shaped, Problem> {
    let body = serde_json::to_vec(commands)
        .map_err(|error| Problem::fault("a command could not be written", &error))?;
    Ok(Request::from_body(
        &body,
        visit.org(),
        once,
        &visit.authority,
    ))
}

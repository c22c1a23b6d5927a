//! What somebody asks to be recorded, decided and durable, however it came.

use std::sync::Arc;

use axum::http::StatusCode;
use netgain_answers::import::{Attempt, Imported, NotImported};
use netgain_events::command::Request;
use netgain_events::fact::FactKind;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::refusal::Refusal;
use netgain_ledger::ledger::{Answer, Caller, Outcome, Requested};

use crate::problem::Problem;
use crate::service::Service;

/// What was decided about a request, and is durable.
pub(crate) enum Decided {
    /// Recorded: the kinds of its events, from that position on.
    Recorded {
        first: Position,
        kinds: Vec<FactKind>,
        /// Whether it had been recorded before, so that nothing was written now.
        repeated: bool,
    },
    /// Refused, and nothing written: each refused command by its place in the request.
    Refused(Vec<(usize, Refusal)>),
}

/// Records a request and waits until it is durable. With a position as `seen`, only if nothing was
/// recorded after it.
pub(crate) async fn record(
    service: &Service,
    org: &OrgId,
    request: Request,
    seen: Option<Position>,
    caller: &Caller,
) -> Result<Decided, Problem> {
    let mut request = service.ledger.repeatable(request);
    let requested = service.settle(org, |ledger| {
        service.check_room()?;
        let requested = ledger.submit_request(org, request.next(org)?, seen, caller)?;
        if let Requested::Answered(Answer { outcome, seen }) = &requested
            && matches!(outcome, Outcome::Recorded { .. })
        {
            service.note(org, seen);
        }
        Ok(requested.into())
    });
    let outcome = match requested.await? {
        Requested::Answered(answer) => answer.outcome,
        Requested::Stale { position, .. } => {
            return Err(Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "position-moved",
                format!(
                    "The history of {org} is at position {position} and not where If-Match says: look at \
                     what was recorded since, and decide again."
                ),
            ));
        }
    };
    match outcome {
        Outcome::Recorded { first, kinds } => {
            service
                .metrics
                .recorded
                .inc_by(u64::try_from(kinds.len()).unwrap_or(0));
            if kinds.contains(&FactKind::StatementIssued) {
                // A published figure is sealed before it is told; if that fails, it is recorded all the same.
                service.seals.now().await;
            }
            Ok(Decided::Recorded {
                first,
                kinds,
                repeated: false,
            })
        }
        Outcome::Repeated { first, kinds } => Ok(Decided::Recorded {
            first,
            kinds,
            repeated: true,
        }),
        Outcome::Refused(refusals) => Ok(Decided::Refused(refusals)),
    }
}

/// Imports, or tries to, on a thread for readings, until what came of it stands. `of` makes each attempt.
pub(crate) async fn attempt<A>(
    service: &Arc<Service>,
    org: &OrgId,
    of: impl Fn(OrgId) -> A,
) -> Result<Result<Imported, NotImported>, Problem>
where
    A: FnOnce(&Service) -> Result<Attempt, Problem> + Send + 'static,
{
    let mut settling = service.ledger.settling(org);
    loop {
        service.check_room()?;
        let attempt = service.reading(of(org.clone())).await?;
        let Attempt { outcome, seen } = attempt;
        if outcome.as_ref().is_ok_and(|imported| !imported.dry_run) {
            service.note(org, &seen);
        }
        if service
            .may_be_told(&mut settling, &seen, outcome.is_err())
            .await?
        {
            return Ok(outcome);
        }
    }
}

//! What somebody asks to be recorded, decided and durable, however it came.

use axum::http::StatusCode;
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
    let requested = service.ledger.submit_request(org, request, seen, caller)?;
    let Answer { outcome, ticket } = match requested {
        Requested::Answered(answer) => answer,
        Requested::Stale { position, ticket } => {
            service.settled(ticket).await?;
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
    if matches!(outcome, Outcome::Recorded { .. }) {
        service.live.note(org, ticket);
    }
    service.settled(ticket).await?;
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

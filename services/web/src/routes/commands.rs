//! `POST /api/v1/organisations/{org}/commands`: a command, or several all or none.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use netgain_events::authority::Authority;
use netgain_events::command::{Request, is_array};
use netgain_events::fact::FactKind;
use netgain_events::identifier::{OrgId, Position};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Conditions, JsonBody, Path, org, tag};
use super::responses::{Problems, Refusals};
use crate::asker::Asker;
use crate::documents::commands::Commands;
use crate::documents::parameters::{OfOrganisation, RecordingHeaders};
use crate::documents::words::EventType;
use crate::problem::Problem;
use crate::recording::{self, Decided};
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(record))
}

/// One recorded event.
#[derive(Serialize, ToSchema)]
pub(super) struct Recorded {
    /// Its place in the organisation's history.
    position: u64,
    /// What kind of event it is.
    #[schema(value_type = EventType)]
    event: &'static str,
}

/// Record a command, or several: all of them or none
///
/// The body is one command as in docs/RULESET.md, or an array of them (without a `command_id` in any). `org` may
/// be left out of a command; `actor` is refused: it is whoever signed in.
#[utoipa::path(
    post,
    path = "/api/v1/organisations/{org}/commands",
    operation_id = "recordCommands",
    tag = "recording",
    params(OfOrganisation, RecordingHeaders),
    request_body(content = Commands, content_type = "application/json", description = "A command or an array of commands"),
    responses(
        (status = 201, description = "Recorded and durable", body = Vec<Recorded>, headers(
            ("ETag" = String, description = "The position of the last event"),
            ("Idempotent-Replayed" = String, description = "true where the request had been answered before"),
        )),
        Problems, Refusals,
    ),
    security(("token" = []), ("session" = [])),
)]
async fn record(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(text): Path<String>,
    conditions: Conditions,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let org = org(&text)?;
    let authority = asker.authority_to_record(&service, &org)?;
    submit(&service, &asker, &org, authority, conditions, &body).await
}

/// Records a request's body and answers it once it is durable.
pub(super) async fn submit(
    service: &Service,
    asker: &Asker,
    org: &OrgId,
    authority: Authority,
    conditions: Conditions,
    body: &Bytes,
) -> Result<Response, Problem> {
    let (key, seen) = conditions.checked()?;
    let array = is_array(body);
    let request = Request::from_body(body, org, key.as_ref(), &authority)
        .map_err(|refusals| Problem::refused(&refusals, array))?;
    service.disk.check()?;
    let caller = asker.caller(authority);
    let decided = recording::record(service, org, request, seen, &caller).await?;
    match decided {
        Decided::Recorded {
            first,
            kinds,
            repeated,
        } => Ok(recorded(first, &kinds, repeated)),
        Decided::Refused(refusals) => Err(Problem::refused(&refusals, array)),
    }
}

fn recorded(first: Position, kinds: &[FactKind], repeated: bool) -> Response {
    let mut last = first;
    let mut next = first;
    let events: Vec<Recorded> = kinds
        .iter()
        .map(|kind| {
            last = next;
            next = next.next();
            Recorded {
                position: last.get(),
                event: kind.event_type(),
            }
        })
        .collect();
    let mut response = (StatusCode::CREATED, axum::Json(events)).into_response();
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::try_from(tag(last)) {
        headers.insert(header::ETAG, tag);
    }
    if repeated {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

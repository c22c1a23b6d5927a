//! `/api/v1/system`: the ledger's own history of people, grants, tokens and keys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use netgain_events::identifier::OrgId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands::{Recorded, submit};
use super::events::{EventsQuery, history};
use super::extract::{Conditions, JsonBody, Query};
use super::responses::{Problems, Refusals};
use crate::asker::Asker;
use crate::documents::commands::SystemCommands;
use crate::documents::events::Event;
use crate::documents::parameters::RecordingHeaders;
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(record))
        .routes(routes!(events))
}

/// Enrol or bar people, grant or revoke roles, issue or revoke tokens: all of them or none
///
/// As with an organisation's commands. What you may do here is what you are an administrator of.
#[utoipa::path(
    post,
    path = "/api/v1/system/commands",
    operation_id = "recordSystemCommands",
    tag = "people",
    params(RecordingHeaders),
    request_body(content = SystemCommands, content_type = "application/json", description = "A command or an array of commands"),
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
    conditions: Conditions,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let authority = asker.authority_to_record(&service, &OrgId::system())?;
    submit(
        &service,
        &asker,
        &OrgId::system(),
        authority,
        conditions,
        &body,
    )
    .await
}

/// The history of people, grants, tokens and keys, byte for byte as it is stored
///
/// It is everybody's, so it is for administrators of every organisation.
#[utoipa::path(
    get,
    path = "/api/v1/system/events",
    operation_id = "listSystemEvents",
    tag = "people",
    params(EventsQuery),
    responses(
        (status = 200, description = "The events", content(
            (Vec<Event> = "application/json"),
            (String = "application/x-ndjson"),
        ), headers(("Link" = String, description = "The next page, where there is one"))),
        Problems),
    security(("token" = []), ("session" = [])),
)]
async fn events(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    asker.may_administer_all(&service)?;
    let path = "/api/v1/system/events".to_owned();
    history(&service, OrgId::system(), path, &query, &headers).await
}

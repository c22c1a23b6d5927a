//! `/healthz` and `/readyz`: whether the process is there, and whether it can do its work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use netgain_ledger::log::Log;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Service;

/// From how many events on that the views lack the operator should look why: folding so many takes more than a
/// second.
const NOT_IN_VIEWS_MAX: u64 = 1_000_000;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(healthy))
        .routes(routes!(ready))
}

/// Whether the process is there
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getHealth",
    tag = "operating",
    responses((status = 200, description = "It is", body = String)),
    security(()),
)]
async fn healthy() -> &'static str {
    "ok\n"
}

/// What the service can do.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one question, answered with yes or no"
)]
struct Readiness {
    /// Whether it can do all it is there for.
    ready: bool,
    /// Whether the log can be written.
    log_writable: bool,
    /// Whether the log answers: always, but where servers keep it.
    log_answers: bool,
    /// How many commits of other nodes this one has not taken in yet.
    commits_behind: u64,
    /// Whether there is room on the disk.
    disk_has_room: bool,
    /// Whether the views are near what is recorded. The service does its work without them; only its next start
    /// takes longer.
    views_caught_up: bool,
    /// Whether what was recorded is being sealed.
    sealing: bool,
    /// Whether the log is still being held to what was sealed, after a start: until then nothing is sealed, and a
    /// history that was altered is not read-only yet.
    checking_seals: bool,
    /// How many organisations can only be read, because their history is not the one that was sealed.
    read_only_organisations: usize,
}

/// Whether the service can do its work
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "getReadiness",
    tag = "operating",
    responses(
        (status = 200, description = "It can", body = Readiness),
        (status = 503, description = "It cannot; says what is wrong", body = Readiness),
    ),
    security(()),
)]
async fn ready(State(service): State<Arc<Service>>) -> Response {
    let log = service.ledger.log();
    let log_writable = log.durability(0).borrow().failed.is_none();
    let disk_has_room = service.disk.has_room();
    let views_caught_up = service.ledger.events_not_in_views() <= NOT_IN_VIEWS_MAX;
    let following = &service.following;
    let ready = log_writable && disk_has_room && following.answers() && following.is_near();
    let readiness = Readiness {
        ready,
        log_writable,
        log_answers: following.answers(),
        commits_behind: following.behind(),
        disk_has_room,
        views_caught_up,
        sealing: service.seals.is_sealing() && !service.seals.is_checking(),
        checking_seals: service.seals.is_checking(),
        read_only_organisations: service.seals.alarms().len(),
    };
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, axum::Json(readiness)).into_response()
}

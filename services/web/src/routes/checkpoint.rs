//! `…/checkpoint`, `/api/v1/registry` and `/api/v1/keys`: what was signed, and by which keys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use netgain_events::authority::Reading;
use netgain_verify::checkpoint::SignedCheckpoint;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, org};
use super::responses::Problems;
use crate::asker::Asker;
use crate::documents::parameters::OfOrganisation;
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(checkpoint))
        .routes(routes!(registry))
        .routes(routes!(keys))
}

const TEXT: &str = "text/plain; charset=utf-8";

fn text(text: impl Into<axum::body::Body>) -> Response {
    ([(header::CONTENT_TYPE, TEXT)], text.into()).into_response()
}

fn note(found: Option<SignedCheckpoint>) -> Result<Response, Problem> {
    match found {
        Some(found) => Ok(text(found.note().bytes().to_vec())),
        None => Err(Problem::not_found(
            "not-sealed",
            "Nothing is sealed here yet; what is recorded is sealed within a second or two.",
        )),
    }
}

/// The newest signed checkpoint of an organisation's history (C2SP tlog-checkpoint)
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/checkpoint",
    operation_id = "getCheckpoint",
    tag = "proof",
    params(OfOrganisation),
    responses((status = 200, description = "The signed note, byte for byte", content_type = "text/plain", body = String), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn checkpoint(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&code)?, Reading::Proof)?;
    service.position(&readable).await?;
    note(service.seals.checkpoint(readable.org()))
}

/// The newest signed checkpoint that covers every organisation's
///
/// It says how many checkpoints there are and nothing of what they are of, so it is for everybody: the more people
/// keep a copy, the less a history can be changed behind them.
#[utoipa::path(
    get,
    path = "/api/v1/registry",
    operation_id = "getRegistry",
    tag = "proof",
    responses((status = 200, description = "The signed note, byte for byte", content_type = "text/plain", body = String), Problems),
    security(()),
)]
async fn registry(State(service): State<Arc<Service>>) -> Result<Response, Problem> {
    note(service.seals.registry())
}

/// The public keys that checkpoints are signed with (C2SP vkey), the newest first
#[utoipa::path(
    get,
    path = "/api/v1/keys",
    operation_id = "getKeys",
    tag = "proof",
    responses((status = 200, description = "A key a line", content_type = "text/plain", body = String), Problems),
    security(()),
)]
async fn keys(State(service): State<Arc<Service>>) -> Response {
    let lines: Vec<String> = service.keys.iter().map(ToString::to_string).collect();
    text(format!("{}\n", lines.join("\n")))
}

//! `/api/v1/tokens`: what programs show instead of a password. A token's secret is made here, shown once, and
//! kept as its SHA-256 only.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use netgain_events::identifier::OrgId;
use netgain_events::state::TokenState;
use netgain_sign_in::token::TokenSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::commands::submit;
use super::extract::{Conditions, JsonBody, from_json};
use super::responses::{Problems, Refusals, answer, json};
use crate::asker::Asker;
use crate::documents::values::{PersonId, Reference, Scope, Time};
use crate::documents::words::Role;
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(list, issue))
}

/// A token; never its secret.
#[derive(Serialize, ToSchema)]
struct TokenDocument {
    /// Its reference.
    #[schema(value_type = Reference)]
    token: String,
    /// Whose it is.
    #[schema(value_type = PersonId)]
    person: String,
    /// An organisation's code, or `*` for every organisation.
    #[schema(value_type = Scope)]
    of: String,
    /// The roles it carries, of those its person has.
    #[schema(value_type = Vec<Role>)]
    roles: Vec<String>,
    /// Until when.
    #[schema(value_type = Time)]
    until: String,
    /// Whether it is in force.
    in_force: bool,
}

fn document(token: &TokenState, now: netgain_events::recorded_at::RecordedAt) -> TokenDocument {
    TokenDocument {
        token: token.id.to_string(),
        person: token.person.to_string(),
        of: token.of.to_string(),
        roles: token.roles.iter().map(ToString::to_string).collect(),
        until: token.until.to_string(),
        in_force: token.is_in_force(now),
    }
}

/// Every token that was ever issued; as an administrator of some organisations, those that reach there
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    operation_id = "listTokens",
    tag = "people",
    responses((status = 200, description = "The tokens", body = Vec<TokenDocument>), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn list(State(service): State<Arc<Service>>, asker: Asker) -> Result<Response, Problem> {
    let administered = asker.administered(&service)?;
    let now = service.now();
    let documents: Vec<TokenDocument> = service.with_access(|access| {
        let shown = |token: &&TokenState| administered.shows_token(access, token, now);
        let tokens = access.tokens().filter(shown);
        tokens.map(|token| document(token, now)).collect()
    })?;
    answer(&documents)
}

/// A token to be issued.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    /// Its reference, which is never used again.
    #[schema(value_type = Reference)]
    token: String,
    /// Whose it is to be.
    #[schema(value_type = PersonId)]
    person: String,
    /// An organisation's code, or `*` for every organisation.
    #[schema(value_type = Scope)]
    of: String,
    /// The roles it is to carry; it has those of them that its person has.
    #[schema(value_type = Vec<Role>, min_items = 1)]
    roles: Vec<String>,
    /// Until when.
    #[schema(value_type = Time)]
    until: String,
}

/// A token that was issued.
#[derive(Serialize, ToSchema)]
struct IssuedToken<'a> {
    /// Its reference.
    #[schema(value_type = Reference)]
    token: &'a str,
    /// What a program shows. It is shown here once and never again.
    #[schema(pattern = "^ngt_[A-Za-z0-9_-]+$")]
    secret: String,
}

/// Issue a token: its secret is in the answer, and nowhere else
///
/// To end it, record the command `revoke-token`.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    operation_id = "issueToken",
    tag = "people",
    request_body = TokenRequest,
    responses((status = 201, description = "Issued", body = IssuedToken<'static>), Problems, Refusals),
    security(("token" = []), ("session" = [])),
)]
async fn issue(
    State(service): State<Arc<Service>>,
    asker: Asker,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    let authority = asker.authority_to_record(&service, &OrgId::system())?;
    let wanted: TokenRequest = from_json(&body)?;
    let secret =
        TokenSecret::random().map_err(|error| Problem::fault("no token could be made", &error))?;
    let command = serde_json::json!({
        "type": "issue-token",
        "org": OrgId::SYSTEM,
        "token": wanted.token,
        "person": wanted.person,
        "sha256": secret.sha256(),
        "of": wanted.of,
        "roles": wanted.roles,
        "until": wanted.until,
    });
    let body: Bytes = json(&command)?;
    // A secret cannot be shown again, so a request that comes again must not be answered as the first: it
    // has no idempotency key, and its reference is refused.
    submit(
        &service,
        &asker,
        &OrgId::system(),
        authority,
        Conditions::none(),
        &body,
    )
    .await?;
    let issued = IssuedToken {
        token: &wanted.token,
        secret: secret.to_string(),
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((StatusCode::CREATED, headers, json(&issued)?).into_response())
}

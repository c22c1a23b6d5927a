//! `/api/v1/session` and `/sign-in/{provider}`: who is signed in, and how they come in and out.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use netgain_events::vocabulary::Auth;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use super::extract::{JsonBody, Path, Query, from_json};
use super::responses::{Problems, answer};
use crate::asker::Asker;
use crate::documents::values::{PersonId, Scope};
use crate::documents::words::{Auth as AuthWord, Role};
use crate::edge::{SESSION_COOKIE, address, cookie, session_cookie};
use crate::problem::Problem;
use crate::provided::admit;
use crate::service::Service;
use crate::sign_in::by_password::by_password;
use crate::sign_in::session::{begin, cookie_forgotten, session_cookie_of};

/// Binds a browser to the sign-in that it began (RFC 9700 section 4.7).
const PENDING_COOKIE: &str = "__Host-netgain-sign-in";

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, show, sign_out))
        .routes(routes!(ways))
        .routes(routes!(leave_for_provider))
        .routes(routes!(back_from_provider))
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// Their id.
    person: String,
    /// Their password.
    #[schema(value_type = String, format = Password)]
    password: Zeroizing<String>,
}

/// A role, and where somebody has it.
#[derive(Serialize, ToSchema)]
struct Grant {
    /// Which role.
    #[schema(value_type = Role)]
    role: String,
    /// An organisation's code, or `*` for every organisation.
    #[schema(value_type = Scope)]
    of: String,
}

/// The ways to sign in.
#[derive(Serialize, ToSchema)]
struct WaysIn {
    /// The providers' names: each has its address /sign-in/NAME.
    providers: Vec<String>,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct SessionDocument {
    /// Their id.
    #[schema(value_type = PersonId)]
    person: String,
    /// Their name, where the directory has one.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// How they are known: local, oidc or token.
    #[schema(value_type = AuthWord)]
    auth: String,
    /// Their roles. A token's may be fewer.
    grants: Vec<Grant>,
    /// In how many seconds the session ends if nothing is asked; absent of a token.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_in_seconds: Option<u64>,
}

/// Sign in with a password
#[utoipa::path(
    post,
    path = "/api/v1/session",
    operation_id = "signIn",
    tag = "people",
    request_body = Credentials,
    responses(
        (status = 204, description = "Signed in; the cookie is the session", headers(("Set-Cookie" = String))),
        (status = 415, description = "The body has another type", content_type = "application/problem+json", body = crate::problem::ProblemBody),
        Problems),
    security(()),
)]
async fn sign_in(
    State(service): State<Arc<Service>>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let from = address(&parts);
    let body = <JsonBody as axum::extract::FromRequest<()>>::from_request(
        Request::from_parts(parts, body),
        &(),
    );
    let credentials: Credentials = from_json(&body.await?.0)?;
    let person = by_password(&service, &credentials.person, &credentials.password, from).await?;
    let secret = begin(&service, person, Auth::Local)?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, session_cookie_of(&secret))],
    )
        .into_response())
}

/// Who is signed in, with which roles
#[utoipa::path(
    get,
    path = "/api/v1/session",
    operation_id = "getSession",
    tag = "people",
    responses((status = 200, description = "Who you are", body = SessionDocument), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn show(
    State(service): State<Arc<Service>>,
    asker: Asker,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = service.name_of(asker.person());
    let grants = asker.grants(&service)?.into_iter();
    let session = session_cookie(&headers).and_then(|cookie| service.session(cookie));
    let ends_in_seconds = session
        .filter(|_| asker.auth() != Auth::Token)
        .map(|session| {
            session
                .idle_ends_at
                .saturating_duration_since(Instant::now())
                .as_secs()
        });
    answer(&SessionDocument {
        person: asker.person().to_string(),
        name,
        auth: asker.auth().to_string(),
        grants: grants
            .map(|(role, of)| Grant {
                role: role.to_string(),
                of: of.to_string(),
            })
            .collect(),
        ends_in_seconds,
    })
}

/// Sign out
///
/// Whoever is not signed in, or no longer, is answered the same.
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    operation_id = "signOut",
    tag = "people",
    responses((status = 204, description = "Signed out"), Problems),
    security(()),
)]
async fn sign_out(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    if let Some(cookie) = session_cookie(&headers) {
        service.sign_in.sessions.end(cookie);
    }
    (
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie_forgotten(SESSION_COOKIE))],
    )
        .into_response()
}

/// The ways to sign in, beside a password
#[utoipa::path(
    get,
    path = "/api/v1/sign-in",
    operation_id = "listWaysIn",
    tag = "people",
    responses((status = 200, description = "The ways", body = WaysIn), Problems),
    security(()),
)]
async fn ways(State(service): State<Arc<Service>>) -> Result<Response, Problem> {
    let providers = service.sign_in.provider_names();
    answer(&WaysIn { providers })
}

/// Leave to sign in at a provider
#[utoipa::path(
    get,
    path = "/sign-in/{provider}",
    operation_id = "leaveForProvider",
    tag = "people",
    params(("provider" = String, Path, description = "The provider's name in the configuration")),
    responses((status = 303, description = "To the provider"), Problems),
    security(()),
)]
async fn leave_for_provider(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    peer: Address,
) -> Result<Response, Problem> {
    service.caches.rates.admit_address(peer.0)?;
    let provider = service
        .sign_in
        .provider(&name)
        .ok_or_else(unknown_provider)?;
    let (url, pending) = provider
        .begin()
        .await
        .map_err(|error| unreachable(&error))?;
    let secret = service
        .sign_in
        .pending
        .keep(pending, Instant::now())
        .map_err(|error| Problem::fault("no sign-in could be begun", &error))?;
    let cookie = format!(
        "{PENDING_COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600",
        secret.expose()
    );
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(url.as_str())).into_response())
}

/// Where a request came from.
struct Address(std::net::IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        _: &S,
    ) -> Result<Self, Self::Rejection> {
        Ok(Self(address(parts)))
    }
}

fn unknown_provider() -> Problem {
    Problem::not_found("unknown-provider", "No such sign-in is set up here.")
}

fn unreachable(error: &netgain_sign_in::oidc::OidcError) -> Problem {
    tracing::warn!(%error, "a sign-in at a provider failed");
    Problem::later(
        StatusCode::SERVICE_UNAVAILABLE,
        "provider-unavailable",
        "Your organisation's sign-in cannot be reached just now; try again in a moment.",
        std::time::Duration::from_secs(10),
    )
}

/// What a provider sends along with the browser.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Returned {
    /// What was agreed.
    #[serde(default)]
    state: String,
    /// What an ID token is given for.
    #[serde(default)]
    code: String,
}

/// Come back from a provider
#[utoipa::path(
    get,
    path = "/sign-in/{provider}/return",
    operation_id = "returnFromProvider",
    tag = "people",
    params(("provider" = String, Path, description = "The provider's name in the configuration"), Returned),
    responses((status = 303, description = "Signed in; to the first page", headers(("Set-Cookie" = String))), Problems),
    security(()),
)]
async fn back_from_provider(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Query(returned): Query<Returned>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let begin_again = || {
        Problem::not_signed_in("This sign-in was not begun here, or took too long: begin again.")
    };
    let provider = service
        .sign_in
        .provider(&name)
        .ok_or_else(unknown_provider)?;
    let pending = cookie(&headers, PENDING_COOKIE)
        .and_then(|secret| service.sign_in.pending.take(secret, Instant::now()))
        .ok_or_else(begin_again)?;
    let identity = provider
        .finish(pending, &returned.state, &returned.code)
        .await
        .map_err(|error| {
            tracing::warn!(%error, "a sign-in at a provider failed");
            begin_again()
        })?;
    let person = admit(&service, identity).await?;
    let secret = begin(&service, person, Auth::Oidc)?;
    let mut response = Redirect::to("/").into_response();
    for cookie in [session_cookie_of(&secret), cookie_forgotten(PENDING_COOKIE)] {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    Ok(response)
}

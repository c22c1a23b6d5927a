//! The routes: one file a resource. All are described where they are written, so that the document at
//! `/api/v1/openapi.json` cannot leave one out.

mod checkpoint;
mod claims;
mod commands;
mod directory;
mod events;
pub(crate) mod extract;
mod figures;
mod health;
mod import;
mod live;
mod organisations;
mod reports;
mod responses;
mod session;
mod statements;
mod system;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;

use crate::at_least;
use crate::edge::{self, SESSION_COOKIE};
use crate::pages;
use crate::problem::Problem;
use crate::service::Service;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "netgain",
        description = "A ledger of efficiency gains that shows its working: commands in, events for ever, \
                       figures out, each pound traceable to the events behind it.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "recording", description = "Commands and spreadsheets in; all or nothing"),
        (name = "figures", description = "NI179 totals, their explanation, and reports"),
        (name = "history", description = "Events exactly as they are stored"),
        (name = "proof", description = "Statements, bundles and signed checkpoints"),
        (name = "live", description = "Totals as they change (Server-Sent Events)"),
        (name = "people", description = "Sign-in, people, grants and tokens"),
        (name = "operating", description = "Health and this description"),
    ),
)]
struct Description;

fn described() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .merge(health::routes())
        .merge(organisations::routes())
        .merge(commands::routes())
        .merge(import::routes())
        .merge(figures::routes())
        .merge(reports::routes())
        .merge(claims::routes())
        .merge(events::routes())
        .merge(statements::routes())
        .merge(checkpoint::routes())
        .merge(live::routes())
        .merge(session::routes())
        .merge(system::routes())
        .merge(directory::routes())
        .merge(tokens::routes())
}

/// The API's description, an `OpenAPI` 3.1 document.
///
/// # Errors
/// It cannot be written as JSON.
pub fn api_description() -> Result<String, serde_json::Error> {
    let (_, mut api) = described().split_for_parts();
    at_least::describe(&mut api);
    let components = api.components.get_or_insert_default();
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("ngt_…")
                .description(Some("An API token, which an administrator issues"))
                .build(),
        ),
    );
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            SESSION_COOKIE,
            "The session of somebody who has signed in",
        ))),
    );
    api.to_pretty_json()
}

/// All routes of a service, with what every request passes.
pub(crate) fn router(service: &Arc<Service>) -> Router {
    // It is the same for as long as the program runs.
    let description: Arc<str> = api_description().unwrap_or_default().into();
    let (routes, _) = described().split_for_parts();
    let routes = routes
        .merge(pages::router())
        .route(
            "/api/v1/openapi.json",
            get(move || {
                let description = description.to_string();
                async move { ([(header::CONTENT_TYPE, "application/json")], description) }
            }),
        )
        .fallback(|headers: HeaderMap| async move { pages::or_problem(&headers, nothing_here()) })
        .method_not_allowed_fallback(|| async { other_method() })
        .with_state(Arc::clone(service));
    edge::around(routes, service)
}

fn nothing_here() -> Problem {
    Problem::not_found(
        "not-found",
        "Nothing stands at this address; /api/v1/openapi.json lists what there is.",
    )
}

fn other_method() -> impl IntoResponse {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "This address takes other methods; the header Allow names them.",
    )
}

//! `…/claims` and `…/claims/{claim}`: what each claim is and how it stands.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use netgain_answers::{claim, claims, parameters};
use netgain_events::authority::Reading;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, org};
use super::responses::{Problems, json, known};
use crate::asker::Asker;
use crate::documents::parameters::{HaveAlready, OfClaim, OfOrganisation};
use crate::documents::values::YearInPath;
use crate::documents::{self};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Of which year the lines are.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct YearQuery {
    /// For which financial year each claim's line is added, like 2010-11.
    #[param(value_type = Option<YearInPath>, inline)]
    year: Option<String>,
}

/// An organisation's claims, in the order of their references
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/claims",
    operation_id = "listClaims",
    tag = "figures",
    params(OfOrganisation, YearQuery, HaveAlready),
    responses((status = 200, description = "The claims", body = documents::claims::Claims, headers(
        ("ETag" = String, description = "The position they are known at"))),
        (status = 304, description = "Nothing was recorded since the ETag that was sent"), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn list(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(text): Path<String>,
    Query(query): Query<YearQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let year = query.year.as_deref().map(parameters::year).transpose()?;
    let state = service.state(&readable).await?;
    let document = json(&claims::claims(&state, year)?)?;
    Ok(known(&headers, state.position, document))
}

/// A claim with everything in force about it
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/claims/{claim}",
    operation_id = "getClaim",
    tag = "figures",
    params(OfOrganisation, OfClaim, YearQuery, HaveAlready),
    responses((status = 200, description = "The claim", body = documents::claims::Claim, headers(
        ("ETag" = String, description = "The position it is known at"))),
        (status = 304, description = "Nothing was recorded since the ETag that was sent"), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn one(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path((text, reference)): Path<(String, String)>,
    Query(query): Query<YearQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let reference = parameters::claim(&reference)?;
    let year = query.year.as_deref().map(parameters::year).transpose()?;
    let state = service.state(&readable).await?;
    let document = json(&claim::claim(&state, &reference, year)?)?;
    Ok(known(&headers, state.position, document))
}

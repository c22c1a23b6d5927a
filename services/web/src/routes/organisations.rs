//! `/api/v1/organisations`: which there are, of those that somebody may read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use netgain_answers::BadQuestion;
use netgain_events::authority::Reading;
use netgain_events::fact::OrganisationDetails;
use netgain_events::identifier::{OrgId, Position};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, org};
use super::responses::{Problems, answer, json};
use crate::asker::{Asker, Readable};
use crate::documents::parameters::OfOrganisation;
use crate::documents::values::OrgCode;
use crate::documents::words::Sector;
use crate::problem::Problem;
use crate::service::Service;

/// The most organisations of a page.
const PAGE_MAX: usize = 1_000;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Which part of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Those after this code.
    #[param(value_type = Option<OrgCode>, inline)]
    after: Option<String>,
    /// At most so many: 1 to 1,000, which it is unless named.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// An organisation, and how far its history goes.
#[derive(Serialize, ToSchema)]
struct OrganisationDocument {
    /// Its official code.
    #[schema(value_type = OrgCode)]
    org: String,
    /// The position of its last event.
    position: u64,
    /// What it is called.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What kind of body it is.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Its sector.
    #[schema(value_type = Sector, required = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sector: Option<String>,
    /// Where it is.
    #[schema(nullable = false)]
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
}

impl OrganisationDocument {
    fn of(org: &OrgId, position: Position, details: Option<&OrganisationDetails>) -> Self {
        Self {
            org: org.to_string(),
            position: position.get(),
            name: details.map(|it| it.name.to_string()),
            kind: details.map(|it| it.kind.to_string()),
            sector: details.map(|it| it.sector.to_string()),
            region: details.and_then(|it| it.region.as_ref().map(ToString::to_string)),
        }
    }
}

async fn document(service: &Service, readable: &Readable) -> Result<OrganisationDocument, Problem> {
    service
        .look(readable, |state| {
            OrganisationDocument::of(&state.org, state.position, state.details.as_ref())
        })
        .await
}

/// The organisations that you may read, in the order of their codes
#[utoipa::path(
    get,
    path = "/api/v1/organisations",
    operation_id = "listOrganisations",
    tag = "figures",
    params(ListQuery),
    responses((status = 200, description = "The organisations", body = Vec<OrganisationDocument>, headers(
        ("Link" = String, description = "The next page, where there is one"))), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn list(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(PAGE_MAX);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(BadQuestion::Parameter {
            parameter: "limit",
            code: "bad-parameter",
            message: format!("a page has 1 to {PAGE_MAX} organisations"),
        }
        .into());
    }
    let reach = asker.reach(&service)?;
    let all = service.ledger.organisations();
    let mut readable = all
        .iter()
        .filter(|org| {
            query
                .after
                .as_deref()
                .is_none_or(|after| org.as_str() > after)
        })
        .filter_map(|org| reach.readable(org));
    let mut documents = Vec::new();
    for readable in readable.by_ref().take(limit) {
        documents.push(document(&service, &readable).await?);
    }
    let more = readable.next().is_some();
    let mut response = (
        [(header::CONTENT_TYPE, "application/json")],
        json(&documents)?,
    )
        .into_response();
    if let (true, Some(last)) = (more, documents.last()) {
        let next = format!(
            "</api/v1/organisations?after={}&limit={limit}>; rel=\"next\"",
            last.org
        );
        if let Ok(next) = next.parse() {
            response.headers_mut().insert(header::LINK, next);
        }
    }
    Ok(response)
}

/// An organisation, and how far its history goes
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}",
    operation_id = "getOrganisation",
    tag = "figures",
    params(OfOrganisation),
    responses((status = 200, description = "The organisation", body = OrganisationDocument), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn one(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    answer(&document(&service, &readable).await?)
}

//! `…/statements`: what was published, beside what is known now, and with everything that checking it takes.
//! A statement is issued by the command `issue-statement`.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use netgain_answers::{parameters, statements};
use netgain_events::authority::Reading;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Position;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Series;
use netgain_ledger::history::HistoryError;
use netgain_proof::bundle::BundleError;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, org};
use super::responses::{Problems, answer};
use crate::asker::{Asker, Readable};
use crate::documents::parameters::{OfOrganisation, OfStatement};
use crate::documents::statements::{Comparison, IssuedStatement};
use crate::documents::values::{File, YearInPath};
use crate::documents::words::{Basis, Series as SeriesWord};
use crate::problem::Problem;
use crate::service::Service;

/// When to ask again for what is not sealed yet.
const SEALED_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(compare))
        .routes(routes!(bundle))
}

/// Of which year and series.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// Only of this financial year, like 2010-11.
    #[param(value_type = Option<YearInPath>, inline)]
    year: Option<String>,
    /// Only of this series: forecast or actual.
    #[param(value_type = Option<SeriesWord>, inline)]
    series: Option<String>,
}

/// The statements that were issued, in order
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/statements",
    operation_id = "listStatements",
    tag = "proof",
    params(OfOrganisation, ListQuery),
    responses((status = 200, description = "The statements", body = Vec<IssuedStatement>), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn list(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(text): Path<String>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let year = query.year.as_deref().map(parameters::year).transpose()?;
    let series = query
        .series
        .as_deref()
        .map(parameters::series)
        .transpose()?;
    let state = service.state(&readable).await?;
    let issued = statements::list(&state, year, series);
    answer(&statements::list_document(&issued))
}

/// Which statement: its address.
type Address = (String, String, String, String);

struct Which {
    year: FinancialYear,
    series: Series,
    /// Nothing for `latest`.
    number: Option<u32>,
}

impl Which {
    fn of(year: &str, series: &str, number: &str) -> Result<Self, Problem> {
        let number = match number {
            "latest" => None,
            digits => Some(digits.parse().map_err(|_| {
                Problem::bad_request(
                    "bad-parameter",
                    "a statement's number is 1, 2, 3 … or latest",
                )
                .of_field("number")
            })?),
        };
        Ok(Self {
            year: parameters::year(year)?,
            series: parameters::series(series)?,
            number,
        })
    }
}

async fn look(
    service: &Service,
    asker: &Asker,
    (text, year, series, number): &Address,
    reading: Reading,
) -> Result<(Readable, Organisation, Which), Problem> {
    let readable = asker.may_read(service, &org(text)?, reading)?;
    let which = Which::of(year, series, number)?;
    let state = service.state(&readable).await?;
    Ok((readable, state, which))
}

/// A statement as it was issued
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/statements/{year}/{series}/{number}",
    operation_id = "getStatement",
    tag = "proof",
    params(OfOrganisation, OfStatement),
    responses((status = 200, description = "The statement", body = IssuedStatement), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn show(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(address): Path<Address>,
) -> Result<Response, Problem> {
    let (_, state, which) = look(&service, &asker, &address, Reading::Figures).await?;
    let issued = statements::find(&state, which.year, which.series, which.number)
        .map_err(netgain_answers::NotAnswered::from)?;
    answer(&statements::document(issued))
}

/// On which basis the events are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct BasisQuery {
    /// `claimed`, `validated` (unless named) or `assured`.
    #[param(value_type = Option<Basis>, inline)]
    basis: Option<String>,
}

/// A statement beside what is known now: the restatement since, event by event
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/statements/{year}/{series}/{number}/compare",
    operation_id = "compareStatement",
    tag = "proof",
    params(OfOrganisation, OfStatement, BasisQuery),
    responses((status = 200, description = "The comparison", body = Comparison), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn compare(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(address): Path<Address>,
    Query(query): Query<BasisQuery>,
) -> Result<Response, Problem> {
    let (_, state, which) = look(&service, &asker, &address, Reading::Figures).await?;
    let basis = parameters::basis(query.basis.as_deref().unwrap_or("validated"))?;
    let document = service
        .reading(move |service| {
            let issued = statements::find(&state, which.year, which.series, which.number)
                .map_err(netgain_answers::NotAnswered::from)?;
            let log = &**service.ledger.log();
            Ok(statements::compare(log, &state, issued, basis)?.document())
        })
        .await?;
    answer(&document)
}

/// A statement with everything that checking it takes, as one .tar
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/statements/{year}/{series}/{number}/bundle",
    operation_id = "getBundle",
    tag = "proof",
    params(OfOrganisation, OfStatement),
    responses((status = 200, description = "The bundle (docs/BUNDLE.md)", content_type = "application/x-tar", body = File), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn bundle(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(address): Path<Address>,
) -> Result<Response, Problem> {
    let (readable, state, which) = look(&service, &asker, &address, Reading::Proof).await?;
    let position: Position = statements::find(&state, which.year, which.series, which.number)
        .map_err(netgain_answers::NotAnswered::from)?
        .position;
    // A statement is sealed at once, but the very last one may be on its way.
    service.seals.now().await;
    let org = readable.org().clone();
    let (name, bytes) = service
        .reading(move |service| {
            let bundle = netgain_proof::bundle::bundle(
                &**service.ledger.log(),
                &service.checkpoints,
                &service.keys,
                &org,
                position,
            )
            .map_err(not_made)?;
            let mut bytes = Vec::new();
            bundle
                .write_to(&mut bytes)
                .map_err(|error| Problem::fault("a bundle could not be made", &error))?;
            Ok((bundle.directory().to_owned(), Bytes::from(bytes)))
        })
        .await?;
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/x-tar"),
    );
    // Its parts have the characters of codes and years only.
    if let Ok(disposition) = format!("attachment; filename=\"{name}.tar\"").parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

fn not_made(error: BundleError) -> Problem {
    match error {
        BundleError::Read(error) => HistoryError::from(error).into(),
        BundleError::NotSealed { .. } => Problem::later(
            StatusCode::SERVICE_UNAVAILABLE,
            "not-sealed-yet",
            "This statement is recorded and not sealed yet; ask again in a moment.",
            SEALED_WITHIN,
        ),
        error @ (BundleError::Decode { .. }
        | BundleError::Effects(_)
        | BundleError::Overflow(_)
        | BundleError::Document(_)
        | BundleError::Registry(_)
        | BundleError::NoStatement { .. }
        | BundleError::TooLarge { .. }
        | BundleError::NotAsSealed { .. }
        | BundleError::OtherFigure { .. }
        | BundleError::UnknownRuleset { .. }
        | BundleError::Archive(_)) => Problem::fault("a bundle could not be made", &error),
    }
}

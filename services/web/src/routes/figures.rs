//! `…/totals/{year}`, `…/explain/{year}` and `…/diff/{year}`: the figure, why it is what it is, and what
//! changed it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use netgain_answers::{explain, known, parameters, totals};
use netgain_events::authority::Reading;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_ledger::history::KnownAt;
use netgain_projections::effects::Figure;
use netgain_projections::totals::Totals;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, org};
use super::responses::{Problems, answer, known as known_response};
use crate::asker::{Asker, Readable};
use crate::caches::{FigureAnswer, FigureKey};
use crate::documents::figures::Followed;
use crate::documents::parameters::{HaveAlready, OfOrganisation, OfYear};
use crate::documents::values::{ClaimReference, TimeOrDay};
use crate::documents::words::Basis as BasisWord;
use crate::documents::{self};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(totals_of))
        .routes(routes!(explain_figure))
        .routes(routes!(diff))
}

/// What was known when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownQuery {
    /// As known at a position: its event and those before it (0: nothing).
    #[param(value_type = Option<u64>)]
    position: Option<String>,
    /// As known at a time (RFC 3339), or at the end of a day; not beside a position.
    #[param(value_type = Option<TimeOrDay>, inline)]
    known_at: Option<String>,
}

impl KnownQuery {
    pub(super) fn known_at(&self) -> Result<KnownAt, Problem> {
        Ok(parameters::known_at(
            self.position.as_deref(),
            self.known_at.as_deref(),
        )?)
    }
}

/// An organisation's NI179 for a year, with the line of each claim
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/totals/{year}",
    operation_id = "getTotals",
    tag = "figures",
    params(OfOrganisation, OfYear, KnownQuery, HaveAlready),
    responses((status = 200, description = "The totals document", body = documents::figures::Totals, headers(
        ("ETag" = String, description = "The position it is known at"))),
        (status = 304, description = "Nothing was recorded since the ETag that was sent"),
        Problems),
    security(("token" = []), ("session" = [])),
)]
async fn totals_of(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path((text, year)): Path<(String, String)>,
    Query(query): Query<KnownQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let year = parameters::year(&year)?;
    totals::check_year(year)?;
    let found = match query.known_at()? {
        KnownAt::Latest => latest(&service, &readable, year, true).await?,
        earlier @ (KnownAt::Position(_) | KnownAt::Time(_)) => {
            let org = readable.org().clone();
            service
                .reading(move |service| {
                    let state = known::state(&**service.ledger.log(), None, &org, earlier)?;
                    let totals = totals::totals(&state, year)?;
                    Ok(FigureAnswer {
                        position: totals.position,
                        document: totals::document(&totals)?.into(),
                    })
                })
                .await?
        }
    };
    Ok(known_response(&headers, found.position, found.document))
}

/// The totals as they are now: all of the document, or without the claims for whoever watches. Computed once
/// for each position, however many ask.
pub(super) async fn latest(
    service: &Service,
    readable: &Readable,
    year: FinancialYear,
    with_claims: bool,
) -> Result<FigureAnswer, Problem> {
    let key = FigureKey {
        org: readable.org().clone(),
        year,
        with_claims,
    };
    let position = service.position(readable).await?;
    if let Some(kept) = service.caches.figures.get(&key)
        && kept.position == position
    {
        return Ok(kept);
    }
    let state = service.state(readable).await?;
    let totals = totals::totals(&state, year)?;
    let document = if with_claims {
        Bytes::from(totals::document(&totals)?)
    } else {
        headline(&totals)?
    };
    let computed = FigureAnswer {
        position: state.position,
        document,
    };
    service.caches.figures.insert(key, computed.clone());
    Ok(computed)
}

/// The totals document without its claims: some hundred bytes however many there are.
fn headline(totals: &Totals<'_>) -> Result<Bytes, Problem> {
    let document = serde_json::json!({
        "org": totals.org,
        "year": totals.year,
        "regime": totals.rules.regime,
        "ruleset": totals.rules.id,
        "position": totals.position,
        "claimed": totals.claimed,
        "validated": totals.validated,
        "assured": totals.assured,
    });
    super::responses::json(&document)
}

/// Which figure.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct FigureQuery {
    /// One claim's part of it, instead of the organisation's total.
    #[param(value_type = Option<ClaimReference>, inline)]
    claim: Option<String>,
    /// `claimed`, `validated` (unless named) or `assured`.
    #[param(value_type = Option<BasisWord>, inline)]
    basis: Option<String>,
}

/// Which figure, between which positions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DiffQuery {
    /// One claim's part of it, instead of the organisation's total.
    #[param(value_type = Option<ClaimReference>, inline)]
    claim: Option<String>,
    /// `claimed`, `validated` (unless named) or `assured`.
    #[param(value_type = Option<BasisWord>, inline)]
    basis: Option<String>,
    /// The earlier position.
    #[param(value_type = u64)]
    from: String,
    /// The later position.
    #[param(value_type = u64)]
    to: String,
}

fn figure(year: &str, claim: Option<&str>, basis: Option<&str>) -> Result<Figure, Problem> {
    let claim: Option<ClaimId> = claim.map(parameters::claim).transpose()?;
    Ok(Figure {
        year: parameters::year(year)?,
        basis: parameters::basis(basis.unwrap_or("validated"))?,
        claim,
    })
}

/// Why a figure is what it is: every event with an effect on it, adding up
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/explain/{year}",
    operation_id = "explainFigure",
    tag = "figures",
    params(OfOrganisation, OfYear, FigureQuery),
    responses((status = 200, description = "The effects", body = Followed), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn explain_figure(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path((text, year)): Path<(String, String)>,
    Query(query): Query<FigureQuery>,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let figure = figure(&year, query.claim.as_deref(), query.basis.as_deref())?;
    let org: OrgId = readable.org().clone();
    let followed = service
        .reading(move |service| Ok(explain::explain(&**service.ledger.log(), &org, &figure)?))
        .await?;
    answer(&followed.document())
}

/// What changed a figure between two positions
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/diff/{year}",
    operation_id = "compareFigure",
    tag = "figures",
    params(OfOrganisation, OfYear, DiffQuery),
    responses((status = 200, description = "The effects between the two", body = Followed), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn diff(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path((text, year)): Path<(String, String)>,
    Query(query): Query<DiffQuery>,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let figure = figure(&year, query.claim.as_deref(), query.basis.as_deref())?;
    let from: Position = parameters::position("from", &query.from)?;
    let to: Position = parameters::position("to", &query.to)?;
    let org: OrgId = readable.org().clone();
    let followed = service
        .reading(move |service| {
            Ok(explain::diff(
                &**service.ledger.log(),
                &org,
                &figure,
                from,
                to,
            )?)
        })
        .await?;
    answer(&followed.document())
}

//! `…/reports/{name}`: what a finance team, a board and an auditor ask beside the total.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use netgain_answers::parameters;
use netgain_answers::report::{Parameters, Report};
use netgain_answers::report_name::ReportName;
use netgain_events::authority::Reading;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, org};
use super::responses::{Problems, answer};
use crate::asker::Asker;
use crate::documents::parameters::{OfOrganisation, OfReport};
use crate::documents::values::{Date, Heading, YearInPath};
use crate::documents::{self};
use crate::problem::Problem;
use crate::service::Service;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(report))
}

/// What a report is of.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ReportQuery {
    /// For which financial year, like 2010-11; `breakdown`, `failed-costs` and `shares` need one.
    #[param(value_type = Option<YearInPath>, inline)]
    year: Option<String>,
    /// At which date (`due`, `challenges`); today unless named.
    #[param(value_type = Option<Date>, inline)]
    at: Option<String>,
    /// By which heading (`breakdown`): function, method, technique, approach, service, source or label:KEY.
    #[param(value_type = Option<Heading>, inline)]
    by: Option<String>,
}

/// A report: due, breakdown, targets, redeployment, challenges, failed-costs or shares
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/reports/{name}",
    operation_id = "getReport",
    tag = "figures",
    params(OfOrganisation, OfReport, ReportQuery),
    responses((status = 200, description = "The report", body = documents::reports::Report), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn report(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path((text, name)): Path<(String, String)>,
    Query(query): Query<ReportQuery>,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let name: ReportName = name
        .parse()
        .map_err(|unknown: netgain_answers::BadQuestion| {
            Problem::not_found(unknown.code(), unknown.to_string())
        })?;
    let parameters = Parameters {
        year: query.year.as_deref().map(parameters::year).transpose()?,
        at: query
            .at
            .as_deref()
            .map(|at| parameters::date("at", at))
            .transpose()?,
        by: query.by.as_deref().map(parameters::heading).transpose()?,
    };
    let report = Report::new(name, parameters, service.now().day())?;
    let state = service.state(&readable).await?;
    answer(&report.answer(&state)?.document())
}

//! `POST …/import`: a spreadsheet of claims, all rows or none, every problem at once (docs/IMPORT.md).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use netgain_answers::import::{
    self, Attempt, Claims, Imported, NotImported, Options, problems_document,
};
use netgain_events::fact::FactKind;
use netgain_events::state::Organisation;
use netgain_ledger::ledger::Seen;
use netgain_ledger::log::LogRead;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, body, check_type, org};
use super::responses::{Problems, Refusals, json};
use crate::asker::Asker;
use crate::documents::import::Imported as ImportDocument;
use crate::documents::parameters::OfOrganisation;
use crate::documents::values::{AmountGiven, File, ProseText};
use crate::problem::Problem;
use crate::recording;
use crate::service::Service;

/// The types of the files that can be read.
const TYPES: [&str; 4] = [
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/csv",
    "application/octet-stream",
];

/// The largest that the service reads at all (docs/IMPORT.md).
const SHEET_BYTES_MAX: usize = import::FILE_BYTES_MAX + 1;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(import_claims))
        .layer(DefaultBodyLimit::max(SHEET_BYTES_MAX))
}

/// How a file is imported.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ImportQuery {
    /// The file's name, for messages.
    file: Option<String>,
    /// `true`: say what would happen, and write nothing.
    dry_run: Option<bool>,
    /// Why claims are amended: with it, changed rows of known claims become amendments and unchanged ones are left
    /// alone.
    #[param(value_type = Option<ProseText>, inline)]
    reason: Option<String>,
    /// What all the profile amounts of the sheet must add up to.
    #[param(value_type = Option<AmountGiven>, inline)]
    control_total: Option<String>,
    /// Which sheet of a workbook; the first unless named.
    sheet: Option<String>,
}

/// Import claims from a spreadsheet (.xlsx, .ods or .csv): all rows or none
#[utoipa::path(
    post,
    path = "/api/v1/organisations/{org}/import",
    operation_id = "importClaims",
    tag = "recording",
    params(
        OfOrganisation,
        ImportQuery,
    ),
    request_body(content(
        (File = "text/csv"),
        (File = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (File = "application/vnd.oasis.opendocument.spreadsheet"),
        (File = "application/octet-stream"),
    ), description = "The file as it is"),
    responses(
        (status = 200, description = "What would be imported (dry_run)", body = ImportDocument),
        (status = 201, description = "What was imported; all of it is durable", body = ImportDocument),
        Problems, Refusals,
    ),
    security(("token" = []), ("session" = [])),
)]
async fn import_claims(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(text): Path<String>,
    Query(query): Query<ImportQuery>,
    request: Request<Body>,
) -> Result<Response, Problem> {
    let org = org(&text)?;
    let authority = asker.authority_to_record(&service, &org)?;
    authority
        .check(FactKind::ClaimRegistered)
        .map_err(|refusal| Problem::from(&refusal))?;
    check_type(request.headers(), &TYPES)?;
    let bytes = body(request, &()).await?;
    let dry_run = query.dry_run.unwrap_or(false);
    if !dry_run {
        service.disk.check()?;
    }
    let file = query.file.unwrap_or_else(|| "the file".to_owned());
    let options = Options {
        sheet: query.sheet,
        control_total: query.control_total,
        amend: query.reason,
    };
    let caller = asker.caller(authority);
    let attempted = Arc::new((bytes, file, options, caller));
    let outcome = recording::attempt(&service, &org, |org| {
        let attempted = Arc::clone(&attempted);
        move |service: &Service| {
            let (bytes, file, options, caller) = &*attempted;
            let claims: Claims = match import::read(bytes, file, options) {
                Ok(claims) => claims,
                Err(why) => return Ok(why.into()),
            };
            if dry_run {
                let state = service.ledger.look(&org, Clone::clone)?;
                let (state, seen) = state.unwrap_or((Organisation::new(org), Seen::default()));
                let (ledger, now) = (service.ledger.log().ledger(), service.now());
                let outcome = import::dry_run(&state, &claims, options, caller, ledger, now);
                return Ok(Attempt { outcome, seen });
            }
            Ok(import::record(
                &service.ledger,
                &org,
                &claims,
                options,
                caller,
            ))
        }
    });
    match outcome.await? {
        Ok(imported) => told(&imported),
        Err(why) => Err(not_imported(why)),
    }
}

fn told(imported: &Imported) -> Result<Response, Problem> {
    let status = if imported.dry_run {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    let document = json(&imported.document())?;
    Ok((
        status,
        [(header::CONTENT_TYPE, "application/json")],
        document,
    )
        .into_response())
}

fn not_imported(why: NotImported) -> Problem {
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    let sentence = why.to_string();
    match why {
        NotImported::Problems(problems) => {
            let mut document = problems_document(&problems);
            let problems = document.get_mut("problems").map(serde_json::Value::take);
            Problem::new(refused, "not-imported", sentence).with_problems(problems)
        }
        NotImported::ControlTotal { .. } => {
            Problem::new(refused, NotImported::CONTROL_TOTAL, sentence).of_field("control_total")
        }
        NotImported::BadQuestion(bad) => bad.into(),
        NotImported::Fault(fault) => fault.into(),
    }
}

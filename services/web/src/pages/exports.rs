//! `…/export/{what}.{ext}`: figures, history and lists to take away, as a workbook or as CSV.
//!
//! A workbook opens in `LibreOffice` as well as in Excel; there is no well-kept writer of `.ods` files.

mod breakdowns;
mod challenges;
mod claims;
mod cover;
mod history;
mod statements;
mod template;
mod totals;
mod uses;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use netgain_answers::parameters;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::Position;
use netgain_events::money::SumOverflow;
use netgain_events::state::Organisation;
use netgain_pages::pages::claims::{Filter, FilterQuery};
use netgain_sheet_writing::{Book, Column, Kind, NotWritten};
use serde::Deserialize;

use self::cover::Cover;
use super::PageRoutes;
use super::claims::{filter, year};
use super::failed::{Failed, PageResult};
use super::known::KnownQuery;
use super::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::routes::extract::Path;
use crate::service::Service;

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    routes.route("/organisations/{org}/export/{file}", get(export))
}

/// What can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// The claims of a year, as filtered.
    Claims,
    /// Every year's totals.
    Totals,
    /// A year by its headings.
    Breakdowns,
    /// The events.
    History,
    /// What was asked about claims.
    Challenges,
    /// What the money was used for.
    Uses,
    /// What was published.
    Statements,
    /// The import's sheet, blank.
    Template,
    /// The import's sheet with every claim in it.
    ToAmend,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Xlsx,
    Csv,
}

/// Which part of a history.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PartQuery {
    /// The events after this position.
    after: String,
}

/// Everything that a book is made from.
struct Asked {
    state: Organisation,
    year: FinancialYear,
    filter: Filter,
    after: Position,
    cover: Cover,
}

async fn export(
    State(service): State<Arc<Service>>,
    visitor: Visitor,
    Path((org, file)): Path<(String, String)>,
    Query(query): Query<FilterQuery>,
    Query(part): Query<PartQuery>,
    Query(known): Query<KnownQuery>,
) -> PageResult {
    let visit = visitor.visit(&service, &org)?;
    let Some((what, format)) = read(&file) else {
        return Err(nothing_here().into());
    };
    let asked = asked(&service, &visit, &query, &part, &known).await?;
    let name = name(what, format, &asked);
    let bytes = service
        .reading(move |service| match (what, format) {
            (What::Template | What::ToAmend, _) => template::bytes(&asked, what, format),
            (What::Claims, _) => written(format, &claims::book(&asked)?),
            (What::Totals, _) => written(format, &totals::book(&asked)?),
            (What::Breakdowns, _) => written(format, &breakdowns::book(&asked)?),
            (What::Challenges, _) => written(format, &challenges::book(&asked)),
            (What::Uses, _) => written(format, &uses::book(&asked)),
            (What::Statements, _) => written(format, &statements::book(&asked)),
            (What::History, _) => {
                let most = history::events_max(format);
                written(
                    format,
                    &history::book(&asked, &**service.ledger.log(), most)?,
                )
            }
        })
        .await?;
    Ok(download(bytes, format, &name))
}

async fn asked(
    service: &Arc<Service>,
    visit: &Visit,
    query: &FilterQuery,
    part: &PartQuery,
    known: &KnownQuery,
) -> Result<Asked, Failed> {
    let filter = filter(query)?;
    let after = match part.after.trim() {
        "" => Position::ZERO,
        after => parameters::position("after", after)?,
    };
    let (state, known) = known.state(service, visit).await?;
    let year = year(service, &state, &query.year)?;
    let cover = Cover::new(&state, &known, service.now());
    Ok(Asked {
        state,
        year,
        filter,
        after,
        cover,
    })
}

/// What a file's name asks for.
fn read(file: &str) -> Option<(What, Format)> {
    let (what, format) = file.rsplit_once('.')?;
    let format = match format {
        "xlsx" => Format::Xlsx,
        "csv" => Format::Csv,
        _ => return None,
    };
    let what = match (what, format) {
        ("claims", _) => What::Claims,
        ("totals", _) => What::Totals,
        ("breakdowns", _) => What::Breakdowns,
        ("history", _) => What::History,
        ("challenges", _) => What::Challenges,
        ("uses", _) => What::Uses,
        ("statements", _) => What::Statements,
        ("template", _) => What::Template,
        // In CSV a text that looks like a formula would come back changed.
        ("gains-to-amend", Format::Xlsx) => What::ToAmend,
        _ => return None,
    };
    Some((what, format))
}

/// The file's name on somebody's disk: what is in it can be told from it.
fn name(what: What, format: Format, asked: &Asked) -> String {
    let (org, year, position) = (&asked.state.org, asked.year.path(), asked.state.position);
    let extension = match format {
        Format::Xlsx => "xlsx",
        Format::Csv => "csv",
    };
    match what {
        What::Claims => format!("{org}-gains-{year}-position-{position}.{extension}"),
        What::Totals => format!("{org}-totals-position-{position}.{extension}"),
        What::Breakdowns => format!("{org}-breakdowns-{year}-position-{position}.{extension}"),
        What::History => format!("{org}-history-position-{position}.{extension}"),
        What::Challenges => format!("{org}-challenges-position-{position}.{extension}"),
        What::Uses => format!("{org}-uses-position-{position}.{extension}"),
        What::Statements => format!("{org}-statements-position-{position}.{extension}"),
        What::Template => format!("{org}-template.{extension}"),
        What::ToAmend => format!("{org}-gains-to-amend.{extension}"),
    }
}

/// The columns of a table.
fn columns(columns: &[(&'static str, Kind)]) -> Vec<Column> {
    let columns = columns.iter();
    columns
        .map(|(heading, kind)| Column {
            heading,
            kind: *kind,
        })
        .collect()
}

fn written(format: Format, book: &Book) -> Result<Vec<u8>, Problem> {
    let bytes = match format {
        Format::Xlsx => netgain_sheet_writing::xlsx(book),
        Format::Csv => netgain_sheet_writing::csv(&book.table),
    };
    bytes.map_err(|error| not_written(&error))
}

fn not_written(error: &NotWritten) -> Problem {
    Problem::fault("a file could not be written", error)
}

fn overflow(error: SumOverflow) -> Problem {
    Problem::fault("a file's figures could not be added up", &error)
}

fn download(bytes: Vec<u8>, format: Format, name: &str) -> Response {
    let media_type = match format {
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Csv => "text/csv; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        // Codes, years and positions have no character that would have to be quoted (RFC 6266).
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, bytes).into_response()
}

fn nothing_here() -> Problem {
    Problem::not_found(
        "not-found",
        "There is no such download. Go to the list of gains: what can be downloaded stands at its end.",
    )
}

#[cfg(test)]
mod tests;

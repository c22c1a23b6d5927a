//! `…/import`: a spreadsheet of gains, looked through and then recorded whole.

mod kept;
mod looked;
mod upload;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use netgain_answers::import::{self, NotImported};
use netgain_events::fact::FactKind;
use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;
use netgain_pages::forms::problems::Problems;
use netgain_pages::frame::Tab;
use netgain_pages::link::Link;
use netgain_pages::pages::import::{
    Answers, ImportPage, PreviewPage, ReceiptPage, Recorded, Which,
};
use serde::Deserialize;

use self::kept::{Kept, KeptFiles};
use self::looked::{Wanted, look, options};
use self::upload::{BODY_BYTES_MAX, Upload};
use super::PageRoutes;
use super::failed::{Failed, PageResult, html, html_with};
use super::form::SentBy;
use super::visitor::{Visit, Visitor};
use crate::problem::Problem;
use crate::recording;
use crate::routes::extract::Path;
use crate::service::Service;

const FORM: &str = "/organisations/{org}/import";
const PREVIEW: &str = "/organisations/{org}/import/{file}";

pub(super) fn routes(routes: PageRoutes) -> PageRoutes {
    let files = KeptFiles::default();
    let body_limit = DefaultBodyLimit::max(BODY_BYTES_MAX);
    let form = get(show).post(send);
    let preview = get(preview).post(confirm);
    routes
        .route(FORM, form.layer((body_limit, Extension(files.clone()))))
        .route(PREVIEW, preview.layer(Extension(files)))
}

/// A file that was sent before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct KeptQuery {
    kept: String,
}

/// Which rows of the preview.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RowsQuery {
    show: String,
    page: String,
}

/// Lets in whoever may record gains.
fn visit(service: &Service, visitor: &Visitor, org: &str) -> Result<Visit, Problem> {
    let visit = visitor.visit(service, org)?;
    let check = visit.authority.check(FactKind::ClaimRegistered);
    check.map_err(|refusal| Problem::from(&refusal))?;
    Ok(visit)
}

async fn show(
    State(service): State<Arc<Service>>,
    Extension(files): Extension<KeptFiles>,
    visitor: Visitor,
    Path(org): Path<String>,
    Query(query): Query<KeptQuery>,
) -> PageResult {
    let visit = visit(&service, &visitor, &org)?;
    let state = service.state(&visit.readable).await?;
    let kept = files.find(visitor.asker.person(), visit.org(), &query.kept);
    let answers = kept.as_ref().map(|kept| kept.answers.clone());
    let answers = answers.unwrap_or_default();
    let page = form_page(
        &service,
        &visit,
        &state,
        &answers,
        kept,
        &Problems::default(),
    );
    html(&page)
}

async fn send(
    State(service): State<Arc<Service>>,
    Extension(files): Extension<KeptFiles>,
    visitor: Result<Visitor, Failed>,
    Path(org): Path<String>,
    request: Request,
) -> PageResult {
    let visitor = visitor.map_err(Failed::with_file)?;
    let visit = visit(&service, &visitor, &org)?;
    let mut upload = Upload::read(request).await?;
    let person = visitor.asker.person();
    let before = files.find(person, visit.org(), &upload.kept);
    let problems = upload.problems(upload.file.is_some() || before.is_some());
    let is_sound = problems.of("file").is_none();
    let sent = upload.file.take().filter(|_| is_sound);
    let sent = sent.or_else(|| before.map(|kept| (kept.file.name, kept.bytes)));
    let kept = sent.map(|(name, bytes)| {
        let (person, org) = (person.clone(), visit.org().clone());
        Kept::new(person, org, name, bytes, upload.answers.clone())
    });
    // Also where something else is wrong, so that the file need not be chosen again.
    if let Some(kept) = &kept {
        files.keep(kept.clone());
    }
    if let (Some(kept), true) = (&kept, problems.is_empty()) {
        return Ok(to_preview(visit.org(), kept));
    }
    let state = service.state(&visit.readable).await?;
    let page = form_page(&service, &visit, &state, &upload.answers, kept, &problems);
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn form_page(
    service: &Service,
    visit: &Visit,
    state: &Organisation,
    answers: &Answers,
    kept: Option<Kept>,
    problems: &Problems,
) -> ImportPage {
    let frame = visit.frame(service, state, Tab::Gains, "Import a spreadsheet of gains");
    let kept = kept.map(|kept| kept.file);
    ImportPage::new(frame, visit.org(), answers, kept, problems)
}

fn to_preview(org: &OrgId, kept: &Kept) -> Response {
    let link = Link::organisation(org).to("import").to(&kept.file.sha256);
    Redirect::to(&link.to_string()).into_response()
}

async fn preview(
    State(service): State<Arc<Service>>,
    Extension(files): Extension<KeptFiles>,
    visitor: Visitor,
    Path((org, file)): Path<(String, String)>,
    Query(query): Query<RowsQuery>,
) -> PageResult {
    let visit = visit(&service, &visitor, &org)?;
    let state = service.state(&visit.readable).await?;
    let Some(kept) = files.find(visitor.asker.person(), visit.org(), &file) else {
        return gone(&service, &visit, &state);
    };
    if let Some(recorded) = &kept.recorded {
        let frame = visit.frame(&service, &state, Tab::Gains, "Spreadsheet recorded");
        let page = ReceiptPage::new(frame, visit.org(), &kept.file, recorded)
            .map_err(|error| Problem::fault("a receipt could not be added up", &error))?;
        return html(&page);
    }
    let which = [Which::All, Which::Wrong]
        .into_iter()
        .find(|which| which.word() == query.show);
    let wanted = Wanted {
        which,
        page: query.page.trim().parse().unwrap_or(1),
        moved: false,
    };
    let page = preview_page(&service, &visit, state, kept, wanted).await?;
    html(&page)
}

/// The file's time is over, or it was never this person's.
fn gone(service: &Service, visit: &Visit, state: &Organisation) -> PageResult {
    let mut problems = Problems::default();
    problems.of_field(
        "file",
        "The spreadsheet is no longer here: it is kept for 30 minutes. Choose it again.",
    );
    let page = form_page(service, visit, state, &Answers::default(), None, &problems);
    html_with(StatusCode::NOT_FOUND, &page)
}

async fn preview_page(
    service: &Arc<Service>,
    visit: &Visit,
    state: Organisation,
    kept: Kept,
    wanted: Wanted,
) -> Result<PreviewPage, Problem> {
    let frame = visit.frame(service, &state, Tab::Gains, "Check the spreadsheet");
    let caller = visit.visitor.asker.caller(visit.authority.clone());
    let org = visit.org().clone();
    service
        .reading(move |service| {
            let looked = look(service, &kept, &state, &caller, wanted)?;
            let page = PreviewPage::new(frame, &org, kept.file, &kept.answers, &looked);
            page.map_err(|error| Problem::fault("a preview could not be added up", &error))
        })
        .await
}

/// Records all of a file, decided anew from its bytes; or shows again what it would come to.
async fn confirm(
    State(service): State<Arc<Service>>,
    Extension(files): Extension<KeptFiles>,
    Path((org, file)): Path<(String, String)>,
    SentBy(visitor, typed): SentBy,
) -> PageResult {
    let visit = visit(&service, &visitor, &org)?;
    let state = service.state(&visit.readable).await?;
    let find = || files.find(visitor.asker.person(), visit.org(), &file);
    let Some(kept) = find() else {
        return gone(&service, &visit, &state);
    };
    // Pressed twice: the second waits for the first, and the receipt is there.
    let turn = kept.turn.lock().await;
    if find().is_some_and(|kept| kept.recorded.is_some()) {
        return Ok(to_preview(visit.org(), &kept));
    }
    let state = service.state(&visit.readable).await?;
    let moved = typed.raw("position") != state.position.to_string();
    if !moved && let Some(recorded) = record(&service, &visit, &kept).await? {
        files.note(&kept, recorded);
        return Ok(to_preview(visit.org(), &kept));
    }
    drop(turn);
    let state = service.state(&visit.readable).await?;
    let wanted = Wanted {
        which: None,
        page: 1,
        moved,
    };
    let page = preview_page(&service, &visit, state, kept, wanted).await?;
    html_with(StatusCode::CONFLICT, &page)
}

/// What it came to; nothing where something is wrong with it, which the preview says.
async fn record(
    service: &Arc<Service>,
    visit: &Visit,
    kept: &Kept,
) -> Result<Option<Recorded>, Problem> {
    service.disk.check()?;
    let caller = visit.visitor.asker.caller(visit.authority.clone());
    let outcome = recording::attempt(service, visit.org(), |org| {
        let (kept, caller) = (kept.clone(), caller.clone());
        move |service: &Service| {
            let options = options(&kept, true);
            match import::read(&kept.bytes, &kept.file.name, &options) {
                Ok(claims) => Ok(import::record(
                    &service.ledger,
                    &org,
                    &claims,
                    &options,
                    &caller,
                )),
                Err(why) => Ok(why.into()),
            }
        }
    });
    match outcome.await? {
        Ok(imported) => Ok(Some(Recorded { imported })),
        Err(NotImported::Problems(_) | NotImported::ControlTotal { .. }) => Ok(None),
        Err(NotImported::BadQuestion(bad)) => Err(bad.into()),
        Err(NotImported::Fault(fault)) => Err(fault.into()),
    }
}

//! `…/live/{year}`: totals as they change, as Server-Sent Events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).
//!
//! A stream holds what it has sent last, and nothing that waits: when its reader takes the next bytes, it
//! looks what is the latest by then.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use netgain_answers::{parameters, totals};
use netgain_events::authority::Reading;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{OrgId, Position};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, org};
use super::figures::latest;
use super::responses::Problems;
use crate::asker::{Asker, Readable};
use crate::documents::parameters::{OfOrganisation, OfYear};
use crate::live::{Place, Version};
use crate::problem::Problem;
use crate::service::Service;

/// After so long without a change a comment is sent, so that nobody on the way takes the connection for dead.
/// What the watcher may see is looked at again by then, too.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// After how many milliseconds a browser that has lost its stream asks for it again.
const RETRY_MS: u32 = 2_000;

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new()
        .routes(routes!(one))
        .routes(routes!(all))
}

/// An organisation's totals: at once, and after every change
///
/// Each `totals` event is the totals document without its claims. What changes within a few hundredths of a second may
/// come as one. `Last-Event-ID` resumes.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/live/{year}",
    operation_id = "watchOrganisation",
    tag = "live",
    params(
        OfOrganisation, OfYear,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received"),
    ),
    responses((status = 200, description = "The stream", content_type = "text/event-stream", body = String), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn one(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path((text, year)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    let year = parameters::year(&year)?;
    totals::check_year(year)?;
    // Watched from before the first look, so that nothing falls between the two.
    let changes = service.live.watch(readable.org());
    service.position(&readable).await?;
    let seen = last_event_id(&headers).and_then(|id| id.parse().ok().map(Position::new));
    let watched = Watched::One { readable, seen };
    watch_totals(service, asker, year, watched, changes)
}

/// The totals of all organisations that you may read: at once, and after every change
#[utoipa::path(
    get,
    path = "/api/v1/live/{year}",
    operation_id = "watchAll",
    tag = "live",
    params(
        OfYear,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received"),
    ),
    responses((status = 200, description = "The stream", content_type = "text/event-stream", body = String), Problems),
    security(("token" = []), ("session" = [])),
)]
async fn all(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(year): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let year = parameters::year(&year)?;
    totals::check_year(year)?;
    let reach = asker.reach(&service)?;
    let mut changes = service.live.watch_all();
    let resumed = last_event_id(&headers).and_then(|id| service.live.version_of_id(id));
    let (version, first) = match resumed {
        Some(version) => (version, VecDeque::new()),
        None => {
            let version = *changes.borrow_and_update();
            let all = service.ledger.organisations();
            (
                version,
                all.into_iter()
                    .filter(|org| reach.readable(org).is_some())
                    .collect(),
            )
        }
    };
    let watched = Watched::All { version, first };
    watch_totals(service, asker, year, watched, changes)
}

fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("last-event-id")?.to_str().ok()
}

/// What somebody watches, and how far they have seen it.
enum Watched {
    One {
        readable: Readable,
        seen: Option<Position>,
    },
    All {
        version: Version,
        /// The organisations that are shown for the first time.
        first: VecDeque<OrgId>,
    },
}

fn watch_totals(
    service: Arc<Service>,
    asker: Asker,
    year: FinancialYear,
    watched: Watched,
    changes: watch::Receiver<Version>,
) -> Result<Response, Problem> {
    let place = service
        .live
        .admit(asker.person(), &service.settings.limits)?;
    service.metrics.streams.inc();
    let stream = Watcher {
        ending: service.live.ending(),
        rights: service.live.watch(&OrgId::system()),
        place: Counted {
            service: Arc::clone(&service),
            _place: place,
        },
        service,
        asker,
        year,
        watched,
        changes,
        opened: false,
        sent_at: None,
    };
    let mut response = Body::from_stream(events(stream)).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that collects answers first (nginx) is told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

/// A place among the open streams, counted while it is there.
struct Counted {
    service: Arc<Service>,
    _place: Place,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.service.metrics.streams.dec();
    }
}

struct Watcher {
    service: Arc<Service>,
    asker: Asker,
    year: FinancialYear,
    watched: Watched,
    changes: watch::Receiver<Version>,
    /// Changes of who may do what: a right that ends ends the stream.
    rights: watch::Receiver<Version>,
    ending: watch::Receiver<bool>,
    opened: bool,
    sent_at: Option<Instant>,
    #[expect(dead_code, reason = "given back when the stream ends")]
    place: Counted,
}

fn events(watcher: Watcher) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold(Some(watcher), |watcher| async {
        let mut watcher = watcher?;
        match watcher.next().await {
            Next::Send(bytes) => Some((Ok(bytes), Some(watcher))),
            Next::SendAndEnd(bytes) => Some((Ok(bytes), None)),
            Next::End => None,
        }
    })
    // Whoever passes it on may look once more after its end.
    .fuse()
}

enum Next {
    Send(Bytes),
    SendAndEnd(Bytes),
    End,
}

impl Watcher {
    async fn next(&mut self) -> Next {
        if !self.opened {
            self.opened = true;
            return Next::Send(format!("retry: {RETRY_MS}\n\n").into());
        }
        let heartbeat = sleep(HEARTBEAT);
        tokio::pin!(heartbeat);
        loop {
            if *self.ending.borrow() {
                return Next::End;
            }
            if !self.asker.still_valid(&self.service) {
                return Next::SendAndEnd(ended("You are no longer signed in."));
            }
            match self.latest().await {
                Ok(Some(event)) => {
                    self.sent_at = Some(Instant::now());
                    return Next::Send(event);
                }
                Ok(None) => {}
                Err(Stopped) => {
                    return Next::SendAndEnd(ended("This can no longer be shown to you."));
                }
            }
            tokio::select! {
                _ = self.ending.changed() => {}
                _ = self.rights.changed() => {}
                () = &mut heartbeat => return Next::Send(Bytes::from_static(b":\n\n")),
                changed = self.changes.changed() => {
                    if changed.is_err() {
                        return Next::End;
                    }
                    // What follows closely goes along with it.
                    if let Some(sent_at) = self.sent_at {
                        sleep_until(sent_at + self.service.settings.merge_within).await;
                    }
                }
            }
        }
    }

    /// The next total that has not been sent, if there is one.
    async fn latest(&mut self) -> Result<Option<Bytes>, Stopped> {
        self.changes.borrow_and_update();
        match &mut self.watched {
            Watched::One { readable, seen } => {
                // A role may have been taken away meanwhile.
                let may = self
                    .asker
                    .may_read(&self.service, readable.org(), Reading::Figures);
                may.map_err(|_| Stopped)?;
                let position = self.service.position(readable).await.map_err(|_| Stopped)?;
                if *seen == Some(position) {
                    return Ok(None);
                }
                let found = latest(&self.service, readable, self.year, false).await;
                let found = found.map_err(|_| Stopped)?;
                *seen = Some(found.position);
                Ok(Some(event(&found.position.to_string(), &found.document)))
            }
            Watched::All { version, first } => loop {
                let reach = self.asker.reach(&self.service).map_err(|_| Stopped)?;
                let (org, id) = match first.pop_front() {
                    // Only after the last of them may a stream be resumed behind all of them.
                    Some(org) if first.is_empty() => (org, Some(self.service.live.id_of(*version))),
                    Some(org) => (org, None),
                    None => match self.service.live.next_after(*version) {
                        None => return Ok(None),
                        Some((next, org)) => {
                            *version = next;
                            (org, Some(self.service.live.id_of(next)))
                        }
                    },
                };
                let Some(readable) = reach.readable(&org) else {
                    continue;
                };
                let found = latest(&self.service, &readable, self.year, false).await;
                let found = found.map_err(|_| Stopped)?;
                return Ok(Some(match id {
                    Some(id) => event(&id, &found.document),
                    None => event_without_id(&found.document),
                }));
            },
        }
    }
}

/// The stream cannot go on.
struct Stopped;

fn event(id: &str, document: &[u8]) -> Bytes {
    let mut bytes = format!("id: {id}\nevent: totals\ndata: ").into_bytes();
    bytes.extend_from_slice(document);
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

fn event_without_id(document: &[u8]) -> Bytes {
    let mut bytes = b"event: totals\ndata: ".to_vec();
    bytes.extend_from_slice(document);
    bytes.extend_from_slice(b"\n\n");
    bytes.into()
}

fn ended(why: &str) -> Bytes {
    format!("event: end\ndata: {why}\n\n").into()
}

//! `…/events`: the history exactly as it is stored, by pages or all at once.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use netgain_answers::BadQuestion;
use netgain_events::authority::Reading;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::history::{HistoryError, lines};
use netgain_ledger::log::{Commit, Cursor, LogRead};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{Path, Query, org};
use super::responses::Problems;
use crate::asker::Asker;
use crate::documents::events::Event;
use crate::documents::parameters::OfOrganisation;
use crate::problem::Problem;
use crate::service::Service;

/// The most events of a page (interface, *HTTP*).
const PAGE_EVENTS_MAX: u64 = 1_000;

/// How many events a page has unless the caller says: some tens of kilobytes.
const PAGE_EVENTS: u64 = 100;

/// How much of a stream is sent at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// How many chunks may wait for a slow reader.
const CHUNKS_WAITING_MAX: usize = 4;

/// How long a reader may leave a chunk waiting before the stream is broken off: a history must not be held
/// open for somebody who has gone to sleep.
const CHUNK_TIME_MAX: Duration = Duration::from_secs(30);

/// Stored lines as they are (<https://github.com/ndjson/ndjson-spec>).
pub(super) const NDJSON: &str = "application/x-ndjson";

pub(super) fn routes() -> OpenApiRouter<Arc<Service>> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Which part of a history.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsQuery {
    /// The events after this position.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
    /// At most so many: 1 to 1,000; 100 unless named. Of a stream any number; all unless named.
    #[param(value_type = Option<u64>, minimum = 1)]
    limit: Option<String>,
}

/// An organisation's history: the stored events, byte for byte
///
/// With `Accept: application/x-ndjson` all of it from `after` on is streamed, a stored line a line.
#[utoipa::path(
    get,
    path = "/api/v1/organisations/{org}/events",
    operation_id = "listEvents",
    tag = "history",
    params(OfOrganisation, EventsQuery),
    responses(
        (status = 200, description = "The events", content(
            (Vec<Event> = "application/json"),
            (String = "application/x-ndjson"),
        ), headers(("Link" = String, description = "The next page, where there is one"))),
        Problems),
    security(("token" = []), ("session" = [])),
)]
async fn events(
    State(service): State<Arc<Service>>,
    asker: Asker,
    Path(text): Path<String>,
    Query(query): Query<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let readable = asker.may_read(&service, &org(&text)?, Reading::Figures)?;
    // Says so where there is no such organisation; and what follows is durable.
    service.position(&readable).await?;
    let path = format!("/api/v1/organisations/{}/events", readable.org());
    history(&service, readable.org().clone(), path, &query, &headers).await
}

/// Answers with a part of a history.
pub(super) async fn history(
    service: &Arc<Service>,
    org: OrgId,
    path: String,
    query: &EventsQuery,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let after = match query.after.as_deref() {
        Some(text) => netgain_answers::parameters::position("after", text)?,
        None => Position::ZERO,
    };
    let limit = query.limit.as_deref().map(limit).transpose()?;
    if wants_lines(headers) {
        return stream_lines(service, org, after, limit);
    }
    let limit = limit.unwrap_or(PAGE_EVENTS);
    if limit > PAGE_EVENTS_MAX {
        return Err(bad_limit().into());
    }
    let page = service
        .reading(move |service| page(&**service.ledger.log(), &org, after, limit))
        .await?;
    let mut response = (
        [(header::CONTENT_TYPE, "application/json")],
        page.events.freeze(),
    )
        .into_response();
    if let Some(last) = page.more_after {
        let next = format!("<{path}?after={last}&limit={limit}>; rel=\"next\"");
        if let Ok(next) = next.parse() {
            response.headers_mut().insert(header::LINK, next);
        }
    }
    Ok(response)
}

fn limit(text: &str) -> Result<u64, BadQuestion> {
    text.parse()
        .ok()
        .filter(|limit| *limit >= 1)
        .ok_or_else(bad_limit)
}

fn bad_limit() -> BadQuestion {
    BadQuestion::Parameter {
        parameter: "limit",
        code: "bad-parameter",
        message: format!("a page has 1 to {PAGE_EVENTS_MAX} events"),
    }
}

fn wants_lines(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok());
    accept.is_some_and(|accept| accept.contains(NDJSON))
}

struct Page {
    events: BytesMut,
    /// The page's last position, where more follow.
    more_after: Option<Position>,
}

fn page(log: &dyn LogRead, org: &OrgId, after: Position, limit: u64) -> Result<Page, Problem> {
    let mut events = BytesMut::from(&b"["[..]);
    let last = after.get().saturating_add(limit);
    let mut more = false;
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        for (position, line) in numbered(commit) {
            if position <= after.get() {
                continue;
            }
            if position > last {
                more = true;
                return;
            }
            if events.len() > 1 {
                events.extend_from_slice(b",\n");
            }
            events.extend_from_slice(line);
        }
    })
    .map_err(HistoryError::from)?;
    events.extend_from_slice(b"]\n");
    Ok(Page {
        events,
        more_after: more.then(|| Position::new(last)),
    })
}

/// A commit's lines with their positions.
fn numbered(commit: Commit<'_>) -> impl Iterator<Item = (u64, &[u8])> {
    (commit.first.get()..).zip(lines(commit.lines))
}

fn stream_lines(
    service: &Arc<Service>,
    org: OrgId,
    after: Position,
    limit: Option<u64>,
) -> Result<Response, Problem> {
    let place = service.export_place()?;
    let (send, mut receive) = mpsc::channel(CHUNKS_WAITING_MAX);
    let log = Arc::clone(service.ledger.log());
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let last = limit.map_or(u64::MAX, |limit| after.get().saturating_add(limit));
        let mut chunks = Chunks {
            runtime,
            send,
            chunk: BytesMut::new(),
            broken: false,
        };
        let read = log.read(&Cursor::default(), Some(&org), &mut |commit| {
            for (position, line) in numbered(commit) {
                if position > after.get() && position <= last {
                    chunks.push(line);
                }
            }
        });
        chunks.finish(read.map(|_| ()).map_err(std::io::Error::other));
        drop(place);
    });
    let chunks = stream::poll_fn(move |context| receive.poll_recv(context));
    Ok(([(header::CONTENT_TYPE, NDJSON)], Body::from_stream(chunks)).into_response())
}

/// Lines put together into chunks for one reader.
struct Chunks {
    runtime: Handle,
    send: mpsc::Sender<Result<Bytes, std::io::Error>>,
    chunk: BytesMut,
    /// Nobody takes them any more.
    broken: bool,
}

impl Chunks {
    fn push(&mut self, line: &[u8]) {
        if self.broken {
            return;
        }
        self.chunk.extend_from_slice(line);
        self.chunk.extend_from_slice(b"\n");
        if self.chunk.len() >= CHUNK_BYTES {
            let chunk = self.chunk.split().freeze();
            self.send(Ok(chunk));
        }
    }

    fn send(&mut self, chunk: Result<Bytes, std::io::Error>) {
        let sent = timeout(CHUNK_TIME_MAX, self.send.send(chunk));
        self.broken = !matches!(self.runtime.block_on(sent), Ok(Ok(())));
    }

    fn finish(mut self, read: Result<(), std::io::Error>) {
        let rest = self.chunk.split().freeze();
        if !self.broken && !rest.is_empty() {
            self.send(Ok(rest));
        }
        if let Err(error) = read {
            tracing::error!(%error, "a history could not be read to its end");
            // The reader must not take what came for the whole.
            self.send(Err(error));
        } else if self.broken {
            let cut = std::io::Error::other("the reader was too slow");
            drop(self.send.try_send(Err(cut)));
        }
    }
}

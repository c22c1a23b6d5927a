//! What every request passes on its way in and every answer on its way out.

use std::any::Any;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tracing::Instrument as _;

use crate::at_least::AtLeast;
use crate::metrics::Route;
use crate::problem::Problem;
use crate::service::Service;

/// The session's cookie: only ever sent back to this very host, over TLS, and not shown to scripts.
pub(crate) const SESSION_COOKIE: &str = "__Host-netgain";

/// By which an answer is found in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers smaller than this are sent as they are: compressing them gains nothing.
const COMPRESSED_FROM_BYTES: u64 = 1_024;

/// Who is at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The address a request came from.
pub(crate) fn address(parts: &Parts) -> IpAddr {
    let peer = parts.extensions.get::<Peer>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0)
}

/// The value of the session's cookie, where one came.
pub(crate) fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    cookie(headers, SESSION_COOKIE)
}

/// The value of a cookie (RFC 6265 section 4.2), where one came.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Puts the layers around the routes.
pub(crate) fn around(router: Router, service: &Arc<Service>) -> Router {
    // A stream of events must not wait for a compressor's buffer, and a bundle's bytes are checked as
    // they are.
    let worth_it = SizeAbove::new(COMPRESSED_FROM_BYTES)
        .and(NotForContentType::new("text/event-stream"))
        .and(NotForContentType::new("application/x-tar"));
    // The first is the outermost. Given together, since each call of `layer` puts a box around every route.
    router.layer((
        middleware::from_fn_with_state(Arc::clone(service), pass),
        CatchPanicLayer::custom(panicked),
        CompressionLayer::new().gzip(true).compress_when(worth_it),
        CsrfLayer::new().with_rejection_response(|_: ProtectionError| cross_site()),
        AtLeast(Arc::clone(service)),
        DefaultBodyLimit::max(service.settings.limits.body_bytes),
    ))
}

fn cross_site() -> Response {
    Problem::not_allowed(
        "This request comes from another site's page; what changes something is asked from netgain's \
         own pages or by a program with a token.",
    )
    .into_response()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the panic over"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let what = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic = what, "a handler panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "fault",
        "The service could not do this; its operator finds the cause in the log under the answer's \
         X-Request-Id.",
    )
    .into_response()
}

/// Gives a request its id and its time, and says in the log and the figures how it went.
async fn pass(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = service.metrics.next_request_id();
    let method = request.method().clone();
    let route = Route(request.extensions().get::<MatchedPath>().cloned());
    let span = tracing::info_span!("request", id = %id);
    let within = timeout(service.settings.limits.request_time, next.run(request));
    let mut response = match within.instrument(span.clone()).await {
        Ok(response) => response,
        Err(_) => too_slow(),
    };
    finish(&service, &method, &route, &mut response, begun);
    span.in_scope(|| note(&method, &route, response.status(), begun.elapsed()));
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Says in the log how a request went.
fn note(method: &Method, route: &Route, status: StatusCode, took: Duration) {
    let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let (route, code) = (route.as_str(), status.as_u16());
    if status.is_server_error() {
        tracing::warn!(%method, route, status = code, took_us, "answered");
    } else if status.is_client_error() {
        tracing::info!(%method, route, status = code, took_us, "answered");
    } else {
        tracing::debug!(%method, route, status = code, took_us, "answered");
    }
}

fn too_slow() -> Response {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "too-slow",
        "The request took too long to arrive or to answer. What it would have recorded may or may not \
         be: send it again with the same Idempotency-Key.",
    )
    .into_response()
}

fn finish(
    service: &Service,
    method: &Method,
    route: &Route,
    response: &mut Response,
    begun: Instant,
) {
    service
        .metrics
        .answered(method, route, response.status(), begun.elapsed());
    let headers = response.headers_mut();
    let set = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        ),
        // Figures are for whoever asked; a proxy on the way keeps nothing.
        (header::CACHE_CONTROL, "private, no-cache"),
    ];
    for (name, value) in set {
        headers
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
    if service.settings.tls.is_some() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000; includeSubDomains"),
        );
    }
}

/// Hex digits of a number, for request ids.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

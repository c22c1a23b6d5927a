//! The answers that every route may give, for its description, and a few forms of answer.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use netgain_events::identifier::Position;
use serde::Serialize;
use utoipa::IntoResponses;

use crate::problem::{Problem, ProblemBody};
use crate::routes::extract::{has_already, tag};

/// What may go wrong at any route.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description is made from it; no value is")]
pub(crate) enum Problems {
    /// Something asked for does not have its form
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// Nobody is signed in, or no longer
    #[response(status = 401, content_type = "application/problem+json")]
    NotSignedIn(ProblemBody),
    /// Your roles do not reach this
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(ProblemBody),
    /// It is not there
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
    /// The request took too long
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(ProblemBody),
    /// The body or the line is larger than it may be
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// Too many requests; Retry-After says when to come again
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemBody),
    /// The service failed
    #[response(status = 500, content_type = "application/problem+json")]
    Fault(ProblemBody),
    /// The service cannot do this now; Retry-After says when to come again
    #[response(status = 503, content_type = "application/problem+json")]
    Later(ProblemBody),
}

/// What may go wrong, besides, where something is recorded.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "the description is made from it; no value is")]
pub(crate) enum Refusals {
    /// The history has gone on since the position of If-Match
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(ProblemBody),
    /// The body has another type
    #[response(status = 415, content_type = "application/problem+json")]
    OtherType(ProblemBody),
    /// The rules refuse it; `code` is the refusal's
    #[response(status = 422, content_type = "application/problem+json")]
    Refused(ProblemBody),
    /// The disk is nearly full
    #[response(status = 507, content_type = "application/problem+json")]
    DiskFull(ProblemBody),
}

/// A document as known at a position: with its `ETag`, or just that it has not changed.
pub(crate) fn known(
    headers: &HeaderMap,
    position: Position,
    document: impl Into<Bytes>,
) -> Response {
    if has_already(headers, position) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag(position))]).into_response();
    }
    let headers = [
        (header::ETAG, tag(position)),
        (header::CONTENT_TYPE, "application/json".to_owned()),
    ];
    (headers, document.into()).into_response()
}

/// The JSON of a document.
pub(crate) fn json(document: &impl Serialize) -> Result<Bytes, Problem> {
    serde_json::to_vec(document)
        .map(Bytes::from)
        .map_err(|error| Problem::fault("a document could not be written", &error))
}

/// A whole answer of JSON.
pub(crate) fn answer(document: &impl Serialize) -> Result<Response, Problem> {
    let document = json(document)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], document).into_response())
}

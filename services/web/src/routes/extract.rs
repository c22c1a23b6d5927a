//! What a request says, taken out of it, or a problem.

use std::convert::Infallible;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use bytes::Bytes;
use netgain_answers::{BadQuestion, Fault, NotAnswered};
use netgain_events::identifier::{CommandId, OrgId, Position};
use serde::de::DeserializeOwned;

use crate::problem::Problem;

impl From<BadQuestion> for Problem {
    fn from(bad: BadQuestion) -> Self {
        Self::bad_request(bad.code(), bad.to_string()).of_field(bad.parameter())
    }
}

impl From<NotAnswered> for Problem {
    fn from(error: NotAnswered) -> Self {
        match error {
            NotAnswered::Unknown(unknown) => Self::not_found(unknown.code(), unknown.to_string()),
            NotAnswered::BadQuestion(bad) => bad.into(),
            NotAnswered::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Ledger(fault) => fault.into(),
            Fault::History(error) => error.into(),
            Fault::Effects(_)
            | Fault::Figures(_)
            | Fault::Document(_)
            | Fault::NotAsStated { .. } => Self::fault("a question could not be answered", &fault),
        }
    }
}

/// The parts of the path, as text.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(found)| Self(found))
            .map_err(|rejection| Problem::bad_request("bad-address", rejection.body_text()))
    }
}

/// The parameters of the query. Those that nothing takes are refused: a misspelt one would otherwise be
/// left out without a word.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Query::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Query(found)| Self(found))
            .map_err(|rejection| Problem::bad_request("bad-parameter", rejection.body_text()))
    }
}

/// A body of JSON, whole.
pub(crate) struct JsonBody(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        check_type(request.headers(), &["application/json"])?;
        body(request, state).await.map(Self)
    }
}

/// Reads the body, as far as it may go.
pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-large",
                "The body is larger than a request may be: split it into several.",
            ),
            _ => Problem::bad_request("bad-body", "The body did not arrive whole; send it again."),
        })
}

/// Refuses a body of another type.
pub(crate) fn check_type(headers: &HeaderMap, expected: &[&str]) -> Result<(), Problem> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim)
        .unwrap_or_default();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "Send the body as it is, without Content-Encoding.",
        ));
    }
    if expected.iter().any(|it| it.eq_ignore_ascii_case(given)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        format!(
            "Send the body with Content-Type: {}.",
            expected.join(" or ")
        ),
    ))
}

/// A JSON body as a value of ours; unknown fields are refused by the type.
pub(crate) fn from_json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        Problem::bad_request(
            "bad-json",
            format!("The body is not what is expected here: {error}."),
        )
    })
}

/// The organisation of a path. One that has no form of a code is none that anybody may read.
pub(crate) fn org(text: &str) -> Result<OrgId, Problem> {
    Ok(netgain_answers::parameters::org(text)?)
}

/// On what somebody records: the headers of a request that say so, and no copy of the others.
pub(crate) struct Conditions {
    key: Result<Option<CommandId>, Problem>,
    seen: Result<Option<Position>, Problem>,
}

impl Conditions {
    /// Where none are named.
    pub(crate) const fn none() -> Self {
        Self {
            key: Ok(None),
            seen: Ok(None),
        }
    }

    /// The idempotency key, and the position that the caller had seen. What is wrong with them is said here, to
    /// whoever may record at all.
    pub(crate) fn checked(self) -> Result<(Option<CommandId>, Option<Position>), Problem> {
        Ok((self.key?, self.seen?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            key: idempotency_key(&parts.headers),
            seen: if_match(&parts.headers),
        })
    }
}

/// The idempotency key of a request, where it has one.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<CommandId>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().ok().and_then(|text| text.parse().ok());
    key.map(Some).ok_or_else(|| {
        Problem::bad_request(
            "bad-field",
            "The Idempotency-Key is not 1 to 128 printable characters.",
        )
        .of_field("Idempotency-Key")
    })
}

/// The position that the caller had seen (`If-Match`), where they name one. `*` asks only that the
/// organisation is there, which the decision does anyway.
fn if_match(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    position_of_tag(text).map(Some).ok_or_else(|| {
        Problem::bad_request(
            "bad-position",
            "If-Match takes one ETag as it was given, which is a position in double quotes, like \"39\".",
        )
        .of_field("If-Match")
    })
}

/// Whether the caller has what stands at that position already (`If-None-Match`).
pub(crate) fn has_already(headers: &HeaderMap, position: Position) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || position_of_tag(tag) == Some(position))
}

fn position_of_tag(tag: &str) -> Option<Position> {
    let digits = tag.strip_prefix('"')?.strip_suffix('"')?;
    digits.parse().ok().map(Position::new)
}

/// A position as an `ETag`.
pub(crate) fn tag(position: Position) -> String {
    format!("\"{position}\"")
}

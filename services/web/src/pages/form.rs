//! What a form sends.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use netgain_pages::forms::typed::Typed;

use super::failed::Failed;
use super::visitor::Visitor;
use crate::problem::Problem;
use crate::service::Service;

/// The largest form that comes back to whoever is not signed in: a gain with all its evidence, or the checks of
/// a long list. Anybody can send one.
const KEPT_BYTES_MAX: u64 = 256 * 1024;

/// The fields of a form that was sent, within the limit of a body.
pub(super) struct Sent(pub(super) Typed);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failed> {
        let form = axum::Form::<Vec<(String, String)>>::from_request(request, state).await;
        form.map(|axum::Form(fields)| Self(Typed::new(fields)))
            .map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Failed::from(Problem::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "too-large",
                    "The form is larger than a request may be. Go back and shorten what you typed.",
                )),
                _ => Failed::from(Problem::bad_request(
                    "bad-body",
                    "The form did not arrive whole. Go back and send it again.",
                )),
            })
    }
}

/// The fields of a form, and who sent them. To whoever is no longer signed in they come back, so that nothing
/// typed is lost.
pub(super) struct SentBy(pub(super) Visitor, pub(super) Typed);

impl FromRequest<Arc<Service>> for SentBy {
    type Rejection = Failed;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Failed> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, service).await;
        let can_be_kept = length(&parts).is_some_and(|length| length <= KEPT_BYTES_MAX);
        let request = Request::from_parts(parts, body);
        match visitor {
            Ok(visitor) => {
                let Sent(typed) = Sent::from_request(request, service).await?;
                Ok(Self(visitor, typed))
            }
            Err(failed) if can_be_kept => match Sent::from_request(request, service).await {
                Ok(Sent(typed)) => Err(failed.keeping(typed)),
                Err(_) => Err(failed),
            },
            Err(failed) => Err(failed),
        }
    }
}

/// How long a body says it is; browsers always do.
fn length(parts: &Parts) -> Option<u64> {
    let length = parts.headers.get(header::CONTENT_LENGTH)?;
    length.to_str().ok()?.parse().ok()
}

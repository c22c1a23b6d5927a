//! What a form sends.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use netgain_pages::forms::typed::Typed;

use super::failed::Failed;
use crate::problem::Problem;

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

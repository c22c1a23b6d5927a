//! One message of few, sent once: a seal, a lease, or what a node says of itself.

use std::error::Error as _;

use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{Error as ApiError, ErrorCode};
use bytes::Bytes;

use crate::connection::Connection;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What came of a message.
#[derive(Debug)]
pub(crate) enum Posted {
    /// It is stored with that sequence.
    Stored(u64),
    /// Another one was there before, perhaps this very one whose answer did not come.
    Overtaken,
}

/// Stores a message, if the subject's last one is `expected` (0: none); any, where nothing is expected.
///
/// # Errors
/// It may be stored or not; or it may not, and that is said.
pub(crate) async fn post(
    connection: &Connection,
    subject: &str,
    expected: Option<u64>,
    payload: Bytes,
) -> Result<Posted, Cause> {
    let mut message = PublishMessage::build().payload(payload);
    if let Some(expected) = expected {
        let expected = expected.to_string();
        message = message.header(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.as_str());
    }
    let sent = connection.context.send_publish(subject.to_owned(), message);
    let answer = match sent.await {
        Ok(answer) => answer.await,
        Err(error) => Err(error),
    };
    let error = match answer {
        Ok(stored) => return Ok(Posted::Stored(stored.sequence)),
        Err(error) => error,
    };
    let said = error.source().and_then(|cause| cause.downcast_ref());
    let is_late =
        said.map(ApiError::error_code) == Some(ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT);
    if is_late || error.kind() == PublishErrorKind::WrongLastSequence {
        return Ok(Posted::Overtaken);
    }
    // A denied message gets no answer.
    match connection.heard.denial_of(subject) {
        Some(denial) => Err(denial.into()),
        None => Err(error.into()),
    }
}

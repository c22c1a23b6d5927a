//! Messages sent once, and what can be said of them then.

use std::error::Error;
use std::future::IntoFuture as _;
use std::pin::pin;

use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::{PublishMessage, StreamMessage};
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::stream::RawMessageError;
use async_nats::jetstream::{Error as ApiError, ErrorCode};
use async_nats::{HeaderMap, Subject};
use bytes::Bytes;
use futures_util::future::{Either, select};
use tokio::sync::watch;

use crate::message;
use crate::streams::{Stream, Streams};

/// How many messages a batch may have: what nats-server takes (its `max_batch_size`).
pub(crate) const BATCH_MESSAGES_MAX: usize = 1000;

/// What came of a message that was sent once, or of a batch.
#[derive(Debug)]
pub(crate) enum Sent {
    /// It is stored, with that sequence, now or since it was sent before.
    Stored(u64),
    /// The history had gone on: perhaps by this very message, sent before.
    Overtaken,
    /// It may be stored or not, or it could not be for now.
    Unknown(PublishError),
    /// It is not stored, and would not be if it were sent again.
    Refused(PublishError),
}

/// A message as it is sent.
#[derive(Debug)]
pub(crate) struct Sending {
    pub(crate) subject: Subject,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
}

/// Sends a message and waits for the answer, but not across a new connection, over which it cannot come.
pub(crate) async fn publish(streams: &Streams, message: Sending) -> Sent {
    let connections = streams.heard().connections();
    match answer(streams, message, connections).await {
        Ok(stored) => Sent::Stored(stored.sequence),
        Err(error) => meaning(error),
    }
}

/// Sends messages of different subjects, at most [`BATCH_MESSAGES_MAX`], which are stored all together in their order or
/// not at all, and waits for the one answer. The sequence is the last one's; the others' are those before it.
pub(crate) async fn publish_batch(streams: &Streams, id: &str, messages: Vec<Sending>) -> Sent {
    let connections = streams.heard().connections();
    let client = streams.context().client();
    let count = messages.len();
    let mut messages = messages.into_iter().enumerate();
    let numbered = |(before, mut message): (usize, Sending)| {
        message::put_into_batch(&mut message.headers, id, before + 1, count);
        message
    };
    let Some(last) = messages.next_back().map(numbered) else {
        return Sent::Unknown(PublishError::new(PublishErrorKind::Other));
    };
    for message in messages.map(numbered) {
        let Sending {
            subject,
            headers,
            payload,
        } = message;
        let sent = client.publish_with_headers(subject, headers, payload);
        if let Err(error) = sent.await {
            return Sent::Unknown(PublishError::with_source(PublishErrorKind::Other, error));
        }
    }
    match answer(streams, last, connections).await {
        Ok(stored) if stored.batch_size.and_then(|size| size.try_into().ok()) == Some(count) => {
            Sent::Stored(stored.sequence)
        }
        // What else an answer can mean is seen by looking.
        Ok(_) => Sent::Unknown(PublishError::new(PublishErrorKind::Other)),
        Err(error) => meaning(error),
    }
}

async fn answer(
    streams: &Streams,
    message: Sending,
    mut connections: watch::Receiver<u64>,
) -> Result<PublishAck, PublishError> {
    let Sending {
        subject,
        headers,
        payload,
    } = message;
    let message = PublishMessage::build().headers(headers).payload(payload);
    let answer = streams.context().send_publish(subject, message).await?;
    let lost = pin!(connections.changed());
    match select(answer.into_future(), lost).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(PublishError::new(PublishErrorKind::BrokenPipe)),
    }
}

fn meaning(error: PublishError) -> Sent {
    match error.kind() {
        PublishErrorKind::WrongLastSequence => Sent::Overtaken,
        // No stream listens on the subject while it has no leader.
        PublishErrorKind::TimedOut
        | PublishErrorKind::BrokenPipe
        | PublishErrorKind::StreamNotFound
        | PublishErrorKind::MaxAckPending => Sent::Unknown(error),
        PublishErrorKind::Other => said(error),
        PublishErrorKind::WrongLastMessageId | PublishErrorKind::MaxPayloadExceeded => {
            Sent::Refused(error)
        }
    }
}

/// What the server's own words mean.
fn said(error: PublishError) -> Sent {
    let cause = error
        .source()
        .and_then(|cause| cause.downcast_ref::<ApiError>());
    match cause.map(|said| (said.code(), said.error_code())) {
        // Said by replicas that find it out only when they store it.
        Some((_, ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT)) => Sent::Overtaken,
        // Another message of the subject is still being agreed on; or too many ask; or there is no leader, no room,
        // or the stream is being closed.
        Some((_, ErrorCode::STREAM_EXPECTED_LAST_SEQ_PER_SUBJECT_NOT_READY) | (429 | 503, _))
        | None => Sent::Unknown(error),
        Some(_) => Sent::Refused(error),
    }
}

/// The first message of a subject from that sequence on, by the stream's leader; nothing where it has
/// none.
pub(crate) async fn first_from(
    stream: &Stream,
    subject: &str,
    sequence: u64,
) -> Result<Option<StreamMessage>, RawMessageError> {
    found(
        stream
            .get_first_raw_message_by_subject(subject, sequence)
            .await,
    )
}

/// The last message of a subject, by the stream's leader; nothing where it has none.
pub(crate) async fn last(
    stream: &Stream,
    subject: &str,
) -> Result<Option<StreamMessage>, RawMessageError> {
    found(stream.get_last_raw_message_by_subject(subject).await)
}

fn found(
    answer: Result<StreamMessage, RawMessageError>,
) -> Result<Option<StreamMessage>, RawMessageError> {
    use async_nats::jetstream::stream::LastRawMessageErrorKind as Kind;
    match answer {
        Ok(message) => Ok(Some(message)),
        Err(error) => match error.kind() {
            Kind::NoMessageFound => Ok(None),
            Kind::JetStream(answered) if answered.error_code() == ErrorCode::NO_MESSAGE_FOUND => {
                Ok(None)
            }
            Kind::JetStream(_) | Kind::InvalidSubject | Kind::Other => Err(error),
        },
    }
}

//! How the bucket is set up in which nodes say who they are, and refusing one that is not.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, StorageType};

use crate::home_error::HomeError;
use crate::init::{change_stream, info, make_stream};

/// The name of the bucket.
const BUCKET: &str = "netgain-nodes";

/// How long a node counts as live after it was last heard of. Longer than the servers take to elect a leader, during
/// which nobody is heard.
const LIVE: Duration = Duration::from_secs(30);

/// How many nodes there can be: many times as many as a ledger needs.
pub(super) const NODES_MAX: u32 = 64;

/// The most bytes that a node may say of itself: three times what all types of events take.
pub(super) const ENTRY_BYTES_MAX: usize = 16 * 1024;

/// The stream that the bucket is (NATS architecture decision 8).
pub(super) fn stream() -> String {
    format!("KV_{BUCKET}")
}

/// The subject of a node's key.
pub(super) fn key(id: &str) -> String {
    format!("$KV.{BUCKET}.{id}")
}

/// Makes the bucket, or makes it right.
pub(crate) async fn make(context: &Context, replicas: usize) -> Result<(), HomeError> {
    let right = bucket(replicas);
    match info(context, &right.name).await? {
        None => make_stream(context, right).await,
        Some(found) if is_right(&found.config) && found.config.num_replicas >= replicas => Ok(()),
        Some(_) => change_stream(context, right).await,
    }
}

/// Refuses a bucket that is not there or not set up so.
pub(super) async fn check_bucket(context: &Context) -> Result<Info, HomeError> {
    let stream = stream();
    match info(context, &stream).await? {
        Some(found) if is_right(&found.config) => Ok(found),
        Some(_) => Err(HomeError::NoNodes { stream }),
        None => Err(HomeError::NoStream { stream }),
    }
}

/// What it holds is worth nothing after a few seconds; it is in a file all the same, since a server that is alone forgets a
/// stream in memory, and that there was one, when it ends.
fn bucket(replicas: usize) -> Config {
    Config {
        name: stream(),
        subjects: vec![key(">")],
        storage: StorageType::File,
        num_replicas: replicas,
        max_messages_per_subject: 1,
        max_messages: NODES_MAX.into(),
        max_message_size: i32::try_from(ENTRY_BYTES_MAX).unwrap_or(i32::MAX),
        max_age: LIVE,
        discard: DiscardPolicy::New,
        allow_rollup: true,
        deny_delete: true,
        allow_direct: true,
        ..Config::default()
    }
}

fn is_right(config: &Config) -> bool {
    let right = bucket(config.num_replicas);
    config.subjects == right.subjects
        && config.max_messages_per_subject == right.max_messages_per_subject
        && config.max_messages == right.max_messages
        && config.max_message_size == right.max_message_size
        && config.max_age == right.max_age
        && config.discard == right.discard
}

//! Whose turn it is to seal: a key of NATS KV that goes by itself when it is not renewed. Two nodes that both think
//! that it is theirs, one of them after a long pause, break nothing: see `seals.rs`.

use std::time::{Duration, Instant};

use super::Cause;
use crate::connection::Connection;
use crate::post::{Posted, post};
use crate::publish::last;

/// The name of the bucket.
pub(super) const BUCKET: &str = "netgain-sealer";

/// How long a node that is gone keeps the others from sealing. Sealing is what every second; a lease that ends
/// while the servers elect a leader is taken again by whoever comes first.
pub(super) const LEASE: Duration = Duration::from_secs(6);

/// When it is renewed: two answers may be lost before it ends.
const RENEWED_AFTER: Duration = Duration::from_secs(2);

/// A node's part in the lease.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    connection: Connection,
    node: String,
    held: Option<Held>,
}

/// A lease that this node has.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// The key's last revision.
    revision: u64,
    /// When it was asked for.
    asked: Instant,
}

impl Lease {
    pub(super) fn new(connection: Connection, node: &str) -> Self {
        Self {
            connection,
            node: node.into(),
            held: None,
        }
    }

    /// Takes the lease where nobody has it, renews it where this node has it, and says if it has.
    pub(super) async fn take(&mut self) -> Result<bool, Cause> {
        let held = self.held;
        if held.is_some_and(|held| held.asked.elapsed() < RENEWED_AFTER) {
            return Ok(true);
        }
        // Whatever comes of asking, what was held before is so no more.
        self.held = None;
        let asked = Instant::now();
        let expected = held.map_or(0, |held| held.revision);
        let node = self.node.clone().into();
        match post(&self.connection, &key(), Some(expected), node).await? {
            Posted::Stored(revision) => {
                self.held = Some(Held { revision, asked });
                Ok(true)
            }
            Posted::Overtaken => Ok(false),
        }
    }
}

/// Who has it.
pub(super) async fn holder(connection: &Connection) -> Result<Option<String>, Cause> {
    let stream = connection.context.get_stream_no_info(stream()).await?;
    let entry = last(&stream, &key()).await?;
    Ok(entry.map(|entry| String::from_utf8_lossy(&entry.payload).into_owned()))
}

/// The stream that the bucket is (NATS architecture decision 8).
pub(super) fn stream() -> String {
    format!("KV_{BUCKET}")
}

fn key() -> String {
    format!("$KV.{BUCKET}.sealer")
}

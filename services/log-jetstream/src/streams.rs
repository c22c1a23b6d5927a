//! A ledger's streams, as everything here that is open shares them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Info;
use netgain_events::identifier::LedgerId;

use crate::connection::{Connection, Heard};
use crate::home::Home;
use crate::home_error::HomeError;
use crate::leading::{self, NotLeading};
use crate::place::Place;
use crate::subject;
use crate::{asked, init};

/// A stream to ask, without what was known of it when it was opened.
pub(crate) type Stream = async_nats::jetstream::stream::Stream<()>;

/// The streams of a ledger, one a shard.
#[derive(Debug)]
pub(crate) struct Streams {
    context: Context,
    heard: Arc<Heard>,
    pub(crate) ledger: LedgerId,
    shards: u32,
    by_shard: Vec<Stream>,
    /// The last message of each that is known to be stored.
    reached: Vec<AtomicU64>,
    /// Whether all servers can be asked whom they follow.
    can_ask: bool,
}

impl Streams {
    /// Connects, and refuses a home that cannot hold a ledger.
    pub(crate) async fn open(home: &Home) -> Result<Self, HomeError> {
        let Connection { context, heard } = Connection::open(home).await?;
        let belonging = init::held(&context).await?;
        let (mut streams, mut infos) = (Vec::new(), Vec::new());
        for shard in 0..belonging.shards {
            infos.push(init::check_one(&context, shard, belonging, home.replicas).await?);
            let name = subject::stream(shard);
            let stream = context.get_stream_no_info(&name).await;
            streams
                .push(stream.map_err(|error| {
                    HomeError::api(format!("ask for the stream {name}"), error)
                })?);
        }
        let keepers = asked::keepers(&context, &infos).await?;
        asked::check(&keepers, home.syncing)?;
        let ends = infos.iter().map(|info| info.state.last_sequence.into());
        let reached = ends.collect();
        Ok(Self {
            context,
            heard,
            ledger: belonging.ledger,
            shards: belonging.shards,
            by_shard: streams,
            reached,
            can_ask: !keepers.is_empty(),
        })
    }

    /// The connection, for what else is asked over it.
    pub(crate) fn connection(&self) -> Connection {
        Connection {
            context: self.context.clone(),
            heard: Arc::clone(&self.heard),
        }
    }

    pub(crate) const fn context(&self) -> &Context {
        &self.context
    }

    /// How many there are.
    pub(crate) const fn shards(&self) -> u32 {
        self.shards
    }

    /// A shard's stream.
    pub(crate) fn stream(&self, shard: u32) -> Option<&Stream> {
        self.by_shard.get(usize::try_from(shard).ok()?)
    }

    /// All of them, in the shards' order.
    pub(crate) fn all(&self) -> &[Stream] {
        &self.by_shard
    }

    /// Notes that a message is stored.
    pub(crate) fn reaches(&self, shard: u32, sequence: u64) {
        let shard = usize::try_from(shard).ok();
        if let Some(reached) = shard.and_then(|shard| self.reached.get(shard)) {
            reached.fetch_max(sequence, Ordering::AcqRel);
        }
    }

    /// The place after everything that is known to be stored.
    pub(crate) fn reached(&self) -> Place {
        let reached = self.reached.iter();
        Place(
            reached
                .map(|reached| reached.load(Ordering::Acquire))
                .collect(),
        )
    }

    /// Makes sure that the server that said this of a stream leads it; where the servers cannot be asked that, its word
    /// is all there is.
    pub(crate) async fn confirm(&self, said: &Info) -> Result<(), NotLeading> {
        if self.can_ask {
            leading::confirm(&self.context.client(), said).await
        } else {
            Ok(())
        }
    }

    /// What was heard of the connection.
    pub(crate) fn heard(&self) -> &Heard {
        &self.heard
    }
}

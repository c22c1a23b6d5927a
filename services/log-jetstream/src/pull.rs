//! Fetching a stretch of one stream, as fast as it comes and across lost connections, for a thread that is not
//! part of any runtime.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::{Config, MessagesError};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::streams::Stream;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How many bytes are asked for at once: two of the largest commits.
const REQUEST_BYTES: usize = 10 * 1024 * 1024;

/// How many messages are asked for at once: so many that asking costs nothing, so few that the server has
/// room for others between them.
const REQUEST_MESSAGES: usize = 10_000;

/// How many messages are handed over at once: waking the thread that reads costs as much as dealing with several.
const PIECE_MESSAGES: usize = 512;

/// From how many bytes on fewer are handed over.
const PIECE_BYTES: usize = 1024 * 1024;

/// How many bytes may wait for the reading thread, beside one piece.
const WAITING_BYTES_MAX: u32 = 16 * 1024 * 1024;

/// How often the server must say that it is there. After twice that the consumer is made again.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// How long one request for messages lasts.
const REQUEST_TIME: Duration = Duration::from_secs(30);

/// After how long the server forgets a consumer that nobody asks any more.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);

/// How long to wait before a consumer is made again.
const PAUSE: Duration = Duration::from_millis(250);

/// For how long a consumer that gives nothing is made again, before reading fails: about twice as long as an election
/// takes.
const TIME_MAX: Duration = Duration::from_secs(20);

/// What is to be fetched.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) shard: u32,
    pub(crate) stream: Stream,
    /// One subject only.
    pub(crate) filter: Option<String>,
    /// The message before the first.
    pub(crate) after: u64,
    /// Where it ends; nothing to go on for ever.
    pub(crate) until: Option<Until>,
}

/// The end of a stretch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Until {
    /// Nothing after this message is wanted.
    pub(crate) through: u64,
    /// There is this message: who has not come so far has not seen all. The server's word that nothing more
    /// is pending does not say so, since the replica that serves a consumer may be behind.
    pub(crate) last: u64,
}

/// A message and its sequence.
pub(crate) type Numbered = (u64, Message);

/// What has come of a stretch.
#[derive(Debug)]
pub(crate) enum Piece {
    /// The next messages: as the server delivered them, none lost on the way.
    Messages(Vec<Numbered>),
    /// There are no more.
    End,
    /// The server says again and again that it has no more, before the last one was there.
    Short {
        /// The last message that came.
        last: u64,
    },
    /// The server cannot be asked.
    Failed(Cause),
}

/// A stretch that is being fetched. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct Pulling {
    room: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Pulling {
    /// Begins to fetch.
    pub(crate) fn start(runtime: &Handle, stretch: Stretch, to: Sender<(u32, Piece)>) -> Self {
        let room = Semaphore::new(usize::try_from(WAITING_BYTES_MAX).unwrap_or(0));
        let room = Arc::new(room);
        let puller = Puller {
            after: stretch.after,
            stretch,
            to,
            room: Arc::clone(&room),
        };
        let task = runtime.spawn(puller.run());
        Self { room, task }
    }

    /// Says that messages have been dealt with.
    pub(crate) fn done(&self, messages: &[Numbered]) {
        let bytes = usize::try_from(room_for(messages)).unwrap_or(0);
        self.room.add_permits(bytes);
    }
}

impl Drop for Pulling {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How much room a piece takes: never more than there is.
fn room_for(messages: &[Numbered]) -> u32 {
    let bytes: usize = messages.iter().map(|(_, message)| message.length).sum();
    u32::try_from(bytes)
        .unwrap_or(u32::MAX)
        .min(WAITING_BYTES_MAX)
}

struct Puller {
    stretch: Stretch,
    /// The last message that was handed over.
    after: u64,
    to: Sender<(u32, Piece)>,
    room: Arc<Semaphore>,
}

/// How a consumer ended.
enum Ended {
    /// All that was asked for has come.
    Complete,
    /// The server has no more, and more was asked for.
    Short,
    Broken(Cause),
}

impl Puller {
    async fn run(mut self) {
        let mut moved = Instant::now();
        loop {
            let before = self.after;
            let ended = self.consume().await;
            if self.after > before {
                moved = Instant::now();
            }
            let is_over = moved.elapsed() > TIME_MAX && self.stretch.until.is_some();
            let last = self.after;
            match ended {
                Ended::Complete => return self.hand(Piece::End),
                Ended::Short if is_over => return self.hand(Piece::Short { last }),
                Ended::Broken(cause) if is_over => return self.hand(Piece::Failed(cause)),
                Ended::Short | Ended::Broken(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Whoever waits for pieces may have gone; then this task is ended too.
    fn hand(&self, piece: Piece) {
        drop(self.to.send((self.stretch.shard, piece)));
    }

    /// Fetches with one consumer for as long as that works.
    async fn consume(&mut self) -> Ended {
        let config = Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: self.after.saturating_add(1),
            },
            filter_subject: self.stretch.filter.clone().unwrap_or_default(),
            ack_policy: AckPolicy::None,
            inactive_threshold: FORGOTTEN_AFTER,
            memory_storage: true,
            num_replicas: 1,
            ..Config::default()
        };
        let consumer = match self.stretch.stream.create_consumer(config).await {
            Ok(consumer) => consumer,
            Err(error) => return Ended::Broken(error.into()),
        };
        if let Some(ended) = self.ended(self.after, consumer.cached_info().num_pending) {
            return self.forget(&consumer.cached_info().name, ended);
        }
        let messages = consumer
            .stream()
            .max_messages_per_batch(REQUEST_MESSAGES)
            .max_bytes_per_batch(REQUEST_BYTES)
            .expires(REQUEST_TIME)
            .heartbeat(HEARTBEAT)
            .messages()
            .await;
        let ended = match messages {
            Ok(messages) => self.take(messages).await,
            Err(error) => Ended::Broken(error.into()),
        };
        self.forget(&consumer.cached_info().name, ended)
    }

    /// Takes messages until they end, break off or one is missing.
    async fn take(&mut self, messages: async_nats::jetstream::consumer::pull::Stream) -> Ended {
        let mut chunks = messages.ready_chunks(PIECE_MESSAGES);
        let (mut delivered, mut ended) = (0, None);
        let (mut piece, mut bytes) = (Vec::new(), 0);
        while ended.is_none() {
            let Some(chunk) = chunks.next().await else {
                ended = Some(Ended::Broken("the server ended the consumer".into()));
                break;
            };
            for message in chunk {
                delivered += 1;
                match self.next(message, delivered) {
                    Ok((sequence, pending, message)) => {
                        bytes += message.length;
                        piece.push((sequence, message));
                        ended = self.ended(sequence, pending);
                    }
                    Err(end) => ended = Some(end),
                }
                if ended.is_some() {
                    break;
                }
            }
            // Who follows is shown everything at once; the others wait for the end anyway.
            let is_full = piece.len() >= PIECE_MESSAGES || bytes >= PIECE_BYTES;
            if is_full || self.stretch.until.is_none() {
                bytes = 0;
                self.hand_over(std::mem::take(&mut piece)).await;
            }
        }
        self.hand_over(piece).await;
        ended.unwrap_or(Ended::Complete)
    }

    /// Takes one message apart: its sequence, and how many are pending after it.
    fn next(
        &self,
        message: Result<Message, MessagesError>,
        delivered: u64,
    ) -> Result<(u64, u64, Message), Ended> {
        let message = message.map_err(|error| Ended::Broken(error.into()))?;
        let info = message.info().map_err(Ended::Broken)?;
        let (sequence, number, pending) =
            (info.stream_sequence, info.consumer_sequence, info.pending);
        if number != delivered {
            return Err(Ended::Broken("a message was lost on the way".into()));
        }
        let is_past = |until: Until| sequence > until.through;
        if self.stretch.until.is_some_and(is_past) {
            return Err(Ended::Complete);
        }
        Ok((sequence, pending, message))
    }

    /// Hands messages over, once there is room for them.
    async fn hand_over(&mut self, piece: Vec<Numbered>) {
        let Some((last, _)) = piece.last() else {
            return;
        };
        self.after = *last;
        // The room is never closed while messages are still wanted.
        if let Ok(room) = self.room.acquire_many(room_for(&piece)).await {
            room.forget();
            self.hand(Piece::Messages(piece));
        }
    }

    /// Whether nothing more is to come after a message, where so many are still pending.
    fn ended(&self, sequence: u64, pending: u64) -> Option<Ended> {
        let last = self.stretch.until?.last;
        match pending {
            _ if sequence >= last => Some(Ended::Complete),
            0 => Some(Ended::Short),
            _ => None,
        }
    }

    /// Lets the server forget a consumer, without waiting for that.
    fn forget(&self, name: &str, ended: Ended) -> Ended {
        let (stream, name) = (self.stretch.stream.clone(), name.to_owned());
        tokio::spawn(async move {
            // Where it cannot be told, it forgets by itself.
            drop(stream.delete_consumer(&name).await);
        });
        ended
    }
}

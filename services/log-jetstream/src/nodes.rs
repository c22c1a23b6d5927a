//! Which nodes are live, and which versions of each event they read and write. What a live node does not read, no
//! other writes: a reader stops at an event that it does not know (architecture, *What is written*; ADR 0028).
//!
//! Each node that serves says again and again who it is, under a key of its own in a bucket of NATS KV that is in the log's account. A key
//! that is not renewed goes by itself. A node says who it is before it looks who else is there, so that of two that start at
//! once at least one sees the other.

mod announcement;
pub(crate) mod check;
mod home;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use bytes::Bytes;
use netgain_events::fact::FactKind;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

pub(crate) use self::announcement::Announcement;
pub(crate) use self::home::make;
use self::home::{ENTRY_BYTES_MAX, NODES_MAX, check_bucket, key};
use crate::connection::Connection;
use crate::home_error::HomeError;
use crate::post::{Posted, post};
use crate::publish::first_from;

/// How often a node says that it is there: five answers may be lost, for as long as an election takes and longer, before
/// the others take it for gone.
const BEAT: Duration = Duration::from_secs(5);

/// How long a node that starts waits for a bucket that has no leader: one that was just made, or an election.
const LEADER_TIME_MAX: Duration = Duration::from_secs(10);

/// How long until it asks again.
const LEADER_PAUSE: Duration = Duration::from_millis(100);

/// How many entries are looked at before it is given up: all there can be, and each renewed meanwhile.
const LOOKS_MAX: u32 = 2 * NODES_MAX;

/// What may not be written for now, and why.
#[derive(Debug, Default)]
pub(crate) struct Withheld(RwLock<BTreeMap<FactKind, Arc<str>>>);

impl Withheld {
    /// Why an event of that kind may not be written, if that is so.
    pub(crate) fn why(&self, kind: FactKind) -> Option<Arc<str>> {
        let withheld = self.0.read().unwrap_or_else(PoisonError::into_inner);
        withheld.get(&kind).cloned()
    }

    fn set(&self, withheld: BTreeMap<FactKind, Arc<str>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = withheld;
    }
}

/// This process among the nodes, whether it is a node that serves or a call that only writes.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    connection: Connection,
    /// The subject of its key.
    key: String,
    withheld: Arc<Withheld>,
}

impl Node {
    /// Looks who is live, and says nothing. `id` is this process's own.
    pub(crate) async fn open(connection: Connection, id: &str) -> Result<Self, HomeError> {
        check_bucket(&connection.context).await?;
        let node = Self {
            connection,
            key: key(id),
            withheld: Arc::default(),
        };
        node.look(&Announcement::of_this("")).await?;
        Ok(node)
    }

    /// What this process may not write.
    pub(crate) fn withheld(&self) -> &Withheld {
        &self.withheld
    }

    /// Says that this node is there, and goes on saying so until the task ends. Refuses to where a live node writes
    /// what this one does not read.
    pub(crate) async fn announce(self, name: &str) -> Result<JoinHandle<()>, HomeError> {
        let own = Announcement::of_this(name);
        self.say_first(&own).await?;
        let refusal = match self.look(&own).await {
            Ok(live) => live.iter().find_map(|other| unread(&own, other)),
            Err(error) => Some(error),
        };
        if let Some(refusal) = refusal {
            // It goes by itself if that is not heard.
            drop(self.leave().await);
            return Err(refusal);
        }
        Ok(tokio::spawn(async move { self.beat(&own).await }))
    }

    /// Says that this node is gone.
    pub(crate) async fn leave(&self) -> Result<(), HomeError> {
        self.say(Bytes::new()).await
    }

    async fn beat(&self, own: &Announcement) {
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            beats.tick().await;
            // Without an answer what was known before holds, and it is asked again.
            let _ = self.say(own.to_bytes()).await;
            let _ = self.look(own).await;
        }
    }

    /// The bucket was there when this node opened it: where no stream takes what is said, it has no leader yet.
    async fn say_first(&self, own: &Announcement) -> Result<(), HomeError> {
        let begun = Instant::now();
        loop {
            match post(&self.connection, &self.key, None, own.to_bytes()).await {
                Err(error) if has_no_leader(&*error) && begun.elapsed() < LEADER_TIME_MAX => {
                    sleep(LEADER_PAUSE).await;
                }
                said => return told(said),
            }
        }
    }

    async fn say(&self, what: Bytes) -> Result<(), HomeError> {
        told(post(&self.connection, &self.key, None, what).await)
    }

    /// Looks who is live, and withholds what one of them does not read.
    async fn look(&self, own: &Announcement) -> Result<Vec<Announcement>, HomeError> {
        let live = live(&self.connection.context).await?;
        self.withheld.set(withheld(own, &live));
        Ok(live)
    }
}

fn told(said: Result<Posted, Box<dyn Error + Send + Sync>>) -> Result<(), HomeError> {
    said.map(drop)
        .map_err(|error| HomeError::api("tell the other nodes of this one", error))
}

fn has_no_leader(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<PublishError>();
    error.is_some_and(|error| error.kind() == PublishErrorKind::StreamNotFound)
}

/// The nodes that are live, by what they say of themselves.
async fn live(context: &Context) -> Result<Vec<Announcement>, HomeError> {
    let asking =
        |error: Box<dyn Error + Send + Sync>| HomeError::api("ask which nodes are live", error);
    let stream = context.get_stream_no_info(home::stream()).await;
    let stream = stream.map_err(|error| asking(error.into()))?;
    let (mut live, mut next) = (BTreeMap::new(), 1);
    for _ in 0..LOOKS_MAX {
        let entry = first_from(&stream, &key("*"), next).await;
        let Some(entry) = entry.map_err(|error| asking(error.into()))? else {
            return Ok(live.into_values().collect());
        };
        next = entry.sequence.saturating_add(1);
        let key = entry.subject.to_string();
        if entry.payload.is_empty() {
            live.remove(&key);
        } else {
            let said = entry.payload.get(..ENTRY_BYTES_MAX);
            let said = Announcement::from_bytes(&key, said.unwrap_or(&entry.payload));
            live.insert(key, said);
        }
    }
    Err(asking(format!("there are more than {NODES_MAX}").into()))
}

/// What may not be written while those are live.
fn withheld(own: &Announcement, live: &[Announcement]) -> BTreeMap<FactKind, Arc<str>> {
    let mut withheld = BTreeMap::new();
    for node in live {
        for (event, version) in node.lacks(own) {
            let Some(kind) = FactKind::of_event(event) else {
                continue;
            };
            withheld.entry(kind).or_insert_with(|| {
                let who = node.who();
                format!(
                    "{who} does not read {event} in version {version}; upgrade that node or stop it"
                )
                .into()
            });
        }
    }
    withheld
}

/// Why a node cannot live beside that one.
fn unread(own: &Announcement, other: &Announcement) -> Option<HomeError> {
    let (event, version) = own.lacks(other).next()?;
    Some(HomeError::Unread {
        node: other.who(),
        event: event.to_owned(),
        version,
    })
}

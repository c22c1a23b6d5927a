//! What the servers of a cluster say about themselves.

use std::collections::BTreeMap;
use std::error::Error;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Info;
use async_nats::{Client, StatusCode, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::connection::{OLDEST, is_older};
use crate::home::Syncing;
use crate::home_error::HomeError;

/// Where every server of a cluster answers how its `JetStream` is set up. It belongs to the system account, which lets
/// the ledger's account import it (`deploy/nats`).
const QUESTION: &str = "$SYS.REQ.SERVER.PING.JSZ";

/// How long to wait for a server that does not answer: long beside a round trip, short beside a start.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(1);

/// How many servers are listened to: far more than agree on one stream.
const SERVERS_MAX: usize = 256;

/// One server, by its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its version.
    pub(crate) version: String,
    /// Whether what it acknowledges is on its disk (`sync_interval: always`).
    pub(crate) is_synced: bool,
}

/// The servers that have answered, by name.
pub(crate) type Servers = BTreeMap<String, Said>;

/// What one server answers: who it is, and what it was asked for.
#[derive(Deserialize)]
pub(crate) struct Answer<Data> {
    pub(crate) server: Server,
    pub(crate) data: Data,
}

#[derive(Deserialize)]
pub(crate) struct Server {
    pub(crate) name: String,
    #[serde(rename = "ver")]
    version: String,
}

#[derive(Deserialize)]
struct Data {
    /// Absent where the server has no `JetStream`.
    config: Option<Setting>,
}

#[derive(Deserialize)]
struct Setting {
    #[serde(default)]
    sync_always: bool,
}

/// Asks all servers that can be reached, until as many have answered and those among them, or a time has passed. None
/// where the account cannot ask.
pub(crate) async fn ask(
    client: &Client,
    count: usize,
    awaited: &[String],
) -> Result<Servers, HomeError> {
    let answers = Answers::to(client, Bytes::new()).await;
    let mut answers = answers.map_err(|source| HomeError::Api {
        what: "ask the servers how they are set up".into(),
        source,
    })?;
    let mut servers = Servers::new();
    while servers.len() < SERVERS_MAX {
        let is_missing = |name: &String| !servers.contains_key(name);
        if servers.len() >= count && !awaited.iter().any(is_missing) {
            break;
        }
        let Some(Answer::<Data> { server, data }) = answers.next().await else {
            break;
        };
        // One without JetStream keeps no message.
        let Some(Setting { sync_always }) = data.config else {
            continue;
        };
        let (version, is_synced) = (server.version, sync_always);
        servers.insert(server.name, Said { version, is_synced });
    }
    Ok(servers)
}

/// What the servers answer, each in its own time.
pub(crate) struct Answers(Subscriber);

impl Answers {
    /// Asks all servers that can be reached. `more` is what they are to say beside how they are set up.
    pub(crate) async fn to(
        client: &Client,
        more: Bytes,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let inbox = client.new_inbox();
        let answers = client.subscribe(inbox.clone()).await?;
        client.publish_with_reply(QUESTION, inbox, more).await?;
        Ok(Self(answers))
    }

    /// The next answer that can be read. Nothing where no server can be asked, or none has answered for a while.
    pub(crate) async fn next<Data: DeserializeOwned>(&mut self) -> Option<Answer<Data>> {
        loop {
            let said = timeout(ANSWER_TIME_MAX, self.0.next()).await;
            let said = said.ok().flatten()?;
            if said.status == Some(StatusCode::NO_RESPONDERS) {
                return None;
            }
            if let Ok(answer) = serde_json::from_slice(&said.payload) {
                return Some(answer);
            }
        }
    }
}

/// Asks those servers that keep the streams, and whoever else answers meanwhile.
pub(crate) async fn keepers(context: &Context, streams: &[Info]) -> Result<Servers, HomeError> {
    let client = context.client();
    let mut awaited: Vec<String> = streams.iter().flat_map(keepers_of).collect();
    // One server by itself is no cluster.
    if awaited.is_empty() {
        awaited.push(client.server_info().server_name);
    }
    ask(&client, 1, &awaited).await
}

/// The servers that keep a stream.
pub(crate) fn keepers_of(stream: &Info) -> Vec<String> {
    let Some(cluster) = &stream.cluster else {
        return Vec::new();
    };
    let others = cluster.replicas.iter().map(|peer| peer.name.clone());
    cluster.leader.iter().cloned().chain(others).collect()
}

/// Refuses servers that cannot hold a ledger. One that is down says nothing, and keeps nothing either.
pub(crate) fn check(servers: &Servers, syncing: Syncing) -> Result<(), HomeError> {
    for (name, said) in servers {
        let server = name.clone();
        if is_older(&said.version) {
            let (found, oldest) = (said.version.clone(), OLDEST);
            return Err(HomeError::TooOld {
                server,
                found,
                oldest,
            });
        }
        if !said.is_synced {
            return Err(HomeError::NotSynced { server });
        }
    }
    match syncing {
        Syncing::Asked if servers.is_empty() => Err(HomeError::SyncUnknown),
        Syncing::Asked | Syncing::Stated => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(said: &[(&str, bool)]) -> Servers {
        let one = |(number, &(version, is_synced)): (usize, &(&str, bool))| {
            let version = version.to_owned();
            (format!("n{number}"), Said { version, is_synced })
        };
        said.iter().enumerate().map(one).collect()
    }

    #[test]
    fn every_server_must_sync_and_be_new_enough_and_silence_needs_a_statement() {
        let check = |said: &[_], syncing| check(&servers(said), syncing);
        let right = (OLDEST, true);
        assert!(check(&[right, right], Syncing::Asked).is_ok());
        assert!(check(&[], Syncing::Stated).is_ok());
        assert!(matches!(
            check(&[], Syncing::Asked),
            Err(HomeError::SyncUnknown)
        ));
        for syncing in [Syncing::Asked, Syncing::Stated] {
            let one = check(&[right, (OLDEST, false)], syncing);
            assert!(matches!(one, Err(HomeError::NotSynced { server }) if server == "n1"));
            let old = check(&[right, ("2.12.1", true)], syncing);
            assert!(matches!(old, Err(HomeError::TooOld { server, .. }) if server == "n1"));
        }
    }
}

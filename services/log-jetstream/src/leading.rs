//! Whether the server that answered for a stream leads it.
//!
//! One that is cut off from the others goes on leading for some seconds in its own eyes, and answers what it has; meanwhile
//! the others may have chosen another and stored more. So those who keep the stream are asked whom they follow. What
//! another leader has acknowledged, more than half of them had taken from it before, and from then on they follow no
//! older one. So where more than half of them say, when they are asked after the answer, that they follow the one who
//! answered, then all that was acknowledged before the answer was asked for is in it.

use std::error::Error;

use async_nats::Client;
use async_nats::jetstream::stream::{ClusterInfo, Info};
use bytes::Bytes;
use serde::Deserialize;

use crate::asked::Answers;

/// Has the servers say of each stream that they keep, in whatever account, whom they follow.
const OF_STREAMS: &[u8] = br#"{"accounts":true,"streams":true}"#;

/// Why what a server answered for a stream is not believed to be all there is.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotLeading {
    /// It may be cut off from the others.
    #[error("only {of_it} of the {keepers} servers that keep it say that {leader} leads it")]
    TooFew {
        leader: String,
        of_it: usize,
        keepers: usize,
    },
    /// There is, or was a moment ago, another.
    #[error("{by} says that {other} leads it, and {leader} that it does itself")]
    Another {
        leader: String,
        by: String,
        other: String,
    },
    #[error("nobody leads it")]
    Nobody,
    #[error("the servers cannot be asked who leads it")]
    Unasked(#[source] Box<dyn Error + Send + Sync>),
}

/// Makes sure that the server that said this of a stream did lead it when it was asked.
pub(crate) async fn confirm(client: &Client, said: &Info) -> Result<(), NotLeading> {
    let Some(ClusterInfo {
        leader,
        raft_group: Some(group),
        replicas,
        ..
    }) = &said.cluster
    else {
        // One server by itself, which nothing can be cut off from.
        return Ok(());
    };
    if replicas.is_empty() {
        return Ok(());
    }
    let leader = leader.clone().ok_or(NotLeading::Nobody)?;
    let keepers = replicas.len() + 1;
    let answers = Answers::to(client, Bytes::from_static(OF_STREAMS)).await;
    let (mut answers, mut of_it) = (answers.map_err(NotLeading::Unasked)?, 0);
    while let Some(answer) = answers.next().await {
        // One that has just started follows nobody yet, which speaks neither for a leader nor against it.
        let Some((by, Some(other))) = follows(&answer, group) else {
            continue;
        };
        if other != leader {
            return Err(NotLeading::Another { leader, by, other });
        }
        of_it += 1;
        if 2 * of_it > keepers {
            return Ok(());
        }
    }
    Err(NotLeading::TooFew {
        leader,
        of_it,
        keepers,
    })
}

#[derive(Deserialize)]
struct Answer {
    server: Server,
    data: Data,
}

#[derive(Deserialize)]
struct Server {
    name: String,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    account_details: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    stream_detail: Vec<Kept>,
}

/// A stream that a server keeps.
#[derive(Deserialize)]
struct Kept {
    cluster: Option<Group>,
}

/// The servers that agree on a stream, under a name that no other stream has.
#[derive(Deserialize)]
struct Group {
    raft_group: Option<String>,
    leader: Option<String>,
}

/// Which server answered, and whom it follows in a stream; nothing where it keeps no copy of it.
fn follows(answer: &[u8], group: &str) -> Option<(String, Option<String>)> {
    let Answer { server, data } = serde_json::from_slice(answer).ok()?;
    let kept = data
        .account_details
        .into_iter()
        .flat_map(|account| account.stream_detail);
    let mut groups = kept.filter_map(|kept| kept.cluster);
    let own = groups.find(|own| own.raft_group.as_deref() == Some(group))?;
    let leader = own.leader.filter(|leader| !leader.is_empty());
    Some((server.name, leader))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What nats-server 2.15.1 says, in the parts that are looked at and some that are not.
    fn said(leader: &str) -> String {
        format!(
            r#"{{"server":{{"name":"n2","ver":"2.15.1"}},"data":{{"memory":0,"config":{{"sync_always":true}},"account_details":[
            {{"name":"OTHER"}},
            {{"name":"SEALS","stream_detail":[{{"name":"netgain-0","cluster":{{"raft_group":"S-R3F-b","leader":"n1"}}}}]}},
            {{"name":"LEDGER","stream_detail":[{{"name":"alone"}},
            {{"name":"netgain-0","cluster":{{"raft_group":"S-R3F-a"{leader},"replicas":[]}}}}]}}]}}}}"#
        )
    }

    #[test]
    fn a_server_says_whom_it_follows_in_that_very_stream() {
        let of = |leader, group| follows(said(leader).as_bytes(), group);
        let by = "n2".to_owned();
        let led = r#","leader":"n0""#;
        assert_eq!(of(led, "S-R3F-a"), Some((by.clone(), Some("n0".into()))));
        assert_eq!(of(led, "S-R3F-b"), Some((by.clone(), Some("n1".into()))));
        assert_eq!(of(led, "S-R3F-c"), None);
        for nobody in ["", r#","leader":"""#] {
            assert_eq!(of(nobody, "S-R3F-a"), Some((by.clone(), None)));
        }
        assert_eq!(follows(b"not a server", "S-R3F-a"), None);
        let bare = br#"{"server":{"name":"n2"},"data":{}}"#;
        assert_eq!(follows(bare, "S-R3F-a"), None);
    }
}

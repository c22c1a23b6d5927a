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

use crate::asked::{Answer, Answers};

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
    let mut count = Count::of(leader, replicas.len() + 1);
    let answers = Answers::to(client, Bytes::from_static(OF_STREAMS)).await;
    let mut answers = answers.map_err(NotLeading::Unasked)?;
    while !count.is_enough() {
        let Some(answer) = answers.next().await else {
            return Err(count.too_few());
        };
        if let Some((by, followed)) = follows(answer, group) {
            count.hear(by, followed)?;
        }
    }
    Ok(())
}

/// How many of those who keep a stream follow one of them.
struct Count {
    leader: String,
    of_it: usize,
    keepers: usize,
}

impl Count {
    const fn of(leader: String, keepers: usize) -> Self {
        Self {
            leader,
            of_it: 0,
            keepers,
        }
    }

    fn hear(&mut self, by: String, followed: String) -> Result<(), NotLeading> {
        if followed != self.leader {
            let leader = self.leader.clone();
            let other = followed;
            return Err(NotLeading::Another { leader, by, other });
        }
        self.of_it += 1;
        Ok(())
    }

    const fn is_enough(&self) -> bool {
        2 * self.of_it > self.keepers
    }

    fn too_few(self) -> NotLeading {
        let Self {
            leader,
            of_it,
            keepers,
        } = self;
        NotLeading::TooFew {
            leader,
            of_it,
            keepers,
        }
    }
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

/// Which server answered, and whom it follows in a stream. Nothing where it keeps no copy of it; nor where it has just
/// started and follows nobody yet, which speaks neither for a leader nor against it.
fn follows(answer: Answer<Data>, group: &str) -> Option<(String, String)> {
    let Answer { server, data } = answer;
    let accounts = data.account_details.into_iter();
    let kept = accounts.flat_map(|account| account.stream_detail);
    let mut groups = kept.filter_map(|kept| kept.cluster);
    let own = groups.find(|own| own.raft_group.as_deref() == Some(group))?;
    let leader = own.leader.filter(|leader| !leader.is_empty())?;
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
        let of = |leader, group| follows(serde_json::from_str(&said(leader)).unwrap(), group);
        let found = |leader: &str| Some(("n2".to_owned(), leader.to_owned()));
        let led = r#","leader":"n0""#;
        assert_eq!(of(led, "S-R3F-a"), found("n0"));
        assert_eq!(of(led, "S-R3F-b"), found("n1"));
        assert_eq!(of(led, "S-R3F-c"), None);
        for nobody in ["", r#","leader":"""#] {
            assert_eq!(of(nobody, "S-R3F-a"), None);
        }
        let bare = r#"{"server":{"name":"n2","ver":"2.15.1"},"data":{}}"#;
        assert_eq!(
            follows(serde_json::from_str(bare).unwrap(), "S-R3F-a"),
            None
        );
    }

    #[test]
    fn a_leader_is_believed_when_more_than_half_follow_it_and_nobody_another() {
        for (keepers, needed) in [(3, 2), (4, 3), (5, 3)] {
            let mut count = Count::of("n0".into(), keepers);
            for number in 0..needed {
                assert!(!count.is_enough(), "{number} of {keepers}");
                count.hear(format!("n{number}"), "n0".into()).unwrap();
            }
            assert!(count.is_enough(), "{needed} of {keepers}");
        }
        let mut count = Count::of("n0".into(), 3);
        count.hear("n0".into(), "n0".into()).unwrap();
        let another = count.hear("n1".into(), "n2".into()).unwrap_err();
        assert_eq!(
            another.to_string(),
            "n1 says that n2 leads it, and n0 that it does itself"
        );
        assert_eq!(
            count.too_few().to_string(),
            "only 1 of the 3 servers that keep it say that n0 leads it"
        );
    }
}

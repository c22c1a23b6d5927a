//! Nodes of several versions on one ledger: what a live one does not read, no other writes.

use std::time::Duration;

use async_nats::jetstream::Context;
use netgain_events::fact::FactKind;
use netgain_ledger::log::Log as _;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::tests::deployed::Deployed;
use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{ledger, open};
use crate::{Finding, Home, HomeError, JetStreamLog, Verdict, check, init};

/// Does something that no node of this version does.
fn by_hand<T, F: Future<Output = T>>(home: &Home, what: impl FnOnce(Context) -> F) -> T {
    Runtime::new().unwrap().block_on(async {
        let client = async_nats::connect(&home.servers).await.unwrap();
        what(async_nats::jetstream::new(client)).await
    })
}

/// Says something in a node's stead; nothing at all says that it is gone.
fn say(home: &Home, key: &str, what: &str) -> bool {
    let (subject, what) = (format!("$KV.netgain-nodes.{key}"), what.to_owned());
    by_hand(home, async |context| {
        let sent = context.publish(subject, what.into()).await;
        sent.unwrap().await.is_ok()
    })
}

/// A node of another version that knows what this one does, but for one type.
fn another(node: &str, event: &str, reads: u32, writes: u32) -> Value {
    let all = FactKind::ALL.iter().map(|kind| kind.event_type());
    let ours: serde_json::Map<String, Value> = all.map(|event| (event.into(), 1.into())).collect();
    let mut other = json!({ "node": node, "program": "9.9.9", "reads": ours, "writes": ours });
    other["reads"][event] = reads.into();
    other["writes"][event] = writes.into();
    other
}

fn live(home: &Home) -> Vec<Finding> {
    let found = check(home, None).unwrap().into_iter();
    found
        .filter(|finding| finding.matter == "live node")
        .collect()
}

/// Why nothing of a kind may be written.
fn why(log: &JetStreamLog, kind: FactKind) -> Option<String> {
    log.unread(kind).map(|why| why.to_string())
}

#[test]
fn what_an_older_node_does_not_read_is_withheld_until_it_is_gone() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    log.announce("this one").unwrap();
    let free = |log: &JetStreamLog| FactKind::ALL.iter().all(|kind| log.unread(*kind).is_none());
    assert!(free(&log));
    let found = live(&home);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].of, "this one");
    let types = FactKind::ALL.len();
    let version = env!("CARGO_PKG_VERSION");
    let reads = format!("netgain {version}, reads {types} types to version 1");
    assert_eq!(
        (found[0].found.as_str(), &found[0].verdict),
        (reads.as_str(), &Verdict::Right)
    );

    let older = another("the old one", "claim-registered", 0, 1);
    assert!(say(&home, "old", &older.to_string()));
    // At its next beat, and at once where a log is opened.
    while why(&log, FactKind::ClaimRegistered).is_none() {
        std::thread::sleep(Duration::from_millis(50));
    }
    let call = JetStreamLog::open(&home).unwrap();
    for log in [&log, &call] {
        let why = why(log, FactKind::ClaimRegistered).unwrap();
        assert!(
            why.contains(
                "the node the old one (netgain 9.9.9) does not read claim-registered in version 1"
            ),
            "{why}"
        );
        assert_eq!(log.unread(FactKind::ClaimAmended), None);
    }
    let found = live(&home);
    let old = found.iter().find(|finding| finding.of == "the old one");
    let old = old.unwrap();
    assert!(
        old.found.contains("claim-registered to version 0"),
        "{old:?}"
    );
    assert!(
        matches!(&old.verdict, Verdict::Change(how) if how.contains("claim-registered in version 1"))
    );

    // What nobody understands may be a node that reads nothing.
    assert!(say(&home, "old", "what?"));
    let call = JetStreamLog::open(&home).unwrap();
    assert!(
        FactKind::ALL
            .iter()
            .all(|kind| call.unread(*kind).is_some())
    );

    assert!(say(&home, "old", ""));
    assert!(free(&JetStreamLog::open(&home).unwrap()));
    while !free(&log) {
        std::thread::sleep(Duration::from_millis(50));
    }
    // A node that ends takes its own back.
    log.close().unwrap();
    assert_eq!(live(&home), []);
}

#[test]
fn a_node_that_does_not_read_what_a_live_one_writes_does_not_start() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    for (newer, unread) in [
        (another("new", "claim-registered", 2, 2), "claim-registered"),
        (another("new", "body-merged", 1, 1), "body-merged"),
    ] {
        assert!(say(&home, "new", &newer.to_string()));
        let refused = log.announce("this one").unwrap_err();
        assert!(
            matches!(&refused, HomeError::Unread { event, node, .. } if event == unread && node.contains("new")),
            "{refused}"
        );
        let names: Vec<String> = live(&home).into_iter().map(|finding| finding.of).collect();
        assert_eq!(names, ["new"], "who may not start does not count as live");
    }
    // The control: one that reads more, and writes what all of them read.
    let next = another("next", "claim-registered", 2, 1);
    assert!(say(&home, "new", &next.to_string()));
    log.announce("this one").unwrap();
    assert_eq!(live(&home).len(), 2);
    assert_eq!(log.unread(FactKind::ClaimRegistered), None);
}

#[test]
fn the_bucket_takes_so_many_nodes_of_so_many_bytes_and_is_refused_where_it_is_not_so() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    init(&home, 1, ledger).unwrap();
    assert!(!say(&home, "large", &"x".repeat(16 * 1024 + 1)));
    let node = another("many", "claim-registered", 1, 1).to_string();
    for number in 0..64 {
        assert!(say(&home, &format!("n{number}"), &node));
    }
    assert!(!say(&home, "n64", &node), "there are 64");
    assert!(say(&home, "n63", &node), "each may say so again");
    assert_eq!(live(&home).len(), 64);
    let log = JetStreamLog::open(&home).unwrap();
    assert!(log.announce("one too many").is_err());

    by_hand(&home, async |context| {
        let stream = context.get_stream("KV_netgain-nodes").await.unwrap();
        let mut config = stream.cached_info().config.clone();
        config.max_age = Duration::from_hours(1);
        context.update_stream(config).await.unwrap();
    });
    let refused = JetStreamLog::open(&home).unwrap_err();
    assert!(matches!(refused, HomeError::NoNodes { .. }), "{refused}");
    let found = check(&home, None).unwrap();
    let set_up = found
        .iter()
        .find(|finding| finding.of == "KV_netgain-nodes" && finding.matter == "set up");
    assert!(
        matches!(&set_up.unwrap().verdict, Verdict::Wrong(how) if how.contains("cluster init"))
    );
    init(&home, 1, ledger).unwrap();
    assert!(JetStreamLog::open(&home).is_ok());
}

#[test]
fn the_deployed_writer_may_say_who_it_is_and_a_reader_may_not() {
    let Some(servers) = Deployed::start() else {
        return;
    };
    init(&servers.home("administrator"), 1, ledger).unwrap();
    let [writer, reader] = ["writer", "reader"].map(|user| {
        let home = servers.home(user);
        (JetStreamLog::open(&home).unwrap(), home)
    });
    writer.0.announce("writer").unwrap();
    let refused = reader.0.announce("reader").unwrap_err();
    let why = std::error::Error::source(&refused).unwrap().to_string();
    assert!(
        why.to_lowercase().contains("permissions violation"),
        "{why}"
    );
    for (_, home) in [&writer, &reader] {
        let names: Vec<String> = live(home).into_iter().map(|finding| finding.of).collect();
        assert_eq!(names, ["writer"]);
    }
}

//! Against real servers, which each test starts for itself: each on free ports, with a folder of its own that
//! goes with the test. Where there is no server to be had, the tests say "not run".

#![expect(
    clippy::print_stdout,
    reason = "that a test was not run is to be said, and how long writing stood still"
)]

mod batches;
mod checking;
mod damage;
mod deployed;
mod following;
mod home;
mod keeping;
mod leading;
mod lost_answers;
mod lost_servers;
mod nodes;
mod rights;
mod seals;
mod servers;
mod several_writers;
mod shards;

use std::sync::Arc;

use async_nats::jetstream::stream::Config;
use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Cursor, Lineage, Log, LogRead, Ticket, durable};

use crate::{Home, JetStreamLog, init};

fn ledger() -> LedgerId {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

fn org(code: &str) -> OrgId {
    code.parse().unwrap()
}

/// What the event at that position says.
fn line(position: u64, who: &str) -> Vec<u8> {
    format!("{{\"position\":{position},\"by\":\"{who}\"}}\n").into_bytes()
}

/// Opens a ledger that is made first.
fn open(home: &Home, shards: u32) -> JetStreamLog {
    init(home, shards, ledger).unwrap();
    JetStreamLog::open(home).unwrap()
}

/// Changes the first stream's configuration, or makes it, as an administrator could.
fn change(home: &Home, change: impl FnOnce(&mut Config)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(&home.servers).await.unwrap();
        let context = async_nats::jetstream::new(client);
        let mut config = match context.get_stream("netgain-0").await {
            Ok(stream) => stream.cached_info().config.clone(),
            Err(_) => Config {
                name: "netgain-0".into(),
                subjects: vec!["netgain.0.*".into()],
                ..Config::default()
            },
        };
        change(&mut config);
        context.create_or_update_stream(config).await.unwrap();
    });
}

/// Appends one event.
fn append(log: &JetStreamLog, code: &str, position: u64, who: &str, in_: &Arc<Lineage>) -> Ticket {
    let lines = line(position, who);
    let commit = Commit {
        org: &org(code),
        first: Position::new(position),
        events: 1,
        lines: &lines,
    };
    log.append_in(commit, in_).unwrap()
}

/// Waits for a ticket and says whether what it stands for was written.
fn is_written(log: &JetStreamLog, ticket: Ticket, lineage: &Lineage) -> bool {
    block_on(durable(log, ticket)).unwrap();
    !lineage.has_displaced(ticket)
}

/// The lines of one organisation.
fn lines(log: &impl LogRead, code: &str) -> String {
    let mut all = Vec::new();
    let mut next = 1;
    log.read(&Cursor::default(), Some(&org(code)), &mut |commit| {
        assert_eq!(commit.first.get(), next, "positions have no gaps");
        next += u64::from(commit.events);
        all.extend_from_slice(commit.lines);
    })
    .unwrap();
    String::from_utf8(all).unwrap()
}

//! A server that leads a stream and hears nobody.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use netgain_ledger::log::Log as _;

use crate::connection::Connection;
use crate::init::info;
use crate::tests::deployed::Deployed;
use crate::tests::{append, is_written, ledger, line, lines};
use crate::{JetStreamLog, init, jetstream_log};

const CODE: &str = "E07000082";

/// How long it is left alone: it goes on leading for at least twice that.
const ALONE: Duration = Duration::from_secs(4);

/// How long until it hears the others again, or they have chosen another and that is known.
const AGAIN: Duration = Duration::from_secs(30);

#[test]
fn what_it_says_of_an_organisation_is_not_taken_for_all_there_is() {
    let Some(servers) = Deployed::start() else {
        return;
    };
    let writer = servers.home("writer");
    init(&servers.home("administrator"), 1, ledger).unwrap();
    let asking = writer.clone();
    let info = jetstream_log::wait_for(async move {
        let context = Connection::open(&asking).await?.context;
        info(&context, "netgain-0").await
    });
    let cluster = info.unwrap().unwrap().cluster.unwrap();
    let leader: usize = cluster.leader.unwrap()[1..].parse().unwrap();
    let log = Arc::new(JetStreamLog::open(&servers.home_at(leader, "writer")).unwrap());
    let lineage = Arc::default();
    let ticket = append(&log, CODE, 1, "writer", &lineage);
    assert!(is_written(&log, ticket, &lineage));
    let begun = Instant::now();
    assert_eq!(lines(&*log, CODE).into_bytes(), line(1, "writer"));
    println!("one organisation was read in {:?}", begun.elapsed());

    let others: Vec<usize> = (0..3).filter(|number| *number != leader).collect();
    for other in &others {
        servers.pause(*other, true);
    }
    let (sender, read) = channel();
    let reading = Arc::clone(&log);
    let thread = thread::spawn(move || sender.send(lines(&*reading, CODE)));
    assert_eq!(read.recv_timeout(ALONE), Err(RecvTimeoutError::Timeout));
    // It does answer: what it has itself.
    assert_eq!(log.behind(&log.durable_end()).unwrap(), 0);

    for other in others {
        servers.pause(other, false);
    }
    let all = read.recv_timeout(AGAIN).unwrap();
    assert_eq!(all.into_bytes(), line(1, "writer"));
    thread.join().unwrap().unwrap();
}

//! Three servers, and one of them lost in the middle of writing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use netgain_ledger::log::Lineage;

use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, is_written, ledger, line, lines};
use crate::{Home, JetStreamLog, Reader, init};

/// How long a cluster may take until it has agreed on who leads, after a start or a loss.
const ELECTION_TIME_MAX: Duration = Duration::from_secs(30);

/// How many write at the same time, each its own organisation.
const WRITERS: u64 = 64;

/// Makes the ledger, as soon as the servers have found each other.
fn open_soon(home: &Home) -> JetStreamLog {
    let by = Instant::now() + ELECTION_TIME_MAX;
    loop {
        match init(home, 1, ledger) {
            Ok(_) => return JetStreamLog::open(home).unwrap(),
            Err(error) => assert!(Instant::now() < by, "{error:?}"),
        }
        thread::sleep(Duration::from_millis(200));
    }
}

/// Which server leads the stream.
fn leader(home: &Home) -> usize {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(home.servers.split(',').collect::<Vec<_>>())
            .await
            .unwrap();
        let context = async_nats::jetstream::new(client);
        let stream = context.get_stream("netgain-0").await.unwrap();
        let leader = stream
            .cached_info()
            .cluster
            .clone()
            .unwrap()
            .leader
            .unwrap();
        leader.trim_start_matches('n').parse().unwrap()
    })
}

fn code(writer: u64) -> String {
    format!("ORG-{writer}")
}

/// Kills a server while many write, starts it again, and looks for each acknowledged commit afterwards.
fn lose(is_leader: bool) {
    let Some(mut servers) = Servers::start(3) else {
        return;
    };
    let home = servers.home();
    let log = open_soon(&home);
    let stop = AtomicBool::new(false);
    let begun = Instant::now();
    let (acknowledged, stalls, killed) = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (log, stop) = (&log, &stop);
                scope.spawn(move || {
                    let (code, lineage) = (code(writer), Arc::new(Lineage::default()));
                    let (mut position, mut longest, mut at) = (0, Duration::ZERO, Instant::now());
                    while !stop.load(Ordering::Relaxed) {
                        position += 1;
                        let sent = Instant::now();
                        let ticket = append(log, &code, position, "x", &lineage);
                        assert!(
                            is_written(log, ticket, &lineage),
                            "nobody else writes {code}"
                        );
                        if sent.elapsed() > longest {
                            (longest, at) = (sent.elapsed(), Instant::now());
                        }
                    }
                    (position, longest, at)
                })
            })
            .collect();
        thread::sleep(Duration::from_secs(2));
        let leader = leader(&home);
        let lost = if is_leader { leader } else { (leader + 1) % 3 };
        servers.kill(lost);
        let killed = Instant::now();
        thread::sleep(Duration::from_secs(3));
        servers.run(lost);
        // All of them get on again.
        thread::sleep(Duration::from_secs(12));
        stop.store(true, Ordering::Relaxed);
        let done: Vec<_> = writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .collect();
        let counts: BTreeMap<u64, u64> = (0..).zip(done.iter().map(|(count, ..)| *count)).collect();
        let longest = done
            .iter()
            .map(|(_, longest, at)| (*longest, *at))
            .max()
            .unwrap();
        (counts, longest, killed)
    });
    let total: u64 = acknowledged.values().sum();
    println!(
        "leader lost: {is_leader}; {total} acknowledged in {:?}; longest wait {:?}, over {:?} after the kill; {:?}",
        begun.elapsed(),
        stalls.0,
        stalls.1.saturating_duration_since(killed),
        log.stats()
    );
    assert!(
        log.stats().batches < total / 2,
        "most went together with others"
    );
    let reader = Reader::open(&home).unwrap();
    for (writer, count) in acknowledged {
        let expected: Vec<u8> = (1..=count)
            .flat_map(|position| line(position, "x"))
            .collect();
        let found = lines(&reader, &code(writer)).into_bytes();
        assert!(
            found == expected,
            "writer {writer}: all {count} once and in order"
        );
        assert!(count > 0);
    }
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_the_leader_is_killed() {
    lose(true);
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_a_follower_is_killed() {
    lose(false);
}

//! A server that keeps the log is killed in the middle of everybody's work: its leader, and one that follows.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use netgain_tests::examples::STROUD;
use netgain_tests::program::Program;

use super::nodes::{Cluster, PATH, Told, cluster, missing, record, wrong};

const WRITERS: usize = 64;

/// How many each writer has to get recorded.
const COMMANDS: usize = 24;

/// After how many acknowledgements the server is killed.
const KILLED_AFTER: usize = 300;

/// By when everybody goes on: an election takes up to 9 s, and a server that is gone is noticed before it.
const RESUMED_WITHIN: Duration = Duration::from_secs(40);

/// Which server leads the ledger's stream, as `cluster check` says.
fn leader(reader: &Program) -> usize {
    let said = reader.json("cluster check");
    let findings = said["findings"].as_array().unwrap();
    let leads = findings
        .iter()
        .find(|finding| finding["matter"] == "leader");
    let name = leads.expect("a leader")["found"].as_str().unwrap();
    name.strip_prefix('n').unwrap().parse().unwrap()
}

/// Lets everybody write while one server is killed; says how long nothing was acknowledged.
fn killed_under_load(cluster: &Cluster, victim: usize) -> (Told, Duration) {
    let acknowledged = AtomicUsize::new(0);
    let last = Mutex::new((Instant::now(), Duration::ZERO));
    let write = |writer: usize| {
        let mut at = writer % cluster.nodes.len();
        let mut told = Told::new();
        for number in 0..COMMANDS {
            let reference = format!("W{writer}-{number}");
            let position = record(&cluster.nodes, &mut at, &reference);
            told.insert(reference, position);
            {
                let mut last = last.lock().unwrap();
                let gap = last.0.elapsed();
                *last = (Instant::now(), gap.max(last.1));
            }
            if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == KILLED_AFTER {
                cluster.servers.lock().unwrap().kill(victim);
            }
        }
        told
    };
    let told = thread::scope(|scope| {
        let start = |writer| {
            let write = &write;
            scope.spawn(move || write(writer))
        };
        let writers: Vec<_> = (0..WRITERS).map(start).collect();
        let told = writers.into_iter().map(|writer| writer.join().unwrap());
        told.flatten().collect()
    });
    (told, last.into_inner().unwrap().1)
}

/// One server of three is killed, the one that is so far from the leader, and comes back.
fn a_server_is_killed(what: &str, from_the_leader: usize) {
    let Some(cluster) = cluster(3, 3, &[("ann", "recorder"), ("eve", "auditor")]) else {
        return;
    };
    let victim = (leader(&cluster.reader) + from_the_leader) % 3;
    let (told, stall) = killed_under_load(&cluster, victim);
    println!("{what} was killed: nothing was acknowledged for {stall:?}");
    assert!(stall < RESUMED_WITHIN, "{stall:?}");
    cluster.servers.lock().unwrap().start_again(victim);
    let events = cluster.reader.events(STROUD);
    assert_eq!(wrong(&events), Vec::<String>::new());
    assert_eq!(events.len(), 1 + WRITERS * COMMANDS);
    assert_eq!(missing(&told, &events), 0);
    for node in &cluster.nodes {
        let path = format!("{PATH}/totals/2010-11?at_least={}", events.len());
        let totals = node.as_person("eve").get(&path).of_status(200).json();
        assert_eq!(totals, cluster.reader.totals_now(STROUD, "2010/11"));
    }
    // An acknowledgement that is lost is found out by the same questions.
    let mut lost = events;
    lost.remove(lost.len() / 2);
    assert!(missing(&told, &lost) > 0 && !wrong(&lost).is_empty());
}

#[test]
fn the_leader_killed_under_64_writers_loses_and_doubles_nothing_and_they_go_on() {
    a_server_is_killed("the leader", 0);
}

#[test]
fn a_follower_killed_under_64_writers_loses_and_doubles_nothing_and_they_go_on() {
    a_server_is_killed("a follower", 1);
}

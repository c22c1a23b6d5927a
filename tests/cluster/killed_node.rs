//! A node is killed in the middle of everybody's work.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use netgain_events::financial_year::FinancialYear;
use netgain_tests::examples::STROUD;
use netgain_tests::program::RECORDER;
use netgain_tests::reference;
use netgain_tests::service::Service;

use super::nodes::{PATH, Told, cluster, missing, record, wrong};

const WRITERS: usize = 64;

/// How many each writer has to get recorded.
const COMMANDS: usize = 12;

/// After how many acknowledgements the node is killed.
const KILLED_AFTER: usize = 300;

#[test]
fn a_node_killed_under_64_writers_loses_and_doubles_nothing() {
    let Some(cluster) = cluster(3, 3, &[("ann", "recorder"), ("eve", "auditor")]) else {
        return;
    };
    let acknowledged = AtomicUsize::new(0);
    let write = |writer: usize| {
        let mut at = writer % cluster.nodes.len();
        let mut told = Told::new();
        for number in 0..COMMANDS {
            let reference = format!("W{writer}-{number}");
            let position = record(&cluster.nodes, &mut at, &reference);
            told.insert(reference, position);
            if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == KILLED_AFTER {
                cluster.nodes[0].kill_now();
            }
        }
        told
    };
    let told: Told = thread::scope(|scope| {
        let start = |writer| {
            let write = &write;
            scope.spawn(move || write(writer))
        };
        let writers: Vec<_> = (0..WRITERS).map(start).collect();
        let told = writers.into_iter().map(|writer| writer.join().unwrap());
        told.flatten().collect()
    });
    assert_eq!(told.len(), WRITERS * COMMANDS);
    let events = cluster.reader.events(STROUD);
    assert_eq!(wrong(&events), Vec::<String>::new());
    assert_eq!(events.len(), 1 + WRITERS * COMMANDS);
    assert_eq!(missing(&told, &events), 0);

    // The killed one comes back on what it kept, and every node has the figures of the rules written a second time.
    let mut nodes = cluster.nodes.into_iter();
    let killed = nodes.next().expect("three nodes").kill();
    let nodes: Vec<Service> = nodes.chain([Service::start(killed)]).collect();
    let year: FinancialYear = "2010/11".parse().unwrap();
    let expected = reference::totals(&events, year, RECORDER);
    for node in &nodes {
        let path = format!("{PATH}/totals/2010-11?at_least={}", events.len());
        let totals = node.as_person("eve").get(&path).of_status(200).json();
        for part in ["claimed", "validated", "assured", "claims"] {
            assert_eq!(totals[part], expected[part], "{part}");
        }
    }

    // An acknowledgement that is lost is found out by the same questions.
    let mut lost = events;
    lost.remove(lost.len() / 2);
    assert!(missing(&told, &lost) > 0 && !wrong(&lost).is_empty());
}

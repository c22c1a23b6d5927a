//! Many write one organisation's history at two nodes at once.

use std::thread;

use netgain_tests::examples::{STROUD, claim};

use super::nodes::{PATH, cluster, figure, timed, wrong};

const WRITERS: usize = 50;

const COMMANDS: usize = 40;

#[test]
fn fifty_writers_at_each_of_two_nodes_all_get_on_without_a_gap_and_each_once() {
    let Some(cluster) = cluster(3, 2, &[("ann", "recorder")]) else {
        return;
    };
    let write = |node: usize, writer: usize| {
        let mut ann = cluster.nodes[node].as_person("ann");
        let mut longest = std::time::Duration::ZERO;
        for number in 0..COMMANDS {
            let reference = format!("N{node}-{writer}-{number}");
            let path = format!("{PATH}/commands");
            let (answer, took) = timed(|| ann.post(&path, &claim(&reference)));
            let _ = answer.of_status(201);
            longest = longest.max(took);
        }
        longest
    };
    let (longest, took) = timed(|| {
        thread::scope(|scope| {
            let start = |number| {
                let write = &write;
                scope.spawn(move || write(number % 2, number / 2))
            };
            let writers: Vec<_> = (0..2 * WRITERS).map(start).collect();
            let longest = writers.into_iter().map(|writer| writer.join().unwrap());
            longest.max().unwrap()
        })
    });
    let events = cluster.reader.events(STROUD);
    assert_eq!(wrong(&events), Vec::<String>::new());
    assert_eq!(events.len(), 1 + 2 * WRITERS * COMMANDS);
    let conflicts = |name: &str| {
        let all = cluster.nodes.iter().map(|node| figure(node, name));
        all.sum::<u64>()
    };
    // The figures are told once a second.
    thread::sleep(std::time::Duration::from_millis(1_500));
    let displacements = conflicts("netgain_log_displacements_total");
    let again = conflicts("netgain_decided_again_total");
    println!(
        "{} commands at two nodes in {took:?}: {displacements} conflicts, {again} decisions made again, \
         the longest answer took {longest:?}",
        2 * WRITERS * COMMANDS
    );
    assert!(
        displacements > 0 && again > 0,
        "nobody was ever in another's way"
    );

    // A history in which one is lost, or there twice, is found out by the same questions.
    let mut gap = events.clone();
    gap.remove(events.len() / 2);
    assert!(!wrong(&gap).is_empty());
    let mut twice = events;
    let last = twice.len() - 1;
    twice[last]["claim"] = twice[last - 1]["claim"].clone();
    assert!(!wrong(&twice).is_empty());
}

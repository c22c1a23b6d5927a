//! A node stands still while another goes on: what it then finishes is decided again.

use std::thread;
use std::time::Duration;

use netgain_tests::examples::{STROUD, claim};

use super::nodes::{PATH, cluster, wrong};

/// Longer than the servers take to miss a client.
const PAUSED: Duration = Duration::from_secs(10);

#[test]
fn a_node_that_stood_still_decides_again_what_others_were_ahead_of() {
    let Some(cluster) = cluster(3, 2, &[("ann", "recorder")]) else {
        return;
    };
    let [stopped, other] = &cluster.nodes[..] else {
        panic!("two nodes");
    };
    let commands = format!("{PATH}/commands");
    let send = |node: &netgain_tests::service::Service, reference: &str| {
        node.as_person("ann").post(&commands, &claim(reference))
    };
    // Both know the history.
    let _ = send(stopped, "A").of_status(201);
    let _ = send(other, "B").of_status(201);
    stopped.pause();
    thread::scope(|scope| {
        // Whoever asks it is answered when it goes on, and then by what the other has recorded.
        let late = scope.spawn(|| send(stopped, "C"));
        let same = scope.spawn(|| send(stopped, "D0"));
        for number in 0..5 {
            let _ = send(other, &format!("D{number}")).of_status(201);
        }
        thread::sleep(PAUSED);
        stopped.resume();
        let late = late.join().unwrap().of_status(201);
        assert_eq!(late.json()[0]["position"], 9);
        let same = same.join().unwrap().of_status(422);
        assert_eq!(same.json()["code"], "claim-exists");
    });
    let events = cluster.reader.events(STROUD);
    assert_eq!(wrong(&events), Vec::<String>::new());
    assert_eq!(events.len(), 9);
}

//! A client may talk to any node.

use std::time::{Duration, Instant};

use netgain_tests::examples::{STROUD, claim};
use netgain_tests::service::{grant, person, wait_until};
use serde_json::json;

use super::nodes::{PATH, cluster, figure, timed};

/// Within what time a change at one node is to be told by another.
const SOON: Duration = Duration::from_secs(1);

#[test]
fn what_one_node_recorded_every_node_reads_by_its_position() {
    let people = [("ann", "recorder"), ("eve", "auditor")];
    let Some(cluster) = cluster(3, 3, &people) else {
        return;
    };
    let commands = format!("{PATH}/commands");
    for number in 0..30 {
        let (write, read) = (number % 3, (number + 1) % 3);
        let mut ann = cluster.nodes[write].as_person("ann");
        let recorded = ann.post(&commands, &claim(&format!("C{number}")));
        let position = recorded.of_status(201).json()[0]["position"].clone();
        assert_eq!(position, number + 2);
        let mut eve = cluster.nodes[read].as_person("eve");
        let path = format!("{PATH}/claims/C{number}?at_least={position}");
        assert_eq!(
            eve.get(&path).of_status(200).json()["claim"],
            format!("C{number}")
        );
    }
    // One that nobody has is not waited for without end.
    let mut eve = cluster.nodes[0].as_person("eve");
    let (answer, took) = timed(|| eve.get(&format!("{PATH}/totals/2010-11?at_least=99")));
    let answer = answer.of_status(503);
    assert_eq!(answer.json()["code"], "not-there-yet");
    assert!(answer.header("retry-after").is_some());
    assert!((Duration::from_secs(4)..Duration::from_secs(20)).contains(&took));
    let bad = eve.get(&format!("{PATH}/totals/2010-11?at_least=x"));
    assert_eq!(bad.of_status(400).json()["code"], "bad-position");
    // Whoever may not read it is not told how far it is.
    let mut stranger = cluster.nodes[0].stranger();
    let (refused, took) = timed(|| stranger.get(&format!("{PATH}/totals/2010-11?at_least=99")));
    let _ = refused.of_status(401);
    assert!(took < Duration::from_secs(4));
    for node in &cluster.nodes {
        let ready = node.stranger().get("/readyz").of_status(200).json();
        assert_eq!(
            (&ready["log_answers"], &ready["ready"]),
            (&json!(true), &json!(true))
        );
        assert!(figure(node, "netgain_log_answers") == 1);
    }
    // Totals are the same everywhere, and in the program beside them.
    let net = cluster.reader.totals_now(STROUD, "2010/11");
    for node in &cluster.nodes {
        let totals = node
            .as_person("eve")
            .get(&format!("{PATH}/totals/2010-11?at_least=31"));
        assert_eq!(totals.of_status(200).json(), net);
    }
}

#[test]
fn live_totals_of_one_node_show_what_another_records() {
    let people = [("ann", "recorder"), ("eve", "auditor")];
    let Some(cluster) = cluster(3, 2, &people) else {
        return;
    };
    let (_, stream) = cluster.nodes[1]
        .as_person("eve")
        .stream(&format!("{PATH}/live/2010-11"), &[]);
    let stream = stream.expect("a stream");
    let first = stream.next_within(SOON * 10).expect("the totals at once");
    assert_eq!(first.json()["position"], 1);
    let mut ann = cluster.nodes[0].as_person("ann");
    let mut took = Vec::new();
    for number in 0_u64..20 {
        let claim = claim(&format!("C{number}"));
        let _ = ann.post(&format!("{PATH}/commands"), &claim).of_status(201);
        let acknowledged = Instant::now();
        let told = stream.next_within(SOON).expect("a change that is told");
        took.push(acknowledged.elapsed());
        assert_eq!(told.json()["position"], number + 2);
    }
    took.sort();
    println!(
        "from an acknowledgement at one node to the totals at another: median {:?}, longest {:?}",
        took[took.len() / 2],
        took[took.len() - 1]
    );
}

#[test]
fn a_request_sent_again_to_another_node_is_answered_as_at_the_first() {
    let Some(cluster) = cluster(1, 2, &[("ann", "recorder")]) else {
        return;
    };
    let commands = format!("{PATH}/commands");
    let send = |node: usize, key: &str, reference: &str| {
        let headers = [("idempotency-key", key)];
        cluster.nodes[node].as_person("ann").send_json(
            "POST",
            &commands,
            &headers,
            &claim(reference),
        )
    };
    // The other is asked at once, before it may have heard of the first.
    for number in 0..20 {
        let (key, reference) = (format!("K{number}"), format!("C{number}"));
        let first = send(0, &key, &reference).of_status(201);
        let again = send(1, &key, &reference).of_status(201);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(first.json(), again.json());
        let other = send(1, &key, "other").of_status(422);
        assert_eq!(other.json()["code"], "command-id-reused");
        // A refusal is of the newest history too.
        let twice = send(1, &format!("L{number}"), &reference);
        assert_eq!(twice.json()["code"], "claim-exists");
    }
    assert_eq!(cluster.reader.events(STROUD).len(), 21);
}

#[test]
fn a_grant_and_its_end_recorded_elsewhere_hold_at_a_node_that_runs() {
    let Some(cluster) = cluster(1, 1, &[("ann", "recorder")]) else {
        return;
    };
    let node = &cluster.nodes[0];
    let mut bea = node.as_person("bea");
    let commands = format!("{PATH}/commands");
    let _ = bea.post(&commands, &claim("A")).of_status(401);
    cluster.reader.accepts(&person("bea", &[]));
    cluster.reader.accepts(&[grant("bea", "recorder", STROUD)]);
    let status = |answer: &u16| *answer != 401 && *answer != 403;
    wait_until(
        "the grant",
        || bea.post(&commands, &claim("A")).status,
        status,
    );
    assert_eq!(cluster.reader.events(STROUD).len(), 2);
    let end = json!({
        "type": "revoke-role", "org": "_SYSTEM", "person": "bea", "role": "recorder", "of": STROUD,
        "reason": "moved",
    });
    cluster.reader.accepts(&[end]);
    wait_until(
        "its end",
        || bea.post(&commands, &claim("B")).status,
        |status| *status == 403,
    );
}

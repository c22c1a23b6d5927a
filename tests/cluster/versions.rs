//! A node of another version on the same ledger: an upgrade goes node by node.

use netgain_events::fact::FactKind;
use netgain_tests::examples::{STROUD, claim};
use netgain_tests::program::{Program, run};
use netgain_tests::service::{Service, wait_until};
use serde_json::{Map, Value, json};

use super::nodes::{Cluster, PATH, cluster};

/// Where a node of another version says who it is.
const KEY: &str = "$KV.netgain-nodes.other";

/// What a node says of itself that knows what this version does, but registers claims in that version.
fn another(version: u32) -> String {
    let types = FactKind::ALL.iter().map(|kind| kind.event_type());
    let mut known: Map<String, Value> = types.map(|event| (event.into(), json!(1))).collect();
    known["claim-registered"] = json!(version);
    let other =
        json!({ "node": "the other one", "program": "9.9.9", "reads": known, "writes": known });
    other.to_string()
}

fn say(cluster: &Cluster, what: &str) {
    let servers = cluster.servers.lock().unwrap();
    let answer = servers.ask(KEY, what);
    assert!(answer.contains("\"seq\""), "{answer}");
}

/// The nodes that `cluster check` shows, with what to think of each.
fn live(program: &Program) -> Vec<(String, String)> {
    let found = program.json("cluster check");
    let rows = found["findings"].as_array().unwrap().iter();
    let nodes = rows.filter(|row| row["matter"] == "live node");
    let mut nodes: Vec<_> = nodes
        .map(|row| (row["of"].to_string(), row["verdict"].to_string()))
        .collect();
    nodes.sort();
    nodes
}

#[test]
fn what_an_older_node_does_not_read_waits_for_its_upgrade_and_a_node_that_is_too_old_does_not_start()
 {
    let people = [("ann", "recorder"), ("sig", "signatory")];
    let Some(mut cluster) = cluster(1, 2, &people) else {
        return;
    };
    let commands = format!("{PATH}/commands");
    assert_eq!(live(&cluster.reader).len(), 2);
    let mut ann = cluster.nodes[0].as_person("ann");
    let _ = ann.post(&commands, &claim("before")).of_status(201);

    // One of an older version: what it does not read is not recorded, by nodes and by calls.
    say(&cluster, &another(0));
    wait_until(
        "claims wait",
        || ann.post(&commands, &claim("before")).status,
        |status| *status == 503,
    );
    let answer = ann.post(&commands, &claim("waits")).of_status(503);
    assert!(answer.header("retry-after").is_some());
    let problem = answer.json();
    assert_eq!(problem["code"], "unread-event");
    let why = problem["detail"].as_str().unwrap();
    assert!(
        why.contains("the other one (netgain 9.9.9)") && why.contains("upgrade"),
        "{why}"
    );
    let recorded = cluster.reader.record(&[claim("waits")]);
    assert_eq!(recorded.status, 3, "{recorded:#?}");
    assert_eq!(recorded.answers[0]["fault"]["code"], "unread-event");
    assert!(recorded.stderr.contains("send them again"), "{recorded:#?}");
    let baseline = json!({ "type": "set-baseline", "year": "2007/08", "amount": "1000" });
    let mut sig = cluster.nodes[1].as_person("sig");
    let _ = sig.post(&commands, &baseline).of_status(201);
    let shown = live(&cluster.reader);
    assert_eq!(shown.len(), 3);
    let right = shown.iter().filter(|(_, verdict)| verdict == "\"right\"");
    assert_eq!(right.count(), 2, "{shown:?}");

    // Once it is gone, it is recorded.
    say(&cluster, "");
    let status = wait_until(
        "claims are recorded",
        || ann.post(&commands, &claim("waits")).status,
        |status| *status != 503,
    );
    assert_eq!(status, 201);
    assert_eq!(cluster.reader.events(STROUD).len(), 4);

    // One of a newer version: who does not read what it writes does not start. The others go on.
    say(&cluster, &another(2));
    let stopped = cluster.nodes.pop().unwrap();
    let (program, _) = stopped.stop();
    let refused = run(program.command(["serve", "--listen", "127.0.0.1:0"]), b"");
    refused.fails(
        1,
        &["the other one (netgain 9.9.9) writes claim-registered in version 2"],
    );
    let _ = ann.post(&commands, &claim("goes-on")).of_status(201);
    let names: Vec<String> = live(&cluster.reader)
        .into_iter()
        .map(|(of, _)| of)
        .collect();
    assert_eq!(names.len(), 2, "who has stopped has said so: {names:?}");
    // The control: it starts once that one is gone.
    say(&cluster, "");
    let again = Service::start(program);
    assert_eq!(live(&cluster.reader).len(), 2);
    drop(again);
}

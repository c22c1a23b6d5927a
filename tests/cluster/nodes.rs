//! Nodes on one ledger, and what the tests ask of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::servers::Servers;
use netgain_tests::service::{Service, person};
use serde_json::Value;

/// Where one's organisation is.
pub(super) const PATH: &str = "/api/v1/organisations/E07000082";

/// A cluster of servers and nodes.
pub(super) struct Cluster {
    pub(super) nodes: Vec<Service>,
    /// A reader with no part in it.
    pub(super) reader: Program,
    pub(super) servers: Mutex<Servers>,
}

/// What was acknowledged: the position of each claim.
pub(super) type Told = BTreeMap<String, u64>;

/// That many servers, and that many nodes on them, whose ledger has Stroud and the people. Nothing where there is
/// no server to start.
pub(super) fn cluster(servers: usize, nodes: usize, people: &[(&str, &str)]) -> Option<Cluster> {
    let servers = Servers::start(servers)?;
    let reader = Program::on(&servers);
    let made = reader.run("cluster init");
    assert_eq!(made.status, 0, "{made:#?}");
    reader.accepts(&[stroud()]);
    let people: Vec<Value> = people
        .iter()
        .flat_map(|(id, role)| person(id, &[(role, STROUD)]))
        .collect();
    reader.accepts(&people);
    let nodes = (0..nodes).map(|_| Service::start(Program::on(&servers)));
    Some(Cluster {
        nodes: nodes.collect(),
        reader,
        servers: Mutex::new(servers),
    })
}

/// A figure of a node's for Prometheus.
pub(super) fn figure(node: &Service, name: &str) -> u64 {
    let mut client = netgain_tests::service::Client::new(node.metrics_address());
    let text = client.get("/metrics").text();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap_or_else(|| panic!("{name} is not in {text}"));
    number.trim().parse().expect("a whole number")
}

/// What is wrong with a history as positions go: they must be 1, 2, 3 …, and no claim may be there twice.
pub(super) fn wrong(events: &[Value]) -> Vec<String> {
    let mut claims = BTreeSet::new();
    let mut wrong = Vec::new();
    for (event, position) in events.iter().zip(1_u64..) {
        if event["position"] != position {
            wrong.push(format!("{} stands at {position}", event["position"]));
        }
        if event["type"] == "claim-registered" && !claims.insert(event["claim"].to_string()) {
            wrong.push(format!("{} is there twice", event["claim"]));
        }
    }
    wrong
}

/// Records one claim as ann at a node, and at the next one where that does not answer, under the same key.
pub(super) fn record(nodes: &[Service], at: &mut usize, reference: &str) -> u64 {
    let body = claim(reference).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", reference),
    ];
    loop {
        let mut ann = nodes[*at].as_person("ann");
        let path = format!("{PATH}/commands");
        let answer = ann.try_send("POST", &path, &headers, Some(body.as_bytes()));
        match answer {
            Ok(answer) if answer.status == 201 => {
                return answer.json()[0]["position"].as_u64().unwrap();
            }
            Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
            Err(_) => *at = (*at + 1) % nodes.len(),
        }
    }
}

/// What was acknowledged and is not where it was said to be.
pub(super) fn missing(told: &Told, events: &[Value]) -> usize {
    let is_there = |(claim, position): (&String, &u64)| {
        let index = usize::try_from(position - 1).unwrap();
        events
            .get(index)
            .is_some_and(|event| event["claim"] == **claim)
    };
    told.iter().filter(|one| !is_there(*one)).count()
}

/// How long something took.
pub(super) fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (what(), begun.elapsed())
}

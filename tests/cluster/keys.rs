//! The key that signs, replaced on a cluster node by node.

use std::fs;

use netgain_tests::program::Program;
use netgain_tests::servers::Servers;
use netgain_tests::service::{Service, wait_until};

use super::moving::{bring_key, newest, sealing, size};
use super::nodes::record;

/// What a rotation says is to be brought to the other nodes.
const BROUGHT: [&str; 3] = ["signing-key", "retiring-key", "verification-key"];

/// Two nodes that seal with one key, and serve.
fn two_nodes(servers: &Servers) -> [Service; 2] {
    let [one, other] = [sealing(servers), sealing(servers)];
    assert_eq!(one.run("cluster init").status, 0);
    one.accepts(&[netgain_tests::examples::stroud()]);
    one.accepts(&netgain_tests::service::person(
        "ann",
        &[("recorder", netgain_tests::examples::STROUD)],
    ));
    // The first to start makes the key.
    let one = Service::start(one);
    bring_key(one.program(), &other);
    [one, Service::start(other)]
}

/// Records something at a node, and waits until it is in the seals that both have.
fn sealed_by_both(nodes: &[Service; 2], at: usize, reference: &str) {
    let before = size(&newest(nodes[0].program()));
    record(nodes, &mut { at }, reference);
    wait_until(
        "both nodes have what is new in their seals",
        || [&nodes[0], &nodes[1]].map(|node| newest(node.program())),
        |[one, other]| one == other && size(one) > before,
    );
}

/// Stops a node, does something there, and starts it again.
fn meanwhile<T>(node: Service, act: impl FnOnce(&Program) -> T) -> (Service, T) {
    let (program, ended) = node.stop();
    assert_eq!(ended.status, Some(0), "{}", ended.said);
    let done = act(&program);
    (Service::start(program), done)
}

/// Replaces the key; gives the new one.
fn rotate(program: &Program, words: &str) -> String {
    let rotated = program.run(&format!("keys rotate --actor b.head {words}"));
    assert_eq!(rotated.status, 0, "{rotated:#?}");
    for name in BROUGHT {
        assert!(rotated.stderr.contains(name), "{}", rotated.stderr);
    }
    rotated.stdout
}

fn bring_keys(from: &Program, to: &Program) {
    for name in BROUGHT {
        let name = format!("ledger.keys/{name}");
        fs::copy(from.path(&name), to.path(&name)).unwrap();
    }
}

#[test]
fn a_key_is_replaced_node_by_node_while_they_serve() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let [one, other] = two_nodes(&servers);
    let nodes = [one, other];
    sealed_by_both(&nodes, 0, "before");
    // A node that runs has its keys for itself.
    nodes[0]
        .program()
        .run("keys rotate")
        .fails(3, &["is being written by process"]);

    let [one, other] = nodes;
    let (one, key) = meanwhile(one, |program| rotate(program, ""));
    // The one that has the new key signs with both, and takes what the other signs with the old one.
    let nodes = [one, other];
    sealed_by_both(&nodes, 0, "by-either");
    let [one, other] = nodes;
    let (one, _) = meanwhile(one, |_| {
        record(std::slice::from_ref(&other), &mut 0, "alone")
    });
    let nodes = [one, other];
    sealed_by_both(&nodes, 1, "by-either-again");

    // What a node has that was not told of it is no key to replace.
    let [one, other] = nodes;
    let (other, ()) = meanwhile(other, |program| {
        program.run("keys rotate").fails(
            1,
            &["older-key", "was replaced on another node", key.trim_end()],
        );
        bring_keys(one.program(), program);
    });
    let nodes = [one, other];
    sealed_by_both(&nodes, 1, "by-the-new-one");
    for node in &nodes {
        assert_eq!(node.program().run("keys show").stdout, key);
        let verified = node.program().json("verify");
        assert_eq!(verified["ok"], true, "{verified}");
    }
    let trail = nodes[0].program().events("_SYSTEM");
    let of_keys = trail
        .iter()
        .filter(|event| event["type"] == "signing-key-rotated");
    assert_eq!(of_keys.count(), 1);
}

#[test]
fn a_node_without_a_key_that_was_replaced_at_once_does_not_start_until_it_has_it() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let nodes = two_nodes(&servers);
    sealed_by_both(&nodes, 0, "before");
    let before = size(&newest(nodes[0].program()));
    let [one, other] = nodes;
    let (other, ended) = other.stop();
    assert_eq!(ended.status, Some(0), "{}", ended.said);
    let (one, _) = meanwhile(one, |program| rotate(program, "--overlap-days 0"));
    record(std::slice::from_ref(&one), &mut 0, "after");
    wait_until(
        "what is new is sealed by the new key alone",
        || size(&newest(one.program())),
        |size| *size > before,
    );
    other
        .run("serve")
        .fails(3, &["rotated on another node, bring them here"]);
    bring_keys(one.program(), &other);
    sealed_by_both(&[one, Service::start(other)], 1, "with-it");
}

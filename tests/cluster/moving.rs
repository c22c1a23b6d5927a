//! A ledger with what was signed over it, moved from files onto servers and back.

use std::fs;
use std::path::PathBuf;

use netgain_tests::examples::claim;
use netgain_tests::program::Program;
use netgain_tests::servers::Servers;
use netgain_tests::service::{Service, wait_until};
use serde_json::{Value, json};

use super::calls::{by_organisation, in_files};
use super::nodes::record;

/// A node that seals, on servers that let everybody do everything.
pub(super) fn sealing(servers: &Servers) -> Program {
    let node = Program::on(servers);
    let password = node.file("sealer", "unasked-for\n");
    let settings = fs::read_to_string(node.path("netgain/config.toml")).unwrap();
    let settings =
        format!("{settings}seals_user = \"sealer\"\nseals_password_file = \"{password}\"\n");
    let _ = node.file("netgain/config.toml", settings);
    node
}

/// The same with the key of a ledger, and nothing else.
fn sealing_node(servers: &Servers, key_of: &Program) -> Program {
    let node = sealing(servers);
    bring_key(key_of, &node);
    node
}

pub(super) fn bring_key(from: &Program, to: &Program) {
    fs::create_dir(to.path("ledger.keys")).unwrap();
    let key = "ledger.keys/signing-key";
    fs::copy(from.path(key), to.path(key)).unwrap();
}

/// Copies what was signed, as `backup` does.
fn bring_checkpoints(from: &Program, to: &Program) {
    let (from, to) = (checkpoints(from), checkpoints(to));
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

fn checkpoints(of: &Program) -> PathBuf {
    of.data().join("checkpoints")
}

/// The newest checkpoint of a registry.
pub(super) fn newest(of: &Program) -> String {
    fs::read_to_string(checkpoints(of).join("registry.checkpoint")).unwrap_or_default()
}

/// How many checkpoints a registry's own covers.
pub(super) fn size(checkpoint: &str) -> u64 {
    let size = checkpoint.lines().nth(1).unwrap_or("0");
    size.parse().expect("a size")
}

/// The call, with what was signed in that directory.
fn bring_from(program: &Program) -> String {
    let keys = program.path("ledger.keys");
    let checkpoints = checkpoints(program);
    let (checkpoints, keys) = (checkpoints.display(), keys.display());
    format!("cluster bring-seals --checkpoints {checkpoints} --keys {keys}")
}

/// What a registry's checkpoint that somebody kept is continued by.
fn continued(program: &Program, kept: &str) -> (u64, u64) {
    let verified = program.json(&format!("verify --checkpoint {kept}"));
    assert_eq!(verified["ok"], true, "{verified}");
    let size = |name| verified["seals"]["continues"][name].as_u64().unwrap();
    (size("from"), size("to"))
}

/// How many seals are agreed on.
fn agreed(program: &Program) -> Value {
    let found = program.json("cluster check");
    let rows = found["findings"].as_array().unwrap();
    let of_seals = |row: &&Value| row["of"] == "netgain-seals" && row["matter"] == "messages";
    rows.iter().find(of_seals).expect("it is looked at")["found"].clone()
}

#[test]
fn what_was_signed_moves_onto_servers_and_back_with_the_ledger() {
    let Some(servers) = Servers::start(3) else {
        return;
    };
    let files = in_files();
    let history = files.export();
    let kept = files.file("kept", newest(&files));
    let node = sealing_node(&servers, &files);
    bring_checkpoints(&files, &node);
    let source = node.file("history.jsonl", &history);
    let restored = node.run(&format!("restore {source} --shards 2"));
    assert_eq!(restored.status, 0, "{restored:#?}");
    assert!(restored.stderr.contains("cluster bring-seals"));
    let bring = "cluster bring-seals";
    node.run(bring).fails(3, &["netgain cluster init"]);
    assert_eq!(node.run("cluster init --shards 2").status, 0);

    // Of a ledger that has gone on in files, otherwise than on the servers: nothing is brought.
    let other = Program::new();
    fs::create_dir(other.path("ledger.keys")).unwrap();
    bring_checkpoints(&files, &other);
    for name in ["signing-key", "last-signed"] {
        let name = format!("ledger.keys/{name}");
        fs::copy(files.path(&name), other.path(&name)).unwrap();
    }
    let source = other.file("history.jsonl", &history);
    assert_eq!(other.run(&format!("restore {source}")).status, 0);
    other.accepts(&[claim("in-files")]);
    node.run(&bring_from(&other))
        .fails(1, &["not-as-sealed", "Nothing was brought"]);
    node.accepts(&[claim("on-servers")]);
    node.run(&bring_from(&other)).fails(1, &["not-as-sealed"]);
    assert_eq!(agreed(&node), "0, 0 bytes");
    let nothing = Program::new();
    let keyless = format!("{bring} --keys {}", nothing.path("none").display());
    node.run(&keyless).fails(2, &["no signing key"]);
    let unsealed = format!("{bring} --checkpoints {}", nothing.path("none").display());
    node.run(&unsealed).fails(2, &["no checkpoints"]);

    // The control: what was signed of this very history. Once more changes nothing.
    let registered = files.json("verify")["seals"]["registered"].clone();
    for _ in 0..2 {
        assert_eq!(node.json(bring), json!({ "checkpoints": registered }));
    }
    let brought = agreed(&node);
    assert_ne!(brought, "0, 0 bytes");
    // The same history, sealed anew under the same key, is a second registry.
    let anew = Program::new();
    bring_key(&files, &anew);
    let source = anew.file("history.jsonl", &history);
    assert_eq!(anew.run(&format!("restore {source}")).status, 0);
    node.run(&bring_from(&anew)).fails(1, &["other-seals"]);
    assert_eq!(agreed(&node), brought);

    // Nodes go on from there, the one that was brought to and one that has nothing but the key.
    let nodes = [
        Service::start(node),
        Service::start(sealing_node(&servers, &files)),
    ];
    record(&nodes, &mut 0, "recorded-by-a-node");
    let registered = registered.as_u64().unwrap();
    wait_until(
        "both nodes have sealed it",
        || [&nodes[0], &nodes[1]].map(|node| newest(node.program())),
        |[one, other]| one == other && size(one) > registered,
    );
    for node in &nodes {
        let (from, to) = continued(node.program(), &kept);
        assert_eq!(from, registered);
        assert!(to > from);
    }
    let [first, second] = nodes;
    drop(second);
    let (node, ended) = first.stop();
    assert_eq!(ended.status, Some(0), "{}", ended.said);

    // And back: a node's directory and keys are those of a ledger in files.
    let later = node.file("later", newest(&node));
    let history = node.export();
    let back = Program::new();
    bring_checkpoints(&node, &back);
    bring_key(&node, &back);
    let source = back.file("history.jsonl", &history);
    assert_eq!(back.run(&format!("restore {source}")).status, 0);
    assert_eq!(by_organisation(&back.export()), by_organisation(&history));
    back.accepts(&[claim("back-in-files")]);
    for kept in [kept, later] {
        let (from, to) = continued(&back, &kept);
        assert!(from >= registered && to > from);
    }
}

//! The calls of the command line on a log that servers keep, and a ledger moved there and back.

use netgain_tests::examples::{STROUD, claim, organisation, stroud, with};
use netgain_tests::histories::random_history;
use netgain_tests::program::Program;
use netgain_tests::servers::Servers;
use netgain_tests::service::person;
use serde_json::{Value, json};

const TEWKESBURY: &str = "E07000083";

/// A ledger in files, of two organisations and people.
pub(super) fn in_files() -> Program {
    let program = Program::with(&[stroud(), organisation(TEWKESBURY, "Tewkesbury")]);
    for number in 0..20 {
        let reference = format!("C{number}");
        let elsewhere = with(claim(&reference), &json!({ "org": TEWKESBURY }));
        program.accepts(&[claim(&reference), elsewhere]);
    }
    program.accepts(&person("ann", &[("recorder", STROUD)]));
    program
}

/// Each organisation's stored lines in their order: shards come one after another.
pub(super) fn by_organisation(export: &str) -> Vec<String> {
    let mut lines: Vec<String> = export.lines().map(str::to_owned).collect();
    let org_of = |line: &String| -> Value {
        let event: Value = serde_json::from_str(line).unwrap();
        event["org"].clone()
    };
    lines.sort_by_key(|line| org_of(line).to_string());
    lines
}

#[test]
fn a_ledger_moves_onto_servers_with_other_shards_and_back_position_for_position() {
    let (Some(one), Some(several)) = (Servers::start(1), Servers::start(1)) else {
        return;
    };
    let files = in_files();
    let history = files.export();
    let mut last = history.clone();
    for (servers, shards) in [(&one, 1), (&several, 5)] {
        let moved = Program::on(servers);
        let source = moved.file("history.jsonl", &last);
        let restored = moved.run(&format!("restore {source} --shards {shards}"));
        assert_eq!(restored.status, 0, "{restored:#?}");
        last = moved.export();
        assert_eq!(by_organisation(&last), by_organisation(&history));
        for org in [STROUD, TEWKESBURY] {
            assert_eq!(
                moved.totals_now(org, "2010/11"),
                files.totals_now(org, "2010/11")
            );
        }
        let verified = moved.json("verify --org E07000082");
        assert_eq!(verified["ok"], true);
        assert_eq!(verified["position"], 21);
        assert_eq!(verified["events"], history.lines().count());
        // Held to what was sealed where it came from.
        let (sealed, keys) = (files.data().join("checkpoints"), files.path("ledger.keys"));
        let held = format!(
            "verify --checkpoints {} --keys {}",
            sealed.display(),
            keys.display()
        );
        let sealed = moved.json(&held);
        assert_eq!(
            (&sealed["ok"], &sealed["seals"]["organisations"]),
            (&json!(true), &json!(3))
        );
        // What is there is not written over.
        let again = moved.run(&format!("restore {source} --shards {shards}"));
        again.fails(2, &["there is a ledger on these servers already"]);
        assert_eq!(moved.export(), last);
        // And it is gone on with.
        let recorded = moved.record(&[claim("more"), claim("more")]);
        assert_eq!(recorded.codes(), ["-", "claim-exists"]);
        assert_eq!(recorded.answers[0]["position"], 22);
        assert_eq!(moved.events(STROUD).len(), 22);
    }
    // The control: the ledger in files has gone on, and been sealed, otherwise than the one on servers.
    files.accepts(&[claim("other")]);
    let one = Program::on(&one);
    let checkpoint = files.data().join("checkpoints").join("registry.checkpoint");
    for what in [
        format!(
            "--checkpoints {}",
            files.data().join("checkpoints").display()
        ),
        format!("--checkpoint {}", checkpoint.display()),
    ] {
        let keys = files.path("ledger.keys");
        let other = one.run(&format!("verify {what} --keys {}", keys.display()));
        assert_eq!(other.status, 1, "{other:#?}");
    }
    let back = Program::new();
    let source = back.file("history.jsonl", &last);
    let restored = back.run(&format!("restore {source}"));
    assert_eq!(restored.status, 0, "{restored:#?}");
    assert_eq!(by_organisation(&back.export()), by_organisation(&history));
    assert_eq!(back.json("verify")["ok"], true);
}

/// Commands of that many organisations, in turn, as lines; some of the lines are none.
fn of_many_organisations(organisations: u64, commands_each: usize) -> Vec<u8> {
    let histories: Vec<_> = (0..organisations)
        .map(|seed| random_history(seed, commands_each))
        .collect();
    let mut lines = Vec::new();
    for at in 0..commands_each {
        for history in &histories {
            serde_json::to_writer(&mut lines, &history[at]).unwrap();
            lines.push(b'\n');
        }
        lines.extend_from_slice(b"no command\n");
    }
    lines
}

#[test]
fn a_file_of_many_organisations_commands_is_answered_on_servers_as_it_is_in_files() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let (files, node) = (Program::new(), Program::on(&servers));
    assert_eq!(node.run("cluster init").status, 0);
    // More at once than goes from stage to stage, and many of one organisation among them.
    let commands = of_many_organisations(40, 20);
    let (expected, recorded) = (files.record_lines(&commands), node.record_lines(&commands));
    let refused = expected.codes().iter().filter(|code| **code != "-").count();
    assert!((21..400).contains(&refused), "{refused} of 820 are refused");
    assert_eq!(recorded.status, 1, "{}", recorded.stderr);
    assert_eq!(recorded.answers, expected.answers);
}

#[test]
fn what_needs_files_says_so_and_two_ledgers_are_not_named_at_once() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let node = Program::on(&servers);
    // There is no ledger there yet.
    let totals = node.run("totals --org E07000082 --year 2010/11");
    totals.fails(3, &["cluster init"]);
    assert_eq!(node.run("cluster init").status, 0);
    node.run("keys init")
        .fails(2, &["the first node that seals makes the key"]);
    node.run("keys show")
        .fails(3, &["no verification key", "--keys"]);
    node.run("--server http://127.0.0.1:1 --log nats://127.0.0.1:1 trail --org E07000082")
        .fails(2, &["--server", "--log"]);
}

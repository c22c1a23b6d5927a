//! One process writes and others read beside it; and what a newer version wrote, or what stands in
//! the place of the views, is never guessed at.

use std::fs;
use std::path::Path;

use netgain_tests::examples::{STROUD, claim, stroud, with};
use netgain_tests::program::{Output, Program, lines};
use netgain_tests::segment::Segment;
use serde_json::{Value, json};

// ---------------------------------------------------------------------------------------------
// two processes

#[test]
fn a_second_writer_is_told_who_holds_the_ledger() {
    let program = Program::new();
    let sheet = "claim,title,action,impact_from,2008/09\nZ,Title,reduce-inputs,2008-04-01,5\n";
    let sheet = program.file("claims.csv", sheet);
    let mut first = program.start_recording();
    assert_eq!(first.ask(&stroud())["position"], 1);
    let before = program.stored();

    let holder = format!("process {} ", first.process());
    let import = format!("import {sheet} --org {STROUD}");
    for call in [
        "record",
        &import,
        "statement issue --org E07000082 --year 2010/11 --series actual",
        "views rebuild",
        "demo",
        "user bar ada --reason gone",
    ] {
        let second = program.run_with(call, &lines(&[claim("B")]));
        second.fails(3, &["being written by", &holder]);
        assert_eq!(second.stdout, "", "{call}");
        assert!(program.stored() == before, "{call} changed something");
    }

    // The first has not noticed anything.
    assert_eq!(first.ask(&claim("A"))["position"], 2);
    assert_eq!(first.finish().code(), Some(0));
    let recorded = program.record(&[claim("B")]);
    assert_eq!(recorded.answers[0]["position"], 3, "{recorded:#?}");
}

#[test]
fn reading_goes_on_beside_the_writer() {
    let program = Program::with(&[stroud(), claim("A")]);
    assert_eq!(program.run("views rebuild").status, 0);
    let mut first = program.start_recording();
    assert_eq!(first.ask(&claim("B"))["position"], 3);

    let sheet = "claim,title,action,impact_from,2008/09\nZ,Title,reduce-inputs,2008-04-01,5\n";
    let sheet = program.file("claims.csv", sheet);
    let reads = |net: &str, events: usize| {
        let totals = program.totals_now(STROUD, "2010/11");
        assert_eq!(totals["claimed"]["net"], net);
        assert_eq!(totals["position"], events);
        assert_eq!(program.events(STROUD).len(), events);
        assert_eq!(program.export().lines().count(), events);
        let checked = program.run("verify --json");
        assert_eq!(checked.status, 0, "{checked:#?}");
        assert_eq!(checked.document()["events"], events);
        let explained = program.json("explain --org E07000082 --year 2010/11 --basis claimed");
        assert_eq!(explained["to"]["figure"], net);
        let shares = program.json("report shares --org E07000082 --year 2010/11");
        assert_eq!(shares["position"], events);
        let rehearsed = program.run(&format!("import {sheet} --org {STROUD} --dry-run"));
        assert_eq!(rehearsed.status, 0, "{rehearsed:#?}");
    };
    reads("2000.00", 3);
    assert_eq!(first.ask(&claim("C"))["position"], 4);
    reads("3000.00", 4);
    assert_eq!(first.finish().code(), Some(0));
    reads("3000.00", 4);
}

#[test]
fn a_writer_that_was_killed_leaves_no_lock() {
    let program = Program::new();
    let mut first = program.start_recording();
    assert_eq!(first.ask(&stroud())["position"], 1);
    first.kill();
    let recorded = program.record(&[claim("A")]);
    assert_eq!(recorded.answers[0]["position"], 2, "{recorded:#?}");
    assert_eq!(program.run("verify").status, 0);
}

// ---------------------------------------------------------------------------------------------
// newer versions

/// Runs every kind of call on a ledger that must not be used, and checks that nothing changes.
fn nobody_guesses(program: &Program, check: impl Fn(&str, &Output)) {
    let before = program.log();
    for call in [
        "totals --org E07000082 --year 2010/11 --json",
        "explain --org E07000082 --year 2010/11 --json",
        "report shares --org E07000082 --year 2010/11",
        "verify",
        "record",
        "views rebuild",
        "statement issue --org E07000082 --year 2010/11 --series actual",
    ] {
        let output = program.run_with(call, &lines(&[claim("Z")]));
        check(call, &output);
        assert!(program.log() == before, "{call} changed the log");
    }
}

#[test]
fn a_segment_that_is_sealed_again_is_the_same() {
    let program = Program::with(&[stroud(), claim("A"), claim("B")]);
    let before = program.log();
    Segment::of(&program).write(true);
    assert!(
        program.log() == before,
        "the checksums are made another way"
    );
}

#[test]
fn a_ledger_in_a_newer_format_is_refused() {
    let program = Program::with(&[stroud(), claim("A")]);
    let mut segment = Segment::of(&program);
    segment.set_format(2);
    segment.write(true);
    nobody_guesses(&program, |call, output| {
        output.fails(3, &["format 2", "newer netgain"]);
        assert_eq!(output.stdout, "", "{call}");
    });
}

#[test]
fn an_event_of_a_newer_schema_is_refused() {
    let program = Program::with(&[stroud(), claim("A"), claim("B")]);
    let mut segment = Segment::of(&program);
    segment.rewrite(STROUD, 1, "{\"schema\":1,", "{\"schema\":2,");
    segment.write(true);
    is_newer(&program, "schema 2");
}

#[test]
fn an_event_of_a_type_that_is_not_known_is_refused() {
    let program = Program::with(&[stroud(), claim("A")]);
    let mut segment = Segment::of(&program);
    segment.rewrite(STROUD, 2, "claim-registered", "claim-anticipate");
    segment.write(true);
    is_newer(&program, "claim-anticipate");
}

/// Every call says that a newer version is needed, and none shows a figure.
fn is_newer(program: &Program, what: &str) {
    nobody_guesses(program, |call, output| {
        output.fails(3, &[what, "newer netgain"]);
        assert_eq!(output.stdout, "", "{call}");
    });
}

// ---------------------------------------------------------------------------------------------
// what stands in the place of the views

/// A ledger with views, and a few events that they lack.
fn ledger_with_views() -> (Program, Value) {
    let program = Program::with(&[stroud(), claim("A"), claim("B")]);
    assert_eq!(program.run("views rebuild").status, 0);
    let recorded = program.record(&[claim("C")]);
    assert_eq!(recorded.stderr, "", "good views are worth no words");
    let totals = program.totals_now(STROUD, "2010/11");
    assert_eq!(totals["claimed"]["net"], "3000.00");
    (program, totals)
}

/// Readers say the same, and say it again after a writer has put things right with a line about it.
fn views_do_not_matter(program: &Program, totals: &Value) {
    let reads = || program.run("totals --json --org E07000082 --year 2010/11");
    let read = reads();
    assert_eq!(read.status, 0, "{read:#?}");
    assert_eq!(read.document(), *totals);

    let repeat = with(
        claim("D"),
        &json!({ "command_id": "d", "profile": { "2008/09": "0" } }),
    );
    let recorded = program.record(&[repeat]);

    assert_eq!(recorded.status, 0, "{recorded:#?}");
    assert_eq!(recorded.answers[0]["position"], 5, "{recorded:#?}");
    let said: Vec<&str> = recorded
        .stderr
        .lines()
        .filter(|line| line.starts_with("netgain: "))
        .collect();
    let [note] = said.as_slice() else {
        panic!("one line should say what was done: {recorded:#?}");
    };
    assert!(note.contains("views") && note.contains("rebuilt"), "{note}");
    assert!(!recorded.stderr.contains("panicked"), "{recorded:#?}");

    let after = reads();
    assert_eq!(after.document()["claimed"], totals["claimed"], "{after:#?}");
    assert_eq!(after.document()["position"], 5);
    let again = program.record(&[]);
    assert_eq!(again.stderr, "", "it is right now");
    assert_eq!(program.run("verify").status, 0);
}

fn files_in(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

#[test]
fn views_of_garbage_change_no_figure() {
    let (program, totals) = ledger_with_views();
    let files = files_in(&program.data().join("views"));
    assert!(files.len() >= 2, "{files:?}");
    for file in files {
        fs::write(file, b"not what it was ".repeat(4096)).unwrap();
    }
    views_do_not_matter(&program, &totals);
}

#[test]
fn a_file_in_the_place_of_the_views_changes_no_figure() {
    let (program, totals) = ledger_with_views();
    let views = program.data().join("views");
    fs::remove_dir_all(&views).unwrap();
    fs::write(&views, "a file").unwrap();
    views_do_not_matter(&program, &totals);
}

#[test]
fn another_ledgers_views_change_no_figure() {
    let (program, totals) = ledger_with_views();
    let larger = with(claim("A"), &json!({ "profile": { "2008/09": "999" } }));
    let other = Program::with(&[stroud(), larger]);
    assert_eq!(other.run("views rebuild").status, 0);
    let views = program.data().join("views");
    fs::remove_dir_all(&views).unwrap();
    fs::rename(other.data().join("views"), &views).unwrap();
    views_do_not_matter(&program, &totals);
}

#[test]
fn an_older_log_put_back_is_read_as_it_is_whatever_the_views_say_and_not_recorded_on() {
    let (program, totals) = ledger_with_views();
    // The log as it was, brought back from a copy without its views and checkpoints.
    let older = program.log();
    program.accepts(&[claim("LATER")]);
    assert_eq!(program.run("views rebuild").status, 0);
    for (path, bytes) in &older {
        fs::write(path, bytes).unwrap();
    }
    let reads = || {
        let read = program.run("totals --json --org E07000082 --year 2010/11");
        assert_eq!(read.status, 0, "{read:#?}");
        assert_eq!(read.document(), totals);
    };
    reads();
    let recorded = program.record(&[claim("D")]);
    assert_eq!(recorded.status, 3, "{recorded:#?}");
    let fault = &recorded.answers[0]["fault"];
    assert_eq!(fault["code"], "read-only", "{recorded:#?}");
    let missing = "the event at position 5 is missing";
    assert!(
        fault["message"].as_str().unwrap().contains(missing),
        "{fault}"
    );
    assert!(recorded.stderr.contains(missing), "{recorded:#?}");
    assert!(program.log() == older, "something was recorded");
    reads();
}

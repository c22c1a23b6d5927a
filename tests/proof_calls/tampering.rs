//! A log that was tampered with, every checksum of which is right; one that was cut; and older copies.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::figures::mentions;
use netgain_tests::program::{Program, lines};
use netgain_tests::segment::Segment;
use serde_json::Value;

use super::auditor::{ACTUAL, ends, statement};
use super::harness::{
    ELSEWHERE, TEWKESBURY, checkpoints, claimed, of_tewkesbury, put_back, tewkesbury, two_councils,
    verifies,
};

/// Rewrites Stroud's claim A, so that it saves nine times as much.
fn enlarge_claim(program: &Program) {
    let mut segment = Segment::of(program);
    segment.rewrite(STROUD, 2, "\"1000.00\"", "\"9000.00\"");
    segment.write(true);
}

#[test]
fn a_log_that_is_written_again_as_it_was_is_whole() {
    for closing_mark in [true, false] {
        let program = two_councils();
        let before = program.log();
        Segment::of(&program).write(closing_mark);
        assert_eq!(program.log() == before, closing_mark);
        verifies(&program, "", &[]);
        program.accepts(&[claim("C")]);
        verifies(&program, "", &[]);
    }
}

#[test]
fn an_event_rewritten_with_right_checksums_is_named() {
    for (position, from, to) in [
        (1, "\"Stroud ", "\"Strood "),
        (2, "\"1000.00\"", "\"9000.00\""),
        (3, "\"actor\":\"recorder\"", "\"actor\":\"recorded\""),
    ] {
        let program = two_councils();
        let mut segment = Segment::of(&program);
        segment.rewrite(STROUD, position, from, to);
        segment.write(true);
        let wrong = format!("{STROUD}: the event at position {position} is not the one that was");
        verifies(&program, "", &[&wrong]);
    }
    let program = two_councils();
    let mut segment = Segment::of(&program);
    segment.rewrite(STROUD, 3, "recorder", "recorded");
    segment.rewrite(TEWKESBURY, 2, "Claim A", "Claim Z");
    segment.write(true);
    let wrong = [
        format!("{STROUD}: the event at position 3 "),
        format!("{TEWKESBURY}: the event at position 2 "),
    ];
    verifies(&program, "", &[&wrong[0], &wrong[1]]);
}

#[test]
fn an_organisation_whose_history_was_rewritten_can_only_be_read_and_the_others_go_on() {
    let program = two_councils();
    enlarge_claim(&program);
    let before = (program.events(STROUD), checkpoints(&program, STROUD));

    let recorded = program.record(&[claim("C"), of_tewkesbury("C"), stroud()]);

    assert_eq!(recorded.status, 3, "{recorded:#?}");
    let alarm = format!("netgain: ALARM: {STROUD}: the event at position 2 is not the one");
    mentions(&recorded.stderr, &[&alarm, "can only be read"]);
    assert_eq!(recorded.answers.len(), 3, "{recorded:#?}");
    for (number, answer) in (1..).zip(&recorded.answers) {
        assert_eq!(answer["line"], number, "{answer}");
    }
    for refused in [&recorded.answers[0], &recorded.answers[2]] {
        assert_eq!(refused["fault"]["code"], "read-only", "{refused}");
        let message = refused["fault"]["message"].as_str().unwrap();
        mentions(message, &[STROUD, "position 2"]);
        assert_eq!(refused.as_object().unwrap().len(), 2, "{refused}");
    }
    assert_eq!(recorded.answers[1]["position"], 4);
    // Tewkesbury went on, and is sealed; Stroud is as it was.
    assert_eq!(program.events(TEWKESBURY).len(), 4);
    assert!(checkpoints(&program, TEWKESBURY).contains_key(&4));
    let after = (program.events(STROUD), checkpoints(&program, STROUD));
    assert_eq!(after, before);
    verifies(&program, "", &["E07000082: the event at position 2 "]);
    // Reading answers what the log says now.
    assert_eq!(claimed(&program), "10000.00");
}

#[test]
fn every_call_that_records_leaves_a_rewritten_history_alone() {
    let program = two_councils();
    program.accepts(&[statement()]);
    enlarge_claim(&program);
    let before = program.log();
    let sheet = "claim,title,action,impact_from,2008/09\nZ,Title,reduce-inputs,2008-04-01,5\n";
    let sheet = program.file("claims.csv", sheet);
    for call in [
        format!("import {sheet} --org {STROUD}"),
        format!("statement issue {ACTUAL}"),
    ] {
        let refused = program.run(&call);
        refused.fails(3, &["ALARM", STROUD, "position 2"]);
        assert_eq!(refused.stdout, "", "{call}");
        assert!(program.log() == before, "{call} changed the log");
    }
    // Nor is what was published bundled, or compared, with a history that it is not of.
    let call = format!("statement bundle {ACTUAL} --output made.tar");
    program.run(&call).fails(3, &["netgain: "]);
    assert!(!program.path("made.tar").exists());
    let call = format!("statement compare {ACTUAL} --basis claimed");
    program.run(&call).fails(3, &["£10,000.00", "£2,000.00"]);
}

#[test]
fn an_older_copy_of_the_data_is_found_out_and_nothing_is_written() {
    let program = Program::with(&[stroud(), claim("A")]);
    let older = program.stored();
    program.accepts(&[claim("B")]);
    let newest = program.stored();
    put_back(&program.data(), &older);

    verifies(&program, "", &["holds an older copy"]);
    for call in ["record", &format!("statement issue {ACTUAL}"), "demo"] {
        let refused = program.run_with(call, &lines(&[claim("C")]));
        refused.fails(3, &["holds an older copy", "newest copy"]);
        assert_eq!(refused.stdout, "", "{call}");
        assert!(program.stored() == older, "{call} wrote something");
    }
    assert_eq!(claimed(&program), "1000.00");

    // What to do about it is what it says.
    put_back(&program.data(), &newest);
    verifies(&program, "", &[]);
    program.accepts(&[claim("C")]);
    assert_eq!(claimed(&program), "3000.00");
}

#[test]
fn checkpoints_that_are_gone_are_missed() {
    let program = two_councils();
    let whole = program.stored();
    let folder = program.data().join("checkpoints");
    for lost in ["registry", "registry.checkpoint"] {
        fs::remove_file(folder.join(lost)).unwrap();
        let checked = program.run("verify");
        ends(&checked, 1, &["checkpoints"]);
        let before = program.log();
        let refused = program.record(&[claim("C")]);
        assert_eq!(refused.status, 3, "{refused:#?}");
        assert!(program.log() == before);
    }
    verifies(&program, "", &["holds an older copy"]);
    put_back(&program.data(), &whole);
    verifies(&program, "", &[]);
}

#[test]
fn with_the_checkpoints_elsewhere_the_alarm_says_which_events_an_older_copy_lacks() {
    let program = Program::new();
    let record = |commands: &[Value]| {
        let call = format!("record {ELSEWHERE}");
        program.run_with(&call, &lines(commands)).answers()
    };
    assert_eq!(record(&[stroud(), tewkesbury(), claim("A")]).status, 0);
    assert!(!program.data().join("checkpoints").exists());
    let older = program.stored();
    let more = [claim("B"), claim("C"), of_tewkesbury("A")];
    assert_eq!(record(&more).status, 0);
    verifies(&program, ELSEWHERE, &[]);
    put_back(&program.data(), &older);

    let missing = [
        "E07000082: the events from position 3 to 4 are missing",
        "E07000083: the event at position 2 is missing",
    ];
    verifies(&program, ELSEWHERE, &missing);
    let recorded = record(&[claim("B"), of_tewkesbury("A")]);
    assert_eq!(recorded.status, 3, "{recorded:#?}");
    mentions(&recorded.stderr, &missing);
    for answer in &recorded.answers {
        assert_eq!(answer["fault"]["code"], "read-only", "{answer}");
    }
    assert!(program.log() == older_log(&older), "something was recorded");
    assert_eq!(claimed(&program), "1000.00");
}

/// The segment files of a copy of the data.
fn older_log(copy: &BTreeMap<PathBuf, Vec<u8>>) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut log = copy.clone();
    log.retain(|path, _| path.extension().is_some_and(|kind| kind == "seg"));
    log
}

#[test]
fn a_commit_that_was_cut_off_cleanly_is_missed() {
    for closing_mark in [true, false] {
        let program = two_councils();
        let mut segment = Segment::of(&program);
        assert!(segment.cut_last().contains("Claim B"));
        segment.write(closing_mark);

        let missing = "E07000082: the event at position 3 is missing";
        verifies(&program, "", &[missing]);
        let recorded = program.record(&[claim("C"), of_tewkesbury("C")]);
        assert_eq!(recorded.status, 3, "{recorded:#?}");
        mentions(&recorded.stderr, &["ALARM", missing]);
        assert_eq!(recorded.answers[0]["fault"]["code"], "read-only");
        assert_eq!(recorded.answers[1]["position"], 4);
        verifies(&program, "", &[missing]);
        assert_eq!(claimed(&program), "1000.00");
    }
}

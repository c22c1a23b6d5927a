//! Statements, and the bundles that are made of them.

use std::collections::BTreeSet;
use std::fs;

use netgain_tests::examples::{SAMPLEBOROUGH, STROUD, claim, stroud};
use netgain_tests::figures::{mentions, pence, pounds, row, sum};
use netgain_tests::program::{Program, RECORDER};
use serde_json::Value;

use super::auditor::{ACTUAL, bundle, ends, holds, public_key, statement};
use super::harness::{TEWKESBURY, checkpoints, names, stated};

const BASES: [&str; 3] = ["claimed", "validated", "assured"];

/// The statements of an organisation, as `statement list --json` prints them.
fn statements(program: &Program, org: &str) -> Vec<Value> {
    let listed = program.json(&format!("statement list --org {org}"));
    listed.as_array().unwrap().clone()
}

/// The words that name a statement of a list.
fn name(org: &str, issued: &Value) -> String {
    let field = |name: &str| issued["statement"][name].to_string().replace('"', "");
    format!(
        "--org {org} --year {} --series {} --number {}",
        field("year"),
        field("series"),
        field("number")
    )
}

#[test]
fn statements_are_listed_and_shown_as_they_were_issued() {
    let program = stated();
    let events = program.events(STROUD);
    let listed = statements(&program, STROUD);
    assert_eq!(listed.len(), 2);
    for (issued, event) in listed.iter().zip([&events[2], &events[4]]) {
        for field in ["position", "recorded_at", "actor"] {
            assert_eq!(issued[field], event[field], "{issued}");
        }
        let statement = &issued["statement"];
        for field in ["year", "series", "number"] {
            assert_eq!(statement[field], event[field], "{issued}");
        }
        for field in ["known_at", "ruleset", "totals_sha256", "claimed"] {
            assert_eq!(statement["figures"][field], event[field], "{issued}");
        }
        let call = format!("statement show {}", name(STROUD, issued));
        assert_eq!(program.json(&call), *issued);
        let shown = program.run(&call).stdout;
        let digest = event["totals_sha256"].as_str().unwrap();
        mentions(&shown, &["NI179 for 2010/11: £0.00", RECORDER, digest]);
        let net = pounds(&event["claimed"]["net"]);
        assert_eq!(row(&shown, "Net ")[1..], [&net, "£0.00", "£0.00"]);
    }
    // Without a number it is the latest.
    let latest = program.json(&format!("statement show {ACTUAL}"));
    assert_eq!(latest, listed[1]);

    let text = program
        .run(&format!("statement list --org {STROUD}"))
        .stdout;
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("2010/11"))
        .map(|line| line.split_whitespace().collect())
        .collect();
    let day = &events[2]["recorded_at"].as_str().unwrap()[..10];
    let expected = |number, position, net| {
        vec![
            "2010/11", "actual", number, day, RECORDER, position, net, "£0.00", "£0.00",
        ]
    };
    assert_eq!(
        rows,
        [
            expected("1", "3", "£1,000.00"),
            expected("2", "5", "£2,000.00")
        ]
    );
    for (narrowed, count) in [
        ("--year 2010/11", 2),
        ("--series actual", 2),
        ("--year 2011/12", 0),
        ("--series forecast", 0),
    ] {
        let call = format!("statement list --org {STROUD} {narrowed}");
        let narrowed = program.json(&call);
        assert_eq!(narrowed.as_array().unwrap().len(), count, "{call}");
    }
    let none = program.run(&format!("statement list --org {STROUD} --year 2011/12"));
    ends(&none, 0, &["No such statement has been issued."]);
}

#[test]
fn what_changed_since_a_statement_adds_up_to_its_restatement() {
    let (program, _) = Program::demo();
    let issued = statements(&program, SAMPLEBOROUGH);
    assert_eq!(issued.len(), 3);
    let mut restated = 0;
    for issued in &issued {
        let year = issued["statement"]["year"].as_str().unwrap();
        let now = program.totals_now(SAMPLEBOROUGH, year);
        for basis in BASES {
            let call = format!("statement compare {}", name(SAMPLEBOROUGH, issued));
            let call = format!("{call} --basis {basis}");
            let compared = program.json(&call);
            let (from, to) = (&compared["from"], &compared["to"]);
            let figures = &issued["statement"]["figures"];
            assert_eq!(compared["issued"], *issued, "{call}");
            assert_eq!(from["figure"], figures[basis]["net"], "{call}");
            assert_eq!(from["position"], figures["known_at"], "{call}");
            assert_eq!(to["figure"], now[basis]["net"], "{call}");
            assert_eq!(compared["now"][basis], now[basis], "{call}");
            assert_eq!(compared["now"]["position"], now["position"], "{call}");
            let by = pence(&to["figure"]) - pence(&from["figure"]);
            let effects = &compared["effects"];
            assert_eq!(sum(effects, |effect| &effect["effect"]), by, "{call}");
            for effect in effects.as_array().unwrap() {
                assert!(
                    effect["position"].as_u64() > from["position"].as_u64(),
                    "{effect}"
                );
            }
            restated += usize::from(by != 0);

            let text = program.run(&call).stdout;
            let basis_row = basis[..1].to_uppercase() + &basis[1..];
            let shown = row(&text, &format!("{basis_row} net"));
            let expected = [pounds(&from["figure"]), pounds(&to["figure"])];
            assert_eq!(shown[shown.len() - 3..shown.len() - 1], expected, "{text}");
        }
    }
    assert!(restated > 0, "nothing was restated: nothing was compared");

    let text = program.run(&format!(
        "statement compare {}",
        name(SAMPLEBOROUGH, &issued[1])
    ));
    let changed = row(&text.stdout, "Validated net");
    let expected = ["£5,107,483.33", "£4,417,483.33", "-£690,000.00"];
    assert_eq!(changed[changed.len() - 3..], expected);
}

#[test]
fn a_statement_that_was_never_issued_is_refused() {
    let program = stated();
    let before = names(&program.path("."));
    for verb in ["show", "compare", "bundle"] {
        for unknown in [
            ACTUAL.replace("2010/11", "2011/12"),
            ACTUAL.replace("actual", "forecast"),
            format!("{ACTUAL} --number 3"),
            format!("{ACTUAL} --number 0"),
        ] {
            let refused = program.run(&format!("statement {verb} {unknown}"));
            refused.fails(1, &["unknown-statement", "statement list", STROUD]);
            assert_eq!(refused.stdout, "");
        }
        let unknown = ACTUAL.replace(STROUD, TEWKESBURY);
        let refused = program.run(&format!("statement {verb} {unknown}"));
        refused.fails(1, &["unknown-organisation", TEWKESBURY]);
        program
            .run(&format!("statement {verb} {ACTUAL} --number one"))
            .fails(2, &["--number"]);
    }
    let refused = program.run(&format!("statement list --org {TEWKESBURY}"));
    refused.fails(1, &["unknown-organisation"]);
    assert_eq!(names(&program.path(".")), before);
}

#[test]
fn a_bundle_is_made_and_holds() {
    let (program, _) = Program::demo();
    let key = public_key(&program);
    let all = statements(&program, SAMPLEBOROUGH);
    for issued in &all {
        let bundle = bundle(&program, &name(SAMPLEBOROUGH, issued));
        let facts = holds(&program, &bundle, &key);
        assert_eq!(facts["org"], SAMPLEBOROUGH);
        assert_eq!(facts["size"], issued["position"]);
        assert_eq!(facts["statement"], issued["statement"]);
        assert_eq!(facts["issued_by"], issued["actor"]);
        assert_eq!(facts["issued_at"], issued["recorded_at"]);
    }

    // Where no file is named, the statement names it.
    let made = program.run(&format!(
        "statement bundle {}",
        name(SAMPLEBOROUGH, &all[2])
    ));
    let file = "netgain-X00000001-2009-10-actual-2.tar";
    ends(&made, 0, &[file, "keys show"]);
    assert_eq!(
        fs::read(program.path(file)).unwrap(),
        fs::read(program.path("made.tar")).unwrap()
    );
    let key = program.file("key", &key);
    let told = program.run(&format!("verify-bundle {file} --key {key}"));
    mentions(
        &told.stdout,
        &[
            "NI179 of X00000001 for 2009/10: £4,417,483.33",
            "actual statement 2, issued by b.head-of-finance",
            "£4,772,483.33 claimed, £4,417,483.33 validated, £4,220,983.33 assured",
        ],
    );
}

#[test]
fn a_bundle_made_twice_has_the_same_bytes() {
    let program = stated();
    let first = bundle(&program, ACTUAL);
    assert_eq!(program.run("views rebuild").status, 0);
    assert!(bundle(&program, ACTUAL) == first);
    let other = bundle(&program, &format!("{ACTUAL} --number 1"));
    assert!(other != first, "any two bundles are the same");
}

#[test]
fn a_statement_issued_in_the_middle_of_one_run_can_be_bundled() {
    let program = stated();
    let key = public_key(&program);
    for (number, position) in [(1, 3), (2, 5)] {
        let bundle = bundle(&program, &format!("{ACTUAL} --number {number}"));
        assert_eq!(holds(&program, &bundle, &key)["size"], position);
    }
    // The run's own end is sealed too.
    let sizes = checkpoints(&program, STROUD).into_keys();
    assert_eq!(sizes.collect::<Vec<_>>(), [3, 5, 6]);
}

#[test]
fn a_statement_of_a_run_that_was_killed_is_sealed_by_the_next() {
    let program = Program::new();
    let mut recording = program.start_recording();
    for (position, command) in (1..).zip([stroud(), claim("A"), statement(), claim("B")]) {
        assert_eq!(recording.ask(&command)["position"], position);
    }
    recording.kill();
    let call = format!("statement bundle {ACTUAL} --output early.tar");
    program.run(&call).fails(3, &["position 3", "not sealed"]);
    assert!(!program.path("early.tar").exists());

    program.accepts(&[]);

    let bundle = bundle(&program, ACTUAL);
    assert_eq!(holds(&program, &bundle, &public_key(&program))["size"], 3);
}

#[test]
fn a_bundle_that_cannot_be_written_leaves_nothing() {
    let program = stated();
    fs::create_dir(program.path("folder")).unwrap();
    for output in ["absent/made.tar", "folder"] {
        let call = format!("statement bundle {ACTUAL} --output {output}");
        program.run(&call).fails(3, &["cannot write", output]);
    }
    let left = names(&program.path("."));
    let expected = ["folder", "ledger", "ledger.keys"].map(str::to_owned);
    assert_eq!(left, BTreeSet::from(expected));
}

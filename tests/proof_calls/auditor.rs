//! A statement's bundle, as the ledger's keeper makes it and an auditor checks it.

use std::fs;

use netgain_tests::examples::STROUD;
use netgain_tests::figures::{mentions, row};
use netgain_tests::program::{Output, Program};
use serde_json::{Value, json};

/// The only statement series that a year that has passed can have.
pub(crate) const ACTUAL: &str = "--org E07000082 --year 2010/11 --series actual";

/// Issues Stroud's statement for 2010/11.
pub(crate) fn statement() -> Value {
    json!({ "type": "issue-statement", "org": STROUD, "year": "2010/11", "series": "actual" })
}

/// Checks that a call ended so, said these words on either output, and did not panic.
pub(crate) fn ends(output: &Output, status: i32, words: &[&str]) {
    assert_eq!(output.status, status, "{output:#?}");
    mentions(&format!("{}{}", output.stdout, output.stderr), words);
    assert!(!output.stderr.contains("panicked"), "{output:#?}");
}

/// Makes the bundle of a statement and gives its bytes.
pub(crate) fn bundle(program: &Program, which: &str) -> Vec<u8> {
    let made = program.json(&format!("statement bundle {which} --output made.tar"));
    assert_eq!(made["file"], "made.tar");
    let bytes = fs::read(program.path("made.tar")).unwrap();
    assert_eq!(made["bytes"], bytes.len());
    bytes
}

/// The public key, as the keeper gives it to auditors.
pub(crate) fn public_key(program: &Program) -> String {
    let shown = program.run("keys show");
    assert_eq!(shown.status, 0, "{shown:#?}");
    shown.stdout
}

/// What an auditor is told of a bundle by the keys in a key file.
fn audit(program: &Program, bundle: &[u8], keys: &str) -> Output {
    let bundle = program.file("audited.tar", bundle);
    let keys = program.file("auditor.key", keys);
    let output = program.run(&format!("verify-bundle {bundle} --key {keys} --json"));
    let for_people = program.run(&format!("verify-bundle {bundle} --key {keys}"));
    ends(&for_people, output.status, &["Not checked:"]);
    let steps = output.document()["steps"].clone();
    for step in steps.as_array().unwrap() {
        let shown = row(&for_people.stdout, step["step"].as_str().unwrap());
        let outcome = step["outcome"].as_str().unwrap();
        assert_eq!(shown[1], outcome.split(' ').next().unwrap(), "{shown:?}");
    }
    let doubted = for_people.stdout.contains("not to be relied on");
    assert_eq!(doubted, output.status != 0, "{for_people:#?}");
    output
}

/// Checks that a bundle holds by those keys, and gives what it proves.
pub(crate) fn holds(program: &Program, bundle: &[u8], keys: &str) -> Value {
    let verdict = audit(program, bundle, keys);
    ends(&verdict, 0, &[]);
    let document = verdict.document();
    assert_eq!(document["holds"], true, "{document:#}");
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 11, "{document:#}");
    for step in steps {
        assert_eq!(step["outcome"], "passed", "{step}");
    }
    document["facts"].clone()
}

/// Checks that a bundle fails in that step, with those words in the one sentence about it.
pub(crate) fn doubted(program: &Program, bundle: &[u8], keys: &str, step: &str, words: &[&str]) {
    let verdict = audit(program, bundle, keys);
    ends(&verdict, 1, &[]);
    assert_eq!(verdict.stderr, "");
    let document = verdict.document();
    assert_eq!(document["holds"], false, "{document:#}");
    assert_eq!(document["facts"], Value::Null, "{document:#}");
    let steps = document["steps"].as_array().unwrap();
    let failed: Vec<&Value> = steps
        .iter()
        .filter(|step| step["outcome"] == "FAILED")
        .collect();
    let [failed] = failed.as_slice() else {
        panic!("one step should have failed: {document:#}");
    };
    assert_eq!(failed["step"], step, "{document:#}");
    let said = failed["said"].as_str().unwrap();
    mentions(said, words);
    assert!((10..500).contains(&said.len()), "{said}");
    assert!(!said.contains('\n'), "{said}");
}

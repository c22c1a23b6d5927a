//! The worked histories through the program itself: commands in, totals out, and every refusal.

use std::fs;
use std::path::{Path, PathBuf};

use netgain_tests::program::Program;
use serde_json::Value;

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

#[test]
fn the_program_agrees_with_every_vector() {
    let (mut vectors, mut figures) = (0, 0);
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if name == "refusals.json" || path.extension().is_none_or(|kind| kind != "json") {
            continue;
        }
        let vector = read(&path);
        let program = Program::with(vector["commands"].as_array().unwrap());
        for expected in vector["expect"].as_array().unwrap() {
            agrees(&name, &program, expected);
            figures += 1;
        }
        vectors += 1;
    }
    assert!(
        vectors >= 35 && figures >= 200,
        "only {figures} figures of {vectors} vectors were compared"
    );
}

/// Everything that the vector names must be said; a vector may name less than the answer does.
fn agrees(name: &str, program: &Program, expected: &Value) {
    let (org, year) = (&expected["org"], &expected["year"]);
    let position = usize::try_from(expected["position"].as_u64().unwrap()).unwrap();
    let said = program.totals(org.as_str().unwrap(), year.as_str().unwrap(), position);
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(
            &said[key], value,
            "{name}: {key} of {year} at position {position}"
        );
    }
}

#[test]
fn every_refusal_has_its_code_and_field_and_writes_nothing() {
    let cases = read(&folder().join("refusals.json"));
    let cases = cases.as_array().unwrap();
    assert!(cases.len() >= 60, "only {} refusals", cases.len());
    // Those with the same history before them share a ledger: a refusal leaves it as it is.
    let mut histories: Vec<(&Value, Vec<&Value>)> = Vec::new();
    for case in cases {
        match histories
            .iter_mut()
            .find(|(given, _)| **given == case["given"])
        {
            Some((_, those)) => those.push(case),
            None => histories.push((&case["given"], vec![case])),
        }
    }
    for (given, cases) in histories {
        let program = Program::with(given.as_array().unwrap());
        let before = program.export();
        for case in &cases {
            is_refused(&program, case);
        }
        let after = program.export();
        assert!(
            after == before,
            "something was written for one of {cases:#?}"
        );
    }
}

fn is_refused(program: &Program, case: &Value) {
    let answered = program.record(std::slice::from_ref(&case["when"]));

    assert_eq!(answered.status, 1, "{answered:#?} to {case:#}");
    let [answer] = answered.answers.as_slice() else {
        panic!("{answered:#?} to {case:#}");
    };
    assert_eq!(answer["line"], 1, "{answer}");
    let refused = &answer["refused"];
    assert_eq!(refused["code"], case["refused"], "{answer} to {case:#}");
    // Where a vector names no field, the answer may.
    if !case["field"].is_null() {
        assert_eq!(refused["field"], case["field"], "{answer} to {case:#}");
    }
    let sentence = refused["message"].as_str().unwrap();
    let whole = sentence.len() > 20 && sentence.ends_with(['.', '?']);
    assert!(whole, "{answer} to {case:#}");
}

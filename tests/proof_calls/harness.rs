//! Ledgers to begin with, and what is there and holds of one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use netgain_tests::examples::{STROUD, claim, organisation, stroud, with};
use netgain_tests::figures::mentions;
use netgain_tests::program::Program;
use serde_json::{Value, json};

use super::auditor::{ends, statement};

pub(crate) const TEWKESBURY: &str = "E07000083";

/// Where the checkpoints are "on another disk", as a call names it.
pub(crate) const ELSEWHERE: &str = "--checkpoints elsewhere";

pub(crate) fn tewkesbury() -> Value {
    organisation(TEWKESBURY, "Tewkesbury Borough Council")
}

/// A claim as [`claim`] makes it, of Tewkesbury.
pub(crate) fn of_tewkesbury(reference: &str) -> Value {
    with(claim(reference), &json!({ "org": TEWKESBURY }))
}

/// Two statements, each followed by one more claim, all recorded in one run.
pub(crate) fn stated() -> Program {
    Program::with(&[
        stroud(),
        claim("A"),
        statement(),
        claim("B"),
        statement(),
        claim("C"),
    ])
}

/// Stroud and Tewkesbury, each with two claims of £1,000.00 a year.
pub(crate) fn two_councils() -> Program {
    Program::with(&[
        stroud(),
        tewkesbury(),
        claim("A"),
        of_tewkesbury("A"),
        of_tewkesbury("B"),
        claim("B"),
    ])
}

/// Checks that `netgain verify` holds, or finds each of these wrong and nothing else.
pub(crate) fn verifies(program: &Program, more: &str, wrong: &[&str]) {
    let output = program.run(&format!("verify --json {more}"));
    ends(&output, i32::from(!wrong.is_empty()), &[]);
    let document = output.document();
    assert_eq!(document["ok"], wrong.is_empty(), "{output:#?}");
    let found = document["seals"]["wrong"].as_array().unwrap();
    assert_eq!(found.len(), wrong.len(), "{output:#?}");
    for (found, words) in found.iter().zip(wrong) {
        mentions(found.as_str().unwrap(), &[words]);
    }
    let for_people = program.run(&format!("verify {more}"));
    ends(&for_people, output.status, wrong);
    let beginning = if wrong.is_empty() {
        "Whole: "
    } else {
        "Not what was sealed: "
    };
    assert!(for_people.stdout.starts_with(beginning), "{for_people:#?}");
}

pub(crate) fn claimed(program: &Program) -> Value {
    program.totals_now(STROUD, "2010/11")["claimed"]["net"].clone()
}

/// Makes a directory what it was.
pub(crate) fn put_back(directory: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    fs::remove_dir_all(directory).unwrap();
    for (path, bytes) in files {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The names of everything in a directory.
pub(crate) fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The notes of a file of them: each begins with its origin.
fn notes(registry: &str) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for line in registry.split_inclusive('\n') {
        if line.starts_with("netgain/") {
            notes.push(String::new());
        }
        notes.last_mut().unwrap().push_str(line);
    }
    notes
}

/// The registered checkpoints of an organisation by their sizes.
pub(crate) fn checkpoints(program: &Program, org: &str) -> BTreeMap<u64, String> {
    let path = program.data().join("checkpoints/registry");
    let registry = fs::read_to_string(path).unwrap();
    let of_org = notes(&registry).into_iter().filter_map(|note| {
        let mut lines = note.lines();
        let origin = lines.next().unwrap();
        let size = lines.next().unwrap().parse().unwrap();
        origin.ends_with(&format!("/{org}")).then_some((size, note))
    });
    of_org.collect()
}

pub(crate) fn registry_checkpoint(program: &Program) -> String {
    fs::read_to_string(program.data().join("checkpoints/registry.checkpoint")).unwrap()
}

//! The vectors against the second implementation alone: before the two are compared with each
//! other, each must agree with the histories an accountant has looked at.

use std::fs;
use std::path::Path;

use netgain_events::financial_year::FinancialYear;
use netgain_tests::reference::totals;
use serde_json::Value;

/// Whoever did what a vector names no actor for: nobody that a vector does name.
const DEFAULT_ACTOR: &str = "recorder";

#[test]
fn the_reference_agrees_with_every_vector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let mut figures = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Refusals are the decision's: the reference takes a history as accepted.
        if name == "refusals.json" || path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let commands = vector["commands"].as_array().unwrap();
        for expected in vector["expect"].as_array().unwrap() {
            agrees(&name, commands, expected);
            figures += 1;
        }
    }
    assert!(figures >= 200, "only {figures} figures were compared");
}

/// Everything that the vector names must be said; a vector may name less than the answer does.
fn agrees(name: &str, commands: &[Value], expected: &Value) {
    let position = usize::try_from(expected["position"].as_u64().unwrap()).unwrap();
    let year: FinancialYear = expected["year"].as_str().unwrap().parse().unwrap();
    let said = totals(&commands[..position], year, DEFAULT_ACTOR);
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(
            &said[key], value,
            "{name}: {key} of {year} at position {position}"
        );
    }
}

//! The steps about the statement: a bundle fails in the one that its change is for.

use super::*;

#[test]
fn statement_fails() {
    let step = StepName::Statement;
    changed(
        |b| b.change("statement.json", "1150.50", "9150.50"),
        step,
        "not the last line",
    );
    changed(
        |b| {
            b.file("statement.json").pop();
        },
        step,
        "not the last line",
    );
    changed(
        |b| {
            b.change(
                "ruleset.json",
                "\"persistence_years\":3",
                "\"persistence_years\":1",
            );
        },
        step,
        "ruleset.json",
    );
    changed(
        |b| {
            b.file("ruleset.json").pop();
        },
        step,
        "ruleset.json",
    );
    changed(
        |b| b.directory = b.directory.replace("actual-2", "actual-1"),
        step,
        "directory",
    );
    changed(
        |b| b.directory = b.directory.replace("2008-09", "2009-10"),
        step,
        "directory",
    );
    changed(
        |b| b.directory = b.directory.replace("actual", "forecast"),
        step,
        "directory",
    );
    forged(8, "\"known_at\":7", "\"known_at\":6", step, "known at 6");
    forged(8, "\"number\":2", "\"number\":3", step, "number 3");
    forged(8, "\"number\":2", "\"number\":1", step, "number 1");
    forged(8, "ni179-v1", "ni179-v2", step, "ruleset ni179-v2");
    // Another series has numbers of its own: 2 does not follow nothing.
    forged(
        5,
        "\"series\":\"actual\"",
        "\"series\":\"forecast\"",
        step,
        "before in its year and series 0",
    );
    // So has another year.
    let year = "\"year\":\"2008/09\"";
    forged(
        5,
        year,
        "\"year\":\"2009/10\"",
        step,
        "before in its year and series 0",
    );
    let mut longer = History::example();
    longer.record(r#""type":"validate-claim","claim":"B","actor":"another""#);
    fails(&longer.bundle(), step, "not an issued statement");
}

#[test]
fn figure_fails() {
    let step = StepName::Figure;
    forged(
        8,
        "\"net\":\"1150.50\"",
        "\"net\":\"9150.50\"",
        step,
        "validated net 9150.50, and 1150.50 follows",
    );
    forged(
        8,
        "\"gross\":\"2150.50\"",
        "\"gross\":\"2150.51\"",
        step,
        "claimed gross 2150.51",
    );
    forged(
        8,
        "\"recurring_costs\":\"100.00\"",
        "\"recurring_costs\":\"0.00\"",
        step,
        "recurring_costs",
    );
    forged(
        8,
        "\"deleted\":\"0.00\"",
        "\"deleted\":\"1.00\"",
        step,
        "deleted",
    );
    forged(
        8,
        "\"one_off_costs\":\"0.00\"",
        "\"one_off_costs\":\"1.00\"",
        step,
        "one_off_costs",
    );
    forged(
        8,
        "\"carry_forward\":\"0.00\"",
        "\"carry_forward\":\"1.00\"",
        step,
        "carry_forward",
    );
    // The history was other than the one the statement was made of.
    forged(2, "1250.50", "1250.51", step, "the statement says");
    forged(
        8,
        "\"totals_sha256\":\"",
        "\"totals_sha256\":\"0",
        StepName::Events,
        "line 8",
    );
    let bundle = History::example().bundle().file("totals.json").clone();
    let sum = Sha256Hex::of(&bundle).to_string();
    forged(8, &sum, &"0".repeat(64), step, "froze 0000");
    // A history that cannot have been: its claim was never registered.
    forged(
        6,
        "\"claim\":\"A\"",
        "\"claim\":\"Z\"",
        step,
        "no figure follows",
    );
    changed(
        |b| b.change("totals.json", "\"net\":\"1150.50\"", "\"net\":\"1150.51\""),
        step,
        "from byte",
    );
    changed(|b| b.file("totals.json").push(b'\n'), step, "from byte");
}

#[test]
fn verifier_fails() {
    let step = StepName::Verifier;
    changed(|b| b.file("verify.py").insert(0, b'#'), step, "verify.py");
    changed(|b| b.file("README.txt").push(b'.'), step, "README.txt");
}

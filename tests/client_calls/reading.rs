//! Calls that read say the same, to the byte.

use std::fs;

use netgain_tests::examples::{SALFORD, SAMPLEBOROUGH, STROUD, claim, stroud, with};
use netgain_tests::histories::random_history;
use netgain_tests::program::Program;
use serde_json::json;

use super::between::cut_after;
use super::harness::{SAMPLES, Served};

/// Every kind of question about an organisation, `last` being its last position.
fn questions(org: &str, last: usize) -> Vec<String> {
    let mut calls = vec![
        format!("totals --org {org} --year 2010/11"),
        format!("totals --org {org} --year 2008-09 --position {}", last / 2),
        format!("totals --org {org} --year 2010/11 --position 0"),
        format!("totals --org {org} --year 2010/11 --position {}", last + 1),
        format!("totals --org {org} --year 2010/11 --known-at 1999-01-01"),
        format!("totals --org {org} --year 2010/11 --known-at 2090-01-01"),
        format!("totals --org {org} --year 2007/08"),
        format!("trail --org {org}"),
        format!("trail --org {org} --claim NO-SUCH"),
        format!("diff --org {org} --year 2010/11 --from 1 --to {last}"),
        format!("diff --org {org} --year 2010/11 --from 2 --to 1"),
        format!("diff --org {org} --year 2010/11 --from 1 --to {}", last + 1),
        format!("statement list --org {org}"),
        format!("statement show --org {org} --year 2010/11 --series actual"),
        format!("statement compare --org {org} --year 2010/11 --series actual"),
        format!("report due --org {org} --at 2011-08-01"),
        format!("report breakdown --org {org} --year 2010/11 --by function"),
        format!("report breakdown --org {org} --year 2010/11"),
        format!("report targets --org {org}"),
        format!("report redeployment --org {org}"),
        format!("report challenges --org {org} --at 2011-08-01"),
        format!("report failed-costs --org {org} --year 2010/11"),
        format!("report shares --org {org} --year 2010/11"),
        format!("sample --org {org} --year 2010/11 --size 5 --seed 316"),
        format!("sample --org {org} --year 2010/11 --size 0 --seed 316"),
        format!("export --org {org}"),
    ];
    for basis in ["claimed", "validated", "assured"] {
        calls.push(format!(
            "explain --org {org} --year 2010/11 --basis {basis}"
        ));
    }
    calls
}

/// Asks everything of an organisation, as text and as JSON; gives how many answers had something in them.
fn same_answers(served: &Served, org: &str) -> usize {
    let last = served.service.program().events(org).len();
    let mut answered = 0;
    for call in questions(org, last) {
        for call in [call.clone(), format!("{call} --json")] {
            let said = served.same("eve", &call);
            answered += usize::from(said.status == 0 && !said.stdout.is_empty());
        }
    }
    answered
}

#[test]
fn the_sample_data_reads_the_same() {
    let served = Served::samples();
    for org in SAMPLES {
        let answered = same_answers(&served, org);
        assert!(answered >= 30, "{org}: {answered}");
    }
    for call in [
        "totals --org E09999999 --year 2010/11",
        "totals --org E09999999 --year 2010/11 --position 1",
        "trail --org E09999999",
        "explain --org E09999999 --year 2010/11",
        "report due --org E09999999 --at 2011-08-01",
        "statement list --org E09999999",
        "export --org E09999999",
        "totals --org _SYSTEM --year 2010/11",
        "explain --org _SYSTEM --year 2010/11",
        "statement list --org _SYSTEM",
    ] {
        let said = served.same("eve", call);
        assert_eq!(said.status, 1, "{call}");
    }
}

#[test]
fn random_histories_read_the_same() {
    for seed in [11, 4300] {
        let commands = random_history(seed, 400);
        let org = commands[0]["org"].as_str().unwrap().to_owned();
        let program = Program::new();
        let recorded = program.record(&commands);
        assert!(recorded.answers.len() == commands.len(), "seed {seed}");
        let served = Served::over(program);
        let answered = same_answers(&served, &org);
        assert!(answered >= 25, "seed {seed}: {answered}");
    }
}

#[test]
fn a_long_history_comes_whole() {
    let mut commands = vec![stroud()];
    let note = "x".repeat(1_900);
    commands.extend((0..3_000).map(|n| with(claim(&format!("C{n}")), &json!({ "note": note }))));
    let served = Served::over(Program::with(&commands));
    let trail = served.same("eve", &format!("trail --org {STROUD} --json"));
    assert!(trail.stdout.len() > 6_000_000, "{}", trail.stdout.len());
    served.same(
        "eve",
        &format!("totals --org {STROUD} --year 2010/11 --json"),
    );
}

#[test]
fn the_history_of_people_reads_the_same_for_administrators() {
    let served = Served::over(Program::with(&[stroud()]));
    for call in [
        "trail --org _SYSTEM",
        "trail --org _SYSTEM --json",
        "export --org _SYSTEM",
    ] {
        let said = served.same("ada", call);
        assert!(said.stdout.lines().count() > 8, "{said:#?}");
        served.through("eve", call).fails(1, &["not-allowed: "]);
    }
}

#[test]
fn a_statement_is_issued_read_and_bundled_the_same() {
    let served = Served::samples();
    let which = format!("--org {SAMPLEBOROUGH} --year 2009/10 --series actual");
    let refused = served.through("ann", &format!("statement issue {which}"));
    refused.fails(1, &["not-allowed: "]);
    assert_eq!(refused.stdout, "");
    let issued = served.through("sue", &format!("statement issue {which}"));
    assert_eq!(issued.status, 0, "{issued:#?}");
    let again = served.through("sue", &format!("statement issue {which} --json"));
    let shown = served.same("eve", &format!("statement show {which} --json"));
    assert_eq!(again, shown);
    let number = again.document()["statement"]["number"].as_u64().unwrap();
    let first = format!("actual statement {} for 2009/10: NI179 £", number - 1);
    assert!(issued.stdout.starts_with(&first), "{issued:#?}");
    for call in [
        "show",
        "show --json",
        "compare",
        "compare --json",
        "compare --basis claimed",
    ] {
        served.same("eve", &format!("statement {call} {which}"));
    }
    served.same(
        "eve",
        &format!("statement list --org {SAMPLEBOROUGH} --json"),
    );

    let program = served.service.program();
    let named = format!("netgain-{SAMPLEBOROUGH}-2009-10-actual-{number}.tar");
    let said = served.through("eve", &format!("statement bundle {which}"));
    assert_eq!(said.status, 0, "{said:#?}");
    let fetched = fs::read(program.path(&named)).unwrap();
    fs::remove_file(program.path(&named)).unwrap();
    assert_eq!(served.in_files(&format!("statement bundle {which}")), said);
    assert!(fetched == fs::read(program.path(&named)).unwrap());
    // Of a bundle that broke off nothing is left.
    fs::remove_file(program.path(&named)).unwrap();
    let url = cut_after(80_000, served.service.address());
    let cut = served.at(&url, "eve", &format!("statement bundle {which}"));
    cut.fails(3, &[&named]);
    assert!(
        !program.path(&named).exists() && !program.path(&format!("{named}.unfinished")).exists()
    );
    fs::write(program.path(&named), &fetched).unwrap();
    let key = program.file("key", program.run("keys show").stdout);
    let verified = program.run(&format!("verify-bundle {named} --key {key}"));
    assert_eq!(verified.status, 0, "{verified:#?}");
}

#[test]
fn an_export_holds_what_a_token_may_read_and_says_that_it_is_no_copy_of_the_ledger() {
    let served = Served::samples();
    let exported = served.through("eve", "export");
    assert_eq!(exported.status, 0, "{exported:#?}");
    let mut orgs = SAMPLES;
    orgs.sort_unstable();
    let histories: String = orgs
        .iter()
        .map(|org| served.in_files(&format!("export --org {org}")).stdout)
        .collect();
    assert!(exported.stdout == histories);
    assert!(
        exported
            .stderr
            .contains("3 organisations that this token may read"),
        "{exported:#?}"
    );
    // It can be read into a ledger, of those organisations.
    let restored = Program::new();
    let back = restored.run_with("restore", exported.stdout.as_bytes());
    assert_eq!(back.status, 0, "{back:#?}");
    assert_eq!(
        restored.events(SALFORD),
        served.service.program().events(SALFORD)
    );
    // Nothing that may not be read leaves a file behind.
    let refused = served.through("ada", &format!("export --org {SALFORD} --output out.jsonl"));
    refused.fails(1, &["not-allowed: "]);
    assert!(!served.service.program().path("out.jsonl").exists());
}

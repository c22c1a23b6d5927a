//! The calls that read: totals, trail, explain, diff, reports, export, demo, and what helps to use
//! them. Figures are worked out again from the totals and the trail, not from the reports' own code.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use netgain_tests::examples::{STROUD, claim, organisation, stroud, with};
use netgain_tests::histories::bulk;
use netgain_tests::program::{Output, Program};
use serde_json::{Value, json};

const SALFORD: &str = "E08000006";
const LANCASTER: &str = "E07000121";
const SAMPLEBOROUGH: &str = "X00000001";

/// The program with the sample ledger, and what loading it printed.
fn demo() -> (Program, Output) {
    let program = Program::new();
    let loaded = program.run(["demo"]);
    assert_eq!(loaded.status, 0, "{loaded:#?}");
    (program, loaded)
}

fn pence(amount: &Value) -> i128 {
    let text = amount.as_str().unwrap_or_else(|| panic!("{amount}"));
    let (_, decimals) = text.split_once('.').expect("two decimals");
    assert_eq!(decimals.len(), 2, "{amount}");
    text.replace('.', "").parse().unwrap()
}

/// An amount as text for people has it.
fn pounds(amount: &Value) -> String {
    let pence = pence(amount);
    let digits = (pence.abs() / 100).to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect();
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}£{}.{:02}", groups.join(","), pence.abs() % 100)
}

fn sum<'v>(list: &'v Value, amount: impl Fn(&'v Value) -> &'v Value) -> i128 {
    let list = list.as_array().unwrap();
    list.iter().map(|item| pence(amount(item))).sum()
}

/// The words of the row of a table that begins with that.
fn row<'t>(text: &'t str, start: &str) -> Vec<&'t str> {
    let found = text.lines().find(|line| line.starts_with(start));
    found
        .unwrap_or_else(|| panic!("no row {start:?} in {text}"))
        .split_whitespace()
        .collect()
}

// ---------------------------------------------------------------------------------------------
// demo

#[test]
fn the_demo_prints_the_councils_figures() {
    let (_, loaded) = demo();
    let sections: Vec<&str> = loaded.stdout.split("\n\n").collect();
    let section = |org: &str| {
        let found = sections.iter().find(|section| section.contains(org));
        *found.unwrap_or_else(|| panic!("{org} is not in {}", loaded.stdout))
    };
    let nothing = "£0.00";
    for (year, net) in [
        ("2010/11", "£2,809,000.00"),
        ("2011/12", "£3,290,000.00"),
        ("2012/13", "£3,355,000.00"),
    ] {
        let expected = [year, net, nothing, nothing, "38", "9", "2"];
        assert_eq!(row(section(SALFORD), year), expected);
    }
    for (year, net) in [
        ("2009/10", "£391,300.00"),
        ("2010/11", "£424,700.00"),
        ("2011/12", "£428,600.00"),
    ] {
        let expected = [year, net, nothing, nothing, "10", "3", "0"];
        assert_eq!(row(section(LANCASTER), year), expected);
    }
    let headline = row(section(SAMPLEBOROUGH), "2010/11");
    assert_eq!(
        headline[1..4],
        ["£5,838,733.83", "£5,285,733.83", "£5,067,483.33"]
    );
}

#[test]
fn the_demo_ledgers_totals_are_the_figures_it_prints() {
    let (program, _) = demo();
    let totals =
        |org: &str, year: &str| program.json(["totals", "--json", "--org", org, "--year", year]);
    let with_status = |totals: &Value, status: &str| {
        let claims = totals["claims"].as_array().unwrap();
        claims
            .iter()
            .filter(|claim| claim["status"] == status)
            .count()
    };
    for (org, claims, ineligible, failed, nets) in [
        (
            SALFORD,
            38,
            9,
            2,
            [
                ("2010/11", "2809000.00"),
                ("2011/12", "3290000.00"),
                ("2012/13", "3355000.00"),
            ],
        ),
        (
            LANCASTER,
            10,
            3,
            0,
            [
                ("2009/10", "391300.00"),
                ("2010/11", "424700.00"),
                ("2011/12", "428600.00"),
            ],
        ),
    ] {
        for (year, net) in nets {
            let said = totals(org, year);
            assert_eq!(said["claimed"]["net"], net, "{org} {year}");
            // Nobody validates a real council's claims.
            assert_eq!(said["validated"]["net"], "0.00", "{org} {year}");
            assert_eq!(said["claims"].as_array().unwrap().len(), claims);
            assert_eq!(with_status(&said, "ineligible"), ineligible, "{org} {year}");
            assert_eq!(with_status(&said, "failed"), failed, "{org} {year}");
        }
    }
}

#[test]
fn the_demo_is_refused_politely_where_something_is_recorded() {
    let (program, _) = demo();
    let stroud_only = Program::with(&[stroud()]);
    let lancaster_only = Program::with(&[organisation(LANCASTER, "Lancaster City Council")]);
    for ledger in [program, stroud_only, lancaster_only] {
        let before = ledger.export();

        let refused = ledger.run(["demo"]);

        refused.fails(2, &["netgain: ", "empty", "--data"]);
        assert_eq!(refused.stdout, "");
        assert!(ledger.export() == before, "{}", ledger.export());
    }
}

// ---------------------------------------------------------------------------------------------
// totals

#[test]
fn totals_for_people_have_pounds_commas_and_every_claim() {
    let (program, _) = demo();
    let asked = ["totals", "--org", SAMPLEBOROUGH, "--year", "2010/11"];
    let text = program.run(asked).stdout;
    let totals = program.json(asked.into_iter().chain(["--json"]));
    assert!(text.starts_with("Sampleborough Council (fictional) (X00000001)\n"));
    assert!(
        text.contains("NI179 for 2010/11: £5,285,733.83\n"),
        "{text}"
    );
    let bases = ["claimed", "validated", "assured"];
    for (name, field) in [
        ("Gross annual value", "gross"),
        ("less running costs", "recurring_costs"),
        ("less not sustained", "deleted"),
        ("less investment", "one_off_costs"),
        ("plus SR04 carry-forward", "carry_forward"),
        ("Net ", "net"),
    ] {
        let shown = row(&text, name);
        let expected = bases.map(|basis| pounds(&totals[basis][field]));
        assert_eq!(shown[shown.len() - 3..], expected, "{name} in {text}");
    }
    for claim in totals["claims"].as_array().unwrap() {
        let reference = claim["claim"].as_str().unwrap();
        let shown = row(&text, &format!("{reference} "));
        assert!(
            shown.contains(&claim["status"].as_str().unwrap()),
            "{shown:?}"
        );
        assert!(shown.contains(&pounds(&claim["net"]).as_str()), "{shown:?}");
    }
    assert!(text.contains("16 claims: 7 proven"), "{text}");
    // A figure of another size and sign.
    let text = program
        .run(["totals", "--org", SALFORD, "--year", "2010-11"])
        .stdout;
    assert!(text.contains("£2,809,000.00 claimed"), "{text}");
}

#[test]
fn a_position_beyond_the_last_is_bad_and_position_zero_knows_nothing() {
    let program = Program::with(&[stroud(), claim("A")]);
    let asked = ["totals", "--json", "--org", STROUD, "--year", "2010/11"];
    let at = |position: &str| program.run(asked.into_iter().chain(["--position", position]));
    for beyond in ["3", "1000000", "18446744073709551615"] {
        at(beyond).fails(2, &["bad-position", STROUD, "2 events"]);
    }
    for no_position in ["-1", "1.5", "one", "18446744073709551616", ""] {
        assert_eq!(at(no_position).status, 2, "{no_position:?}");
    }
    assert_eq!(at("2").document()["claimed"]["net"], "1000.00");
    assert_eq!(at("1").document()["claimed"]["net"], "0.00");
    are_zeros(&at("0"));
    let text = program.run([
        "totals",
        "--org",
        STROUD,
        "--year",
        "2010/11",
        "--position",
        "0",
    ]);
    assert!(
        text.stdout.contains("NI179 for 2010/11: £0.00"),
        "{text:#?}"
    );
}

/// Nothing is known of Stroud yet.
fn are_zeros(output: &Output) {
    let zero = json!({
        "gross": "0.00", "recurring_costs": "0.00", "deleted": "0.00",
        "one_off_costs": "0.00", "carry_forward": "0.00", "net": "0.00",
    });
    let expected = json!({
        "org": STROUD, "year": "2010/11", "regime": "ni179", "ruleset": "ni179-v1", "position": 0,
        "claimed": zero, "validated": zero, "assured": zero, "claims": [],
    });
    assert_eq!(output.status, 0, "{output:#?}");
    assert_eq!(output.document(), expected);
}

#[test]
fn a_time_takes_in_what_was_recorded_by_then() {
    let program = Program::with(&[stroud()]);
    program.accepts(&[claim("A")]);
    let events = program.events(STROUD);
    let recorded_at = events[1]["recorded_at"].as_str().unwrap();
    let asked = ["totals", "--json", "--org", STROUD, "--year", "2010/11"];
    let at = |time: &str| program.run(asked.into_iter().chain(["--known-at", time]));
    let day = &recorded_at[..10];
    for (time, net) in [
        (recorded_at, "1000.00"),
        ("2999-12-31T23:59:59Z", "1000.00"),
        // The same moments, told by other clocks.
        (&recorded_at.replace('Z', "+00:00"), "1000.00"),
        // A day means its end.
        (day, "1000.00"),
    ] {
        let said = at(time);
        assert_eq!(said.status, 0, "{time}: {said:#?}");
        assert_eq!(said.document()["claimed"]["net"], net, "{time}");
    }
    for before in [
        "2008-04-01T00:00:00Z",
        "1970-01-01",
        "2008-04-01T00:00:00.000+01:00",
    ] {
        are_zeros(&at(before));
    }
    for no_time in [
        "yesterday",
        "2010",
        "2010-02-30",
        "01/04/2010",
        "2010-04-01T25:00:00Z",
    ] {
        at(no_time).fails(2, &["--known-at"]);
    }
    let both = ["--position", "1", "--known-at", day];
    program
        .run(asked.into_iter().chain(both))
        .fails(2, &["--known-at"]);
}

#[test]
fn an_organisation_that_is_not_there_is_refused_by_every_call() {
    let program = Program::with(&[stroud(), claim("A")]);
    let year = ["--year", "2010/11"];
    let calls: [&[&str]; 8] = [
        &["totals"],
        &["explain"],
        &["diff", "--from", "0", "--to", "0"],
        &["report", "due"],
        &["report", "shares"],
        &["trail"],
        &["export"],
        &["verify"],
    ];
    for call in calls {
        for org in ["E07000083", "e07000082"] {
            let words = call.iter().copied().chain(["--org", org]);
            let with_year = !matches!(call[0], "trail" | "export" | "verify");
            let output = program.run(words.chain(year.into_iter().filter(|_| with_year)));
            if org == "E07000083" {
                output.fails(1, &["unknown-organisation"]);
            } else {
                output.fails(2, &["--org"]);
            }
            assert_eq!(output.stdout, "", "{call:?}");
        }
    }
    for position in [["--position", "0"], ["--known-at", "1999-01-01"]] {
        let asked = ["totals", "--org", "E07000083", "--year", "2010/11"];
        let output = program.run(asked.into_iter().chain(position));
        output.fails(1, &["unknown-organisation"]);
    }
}

#[test]
fn a_year_before_the_indicators_first_is_bad() {
    let program = Program::with(&[stroud(), claim("A")]);
    let calls: [&[&str]; 5] = [
        &["totals"],
        &["explain"],
        &["diff", "--from", "0", "--to", "1"],
        &["report", "shares"],
        &["statement", "issue", "--series", "actual"],
    ];
    for call in calls {
        let words = call.iter().copied().chain(["--org", STROUD]);
        let output = program.run(words.chain(["--year", "2007/08"]));
        output.fails(2, &["bad-year", "2008/09"]);
    }
    for no_year in [
        "2010",
        "2010/12",
        "2010/11/12",
        "10/11",
        "1989/90",
        "2100/01",
    ] {
        let output = program.run(["totals", "--org", STROUD, "--year", no_year]);
        output.fails(2, &["--year"]);
    }
    assert_eq!(program.events(STROUD).len(), 2);
}

#[test]
fn without_a_ledger_reading_says_so_and_makes_nothing() {
    let program = Program::new();
    let of_stroud = ["--org", STROUD, "--year", "2010/11"];
    let calls: [&[&str]; 6] = [
        &["totals"],
        &["explain"],
        &["report", "targets"],
        &["trail", "--org", STROUD],
        &["export"],
        &["verify"],
    ];
    for call in calls {
        let year = of_stroud
            .into_iter()
            .filter(|_| matches!(call[0], "totals" | "explain" | "report"));
        let output = program.run(call.iter().copied().chain(year));
        output.fails(3, &["no ledger", program.data().to_str().unwrap()]);
        assert!(!program.data().exists(), "{call:?} made something");
    }
}

#[test]
fn the_ledgers_directory_may_be_named_by_the_environment() {
    let program = Program::with(&[stroud()]);
    let elsewhere = Program::new();
    let mut command = std::process::Command::new(elsewhere.command::<&str>([]).get_program());
    command.args(["trail", "--org", STROUD]);
    command.env("NETGAIN_DATA", program.data());
    let output = netgain_tests::program::run(command, b"");
    assert!(output.stdout.contains("Stroud"), "{output:#?}");
}

// ---------------------------------------------------------------------------------------------
// trail, export

#[test]
fn a_trail_is_the_stored_lines_and_an_export_is_all_of_them() {
    let (program, _) = demo();
    let export = program.export();
    assert_eq!(export.lines().count(), 163);
    let mut together = 0;
    for org in [SALFORD, LANCASTER, SAMPLEBOROUGH] {
        let trail = program.run(["trail", "--json", "--org", org]);
        let of_org = program.run(["export", "--org", org]);
        assert_eq!(trail.stdout, of_org.stdout, "{org}");
        let mentions = format!("\"org\":\"{org}\"");
        let lines: Vec<&str> = export
            .lines()
            .filter(|line| line.contains(&mentions))
            .collect();
        assert_eq!(trail.stdout, lines.join("\n") + "\n", "{org}");
        for (position, event) in (1..).zip(trail.documents()) {
            assert_eq!(event["position"].as_u64(), Some(position), "{event}");
            assert_eq!(event["schema"], 1, "{event}");
            together += 1;
        }
    }
    assert_eq!(together, 163);
    let file = program.path("export.jsonl");
    let to_file = ["export", "--output", file.to_str().unwrap()];
    assert_eq!(program.run(to_file).status, 0);
    assert!(std::fs::read_to_string(&file).unwrap() == export);
    // What is there already is nobody's to overwrite.
    program.run(to_file).fails(3, &["export.jsonl"]);
    assert!(std::fs::read_to_string(&file).unwrap() == export);
}

#[test]
fn what_is_no_whole_history_is_not_restored() {
    let (program, _) = demo();
    let export = program.export();
    let lines: Vec<&str> = export.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let without = |at: usize| joined(&[&lines[..at], &lines[at + 1..]].concat());
    let other = Program::with(&[stroud()]).export();
    let mut swapped = lines.clone();
    swapped.swap(5, 6);
    for (what, history) in [
        ("nothing", String::new()),
        ("a gap", without(7)),
        ("no beginning", without(0)),
        ("two events in each other's place", joined(&swapped)),
        ("an event twice", format!("{export}{}\n", lines[162])),
        ("another ledger's event", format!("{export}{other}")),
        ("an end cut short", export[..export.len() - 20].to_owned()),
        ("no last line feed", export.trim_end().to_owned()),
        ("line ends of another system", export.replace('\n', "\r\n")),
        ("spaces", export.replacen("\":", "\": ", 1)),
        (
            "a field too many",
            export.replacen("{\"schema\":1,", "{\"schema\":1,\"x\":1,", 1),
        ),
        (
            "a newer schema",
            export.replacen("{\"schema\":1,", "{\"schema\":2,", 1),
        ),
        (
            "commands",
            netgain_tests::examples::stroud().to_string() + "\n",
        ),
        ("a text", "Dear Sir or Madam\n".to_owned()),
    ] {
        let elsewhere = Program::new();
        let output = elsewhere.run_with(["restore"], history.as_bytes());
        output.fails(1, &["not-a-history", "nothing was"]);
        assert_eq!(elsewhere.stored().len(), 0, "{what} left something");
        elsewhere.run(["verify"]).fails(3, &["no ledger"]);
    }
}

#[test]
fn a_claims_trail_is_the_events_about_it() {
    let (program, _) = demo();
    let all = program.events(SAMPLEBOROUGH);
    let asked = ["trail", "--org", SAMPLEBOROUGH, "--claim", "PROC1"];
    let of_claim = program.run(asked.into_iter().chain(["--json"])).documents();
    let expected: Vec<Value> = all
        .into_iter()
        .filter(|event| event["claim"] == "PROC1")
        .collect();
    assert_eq!(of_claim, expected);
    assert!(expected.len() > 8);

    let text = program.run(asked).stdout;
    for words in [
        "registered “Consortium contracts",
        "£845,000.00",
        "checked 2010/11: reduced to £770,000.00",
        "challenge AUD-1",
        "c.audit",
    ] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
    for claim in ["NONE", "proc1"] {
        let words = ["trail", "--org", SAMPLEBOROUGH, "--claim", claim];
        program.run(words).fails(1, &["unknown-claim", claim]);
    }
}

#[test]
fn whoever_stops_reading_early_is_left_in_peace() {
    let program = Program::new();
    let given: Vec<String> = bulk(3, 2, 2000).collect();
    assert_eq!(program.record_lines(given.join("\n").as_bytes()).status, 0);
    for call in [
        vec!["export"],
        vec!["trail", "--org", "E07000001"],
        vec!["trail", "--json", "--org", "E07000001"],
    ] {
        let mut command = program.command(&call);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        let mut output = BufReader::with_capacity(512, child.stdout.take().unwrap());
        output.read_line(&mut first).unwrap();
        drop(output);
        let mut told = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut told)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{call:?}: {told}");
        assert_eq!(told, "", "{call:?}");
        assert!(first.ends_with('\n'), "{call:?}");
    }
}

// ---------------------------------------------------------------------------------------------
// explain, diff

/// Checks that effects lead from one figure to the other, and that people are told the same.
fn adds_up(program: &Program, words: &[&str]) -> Value {
    let document = program.json(words.iter().chain(&["--json"]));
    let text = program.run(words).stdout;
    let mut figure = pence(&document["from"]["figure"]);
    let mut position = document["from"]["position"].as_u64().unwrap();
    for effect in document["effects"].as_array().unwrap() {
        let step = pence(&effect["effect"]);
        assert_ne!(step, 0, "{effect}");
        figure += step;
        assert_eq!(pence(&effect["figure"]), figure, "{effect}");
        let at = effect["position"].as_u64().unwrap();
        assert!(at > position, "{effect}");
        position = at;

        let shown = text
            .lines()
            .find(|line| line.trim_start().starts_with(&format!("{at} ")));
        let shown = shown.unwrap_or_else(|| panic!("{at} is not in {text}"));
        let change = pounds(&effect["effect"]);
        let sign = if step > 0 { "+" } else { "" };
        for words in [
            format!(" {sign}{change} "),
            pounds(&effect["figure"]),
            effect["event"].as_str().unwrap().to_owned(),
            effect["actor"].as_str().unwrap().to_owned(),
            effect
                .get("claim")
                .map_or(String::new(), |claim| claim.as_str().unwrap().to_owned()),
        ] {
            assert!(shown.contains(&words), "{words:?} is not in {shown:?}");
        }
    }
    assert_eq!(pence(&document["to"]["figure"]), figure, "{words:?}");
    let headline = format!("net for {}", document["year"].as_str().unwrap());
    assert!(text.contains(&headline), "{text}");
    assert!(text.contains(&pounds(&document["to"]["figure"])), "{text}");
    document
}

#[test]
fn an_explanation_adds_up_to_the_figure() {
    let (program, _) = demo();
    for year in ["2008/09", "2010/11"] {
        let totals = program.json(["totals", "--json", "--org", SAMPLEBOROUGH, "--year", year]);
        for basis in ["claimed", "validated", "assured"] {
            let words = [
                "explain",
                "--org",
                SAMPLEBOROUGH,
                "--year",
                year,
                "--basis",
                basis,
            ];
            let whole = adds_up(&program, &words);
            assert_eq!(
                whole["to"]["figure"], totals[basis]["net"],
                "{basis} {year}"
            );
            assert_eq!(whole["to"]["position"], totals["position"]);
            assert_eq!(whole["from"], json!({ "position": 0, "figure": "0.00" }));
        }
        for reference in ["RB1", "CUST1", "CTX1", "HWY1"] {
            let claims = totals["claims"].as_array().unwrap();
            let line = claims
                .iter()
                .find(|line| line["claim"] == reference)
                .unwrap();
            let words = [
                "explain",
                "--org",
                SAMPLEBOROUGH,
                "--year",
                year,
                "--claim",
                reference,
            ];
            let of_claim = adds_up(&program, &[&words[..], &["--basis", "claimed"]].concat());
            assert_eq!(of_claim["to"]["figure"], line["net"], "{reference} {year}");
            assert_eq!(of_claim["claim"], reference);
        }
    }
    // Without a basis it is the headline.
    let headline = adds_up(
        &program,
        &["explain", "--org", SAMPLEBOROUGH, "--year", "2010/11"],
    );
    assert_eq!(headline["to"]["figure"], "5285733.83");
    assert_eq!(headline["basis"], "validated");
}

#[test]
fn a_difference_adds_up_between_two_positions() {
    let (program, _) = demo();
    for (from, to) in [
        (0, 113),
        (51, 74),
        (74, 113),
        (70, 90),
        (112, 113),
        (20, 20),
        (0, 0),
    ] {
        let (first, last) = (from.to_string(), to.to_string());
        let words = [
            "diff",
            "--org",
            SAMPLEBOROUGH,
            "--year",
            "2009/10",
            "--from",
            &first,
            "--to",
            &last,
        ];
        for basis in ["claimed", "validated", "assured"] {
            let document = adds_up(&program, &[&words[..], &["--basis", basis]].concat());
            for (end, position) in [("from", from), ("to", to)] {
                let known = program.totals(SAMPLEBOROUGH, "2009/10", position);
                assert_eq!(
                    document[end]["figure"], known[basis]["net"],
                    "{basis} {position}"
                );
                assert_eq!(document[end]["position"], position, "{words:?}");
            }
        }
    }
}

#[test]
fn an_explanation_of_what_is_not_there_is_refused() {
    let program = Program::with(&[stroud(), claim("A")]);
    let explain = |more: &[&str]| {
        program.run(
            ["explain", "--org", STROUD, "--year", "2010/11"]
                .iter()
                .chain(more),
        )
    };
    explain(&["--claim", "B"]).fails(1, &["unknown-claim", "B"]);
    explain(&["--basis", "guessed"]).fails(2, &["claimed, validated or assured"]);
    let diff = |from: &str, to: &str| {
        let words = [
            "diff", "--org", STROUD, "--year", "2010/11", "--from", from, "--to", to,
        ];
        program.run(words)
    };
    diff("2", "1").fails(2, &["bad-position"]);
    diff("0", "3").fails(2, &["bad-position", "2 events"]);
    diff("3", "3").fails(2, &["bad-position"]);
    let early = [
        "diff", "--org", STROUD, "--year", "2010/11", "--from", "0", "--to", "1",
    ];
    let early = program.run(early.into_iter().chain(["--claim", "A"]));
    early.fails(1, &["unknown-claim"]);
    let nothing = explain(&[]);
    assert!(
        nothing.stdout.contains("No event had an effect"),
        "{nothing:#?}"
    );
}

// ---------------------------------------------------------------------------------------------
// reports

/// A report as a document and as text.
fn report(program: &Program, org: &str, words: &[&str]) -> (Value, String) {
    let words = [&["report"], words, &["--org", org]].concat();
    let document = program.json(words.iter().chain(&["--json"]));
    let name = words[1];
    assert_eq!(document["report"], name);
    assert_eq!(document["org"], org);
    assert_eq!(document["ruleset"], "ni179-v1");
    let text = program.run(&words);
    assert_eq!(text.status, 0, "{text:#?}");
    (document[name].clone(), text.stdout)
}

fn mentions(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
}

#[test]
fn checks_are_due_from_the_first_of_april_and_overdue_from_the_first_of_august() {
    let check = |reference: &str, actor: &str| {
        json!({
            "type": "check-sustainment", "org": STROUD, "claim": reference, "actor": actor,
            "year": "2008/09", "outcome": "sustained", "quality": "maintained",
        })
    };
    let program = Program::with(&[
        stroud(),
        with(claim("A"), &json!({ "actor": "ann" })),
        with(
            claim("B"),
            &json!({ "actor": "ann", "profile": { "2008/09": "250.50" } }),
        ),
        with(claim("C"), &json!({ "actor": "ann" })),
        with(claim("D"), &json!({ "actor": "ann", "source": "grant" })),
        check("B", "ANN"),
        check("C", "bob"),
    ]);
    let due_at = |at: &str| report(&program, STROUD, &["due", "--at", at]);

    let (nothing, text) = due_at("2009-03-31");
    assert_eq!(nothing["checks"], json!([]));
    assert_eq!(nothing["at_risk"], "0.00");
    mentions(&text, &["2009-03-31", "No check is due."]);

    for (at, standing) in [
        ("2009-04-01", "due"),
        ("2009-07-31", "due"),
        ("2009-08-01", "overdue"),
        ("2010-03-31", "overdue"),
    ] {
        let (due, text) = due_at(at);
        let line = |reference: &str, standing: &str, at_risk: &str| {
            json!({
                "claim": reference, "year": "2008/09", "due": "2009-04-01",
                "overdue_from": "2009-08-01", "standing": standing, "at_risk": at_risk,
            })
        };
        let expected = [
            line("A", standing, "1000.00"),
            line("B", "own-check", "250.50"),
        ];
        assert_eq!(due["checks"], json!(expected), "{at}");
        assert_eq!(
            (&due["at"], &due["at_risk"]),
            (&json!(at), &json!("1250.50"))
        );
        mentions(
            &text,
            &["2009-08-01", "£1,000.00", "£250.50", "£1,250.50", standing],
        );
    }

    let (next, _) = due_at("2010-04-01");
    let years: Vec<(&str, &str)> = next["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| {
            (
                check["year"].as_str().unwrap(),
                check["claim"].as_str().unwrap(),
            )
        })
        .collect();
    let (first, second) = ("2008/09", "2009/10");
    assert_eq!(
        years,
        [
            (first, "A"),
            (first, "B"),
            (second, "A"),
            (second, "B"),
            (second, "C")
        ]
    );
    let words = ["due", "--at", "2010-04-01", "--year", "2009/10"];
    let (one_year, _) = report(&program, STROUD, &words);
    assert_eq!(one_year["checks"].as_array().unwrap().len(), 3);
    assert_eq!(one_year["at_risk"], "2250.50");
}

#[test]
fn the_pounds_at_risk_are_what_the_assured_total_lacks() {
    let (program, _) = demo();
    for year in ["2009/10", "2010/11", "2011/12"] {
        let words = ["due", "--at", "2013-01-01", "--year", year];
        let (due, text) = report(&program, SAMPLEBOROUGH, &words);
        let totals = program.json(["totals", "--json", "--org", SAMPLEBOROUGH, "--year", year]);
        let lines = totals["claims"].as_array().unwrap();
        for check in due["checks"].as_array().unwrap() {
            if check["claim"].is_null() {
                assert_eq!(check["at_risk"], totals["claimed"]["carry_forward"]);
                continue;
            }
            let line = lines
                .iter()
                .find(|line| line["claim"] == check["claim"])
                .unwrap();
            assert_eq!(check["at_risk"], line["net"], "{check}");
            assert_eq!(line["assured"], false, "{check}");
            mentions(&text, &[&pounds(&line["net"])]);
        }
        assert_eq!(
            pence(&due["at_risk"]),
            sum(&due["checks"], |check| &check["at_risk"])
        );
        // Whatever is neither assured nor due is not worth asking about.
        let listed = |claim: &Value| {
            due["checks"]
                .as_array()
                .unwrap()
                .iter()
                .any(|c| c["claim"] == *claim)
        };
        for line in lines.iter().filter(|line| line["validated"] == true) {
            let counts = pence(&line["gross"]) > 0;
            let expected = counts && line["assured"] == false;
            assert_eq!(listed(&line["claim"]), expected, "{year}: {line}");
        }
    }
}

/// The value each claim of an organisation now has in a field, from its registration and
/// amendments.
fn stated(program: &Program, org: &str, field: &str) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for event in program.events(org) {
        if event["type"] == "claim-registered" || event["type"] == "claim-amended" {
            let reference = event["claim"].as_str().unwrap().to_owned();
            let held = values.entry(reference).or_insert(Value::Null);
            if let Some(value) = event.get(field) {
                *held = value.clone();
            }
        }
    }
    values
}

#[test]
fn a_breakdown_by_any_heading_adds_up_to_the_totals() {
    let (program, _) = demo();
    let headings = [
        "function",
        "method",
        "technique",
        "approach",
        "service",
        "source",
        "label:directorate",
        "label:nobody-uses-this",
    ];
    for (org, year) in [(SAMPLEBOROUGH, "2010/11"), (SALFORD, "2011/12")] {
        let totals = program.json(["totals", "--json", "--org", org, "--year", year]);
        let claims = totals["claims"].as_array().unwrap();
        for heading in headings {
            let words = ["breakdown", "--year", year, "--by", heading];
            let (groups, text) = report(&program, org, &words);
            for basis in ["claimed", "validated", "assured"] {
                let net = pence(&totals[basis]["net"]) - pence(&totals[basis]["carry_forward"]);
                assert_eq!(
                    sum(&groups, |group| &group[basis]),
                    net,
                    "{org} by {heading}"
                );
            }
            let gross = pence(&totals["claimed"]["gross"]);
            assert_eq!(
                sum(&groups, |group| &group["gross"]),
                gross,
                "{org} by {heading}"
            );
            let counted: u64 = groups
                .as_array()
                .unwrap()
                .iter()
                .map(|group| group["claims"].as_u64().unwrap())
                .sum();
            assert_eq!(counted, claims.len() as u64, "{org} by {heading}");
            for group in groups.as_array().unwrap() {
                let name = group["value"].as_str().unwrap_or("not stated");
                let shown = row(&text, name);
                assert!(
                    shown.contains(&pounds(&group["claimed"]).as_str()),
                    "{shown:?}"
                );
            }
        }
    }

    // Group by group, from what the claims state.
    let functions = stated(&program, SAMPLEBOROUGH, "function");
    let asked = [
        "totals",
        "--json",
        "--org",
        SAMPLEBOROUGH,
        "--year",
        "2010/11",
    ];
    let totals = program.json(asked);
    let mut expected: BTreeMap<Option<&str>, i128> = BTreeMap::new();
    for line in totals["claims"].as_array().unwrap() {
        let function = functions[line["claim"].as_str().unwrap()].as_str();
        *expected.entry(function).or_default() += pence(&line["net"]);
    }
    let words = ["breakdown", "--year", "2010/11", "--by", "function"];
    let (groups, _) = report(&program, SAMPLEBOROUGH, &words);
    let found: BTreeMap<Option<&str>, i128> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| (group["value"].as_str(), pence(&group["claimed"])))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn targets_stand_beside_the_sectors_path_of_the_baseline() {
    let (program, _) = demo();
    let (targets, text) = report(&program, SAMPLEBOROUGH, &["targets"]);
    assert_eq!(targets["baseline"], "62000000.00");
    // 1.03 − 1, 1.03² − 1, 1.03³ − 1 and 1.03² · 1.04 − 1 of £62,000,000.
    let steady = [
        ("3", "1860000.00"),
        ("6.09", "3775800.00"),
        ("9.2727", "5749074.00"),
    ];
    let budget = [
        ("3", "1860000.00"),
        ("6.09", "3775800.00"),
        ("10.3336", "6406832.00"),
    ];
    let own = [
        ("2008/09", "1860000.00", "3.2"),
        ("2009/10", "3775800.00", "7.1"),
        ("2010/11", "5747400.00", "8.5"),
    ];
    let years = targets["years"].as_array().unwrap();
    assert_eq!(years.len(), 3);
    for (at, (year, target, percent)) in own.into_iter().enumerate() {
        let listed = &years[at];
        let asked = ["totals", "--json", "--org", SAMPLEBOROUGH, "--year", year];
        let totals = program.json(asked);
        assert_eq!(listed["year"], year);
        assert_eq!(listed["validated"], totals["validated"]["net"]);
        assert_eq!(listed["claimed"], totals["claimed"]["net"]);
        assert_eq!(listed["target"], target);
        let above = pence(&listed["validated"]) - pence(&json!(target));
        assert_eq!(pence(&listed["above_target"]), above);
        assert_eq!(listed["percent_of_baseline"], percent);
        for (path, (percent, amount)) in [steady[at], budget[at]].into_iter().enumerate() {
            assert_eq!(listed["sector"][path]["percent"], percent);
            assert_eq!(listed["sector"][path]["amount"], amount);
            mentions(
                &text,
                &[&format!("{percent} %: {}", pounds(&json!(amount)))],
            );
        }
    }
    // ENV1 is the only validated claim of the service.
    let services =
        json!([{ "service": "Environment", "target": "1000000.00", "validated": "1149333.33" }]);
    assert_eq!(years[2]["services"], services);
    mentions(
        &text,
        &["£62,000,000.00", "£5,285,733.83", "-£461,666.17", "8.5 %"],
    );

    // Without a baseline there are no amounts to say.
    let (none, text) = report(&program, SALFORD, &["targets", "--year", "2010/11"]);
    assert_eq!(none["baseline"], Value::Null);
    assert_eq!(none["years"].as_array().unwrap().len(), 1);
    assert_eq!(none["years"][0]["sector"][1]["amount"], Value::Null);
    mentions(&text, &["no baseline of 2007/08 is set", "10.3336 %"]);
}

#[test]
fn shares_are_the_parts_of_the_claimed_total() {
    let (program, _) = demo();
    let (shares, text) = report(&program, SAMPLEBOROUGH, &["shares", "--year", "2010/11"]);
    let functions = stated(&program, SAMPLEBOROUGH, "function");
    let asked = [
        "totals",
        "--json",
        "--org",
        SAMPLEBOROUGH,
        "--year",
        "2010/11",
    ];
    let totals = program.json(asked);
    let (mut back, mut front, mut not_stated) = (0, 0, 0);
    for line in totals["claims"].as_array().unwrap() {
        let function = functions[line["claim"].as_str().unwrap()].as_str();
        *match function {
            None => &mut not_stated,
            Some("front-line") => &mut front,
            Some(_) => &mut back,
        } += pence(&line["net"]);
    }
    assert_eq!(pence(&shares["back_office"]["part"]), back);
    assert_eq!(
        pence(&shares["back_office"]["whole"]),
        back + front + not_stated
    );
    assert_eq!(pence(&shares["front_line"]), front);
    assert_eq!(pence(&shares["function_not_stated"]), not_stated);
    assert_eq!(shares["back_office"]["percent"], "51.3");
    // Of the claims that release no cash only LIB1 counts: HWY1 has an excluded source.
    let gross = pence(&totals["claimed"]["gross"]);
    assert_eq!(pence(&shares["cashable"]["part"]), gross);
    assert_eq!(pence(&shares["cashable"]["whole"]), gross + 8_500_000);
    assert_eq!(shares["cashable"]["percent"], "98.5");
    mentions(
        &text,
        &[
            "98.5 %",
            "51.3 %",
            "£2,589,400.50",
            "£5,765,850.50",
            "£2,459,333.33",
        ],
    );

    // Nothing to divide by.
    let empty = Program::with(&[stroud()]);
    let (shares, text) = report(&empty, STROUD, &["shares", "--year", "2010/11"]);
    assert_eq!(shares["cashable"]["percent"], Value::Null);
    mentions(&text, &["no share"]);
}

#[test]
fn money_spent_for_nothing_is_listed() {
    let (program, _) = demo();
    let (costs, text) = report(
        &program,
        SAMPLEBOROUGH,
        &["failed-costs", "--year", "2008/09"],
    );
    let transfer = json!([{
        "claim": "CUST1", "title": "Contact centre run by a contractor",
        "recurring_costs": "0.00", "one_off_costs": "62000.00",
    }]);
    assert_eq!(costs["failed"], transfer);
    assert_eq!(costs["failed_total"], "62000.00");
    assert_eq!(costs["still_running"], json!([]));
    mentions(&text, &["CUST1", "£62,000.00", "None."]);

    let (costs, text) = report(
        &program,
        SAMPLEBOROUGH,
        &["failed-costs", "--year", "2011/12"],
    );
    let lease = json!([{
        "claim": "TRV1", "title": "Pool cars instead of casual mileage",
        "recurring_costs": "31200.00", "one_off_costs": "0.00",
    }]);
    assert_eq!(costs["still_running"], lease);
    assert_eq!(costs["still_running_total"], "31200.00");
    assert_eq!(costs["failed"], json!([]));
    mentions(&text, &["TRV1", "£31,200.00"]);
}

#[test]
fn redeployments_in_force_are_listed_by_purpose() {
    let (program, _) = demo();
    let (found, text) = report(&program, SAMPLEBOROUGH, &["redeployment"]);
    let by_purpose: Vec<(&str, &str)> = found["by_purpose"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["purpose"].as_str().unwrap(),
                one["amount"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("front-line", "300000.00"),
        ("council-tax", "400000.00"),
        ("invest-to-save", "200000.00"),
        ("retained-by-service", "90000.00"),
        ("returned-to-centre", "250000.00"),
    ];
    assert_eq!(by_purpose, expected);
    assert_eq!(found["total"], "1240000.00");
    assert_eq!(sum(&found["uses"], |one| &one["amount"]), 124_000_000);
    mentions(&text, &["ENV1-TAX", "£400,000.00", "council-tax"]);
    // ICT1's was cancelled.
    assert!(!text.contains("ICT1"), "{text}");
    let (none, text) = report(
        &program,
        SAMPLEBOROUGH,
        &["redeployment", "--year", "2009/10"],
    );
    assert_eq!(
        (&none["uses"], &none["total"]),
        (&json!([]), &json!("0.00"))
    );
    mentions(&text, &["No use of released money is recorded."]);
}

#[test]
fn challenges_are_listed_the_most_pressing_first() {
    let (program, _) = demo();
    for (at, progress) in [("2011-12-31", "open"), ("2012-01-01", "overdue")] {
        let (listed, text) = report(&program, SAMPLEBOROUGH, &["challenges", "--at", at]);
        let found: Vec<(&str, &str, &str)> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let text = |field: &str| one[field].as_str().unwrap();
                (text("claim"), text("challenge"), text("progress"))
            })
            .collect();
        let expected = [
            ("LEG1", "SCR-2", progress),
            ("FAC1", "SCR-1", "upheld"),
            ("PROC1", "AUD-1", "dismissed"),
            ("ENV1", "AUD-2", "dismissed"),
        ];
        assert_eq!(found, expected, "{at}");
        mentions(&text, &["SCR-2", progress, "cllr.d", "2011-12-31"]);
    }
    let (_, text) = report(&program, SALFORD, &["challenges"]);
    mentions(&text, &["No challenge has been raised."]);
}

#[test]
fn a_report_that_lacks_a_word_says_which() {
    let program = Program::with(&[stroud(), claim("A")]);
    let asked = |words: &[&str]| program.run(["report", "--org", STROUD].iter().chain(words));
    for name in ["breakdown", "failed-costs", "shares"] {
        asked(&[name]).fails(2, &["--year"]);
    }
    asked(&["breakdown", "--year", "2010/11"]).fails(2, &["--by"]);
    asked(&["breakdown", "--year", "2010/11", "--by", "colour"]).fails(2, &["label:KEY"]);
    asked(&["due", "--at", "01/04/2010"]).fails(2, &["--at", "2009-07-24"]);
    asked(&["profit"]).fails(2, &["profit", "breakdown"]);
}

// ---------------------------------------------------------------------------------------------
// what helps

#[test]
fn every_call_explains_itself() {
    let program = Program::new();
    let all = program.run(["--help"]);
    assert_eq!(all.status, 0);
    mentions(&all.stdout, &["First steps", "Exit status", "netgain demo"]);
    let calls: [&[&str]; 16] = [
        &["record"],
        &["import"],
        &["totals"],
        &["trail"],
        &["explain"],
        &["diff"],
        &["report"],
        &["statement"],
        &["statement", "issue"],
        &["verify"],
        &["export"],
        &["restore"],
        &["demo"],
        &["views"],
        &["views", "rebuild"],
        &["completions"],
    ];
    for call in calls {
        let help = program.run(call.iter().chain(&["--help"]));
        assert_eq!((help.status, help.stderr.as_str()), (0, ""), "{call:?}");
        let explanation = help.stdout.lines().next().unwrap();
        assert!(
            explanation.split(' ').count() > 3,
            "{call:?}: {explanation:?}"
        );
        mentions(&help.stdout, &["Usage: ", "--help"]);
        // Every option says what it is for.
        for (option, next) in help.stdout.lines().zip(help.stdout.lines().skip(1)) {
            let words = option.trim_start();
            if words.starts_with("--") {
                let said_beside = words.split("  ").count() > 1;
                assert!(
                    said_beside || !next.trim().is_empty(),
                    "{call:?}: {option:?}"
                );
            }
        }
    }
    assert!(!program.data().exists(), "help made something");
    let version = program.run(["--version"]);
    assert!(version.stdout.starts_with("netgain "), "{version:#?}");
}

#[test]
fn completions_are_printed_for_a_shell() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = program.run(["completions", shell]);
        assert_eq!((script.status, script.stderr.as_str()), (0, ""), "{shell}");
        mentions(
            &script.stdout,
            &["netgain", "failed-costs", "known-at", "control-total"],
        );
    }
    program.run(["completions", "abacus"]).fails(2, &["abacus"]);
}

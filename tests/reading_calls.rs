//! The calls that read: totals, trail, export, explain and diff; the demo they are shown on; and what
//! helps to use them.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use netgain_tests::examples::{
    LANCASTER, SALFORD, SAMPLEBOROUGH, STROUD, claim, organisation, stroud,
};
use netgain_tests::figures::{line, mentions, pence, pounds, row};
use netgain_tests::histories::bulk;
use netgain_tests::program::{Output, Program, run};
use serde_json::{Value, json};

/// What each call is asked about an organisation that is not there, or in a year that is none.
const OF_A_YEAR: [&str; 6] = [
    "totals",
    "explain",
    "diff --from 0 --to 0",
    "report due",
    "report shares",
    "report breakdown --by source",
];

const BASES: [&str; 3] = ["claimed", "validated", "assured"];

// ---------------------------------------------------------------------------------------------
// demo

/// What the demo must show of a council's published list.
struct Council {
    org: &'static str,
    /// The claimed net of each year.
    nets: [(&'static str, &'static str); 3],
    claims: usize,
    ineligible: usize,
    failed: usize,
}

const COUNCILS: [Council; 2] = [
    Council {
        org: SALFORD,
        nets: [
            ("2010/11", "2809000.00"),
            ("2011/12", "3290000.00"),
            ("2012/13", "3355000.00"),
        ],
        claims: 38,
        ineligible: 9,
        failed: 2,
    },
    Council {
        org: LANCASTER,
        nets: [
            ("2009/10", "391300.00"),
            ("2010/11", "424700.00"),
            ("2011/12", "428600.00"),
        ],
        claims: 10,
        ineligible: 3,
        failed: 0,
    },
];

#[test]
fn the_demo_prints_the_councils_figures() {
    let (_, printed) = Program::demo();
    let section = |org: &str| {
        let found = printed.split("\n\n").find(|section| section.contains(org));
        found.unwrap_or_else(|| panic!("{org} is not in {printed}"))
    };
    for council in COUNCILS {
        let counts = [council.claims, council.ineligible, council.failed];
        let [claims, ineligible, failed] = counts.map(|count| count.to_string());
        for (year, net) in council.nets {
            let net = pounds(&json!(net));
            let expected = [year, &net, "£0.00", "£0.00", &claims, &ineligible, &failed];
            assert_eq!(row(section(council.org), year), expected, "{}", council.org);
        }
    }
    assert!(section(SALFORD).contains("£2,809,000.00"), "{printed}");
    let headline = row(section(SAMPLEBOROUGH), "2010/11");
    let expected = ["£5,838,733.83", "£5,285,733.83", "£5,067,483.33"];
    assert_eq!(headline[1..4], expected);
}

#[test]
fn the_demo_ledgers_totals_are_the_figures_it_prints() {
    let (program, _) = Program::demo();
    for council in COUNCILS {
        for (year, net) in council.nets {
            let totals = program.totals_now(council.org, year);
            assert_eq!(totals["claimed"]["net"], net, "{} {year}", council.org);
            // Nobody validates a real council's claims.
            assert_eq!(totals["validated"]["net"], "0.00", "{} {year}", council.org);
            let lines = totals["claims"].as_array().unwrap();
            let with_status = |status: &str| {
                let lines = lines.iter().filter(|line| line["status"] == status);
                lines.count()
            };
            assert_eq!(lines.len(), council.claims);
            assert_eq!(with_status("ineligible"), council.ineligible);
            assert_eq!(with_status("failed"), council.failed);
        }
    }
}

#[test]
fn the_demo_is_refused_politely_where_something_is_recorded() {
    for program in [
        Program::demo().0,
        Program::with(&[stroud()]),
        Program::with(&[organisation(LANCASTER, "Lancaster City Council")]),
    ] {
        let before = program.export();

        let refused = program.run("demo --no-serve");

        refused.fails(2, &["netgain: ", "empty", "--data"]);
        assert_eq!(refused.stdout, "");
        assert!(program.export() == before, "{}", program.export());
    }
}

// ---------------------------------------------------------------------------------------------
// totals

#[test]
fn totals_for_people_have_pounds_commas_and_every_claim() {
    let (program, _) = Program::demo();
    let call = format!("totals --org {SAMPLEBOROUGH} --year 2010/11");
    let text = program.run(&call).stdout;
    let totals = program.json(&call);
    assert!(text.starts_with("Sampleborough Council (fictional) (X00000001)\n"));
    mentions(
        &text,
        &["NI179 for 2010/11: £5,285,733.83\n", "16 claims: 7 proven"],
    );
    for (name, field) in [
        ("Gross annual value", "gross"),
        ("less running costs", "recurring_costs"),
        ("less not sustained", "deleted"),
        ("less investment", "one_off_costs"),
        ("plus SR04 carry-forward", "carry_forward"),
        ("Net ", "net"),
    ] {
        let shown = row(&text, name);
        let expected = BASES.map(|basis| pounds(&totals[basis][field]));
        assert_eq!(shown[shown.len() - 3..], expected, "{name} in {text}");
    }
    for line in totals["claims"].as_array().unwrap() {
        let reference = line["claim"].as_str().unwrap();
        let shown = row(&text, &format!("{reference} "));
        let (status, net) = (line["status"].as_str().unwrap(), pounds(&line["net"]));
        assert!(shown.contains(&status), "{shown:?}");
        assert!(shown.contains(&net.as_str()), "{shown:?}");
    }
    // A year may be written as in a path.
    let text = program.run(&format!("totals --org {SALFORD} --year 2010-11"));
    mentions(
        &text.stdout,
        &["NI179 for 2010/11: £0.00", "£2,809,000.00 claimed"],
    );
}

#[test]
fn a_position_beyond_the_last_is_bad_and_position_zero_knows_nothing() {
    let program = Program::with(&[stroud(), claim("A")]);
    let at = |position: &str| {
        let call = format!("totals --json --org {STROUD} --year 2010/11 --position {position}");
        program.run(&call)
    };
    for beyond in ["3", "1000000", "18446744073709551615"] {
        at(beyond).fails(2, &["bad-position", STROUD, "2 events"]);
    }
    for no_position in ["-1", "1.5", "one", "18446744073709551616", ""] {
        assert_eq!(at(no_position).status, 2, "{no_position:?}");
    }
    assert_eq!(at("2").document()["claimed"]["net"], "1000.00");
    assert_eq!(at("1").document()["claimed"]["net"], "0.00");
    are_zeros(&at("0"));
    let text = program.run(&format!(
        "totals --org {STROUD} --year 2010/11 --position 0"
    ));
    mentions(&text.stdout, &["NI179 for 2010/11: £0.00"]);
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
    let (day, _) = recorded_at.split_once('T').unwrap();
    let call = format!("totals --json --org {STROUD} --year 2010/11 --known-at ");
    let at = |time: &str| program.run(&format!("{call}{time}"));
    for time in [
        recorded_at,
        // The same moment, told by another clock.
        &recorded_at.replace('Z', "+00:00"),
        // A day means its end.
        day,
        "2999-12-31T23:59:59Z",
    ] {
        let said = at(time);
        assert_eq!(said.status, 0, "{time}: {said:#?}");
        assert_eq!(said.document()["claimed"]["net"], "1000.00", "{time}");
    }
    for before in [
        "2008-04-01T00:00:00Z",
        "2008-04-01T00:00:00.000+01:00",
        "1970-01-01",
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
    at(&format!("{day} --position 1")).fails(2, &["--known-at"]);
}

#[test]
fn an_organisation_that_is_not_there_is_refused_by_every_call() {
    let program = Program::with(&[stroud(), claim("A")]);
    let of_a_year = OF_A_YEAR.map(|call| format!("{call} --year 2010/11"));
    let others = ["trail", "export", "verify"].map(str::to_owned);
    let known_earlier = ["--position 0", "--known-at 1999-01-01"]
        .map(|known| format!("totals --year 2010/11 {known}"));
    for call in of_a_year.iter().chain(&others).chain(&known_earlier) {
        let absent = program.run(&format!("{call} --org E07000083"));
        absent.fails(1, &["unknown-organisation"]);
        assert_eq!(absent.stdout, "", "{call}");
        let no_code = program.run(&format!("{call} --org e07000082"));
        no_code.fails(2, &["--org"]);
    }
}

#[test]
fn a_year_before_the_indicators_first_is_bad() {
    let program = Program::with(&[stroud(), claim("A")]);
    let issue = "statement issue --series actual";
    for call in OF_A_YEAR.into_iter().chain([issue]) {
        let output = program.run(&format!("{call} --org {STROUD} --year 2007/08"));
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
        let output = program.run(&format!("totals --org {STROUD} --year {no_year}"));
        output.fails(2, &["--year"]);
    }
    assert_eq!(program.events(STROUD).len(), 2);
}

#[test]
fn without_a_ledger_reading_says_so_and_makes_nothing() {
    let program = Program::new();
    let of_a_year = OF_A_YEAR.map(|call| format!("{call} --year 2010/11"));
    let others = ["trail", "export", "verify"].map(str::to_owned);
    for call in of_a_year.iter().chain(&others) {
        let output = program.run(&format!("{call} --org {STROUD}"));
        output.fails(3, &["no ledger", program.data().to_str().unwrap()]);
        assert!(!program.data().exists(), "{call} made something");
    }
}

#[test]
fn the_ledgers_directory_may_be_named_by_the_environment() {
    let program = Program::with(&[stroud()]);
    let mut command = Command::new(program.command([""; 0]).get_program());
    command.args(["trail", "--org", STROUD]);
    command.env("NETGAIN_DATA", program.data());
    let output = run(command, b"");
    mentions(&output.stdout, &["registered Stroud District Council"]);
}

// ---------------------------------------------------------------------------------------------
// trail, export, restore

#[test]
fn a_trail_is_the_stored_lines_and_an_export_is_all_of_them() {
    let (program, _) = Program::demo();
    let export = program.export();
    let mut together = 0;
    for org in [SALFORD, LANCASTER, SAMPLEBOROUGH] {
        let trail = program.run(&format!("trail --json --org {org}"));
        let of_org = program.run(&format!("export --org {org}"));
        assert_eq!(trail.stdout, of_org.stdout, "{org}");
        let mentioned = format!("\"org\":\"{org}\"");
        let lines = export.lines().filter(|line| line.contains(&mentioned));
        let lines: Vec<&str> = lines.collect();
        assert_eq!(trail.stdout, lines.join("\n") + "\n", "{org}");
        for (position, event) in (1..).zip(trail.documents()) {
            assert_eq!(event["position"].as_u64(), Some(position), "{event}");
            assert_eq!(event["schema"], 1, "{event}");
            together += 1;
        }
    }
    assert_eq!(together, export.lines().count());

    let file = program.path("export.jsonl");
    let to_file = format!("export --output {}", file.display());
    assert_eq!(program.run(&to_file).status, 0);
    assert!(std::fs::read_to_string(&file).unwrap() == export);
    // What is there already is nobody's to overwrite.
    program.run(&to_file).fails(3, &["export.jsonl"]);
    assert!(std::fs::read_to_string(&file).unwrap() == export);
}

#[test]
fn what_is_no_whole_history_is_not_restored() {
    let (program, _) = Program::demo();
    let export = program.export();
    let lines: Vec<&str> = export.lines().collect();
    let joined = |lines: &[&str]| lines.join("\n") + "\n";
    let without = |at: usize| joined(&[&lines[..at], &lines[at + 1..]].concat());
    let mut swapped = lines.clone();
    swapped.swap(5, 6);
    let other = Program::with(&[stroud()]).export();
    let start = |to: &str| export.replacen("{\"schema\":1,", to, 1);
    for (what, history) in [
        ("nothing", String::new()),
        ("a gap", without(7)),
        ("no beginning", without(0)),
        ("two events in each other's place", joined(&swapped)),
        (
            "an event twice",
            format!("{export}{}\n", lines[lines.len() - 1]),
        ),
        ("another ledger's event", format!("{export}{other}")),
        ("an end cut short", export[..export.len() - 20].to_owned()),
        ("no last line feed", export.trim_end().to_owned()),
        ("another system's line ends", export.replace('\n', "\r\n")),
        ("a space", start("{\"schema\": 1,")),
        ("a field too many", start("{\"schema\":1,\"x\":1,")),
        ("a newer schema", start("{\"schema\":2,")),
        ("a command", stroud().to_string() + "\n"),
        ("a letter", "Dear Sir or Madam\n".to_owned()),
    ] {
        let elsewhere = Program::new();
        let output = elsewhere.run_with("restore", history.as_bytes());
        output.fails(1, &["not-a-history", "nothing was"]);
        assert_eq!(elsewhere.stored().len(), 0, "{what} left something");
        elsewhere.run("verify").fails(3, &["no ledger"]);
    }
}

#[test]
fn a_claims_trail_is_the_events_about_it() {
    let (program, _) = Program::demo();
    let call = format!("trail --org {SAMPLEBOROUGH} --claim PROC1");
    let of_claim = program.run(&format!("{call} --json")).documents();
    let mut expected = program.events(SAMPLEBOROUGH);
    expected.retain(|event| event["claim"] == "PROC1");
    assert_eq!(of_claim, expected);
    assert!(expected.len() > 8);

    let words = [
        "registered “Consortium contracts",
        "£845,000.00",
        "checked 2010/11: reduced to £770,000.00",
        "challenge AUD-1",
        "c.audit",
    ];
    mentions(&program.run(&call).stdout, &words);
    for claim in ["NONE", "proc1"] {
        let output = program.run(&format!("trail --org {SAMPLEBOROUGH} --claim {claim}"));
        output.fails(1, &["unknown-claim", claim]);
    }
}

#[test]
fn whoever_stops_reading_early_is_left_in_peace() {
    let program = Program::new();
    let given: Vec<String> = bulk(3, 2, 2000).collect();
    assert_eq!(program.record_lines(given.join("\n").as_bytes()).status, 0);
    for call in [
        "export",
        "trail --org E07000001",
        "trail --json --org E07000001",
    ] {
        let mut command = program.command(call.split(' '));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        let mut output = BufReader::with_capacity(512, child.stdout.take().unwrap());
        output.read_line(&mut first).unwrap();
        drop(output);
        let mut told = String::new();
        let mut errors = child.stderr.take().unwrap();
        errors.read_to_string(&mut told).unwrap();
        let status = child.wait().unwrap().code();
        assert_eq!((status, told.as_str()), (Some(0), ""), "{call}");
        assert!(first.ends_with('\n'), "{call}");
    }
}

// ---------------------------------------------------------------------------------------------
// explain, diff

/// Checks that effects lead from one figure to the other, and that people are told the same.
fn adds_up(program: &Program, call: &str) -> Value {
    let document = program.json(call);
    let text = program.run(call).stdout;
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

        let start = format!("{at} ");
        let shown = text
            .lines()
            .find(|line| line.trim_start().starts_with(&start))
            .unwrap_or_else(|| panic!("{at} is not in {text}"));
        let sign = if step > 0 { "+" } else { "" };
        let change = format!(" {sign}{} ", pounds(&effect["effect"]));
        mentions(shown, &[&change, &pounds(&effect["figure"])]);
        for field in ["event", "actor", "claim"] {
            mentions(shown, &[effect[field].as_str().unwrap_or_default()]);
        }
    }
    assert_eq!(pence(&document["to"]["figure"]), figure, "{call}");
    let headline = format!("net for {}", document["year"].as_str().unwrap());
    mentions(&text, &[&headline, &pounds(&document["to"]["figure"])]);
    document
}

#[test]
fn an_explanation_adds_up_to_the_figure() {
    let (program, _) = Program::demo();
    for year in ["2008/09", "2010/11"] {
        let totals = program.totals_now(SAMPLEBOROUGH, year);
        let call = format!("explain --org {SAMPLEBOROUGH} --year {year}");
        for basis in BASES {
            let whole = adds_up(&program, &format!("{call} --basis {basis}"));
            assert_eq!(
                whole["to"]["figure"], totals[basis]["net"],
                "{basis} {year}"
            );
            assert_eq!(whole["to"]["position"], totals["position"]);
            assert_eq!(whole["from"], json!({ "position": 0, "figure": "0.00" }));
        }
        for claim in ["RB1", "CUST1", "CTX1", "HWY1"] {
            let part = adds_up(&program, &format!("{call} --claim {claim} --basis claimed"));
            let net = &line(&totals, claim)["net"];
            assert_eq!(
                (&part["to"]["figure"], &part["claim"]),
                (net, &json!(claim))
            );
        }
    }
    // Without a basis it is the headline.
    let headline = adds_up(&program, "explain --org X00000001 --year 2010/11");
    assert_eq!(headline["to"]["figure"], "5285733.83");
    assert_eq!(headline["basis"], "validated");
}

#[test]
fn a_difference_adds_up_between_two_positions() {
    let (program, _) = Program::demo();
    for (from, to) in [(0, 113), (51, 74), (74, 113), (112, 113), (20, 20), (0, 0)] {
        let known = [("from", from), ("to", to)].map(|(end, position)| {
            let totals = program.totals(SAMPLEBOROUGH, "2009/10", position);
            (end, position, totals)
        });
        let call = format!("diff --org {SAMPLEBOROUGH} --year 2009/10 --from {from} --to {to}");
        for basis in BASES {
            let document = adds_up(&program, &format!("{call} --basis {basis}"));
            for (end, position, totals) in &known {
                assert_eq!(
                    document[end]["figure"], totals[basis]["net"],
                    "{call} {basis}"
                );
                assert_eq!(document[end]["position"], *position, "{call}");
            }
        }
    }
}

#[test]
fn an_explanation_of_what_is_not_there_is_refused() {
    let program = Program::with(&[stroud(), claim("A")]);
    let of_stroud = format!("--org {STROUD} --year 2010/11");
    let explain = |more: &str| program.run(&format!("explain {of_stroud} {more}"));
    explain("--claim B").fails(1, &["unknown-claim", "B"]);
    explain("--basis guessed").fails(2, &["claimed, validated or assured"]);
    mentions(
        &explain("").stdout,
        &["No event had an effect on this figure."],
    );
    let diff = |more: &str| program.run(&format!("diff {of_stroud} {more}"));
    diff("--from 2 --to 1").fails(2, &["bad-position"]);
    diff("--from 0 --to 3").fails(2, &["bad-position", "2 events"]);
    diff("--from 3 --to 3").fails(2, &["bad-position"]);
    // The claim came later.
    diff("--from 0 --to 1 --claim A").fails(1, &["unknown-claim"]);
}

// ---------------------------------------------------------------------------------------------
// what helps

#[test]
fn every_call_explains_itself() {
    let program = Program::new();
    let all = program.run("--help");
    assert_eq!(all.status, 0);
    mentions(&all.stdout, &["First steps", "Exit status", "netgain demo"]);
    for call in [
        "record",
        "import",
        "totals",
        "trail",
        "explain",
        "diff",
        "report",
        "statement",
        "statement issue",
        "verify",
        "export",
        "restore",
        "serve",
        "user",
        "user add",
        "user grant",
        "user revoke",
        "user bar",
        "user password",
        "user name",
        "user erase",
        "user list",
        "token",
        "token issue",
        "token list",
        "token revoke",
        "config",
        "config show",
        "config example",
        "demo",
        "views",
        "views rebuild",
        "completions",
    ] {
        let help = program.run(&format!("{call} --help"));
        assert_eq!((help.status, help.stderr.as_str()), (0, ""), "{call}");
        mentions(&help.stdout, &["Usage: ", "--help"]);
        let explanation = help.stdout.lines().next().unwrap();
        assert!(explanation.split(' ').count() > 3, "{call}: {explanation}");
        // Every option says what it is for, beside it or below it.
        let lines: Vec<&str> = help.stdout.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0].starts_with("--")) {
            let said = pair[0].contains("  ") || !pair[1].is_empty();
            assert!(said, "{call}: {}", pair[0]);
        }
    }
    assert!(!program.data().exists(), "help made something");
    let version = program.run("--version");
    assert!(version.stdout.starts_with("netgain "), "{version:#?}");
}

#[test]
fn completions_are_printed_for_a_shell() {
    let program = Program::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = program.run(&format!("completions {shell}"));
        assert_eq!((script.status, script.stderr.as_str()), (0, ""), "{shell}");
        let words = ["netgain", "failed-costs", "known-at", "control-total"];
        mentions(&script.stdout, &words);
    }
    program.run("completions abacus").fails(2, &["abacus"]);
}

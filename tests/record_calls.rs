//! `netgain record` as programs and people use it: what it reads, what it answers, how it ends.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use netgain_tests::examples::{STROUD, claim, organisation, stroud, with};
use netgain_tests::histories::bulk;
use netgain_tests::program::{Program, RECORDER, lines, run};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The most bytes a line may have, its line feed left out (interface, *Commands*).
const LINE_BYTES_MAX: usize = 32_768;

/// The code of an answer's refusal, or `-` where the command was recorded.
fn code(answer: &Value) -> &str {
    answer["refused"]["code"].as_str().unwrap_or("-")
}

fn only(answers: &[Value]) -> &Value {
    assert_eq!(answers.len(), 1, "{answers:?}");
    &answers[0]
}

#[test]
fn answers_name_their_lines_and_blank_lines_count() {
    let program = Program::new();
    let input = format!("\n{}\n \t \n{}\r\n\r\n{}", stroud(), claim("A"), claim("A"));

    let output = program.run_with("record", input.as_bytes());

    let (recorded, refused) = output
        .stdout
        .split_at(output.stdout.find("{\"line\":6").unwrap());
    assert_eq!(
        recorded,
        "{\"line\":2,\"position\":1,\"event\":\"organisation-registered\"}\n\
         {\"line\":4,\"position\":2,\"event\":\"claim-registered\"}\n"
    );
    let start =
        "{\"line\":6,\"refused\":{\"code\":\"claim-exists\",\"field\":\"claim\",\"message\":\"";
    assert!(refused.starts_with(start), "{refused}");
    assert!(refused.ends_with("\"}}\n"), "{refused}");
    assert_eq!(output.status, 1);
    // The first write makes the key that signs, and says so in one line; nothing else is said.
    let made = "netgain: made this ledger's signing key in ";
    assert!(output.stderr.starts_with(made), "{output:#?}");
    assert_eq!(output.stderr.lines().count(), 1, "{output:#?}");
    let again = program.run_with("record", claim("A").to_string().as_bytes());
    assert_eq!((again.status, again.stderr.as_str()), (1, ""));
}

#[test]
fn commands_come_from_a_file_or_from_standard_input() {
    let given = lines(&[stroud(), claim("A")]);
    for from_file in [true, false] {
        let program = Program::new();
        let file = program.file("commands.jsonl", &given);
        let (named, sent) = if from_file {
            (file.as_str(), &[][..])
        } else {
            ("-", &given[..])
        };

        let output = program.run_with(&format!("record {named}"), sent);

        assert_eq!(output.status, 0, "{output:#?}");
        assert_eq!(program.events(STROUD).len(), 2);
    }
}

#[test]
fn a_line_of_ten_megabytes_is_too_large_and_the_next_one_is_taken() {
    let program = Program::with(&[stroud()]);
    let mut input = with(claim("A"), &json!({ "note": "x".repeat(10_000_000) }))
        .to_string()
        .into_bytes();
    input.push(b'\n');
    input.extend(lines(&[claim("B")]));
    // And one that nothing ends.
    input.extend("y".repeat(1_000_000).bytes());

    let recorded = program.record_lines(&input);

    assert_eq!(recorded.codes(), ["too-large", "-", "too-large"]);
    assert_eq!(recorded.answers[1]["line"], 2);
    assert_eq!(recorded.answers[1]["position"], 2);
    assert_eq!(recorded.status, 1);
    let export = program.export();
    assert!(export.len() < 2000, "{} bytes are stored", export.len());
}

#[test]
fn a_line_may_have_exactly_the_bytes_that_are_allowed() {
    let program = Program::with(&[stroud()]);
    let padded = |reference: &str, bytes: usize| {
        let command = claim(reference).to_string();
        let spaces = " ".repeat(bytes - command.len());
        format!("{command}{spaces}\n")
    };
    let input = [
        padded("A", LINE_BYTES_MAX + 1),
        padded("B", LINE_BYTES_MAX),
        padded("C", LINE_BYTES_MAX - 1),
    ];

    let recorded = program.record_lines(input.concat().as_bytes());

    assert_eq!(recorded.codes(), ["too-large", "-", "-"]);
}

/// Whatever a line's length, and however the operating system hands it over, it is treated alike.
#[test]
fn a_blank_line_that_is_too_long_is_too_large() {
    for length in [LINE_BYTES_MAX + 1, 1_000_000] {
        let program = Program::with(&[stroud()]);
        let input = format!("{}\n{}\n", " ".repeat(length), claim("A"));

        let recorded = program.record_lines(input.as_bytes());

        assert_eq!(recorded.codes(), ["too-large", "-"], "{length} blanks");
        assert_eq!(recorded.answers[1]["line"], 2);
    }
}

#[test]
fn what_is_not_one_strict_json_object_is_refused_and_the_next_line_is_taken() {
    let program = Program::with(&[stroud()]);
    let good = claim("GOOD").to_string();
    let inside = |from: &str, to: &str| {
        assert!(good.contains(from), "{good}");
        good.replacen(from, to, 1).into_bytes()
    };
    let nested = |levels: usize| {
        // The object is the first level.
        let arrays = format!("{}{}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        inside("{", &format!("{{\"x\":{arrays},"))
    };
    let with_bytes = |bytes: &[u8]| {
        let (before, after) = good.split_at(good.find("Claim GOOD").unwrap());
        [before.as_bytes(), bytes, after.as_bytes()].concat()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("bad-json", with_bytes(b"\xff")),
        ("bad-json", with_bytes(b"caf\xe9")),
        ("bad-json", with_bytes(b"\xed\xa0\x80")),
        ("bad-json", with_bytes(b"\\ud800")),
        ("bad-json", with_bytes(b"\\udc00 ")),
        ("bad-json", with_bytes(b"\\ud800\\u0041")),
        ("bad-json", with_bytes(b"a\ttab")),
        ("bad-json", format!("\u{feff}{good}").into_bytes()),
        ("bad-json", inside("{", "{\"org\":\"E07000082\",")),
        ("bad-json", inside("{", "{\"\\u006frg\":\"E07000082\",")),
        (
            "bad-json",
            inside("{\"2008/09\":", "{\"2008/09\":\"1\",\"2008/09\":"),
        ),
        ("bad-json", format!("[{good}]").into_bytes()),
        ("bad-json", format!("{good}{good}").into_bytes()),
        ("bad-json", b"null".to_vec()),
        ("bad-json", b"\"text\"".to_vec()),
        ("bad-json", b"{".to_vec()),
        ("bad-json", inside("{", "{\"x\":NaN,")),
        ("bad-json", inside("{", "{,")),
        ("bad-json", nested(17)),
        ("bad-json", nested(16_000)),
        // Of several reasons the first in the order of the codes is given.
        ("too-large", nested(100_000)),
        ("bad-field", nested(16)),
        ("unknown-command", b"{}".to_vec()),
        ("bad-money", inside("\"1000\"", "1000")),
    ];
    let mut input = Vec::new();
    for (_, line) in &cases {
        input.extend_from_slice(line);
        input.push(b'\n');
    }
    input.extend_from_slice(good.as_bytes());

    let recorded = program.record_lines(&input);

    for ((expected, line), answer) in cases.iter().zip(&recorded.answers) {
        let shown = String::from_utf8_lossy(&line[..line.len().min(200)]);
        assert_eq!(code(answer), *expected, "{answer} of {shown}");
        let message = answer["refused"]["message"].as_str().unwrap();
        assert!((20..1000).contains(&message.len()), "{answer}");
    }
    let last = recorded.answers.last().unwrap();
    assert_eq!(last["line"], cases.len() + 1);
    assert_eq!(last["position"], 2);
    assert_eq!(program.events(STROUD).len(), 2);
}

#[test]
fn a_refused_line_stops_nothing_else() {
    let program = Program::new();
    let recorded = program.record(&[claim("A"), stroud(), claim("A"), stroud(), claim("B")]);
    assert_eq!(
        recorded.codes(),
        ["unknown-organisation", "-", "-", "organisation-exists", "-"]
    );
    let places: Vec<u64> = recorded
        .answers
        .iter()
        .map(|answer| answer["line"].as_u64().unwrap())
        .collect();
    assert_eq!(places, [1, 2, 3, 4, 5]);
    assert_eq!(recorded.status, 1);
}

/// A claim with an idempotency key, by an actor, its fields in an order of its own.
fn keyed(reference: &str, actor: &str) -> Value {
    with(
        claim(reference),
        &json!({ "command_id": "key-1", "actor": actor }),
    )
}

#[test]
fn a_repeated_command_is_answered_as_the_first_time_and_writes_nothing() {
    let program = Program::with(&[stroud()]);
    let first = program.record(&[keyed("A", "ann"), claim("B"), keyed("A", "ann")]);
    let said = json!({ "line": 1, "position": 2, "event": "claim-registered" });
    let again = |line: u64| with(said.clone(), &json!({ "line": line, "repeated": true }));
    assert_eq!(first.answers[0], said);
    assert_eq!(first.answers[2], again(3));
    assert_eq!(first.status, 0);
    let export = program.export();

    // After a restart.
    let repeated = program.record(&[keyed("A", "ann")]);
    assert_eq!((only(&repeated.answers), repeated.status), (&again(1), 0));

    // The same values in another order, escaped in another way, from the same person.
    let shuffled = "{\"profile\":{\"2008\\/09\":\"1000\"}, \"impact_from\":\"2008-04-01\",\
        \"action\":\"reduce-inputs\",\"title\":\"Cl\\u0061im A\",\"claim\":\"A\",\
        \"actor\":\"ANN\",\"command_id\":\"key-1\",\"org\":\"E07000082\",\"type\":\"register-claim\"}";
    let repeated = program.record_lines(shuffled.as_bytes());
    assert_eq!((only(&repeated.answers), repeated.status), (&again(1), 0));

    // The same person, named by the call.
    let mut unnamed = keyed("A", "ann");
    unnamed.as_object_mut().unwrap().remove("actor");
    let repeated = program
        .run_with("record --actor Ann", &lines(&[unnamed]))
        .answers();
    assert_eq!((only(&repeated.answers), repeated.status), (&again(1), 0));

    // With views, and without them again.
    assert_eq!(program.run("views rebuild").status, 0);
    let repeated = program.record(&[keyed("A", "ann")]);
    assert_eq!(only(&repeated.answers), &again(1));
    fs::remove_dir_all(program.data().join("views")).unwrap();
    let repeated = program.record(&[keyed("A", "ann")]);
    assert_eq!(only(&repeated.answers), &again(1));

    assert_eq!(program.export(), export, "a repeat wrote something");
}

#[test]
fn a_command_id_used_for_something_else_is_refused() {
    let other = organisation("E07000083", "Tewkesbury Borough Council");
    let program = Program::with(&[stroud(), other, keyed("A", "ann")]);
    let spelt = with(
        keyed("A", "ann"),
        &json!({ "profile": { "2008/09": "1000.00" } }),
    );
    let elsewhere = with(keyed("A", "ann"), &json!({ "org": "E07000083" }));

    let recorded = program.record(&[
        keyed("A", "bob"),
        keyed("C", "ann"),
        with(keyed("A", "ann"), &json!({ "note": "again" })),
        // The values as given count, not what they mean.
        spelt,
        elsewhere,
    ]);

    let reused = "command-id-reused";
    assert_eq!(recorded.codes(), [reused, reused, reused, reused, "-"]);
    assert_eq!(recorded.answers[0]["refused"]["field"], "command_id");
    assert_eq!(program.events(STROUD).len(), 2);
    assert_eq!(program.events("E07000083").len(), 2);
}

#[test]
fn a_refused_command_does_not_use_its_command_id_up() {
    let program = Program::with(&[stroud(), claim("A")]);
    let recorded = program.record(&[keyed("A", "ann"), keyed("B", "bob"), keyed("B", "bob")]);
    assert_eq!(recorded.codes(), ["claim-exists", "-", "-"]);
    assert_eq!(recorded.answers[2]["repeated"], true);
}

/// What the operating system says of whoever runs this.
fn id(option: &str) -> String {
    let mut id = Command::new("id");
    id.arg(option);
    run(id, b"").stdout.trim().to_owned()
}

#[test]
fn the_actor_is_the_commands_else_the_calls_else_the_operating_systems_user() {
    let program = Program::new();
    let named = with(claim("A"), &json!({ "actor": "A.Finance" }));
    let other = with(named.clone(), &json!({ "claim": "B" }));
    for (call, commands) in [
        ("record", [stroud(), named]),
        ("record --actor b.head-of-finance", [other, claim("C")]),
    ] {
        let output = program.run_with(call, &lines(&commands));
        assert_eq!(output.status, 0, "{output:#?}");
    }

    let who: Vec<(String, String)> = program
        .events(STROUD)
        .iter()
        .map(|event| {
            let text = |field: &str| event[field].as_str().unwrap().to_owned();
            (text("actor"), text("auth"))
        })
        .collect();

    let user = match id("-un") {
        nameless if nameless.is_empty() => format!("uid-{}", id("-u")),
        name => name,
    };
    let expected = [
        (user.as_str(), "os-user"),
        ("A.Finance", "named"),
        ("A.Finance", "named"),
        ("b.head-of-finance", "named"),
    ];
    assert_eq!(
        who.iter()
            .map(|(actor, auth)| (actor.as_str(), auth.as_str()))
            .collect::<Vec<_>>(),
        expected
    );
}

#[test]
fn an_actor_that_is_none_is_refused() {
    let program = Program::with(&[stroud()]);
    let nobody = with(claim("A"), &json!({ "actor": "not an id" }));
    let recorded = program.record(&[nobody]);
    assert_eq!(recorded.codes(), ["bad-identifier"]);
    assert_eq!(recorded.answers[0]["refused"]["field"], "actor");
    program
        .run_words(&["record", "--actor", "not an id"])
        .fails(2, &["--actor"]);
}

#[test]
fn each_answer_comes_before_the_next_command_is_sent_and_is_durable() {
    let program = Program::new();
    let mut recording = program.start_recording();
    let steps = [
        (stroud(), "-", 1),
        (claim("A"), "-", 2),
        (claim("A"), "claim-exists", 2),
        (claim("B"), "-", 3),
    ];
    for (line, (command, expected, events)) in (1..).zip(steps) {
        let answer = recording.ask(&command);
        assert_eq!(answer["line"], line, "{answer}");
        assert_eq!(code(&answer), expected, "{answer}");
        // Whoever reads now finds it.
        assert_eq!(program.events(STROUD).len(), events, "{answer}");
    }
    let status = recording.finish();
    assert_eq!(status.code(), Some(1));
    assert_eq!(program.run("verify").status, 0);
}

#[test]
fn only_what_nobody_waits_for_gives_way() {
    let program = Program::new();
    let mut recording = program.start_recording();
    recording.ask(&stroud());
    let begun = Instant::now();
    let nice = loop {
        let nice = recording.nice_values();
        // It may not have begun yet.
        if nice.get("read on") == Some(&19) {
            break nice;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{nice:?}");
        thread::sleep(Duration::from_millis(10));
    };
    for stage in ["netgain", "read", "decide", "answer"] {
        assert!(nice[stage] < 19, "{stage}: {nice:?}");
    }
    assert_eq!(recording.finish().code(), Some(0));
}

#[test]
fn thousands_of_commands_are_answered_in_order() {
    let program = Program::new();
    let given: Vec<String> = bulk(11, 40, 6000).collect();
    let input = given.join("\n");

    let recorded = program.record_lines(input.as_bytes());

    assert_eq!(recorded.status, 0, "{}", recorded.stderr);
    assert_eq!(recorded.answers.len(), 6000);
    for (number, answer) in (1..).zip(&recorded.answers) {
        assert_eq!(answer["line"].as_u64(), Some(number), "{answer}");
    }
    let checked = program.run("verify --json");
    assert_eq!(checked.status, 0, "{checked:#?}");
    assert_eq!(checked.document()["events"], 6000);
    assert_eq!(checked.document()["organisations"], 40);
    // So many are worth views; the figures do not depend on them.
    let totals = "totals --json --org E07000001 --year 2011/12";
    let said = program.run(totals);
    assert_eq!(said.status, 0, "{said:#?}");
    fs::remove_dir_all(program.data().join("views")).unwrap();
    assert_eq!(program.run(totals), said);
}

#[test]
fn the_exit_status_says_how_it_went() {
    let program = Program::new();
    assert_eq!(program.record(&[stroud()]).status, 0);
    assert_eq!(program.record(&[]).status, 0);
    assert_eq!(program.record(&[stroud()]).status, 1);
    program.run("record --nonsense").fails(2, &["--nonsense"]);
    program.run("recrod").fails(2, &["recrod"]);
    program.run("").fails(2, &["Usage"]);

    let occupied = Program::new();
    fs::write(occupied.data(), "a file stands where the ledger should").unwrap();
    let output = occupied.run_with("record", &lines(&[stroud()]));
    output.fails(3, &["netgain: "]);
    assert_eq!(output.stdout, "");
}

#[test]
fn a_file_that_cannot_be_read_is_the_calls_fault_and_nothing_is_made() {
    let program = Program::new();
    let absent = program.path("absent.jsonl");
    let folder = program.path("folder");
    fs::create_dir(&folder).unwrap();
    for path in [absent, folder] {
        let output = program.run(&format!("record {}", path.display()));
        output.fails(2, &[path.to_str().unwrap()]);
        assert!(!program.data().exists());
    }
}

fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        })
}

#[test]
fn a_statement_carries_its_number_its_bases_and_the_digest_of_its_totals() {
    let program = Program::with(&[stroud(), claim("A")]);
    let issue = |year: &str, series: &str| json!({ "type": "issue-statement", "org": STROUD, "year": year, "series": series });
    let recorded = program.record(&[
        issue("2010/11", "actual"),
        claim("B"),
        issue("2011/12", "actual"),
        issue("2010/11", "actual"),
        issue("2010/11", "forecast"),
        issue("2090/91", "actual"),
        issue("2007/08", "actual"),
    ]);
    assert_eq!(
        recorded.codes(),
        [
            "-",
            "-",
            "-",
            "-",
            "statement-too-late",
            "statement-too-early",
            "bad-year"
        ]
    );
    assert_eq!(recorded.answers[4]["refused"]["field"], "series");
    assert_eq!(recorded.answers[5]["refused"]["field"], "series");

    let events = program.events(STROUD);
    let statements = [(2, "2010/11", 1), (4, "2011/12", 1), (5, "2010/11", 2)];
    for (known_at, year, number) in statements {
        let event = &events[known_at];
        assert_eq!(event["type"], "statement-issued");
        assert_eq!(event["year"], year);
        assert_eq!(event["series"], "actual");
        assert_eq!(event["number"], number);
        assert_eq!(event["ruleset"], "ni179-v1");
        assert_eq!(event["known_at"], known_at);
        assert!(event.get("claims").is_none(), "{event}");
        let asked = format!("totals --org {STROUD} --year {year} --position {known_at}");
        let document = program.run(&format!("{asked} --json"));
        let totals = document.document();
        for basis in ["claimed", "validated", "assured"] {
            assert_eq!(event[basis], totals[basis], "{basis} of {event}");
        }
        let bytes = document.stdout.strip_suffix('\n').unwrap();
        assert_eq!(event["totals_sha256"], sha256(bytes.as_bytes()));
    }
    assert_eq!(events[2]["claimed"]["net"], "1000.00");
    assert_eq!(events[5]["claimed"]["net"], "2000.00");
}

#[test]
fn a_statement_is_issued_by_its_own_call_too() {
    let program = Program::with(&[stroud(), claim("A")]);
    let call = format!("statement issue --org {STROUD} --year 2010/11 --series actual");
    let issued = program.run(&format!("{call} --json --actor b.head"));
    assert_eq!(issued.status, 0, "{issued:#?}");
    assert_eq!(issued.document()["position"], 3);
    let shown = program.run(&call);
    assert_eq!(shown.status, 0, "{shown:#?}");
    let sentence = "actual statement 2 for 2010/11: NI179 £0.00";
    assert!(shown.stdout.contains(sentence), "{shown:#?}");
    let events = program.events(STROUD);
    assert_eq!(events[2]["actor"], "b.head");
    assert_eq!(events[2]["number"], 1);
    assert_eq!(events[3]["number"], 2);

    let unknown = program.run(&call.replace(STROUD, "E07000083"));
    unknown.fails(1, &["unknown-organisation"]);
    let too_late = program.run(&call.replace("actual", "forecast"));
    too_late.fails(1, &["statement-too-late"]);
    let no_series = program.run(&call.replace("actual", "imagined"));
    no_series.fails(2, &["--series"]);
    assert_eq!(program.events(STROUD).len(), 4);
}

#[test]
fn whoever_records_can_be_told_from_the_trail() {
    let program = Program::with(&[stroud()]);
    let trail = program.run("trail --org E07000082");
    assert!(trail.stdout.contains(RECORDER), "{trail:#?}");
    assert!(
        trail.stdout.contains("registered Stroud District Council"),
        "{trail:#?}"
    );
}

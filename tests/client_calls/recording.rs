//! Recording says the same, line by line.

use netgain_tests::examples::{STROUD, claim, organisation, stroud, with};
use netgain_tests::program::{Program, lines};
use serde_json::{Value, json};

use super::harness::Served;

/// An organisation's events without what differs between two ledgers and between a name and a token.
fn recorded(program: &Program, org: &str) -> Vec<Value> {
    let mut events = program.events(org);
    for event in &mut events {
        let event = event.as_object_mut().unwrap();
        for differs in ["ledger", "recorded_at", "auth"] {
            event.remove(differs).unwrap();
        }
    }
    events
}

#[test]
fn lines_are_answered_the_same_refused_repeated_and_blank_ones_too() {
    let keyed = |id: &str, reference: &str| with(claim(reference), &json!({ "command_id": id }));
    let mut input = Vec::new();
    for line in [
        claim("A").to_string(),
        String::new(),
        keyed("k1", "B").to_string(),
        "   ".into(),
        keyed("k1", "B").to_string(),
        keyed("k1", "C").to_string(),
        claim("A").to_string(),
        "nonsense".into(),
        "[1]".into(),
        format!(r#"{{"org":"{STROUD}","org":"{STROUD}"}}"#),
        format!(r#"{{"type":"nonsense","org":"{STROUD}"}}"#),
        r#"{"type":"register-claim","org":"stroud"}"#.into(),
        with(claim("D"), &json!({ "profile": { "2008/09": 5 } })).to_string(),
        with(claim("D"), &json!({ "nonsense": 5 })).to_string(),
        with(claim("D"), &json!({ "org": "E09999999" })).to_string(),
        with(claim("D"), &json!({ "note": "x".repeat(40_000) })).to_string(),
        with(claim("D"), &json!({ "title": "£ and ü", "note": "x\ny" })).to_string(),
    ] {
        input.extend_from_slice(line.as_bytes());
        input.push(b'\n');
    }
    // The last line has no line feed.
    input.extend_from_slice(claim("E").to_string().as_bytes());

    let files = Program::with(&[stroud()]);
    let expected = files.run_with("record --actor ann", &input);
    let served = Served::over(Program::with(&[stroud()]));
    let said = served.through_with("ann", "record", &input);
    assert_eq!((&said.stdout, said.status), (&expected.stdout, 1));
    let recorded = expected.documents();
    assert_eq!(recorded.len(), 16);
    assert_eq!(
        recorded
            .iter()
            .filter(|line| line["repeated"] == true)
            .count(),
        1
    );
    assert_eq!(
        recorded
            .iter()
            .filter(|line| line["position"].is_u64())
            .count(),
        5
    );
}

#[test]
fn many_organisations_keep_their_order() {
    let codes: Vec<String> = (0..40).map(|n| format!("E0700{n:04}")).collect();
    let organisations: Vec<Value> = codes
        .iter()
        .map(|code| organisation(code, "A council"))
        .collect();
    let mut commands = Vec::new();
    for n in 0..30 {
        for code in &codes {
            commands.push(with(claim(&format!("C{n}")), &json!({ "org": code })));
            if n % 3 == 0 {
                let amended = json!({
                    "type": "amend-claim", "org": code, "claim": format!("C{n}"), "reason": "x",
                    "title": "y",
                });
                commands.push(amended);
            }
        }
    }
    let files = Program::with(&organisations);
    let expected = files.run_with("record --actor ann", &lines(&commands));
    assert_eq!(expected.status, 0);
    let served = Served::over(Program::with(&organisations));
    let said = served.through_with("ann", "record", &lines(&commands));
    assert_eq!(said, expected);
    for code in &codes {
        assert_eq!(
            recorded(served.service.program(), code),
            recorded(&files, code)
        );
    }
}

#[test]
fn whoever_acts_is_whoever_the_token_belongs_to() {
    let served = with_a_claim();
    let line = lines(&[with(claim("B"), &json!({ "actor": "bob" }))]);
    let said = served.through_with("ann", "record", &line);
    assert_eq!(said.status, 1);
    let answer = &said.documents()[0];
    assert_eq!(answer["refused"]["code"], "bad-field");
    assert_eq!(answer["refused"]["field"], "actor");
    served
        .through_with("ann", "record --actor bob", &line)
        .fails(2, &["--actor"]);
    served
        .through_with("ann", "record --stats", &line)
        .fails(2, &["--stats"]);
    let event = served.service.program().events(STROUD).pop().unwrap();
    assert_eq!(
        (&event["actor"], &event["auth"]),
        (&json!("ann"), &json!("token"))
    );
}

/// Stroud with its first claim, both recorded through the service.
fn with_a_claim() -> Served {
    let served = Served::over(Program::new());
    let said = served.through_with("ada", "record", &lines(&[stroud()]));
    assert_eq!(said.status, 0, "{said:#?}");
    let said = served.through_with("ann", "record", &lines(&[claim("A")]));
    assert_eq!(
        said.stdout,
        "{\"line\":1,\"position\":2,\"event\":\"claim-registered\"}\n"
    );
    served
}

#[test]
fn a_caller_who_waits_for_each_answer_gets_it() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;
    let served = with_a_claim();
    let mut command = served.command("ann", "record");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for n in 1..=20 {
        writeln!(input, "{}", claim(&format!("W{n}"))).unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(
            (&answer["line"], &answer["position"]),
            (&json!(n), &json!(n + 2))
        );
    }
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

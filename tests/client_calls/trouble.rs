//! What is not whole is never taken for it, and what is not known is not told.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use netgain_tests::examples::{STROUD, claim, stroud, with};
use netgain_tests::program::{Output, Program, lines, run};
use netgain_tests::service::{Answer, secret_of, wait_until};
use serde_json::{Value, json};

use super::between::{Asked, cut_after, doctored};
use super::harness::Served;

fn served(claims: usize) -> Served {
    let mut commands = vec![stroud()];
    commands.extend((0..claims).map(|number| claim(&format!("C{number}"))));
    Served::over(Program::with(&commands))
}

/// Calls that answer with a figure.
const FIGURES: [&str; 4] = [
    "totals --org E07000082 --year 2010/11",
    "explain --org E07000082 --year 2010/11 --basis claimed",
    "report targets --org E07000082",
    "sample --org E07000082 --year 2010/11 --size 3 --seed x",
];

#[test]
fn a_connection_that_is_cut_never_yields_a_figure() {
    let served = served(400);
    let address = served.service.address();
    let call = FIGURES[0];
    let whole = served.in_files(call);
    let (mut cut, mut passed) = (0, 0);
    for bytes in [
        0,
        300,
        1_000,
        2_000,
        10_000,
        66_000,
        80_000,
        120_000,
        100_000_000,
    ] {
        let said = served.at(&cut_after(bytes, address), "eve", call);
        if said.status == 0 {
            assert_eq!(said, whole);
            passed += 1;
        } else {
            said.fails(3, &["netgain: "]);
            assert_eq!(said.stdout, "", "{bytes}");
            cut += 1;
        }
    }
    assert!(cut >= 6 && passed >= 1, "{cut} cut, {passed} passed");
}

/// What is done to a history's lines on their way.
type Change = fn(Vec<&str>) -> String;

/// What a call says where every history is changed on its way.
fn with_history(served: &Served, call: &str, change: Change) -> Output {
    let url = doctored(
        served.service.address(),
        move |asked: &Asked, mut answer: Answer| {
            if asked.is_for_history() {
                let text = answer.text();
                answer.body = change(text.split_inclusive('\n').collect()).into_bytes();
            }
            Some(answer)
        },
    );
    served.at(&url, "eve", call)
}

#[test]
fn a_history_that_lacks_something_or_has_too_much_never_yields_a_figure() {
    let served = served(20);
    let changes: [(&str, Change); 8] = [
        ("nothing", |_| String::new()),
        ("without the last", |lines| lines[..20].concat()),
        ("without the first", |lines| lines[1..].concat()),
        ("without one", |lines| {
            [&lines[..7], &lines[8..]].concat().concat()
        }),
        ("one twice", |lines| {
            [&lines[..8], &lines[7..]].concat().concat()
        }),
        ("two in the other order", |mut lines| {
            lines.swap(7, 8);
            lines.concat()
        }),
        ("another ledger's", |lines| {
            let last = lines[20];
            let (before, after) = last.split_once("\"ledger\":\"").unwrap();
            format!(
                "{}{before}\"ledger\":\"{}{}",
                lines[..20].concat(),
                "0".repeat(32),
                &after[32..]
            )
        }),
        ("without the last line feed", |lines| {
            lines.concat().trim_end().to_owned()
        }),
    ];
    for call in FIGURES {
        let whole = served.in_files(call);
        assert_eq!(
            with_history(&served, call, |lines| lines.concat()),
            whole,
            "{call}"
        );
        for (what, change) in changes {
            let said = with_history(&served, call, change);
            said.fails(3, &["because: "]);
            assert_eq!(said.stdout, "", "{call}, {what}");
        }
    }
    // A sample is drawn from what the checkpoint covers, so that there not even an amount can be another.
    let sampled = with_history(&served, FIGURES[3], |lines| {
        lines.concat().replace("1000.00", "2000.00")
    });
    sampled.fails(
        3,
        &["the checkpoint at position 21 does not cover the events"],
    );
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again_only_where_that_is_safe() {
    let served = served(1);
    let losing = || {
        let lost = AtomicUsize::new(0);
        doctored(
            served.service.address(),
            move |asked: &Asked, answer: Answer| {
                // Every first answer to a command is lost on its way.
                let is_lost =
                    asked.method == "POST" && lost.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
                (!is_lost).then_some(answer)
            },
        )
    };
    let record = |command: Value| {
        let mut client = served.client(&losing(), "record");
        client.env("NETGAIN_TOKEN", secret_of("ann"));
        run(client, &lines(&[command]))
    };
    let safe = record(with(claim("A"), &json!({ "command_id": "k" })));
    assert_eq!(
        (safe.status, safe.stdout.as_str()),
        (
            0,
            "{\"line\":1,\"position\":3,\"event\":\"claim-registered\",\"repeated\":true}\n"
        )
    );
    let unsafe_one = record(claim("B"));
    unsafe_one.fails(3, &["no whole answer came from"]);
    let answer = &unsafe_one.documents()[0];
    assert_eq!(
        (&answer["line"], &answer["fault"]["code"]),
        (&json!(1), &json!("unknown-outcome"))
    );
    // It was recorded, as it happens, and once.
    assert_eq!(served.service.program().events(STROUD).len(), 4);
}

#[test]
fn a_busy_service_is_asked_again() {
    let served = served(1);
    let asked_before = AtomicUsize::new(0);
    let url = doctored(
        served.service.address(),
        move |_: &Asked, mut answer: Answer| {
            if asked_before.fetch_add(1, Ordering::SeqCst) == 0 {
                answer.status = 429;
                answer.headers = vec![("retry-after".into(), "1".into())];
                answer.body = br#"{"code":"too-many-requests","detail":"Later."}"#.to_vec();
            }
            Some(answer)
        },
    );
    let call = FIGURES[0];
    assert_eq!(served.at(&url, "eve", call), served.in_files(call));
}

#[test]
fn a_service_that_is_killed_leaves_no_line_untold_that_it_recorded() {
    let served = served(0);
    let mut command = served.command("ann", "record");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // Never ended, as by a program that waits for its answers.
        let sender = scope.spawn(move || {
            for number in 0.. {
                if writeln!(input, "{}", claim(&format!("K{number}"))).is_err() {
                    break;
                }
            }
        });
        let program = served.service.program();
        let recorded = || program.events(STROUD).len();
        wait_until("some are recorded", recorded, |recorded| *recorded > 50);
        served.service.kill_now();
        let output = child.wait_with_output().unwrap();
        sender.join().unwrap();
        assert_eq!(
            output.status.code(),
            Some(3),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let answers: Vec<Value> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let count = |what: &str| {
            answers
                .iter()
                .filter(|it| it["fault"]["code"] == what)
                .count()
        };
        // Of one organisation one line is on its way at a time.
        assert!(
            count("unknown-outcome") + count("not-recorded") == 1,
            "{:?}",
            answers.last()
        );
        let told: BTreeSet<u64> = answers
            .iter()
            .filter_map(|answer| answer["position"].as_u64())
            .collect();
        let there = recorded() as u64;
        assert_eq!(told, (2..=told.len() as u64 + 1).collect());
        assert!(
            there == told.len() as u64 + 1 || there == told.len() as u64 + 2,
            "{there}"
        );
    });
}

#[test]
fn a_service_that_is_not_there_is_said_to_be_unreachable() {
    let served = served(1);
    let url = served.url();
    served.service.kill_now();
    let said = served.at(&url, "eve", FIGURES[0]);
    said.fails(
        3,
        &[&format!("cannot reach the service at {url}"), "because: "],
    );
}

#[test]
fn without_a_good_token_nothing_is_said() {
    let served = served(1);
    for call in FIGURES {
        served
            .through("nobody", call)
            .fails(1, &["not-signed-in: "]);
        let refused = served.through("ada", call);
        refused.fails(1, &["not-allowed: "]);
        assert_eq!(refused.stdout, "");
    }
    let record = served.through_with("nobody", "record", &lines(&[claim("A"), claim("B")]));
    record.fails(1, &["not-signed-in: "]);
    assert_eq!(record.documents()[0]["refused"]["code"], "not-signed-in");
    let none = run(served.client(&served.url(), FIGURES[0]), b"");
    none.fails(2, &["--token-file", "NETGAIN_TOKEN"]);
    let mut mistyped = served.client(&served.url(), FIGURES[0]);
    mistyped.env("NETGAIN_TOKEN", format!("{}x", secret_of("eve")));
    run(mistyped, b"").fails(2, &["NETGAIN_TOKEN is no token"]);
    assert_eq!(served.service.program().events(STROUD).len(), 2);
}

#[test]
fn a_token_comes_from_a_file_the_environment_or_the_service_manager() {
    let served = served(1);
    let expected = served.in_files(FIGURES[0]);
    let file = served
        .service
        .program()
        .file("netgain-token", format!("{}\n", secret_of("eve")));
    let mut by_file = served.client(&served.url(), FIGURES[0]);
    by_file
        .args(["--token-file", &file])
        .env("NETGAIN_TOKEN", "overruled");
    assert_eq!(run(by_file, b""), expected);
    let mut by_manager = served.client(&served.url(), FIGURES[0]);
    by_manager.env("CREDENTIALS_DIRECTORY", served.service.program().path(""));
    assert_eq!(run(by_manager, b""), expected);
    // The environment may name the service too; a directory that the call names goes before it.
    let named = |call: &str| {
        let mut command = std::process::Command::new(served.command("eve", "").get_program());
        command
            .args(call.split_whitespace())
            .current_dir(served.service.program().path(""));
        command
            .env("NETGAIN_SERVER", served.url())
            .env("NETGAIN_TOKEN", secret_of("eve"));
        run(command, b"")
    };
    assert_eq!(named(FIGURES[0]), expected);
    named(&format!("{} --data nowhere", FIGURES[0])).fails(3, &["nowhere"]);
}

#[test]
fn words_that_do_not_go_with_a_service_say_what_does() {
    let served = served(1);
    for (call, words) in [
        ("verify", "netgain statement bundle"),
        ("keys show", "/api/v1/keys"),
        ("restore", "--data"),
        ("views rebuild", "--data"),
        ("serve", "--data"),
        ("demo --no-serve", "--data"),
        (
            "totals --org E07000082 --year 2010/11 --data x",
            "--server and --data",
        ),
    ] {
        let said = served.through("eve", call);
        said.fails(2, &[words]);
        assert_eq!(said.stdout, "", "{call}");
    }
    for url in ["http://gains.example.gov.uk", "http://10.0.0.1:8179"] {
        served
            .at(url, "eve", FIGURES[0])
            .fails(2, &["a token is not sent in clear"]);
    }
    for url in ["gains", "https://gains/api", "ftp://gains"] {
        served
            .at(url, "eve", FIGURES[0])
            .fails(2, &["https://HOST"]);
    }
}

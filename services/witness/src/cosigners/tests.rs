//! Asking witnesses that are what they should be, and ones that are not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread::JoinHandle;

use super::*;
use crate::testing::{Ledger, Running, witness_of};
use netgain_verify::cosignature::CosigningKey;
use netgain_verify::note::VerifierKey;
use tempfile::TempDir;

/// Long enough for whatever answers at all.
const TIME: Duration = Duration::from_secs(5);

/// A line of a policy.
fn line(name: &str, key: &VerifierKey, address: SocketAddr) -> String {
    format!("witness {name} {key} http://{address}\n")
}

fn policy(lines: &[String], quorum: usize) -> WitnessPolicy {
    let text = format!("{}quorum {quorum}\n", lines.concat());
    WitnessPolicy::parse(text.as_bytes()).unwrap()
}

/// A witness that is what it should be, and its line.
fn honest(name: &str, ledger: &Ledger) -> (TempDir, Running, String) {
    let home = tempfile::tempdir().unwrap();
    let running = Running::start(witness_of(home.path(), &[ledger]));
    let line = line(name, &running.key, running.address);
    (home, running, line)
}

/// A server that gives one connection after another those answers, and then the requests it got.
fn scripted(answers: Vec<String>) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let answers = answers.into_iter().map(|answer| {
            let mut stream = listener.accept().unwrap().0;
            let request = read_request(&mut stream);
            stream.write_all(answer.as_bytes()).unwrap();
            request
        });
        answers.collect()
    });
    (address, serving)
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.to_ascii_lowercase();
        if let Some(bytes) = line.strip_prefix("content-length: ") {
            length = bytes.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// An address where nobody listens.
fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn cosigner(name: &str) -> CosigningKey {
    CosigningKey::from_seed(name.parse().unwrap(), [7; 32])
}

/// Asks about size 9 of the ledger, with nothing known.
fn ask_all(policy: &WitnessPolicy, ledger: &Ledger) -> Result<Cosigned, QuorumError> {
    let proof = |old| ledger.tree().consistency(old).unwrap();
    ask_within(TIME, policy, &|_| 0, &proof, &ledger.checkpoint(9))
}

/// Why the only witness of that policy did not cosign.
fn why(line: String, ledger: &Ledger) -> NoCosignature {
    let refused = ask_all(&policy(&[line], 1), ledger).unwrap_err();
    let QuorumError::TooFew {
        cosigned: 0,
        quorum: 1,
        mut missing,
    } = refused
    else {
        panic!("{refused}");
    };
    missing.remove(0).why
}

#[test]
fn two_of_three_are_enough_with_one_down_and_the_one_is_named() {
    let ledger = Ledger::with_leaves(9);
    let (_a, first, one) = honest("one", &ledger);
    let (_c, third, three) = honest("three", &ledger);
    let down = line("two", &cosigner("down").verifier(), nobody());
    let lines = [one, down, three];
    let cosigned = ask_all(&policy(&lines, 2), &ledger).unwrap();
    let keys = [ledger.key(), first.key.clone(), third.key.clone()];
    // In the order of the policy.
    assert_eq!(cosigned.checkpoint.verify(&keys).unwrap(), keys);
    assert_eq!(
        cosigned.checkpoint.checkpoint(),
        ledger.checkpoint(9).checkpoint()
    );
    assert_eq!(cosigned.missing.len(), 1);
    assert_eq!(cosigned.missing[0].witness, "two");
    assert!(matches!(
        cosigned.missing[0].why,
        NoCosignature::Unreachable { .. }
    ));
    let too_few = ask_all(&policy(&lines, 3), &ledger).unwrap_err();
    let said = too_few.to_string();
    assert!(
        said.starts_with("of the witnesses 2 cosigned and 3 must: two could not be asked: "),
        "{said}"
    );
}

#[test]
fn a_witness_that_knows_another_size_is_asked_again_from_there() {
    let ledger = Ledger::with_leaves(9);
    let (_home, running, line) = honest("one", &ledger);
    assert_eq!(running.add(&ledger.request(0, 5)).0, 200);
    let asked = Mutex::new(Vec::new());
    let proof = |old| {
        asked.lock().unwrap().push(old);
        ledger.tree().consistency(old).unwrap()
    };
    let policy = policy(&[line], 1);
    let ask = |known: u64| ask(&policy, &|_| known, &proof, &ledger.checkpoint(9));
    // It has cosigned 5, and then 9.
    ask(3).unwrap();
    ask(9).unwrap();
    ask(100).unwrap();
    assert_eq!(*asked.lock().unwrap(), [3, 5, 9, 9]);
}

#[test]
fn a_witness_that_keeps_naming_sizes_is_asked_twice_and_no_more() {
    let ledger = Ledger::with_leaves(9);
    let sizes = vec![answer("409 Conflict", "4\n"), answer("409 Conflict", "5\n")];
    let (address, serving) = scripted(sizes);
    let found = why(line("one", &cosigner("w").verifier(), address), &ledger);
    assert_eq!(found, NoCosignature::Contradicts { cosigned: 5 });
    let requests = serving.join().unwrap();
    let old: Vec<_> = requests
        .iter()
        .map(|request| request.lines().next().unwrap())
        .collect();
    assert_eq!(old, ["old 0", "old 4"]);
}

#[test]
fn a_witness_that_knows_a_longer_history_says_so() {
    let ledger = Ledger::with_leaves(12);
    let (_home, running, line) = honest("one", &ledger);
    assert_eq!(running.add(&ledger.request(0, 12)).0, 200);
    let found = why(line, &ledger);
    assert_eq!(found, NoCosignature::Ahead { cosigned: 12 });
}

#[test]
fn a_cosignature_by_another_key_or_of_another_checkpoint_does_not_count() {
    let ledger = Ledger::with_leaves(9);
    let (key, other) = (cosigner("w"), cosigner("v"));
    let cosign = |key: &CosigningKey, size| key.cosign(ledger.checkpoint(size).checkpoint(), 1);
    for wrong in [
        cosign(&other, 9),
        // The right name and id, and another signature.
        cosign(&key, 8),
        String::new(),
        "\u{2014} w nothing\n".to_owned(),
        // A text of its own before the lines.
        format!("\n{}", cosign(&other, 9)),
    ] {
        let (address, _) = scripted(vec![answer("200 OK", &wrong)]);
        let found = why(line("one", &key.verifier(), address), &ledger);
        let key = key.verifier().label();
        assert_eq!(found, NoCosignature::NotByIt { key }, "{wrong}");
    }
    // The right one counts, whatever stands around it; and nothing but it is taken over.
    let around = format!("{}{}nonsense\n", cosign(&other, 9), cosign(&key, 9));
    let (address, _) = scripted(vec![answer("200 OK", &around)]);
    let policy = policy(&[line("one", &key.verifier(), address)], 1);
    let cosigned = ask_all(&policy, &ledger).unwrap().checkpoint;
    let expected = ledger.checkpoint(9).with_signature_lines(&cosign(&key, 9));
    assert_eq!(cosigned, expected.unwrap());
}

#[test]
fn a_refusal_is_repeated_as_far_as_it_can_be_shown() {
    let (ledger, key) = (Ledger::with_leaves(9), cosigner("w").verifier());
    let said = format!("no\u{1b}[31m{}\nmore", "x".repeat(1000));
    let (address, _) = scripted(vec![answer("404 Not Found", &said)]);
    let found = why(line("one", &key, address), &ledger);
    let shown = format!("no[31m{}", "x".repeat(SENTENCE_CHARS_MAX - 6));
    assert_eq!(
        found,
        NoCosignature::Refused {
            status: 404,
            said: shown
        }
    );
    let (_home, _running, unknown) = honest("one", &Ledger::named("netgain/a", "leaf", 1));
    let found = why(unknown, &ledger).to_string();
    assert!(
        found.starts_with("refused with status 404: the log netgain/"),
        "{found}"
    );
}

#[test]
fn answers_that_are_none_are_told_apart() {
    let (ledger, key) = (Ledger::with_leaves(9), cosigner("w").verifier());
    for (body, status) in [("5", 409), ("five\n", 409), ("05\n", 409)] {
        let (address, _) = scripted(vec![answer("409 Conflict", body)]);
        let found = why(line("one", &key, address), &ledger);
        assert_eq!(found, NoCosignature::Form { status });
    }
    let elsewhere = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n\
                     Connection: close\r\nContent-Length: 0\r\n\r\n";
    let (address, _) = scripted(vec![elsewhere.to_owned()]);
    let found = why(line("one", &key, address), &ledger);
    assert_eq!(
        found,
        NoCosignature::Refused {
            status: 307,
            said: String::new()
        }
    );
    for broken in [
        answer("200 OK", &"x".repeat(NOTE_BYTES_MAX + 1)),
        "nonsense\r\n\r\n".to_owned(),
    ] {
        let (address, _) = scripted(vec![broken]);
        let found = why(line("one", &key, address), &ledger);
        assert!(
            matches!(found, NoCosignature::Unreachable { .. }),
            "{found}"
        );
    }
}

/// A server that says that much to one request and then nothing; and whether the other side gave up
/// before long.
fn stalling(said: String) -> (SocketAddr, JoinHandle<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        read_request(&mut stream);
        stream.write_all(said.as_bytes()).unwrap();
        stream.set_read_timeout(Some(TIME)).unwrap();
        let end = stream.read_to_end(&mut Vec::new());
        end.map_or_else(|error| error.kind() != io::ErrorKind::WouldBlock, |_| true)
    });
    (address, serving)
}

#[test]
fn witnesses_that_never_answer_or_never_end_cost_no_more_than_the_time_there_is() {
    let ledger = Ledger::with_leaves(9);
    let (_home, _running, one) = honest("one", &ledger);
    let (silent, silent_left) = stalling(String::new());
    let (endless, endless_left) = stalling(answer("200 OK", "half").replace("half", ""));
    let other = CosigningKey::from_seed("v".parse().unwrap(), [8; 32]).verifier();
    let two = line("two", &cosigner("w").verifier(), silent);
    let three = line("three", &other, endless);
    let proof = |old| ledger.tree().consistency(old).unwrap();
    let time = Duration::from_millis(300);
    let policy = policy(&[two, three, one], 1);
    let cosigned = ask_within(time, &policy, &|_| 0, &proof, &ledger.checkpoint(9)).unwrap();
    let missing = cosigned.missing.iter().map(|missing| {
        let unreachable = matches!(missing.why, NoCosignature::Unreachable { .. });
        (missing.witness.as_str(), unreachable)
    });
    assert_eq!(
        missing.collect::<Vec<_>>(),
        [("two", true), ("three", true)]
    );
    assert!(silent_left.join().unwrap());
    assert!(endless_left.join().unwrap());
}

#[test]
fn a_witness_that_should_speak_tls_and_does_not_is_not_asked_in_the_clear() {
    let ledger = Ledger::with_leaves(9);
    let (_home, running, line) = honest("one", &ledger);
    let found = why(line.replace("http://", "https://"), &ledger).to_string();
    assert!(found.starts_with("could not be asked: "), "{found}");
    assert!(!found.contains("thread"), "{found}");
    // It has cosigned nothing.
    assert_eq!(running.add(&ledger.request(5, 9)).2, "0\n");
}

#[test]
fn a_quorum_of_none_takes_what_there_is() {
    let ledger = Ledger::with_leaves(9);
    let cosigned = ask_all(&policy(&[], 0), &ledger).unwrap();
    assert_eq!(cosigned.checkpoint, ledger.checkpoint(9));
    let down = line("one", &cosigner("w").verifier(), nobody());
    let cosigned = ask_all(&policy(&[down], 0), &ledger).unwrap();
    assert_eq!(cosigned.checkpoint, ledger.checkpoint(9));
    assert_eq!(cosigned.missing.len(), 1);
}

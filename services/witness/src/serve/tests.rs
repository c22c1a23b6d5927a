//! A witness on a real socket: every status, and what slow callers come to.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

use super::*;
use crate::checkpoints::log_hash;
use crate::testing::{Ledger, Running, Said, head, know, read_answer, witness_of};
use netgain_verify::tlog::EMPTY_ROOT;

fn text(status: u16, body: &str) -> Said {
    (status, TEXT_TYPE.to_owned(), format!("{body}\n"))
}

fn size(cosigned: u64) -> Said {
    (409, SIZE_TYPE.to_owned(), format!("{cosigned}\n"))
}

#[test]
fn a_checkpoint_that_continues_the_last_one_is_cosigned_and_shown() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(9);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let log = log_hash(&ledger.checkpoint(1).checkpoint().origin);
    let path = format!("/checkpoint/{log}");
    assert_eq!(running.get(&path).0, 404);
    for (old, new) in [(0, 3), (3, 3), (3, 8), (8, 9)] {
        let request = ledger.request(old, new);
        let (status, media_type, line) = running.add(&request);
        assert_eq!((status, media_type.as_str()), (200, TEXT_TYPE));
        let cosigned = request.checkpoint.with_signature_lines(&line).unwrap();
        let both = [ledger.key(), running.key.clone()];
        assert_eq!(cosigned.verify(&both).unwrap(), both);
        let shown = String::from_utf8(cosigned.note().bytes().to_vec()).unwrap();
        assert_eq!(
            running.get(&path),
            (200, TEXT_TYPE.to_owned(), shown.clone())
        );
        assert_eq!(running.get(&format!("/{log}/checkpoint")).2, shown);
    }
    assert_eq!(running.get("/healthz"), text(200, "ok"));
}

#[test]
fn the_empty_tree_is_cosigned_and_grown_from() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(2);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    assert_eq!(running.add(&ledger.request(0, 0)).0, 200);
    assert_eq!(running.add(&ledger.request(0, 2)).0, 200);
}

#[test]
fn what_cannot_be_read_or_cannot_be_is_400() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(5);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let body = ledger.request(3, 5).body();
    for wrong in [&b""[..], b"old 0\n\n", &body[1..], &body[..body.len() - 1]] {
        assert_eq!(running.post(wrong).0, 400);
    }
    let mut shrinks = ledger.request(3, 5);
    shrinks.old_size = 6;
    let (status, _, said) = running.add(&shrinks);
    assert_eq!(status, 400);
    assert!(said.contains("a log never shrinks"), "{said}");
    let mut long = ledger.request(3, 5);
    long.proof = vec![EMPTY_ROOT; 64];
    assert_eq!(running.add(&long).0, 400);
}

#[test]
fn a_body_that_is_too_large_is_413_and_other_methods_are_405() {
    let home = tempfile::tempdir().unwrap();
    let running = Running::start(witness_of(home.path(), &[]));
    let just = vec![b'a'; REQUEST_BYTES_MAX];
    assert_eq!(running.post(&just).0, 400);
    assert_eq!(running.post(&[just.as_slice(), b"a"].concat()).0, 413);
    assert_eq!(running.get("/add-checkpoint").0, 405);
    assert_eq!(running.get("/checkpoint/..%2fwitness-key").0, 404);
}

#[test]
fn an_unknown_log_is_404_until_its_key_is_added_and_again_once_it_is_taken_out() {
    let home = tempfile::tempdir().unwrap();
    let (known, ledger) = (
        Ledger::named("netgain/known", "leaf", 2),
        Ledger::with_leaves(5),
    );
    let running = Running::start(witness_of(home.path(), &[&known]));
    assert_eq!(running.add(&known.request(0, 1)).0, 200);
    assert_eq!(running.add(&ledger.request(0, 3)).0, 404);
    know(home.path(), &[&known, &ledger]);
    assert_eq!(running.add(&ledger.request(0, 3)).0, 200);
    know(home.path(), &[&known]);
    assert_eq!(running.add(&ledger.request(3, 5)).0, 404);
}

#[test]
fn a_list_of_logs_that_cannot_be_read_stops_cosigning_until_it_is_put_right() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(5);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    fs::write(
        home.path().join("logs"),
        format!("{}\noops\n", ledger.key()),
    )
    .unwrap();
    assert_eq!(running.add(&ledger.request(0, 3)).0, 500);
    assert_eq!(running.get("/healthz").0, 500);
    know(home.path(), &[&ledger]);
    assert_eq!(running.add(&ledger.request(0, 3)).0, 200);
}

#[test]
fn a_key_vouches_for_the_logs_below_its_name_and_for_no_others() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(5);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let add = |origin: &str| {
        let mut request = ledger.request(0, 3);
        request.checkpoint = ledger.checkpoint_of(origin, 3);
        running.add(&request).0
    };
    assert_eq!(add(&format!("{}/E07000082", ledger.name)), 200);
    assert_eq!(add(&format!("{}0", ledger.name)), 404);
    assert_eq!(add("netgain"), 404);
}

#[test]
fn a_checkpoint_that_the_log_has_not_signed_or_not_rightly_is_403() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(5);
    let stranger = Ledger::named("netgain/stranger", "leaf", 5);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let origin = ledger.name.as_str();
    let mut by_stranger = ledger.request(0, 3);
    by_stranger.checkpoint = stranger.checkpoint_of(origin, 3);
    assert_eq!(running.add(&by_stranger).0, 403);
    // The signature of another size under this one.
    let text = |size| String::from_utf8(ledger.checkpoint(size).note().bytes().to_vec()).unwrap();
    let line = text(5).lines().last().unwrap().to_owned();
    let wrong = format!(
        "old 0\n\n{}\n{line}\n",
        text(3).split_once("\n\n").unwrap().0.to_owned() + "\n"
    );
    assert_eq!(running.post(wrong.as_bytes()).0, 403);
    // The right one does not make up for the wrong one.
    let both = format!("old 0\n\n{}{line}\n", text(3));
    assert_eq!(running.post(both.as_bytes()).0, 403);
    // A stranger's does not matter.
    let strangers = stranger.checkpoint_of(origin, 3);
    let line = String::from_utf8(strangers.note().bytes().to_vec()).unwrap();
    let line = line.lines().last().unwrap();
    let good = format!("old 0\n\n{}{line}\n", text(3));
    assert_eq!(running.post(good.as_bytes()).0, 200);
    let shown = running.get(&format!(
        "/checkpoint/{}",
        log_hash(&origin.parse().unwrap())
    ));
    assert!(!shown.2.contains("stranger"), "{}", shown.2);
}

#[test]
fn as_many_signatures_as_a_note_may_have_leave_room_for_the_cosignature() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(5);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let mut request = ledger.request(0, 3);
    for number in 1..16 {
        let stranger = Ledger::named(&format!("netgain/stranger{number}"), "leaf", 5);
        let note = stranger.checkpoint_of(ledger.name.as_str(), 3);
        let note = String::from_utf8(note.note().bytes().to_vec()).unwrap();
        let line = format!("{}\n", note.lines().last().unwrap());
        request.checkpoint = request.checkpoint.with_signature_lines(&line).unwrap();
    }
    assert_eq!(running.add(&request).0, 200);
}

#[test]
fn another_old_size_than_the_one_cosigned_last_is_409_with_that_size() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(5);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    assert_eq!(running.add(&ledger.request(2, 3)), size(0));
    assert_eq!(running.add(&ledger.request(0, 3)).0, 200);
    assert_eq!(running.add(&ledger.request(0, 5)), size(3));
    assert_eq!(running.add(&ledger.request(2, 3)), size(3));
    assert_eq!(running.add(&ledger.request(4, 5)), size(3));
    assert_eq!(running.add(&ledger.request(3, 5)).0, 200);
}

#[test]
fn a_checkpoint_that_does_not_continue_the_last_one_is_422() {
    let home = tempfile::tempdir().unwrap();
    let (ledger, other) = (Ledger::with_leaves(9), Ledger::with_other_leaves(9));
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let mut proof_from_nothing = ledger.request(0, 3);
    proof_from_nothing.proof = vec![EMPTY_ROOT];
    assert_eq!(running.add(&proof_from_nothing).0, 422);
    assert_eq!(running.add(&ledger.request(0, 3)).0, 200);
    assert_eq!(running.add(&other.request(3, 9)).0, 422);
    for proof in [Vec::new(), ledger.request(4, 9).proof] {
        let mut request = ledger.request(3, 9);
        request.proof = proof;
        assert_eq!(running.add(&request).0, 422);
    }
    let mut same_with_proof = ledger.request(3, 3);
    same_with_proof.proof = vec![EMPTY_ROOT];
    assert_eq!(running.add(&same_with_proof).0, 422);
    assert_eq!(running.add(&ledger.request(3, 9)).0, 200);
}

#[test]
fn an_empty_tree_with_a_root_is_422() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(1);
    let running = Running::start(witness_of(home.path(), &[&ledger]));
    let mut request = ledger.request(0, 0);
    request.checkpoint = ledger.sign(ledger.name.as_str(), 0, ledger.tree().root());
    assert_eq!(running.add(&request).0, 422);
}

#[test]
fn a_slow_body_is_given_up_after_the_time_a_request_has() {
    let home = tempfile::tempdir().unwrap();
    let request_time = Duration::from_millis(50);
    let limits = Limits {
        request_time,
        ..LIMITS
    };
    let running = Running::with_limits(witness_of(home.path(), &[]), limits);
    let mut stream = TcpStream::connect(running.address).unwrap();
    stream
        .write_all(head("POST", "/add-checkpoint", 100).as_bytes())
        .unwrap();
    stream.write_all(b"old 0\n").unwrap();
    assert_eq!(read_answer(&mut stream).0, 408);
}

/// Long enough for anything but what must not happen.
const LONG: Option<Duration> = Some(Duration::from_secs(5));

#[test]
fn a_slow_head_is_cut_off_and_so_is_who_says_nothing() {
    let home = tempfile::tempdir().unwrap();
    let request_time = Duration::from_millis(50);
    let limits = Limits {
        request_time,
        ..LIMITS
    };
    let running = Running::with_limits(witness_of(home.path(), &[]), limits);
    for sent in ["POST /add-ch", ""] {
        let mut stream = TcpStream::connect(running.address).unwrap();
        stream.set_read_timeout(LONG).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
    }
}

#[test]
fn a_connection_is_used_again_and_ends_after_its_time() {
    let home = tempfile::tempdir().unwrap();
    let connection_time = Duration::from_millis(200);
    let limits = Limits {
        connection_time,
        ..LIMITS
    };
    let running = Running::with_limits(witness_of(home.path(), &[]), limits);
    let mut stream = TcpStream::connect(running.address).unwrap();
    stream.set_read_timeout(LONG).unwrap();
    let request = head("GET", "/healthz", 0).replace("Connection: close\r\n", "");
    stream.write_all(request.repeat(2).as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2);
}

#[test]
fn a_connection_beyond_the_most_waits_until_another_has_ended() {
    let home = tempfile::tempdir().unwrap();
    let limits = Limits {
        connections: 1,
        request_time: Duration::from_millis(300),
        ..LIMITS
    };
    let running = Running::with_limits(witness_of(home.path(), &[]), limits);
    let mut first = TcpStream::connect(running.address).unwrap();
    first.write_all(b"GET /hea").unwrap();
    assert_eq!(running.get("/healthz").0, 200);
    // That answer came after the first had used up its time; otherwise there is nothing to read yet.
    first.set_nonblocking(true).unwrap();
    let mut end = [0; 1024];
    let read = first.read(&mut end);
    assert!(read.is_ok(), "{read:?}");
}

#[test]
fn a_request_that_has_begun_is_answered_before_the_witness_stops() {
    let home = tempfile::tempdir().unwrap();
    let ledger = Ledger::with_leaves(3);
    let mut running = Running::start(witness_of(home.path(), &[&ledger]));
    let mut stream = TcpStream::connect(running.address).unwrap();
    let body = ledger.request(0, 3).body();
    let (begun, rest) = body.split_at(10);
    let head = head("POST", "/add-checkpoint", body.len()).replace(
        "Connection: close",
        "Expect: 100-continue\r\nConnection: close",
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Once it asks for the body, the request has begun.
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(begun).unwrap();
    running.begin_to_stop();
    stream.write_all(rest).unwrap();
    assert_eq!(read_answer(&mut stream).0, 200);
    running.stop();
}

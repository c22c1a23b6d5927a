//! The same request again: one event and one answer, however often and whenever it comes.

use std::fs;
use std::sync::Barrier;
use std::thread;

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Answer, Service, person};
use serde_json::{Value, json};

const AT_ONCE: usize = 100;

const PATH: &str = "/api/v1/organisations/E07000082/commands";

fn service() -> Service {
    let program = Program::with(&[stroud()]);
    program.accepts(&person("ann", &[("recorder", STROUD)]));
    program.accepts(&person("bob", &[("recorder", STROUD)]));
    Service::start(program)
}

fn send(service: &Service, id: &str, key: &str, document: &Value) -> Answer {
    let headers = [("idempotency-key", key)];
    service
        .as_person(id)
        .send_json("POST", PATH, &headers, document)
}

fn is_repeat(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

fn events(service: &Service) -> usize {
    service.program().events(STROUD).len()
}

/// Sends the same from a hundred connections at once; gives the one body they were all answered.
fn all_at_once(service: &Service, key: &str, document: &Value) -> Vec<u8> {
    let before = events(service);
    let ready = Barrier::new(AT_ONCE);
    let answers: Vec<Answer> = thread::scope(|scope| {
        let ask = || {
            let mut client = service.as_person("ann");
            // The connection is there before the others begin.
            let _ = client.get("/api/v1/session").of_status(200);
            ready.wait();
            client.send_json("POST", PATH, &[("idempotency-key", key)], document)
        };
        let askers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(ask)).collect();
        askers
            .into_iter()
            .map(|asker| asker.join().unwrap())
            .collect()
    });
    for answer in &answers {
        assert_eq!(answer.status, 201, "{answer:?}");
        assert_eq!(answer.body, answers[0].body);
        assert_eq!(answer.header("etag"), answers[0].header("etag"));
    }
    assert_eq!(
        answers.iter().filter(|answer| is_repeat(answer)).count(),
        AT_ONCE - 1
    );
    let commands = document.as_array().map_or(1, Vec::len);
    assert_eq!(events(service), before + commands);
    answers[0].body.clone()
}

fn answered_so_ever_after(document: &Value, other: &Value) {
    let mut service = service();
    let body = all_at_once(&service, "key-1", document);
    let written = events(&service);
    let again = |service: &Service| {
        let answer = send(service, "ann", "key-1", document).of_status(201);
        assert!(is_repeat(&answer) && answer.body == body, "{answer:?}");
        let reused = (422, "command-id-reused".to_owned());
        assert_eq!(send(service, "ann", "key-1", other).outcome(), reused);
        // Somebody else who sends the same does not do the same.
        assert_eq!(send(service, "bob", "key-1", document).outcome(), reused);
        assert_eq!(events(service), written);
    };
    again(&service);
    let (program, ended) = service.stop();
    assert_eq!(ended.status, Some(0), "{}", ended.said);
    service = Service::start(program);
    again(&service);
    let (program, _) = service.stop();
    fs::remove_dir_all(program.data().join("views")).unwrap();
    service = Service::start(program);
    again(&service);
    // And what had no end but the power's.
    let program = service.kill();
    again(&Service::start(program));
}

#[test]
fn a_command_sent_a_hundred_times_at_once_is_recorded_once_and_answered_so_ever_after() {
    answered_so_ever_after(&claim("A"), &claim("B"));
}

#[test]
fn an_array_sent_a_hundred_times_at_once_is_recorded_once_and_answered_so_ever_after() {
    let array = json!([claim("A"), claim("B"), claim("C")]);
    answered_so_ever_after(&array, &json!([claim("A"), claim("B")]));
}

#[test]
fn without_a_key_the_same_command_is_another_and_a_refused_one_does_not_use_its_key_up() {
    let service = service();
    let mut ann = service.as_person("ann");
    let offset = json!({
        "type": "cancel-offset", "claim": "A", "offset": "X", "reason": "It never was.",
    });
    let refused = send(&service, "ann", "key-1", &offset);
    assert_eq!(refused.outcome(), (422, "unknown-claim".into()));
    let recorded = send(&service, "ann", "key-1", &claim("A")).of_status(201);
    assert!(!is_repeat(&recorded));
    let amend = json!({ "type": "amend-claim", "claim": "A", "reason": "x", "title": "Other" });
    let before = events(&service);
    for _ in 0..2 {
        assert!(!is_repeat(&ann.post(PATH, &amend).of_status(201)));
    }
    assert_eq!(events(&service), before + 2);
}

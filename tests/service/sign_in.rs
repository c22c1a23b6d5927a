//! Signing in with a password, and what ends a session.

use std::net::Ipv4Addr;

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Answer, Client, Service, person};
use serde_json::{Value, json};

const PASSWORD: &str = "umber-lattice-9-quarry-moth";
const OTHER_PASSWORD: &str = "velvet-orbit-4-gravel-finch";

const SESSION: &str = "/api/v1/session";
const COMMANDS: &str = "/api/v1/organisations/E07000082/commands";
const CLAIMS: &str = "/api/v1/organisations/E07000082/claims";

fn service() -> Service {
    let program = Program::with(&[stroud()]);
    program.accepts(
        &[
            person("ada", &[("administrator", "*")]),
            person("ann", &[("recorder", STROUD)]),
            person("bob", &[("recorder", STROUD)]),
        ]
        .concat(),
    );
    let service = Service::start(program);
    let _ = set_password(&service, "ann", PASSWORD).of_status(204);
    service
}

fn set_password(service: &Service, id: &str, password: &str) -> Answer {
    let path = format!("/api/v1/people/{id}");
    let entry = json!({ "password": password });
    service
        .as_person("ada")
        .send_json("PUT", &path, &[], &entry)
}

/// Tries to sign in from an address of this machine.
fn sign_in(service: &Service, from: u8, id: &str, password: &str) -> Answer {
    let mut client = service
        .stranger()
        .from_address(Ipv4Addr::new(127, 0, 0, from));
    client.post(SESSION, &json!({ "person": id, "password": password }))
}

/// Whoever has that answer's session.
fn with_session(service: &Service, answer: &Answer) -> Client {
    let cookie = answer.header("set-cookie").expect("a cookie");
    let pair = cookie.split(';').next().unwrap();
    service
        .stranger()
        .with("cookie", &format!("other=1; {pair}"))
}

fn signed_in(service: &Service, from: u8, id: &str, password: &str) -> Client {
    with_session(
        service,
        &sign_in(service, from, id, password).of_status(204),
    )
}

/// An answer without what differs in every one.
fn said(answer: Answer) -> (u16, Vec<(String, String)>, String) {
    let text = answer.text();
    let mut headers = answer.headers;
    headers.retain(|(name, _)| name != "x-request-id" && name != "date");
    (answer.status, headers, text)
}

#[test]
fn a_right_password_opens_a_session_whose_cookie_scripts_and_other_sites_do_not_get() {
    let service = service();
    let answer = sign_in(&service, 2, "ANN", PASSWORD).of_status(204);
    let cookie = answer.header("set-cookie").unwrap();
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert!(pair.starts_with("__Host-netgain="), "{cookie}");
    let mut attributes: Vec<_> = attributes.split("; ").collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]);
    // 256 bits, and others every time.
    assert!(pair.len() >= "__Host-netgain=".len() + 43, "{pair}");
    let again = sign_in(&service, 2, "ann", PASSWORD);
    assert_ne!(again.header("set-cookie"), Some(cookie));

    let mut ann = with_session(&service, &answer);
    let who = ann.get(SESSION).of_status(200).json();
    assert_eq!(who["person"], "ann");
    assert_eq!(who["auth"], "local");
    let _ = ann.get(CLAIMS).of_status(200);
    let _ = ann.post(COMMANDS, &claim("A")).of_status(201);
    let event = service.program().events(STROUD).pop().unwrap();
    assert_eq!(
        (&event["actor"], &event["auth"]),
        (&json!("ann"), &json!("local"))
    );
    // A token says so in its event, too.
    let _ = service
        .as_person("ann")
        .post(COMMANDS, &claim("B"))
        .of_status(201);
    assert_eq!(
        service.program().events(STROUD).pop().unwrap()["auth"],
        "token"
    );
    // A session has its person's rights and no others.
    let absent = ann.get("/api/v1/organisations/E07000083/claims");
    assert_eq!(absent.outcome(), (403, "not-allowed".into()));
    let people = ann.get("/api/v1/people");
    assert_eq!(people.outcome(), (403, "not-allowed".into()));
}

#[test]
fn a_wrong_password_and_a_person_that_is_not_there_get_the_very_same_answer() {
    let service = service();
    let wrong = said(sign_in(&service, 2, "ann", OTHER_PASSWORD).of_status(401));
    for (from, id, password) in [
        (3, "nobody", PASSWORD),
        (4, "bob", PASSWORD),
        (5, "no such form of id!", PASSWORD),
        (6, "ann", ""),
        (7, "ann", "umber-lattice-9-quarry-moth "),
    ] {
        assert_eq!(said(sign_in(&service, from, id, password)), wrong, "{id}");
    }
    assert_eq!(
        wrong
            .1
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .count(),
        0
    );
}

#[test]
fn after_five_failures_an_account_and_an_address_wait() {
    let service = service();
    for from in 2..7 {
        let _ = sign_in(&service, from, "ann", OTHER_PASSWORD).of_status(401);
    }
    // The right password from an address that has not been seen: it is the account that waits.
    let waits = sign_in(&service, 8, "ann", PASSWORD).of_status(429);
    assert_eq!(waits.outcome().1, "too-many-attempts");
    let seconds: u64 = waits.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    // An account that nobody has waits as well, so that waiting tells nothing.
    for from in 20..25 {
        let _ = sign_in(&service, from, "nobody", PASSWORD).of_status(401);
    }
    let _ = sign_in(&service, 26, "nobody", PASSWORD).of_status(429);
    // Five accounts from one address: the sixth waits, and from elsewhere it does not.
    for number in 0..5 {
        let _ = sign_in(&service, 30, &format!("guess-{number}"), PASSWORD).of_status(401);
    }
    let _ = sign_in(&service, 30, "guess-5", PASSWORD).of_status(429);
    let _ = sign_in(&service, 31, "guess-5", PASSWORD).of_status(401);
    // Tokens do not pass that count.
    let _ = service.as_person("ann").get(CLAIMS).of_status(200);
}

fn is_over(client: &mut Client) {
    for path in [SESSION, CLAIMS] {
        assert_eq!(
            client.get(path).outcome(),
            (401, "not-signed-in".into()),
            "{path}"
        );
    }
    let recorded = client.post(COMMANDS, &claim("LATE"));
    assert_eq!(recorded.outcome(), (401, "not-signed-in".into()));
}

#[test]
fn signing_out_ends_this_session_and_no_other() {
    let service = service();
    let mut here = signed_in(&service, 2, "ann", PASSWORD);
    let mut there = signed_in(&service, 2, "ann", PASSWORD);
    let out = here.send("DELETE", SESSION, &[], None).of_status(204);
    let cookie = out.header("set-cookie").unwrap();
    assert!(
        cookie.starts_with("__Host-netgain=;") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    is_over(&mut here);
    let _ = there.get(CLAIMS).of_status(200);
}

#[test]
fn barring_somebody_and_a_new_password_end_every_session_of_theirs() {
    let service = service();
    let mut sessions = [2, 2].map(|from| signed_in(&service, from, "ann", PASSWORD));
    let _ = set_password(&service, "ann", OTHER_PASSWORD).of_status(204);
    sessions.iter_mut().for_each(is_over);
    let _ = sign_in(&service, 3, "ann", PASSWORD).of_status(401);
    let mut sessions = [3, 3].map(|from| signed_in(&service, from, "ann", OTHER_PASSWORD));
    let _ = sessions[0].get(CLAIMS).of_status(200);
    let system = |command: &Value| {
        let _ = service
            .as_person("ada")
            .post("/api/v1/system/commands", command)
            .of_status(201);
    };
    system(&json!({ "type": "bar-person", "person": "ann", "reason": "They have left." }));
    sessions.iter_mut().for_each(is_over);
    let _ = sign_in(&service, 4, "ann", OTHER_PASSWORD).of_status(401);
    // Whoever is admitted again signs in again, and begins without a role.
    system(&json!({ "type": "enrol-person", "person": "ann", "account": "person" }));
    sessions.iter_mut().for_each(is_over);
    let mut ann = signed_in(&service, 5, "ann", OTHER_PASSWORD);
    assert_eq!(ann.get(CLAIMS).outcome(), (403, "not-allowed".into()));
}

#[test]
fn a_restart_ends_sessions_and_a_weak_password_is_not_taken() {
    let service = service();
    let answer = sign_in(&service, 2, "ann", PASSWORD).of_status(204);
    for weak in ["", "short", "password1234", "aaaaaaaaaaaaaaaa"] {
        let refused = set_password(&service, "ann", weak);
        assert_eq!(refused.outcome(), (422, "bad-field".into()), "{weak:?}");
    }
    let unknown = set_password(&service, "nobody", PASSWORD);
    assert_eq!(unknown.outcome(), (404, "unknown-person".into()));
    let (program, ended) = service.stop();
    assert!(!ended.said.contains(PASSWORD));
    let service = Service::start(program);
    is_over(&mut with_session(&service, &answer));
    // Erased from the directory, they have no password any more.
    let mut ada = service.as_person("ada");
    let _ = ada
        .send("DELETE", "/api/v1/people/ann", &[], None)
        .of_status(204);
    let _ = sign_in(&service, 3, "ann", PASSWORD).of_status(401);
}

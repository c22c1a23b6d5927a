//! A word that stands in everything free to write of one organisation is seen by its own people, and by
//! nobody of another: in no answer, header, stream or log line.

use std::collections::BTreeSet;
use std::time::Duration;

use netgain_tests::examples::with;
use netgain_tests::program::Program;
use netgain_tests::service::{Answer, Client, Event, Service, person, service_account};
use serde_json::{Value, json};

use super::callers::{OURS, THEIRS};
use super::commands::preparation;
use super::routes::{ROUTES, Request};
use super::who_may::ROLES;

/// The word. References and labels have it too, so it has their characters.
const MARKER: &str = "qzxmarker";

/// Somebody of the other organisation whose id says nothing, so that it can be asked for.
const PLAIN: &str = "plain.person";

/// A code that no organisation has.
const ABSENT: &str = "E07999999";

/// Which of the words are in some bytes, whatever their capitals.
fn seen<'w>(bytes: &[u8], words: &[&'w str]) -> BTreeSet<&'w str> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let is_in = |word: &&&str| text.contains(&word.to_ascii_lowercase());
    words.iter().filter(is_in).copied().collect()
}

/// An organisation whose every text, name, reference and label has the marker.
fn marked() -> Vec<Value> {
    let text = format!("The {MARKER} in a sentence");
    let of = |kind: &str, fields: Value| {
        let command = json!({
            "type": kind, "org": THEIRS, "note": text, "actor": format!("clerk.{MARKER}"),
            "evidence": [{ "name": text, "sha256": "0".repeat(64), "uri": format!("https://{MARKER}.example/") }],
        });
        with(command, &fields)
    };
    let reference = format!("{MARKER}-1");
    let part = |name: &str| json!({ "claim": "B1", name: reference });
    let claim = json!({
        "title": text, "action": "reduce-inputs", "impact_from": "2008-04-01",
        "profile": { "2008/09": "1000" }, "service": text, "source_override": text,
        "quality_measure": text, "owner": text, "labels": { MARKER: text },
        "scheme": { "id": reference, "total": "5000" },
    });
    let offset = json!({
        "kind": "one-off", "year": "2009/10", "amount": "1", "funding": text, "description": text,
    });
    let redeployment = json!({
        "year": "2009/10", "amount": "1", "purpose": "other", "description": text,
    });
    vec![
        of(
            "register-organisation",
            json!({
                "name": text, "kind": text, "sector": "local-government", "region": text,
            }),
        ),
        of(
            "set-baseline",
            json!({ "year": "2007/08", "amount": "1000000", "source": text }),
        ),
        of(
            "set-target",
            json!({ "year": "2010/11", "amount": "1000", "service": text }),
        ),
        of(
            "register-claim",
            with(claim.clone(), &json!({ "claim": reference })),
        ),
        of("register-claim", with(claim, &json!({ "claim": "B1" }))),
        of(
            "amend-claim",
            json!({ "claim": "B1", "reason": text, "title": text }),
        ),
        of("record-offset", with(offset.clone(), &part("offset"))),
        of(
            "cancel-offset",
            with(part("offset"), &json!({ "reason": text })),
        ),
        of(
            "record-offset",
            with(
                offset,
                &json!({ "claim": "B1", "offset": format!("{MARKER}-2") }),
            ),
        ),
        of(
            "check-sustainment",
            json!({
                "claim": "B1", "year": "2009/10", "outcome": "sustained", "quality": "maintained",
                "quality_reading": text,
            }),
        ),
        of(
            "raise-challenge",
            with(part("challenge"), &json!({ "question": text })),
        ),
        of(
            "answer-challenge",
            with(part("challenge"), &json!({ "answer": text })),
        ),
        of(
            "record-redeployment",
            with(redeployment, &part("redeployment")),
        ),
        of(
            "declare-carry-forward",
            json!({
                "ongoing_cashable": "90000", "baseline_2004_05": "1000000", "source": text,
            }),
        ),
        with(
            of("validate-claim", json!({ "claim": "B1" })),
            &json!({ "actor": format!("checker.{MARKER}") }),
        ),
        of(
            "issue-statement",
            json!({ "year": "2010/11", "series": "actual" }),
        ),
    ]
}

fn theirs(role: &str) -> String {
    format!("{role}.{MARKER}")
}

fn ours(role: &str) -> String {
    format!("{role}.ours")
}

/// The service with the two organisations, their people and their people's names.
fn two_organisations() -> Service {
    let program = Program::new();
    let mut people = person("ada", &[("administrator", "*")]);
    for role in ROLES {
        people.extend(person(&ours(role), &[(role, OURS)]));
        people.extend(person(&theirs(role), &[(role, THEIRS)]));
    }
    people.extend(service_account("robot.ours", &[("recorder", OURS)]));
    people.extend(person(PLAIN, &[("board", THEIRS), ("auditor", THEIRS)]));
    people.push(json!({
        "type": "revoke-role", "org": "_SYSTEM", "person": PLAIN, "role": "auditor", "of": THEIRS,
        "reason": format!("The {MARKER} is over"),
    }));
    program.accepts(&people);
    program.accepts(&preparation(OURS, 1));
    program.accepts(&marked());
    let service = Service::start(program);
    let mut ada = service.as_person("ada");
    let name = json!({ "name": format!("Some {MARKER}") });
    for id in ROLES.map(theirs).into_iter().chain([PLAIN.to_owned()]) {
        let path = format!("/api/v1/people/{id}");
        let _ = ada.send_json("PUT", &path, &[], &name).of_status(204);
    }
    service
}

/// Every route with every id of an organisation in every place: none of the ids has the marker, so that
/// whoever finds it was not just told what they had sent.
fn requests(org: &str) -> Vec<(&'static str, &'static str, Request)> {
    let mut requests = Vec::new();
    for (cell, route) in ROUTES.iter().enumerate() {
        let mut request = route.request(org, cell);
        request.path = request
            .path
            .replace("/C1", "/B1")
            .replace("/subject", &format!("/{PLAIN}"));
        requests.push((route.method, route.path, request));
    }
    let base = format!("/api/v1/organisations/{org}");
    let more = [
        "/totals/2010-11?position=3",
        "/totals/2010-11?known_at=2099-01-01",
        "/explain/2010-11?claim=B1&basis=claimed",
        "/explain/2010-11?basis=claimed",
        "/diff/2010-11?from=0&to=9&basis=claimed",
        "/claims?year=2010-11",
        "/events?after=2&limit=1000",
        "/statements?year=2010-11&series=actual",
        "/statements/2010-11/actual/latest",
        "/reports/breakdown?year=2010-11&by=service",
        "/reports/targets",
        "/reports/redeployment",
        "/reports/challenges",
        "/reports/failed-costs?year=2010-11",
        "/reports/shares?year=2010-11",
    ];
    let of_query = more.iter().map(|more| {
        let path = format!("{base}{more}");
        (
            "GET",
            *more,
            Request {
                path,
                content_type: None,
                body: None,
            },
        )
    });
    requests.extend(of_query);
    requests
}

fn ask(client: &mut Client, method: &str, request: &Request) -> Answer {
    let lines = [("accept", "application/x-ndjson")];
    let kind: Vec<_> = request
        .content_type
        .map(|it| ("content-type", it))
        .into_iter()
        .collect();
    let headers = if request.path.contains("limit=1000") {
        &lines[..]
    } else {
        &kind[..]
    };
    client.send(method, &request.path, headers, request.body.as_deref())
}

/// Checks that an answer has neither the marker nor the other organisation's code, unless that is in the
/// body that was sent and only told again.
fn nothing_seen(method: &str, route: &str, request: &Request, answer: &Answer) {
    let mut found = seen(&answer.all(), &[MARKER, THEIRS]);
    if seen(request.body.as_deref().unwrap_or_default(), &[THEIRS]).contains(THEIRS) {
        found.remove(THEIRS);
    }
    assert!(
        found.is_empty(),
        "{method} {route}: {found:?} in {}",
        answer.text()
    );
}

#[test]
fn nobody_of_another_organisation_ever_sees_the_marker_and_its_own_people_do() {
    let service = two_organisations();
    let mut asked = 0;
    let mut clients: Vec<_> = ROLES
        .iter()
        .map(|role| service.as_person(&ours(role)))
        .collect();
    clients.push(service.as_person("robot.ours"));
    for client in &mut clients {
        for (method, route, request) in [requests(THEIRS), requests(OURS)].into_iter().flatten() {
            nothing_seen(method, route, &request, &ask(client, method, &request));
            asked += 1;
        }
    }
    // Their references, sent to our own organisation, are references that there are not.
    let mut recorder = service.as_person(&ours("recorder"));
    let path = format!("/api/v1/organisations/{OURS}/commands");
    for (kind, more) in [
        ("withdraw-claim", json!({ "reason": "x" })),
        ("cancel-offset", json!({ "offset": "X", "reason": "x" })),
        (
            "answer-challenge",
            json!({ "challenge": "X", "answer": "x" }),
        ),
    ] {
        let command = with(json!({ "type": kind, "claim": "B1" }), &more);
        let answer = recorder.post(&path, &command);
        assert_eq!(answer.outcome(), (422, "unknown-claim".into()));
        assert_eq!(seen(&answer.all(), &[MARKER, THEIRS]), BTreeSet::new());
    }
    // The scanner finds it where it must be.
    let must_show = [
        ("recorder", "/api/v1/organisations"),
        ("recorder", "/api/v1/organisations/{org}"),
        ("validator", "/api/v1/organisations/{org}/totals/{year}"),
        ("validator", "/explain/2010-11?basis=claimed"),
        ("signatory", "/api/v1/organisations/{org}/claims"),
        ("board", "/api/v1/organisations/{org}/claims/{claim}"),
        ("auditor", "/api/v1/organisations/{org}/events"),
        ("auditor", "/events?after=2&limit=1000"),
        (
            "auditor",
            "/api/v1/organisations/{org}/statements/{year}/{series}/{number}/bundle",
        ),
        ("board", "/reports/breakdown?year=2010-11&by=service"),
        ("board", "/reports/challenges"),
        ("administrator", "/api/v1/people"),
        ("administrator", "/api/v1/tokens"),
    ];
    for (role, wanted) in must_show {
        let mut client = service.as_person(&theirs(role));
        let requests = requests(THEIRS);
        let (method, _, request) = requests
            .iter()
            .find(|(_, route, _)| *route == wanted)
            .unwrap();
        let answer = ask(&mut client, method, request).of_status(200);
        assert!(
            seen(&answer.all(), &[MARKER]).contains(MARKER),
            "{wanted}: {answer:?}"
        );
    }
    let all = service
        .as_person("ada")
        .get("/api/v1/system/events?limit=1000")
        .of_status(200);
    assert!(seen(&all.all(), &[MARKER]).contains(MARKER));
    // Neither the answers' lines nor any other.
    let said = service.stop().1.said;
    assert!(said.matches("\"answered\"").count() > asked, "{said}");
    assert_eq!(seen(said.as_bytes(), &[MARKER]), BTreeSet::new(), "{said}");
    println!("marker: {asked} answers searched");
}

#[test]
fn an_organisation_that_is_there_answers_a_stranger_to_it_as_one_that_is_not() {
    let service = two_organisations();
    for role in ROLES {
        let mut client = service.as_person(&ours(role));
        for ((method, route, there), (_, _, absent)) in
            requests(THEIRS).into_iter().zip(requests(ABSENT))
        {
            if !there.path.contains(THEIRS) {
                continue;
            }
            let there = ask(&mut client, method, &there);
            let absent = ask(&mut client, method, &absent);
            assert_eq!(
                there.outcome(),
                (403, "not-allowed".into()),
                "{method} {route}"
            );
            assert_eq!(
                without_id(there),
                without_id(absent),
                "{role} {method} {route}"
            );
        }
    }
}

/// An answer without what differs in every one.
fn without_id(mut answer: Answer) -> Answer {
    answer
        .headers
        .retain(|(name, _)| name != "x-request-id" && name != "date");
    answer
}

#[test]
fn a_stream_of_all_organisations_tells_only_of_those_its_reader_may_read() {
    let service = two_organisations();
    let path = "/api/v1/live/2010-11";
    let open = |id: &str| service.as_person(id).stream(path, &[]).1.expect("a stream");
    let (reader, other) = (open(&ours("auditor")), open(&theirs("auditor")));
    let orgs = |event: &Event| event.json()["org"].as_str().unwrap().to_owned();
    let soon = Duration::from_secs(10);
    assert_eq!(orgs(&reader.next_within(soon).unwrap()), OURS);
    assert_eq!(orgs(&other.next_within(soon).unwrap()), THEIRS);
    // Theirs changes first; what the reader is told next is of ours, and so nothing came between.
    let register = |id: &str, org: &str| {
        let command = json!({
            "type": "register-claim", "claim": "LATER", "title": "Later", "action": "reduce-inputs",
            "impact_from": "2010-04-01", "profile": { "2010/11": "5" },
        });
        let path = format!("/api/v1/organisations/{org}/commands");
        let _ = service.as_person(id).post(&path, &command).of_status(201);
    };
    register(&theirs("recorder"), THEIRS);
    assert_eq!(orgs(&other.next_within(soon).unwrap()), THEIRS);
    register(&ours("recorder"), OURS);
    let next = reader.next_within(soon).unwrap();
    assert_eq!(orgs(&next), OURS);
    assert_eq!(
        seen(next.data.as_bytes(), &[MARKER, THEIRS]),
        BTreeSet::new()
    );
    // Nobody but an administrator has no organisation to watch, and so nothing comes.
    let administrator = open(&ours("administrator"));
    register_again(&service);
    assert!(reader.next_within(soon).is_some());
    assert!(
        administrator
            .next_within(Duration::from_millis(200))
            .is_none()
    );
}

fn register_again(service: &Service) {
    let path = format!("/api/v1/organisations/{OURS}/commands");
    let amended = json!({ "type": "amend-claim", "claim": "C1", "reason": "x", "title": "Else" });
    let _ = service
        .as_person(&ours("recorder"))
        .post(&path, &amended)
        .of_status(201);
}

//! What every answer carries: positions as tags, pages, the stored bytes, an id for the log.

use std::io::Read;

use flate2::read::GzDecoder;
use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Client, Service, person, wait_until};
use serde_json::{Value, json};

const ORG: &str = "/api/v1/organisations/E07000082";

fn service(claims: usize) -> Service {
    let mut commands = vec![stroud()];
    commands.extend((0..claims).map(|number| claim(&format!("C{number}"))));
    let program = Program::with(&commands);
    let people = [
        person("ada", &[("administrator", "*")]),
        person("ann", &[("recorder", STROUD)]),
        person("eve", &[("auditor", STROUD)]),
    ];
    program.accepts(&people.concat());
    Service::start(program)
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let service = service(3);
    let mut ann = service.as_person("ann");
    for path in ["/totals/2010-11", "/claims", "/claims/C1"] {
        let path = format!("{ORG}{path}");
        let first = ann.get(&path).of_status(200);
        let tag = first.header("etag").unwrap().to_owned();
        let asked =
            |ann: &mut Client, tags: &str| ann.send("GET", &path, &[("if-none-match", tags)], None);
        for tags in [
            tag.clone(),
            format!("\"1\", {tag}"),
            format!("W/{tag}"),
            "*".to_owned(),
        ] {
            let same = asked(&mut ann, &tags).of_status(304);
            assert_eq!((same.header("etag"), &*same.body), (Some(&*tag), &b""[..]));
        }
        let other = asked(&mut ann, "\"1\"").of_status(200);
        assert_eq!(other.body, first.body);
        let amended = json!({ "type": "amend-claim", "claim": "C1", "reason": "x", "title": path });
        let _ = ann
            .post(&format!("{ORG}/commands"), &amended)
            .of_status(201);
        let changed = asked(&mut ann, &tag).of_status(200);
        assert_ne!(changed.header("etag"), Some(&*tag));
    }
}

#[test]
fn a_command_decided_on_an_older_position_is_refused_and_a_repeat_answered_before_that() {
    let service = service(1);
    let mut ann = service.as_person("ann");
    let path = format!("{ORG}/commands");
    let mut send = |tag: &str, key: &str, reference: &str| {
        let headers = [("if-match", tag), ("idempotency-key", key)];
        ann.send_json("POST", &path, &headers, &claim(reference))
    };
    let first = send("\"2\"", "k1", "A").of_status(201);
    assert_eq!(first.header("etag"), Some("\"3\""));
    for stale in ["\"2\"", "\"4\"", "\"0\""] {
        assert_eq!(
            send(stale, "k2", "B").outcome(),
            (412, "position-moved".into()),
            "{stale}"
        );
    }
    let repeat = send("\"2\"", "k1", "A").of_status(201);
    assert_eq!(
        (repeat.header("idempotent-replayed"), &repeat.body),
        (Some("true"), &first.body)
    );
    let _ = send("*", "k3", "B").of_status(201);
    for no_tag in ["3", "\"x\"", "\"3\", \"4\"", ""] {
        assert_eq!(
            send(no_tag, "k4", "D").outcome(),
            (400, "bad-position".into()),
            "{no_tag:?}"
        );
    }
}

/// The address of the next page.
fn next(link: Option<&str>) -> Option<String> {
    let (address, relation) = link?.split_once(">; ")?;
    assert_eq!(relation, "rel=\"next\"");
    Some(address.trim_start_matches('<').to_owned())
}

#[test]
fn pages_lead_through_all_events_and_each_is_the_stored_bytes() {
    let service = service(250);
    let mut eve = service.as_person("eve");
    let trail = service
        .program()
        .run(&format!("trail --json --org {STROUD}"))
        .stdout;
    let stored: Vec<&str> = trail.lines().collect();
    assert_eq!(stored.len(), 251);
    for limit in ["", "?limit=1000", "?limit=7", "?limit=251", "?limit=250"] {
        let mut path = Some(format!("{ORG}/events{limit}"));
        let mut lines = Vec::new();
        while let Some(asked) = path {
            let page = eve.get(&asked).of_status(200);
            let _: Vec<Value> = serde_json::from_slice(&page.body).unwrap();
            let text = page.text();
            let inner = text.strip_prefix('[').unwrap().strip_suffix("]\n").unwrap();
            lines.extend(inner.split(",\n").map(str::to_owned));
            path = next(page.header("link"));
        }
        assert_eq!(lines, stored, "{limit}");
    }
    let lines = [("accept", "application/x-ndjson")];
    let whole = eve
        .send("GET", &format!("{ORG}/events"), &lines, None)
        .of_status(200);
    assert_eq!(whole.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(whole.text(), trail);
    let rest = eve.send(
        "GET",
        &format!("{ORG}/events?after=249&limit=1"),
        &lines,
        None,
    );
    assert_eq!(rest.text(), format!("{}\n", stored[249]));
    let beyond = eve
        .send("GET", &format!("{ORG}/events?after=999"), &lines, None)
        .of_status(200);
    assert_eq!(beyond.text(), "");
    for bad in [
        "limit=0",
        "limit=1001",
        "limit=x",
        "after=-1",
        "after=x",
        "aftr=1",
    ] {
        let _ = eve.get(&format!("{ORG}/events?{bad}")).of_status(400);
    }
    // The history of people, too.
    let mut ada = service.as_person("ada");
    let system = ada
        .send("GET", "/api/v1/system/events", &lines, None)
        .of_status(200);
    let trail = service.program().run("trail --json --org _SYSTEM");
    assert_eq!((system.text(), trail.status), (trail.stdout, 0));
}

#[test]
fn an_answer_is_compressed_for_whoever_asks_and_says_the_same() {
    let service = service(100);
    let mut eve = service.as_person("eve");
    for (path, accept) in [
        ("/totals/2010-11", "application/json"),
        ("/events", "application/json"),
        ("/events", "application/x-ndjson"),
    ] {
        let path = format!("{ORG}{path}");
        let plain = eve
            .send("GET", &path, &[("accept", accept)], None)
            .of_status(200);
        assert_eq!(plain.header("content-encoding"), None);
        let headers = [("accept", accept), ("accept-encoding", "br, gzip")];
        let packed = eve.send("GET", &path, &headers, None).of_status(200);
        assert_eq!(packed.header("content-encoding"), Some("gzip"));
        assert!(packed.body.len() < plain.body.len() / 2);
        let mut unpacked = Vec::new();
        GzDecoder::new(&*packed.body)
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(unpacked, plain.body);
    }
}

#[test]
fn every_answer_has_an_id_of_its_own_by_which_its_log_line_is_found() {
    let service = service(1);
    let mut ann = service.as_person("ann");
    let mut ids = Vec::new();
    let mut answers = vec![
        service.stranger().get("/healthz"),
        service.stranger().get("/no/such/address"),
        service.stranger().get(&format!("{ORG}/claims")),
        service.stranger().send("PATCH", "/healthz", &[], None),
        ann.get(&format!("{ORG}/totals/2010-11")),
        ann.get(&format!("{ORG}/totals/1066-67")),
        ann.post(&format!("{ORG}/commands"), &claim("A")),
        ann.post(&format!("{ORG}/commands"), &claim("A")),
        ann.send(
            "POST",
            &format!("{ORG}/commands"),
            &[("content-type", "text/plain")],
            Some(b"{}"),
        ),
    ];
    answers.push(ann.open_stream(&format!("{ORG}/live/2010-11"), &[]).0);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 404, 401, 405, 200, 400, 201, 422, 415, 200]);
    for answer in answers {
        let id = answer.header("x-request-id").expect("an id").to_owned();
        assert!(!ids.contains(&id), "{id} twice");
        let is_in_line = |said: &String| {
            said.lines()
                .any(|line| line.contains(&format!("\"{id}\"")) && line.contains("answered"))
        };
        wait_until("a line with the id", || service.said(), is_in_line);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
        assert!(answer.header("content-security-policy").is_some());
        if answer.status >= 400 {
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(answer.json()["status"], answer.status);
        }
        ids.push(id);
    }
}

#[test]
fn figures_for_prometheus_are_at_their_own_address_only() {
    let service = service(1);
    let _ = service
        .as_person("ann")
        .post(&format!("{ORG}/commands"), &claim("A"))
        .of_status(201);
    let mut operator = Client::new(service.metrics_address());
    let figures = operator.get("/metrics").of_status(200).text();
    assert!(
        figures.contains("netgain_events_recorded_total 1\n"),
        "{figures}"
    );
    assert!(figures.ends_with("# EOF\n"), "{figures}");
    assert!(
        !figures.contains(STROUD),
        "no figure is of an organisation: {figures}"
    );
    let _ = operator.get(&format!("{ORG}/claims")).of_status(404);
    for mut client in [service.stranger(), service.as_person("ada")] {
        let _ = client.get("/metrics").of_status(404);
    }
}

#[test]
fn a_position_that_is_there_is_not_waited_for_and_one_that_nobody_was_told_is_refused() {
    let service = service(1);
    let mut eve = service.as_person("eve");
    let path = |query: &str| format!("{ORG}/totals/2010-11{query}");
    let plain = eve.get(&path("")).of_status(200).json();
    for query in ["?at_least=0", "?at_least=2", "?position=2&at_least=2"] {
        assert_eq!(
            eve.get(&path(query)).of_status(200).json(),
            plain,
            "{query}"
        );
    }
    for query in ["?at_least=3", "?at_least=", "?at_least=-1"] {
        let refused = eve.get(&path(query)).of_status(400).json();
        assert_eq!(refused["code"], "bad-position", "{query}");
        assert_eq!(refused["field"], "at_least");
    }
    let misspelt = eve.get(&path("?at_leats=2")).of_status(400).json();
    assert_eq!(misspelt["code"], "bad-parameter");
}

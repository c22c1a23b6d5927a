//! The service is killed in the middle of its work: what was acknowledged is there, and what was not is
//! there whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Service, person};
use serde_json::{Value, json};

const WRITERS: usize = 32;

const PATH: &str = "/api/v1/organisations/E07000082/commands";

/// How many acknowledgements there are when each service is killed.
const KILLED_AFTER: [usize; 3] = [40, 700, 2_000];

/// What a writer sends under a key: one claim, or three as an array.
fn request(key: &str, number: usize) -> Value {
    let claim = |part: &str| claim(&format!("{key}{part}"));
    if number.is_multiple_of(5) {
        json!([claim("a"), claim("b"), claim("c")])
    } else {
        claim("")
    }
}

/// What the writers were told, by their keys: the positions. Those without one were never answered.
type Told = BTreeMap<String, Option<(Value, Value)>>;

/// Lets everybody write until the service is gone.
fn load(service: &Service, round: usize, kill_after: usize) -> Told {
    let acknowledged = AtomicUsize::new(0);
    let write = |writer: usize| {
        let mut client = service.as_person(&format!("writer-{writer}"));
        let mut told = Told::new();
        for number in 0.. {
            let key = format!("R{round}-{writer}-{number}");
            let body = request(&key, number);
            let headers = [
                ("content-type", "application/json"),
                ("idempotency-key", &*key),
            ];
            let text = body.to_string();
            let answer = client.try_send("POST", PATH, &headers, Some(text.as_bytes()));
            let Ok(answer) = answer else {
                told.insert(key, None);
                break;
            };
            told.insert(key, Some((body, answer.of_status(201).json())));
            if acknowledged.fetch_add(1, Ordering::SeqCst) + 1 == kill_after {
                service.kill_now();
            }
        }
        told
    };
    thread::scope(|scope| {
        let start = |writer| {
            let write = &write;
            scope.spawn(move || write(writer))
        };
        let writers: Vec<_> = (0..WRITERS).map(start).collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    })
}

/// The events that were acknowledged and are not where they were said to be.
fn missing(told: &Told, events: &[Value]) -> usize {
    let is_there = |answered: &Value, claim: &Value| {
        let position = usize::try_from(answered["position"].as_u64().unwrap()).unwrap();
        let event = events.get(position - 1);
        event.is_some_and(|event| {
            event["type"] == answered["event"] && event["claim"] == claim["claim"]
        })
    };
    let mut missing = 0;
    for (body, answer) in told.values().flatten() {
        let answers = answer.as_array().unwrap();
        let one = [body.clone()];
        let claims: &[Value] = body.as_array().map_or(&one, Vec::as_slice);
        assert_eq!(answers.len(), claims.len());
        let pairs = answers.iter().zip(claims);
        missing += pairs
            .filter(|(answered, claim)| !is_there(answered, claim))
            .count();
    }
    missing
}

/// Checks that a request which was not answered is there whole or not at all.
fn whole_or_not(told: &Told, events: &[Value]) {
    for key in told
        .iter()
        .filter(|(_, answer)| answer.is_none())
        .map(|(key, _)| key)
    {
        let number: usize = key.rsplit('-').next().unwrap().parse().unwrap();
        let claims = match request(key, number) {
            Value::Array(claims) => claims,
            one => vec![one],
        };
        let is_there = |claim: &&Value| events.iter().any(|event| event["claim"] == claim["claim"]);
        let there = claims.iter().filter(is_there).count();
        assert!(
            there == 0 || there == claims.len(),
            "{key}: {there} of {}",
            claims.len()
        );
    }
}

#[test]
fn everything_that_was_acknowledged_before_a_kill_is_there_after_it() {
    let program = Program::with(&[stroud()]);
    let writer = |number| person(&format!("writer-{number}"), &[("recorder", STROUD)]);
    program.accepts(&(0..WRITERS).flat_map(writer).collect::<Vec<_>>());
    let mut service = Service::start(program);
    let mut told = Told::new();
    for (round, kill_after) in KILLED_AFTER.into_iter().enumerate() {
        let round_told = load(&service, round, kill_after);
        assert!(round_told.values().flatten().count() >= kill_after);
        assert!(round_told.values().any(Option::is_none));
        told.extend(round_told);
        let program = service.kill();
        if round == 1 {
            // Views are a convenience: without them the log says the same.
            fs::remove_dir_all(program.data().join("views")).unwrap();
        }
        service = Service::start(program);
        let events = service.program().events(STROUD);
        assert_eq!(missing(&told, &events), 0);
        whole_or_not(&told, &events);
        let mut positions = events
            .iter()
            .map(|event| event["position"].as_u64().unwrap());
        assert!(
            positions
                .by_ref()
                .eq(1..=u64::try_from(events.len()).unwrap())
        );
    }
    // Whoever was not answered sends it again and is.
    for (key, _) in told.iter().filter(|(_, answer)| answer.is_none()) {
        let mut parts = key.rsplit('-');
        let number: usize = parts.next().unwrap().parse().unwrap();
        let mut client = service.as_person(&format!("writer-{}", parts.next().unwrap()));
        let headers = [("idempotency-key", &**key)];
        let answer = client.send_json("POST", PATH, &headers, &request(key, number));
        let _ = answer.of_status(201);
    }
    let (program, ended) = service.stop();
    assert_eq!(ended.status, Some(0), "{}", ended.said);
    let verified = program.run("verify");
    assert_eq!(verified.status, 0, "{verified:#?}");

    // A log that has lost its end is found out by the same questions.
    assert_eq!(missing(&told, &program.events(STROUD)), 0);
    let segment = program.segment();
    let mut bytes = fs::read(&segment).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes.truncate(used / 2);
    fs::write(&segment, bytes).unwrap();
    fs::remove_dir_all(program.data().join("views")).unwrap();
    assert!(missing(&told, &program.events(STROUD)) > 0);
}

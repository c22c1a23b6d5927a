//! Totals as they change, told to whoever watches.

use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use netgain_tests::examples::{STROUD, claim, organisation, stroud, with};
use netgain_tests::program::Program;
use netgain_tests::service::{Connection, Event, Service, Stream, person, wait_until};
use serde_json::{Value, json};

const TEWKESBURY: &str = "E07000083";

const ONE: &str = "/api/v1/organisations/E07000082/live/2010-11";
const ALL: &str = "/api/v1/live/2010-11";

/// Within what time a change is to be told.
const SOON: Duration = Duration::from_secs(1);

/// How long nothing is waited for.
const A_WHILE: Duration = Duration::from_millis(150);

/// How long a stream may go on that is to end, on a machine that does other things too.
const ENDS_WITHIN: Duration = Duration::from_secs(20);

fn service() -> Service {
    let program = Program::with(&[stroud(), organisation(TEWKESBURY, "Tewkesbury")]);
    let both = |role| [(role, STROUD), (role, TEWKESBURY)];
    program.accepts(
        &[
            person("ada", &[("administrator", "*")]),
            person("ann", &both("recorder")),
            person("eve", &both("auditor")),
            person("sid", &[("board", STROUD)]),
        ]
        .concat(),
    );
    Service::start(program)
}

fn watch(service: &Service, id: &str, path: &str, last: Option<&str>) -> Stream {
    let headers: Vec<_> = last
        .map(|last| ("last-event-id", last))
        .into_iter()
        .collect();
    let (answer, stream) = service.as_person(id).stream(path, &headers);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    stream.expect("a stream")
}

/// Records a claim, and says when it was acknowledged.
fn change(service: &Service, org: &str, reference: &str) -> Instant {
    let path = format!("/api/v1/organisations/{org}/commands");
    let claim = with(claim(reference), &json!({ "org": org }));
    let _ = service.as_person("ann").post(&path, &claim).of_status(201);
    Instant::now()
}

fn net(event: &Event) -> (String, String) {
    assert_eq!(event.name, "totals");
    let document = event.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&document["org"]), text(&document["claimed"]["net"]))
}

fn is(event: &Event, org: &str, expected: &str) {
    assert_eq!(net(event), (org.to_owned(), expected.to_owned()));
}

#[test]
fn one_organisations_totals_are_told_at_once_and_after_every_change_and_resumed_without_a_repeat() {
    let service = service();
    let stream = watch(&service, "eve", ONE, None);
    let first = stream.next_within(SOON).expect("the totals at once");
    is(&first, STROUD, "0.00");
    // The event is the totals document without its claims.
    let mut totals = service
        .as_person("eve")
        .get("/api/v1/organisations/E07000082/totals/2010-11")
        .json();
    totals.as_object_mut().unwrap().remove("claims");
    assert_eq!(first.json(), totals);
    let mut slowest = Duration::ZERO;
    let mut last = first;
    for number in 1..=20 {
        let acknowledged = change(&service, STROUD, &format!("C{number}"));
        last = stream
            .next_within(SOON)
            .expect("the totals within a second");
        is(&last, STROUD, &format!("{number}000.00"));
        slowest = slowest.max(last.at.saturating_duration_since(acknowledged));
    }
    println!("live: told at most {slowest:?} after the acknowledgement");
    // What happens elsewhere is not told here.
    change(&service, TEWKESBURY, "T1");
    assert!(stream.next_within(A_WHILE).is_none());
    drop(stream);

    let id = last.id.expect("an id");
    let resumed = watch(&service, "eve", ONE, Some(&id));
    assert!(
        resumed.next_within(A_WHILE).is_none(),
        "it was seen already"
    );
    change(&service, STROUD, "C21");
    is(&resumed.next_within(SOON).unwrap(), STROUD, "21000.00");
    drop(resumed);
    change(&service, STROUD, "C22");
    change(&service, STROUD, "C23");
    let resumed = watch(&service, "eve", ONE, Some(&id));
    is(&resumed.next_within(SOON).unwrap(), STROUD, "23000.00");
    assert!(resumed.next_within(A_WHILE).is_none(), "the latest, once");
    // Whatever else is sent as an id, the totals come.
    for unknown in ["", "x", "99999999999999999999", "0-0"] {
        let stream = watch(&service, "eve", ONE, Some(unknown));
        is(&stream.next_within(SOON).unwrap(), STROUD, "23000.00");
    }
}

#[test]
fn all_organisations_totals_are_told_at_once_and_after_every_change_and_resumed_without_a_repeat() {
    let service = service();
    let stream = watch(&service, "eve", ALL, None);
    let mut orgs: Vec<_> = (0..2)
        .map(|_| net(&stream.next_within(SOON).unwrap()).0)
        .collect();
    orgs.sort();
    assert_eq!(orgs, [STROUD, TEWKESBURY]);
    change(&service, TEWKESBURY, "T1");
    is(&stream.next_within(SOON).unwrap(), TEWKESBURY, "1000.00");
    change(&service, STROUD, "C1");
    let last = stream.next_within(SOON).unwrap();
    is(&last, STROUD, "1000.00");
    drop(stream);
    let id = last.id.expect("an id");
    let resumed = watch(&service, "eve", ALL, Some(&id));
    assert!(
        resumed.next_within(A_WHILE).is_none(),
        "it was seen already"
    );
    drop(resumed);
    change(&service, TEWKESBURY, "T2");
    let resumed = watch(&service, "eve", ALL, Some(&id));
    is(&resumed.next_within(SOON).unwrap(), TEWKESBURY, "2000.00");
    assert!(
        resumed.next_within(A_WHILE).is_none(),
        "only what has changed, once"
    );
    // An id of before a restart begins anew.
    let (program, _) = service.stop();
    let service = Service::start(program);
    let anew = watch(&service, "eve", ALL, Some(&id));
    assert!(anew.next_within(SOON).is_some() && anew.next_within(SOON).is_some());
}

/// What a stream ends with that its reader may no longer see.
fn ends(stream: &Stream) -> Duration {
    let begun = Instant::now();
    let (events, cleanly) = stream.end_within(ENDS_WITHIN).expect("the stream ends");
    assert!(cleanly, "{events:?}");
    let last = events.last().expect("a last event");
    assert_eq!(last.name, "end", "{events:?}");
    begun.elapsed()
}

#[test]
fn a_stream_ends_when_its_readers_role_or_token_is_revoked_or_they_are_barred() {
    let service = service();
    let system = |command: Value| {
        let command = with(command, &json!({ "reason": "No longer" }));
        let _ = service
            .as_person("ada")
            .post("/api/v1/system/commands", &command)
            .of_status(201);
    };
    let mut slowest = Duration::ZERO;
    let stream = watch(&service, "sid", ONE, None);
    assert!(stream.next_within(SOON).is_some());
    system(json!({ "type": "revoke-role", "person": "sid", "role": "board", "of": STROUD }));
    slowest = slowest.max(ends(&stream));

    let (one, all) = (
        watch(&service, "eve", ONE, None),
        watch(&service, "eve", ALL, None),
    );
    let other = watch(&service, "ann", ONE, None);
    assert!(one.next_within(SOON).is_some() && other.next_within(SOON).is_some());
    system(json!({ "type": "revoke-token", "token": "eve" }));
    slowest = slowest.max(ends(&one)).max(ends(&all));
    assert!(other.next_within(A_WHILE).is_none(), "hers goes on");
    system(json!({ "type": "bar-person", "person": "ann" }));
    slowest = slowest.max(ends(&other));
    println!("live: a stream ended at most {slowest:?} after its right did");
}

#[test]
fn five_hundred_streams_end_cleanly_and_at_once_when_the_service_is_stopped() {
    let program = Program::with(&[stroud()]);
    let reader = |number| person(&format!("reader-{number}"), &[("board", STROUD)]);
    program.accepts(&(0..10).flat_map(reader).collect::<Vec<_>>());
    let service = Service::start(program);
    let streams: Vec<Connection> = (0..500)
        .map(|number| {
            let client = service.as_person(&format!("reader-{}", number / 50));
            let (answer, connection) = client.open_stream(ONE, &[]);
            assert_eq!(answer.status, 200, "{answer:?}");
            connection
        })
        .collect();
    // One more than a person may have is told so.
    let (answer, _) = service.as_person("reader-0").open_stream(ONE, &[]);
    assert_eq!(answer.status, 429, "{answer:?}");
    assert!(answer.header("retry-after").is_some());
    let (_, ended) = service.stop();
    assert_eq!(ended.status, Some(0), "{}", ended.said);
    assert!(ended.took < Duration::from_secs(5), "{:?}", ended.took);
    for mut stream in streams {
        let rest = stream.rest().unwrap();
        assert!(
            rest.ends_with(b"0\r\n\r\n"),
            "{}",
            String::from_utf8_lossy(&rest)
        );
        assert!(String::from_utf8_lossy(&rest).contains("event: totals"));
    }
    println!(
        "live: 500 streams and the service ended in {:?}",
        ended.took
    );
}

/// Amends one claim so often.
fn amendments(service: &Service, count: usize) {
    let mut ann = service.as_person("ann");
    for number in 0..count {
        let amendment = json!({
            "type": "amend-claim", "claim": "C1", "reason": "Counted again",
            "profile": { "2008/09": (number + 1).to_string() },
        });
        let _ = ann
            .post("/api/v1/organisations/E07000082/commands", &amendment)
            .of_status(201);
    }
}

#[test]
fn whoever_does_not_read_their_stream_costs_no_memory_and_keeps_nobody_else_waiting() {
    // Three times as many are fewer than a person may send in a burst.
    const COMMANDS: usize = 1_500;
    const GROWTH_KIB_MAX: u64 = 16 * 1024;
    let service = service();
    change(&service, STROUD, "C1");
    amendments(&service, COMMANDS);
    let before = service.resident_kib();
    amendments(&service, COMMANDS);
    let without = service.resident_kib().saturating_sub(before);
    // Kept open and never read.
    let asleep: Vec<Connection> = (0..15)
        .map(|_| service.as_person("sid").open_stream(ONE, &[]).1)
        .collect();
    let awake: Vec<Stream> = (0..35).map(|_| watch(&service, "eve", ONE, None)).collect();
    let before = service.resident_kib();
    thread::scope(|scope| {
        let readers: Vec<_> = awake
            .into_iter()
            .map(|stream| {
                scope.spawn(move || {
                    loop {
                        let event = stream.next_within(ENDS_WITHIN).expect("the last total");
                        if net(&event).1 == format!("{COMMANDS}.00")
                            && event.json()["position"] == 3 * COMMANDS + 2
                        {
                            return;
                        }
                    }
                })
            })
            .collect();
        amendments(&service, COMMANDS);
        for reader in readers {
            reader.join().unwrap();
        }
    });
    let with = service.resident_kib().saturating_sub(before);
    println!(
        "live: {COMMANDS} commands grow the process by {without} KiB, with 50 streams by {with}"
    );
    assert!(
        with < without + GROWTH_KIB_MAX,
        "{with} KiB, {without} without streams"
    );
    drop(asleep);
}

#[test]
fn the_places_of_streams_that_were_closed_are_free_again() {
    let service = service();
    let fifty = || -> Vec<Connection> {
        let open = |_| {
            let client = service
                .as_person("eve")
                .from_address(Ipv4Addr::new(127, 0, 0, 2));
            client.open_stream(ONE, &[])
        };
        let opened: Vec<_> = (0..50).map(open).collect();
        let all = opened.iter().all(|(answer, _)| answer.status == 200);
        if all {
            opened
                .into_iter()
                .map(|(_, connection)| connection)
                .collect()
        } else {
            Vec::new()
        }
    };
    assert_eq!(fifty().len(), 50);
    wait_until("fifty more", || fifty().len(), |opened| *opened == 50);
}

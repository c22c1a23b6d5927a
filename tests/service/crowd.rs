//! Many who write to one organisation at once.

use std::collections::BTreeMap;
use std::thread;

use netgain_tests::examples::{STROUD, stroud, with};
use netgain_tests::program::Program;
use netgain_tests::reference;
use netgain_tests::service::{Service, person};
use serde_json::{Value, json};

const WRITERS: usize = 50;
const COMMANDS: usize = 200;

/// What a writer sends: a claim of their own, and then this and that about it.
fn command(writer: usize, number: usize) -> Value {
    let claim = format!("W{writer}");
    let amount = (1 + writer * 7 + number * 13).to_string();
    let command = match number % 4 {
        0 if number == 0 => json!({
            "type": "register-claim", "title": "Cheaper paper", "action": "reduce-prices",
            "impact_from": "2008-04-01", "profile": { "2008/09": amount },
        }),
        0 => json!({
            "type": "amend-claim", "reason": "Counted again",
            "profile": { "2008/09": "10", "2010/11": amount },
        }),
        1 => json!({
            "type": "record-offset", "offset": format!("O{number}"), "kind": "recurring",
            "year": "2010/11", "amount": "0.37",
        }),
        2 => json!({
            "type": "record-offset", "offset": format!("O{number}"), "kind": "one-off",
            "year": "2010/11", "amount": amount,
        }),
        _ => json!({
            "type": "check-sustainment", "year": "2009/10", "outcome": "reduced",
            "verified": amount, "quality": "maintained",
        }),
    };
    with(command, &json!({ "org": STROUD, "claim": claim }))
}

#[test]
fn fifty_writers_leave_no_gap_and_the_total_of_what_each_was_told() {
    let program = Program::with(&[stroud()]);
    let mut people = person("auditor", &[("auditor", STROUD)]);
    for writer in 0..WRITERS {
        people.extend(person(&format!("writer-{writer}"), &[("recorder", STROUD)]));
    }
    program.accepts(&people);
    let service = Service::start(program);
    let path = format!("/api/v1/organisations/{STROUD}/commands");
    let told: Vec<(u64, String, Value)> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (service, path) = (&service, &path);
                scope.spawn(move || {
                    let id = format!("writer-{writer}");
                    let mut client = service.as_person(&id);
                    let mut told = Vec::new();
                    for number in 0..COMMANDS {
                        let key = format!("{id}/{number}");
                        let command = command(writer, number);
                        let headers = [("idempotency-key", &*key)];
                        let answer = client.send_json("POST", path, &headers, &command);
                        let position = &answer.of_status(201).json()[0]["position"];
                        let command = with(command, &json!({ "actor": id }));
                        told.push((position.as_u64().unwrap(), key, command));
                    }
                    told
                })
            })
            .collect();
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    assert_eq!(told.len(), WRITERS * COMMANDS);
    let by_position: BTreeMap<u64, (String, Value)> = told
        .into_iter()
        .map(|(position, key, command)| (position, (key, command)))
        .collect();
    let last = u64::try_from(WRITERS * COMMANDS + 1).unwrap();
    assert!(
        by_position.keys().copied().eq(2..=last),
        "a gap, or a position twice"
    );
    // Each is there, at the position its writer was told.
    let events = service.program().events(STROUD);
    assert_eq!(events.len(), by_position.len() + 1);
    for (event, (position, (key, command))) in events[1..].iter().zip(&by_position) {
        assert_eq!(event["position"], *position);
        assert_eq!(event["command_id"], **key);
        assert_eq!(event["claim"], command["claim"]);
    }
    let mut history = vec![stroud()];
    history.extend(by_position.into_values().map(|(_, command)| command));
    for (year, in_path) in [
        ("2009/10", "2009-10"),
        ("2010/11", "2010-11"),
        ("2011/12", "2011-12"),
    ] {
        let expected = reference::totals(&history, year.parse().unwrap(), "recorder");
        let path = format!("/api/v1/organisations/{STROUD}/totals/{in_path}");
        let totals = service
            .as_person("auditor")
            .get(&path)
            .of_status(200)
            .json();
        assert!(totals == expected, "{year}: {totals:#} is not {expected:#}");
    }
}

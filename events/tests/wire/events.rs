//! Whatever can be recorded is written as promised, and reads back.

use netgain_events::event::Event;
use netgain_events::fact::FactKind;
use netgain_events::wire::{decode, encode};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;

use super::arbitrary::{event, event_of};

fn encoded(event: &Event) -> Vec<u8> {
    let mut line = Vec::new();
    encode(event, &mut line);
    line
}

#[test]
fn every_kind_of_event_reads_back_as_it_was_written() {
    for &kind in FactKind::ALL {
        let mut runner = TestRunner::new(Config::with_cases(64));
        let outcome = runner.run(&event_of(kind), |event| {
            let line = encoded(&event);
            let read = decode(&line).map_err(|e| e.to_string());
            prop_assert_eq!(read, Ok(event));
            Ok(())
        });
        assert!(outcome.is_ok(), "{kind:?}: {}", outcome.unwrap_err());
    }
}

/// The keys of every event that are never left out.
const ALWAYS: &[&str] = &[
    "schema",
    "type",
    "ledger",
    "org",
    "position",
    "recorded_at",
    "actor",
    "auth",
];

/// The keys whose values are amounts of money, wherever they stand.
const AMOUNTS: &[&str] = &[
    "amount",
    "verified",
    "ongoing_cashable",
    "baseline_2004_05",
    "total",
    "gross",
    "recurring_costs",
    "deleted",
    "one_off_costs",
    "carry_forward",
    "net",
];

fn is_amount(value: &Value) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    value
        .as_str()
        .map(|text| text.strip_prefix('-').unwrap_or(text))
        .and_then(|text| text.split_once('.'))
        .is_some_and(|(pounds, pence)| digits(pounds) && digits(pence) && pence.len() == 2)
}

/// The amounts in a value, with the key each stands at.
fn amounts<'v>(value: &'v Value, found: &mut Vec<(&'v str, &'v Value)>) {
    let Some(members) = value.as_object() else {
        return;
    };
    for (key, member) in members {
        if AMOUNTS.contains(&key.as_str()) {
            found.push((key, member));
        }
        match (key.as_str(), member.as_object()) {
            ("profile", Some(years)) => found.extend(years.iter().map(|(year, v)| (&**year, v))),
            ("labels", _) | (_, None) => {}
            (_, Some(_)) => amounts(member, found),
        }
    }
}

proptest! {
    #[test]
    fn an_event_is_one_line_of_json_with_the_promised_keys_and_amounts_of_two_decimals(
        event in event(),
    ) {
        let line = encoded(&event);
        prop_assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
        let written: Value = serde_json::from_slice(&line).unwrap();
        for key in ALWAYS {
            prop_assert!(written.get(key).is_some(), "{}", key);
        }
        prop_assert_eq!(&written["schema"], 1);
        prop_assert_eq!(&written["type"], event.fact.kind().event_type());
        prop_assert_eq!(&written["org"], event.org.as_str());
        prop_assert_eq!(&written["position"], event.position.get());
        prop_assert_eq!(&written["actor"], event.actor.as_str());
        prop_assert_eq!(&written["recorded_at"], &event.recorded_at.to_string());
        let keyed = event.request.is_some();
        prop_assert_eq!(written.get("command_id").is_some(), keyed);
        prop_assert_eq!(written.get("command_sha256").is_some(), keyed);
        prop_assert_eq!(written.get("note").is_some(), event.note.is_some());
        prop_assert_eq!(written.get("evidence").is_some(), !event.evidence.is_empty());
        prop_assert_eq!(
            written.get("claim").and_then(Value::as_str),
            event.fact.claim().map(|claim| claim.as_str())
        );
        let mut found = Vec::new();
        amounts(&written, &mut found);
        for (key, amount) in found {
            prop_assert!(is_amount(amount), "{}: {}", key, amount);
        }
    }

    #[test]
    fn two_different_events_are_never_written_alike(one in event(), other in event()) {
        prop_assert_eq!(one == other, encoded(&one) == encoded(&other));
    }

    #[test]
    fn what_is_read_from_another_spacing_is_the_same_event_or_none_and_not_canonical(
        event in event(),
    ) {
        let mut line = encoded(&event);
        let end = line.pop().unwrap();
        line.extend([b' ', end]);
        if let Ok(read) = decode(&line) {
            prop_assert_eq!(read, event);
        }
        prop_assert!(decode(&line).is_err());
    }
}

#[test]
fn a_tokens_roles_stand_in_the_tables_order_each_once_and_there_is_one_at_least() {
    let golden = include_str!("../../golden/token-issued.v1.jsonl");
    let line = golden
        .lines()
        .find(|line| line.contains("\"board\",\"auditor\"]"));
    let line = line.unwrap();
    let roles = "[\"board\",\"auditor\"]";
    assert!(line.contains(roles) && decode(line.as_bytes()).is_ok());
    for other in [
        "[\"auditor\",\"board\"]",
        "[\"board\",\"board\"]",
        "[\"board\",\"auditor\",\"auditor\"]",
        "[]",
        "[\"board\",]",
        "[\"clerk\"]",
        "\"board\"",
    ] {
        assert!(
            decode(line.replace(roles, other).as_bytes()).is_err(),
            "{other}"
        );
    }
}

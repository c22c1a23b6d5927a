//! A repeated command id answers as the first time did, or says that it was reused.

use netgain_events::authority::Role;
use serde_json::json;

use super::commands::{by, claim, organisation, set_baseline, validate, with, withdraw};
use super::harness::{NOW, given};

#[test]
fn the_same_command_again_answers_as_the_first_time_and_writes_nothing() {
    let mut council = given(&[organisation()]);
    let first = with(set_baseline("1250.00"), "command_id", "b-1");
    council
        .when(&first)
        .then_recorded(json!({"position": 2, "command_id": "b-1"}));
    let before = council.organisation().clone();
    council.when(&first).then_repeats(2);
    council
        .at("2019-01-01T00:00:00.000Z")
        .when(&first)
        .then_repeats(2);
    assert_eq!(council.organisation(), &before);
}

#[test]
fn the_order_of_keys_and_the_way_of_escaping_are_not_content() {
    let mut council = given(&[organisation(), claim("C1")]);
    let first = r#"{"type":"amend-claim","org":"E07000082","claim":"C1","reason":"é / \"x\"","profile":{"2008/09":"5","2009/10":"6"},"labels":{"a":"1","b":"2"},"command_id":"k"}"#;
    council.when(first).then_recorded(json!({"position": 3}));
    for again in [
        r#"{"command_id":"k","labels":{"b":"2","a":"1"},"profile":{"2009/10":"6","2008/09":"5"},"reason":"é / \"x\"","claim":"C1","org":"E07000082","type":"amend-claim"}"#,
        r#" { "type" : "amend-claim", "org":"E07000082","claim":"\u0043\u0031","reason":"\u00e9 \/ \u0022x\u0022","profile":{"2008\/09":"5","2009/10":"6"},"labels":{"a":"1","b":"2"},"command_i\u0064":"k"} "#,
    ] {
        council.when(again).then_repeats(3);
    }
}

#[test]
fn other_json_values_are_other_content_even_where_they_mean_the_same() {
    let mut council = given(&[organisation()]);
    let first = with(set_baseline("1250"), "command_id", "b-1");
    council
        .when(&first)
        .then_recorded(json!({"amount": "1250.00"}));
    for other in [
        with(first.clone(), "amount", "1250.00"),
        with(first.clone(), "amount", "1251"),
        with(first.clone(), "year", "2008/09"),
        with(first.clone(), "source", "RO return"),
        with(first.clone(), "note", "Again"),
        with(first.clone(), "evidence", json!([])),
        with(validate("C1"), "command_id", "b-1"),
    ] {
        council
            .when(&other)
            .then_refused("command-id-reused", "command_id");
    }
    council.when(&first).then_repeats(2);
}

#[test]
fn the_effective_actor_is_content_without_case_however_it_was_given() {
    let mut council = given(&[organisation()]);
    let first = with(set_baseline("1"), "command_id", "b-1");
    council
        .by("Ann@x")
        .when(&first)
        .then_recorded(json!({"actor": "Ann@x", "auth": "os-user"}));
    council.by("aNN@X").when(&first).then_repeats(2);
    council
        .by("bob")
        .when(by("ann@x", first.clone()))
        .then_repeats(2);
    council
        .by("bob")
        .when(&first)
        .then_refused("command-id-reused", "command_id");
    council
        .by("ann@x")
        .when(by("bob", first.clone()))
        .then_refused("command-id-reused", "command_id");
    council
        .by("ann@x")
        .signed_in_as(&[Role::Signatory])
        .when(&first)
        .then_repeats(2);
}

#[test]
fn command_ids_are_each_organisations_own_and_case_sensitive() {
    let mut council = given(&[organisation()]);
    let first = with(set_baseline("1"), "command_id", "k");
    council.when(&first).then_recorded(json!({"position": 2}));
    council
        .when(with(first.clone(), "command_id", "K"))
        .then_recorded(json!({"position": 3}));
    let other = with(with(organisation(), "org", "E07000099"), "command_id", "k");
    council.when(&other).then_recorded(json!({"position": 1}));
    council.when(&other).then_repeats(1);
}

#[test]
fn a_refused_command_does_not_use_up_its_id() {
    let mut council = given(&[organisation()]);
    let early = with(withdraw("C1"), "command_id", "w-1");
    council.when(&early).then_refused("unknown-claim", "claim");
    council
        .when(claim("C1"))
        .then_recorded(json!({"position": 2}));
    council
        .when(&early)
        .then_recorded(json!({"position": 3, "command_id": "w-1"}));
}

#[test]
fn a_command_without_an_id_is_recorded_each_time() {
    let mut council = given(&[organisation()]);
    council
        .when(set_baseline("1"))
        .then_recorded(json!({"position": 2}));
    let event = council
        .when(set_baseline("1"))
        .then_recorded(json!({"position": 3}));
    assert_eq!(event.request, None);
}

#[test]
fn a_repeat_is_known_for_ever_whatever_happened_since() {
    let registers = with(claim("C1"), "command_id", "c-1");
    let mut council = given(&[organisation(), registers.clone(), withdraw("C1")]);
    council.at(NOW).when(&registers).then_repeats(2);
}

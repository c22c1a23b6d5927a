use std::collections::BTreeSet;

use netgain_events::authority::Authority;
use netgain_events::command::{Proposal, Request};
use netgain_events::fact::FactKind;
use netgain_events::identifier::OrgId;
use serde_json::Value;

use crate::routes::api_description;

fn description() -> Value {
    serde_json::from_str(&api_description().unwrap()).unwrap()
}

fn org_of(kind: FactKind) -> OrgId {
    if kind.is_of_system() {
        OrgId::system()
    } else {
        "X00000001".parse().unwrap()
    }
}

/// What a command asks for, or the code and the field of its refusal.
fn read(kind: FactKind, command: &Value) -> Result<Proposal, (String, Option<String>)> {
    let body = command.to_string();
    let request = Request::from_body(body.as_bytes(), &org_of(kind), None, &Authority::Operator);
    match request {
        Ok(mut request) => Ok(request.commands.remove(0).proposal),
        Err(refusals) => {
            let (_, refusal) = refusals.into_iter().next().unwrap();
            let field = refusal.field.map(|field| field.to_string());
            Err((refusal.code.to_string(), field))
        }
    }
}

fn commands(api: &Value) -> impl Iterator<Item = (FactKind, &Value)> {
    let kinds = FactKind::ALL.iter().filter(|kind| kind.has_command());
    kinds.map(|kind| (*kind, &api["components"]["schemas"][kind.command_type()]))
}

/// The names of a proposal's fields that say nothing, as its `Debug` form has them.
fn unsaid(proposal: &Proposal) -> BTreeSet<String> {
    let shown = format!("{proposal:#?}");
    let lines = shown
        .lines()
        .filter_map(|line| line.trim().split_once(": "));
    lines
        .filter(|(_, value)| matches!(*value, "None," | "Keep,"))
        .map(|(name, _)| name.to_owned())
        .collect()
}

#[test]
fn every_command_is_described_and_its_examples_are_read() {
    let api = description();
    for (kind, schema) in commands(&api) {
        let name = kind.command_type();
        let examples = schema["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{name}");
        for example in examples {
            let read = read(kind, example);
            assert_eq!(read.map(|it| it.kind()), Ok(kind), "{example}");
            for field in example.as_object().unwrap().keys() {
                assert!(
                    !schema["properties"][field].is_null(),
                    "{name} has no {field}"
                );
            }
        }
    }
}

#[test]
fn no_field_that_a_command_may_have_is_left_out() {
    let api = description();
    for (kind, schema) in commands(&api) {
        let examples = schema["examples"].as_array().unwrap().iter();
        let unsaid = examples.map(|example| unsaid(&read(kind, example).unwrap()));
        let never_said = unsaid.reduce(|all, one| &all & &one).unwrap();
        assert_eq!(never_said, BTreeSet::new(), "{}", kind.command_type());
    }
}

#[test]
fn a_field_that_no_example_has_would_be_noticed() {
    let example = serde_json::json!({"type": "validate-claim", "claim": "A"});
    let proposal = read(FactKind::ClaimValidated, &example).unwrap();
    assert_eq!(unsaid(&proposal), BTreeSet::from(["grade".to_owned()]));
}

#[test]
fn the_fields_said_to_be_required_are_those_that_are() {
    let api = description();
    for (kind, schema) in commands(&api) {
        let required: BTreeSet<&str> = schema["required"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let example = &schema["examples"][0];
        for field in example.as_object().unwrap().keys() {
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(field);
            let refused = read(kind, &without).err();
            let refused_for_it = refused.is_some_and(|(_, of)| of.as_deref() == Some(field));
            // The quality of a check is needed for some outcomes only.
            if field != "quality" {
                let name = kind.command_type();
                assert_eq!(
                    refused_for_it,
                    required.contains(field.as_str()),
                    "{name}: {field}"
                );
            }
        }
    }
}

#[test]
fn every_operation_says_what_it_is_who_may_ask_and_what_it_answers() {
    let api = description();
    let mut operations = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let place = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{place}");
            assert_eq!(
                operation["tags"].as_array().map(Vec::len),
                Some(1),
                "{place}"
            );
            assert!(operation["security"].is_array(), "{place}");
            assert!(operation["operationId"].is_string(), "{place}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(parameter["description"].is_string(), "{place}: {parameter}");
            }
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(
                    !answer["description"].as_str().unwrap().is_empty(),
                    "{place}: {status}"
                );
                for content in answer["content"]
                    .as_object()
                    .into_iter()
                    .flat_map(|it| it.values())
                {
                    let schema = &content["schema"];
                    let described = schema["$ref"].is_string() || schema["type"].is_string();
                    assert!(described, "{place}: {status}: {content}");
                }
            }
        }
    }
    assert!(operations > 30);
}

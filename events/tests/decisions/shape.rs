//! The shape of a command: what it must have, may have and must not have, field by field.

use netgain_events::command::{ActorField, Command, LINE_BYTES_MAX};
use netgain_events::fact::FactKind;
use netgain_events::json::read_object;
use netgain_events::refusal::Refusal;
use netgain_events::wire;
use serde_json::{Value, json};

use super::commands::{ORG, SHA256, command, offset, organisation, validate, with, without};
use super::forms;
use super::harness::{assert_says_what_to_do, given};
use super::table::{Form, Need, rows, standing};

fn shape_of(line: &[u8]) -> Result<Command, Refusal> {
    let read = Command::from_line(line, ActorField::Allowed);
    if let Err(refusal) = &read {
        assert_says_what_to_do(refusal);
    }
    read
}

/// Holds a command to be refused for that reason, with that field named.
fn assert_refused(command: &Value, code: &str, field: &str) {
    match shape_of(command.to_string().as_bytes()) {
        Ok(_) => panic!("{command} was to be refused as {code}"),
        Err(refusal) => assert_eq!(
            (refusal.code.as_str(), refusal.field.as_deref()),
            (code, Some(field)),
            "{command}: {refusal}"
        ),
    }
}

fn assert_taken(command: &Value) {
    if let Err(refusal) = shape_of(command.to_string().as_bytes()) {
        panic!("{command} was to be taken: {refusal}");
    }
}

/// Refusals of lines that are no command at all.
fn assert_line_refused(line: &[u8], code: &str, field: Option<&str>) {
    let refusal = shape_of(line).unwrap_err();
    let found = (refusal.code.as_str(), refusal.field.as_deref());
    assert_eq!(found, (code, field), "{}", refusal.message);
}

#[test]
fn the_table_has_every_command_and_its_event_in_order() {
    let ours: Vec<_> = rows().iter().map(|row| (row.command, row.event)).collect();
    let theirs: Vec<_> = FactKind::ALL
        .iter()
        .filter(|kind| kind.has_command())
        .map(|kind| (kind.command_type(), kind.event_type()))
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn every_command_with_all_its_fields_is_recorded_and_its_event_carries_them_in_the_tables_order() {
    for row in rows() {
        let mut command = with(row.full(), "note", "See the file\nof \"1 May\"");
        command["evidence"] = json!([{"name": "Minute 12", "sha256": SHA256, "uri": "file:12"}]);
        command["command_id"] = json!("once");
        let event = given(&standing())
            .by("cat")
            .when(&command)
            .then_recorded(json!({
                "type": row.event, "actor": "cat", "auth": "os-user", "command_id": "once",
                "schema": 1, "ledger": "00112233445566778899aabbccddeeff",
                "recorded_at": "2012-07-01T09:00:00.000Z",
            }));
        let mut line = Vec::new();
        wire::encode(&event, &mut line);
        let members = read_object(&line).unwrap();
        let found: Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
        let mut promised = vec!["schema", "type", "ledger", "org", "position", "recorded_at"];
        promised.extend(["actor", "auth", "command_id", "command_sha256"]);
        promised.extend(row.fields.iter().map(|field| field.name));
        if row.command == "issue-statement" {
            promised.extend([
                "number",
                "ruleset",
                "known_at",
                "claimed",
                "validated",
                "assured",
            ]);
            promised.push("totals_sha256");
        }
        promised.extend(["note", "evidence"]);
        assert_eq!(found, promised, "{}", row.event);
        let written: Value = serde_json::from_slice(&line).unwrap();
        for name in row
            .fields
            .iter()
            .map(|field| field.name)
            .chain(["org", "note", "evidence"])
        {
            assert_eq!(written[name], command[name], "{name} of {}", row.event);
        }
    }
}

#[test]
fn a_required_field_may_not_be_missing_and_an_optional_one_may() {
    for row in rows() {
        let full = row.full();
        assert_taken(&full);
        assert_refused(&without(full.clone(), "org"), "bad-field", "org");
        for field in &row.fields {
            let command = without(full.clone(), field.name);
            match field.need {
                Need::Required => assert_refused(&command, "bad-field", field.name),
                Need::Optional | Need::Clearable => assert_taken(&command),
            }
        }
    }
}

#[test]
fn null_is_not_a_value_except_where_an_amendment_clears() {
    for row in rows() {
        assert_refused(&with(row.full(), "org", Value::Null), "bad-field", "org");
        for field in &row.fields {
            let command = with(row.full(), field.name, Value::Null);
            match field.need {
                Need::Required | Need::Optional => {
                    assert_refused(&command, "bad-field", field.name);
                }
                Need::Clearable => assert_taken(&command),
            }
        }
        for name in ["command_id", "note", "evidence", "actor"] {
            assert_refused(&with(row.full(), name, Value::Null), "bad-field", name);
        }
    }
}

#[test]
fn each_field_takes_what_its_form_takes_and_refuses_everything_else() {
    for row in rows() {
        for field in &row.fields {
            for value in forms::taken(field.form) {
                assert_taken(&with(row.full(), field.name, value));
            }
            for (value, code) in forms::refused(field.form) {
                assert_refused(&with(row.full(), field.name, value), code, field.name);
            }
        }
    }
}

/// The vocabularies, as they are promised.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "register-organisation",
        "sector",
        "local-government fire police nhs schools further-education higher-education \
         central-government other",
    ),
    (
        "register-claim",
        "action",
        "reduce-inputs reduce-prices more-outputs-same-inputs more-outputs-fewer-extra-inputs",
    ),
    (
        "register-claim",
        "source",
        "efficiency income grant reserves capital-receipt deferral service-cut cost-shift",
    ),
    ("register-claim", "method", "internal mutual external"),
    (
        "register-claim",
        "technique",
        "lean ict procurement asset-management transformation insourcing shared-services \
         informal-partnership outsourcing joint-venture",
    ),
    (
        "register-claim",
        "function",
        "revenues-and-benefits finance human-resources ict procurement legal facilities travel \
         marketing front-line",
    ),
    (
        "register-claim",
        "approach",
        "transactional transitional transformational",
    ),
    ("validate-claim", "grade", "preliminary interim final"),
    ("record-offset", "kind", "one-off"),
    ("check-sustainment", "outcome", "reduced"),
    (
        "check-sustainment",
        "quality",
        "improved maintained worsened",
    ),
    ("close-challenge", "outcome", "upheld dismissed"),
    (
        "record-redeployment",
        "purpose",
        "front-line council-tax invest-to-save retained-by-service returned-to-centre other",
    ),
    ("issue-statement", "series", "forecast actual"),
    ("enrol-person", "account", "person service"),
    (
        "grant-role",
        "role",
        "recorder validator signatory board auditor administrator",
    ),
    (
        "revoke-role",
        "role",
        "recorder validator signatory board auditor administrator",
    ),
];

#[test]
fn every_word_of_the_vocabularies_is_taken() {
    // A kind of offset and an outcome of a check decide on other fields: their own tests below
    // take the other words.
    for row in rows() {
        for field in row.fields.iter().filter(|f| f.form == Form::Word) {
            let command = match row.command {
                "amend-claim" => "register-claim",
                other => other,
            };
            let (_, _, words) = WORDS
                .iter()
                .find(|&&(c, name, _)| (c, name) == (command, field.name))
                .unwrap();
            for word in words.split_whitespace() {
                assert_taken(&with(row.full(), field.name, word));
            }
        }
    }
}

#[test]
fn a_field_that_the_command_does_not_have_is_named() {
    for row in rows() {
        for stranger in ["amount_gbp", "Claim", "position", "recorded_at", "", "é"] {
            let command = with(row.full(), stranger, "x");
            assert_refused(&command, "bad-field", stranger);
        }
    }
    assert_refused(&with(validate("C1"), "reason", "x"), "bad-field", "reason");
}

#[test]
fn of_several_wrong_fields_the_first_of_the_tables_order_is_named() {
    for row in rows() {
        // From the last field to the first, each is broken with all that follow it.
        let mut command = with(row.full(), "stranger", 1);
        assert_refused(&command, "bad-field", "stranger");
        for name in ["actor", "evidence", "note", "command_id"] {
            command[name] = Value::Null;
            assert_refused(&command, "bad-field", name);
        }
        for field in row.fields.iter().rev() {
            let (value, code) = forms::refused(field.form).pop().unwrap();
            command[field.name] = value;
            assert_refused(&command, code, field.name);
        }
        command["org"] = json!("e07");
        assert_refused(&command, "bad-identifier", "org");
        command["type"] = json!("nonsense");
        assert_refused(&command, "unknown-command", "type");
    }
}

#[test]
fn an_organisation_is_named_by_its_official_code() {
    for code in ["E07000082", "RXX", "0", "A_B-1", &"A".repeat(32)] {
        assert_taken(&with(organisation(), "org", code));
    }
    let too_long = "A".repeat(33);
    for code in [
        "",
        "e07000082",
        "_SYSTEM",
        "-A",
        "E07 082",
        "É07",
        &too_long,
    ] {
        assert_refused(&with(organisation(), "org", code), "bad-identifier", "org");
    }
    for not_a_text in [json!(7), json!(true), json!([ORG]), json!({})] {
        assert_refused(&with(organisation(), "org", not_a_text), "bad-field", "org");
    }
}

#[test]
fn a_line_is_at_most_32_768_bytes() {
    let mut line = organisation().to_string().into_bytes();
    line.resize(LINE_BYTES_MAX, b' ');
    assert!(shape_of(&line).is_ok());
    line.push(b' ');
    assert_line_refused(&line, "too-large", None);
}

#[test]
fn a_line_is_one_strict_json_object() {
    let lines: &[&[u8]] = &[
        b"",
        b"register-claim",
        b"[]",
        b"null",
        b"\"text\"",
        b"{} {}",
        b"{\"type\":\"validate-claim\"",
        b"{'type':'validate-claim'}",
        b"{\"type\":\"validate-claim\",}",
        b"\xef\xbb\xbf{\"type\":\"validate-claim\"}",
        b"{\"type\":\"\xff\"}",
        b"{\"type\":\"\\ud800\"}",
        b"{\"type\":\"\\udc00\"}",
        b"{\"type\":\"a\nb\"}",
        b"{\"type\":NaN}",
        b"{\"type\":\"validate-claim\",\"type\":\"validate-claim\"}",
        b"{\"type\":\"validate-claim\",\"t\\u0079pe\":\"validate-claim\"}",
        b"{\"type\":\"register-claim\",\"profile\":{\"2008/09\":\"1\",\"2008\\/09\":\"1\"}}",
    ];
    for line in lines {
        assert_line_refused(line, "bad-json", None);
    }
    let nested = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!("{{\"type\":\"validate-claim\",\"deep\":{open}{close}}}").into_bytes()
    };
    assert_line_refused(&nested(16), "bad-field", Some("org"));
    assert_line_refused(&nested(17), "bad-json", None);
}

#[test]
fn a_command_says_which_it_is() {
    for line in [
        r#"{"org":"E07000082"}"#,
        r#"{"type":null}"#,
        r#"{"type":5}"#,
        r#"{"type":["validate-claim"]}"#,
        r#"{"type":"Validate-Claim"}"#,
        r#"{"type":"claim-validated"}"#,
        r#"{"type":""}"#,
    ] {
        assert_line_refused(line.as_bytes(), "unknown-command", Some("type"));
    }
}

#[test]
fn a_command_id_has_1_to_128_characters() {
    for accepted in ["x", " ", "a b/c", &"é".repeat(128)] {
        assert_taken(&with(validate("C1"), "command_id", accepted));
    }
    for refused in [
        json!(""),
        json!("é".repeat(129)),
        json!("a\nb"),
        json!(7),
        json!({}),
    ] {
        assert_refused(
            &with(validate("C1"), "command_id", refused),
            "bad-field",
            "command_id",
        );
    }
}

#[test]
fn a_note_is_a_text_of_up_to_2_000_characters() {
    for accepted in forms::taken(Form::Prose) {
        assert_taken(&with(validate("C1"), "note", accepted));
    }
    for (refused, code) in forms::refused(Form::Prose) {
        assert_refused(&with(validate("C1"), "note", refused), code, "note");
    }
}

#[test]
fn evidence_is_up_to_20_documents_with_their_digests() {
    let document = json!({"name": "Contract", "sha256": SHA256});
    let with_uri = with(document.clone(), "uri", "https://example.gov.uk/1\nbox 4");
    for accepted in [
        json!([]),
        json!([document]),
        json!([with_uri]),
        json!(vec![document.clone(); 20]),
    ] {
        assert_taken(&with(validate("C1"), "evidence", accepted));
    }
    let wrong_documents = [
        json!(5),
        json!("Contract"),
        json!([]),
        Value::Null,
        json!({}),
        without(document.clone(), "name"),
        without(document.clone(), "sha256"),
        with(document.clone(), "name", Value::Null),
        with(document.clone(), "name", ""),
        with(document.clone(), "name", "x".repeat(201)),
        with(document.clone(), "name", "two\nlines"),
        with(document.clone(), "sha256", SHA256.to_uppercase()),
        with(document.clone(), "sha256", &SHA256[1..]),
        with(document.clone(), "sha256", 5),
        with(document.clone(), "uri", Value::Null),
        with(document.clone(), "uri", "x".repeat(2001)),
        with(document.clone(), "url", "https://example.gov.uk/1"),
    ];
    for wrong in wrong_documents {
        let command = with(validate("C1"), "evidence", json!([document, wrong]));
        assert_refused(&command, "bad-field", "evidence");
    }
    for wrong in [
        json!(5),
        json!("x"),
        document.clone(),
        json!(vec![document.clone(); 21]),
    ] {
        assert_refused(
            &with(validate("C1"), "evidence", wrong),
            "bad-field",
            "evidence",
        );
    }
}

#[test]
fn a_command_may_name_its_actor_but_not_over_http() {
    let named = with(validate("C1"), "actor", "j.smith@example.gov.uk");
    assert_taken(&named);
    let refusal =
        Command::from_line(named.to_string().as_bytes(), ActorField::Refused).unwrap_err();
    assert_eq!(refusal.code.as_str(), "bad-field");
    assert_eq!(refusal.field.as_deref(), Some("actor"));
    assert_says_what_to_do(&refusal);
    for wrong in ["", "@x", "j smith", &"a".repeat(65)] {
        assert_refused(
            &with(validate("C1"), "actor", wrong),
            "bad-identifier",
            "actor",
        );
    }
    assert_refused(&with(validate("C1"), "actor", 5), "bad-field", "actor");
}

#[test]
fn a_one_off_offset_may_be_spread_over_1_to_20_years_and_a_recurring_one_may_end() {
    let one_off = offset("C1", "O1");
    let recurring = with(one_off.clone(), "kind", "recurring");
    for accepted in [
        with(one_off.clone(), "spread_years", 1),
        with(one_off.clone(), "spread_years", 20),
        recurring.clone(),
        with(recurring.clone(), "until", "2008/09"),
        with(recurring.clone(), "until", "2099/00"),
    ] {
        assert_taken(&accepted);
    }
    for (command, code, field) in [
        (
            with(one_off.clone(), "spread_years", 0),
            "bad-field",
            "spread_years",
        ),
        (
            with(one_off.clone(), "spread_years", 21),
            "bad-field",
            "spread_years",
        ),
        (
            with(one_off.clone(), "until", "2009/10"),
            "bad-field",
            "until",
        ),
        (with(one_off.clone(), "until", "2009"), "bad-year", "until"),
        (with(one_off, "until", Value::Null), "bad-field", "until"),
        (
            with(recurring.clone(), "until", "2007/08"),
            "bad-field",
            "until",
        ),
        (
            with(recurring.clone(), "until", "2009"),
            "bad-year",
            "until",
        ),
        (with(recurring.clone(), "until", 2009), "bad-field", "until"),
        (
            with(recurring.clone(), "spread_years", 3),
            "bad-field",
            "spread_years",
        ),
        (
            with(recurring, "spread_years", Value::Null),
            "bad-field",
            "spread_years",
        ),
    ] {
        assert_refused(&command, code, field);
    }
}

#[test]
fn a_verified_value_goes_with_reduced_only_and_quality_may_be_left_out_with_ceased_only() {
    let check = |fields: Value| {
        let mut check = command("check-sustainment", fields);
        check["claim"] = json!("C1");
        check["year"] = json!("2008/09");
        check
    };
    for accepted in [
        json!({"outcome": "sustained", "quality": "maintained"}),
        json!({"outcome": "reduced", "verified": "0", "quality": "worsened"}),
        json!({"outcome": "ceased"}),
        json!({"outcome": "ceased", "quality": "improved", "quality_reading": "none"}),
    ] {
        assert_taken(&check(accepted));
    }
    for (fields, code, field) in [
        (json!({"outcome": "sustained"}), "bad-field", "quality"),
        (
            json!({"outcome": "reduced", "verified": "1"}),
            "bad-field",
            "quality",
        ),
        (
            json!({"outcome": "reduced", "quality": "improved"}),
            "bad-field",
            "verified",
        ),
        (
            json!({"outcome": "reduced", "verified": "-1"}),
            "bad-money",
            "verified",
        ),
        (
            json!({"outcome": "sustained", "verified": "1"}),
            "bad-field",
            "verified",
        ),
        (
            json!({"outcome": "ceased", "verified": "0"}),
            "bad-field",
            "verified",
        ),
        (
            json!({"outcome": "ceased", "verified": null}),
            "bad-field",
            "verified",
        ),
        (
            json!({"outcome": "ceased", "quality": null}),
            "bad-field",
            "quality",
        ),
        (
            json!({"outcome": "ceased", "quality": "same"}),
            "bad-field",
            "quality",
        ),
    ] {
        assert_refused(&check(fields), code, field);
    }
}

#[test]
fn an_amendment_changes_something() {
    let nothing = command("amend-claim", json!({"claim": "C1", "reason": "None"}));
    assert_line_refused(nothing.to_string().as_bytes(), "bad-field", None);
    // Unknown fields are found first: whoever misspells a field meant a change.
    assert_refused(&with(nothing.clone(), "titel", "x"), "bad-field", "titel");
    for (field, value) in [
        ("title", json!("x")),
        ("owner", Value::Null),
        ("ongoing", json!(false)),
    ] {
        assert_taken(&with(nothing.clone(), field, value));
    }
}

#[test]
fn the_ledgers_own_history_takes_its_own_commands_and_no_other_history_does() {
    for row in rows() {
        let elsewhere = if row.is_of_system() { ORG } else { "_SYSTEM" };
        assert_refused(&with(row.full(), "org", elsewhere), "bad-identifier", "org");
    }
    let line = br#"{"type":"rotate-signing-key","org":"E07000082","from":"a","to":"b"}"#;
    assert_line_refused(line, "unknown-command", Some("type"));
}

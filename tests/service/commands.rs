//! Every command there is: who may send it, and one of it that would be accepted.

use netgain_tests::examples::{organisation, with};
use netgain_tests::service::{enrol, grant, token};
use serde_json::{Value, json};

use super::callers::Caller;
use super::who_may::{ADMINISTER, CHECK, CLOSE, PUBLISH, RAISE, RECORD, VALIDATE};

/// Who may send a command.
#[derive(Clone, Copy)]
pub(crate) enum Sender {
    /// Whoever that row of the interface's table names, in the organisation it is about.
    Row(&'static str),
    /// Administrators of every organisation: people are everybody's.
    AdministratorsOfEverything,
}

impl Sender {
    /// Whether a caller may send it about an organisation.
    pub(crate) fn has(self, caller: &Caller, org: &str) -> bool {
        match self {
            Self::Row(row) => caller.may(row, org),
            Self::AdministratorsOfEverything => caller.administers_everything(),
        }
    }
}

/// All of them. A command that the program knows and that is not here fails the matrix.
pub(crate) const COMMANDS: &[(&str, Sender)] = &[
    ("register-organisation", Sender::Row(ADMINISTER)),
    ("set-baseline", Sender::Row(PUBLISH)),
    ("set-target", Sender::Row(PUBLISH)),
    ("register-claim", Sender::Row(RECORD)),
    ("amend-claim", Sender::Row(RECORD)),
    ("validate-claim", Sender::Row(VALIDATE)),
    ("revoke-validation", Sender::Row(VALIDATE)),
    ("withdraw-claim", Sender::Row(RECORD)),
    ("record-offset", Sender::Row(RECORD)),
    ("cancel-offset", Sender::Row(RECORD)),
    ("check-sustainment", Sender::Row(CHECK)),
    ("raise-challenge", Sender::Row(RAISE)),
    ("answer-challenge", Sender::Row(RECORD)),
    ("close-challenge", Sender::Row(CLOSE)),
    ("record-redeployment", Sender::Row(RECORD)),
    ("cancel-redeployment", Sender::Row(RECORD)),
    ("declare-carry-forward", Sender::Row(RECORD)),
    ("validate-carry-forward", Sender::Row(VALIDATE)),
    ("check-carry-forward", Sender::Row(CHECK)),
    ("issue-statement", Sender::Row(PUBLISH)),
    ("enrol-person", Sender::AdministratorsOfEverything),
    ("bar-person", Sender::AdministratorsOfEverything),
    ("grant-role", Sender::Row(ADMINISTER)),
    ("revoke-role", Sender::Row(ADMINISTER)),
    ("issue-token", Sender::Row(ADMINISTER)),
    ("revoke-token", Sender::Row(ADMINISTER)),
];

/// What the commands of the program and the rows do not have in common, in words.
pub(crate) fn differences(program: &[&str], rows: &[(&str, Sender)]) -> Vec<String> {
    let without_row = program
        .iter()
        .filter(|command| !rows.iter().any(|(row, _)| row == *command))
        .map(|command| format!("{command} has no row"));
    let unknown = rows
        .iter()
        .filter(|(row, _)| !program.contains(row))
        .map(|(row, _)| format!("{row} is no command"));
    without_row.chain(unknown).collect()
}

/// Whether a command is about people, grants and tokens.
pub(crate) fn is_of_system(command: &str) -> bool {
    matches!(
        command,
        "enrol-person"
            | "bar-person"
            | "grant-role"
            | "revoke-role"
            | "issue-token"
            | "revoke-token"
    )
}

/// The commands that make an organisation and, for each of so many cells, whatever the commands of
/// [`accepted`] are about.
pub(crate) fn preparation(org: &str, cells: usize) -> Vec<Value> {
    let of = |kind: &str, fields: Value| with(json!({ "type": kind, "org": org }), &fields);
    let claim = |reference: &str| {
        with(
            of("register-claim", details()),
            &json!({ "claim": reference }),
        )
    };
    let validated = |reference: &str| {
        let validation = of(
            "validate-claim",
            json!({ "claim": reference, "actor": "val" }),
        );
        [claim(reference), validation]
    };
    let mut commands = vec![organisation(org, "A council"), claim("C1")];
    commands.push(of("declare-carry-forward", carry_forward()));
    commands.push(of(
        "issue-statement",
        json!({ "year": "2010/11", "series": "actual" }),
    ));
    for cell in 0..cells {
        commands.push(claim(&format!("VAL-{cell}")));
        commands.extend(validated(&format!("REV-{cell}")));
        commands.push(claim(&format!("OUT-{cell}")));
        commands.push(of("record-offset", offset(&format!("GONE-{cell}"))));
        let closed =
            json!({ "claim": "C1", "challenge": format!("CLOSE-{cell}"), "question": "Why?" });
        commands.push(of("raise-challenge", closed));
        commands.push(of(
            "record-redeployment",
            redeployment(&format!("GONE-{cell}")),
        ));
    }
    let open = json!({ "claim": "C1", "challenge": "ANSWER", "question": "Why?" });
    commands.push(of("raise-challenge", open));
    commands
}

/// The same for people, of organisations.
pub(crate) fn people(orgs: &[&str], cells: usize) -> Vec<Value> {
    let mut commands = vec![enrol("subject", "person")];
    for cell in 0..cells {
        commands.push(enrol(&format!("barred-{cell}"), "person"));
        commands.push(enrol(&format!("given-{cell}"), "person"));
        let holder = format!("holder-{cell}");
        commands.push(enrol(&holder, "person"));
        for org in orgs {
            commands.push(grant(&holder, "board", org));
            let name = format!("old-{org}-{cell}");
            commands.push(token(&name, &holder, org, &["board"], UNTIL));
        }
    }
    commands
}

const UNTIL: &str = "2090-01-01T00:00:00.000Z";

fn details() -> Value {
    json!({
        "title": "Cheaper paper", "action": "reduce-prices", "impact_from": "2008-04-01",
        "profile": { "2008/09": "1000" },
    })
}

fn carry_forward() -> Value {
    json!({ "ongoing_cashable": "90000", "baseline_2004_05": "1000000" })
}

fn offset(reference: &str) -> Value {
    json!({
        "claim": "C1", "offset": reference, "kind": "one-off", "year": "2009/10", "amount": "1",
    })
}

fn redeployment(reference: &str) -> Value {
    json!({
        "claim": "C1", "redeployment": reference, "year": "2009/10", "amount": "1",
        "purpose": "front-line",
    })
}

/// A command about an organisation that is accepted, once for each cell, from whoever may send it.
pub(crate) fn accepted(command: &str, org: &str, cell: usize) -> Value {
    let reason = "It was a mistake.";
    let fields = match command {
        "register-organisation" => return organisation(org, "A council"),
        "set-baseline" => json!({ "year": "2007/08", "amount": "5000000" }),
        "set-target" => json!({ "year": "2010/11", "amount": "150000" }),
        "register-claim" => with(details(), &json!({ "claim": format!("NEW-{cell}") })),
        "amend-claim" => {
            json!({ "claim": "C1", "reason": reason, "title": format!("Title {cell}") })
        }
        "validate-claim" => json!({ "claim": format!("VAL-{cell}") }),
        "revoke-validation" => json!({ "claim": format!("REV-{cell}"), "reason": reason }),
        "withdraw-claim" => json!({ "claim": format!("OUT-{cell}"), "reason": reason }),
        "record-offset" => offset(&format!("NEW-{cell}")),
        "cancel-offset" => {
            json!({ "claim": "C1", "offset": format!("GONE-{cell}"), "reason": reason })
        }
        "check-sustainment" => json!({
            "claim": "C1", "year": "2009/10", "outcome": "sustained", "quality": "maintained",
        }),
        "raise-challenge" => {
            json!({ "claim": "C1", "challenge": format!("NEW-{cell}"), "question": "Why?" })
        }
        "answer-challenge" => {
            json!({ "claim": "C1", "challenge": "ANSWER", "answer": "Because." })
        }
        "close-challenge" => json!({
            "claim": "C1", "challenge": format!("CLOSE-{cell}"), "outcome": "dismissed",
        }),
        "record-redeployment" => redeployment(&format!("NEW-{cell}")),
        "cancel-redeployment" => {
            json!({ "claim": "C1", "redeployment": format!("GONE-{cell}"), "reason": reason })
        }
        "declare-carry-forward" => carry_forward(),
        "validate-carry-forward" => json!({}),
        "check-carry-forward" => json!({ "year": "2009/10", "verified": "90000" }),
        "issue-statement" => json!({ "year": "2010/11", "series": "actual" }),
        "enrol-person" => return enrol(&format!("new-{cell}"), "person"),
        "bar-person" => json!({ "person": format!("barred-{cell}"), "reason": reason }),
        "grant-role" => return grant(&format!("given-{cell}"), "board", org),
        "revoke-role" => json!({
            "person": format!("holder-{cell}"), "role": "board", "of": org, "reason": reason,
        }),
        "issue-token" => {
            let person = format!("given-{cell}");
            return token(
                &format!("new-{org}-{cell}"),
                &person,
                org,
                &["board"],
                UNTIL,
            );
        }
        "revoke-token" => json!({ "token": format!("old-{org}-{cell}"), "reason": reason }),
        other => panic!("no example of {other}"),
    };
    let org = if is_of_system(command) {
        "_SYSTEM"
    } else {
        org
    };
    with(json!({ "type": command, "org": org }), &fields)
}

#[test]
fn a_command_without_a_row_and_a_row_without_a_command_are_found() {
    let commands: Vec<&str> = COMMANDS.iter().map(|(command, _)| *command).collect();
    assert_eq!(differences(&commands, COMMANDS), [""; 0]);
    let less = differences(&commands, &COMMANDS[1..]);
    assert_eq!(less, ["register-organisation has no row"]);
    let more = differences(&commands[1..], COMMANDS);
    assert_eq!(more, ["register-organisation is no command"]);
}

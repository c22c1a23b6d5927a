//! Commands to ask with: short ones for the tests' sentences, and the whole command table.

use netgain_events::sha256::Sha256Hex;
use serde_json::{Value, json};

/// The organisation that most tests are about.
pub(crate) const ORG: &str = "E07000082";

/// A SHA-256 to give as evidence.
pub(crate) const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A command of that type about that organisation, with these fields.
pub(crate) fn command(command_type: &str, mut fields: Value) -> Value {
    fields["type"] = json!(command_type);
    fields["org"] = json!(ORG);
    fields
}

/// A command about the ledger's own history, with these fields.
pub(crate) fn system(command_type: &str, fields: Value) -> Value {
    with(command(command_type, fields), "org", "_SYSTEM")
}

/// The same command with a field set.
pub(crate) fn with(mut command: Value, field: &str, value: impl Into<Value>) -> Value {
    command[field] = value.into();
    command
}

/// The same command without a field.
pub(crate) fn without(mut command: Value, field: &str) -> Value {
    command.as_object_mut().unwrap().remove(field).unwrap();
    command
}

/// The same command, done by someone else.
pub(crate) fn by(actor: &str, command: Value) -> Value {
    with(command, "actor", actor)
}

pub(crate) fn organisation() -> Value {
    command(
        "register-organisation",
        json!({"name": "Ambridge District Council", "kind": "district", "sector": "local-government"}),
    )
}

pub(crate) fn set_baseline(amount: &str) -> Value {
    command("set-baseline", json!({"year": "2007/08", "amount": amount}))
}

/// A claim of £1,000 a year from 2008/09.
pub(crate) fn claim(claim: &str) -> Value {
    command(
        "register-claim",
        json!({
            "claim": claim, "title": "Cheaper paper", "action": "reduce-prices",
            "impact_from": "2008-04-01", "profile": {"2008/09": "1000.00"},
        }),
    )
}

pub(crate) fn amend(claim: &str, changes: Value) -> Value {
    with(
        with(command("amend-claim", changes), "claim", claim),
        "reason",
        "A correction",
    )
}

pub(crate) fn validate(claim: &str) -> Value {
    command("validate-claim", json!({"claim": claim}))
}

pub(crate) fn revoke(claim: &str) -> Value {
    command(
        "revoke-validation",
        json!({"claim": claim, "reason": "It was given too early"}),
    )
}

pub(crate) fn withdraw(claim: &str) -> Value {
    command(
        "withdraw-claim",
        json!({"claim": claim, "reason": "Counted twice"}),
    )
}

pub(crate) fn offset(claim: &str, offset: &str) -> Value {
    command(
        "record-offset",
        json!({"claim": claim, "offset": offset, "kind": "one-off", "year": "2008/09", "amount": "50.00"}),
    )
}

pub(crate) fn cancel_offset(claim: &str, offset: &str) -> Value {
    command(
        "cancel-offset",
        json!({"claim": claim, "offset": offset, "reason": "Paid by another service"}),
    )
}

pub(crate) fn check(claim: &str, year: &str, outcome: &str) -> Value {
    let sustained = command(
        "check-sustainment",
        json!({"claim": claim, "year": year, "outcome": outcome, "quality": "maintained"}),
    );
    if outcome == "reduced" {
        with(sustained, "verified", "700.00")
    } else {
        sustained
    }
}

pub(crate) fn challenge(claim: &str, challenge: &str) -> Value {
    command(
        "raise-challenge",
        json!({"claim": claim, "challenge": challenge, "question": "Is it not a price cut?"}),
    )
}

pub(crate) fn answer(claim: &str, challenge: &str) -> Value {
    command(
        "answer-challenge",
        json!({"claim": claim, "challenge": challenge, "answer": "No: see the contract"}),
    )
}

pub(crate) fn close(claim: &str, challenge: &str, outcome: &str) -> Value {
    command(
        "close-challenge",
        json!({"claim": claim, "challenge": challenge, "outcome": outcome}),
    )
}

pub(crate) fn redeployment(claim: &str, redeployment: &str) -> Value {
    command(
        "record-redeployment",
        json!({
            "claim": claim, "redeployment": redeployment, "year": "2009/10", "amount": "500.00",
            "purpose": "front-line",
        }),
    )
}

pub(crate) fn cancel_redeployment(claim: &str, redeployment: &str) -> Value {
    command(
        "cancel-redeployment",
        json!({"claim": claim, "redeployment": redeployment, "reason": "Spent otherwise"}),
    )
}

pub(crate) fn declare() -> Value {
    command(
        "declare-carry-forward",
        json!({"ongoing_cashable": "900000.00", "baseline_2004_05": "10000000.00"}),
    )
}

pub(crate) fn validate_carry_forward() -> Value {
    command("validate-carry-forward", json!({}))
}

pub(crate) fn check_carry_forward(year: &str) -> Value {
    command(
        "check-carry-forward",
        json!({"year": year, "verified": "100000.00"}),
    )
}

pub(crate) fn statement(year: &str, series: &str) -> Value {
    command("issue-statement", json!({"year": year, "series": series}))
}

pub(crate) fn enrol(person: &str, account: &str) -> Value {
    system(
        "enrol-person",
        json!({"person": person, "account": account}),
    )
}

pub(crate) fn bar(person: &str) -> Value {
    system(
        "bar-person",
        json!({"person": person, "reason": "Left the council"}),
    )
}

pub(crate) fn grant(person: &str, role: &str, of: &str) -> Value {
    system(
        "grant-role",
        json!({"person": person, "role": role, "of": of}),
    )
}

pub(crate) fn revoke_role(person: &str, role: &str, of: &str) -> Value {
    system(
        "revoke-role",
        json!({"person": person, "role": role, "of": of, "reason": "Works elsewhere now"}),
    )
}

/// A token until 2013, with a secret of its own.
pub(crate) fn issue(token: &str, person: &str, of: &str, roles: &[&str]) -> Value {
    system(
        "issue-token",
        json!({
            "token": token, "person": person, "sha256": secret(token).to_string(), "of": of,
            "roles": roles, "until": "2013-01-01T00:00:00.000Z",
        }),
    )
}

/// The SHA-256 of the secret of [`issue`]'s token.
pub(crate) fn secret(token: &str) -> Sha256Hex {
    Sha256Hex::of(token.as_bytes())
}

pub(crate) fn revoke_token(token: &str) -> Value {
    system(
        "revoke-token",
        json!({"token": token, "reason": "Its program is gone"}),
    )
}

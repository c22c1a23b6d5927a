//! Forms become commands, what is wrong finds its field, and what anybody types is inert.

mod checks;
mod commands;
mod hostile;
mod preview;
mod small_forms;

use chrono::NaiveDate;
use netgain_events::authority::Authority;
use netgain_events::command::Request;
use netgain_events::identifier::{Actor, OrgId};
use netgain_events::refusal::Refusal;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Auth;
use netgain_ledger::ledger::{Caller, rehearse};
use serde_json::{Value, json};

use super::form::{Form, read};
use super::place::Place;
use super::problems::Problems;
use super::typed::Typed;

const FINANCE: &str = "a.finance";

fn org() -> OrgId {
    "E07000082".parse().unwrap()
}

fn today() -> NaiveDate {
    "2011-07-24".parse().unwrap()
}

fn person(id: &str) -> Actor {
    id.parse().unwrap()
}

/// An organisation with one claim, which has something of everything.
fn stroud() -> Organisation {
    let mut state = registered();
    let claim = json!({"type": "register-claim", "claim": "A", "title": "Payroll shared", "action":
        "reduce-inputs", "impact_from": "2008-07-01", "profile": {"2008/09": "95000", "2009/10": "210000"},
        "service": "Corporate", "labels": {"portfolio": "Finance"}, "quality_measure": "Days\r\nto pay",
        "source": "grant", "source_override": "Said so"});
    let cost = json!({"type": "record-offset", "claim": "A", "offset": "COST-1", "kind": "one-off", "year":
        "2008/09", "amount": "30000"});
    let asked = json!({"type": "raise-challenge", "claim": "A", "challenge": "Q1", "question": "Who pays?"});
    let used = json!({"type": "record-redeployment", "claim": "A", "redeployment": "R1", "year": "2009/10",
        "amount": "50000", "purpose": "front-line"});
    let carried = json!({"type": "declare-carry-forward", "ongoing_cashable": "900000", "baseline_2004_05":
        "10000000"});
    state = recorded(&state, FINANCE, &json!([claim, cost, asked, used, carried])).unwrap();
    recorded(
        &state,
        "b.head",
        &json!({"type": "validate-claim", "claim": "A"}),
    )
    .unwrap()
}

fn registered() -> Organisation {
    let register = json!({"type": "register-organisation", "name": "Stroud District Council", "kind":
        "district", "sector": "local-government"});
    recorded(&Organisation::new(org()), FINANCE, &register).unwrap()
}

/// The state once commands are recorded, or every refusal.
fn recorded(
    state: &Organisation,
    actor: &str,
    commands: &Value,
) -> Result<Organisation, Vec<(usize, Refusal)>> {
    let caller = Caller {
        actor: person(actor),
        auth: Auth::Local,
        authority: Authority::Operator,
    };
    let body = serde_json::to_vec(commands).unwrap();
    let request = Request::from_body(&body, &org(), None, &caller.authority)?;
    let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let now = "2011-07-24T12:00:00.000Z".parse().unwrap();
    let rehearsal = rehearse(state, request.commands, &caller, &ledger, now).unwrap();
    if rehearsal.refused.is_empty() {
        Ok(rehearsal.state)
    } else {
        Err(rehearsal.refused)
    }
}

/// A form about the claim `A`, or a part of it.
fn place<'s>(state: &'s Organisation, part: Option<&'s str>) -> Place<'s> {
    Place {
        state,
        claim: Some("A"),
        part,
        year: None,
        today: today(),
    }
}

fn typed(fields: &[(&str, &str)]) -> Typed {
    fill(Typed::default(), fields)
}

fn fill(typed: Typed, fields: &[(&str, &str)]) -> Typed {
    fields
        .iter()
        .fold(typed, |typed, (name, value)| typed.with(*name, value))
}

/// The commands of a form, which the ledger takes.
fn sent(state: &Organisation, actor: &str, form: &dyn Form, fields: &[(&str, &str)]) -> Vec<Value> {
    let commands = read(form, &fill(form.fresh(), fields)).unwrap();
    let body = Value::Array(commands.clone());
    recorded(state, actor, &body).unwrap();
    commands
}

/// What is wrong with what was typed.
fn wrong(form: &dyn Form, fields: &[(&str, &str)]) -> Problems {
    read(form, &fill(form.fresh(), fields)).unwrap_err()
}

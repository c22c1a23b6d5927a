//! `netgain user`: people, what they may do, and how they sign in.

use std::io::Write;

use netgain_events::access::Scope;
use netgain_events::authority::Role;
use netgain_events::identifier::{Actor, OrgId};
use serde_json::{Value, json};

use crate::cli::{ActorArgs, UserAdd, UserCall};
use crate::outcome::{Failure, Outcome};
use crate::password_in::new_password;
use crate::register::{Entry, Files, Grant, Person, Register};
use crate::table::{Column, Table};
use crate::whereabouts::{Whereabouts, nobody_named};
use crate::who;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &UserCall) -> Outcome {
    match at {
        Whereabouts::Files(place) => on(&Files::new(place, who::caller(actor(call))?), json, call),
        Whereabouts::Service(server) => {
            nobody_named(actor(call))?;
            on(server, json, call)
        }
    }
}

/// Who acts; the directory and lists have no actor.
const fn actor(call: &UserCall) -> &ActorArgs {
    const NOBODY_NAMED: &ActorArgs = &ActorArgs { actor: None };
    match call {
        UserCall::Add(call) => &call.actor,
        UserCall::Grant(call) => &call.actor,
        UserCall::Revoke(call) => &call.actor,
        UserCall::Bar { actor, .. } => actor,
        UserCall::Password { .. }
        | UserCall::Name { .. }
        | UserCall::Erase { .. }
        | UserCall::List => NOBODY_NAMED,
    }
}

/// Does it on whatever keeps people.
pub(crate) fn on(register: &dyn Register, json: bool, call: &UserCall) -> Outcome {
    match call {
        UserCall::Add(call) => add(register, call)?,
        UserCall::Grant(call) => {
            let until = call.until.map(|until| until.to_string());
            register.record(&[grant(&call.id, call.role, &call.of, until.as_deref())])?;
            say(&format!(
                "{} has the role {} {}",
                call.id,
                call.role,
                in_words(&call.of)
            ));
        }
        UserCall::Revoke(call) => {
            register.record(&[json!({
                "type": "revoke-role",
                "org": OrgId::SYSTEM,
                "person": call.id,
                "role": call.role,
                "of": call.of,
                "reason": call.reason.as_str(),
            })])?;
            say(&format!(
                "{} no longer has the role {} {}",
                call.id,
                call.role,
                in_words(&call.of)
            ));
        }
        UserCall::Bar { id, reason, .. } => {
            register.record(&[json!({
                "type": "bar-person",
                "org": OrgId::SYSTEM,
                "person": id,
                "reason": reason.as_str(),
            })])?;
            say(&format!(
                "{id} is barred: no role, token or session of theirs is any good"
            ));
        }
        UserCall::Password { id, password } => {
            let password = Some(new_password(id, *password)?);
            register.write(
                id,
                Entry {
                    name: None,
                    password,
                },
            )?;
            say(&format!("{id} has a new password"));
        }
        UserCall::Name { id, name } => {
            let name = Some(name.clone());
            register.write(
                id,
                Entry {
                    name,
                    password: None,
                },
            )?;
            say(&format!("{id} has a new name"));
        }
        UserCall::Erase { id } => {
            register.erase(id)?;
            say(&format!(
                "the name and password of {id} are erased; what they may do stays as it is until \
                 netgain user bar ends it"
            ));
        }
        UserCall::List => list(&register.people()?, json)?,
    }
    Ok(())
}

fn add(register: &dyn Register, call: &UserAdd) -> Outcome {
    let id = &call.id;
    let without = call.service || call.no_password;
    // Whatever is wrong with the password is found before anybody is enrolled.
    let password = if without {
        None
    } else {
        Some(new_password(id, call.password)?)
    };
    let account = if call.service { "service" } else { "person" };
    let mut commands = vec![enrol(id, account)];
    if call.administrator {
        commands.push(grant(id, Role::Administrator, &Scope::Every, None));
    }
    register.record(&commands)?;
    let entry = Entry {
        name: call.name.clone(),
        password,
    };
    if entry.name.is_some() || entry.password.is_some() {
        register
            .write(id, entry)
            .map_err(|failure| not_written(id, failure))?;
    }
    let then = match (call.administrator, call.service) {
        (true, _) => "as an administrator of everything",
        (false, true) => {
            "as a program; netgain user grant gives it a role, netgain token issue a token"
        }
        (false, false) => "with no role yet; netgain user grant gives one",
    };
    say(&format!("{id} is enrolled, {then}"));
    Ok(())
}

/// Somebody is enrolled; that the rest failed must not look as if they were not.
fn not_written(id: &Actor, failure: Failure) -> Failure {
    eprintln!(
        "netgain: {id} is enrolled, but without a name and password; give them with netgain user name \
         and netgain user password"
    );
    failure
}

/// The command that enrols somebody.
pub(crate) fn enrol(person: &Actor, account: &str) -> Value {
    json!({ "type": "enrol-person", "org": OrgId::SYSTEM, "person": person, "account": account })
}

/// The command that grants a role.
pub(crate) fn grant(person: &Actor, role: Role, of: &Scope, until: Option<&str>) -> Value {
    let mut command = json!({
        "type": "grant-role",
        "org": OrgId::SYSTEM,
        "person": person,
        "role": role,
        "of": of,
    });
    if let (Some(until), Some(fields)) = (until, command.as_object_mut()) {
        fields.insert("until".to_owned(), until.into());
    }
    command
}

fn in_words(of: &Scope) -> String {
    match of {
        Scope::Every => "in every organisation".to_owned(),
        Scope::Organisation(org) => format!("in {org}"),
    }
}

fn list(people: &[Person], json: bool) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", json!({ "people": people }))?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("Person", Column::Left),
        ("Name", Column::Left),
        ("Account", Column::Left),
        ("Password", Column::Left),
        ("Roles", Column::Left),
    ]);
    for person in people {
        let roles: Vec<String> = person.grants.iter().map(role).collect();
        let roles = if person.barred {
            "barred".to_owned()
        } else {
            roles.join(", ")
        };
        table.row([
            person.id.clone(),
            person.name.clone().unwrap_or_else(|| "–".to_owned()),
            person.account.clone(),
            if person.has_password { "yes" } else { "no" }.to_owned(),
            if roles.is_empty() {
                "none".to_owned()
            } else {
                roles
            },
        ]);
    }
    write!(out, "{}", table.render())?;
    Ok(())
}

fn role(grant: &Grant) -> String {
    let until = grant.until.as_ref().map(|until| format!(" until {until}"));
    format!(
        "{} of {}{}",
        grant.role,
        grant.of,
        until.unwrap_or_default()
    )
}

/// Says what was done, where it does not come between a program and what it reads.
pub(crate) fn say(what: &str) {
    eprintln!("netgain: {what}");
}

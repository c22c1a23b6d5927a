//! `netgain token`: what programs show instead of a password.

use std::collections::BTreeSet;
use std::io::Write;

use netgain_events::access::Scope;
use netgain_events::authority::Role;
use netgain_events::identifier::{Actor, OrgId, TokenId};
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_sign_in::token::TokenSecret;
use serde_json::{Value, json};

use crate::calls::user::say;
use crate::cli::{ActorArgs, IssueToken, TokenCall};
use crate::outcome::{Failure, Outcome};
use crate::register::{Files, Register, Token};
use crate::table::{Column, Table};
use crate::whereabouts::{Whereabouts, nobody_named};
use crate::who;

const MS_PER_DAY: i64 = 86_400_000;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &TokenCall) -> Outcome {
    match at {
        Whereabouts::Files(place) => on(&Files::new(place, who::caller(actor(call))?), json, call),
        Whereabouts::Service(server) => {
            nobody_named(actor(call))?;
            on(server, json, call)
        }
    }
}

/// Who acts; a list has no actor.
const fn actor(call: &TokenCall) -> &ActorArgs {
    const NOBODY_NAMED: &ActorArgs = &ActorArgs { actor: None };
    match call {
        TokenCall::Issue(call) => &call.actor,
        TokenCall::Revoke(call) => &call.actor,
        TokenCall::List => NOBODY_NAMED,
    }
}

/// Does it on whatever keeps people.
pub(crate) fn on(register: &dyn Register, json: bool, call: &TokenCall) -> Outcome {
    match call {
        TokenCall::Issue(call) => issue(register, json, call),
        TokenCall::Revoke(call) => {
            register.record(&[json!({
                "type": "revoke-token",
                "org": OrgId::SYSTEM,
                "token": call.token,
                "reason": call.reason.as_str(),
            })])?;
            say(&format!("the token {} is revoked", call.token));
            Ok(())
        }
        TokenCall::List => list(&register.tokens()?, json),
    }
}

/// A token that is made.
pub(crate) struct NewToken {
    /// What whoever uses it shows.
    pub(crate) secret: TokenSecret,
    /// The command that issues it.
    pub(crate) command: Value,
    /// Until when it is in force.
    pub(crate) until: RecordedAt,
}

/// Makes a token's secret, and the command that issues it: the secret itself is never in one.
pub(crate) fn make(
    token: &TokenId,
    person: &Actor,
    of: &Scope,
    roles: &BTreeSet<Role>,
    days: u16,
) -> Result<NewToken, Failure> {
    let secret = TokenSecret::random()?;
    let now = SystemClock.now().unix_ms();
    let until = now.saturating_add(i64::from(days).saturating_mul(MS_PER_DAY));
    let until = RecordedAt::from_unix_ms(until)
        .ok_or_else(|| Failure::fault("the clock is too far in the future for a token to end"))?;
    let command = json!({
        "type": "issue-token",
        "org": OrgId::SYSTEM,
        "token": token,
        "person": person,
        "sha256": secret.sha256(),
        "of": of,
        "roles": roles,
        "until": until.to_string(),
    });
    Ok(NewToken {
        secret,
        command,
        until,
    })
}

fn issue(register: &dyn Register, json: bool, call: &IssueToken) -> Outcome {
    let roles: BTreeSet<Role> = call.role.iter().copied().collect();
    let new = make(&call.token, &call.person, &call.of, &roles, call.days)?;
    register.record(std::slice::from_ref(&new.command))?;
    let mut out = std::io::stdout().lock();
    if json {
        let issued = json!({
            "token": call.token,
            "secret": new.secret.to_string(),
            "until": new.until.to_string(),
        });
        writeln!(out, "{issued}")?;
    } else {
        writeln!(out, "{}", new.secret)?;
    }
    out.flush()?;
    say(&format!(
        "the token {} acts for {} until {}; its secret is shown this once and kept nowhere",
        call.token, call.person, new.until
    ));
    Ok(())
}

fn list(tokens: &[Token], json: bool) -> Outcome {
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", json!({ "tokens": tokens }))?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("Token", Column::Left),
        ("Person", Column::Left),
        ("Of", Column::Left),
        ("Roles", Column::Left),
        ("Until", Column::Left),
        ("In force", Column::Left),
    ]);
    for token in tokens {
        table.row([
            token.id.clone(),
            token.person.clone(),
            token.of.clone(),
            token.roles.join(", "),
            token.until.clone(),
            if token.in_force { "yes" } else { "no" }.to_owned(),
        ]);
    }
    write!(out, "{}", table.render())?;
    Ok(())
}

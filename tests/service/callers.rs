//! Everybody who asks something of the service in the matrix, and what they are.

use netgain_tests::service::{FOR_EVER, enrol, grant, person, secret_of, service_account, token};
use serde_json::{Value, json};

use super::who_may::{ROLES, may};

/// The organisation that most callers have their roles in.
pub(crate) const OURS: &str = "E07000082";

/// Another organisation of the same ledger.
pub(crate) const THEIRS: &str = "E07000083";

/// Every organisation.
const EVERY: &str = "*";

/// Somebody who asks.
pub(crate) struct Caller {
    /// What they are, for messages.
    pub(crate) name: String,
    /// The token they show, if any.
    pub(crate) token: Option<String>,
    /// Whether the service has to know them.
    known: bool,
    /// The roles that count, and where: of `*`, everywhere.
    roles: Vec<(&'static str, &'static str)>,
}

impl Caller {
    /// Whether the service has to know them.
    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// Whether they have any role in an organisation.
    pub(crate) fn has_role(&self, org: &str) -> bool {
        self.roles.iter().any(|(_, of)| *of == org || *of == EVERY)
    }

    /// Whether the table lets them do what that row is about, of an organisation.
    pub(crate) fn may(&self, row: &str, org: &str) -> bool {
        let mut roles = self.roles.iter();
        roles.any(|(role, of)| (*of == org || *of == EVERY) && may(role, row))
    }

    /// Whether they are an administrator of anything.
    pub(crate) fn administers_something(&self) -> bool {
        self.roles.iter().any(|(role, _)| *role == "administrator")
    }

    /// Whether they are an administrator of every organisation.
    pub(crate) fn administers_everything(&self) -> bool {
        self.roles.contains(&("administrator", EVERY))
    }

    /// Their token as a header's value.
    pub(crate) fn secret(&self) -> Option<String> {
        self.token.as_deref().map(secret_of)
    }
}

fn known(name: &str, roles: &[(&'static str, &'static str)]) -> Caller {
    Caller {
        name: name.to_owned(),
        token: Some(name.to_owned()),
        known: true,
        roles: roles.to_vec(),
    }
}

fn unknown(name: &str, token: Option<&str>) -> Caller {
    Caller {
        name: name.to_owned(),
        token: token.map(str::to_owned),
        known: false,
        roles: Vec::new(),
    }
}

/// All callers, and the commands that make them what they are.
pub(crate) fn callers() -> (Vec<Caller>, Vec<Value>) {
    let mut callers = Vec::new();
    let mut commands = Vec::new();
    for role in ROLES {
        let id = format!("{role}.ours");
        commands.extend(person(&id, &[(role, OURS)]));
        callers.push(known(&id, &[(role, OURS)]));
    }
    for (id, role) in [("ada", "administrator"), ("auditor.every", "auditor")] {
        commands.extend(person(id, &[(role, EVERY)]));
        callers.push(known(id, &[(role, EVERY)]));
    }
    for role in ["recorder", "board", "auditor"] {
        let id = format!("{role}.robot");
        commands.extend(service_account(&id, &[(role, OURS)]));
        callers.push(known(&id, &[(role, OURS)]));
    }
    commands.extend(person("no.role", &[]));
    callers.push(known("no.role", &[]));

    // Somebody who may do everything, by tokens that may do less.
    commands.push(enrol("all.round", "person"));
    commands.extend(ROLES.map(|role| grant("all.round", role, EVERY)));
    let narrower = [
        ("token.of.theirs", THEIRS, ["recorder", "board"]),
        ("token.of.some.roles", EVERY, ["auditor", "board"]),
    ];
    for (name, of, roles) in narrower {
        commands.push(token(name, "all.round", of, &roles, FOR_EVER));
        callers.push(known(name, &roles.map(|role| (role, of))));
    }

    callers.push(unknown("no credentials", None));
    let never_issued = Some("never issued");
    callers.push(unknown("a token that was never issued", never_issued));
    let past = "2020-01-01T00:00:00.000Z";
    commands.push(token("expired", "all.round", EVERY, &ROLES, past));
    callers.push(unknown("an expired token", Some("expired")));
    commands.push(token("revoked", "all.round", EVERY, &ROLES, FOR_EVER));
    commands.push(json!({
        "type": "revoke-token", "org": "_SYSTEM", "token": "revoked", "reason": "It was lost.",
    }));
    callers.push(unknown("a revoked token", Some("revoked")));
    commands.extend(person("barred", &ROLES.map(|role| (role, OURS))));
    commands.push(json!({
        "type": "bar-person", "org": "_SYSTEM", "person": "barred", "reason": "They have left.",
    }));
    callers.push(unknown("a barred person", Some("barred")));
    (callers, commands)
}

//! People of the service: who they are, what they may do, and the tokens they show.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The ledger's own history.
const SYSTEM: &str = "_SYSTEM";

/// The end of a token that no test outlives.
pub const FOR_EVER: &str = "2099-01-01T00:00:00.000Z";

/// Every role (interface, *Who may do what*).
const PERSON_ROLES: [&str; 6] = [
    "recorder",
    "validator",
    "signatory",
    "board",
    "auditor",
    "administrator",
];

/// The roles that a service account may have.
const SERVICE_ROLES: [&str; 3] = ["recorder", "board", "auditor"];

/// The secret of the token of that name: `ngt_`, and base64url of 32 bytes and their CRC-32.
#[must_use]
pub fn secret_of(token: &str) -> String {
    let bytes = Sha256::digest(format!("the secret of {token}"));
    let checksum = crc32fast::hash(&bytes).to_be_bytes();
    let bytes = [&bytes[..], &checksum].concat();
    format!("ngt_{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Enrols somebody.
#[must_use]
pub fn enrol(person: &str, account: &str) -> Value {
    json!({ "type": "enrol-person", "org": SYSTEM, "person": person, "account": account })
}

/// Gives somebody a role.
#[must_use]
pub fn grant(person: &str, role: &str, of: &str) -> Value {
    json!({ "type": "grant-role", "org": SYSTEM, "person": person, "role": role, "of": of })
}

/// Issues a token whose secret is [`secret_of`] its name.
#[must_use]
pub fn token(token: &str, person: &str, of: &str, roles: &[&str], until: &str) -> Value {
    let digest = Sha256::digest(secret_of(token));
    let hex_digit = |nibble: u8| char::from_digit(nibble.into(), 16).expect("four bits");
    let sha256: String = digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(hex_digit)
        .collect();
    json!({
        "type": "issue-token", "org": SYSTEM, "token": token, "person": person, "sha256": sha256,
        "of": of, "roles": roles, "until": until,
    })
}

/// A person with those roles in those organisations, and a token of their own name that may do all
/// they may.
#[must_use]
pub fn person(id: &str, roles: &[(&str, &str)]) -> Vec<Value> {
    account(id, "person", roles, &PERSON_ROLES)
}

/// The same for a program.
#[must_use]
pub fn service_account(id: &str, roles: &[(&str, &str)]) -> Vec<Value> {
    account(id, "service", roles, &SERVICE_ROLES)
}

fn account(id: &str, kind: &str, roles: &[(&str, &str)], carried: &[&str]) -> Vec<Value> {
    let mut commands = vec![enrol(id, kind)];
    commands.extend(roles.iter().map(|(role, of)| grant(id, role, of)));
    commands.push(token(id, id, "*", carried, FOR_EVER));
    commands
}

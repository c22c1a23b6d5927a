//! Where people, what they may do and how they sign in are kept: the same calls work on whatever keeps them.

mod files;

use netgain_events::identifier::Actor;
use netgain_events::text::Line;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

pub(crate) use self::files::Files;
use crate::outcome::{Failure, Outcome};

/// Somebody who is, or was, admitted; in the form that the service answers with.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Person {
    /// Their opaque id.
    #[serde(rename = "person")]
    pub(crate) id: String,
    /// Their name, where the directory has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// `person` or `service`.
    pub(crate) account: String,
    /// Whether they are barred.
    pub(crate) barred: bool,
    /// Whether they can sign in with a password.
    pub(crate) has_password: bool,
    /// The roles in force.
    pub(crate) grants: Vec<Grant>,
}

/// A role somebody has; in the form that the service answers with.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// Which role.
    pub(crate) role: String,
    /// An organisation's code, or `*` for every organisation.
    pub(crate) of: String,
    /// Until when; for ever where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<String>,
    /// Who granted it.
    pub(crate) granted_by: String,
    /// The position of its event.
    pub(crate) position: u64,
}

/// A token, never its secret; in the form that the service answers with.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    /// Its reference.
    #[serde(rename = "token")]
    pub(crate) id: String,
    /// Whose it is.
    pub(crate) person: String,
    /// An organisation's code, or `*` for every organisation.
    pub(crate) of: String,
    /// The roles it carries, of those its person has.
    pub(crate) roles: Vec<String>,
    /// Until when.
    pub(crate) until: String,
    /// Whether it is in force.
    pub(crate) in_force: bool,
}

/// What is to be changed of what the directory says of somebody. What is absent stays as it is.
#[derive(Default)]
pub(crate) struct Entry {
    /// Their name.
    pub(crate) name: Option<Line>,
    /// Their password.
    pub(crate) password: Option<Zeroizing<String>>,
}

/// Whatever keeps people: the ledger's own files, or a service.
pub(crate) trait Register {
    /// Records commands of the ledger's own history: all of them, or none where one is refused.
    fn record(&self, commands: &[Value]) -> Outcome;

    /// Everybody who was ever enrolled, in the order of their ids.
    fn people(&self) -> Result<Vec<Person>, Failure>;

    /// Every token that was ever issued, in the order of their references.
    fn tokens(&self) -> Result<Vec<Token>, Failure>;

    /// Writes somebody's name or password into the directory. They have to be enrolled.
    fn write(&self, person: &Actor, entry: Entry) -> Outcome;

    /// Erases what the directory says of somebody.
    fn erase(&self, person: &Actor) -> Outcome;
}

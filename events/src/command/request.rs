//! A request: one command, or several of one organisation that are recorded all together or not at
//! all (interface, *HTTP*).

use std::borrow::Cow;

use crate::authority::Authority;
use crate::command::{ActorField, Command, CommandKey, LINE_BYTES_MAX, kind_of, too_large};
use crate::identifier::{CommandId, OrgId};
use crate::json::{self, Body, Json, JsonError, Members};
use crate::refusal::{Refusal, RefusalCode};
use crate::sha256::Sha256Hex;

/// The most commands of one request (interface, *HTTP*): as many as a commit holds events.
pub const REQUEST_COMMANDS_MAX: usize = 10_000;

/// Commands of one organisation whose shape is right, to be recorded all or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The commands, in order; at least one, at most [`REQUEST_COMMANDS_MAX`]. None has a key of its
    /// own: the request has.
    pub commands: Vec<Command>,
    /// The idempotency key of the whole request, with what it must be equal to when it comes again.
    pub key: Option<CommandKey>,
}

impl From<Command> for Request {
    /// One command, whose key is the request's.
    fn from(mut command: Command) -> Self {
        let key = command.key.take();
        Self {
            commands: vec![command],
            key,
        }
    }
}

/// Whether a request's body is an array of commands rather than one, by its first character.
#[must_use]
pub fn is_array(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'[')
}

impl Request {
    /// Reads a request of that organisation. `command_id` is the idempotency key of the whole of it,
    /// where the caller gave one beside the body. What the caller may not do is refused before
    /// anything is said about its shape.
    ///
    /// A command may leave its `org` out; the actor is whoever signed in.
    ///
    /// # Errors
    /// Every refused command by its place in the array, with the first of its *shape* refusals.
    pub fn from_body(
        body: &[u8],
        org: &OrgId,
        command_id: Option<&CommandId>,
        authority: &Authority,
    ) -> Result<Self, Vec<(usize, Refusal)>> {
        let whole = |refusal| vec![(0, refusal)];
        match json::read_body(body).map_err(|e| whole(bad_json(&e)))? {
            Body::One(members) => {
                let members = with_key(members, command_id).map_err(whole)?;
                one(members, body.len(), org, authority)
                    .map(Self::from)
                    .map_err(whole)
            }
            Body::Many(items) => many(items, org, command_id, authority),
        }
    }
}

fn bad_json(error: &JsonError) -> Refusal {
    Refusal::whole(
        RefusalCode::BadJson,
        format!("The body is not one JSON object or an array of them: {error}."),
    )
}

fn many(
    items: Vec<(usize, Json<'_>)>,
    org: &OrgId,
    command_id: Option<&CommandId>,
    authority: &Authority,
) -> Result<Request, Vec<(usize, Refusal)>> {
    if items.is_empty() {
        let empty = "The array has no commands; give at least one.";
        return Err(vec![(0, Refusal::whole(RefusalCode::BadJson, empty))]);
    }
    if items.len() > REQUEST_COMMANDS_MAX {
        let message = format!(
            "The request has {} commands; the most is {REQUEST_COMMANDS_MAX}: split it into several.",
            items.len()
        );
        return Err(vec![(0, Refusal::whole(RefusalCode::TooLarge, message))]);
    }
    let key = command_id.map(|command_id| CommandKey {
        command_id: command_id.clone(),
        content: content_of_all(&items),
    });
    let mut commands = Vec::with_capacity(items.len());
    let mut refused = Vec::new();
    for (place, (length, item)) in items.into_iter().enumerate() {
        match item_of_many(item, length, org, authority) {
            Ok(command) => commands.push(command),
            Err(refusal) => refused.push((place, refusal)),
        }
    }
    if refused.is_empty() {
        Ok(Request { commands, key })
    } else {
        Err(refused)
    }
}

fn item_of_many(
    item: Json<'_>,
    length: usize,
    org: &OrgId,
    authority: &Authority,
) -> Result<Command, Refusal> {
    let Json::Object(members) = item else {
        let what = "This element of the array is not an object; each is one command.";
        return Err(Refusal::whole(RefusalCode::BadJson, what));
    };
    if members.iter().any(|(name, _)| name == "command_id") {
        return Err(Refusal::of_field(
            RefusalCode::BadField,
            "command_id",
            "The commands of an array have no \"command_id\" of their own: they are recorded \
             together. Give the whole request an Idempotency-Key.",
        ));
    }
    one(members, length, org, authority)
}

fn one<'a>(
    mut members: Members<'a>,
    length: usize,
    org: &'a OrgId,
    authority: &Authority,
) -> Result<Command, Refusal> {
    let kind = kind_of(&members)?;
    authority.check(kind)?;
    if length > LINE_BYTES_MAX {
        return Err(too_large(length));
    }
    if !members.iter().any(|(name, _)| name == "org") {
        let named = (
            Cow::Borrowed("org"),
            Json::Text(Cow::Borrowed(org.as_str())),
        );
        // Where the table of commands has it, so that taking it moves nothing.
        members.insert(members.len().min(1), named);
    }
    let command = Command::from_members(members, ActorField::Refused)?;
    if command.org != *org {
        return Err(Refusal::of_field(
            RefusalCode::BadField,
            "org",
            format!(
                "The command is about {}, and was sent to {org}; send it to its own organisation.",
                command.org
            ),
        ));
    }
    Ok(command)
}

/// A single command with the key that came beside it.
fn with_key<'a>(
    mut members: Members<'a>,
    command_id: Option<&CommandId>,
) -> Result<Members<'a>, Refusal> {
    let Some(command_id) = command_id else {
        return Ok(members);
    };
    match members.iter().find(|(name, _)| name == "command_id") {
        None => members.push((
            Cow::Borrowed("command_id"),
            Json::Text(Cow::Owned(command_id.as_str().to_owned())),
        )),
        Some((_, Json::Text(own))) if *own == command_id.as_str() => {}
        Some(_) => {
            return Err(Refusal::of_field(
                RefusalCode::BadField,
                "command_id",
                "The \"command_id\" is not the Idempotency-Key of the request; give one of them, or \
                 the same in both.",
            ));
        }
    }
    Ok(members)
}

fn content_of_all(items: &[(usize, Json<'_>)]) -> Sha256Hex {
    let mut canonical = Vec::with_capacity(512 * items.len());
    canonical.push(b'[');
    for (_, item) in items {
        json::write_canonical(item, &mut canonical);
        canonical.push(b',');
    }
    canonical.push(b']');
    Sha256Hex::of(&canonical)
}

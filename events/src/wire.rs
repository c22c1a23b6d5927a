//! How an event is written down: one line of UTF-8 JSON, written once.
//!
//! Those exact bytes are stored, hashed, exported and shown; nothing writes an event anew. Keys
//! stand in one fixed order: what every event carries, then its own fields in the order of the
//! command table, then `note` and `evidence`. Amounts have two decimals.
//!
//! The form of a pair of type and schema version never changes once released: the bytes in
//! `events/golden` hold it. A change is a new version, with its reader beside the old one. An
//! unknown type or version stops the reader; nothing is skipped.

mod v1;
mod writer;

use crate::event::Event;
use crate::fact::FactKind;

/// The schema version that events are written in.
pub const SCHEMA_VERSION: u32 = 1;

/// Why a line is not an event that this version can read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// It does not start as every event does.
    #[error("the line is not an event")]
    NotAnEvent,
    /// It was written in a schema this version does not know.
    #[error(
        "the event has schema {found}; this version reads up to {SCHEMA_VERSION}. Use the newer netgain that wrote it"
    )]
    UnknownSchema {
        /// The schema it has.
        found: u32,
    },
    /// It has a type this version does not know.
    #[error("the event has the unknown type {found:?}; use the newer netgain that wrote it")]
    UnknownType {
        /// The type it has.
        found: String,
    },
    /// Its fields are not those of its type and version.
    #[error("the event's fields are not those of its type")]
    Fields(#[source] serde_json::Error),
    /// It was not written in the one form an event has.
    #[error("the event is not written in its one form")]
    NotCanonical,
}

/// Appends the event's line, without a line feed.
pub fn encode(event: &Event, out: &mut Vec<u8>) {
    writer::write(event, out);
}

/// Reads an event's line, its line feed left out.
pub fn decode(line: &[u8]) -> Result<Event, DecodeError> {
    let (schema, kind) = peek(line)?;
    match schema {
        1 => v1::decode(kind, line).map_err(DecodeError::Fields),
        found => Err(DecodeError::UnknownSchema { found }),
    }
}

/// Reads an event's line and holds it to the one form it can have been written in.
pub fn decode_canonical(line: &[u8], scratch: &mut Vec<u8>) -> Result<Event, DecodeError> {
    let event = decode(line)?;
    scratch.clear();
    encode(&event, scratch);
    if scratch == line {
        Ok(event)
    } else {
        Err(DecodeError::NotCanonical)
    }
}

/// The schema and the type, which stand first so that they can be read before anything else is.
fn peek(line: &[u8]) -> Result<(u32, FactKind), DecodeError> {
    let after_schema = line
        .strip_prefix(b"{\"schema\":")
        .ok_or(DecodeError::NotAnEvent)?;
    let digits = after_schema
        .iter()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let (schema, rest) = after_schema.split_at(digits);
    let schema = crate::digits::read(schema).ok_or(DecodeError::NotAnEvent)?;
    if schema != SCHEMA_VERSION {
        return Err(DecodeError::UnknownSchema { found: schema });
    }
    let name = rest
        .strip_prefix(b",\"type\":\"")
        .ok_or(DecodeError::NotAnEvent)?;
    let end = name
        .iter()
        .position(|&b| b == b'"')
        .ok_or(DecodeError::NotAnEvent)?;
    let name = name
        .get(..end)
        .and_then(|name| std::str::from_utf8(name).ok());
    let name = name.ok_or(DecodeError::NotAnEvent)?;
    let unknown = || DecodeError::UnknownType {
        found: name.chars().take(64).collect(),
    };
    FactKind::of_event(name)
        .map(|kind| (schema, kind))
        .ok_or_else(unknown)
}

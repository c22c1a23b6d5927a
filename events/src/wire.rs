//! How an event is written down: one line of UTF-8 JSON, written once.
//!
//! Those exact bytes are stored, hashed, exported and shown; nothing writes an event anew. Keys
//! stand in one fixed order: what every event carries, then its own fields in the order of the
//! command table, then `note` and `evidence`. Amounts have two decimals.
//!
//! The form of a pair of type and schema version never changes once released: the bytes in
//! `events/golden` hold it. A change is a new version, with its reader beside the old one. An
//! unknown type or version stops the reader; nothing is skipped.

mod envelope;
mod object;
mod v1;
mod value;
mod writer;

use crate::event::Event;
use crate::fact::FactKind;

/// The schema version that events are written in.
pub const SCHEMA_VERSION: u32 = 1;

/// The versions of one type of event that this program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The newest one that [`decode`] reads; it reads every older one too.
    pub read: u32,
    /// The one that [`encode`] writes: no newer than what it reads, and older for as long as there may be
    /// programs that read no newer one (ADR 0028).
    pub written: u32,
}

/// Which versions this program knows, of every type of event. So far each has one.
pub fn versions() -> impl Iterator<Item = (FactKind, Versions)> {
    let only = Versions {
        read: SCHEMA_VERSION,
        written: SCHEMA_VERSION,
    };
    FactKind::ALL.iter().map(move |kind| (*kind, only))
}

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
    /// Its fields are not those of its type and version, in their order and their one form.
    #[error("the event is not written as its type is, from {at:?} on")]
    Fields {
        /// What stands where it should go on.
        at: String,
    },
}

/// Appends the event's line, without a line feed.
pub fn encode(event: &Event, out: &mut Vec<u8>) {
    writer::write(event, out);
}

/// Reads an event's line, its line feed left out, in the one form it can have been written in: what
/// this takes, [`encode`] writes again to the byte.
pub fn decode(line: &[u8]) -> Result<Event, DecodeError> {
    Decoder::default().decode(line)
}

/// Reads the lines of one history after another, quicker than each by itself.
#[derive(Debug, Default)]
pub struct Decoder {
    last: Option<envelope::Whose>,
}

impl Decoder {
    /// Reads the next line, as [`decode`] does.
    ///
    /// # Errors
    /// It is not an event that this version can read.
    pub fn decode(&mut self, line: &[u8]) -> Result<Event, DecodeError> {
        // Checking the whole line once costs less than checking each of its strings.
        let line = std::str::from_utf8(line).map_err(|_| DecodeError::NotAnEvent)?;
        let (envelope, own) = envelope::read(line, &mut self.last)?;
        match envelope.schema {
            1 => v1::decode(envelope, own),
            found => Err(DecodeError::UnknownSchema { found }),
        }
    }
}

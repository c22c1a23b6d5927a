//! What every event carries, read off the places it always stands in. Half of a line is this, and its
//! values are of forms that JSON never escapes, so that it takes no JSON reader.

use std::str::FromStr;

use crate::fact::FactKind;
use crate::identifier::{Actor, LedgerId, OrgId, Position};
use crate::recorded_at::RecordedAt;
use crate::vocabulary::Auth;
use crate::wire::{DecodeError, SCHEMA_VERSION};

/// What every event carries.
pub(super) struct Envelope {
    pub(super) schema: u32,
    pub(super) kind: FactKind,
    pub(super) ledger: LedgerId,
    pub(super) org: OrgId,
    pub(super) position: Position,
    pub(super) recorded_at: RecordedAt,
    pub(super) actor: Actor,
    pub(super) auth: Auth,
}

/// Reads the envelope; gives what follows it, from the comma or the closing brace on.
pub(super) fn read(line: &str) -> Result<(Envelope, &str), DecodeError> {
    let mut rest = Rest(line);
    let schema = rest.digits("{\"schema\":")?;
    let schema = u32::try_from(schema).map_err(|_| DecodeError::NotAnEvent)?;
    if schema != SCHEMA_VERSION {
        return Err(DecodeError::UnknownSchema { found: schema });
    }
    let name = rest.text(",\"type\":\"")?;
    let unknown = || DecodeError::UnknownType {
        found: name.chars().take(64).collect(),
    };
    let kind = FactKind::of_event(name).ok_or_else(unknown)?;
    let envelope = Envelope {
        schema,
        kind,
        ledger: rest.value(",\"ledger\":\"")?,
        org: rest.value(",\"org\":\"")?,
        position: Position::new(rest.digits(",\"position\":")?),
        recorded_at: rest.value(",\"recorded_at\":\"")?,
        actor: rest.value(",\"actor\":\"")?,
        auth: rest.value(",\"auth\":\"")?,
    };
    Ok((envelope, rest.0))
}

/// What of the line has not been read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn after(&mut self, label: &str) -> Result<&'a str, DecodeError> {
        self.0.strip_prefix(label).ok_or(DecodeError::NotAnEvent)
    }

    /// The text up to its closing quotation mark.
    fn text(&mut self, label: &str) -> Result<&'a str, DecodeError> {
        let (text, rest) = self
            .after(label)?
            .split_once('"')
            .ok_or(DecodeError::NotAnEvent)?;
        self.0 = rest;
        Ok(text)
    }

    fn value<T: FromStr>(&mut self, label: &str) -> Result<T, DecodeError> {
        self.text(label)?
            .parse()
            .map_err(|_| DecodeError::NotAnEvent)
    }

    /// A whole number as JSON writes it: no sign, no zeros in front.
    fn digits(&mut self, label: &str) -> Result<u64, DecodeError> {
        let from = self.after(label)?;
        let length = from.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = from
            .split_at_checked(length)
            .ok_or(DecodeError::NotAnEvent)?;
        self.0 = rest;
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(DecodeError::NotAnEvent);
        }
        digits.parse().map_err(|_| DecodeError::NotAnEvent)
    }
}

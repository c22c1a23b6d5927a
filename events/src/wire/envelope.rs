//! What every event carries, read off the places it always stands in. Half of a line is this, and its
//! values are of forms that JSON never escapes, so that it takes no JSON reader.

use std::str::FromStr;

use crate::fact::FactKind;
use crate::identifier::{Actor, LedgerId, OrgId, Position};
use crate::plain_text;
use crate::recorded_at::RecordedAt;
use crate::vocabulary::Auth;
use crate::wire::value::Unread;
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

/// Whose the last event read was. The next one is mostly of the same ledger and organisation, and
/// then this part of its line is the same text, which is compared quicker than it is read.
#[derive(Debug)]
pub(super) struct Whose {
    /// From the comma before `ledger` to the closing quotation mark of `org`.
    text: String,
    ledger: LedgerId,
    org: OrgId,
}

/// Reads the envelope; gives what follows it, from the comma or the closing brace on.
pub(super) fn read<'a>(
    line: &'a str,
    last: &mut Option<Whose>,
) -> Result<(Envelope, &'a str), DecodeError> {
    let mut rest = Rest(line);
    let schema = rest.number("{\"schema\":")?;
    let schema = u32::try_from(schema).map_err(|_| DecodeError::NotAnEvent)?;
    if schema != SCHEMA_VERSION {
        return Err(DecodeError::UnknownSchema { found: schema });
    }
    let name = rest.text(",\"type\":\"")?;
    let unknown = || DecodeError::UnknownType {
        found: name.chars().take(64).collect(),
    };
    let kind = FactKind::of_event(name).ok_or_else(unknown)?;
    let (ledger, org) = rest.whose(last)?;
    let envelope = Envelope {
        schema,
        kind,
        ledger,
        org,
        position: Position::new(rest.number(",\"position\":")?),
        recorded_at: rest.value(",\"recorded_at\":\"")?,
        actor: rest.value(",\"actor\":\"")?,
        auth: rest.value(",\"auth\":\"")?,
    };
    Ok((envelope, rest.0))
}

/// What of the line has not been read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    #[inline]
    fn after(&mut self, label: &'static str) -> Result<&'a str, DecodeError> {
        self.0.strip_prefix(label).ok_or(DecodeError::NotAnEvent)
    }

    /// The text up to its closing quotation mark.
    #[inline]
    fn text(&mut self, label: &'static str) -> Result<&'a str, DecodeError> {
        let from = self.after(label)?;
        let end = plain_text::end(from.as_bytes()).ok_or(DecodeError::NotAnEvent)?;
        let (text, rest) = from.split_at_checked(end).ok_or(DecodeError::NotAnEvent)?;
        self.0 = rest.strip_prefix('"').ok_or(DecodeError::NotAnEvent)?;
        Ok(text)
    }

    #[inline]
    fn value<T: FromStr>(&mut self, label: &'static str) -> Result<T, DecodeError> {
        self.text(label)?
            .parse()
            .map_err(|_| DecodeError::NotAnEvent)
    }

    #[inline]
    fn number(&mut self, label: &'static str) -> Result<u64, DecodeError> {
        let mut unread = Unread(self.after(label)?);
        let number = unread.number().ok_or(DecodeError::NotAnEvent)?;
        self.0 = unread.0;
        Ok(number)
    }

    fn whose(&mut self, last: &mut Option<Whose>) -> Result<(LedgerId, OrgId), DecodeError> {
        if let Some(last) = last
            && let Some(rest) = self.0.strip_prefix(last.text.as_str())
        {
            self.0 = rest;
            return Ok((last.ledger, last.org.clone()));
        }
        let from = self.0;
        let ledger = self.value(",\"ledger\":\"")?;
        let org: OrgId = self.value(",\"org\":\"")?;
        let length = from.len() - self.0.len();
        *last = Some(Whose {
            text: from.get(..length).unwrap_or_default().to_owned(),
            ledger,
            org: org.clone(),
        });
        Ok((ledger, org))
    }
}

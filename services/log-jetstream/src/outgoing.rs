//! A message on its way.

use std::sync::Arc;

use async_nats::Subject;
use bytes::Bytes;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::log::{Lineage, LogFault};

use crate::desk::{Gathered, Tip};
use crate::message::{self, Described};
use crate::publish::Sending;
use crate::subject;

/// Commits of one organisation as the message that they are sent as, however often.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) org: OrgId,
    pub(crate) subject: Subject,
    pub(crate) shard: u32,
    pub(crate) first: Position,
    events: u32,
    lines: Bytes,
    /// What it is told by: no other message has it.
    pub(crate) id: String,
    /// The appends' numbers, ascending.
    pub(crate) numbers: Vec<u64>,
    /// Nothing where the writer did not say what it builds on.
    pub(crate) lineage: Option<Arc<Lineage>>,
}

impl Outgoing {
    /// A message of the writer whose messages' ids begin so.
    pub(crate) fn new(writer: &str, shard: u32, org: OrgId, gathered: Gathered) -> Self {
        let Gathered {
            first,
            events,
            lines,
            numbers,
            lineage,
        } = gathered;
        Self {
            subject: subject::of(shard, &org).into(),
            id: format!("{writer}-{}", numbers.first().unwrap_or(&0)),
            lines: lines.into(),
            org,
            shard,
            first,
            events,
            numbers,
            lineage,
        }
    }

    /// How many bytes its lines have.
    pub(crate) const fn bytes(&self) -> usize {
        self.lines.len()
    }

    /// It, to be sent on condition that the message before it is the organisation's last one.
    pub(crate) fn sending(&self, previous: u64) -> Sending {
        let described = Described {
            first: self.first,
            events: self.events,
            previous,
        };
        Sending {
            subject: self.subject.clone(),
            headers: message::headers(&self.org, described, &self.lines, &self.id),
            payload: self.lines.clone(),
        }
    }

    /// Where the history ends once it is stored.
    pub(crate) fn stored(&self, sequence: u64) -> Tip {
        let next = Position::new(self.first.get().saturating_add(self.events.into()));
        Tip { sequence, next }
    }

    /// Why it could not be written.
    pub(crate) fn fault(
        &self,
        why: &str,
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    ) -> LogFault {
        let (subject, first) = (&self.subject, self.first);
        LogFault {
            what: format!(
                "the commit of {subject} at position {first} could not be written: {why}"
            ),
            source,
        }
    }
}

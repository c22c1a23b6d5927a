//! The log of record, in files of this machine or on servers that keep it: every call works on either.

use std::sync::Arc;

use netgain_events::fact::FactKind;
use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::log::{
    Commit, Cursor, Durability, End, Follower, Lineage, Log, LogFault, LogRead, ReadError, Sharing,
    Ticket,
};
use netgain_log_file::{Burst, FileLog, WriterLock};
use netgain_log_jetstream::{HomeError, JetStreamLog};
use serde_json::{Value, json};
use tokio::sync::watch;

/// A log of record, open for writing.
#[derive(Debug)]
pub(crate) enum LogOfRecord {
    /// Segment files; this process is the only one that writes them.
    Files(FileLog),
    /// Streams on servers, which others may write too, but nobody else with this node's own directory.
    Servers(JetStreamLog, WriterLock),
}

/// A log of record, open for reading.
#[derive(Debug)]
pub(crate) enum ReaderOfRecord {
    /// Segment files.
    Files(netgain_log_file::Reader),
    /// Streams on servers.
    Servers(netgain_log_jetstream::Reader),
}

impl LogOfRecord {
    /// Finishes what was begun, while others still read it.
    pub(crate) fn finish(&self) -> Result<(), Arc<LogFault>> {
        match self {
            // These are held to what was sealed before they are served: closing finds nobody reading.
            Self::Files(_) => Ok(()),
            Self::Servers(log, _) => log.finish(),
        }
    }

    /// Finishes what was begun and closes it.
    pub(crate) fn close(self) -> Result<(), Arc<LogFault>> {
        match self {
            Self::Files(log) => log.close(),
            Self::Servers(log, _lock) => log.close(),
        }
    }

    /// Says that many commits are about to be appended, where that spares syncs.
    pub(crate) fn burst(&self) -> Option<Burst<'_>> {
        match self {
            Self::Files(log) => Some(log.burst()),
            Self::Servers(..) => None,
        }
    }

    /// Says that one of the threads that append has nothing else to do, where that spares syncs.
    pub(crate) fn rest(&self) {
        if let Self::Files(log) = self {
            log.rest();
        }
    }

    /// Says that it has something to do again.
    pub(crate) fn resume(&self) {
        if let Self::Files(log) = self {
            log.resume();
        }
    }

    /// Says to whoever else serves it that this process does, and may not where it could not read what they write.
    /// One in files nobody else serves.
    pub(crate) fn announce(&self, node: &str) -> Result<(), HomeError> {
        match self {
            Self::Files(_) => Ok(()),
            Self::Servers(log, _) => log.announce(node),
        }
    }

    /// What it has written since it was opened.
    pub(crate) fn stats(&self) -> Value {
        match self {
            Self::Files(log) => {
                let stats = log.stats();
                json!({
                    "groups": stats.groups,
                    "syncs": stats.syncs,
                    "commits": stats.records,
                    "bytes": stats.bytes,
                })
            }
            Self::Servers(log, _) => {
                let stats = log.stats();
                json!({
                    "messages": stats.messages,
                    "batches": stats.batches,
                    "commits": stats.appends,
                    "resent": stats.resent,
                    "displacements": stats.displacements,
                })
            }
        }
    }

    fn log(&self) -> &dyn Log {
        match self {
            Self::Files(log) => log,
            Self::Servers(log, _) => log,
        }
    }
}

impl LogRead for LogOfRecord {
    fn ledger(&self) -> &LedgerId {
        self.log().ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        self.log().read(from, only, visit)
    }
}

impl Log for LogOfRecord {
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        self.log().append(commit)
    }

    fn append_in(
        &self,
        commit: Commit<'_>,
        lineage: &Arc<Lineage>,
    ) -> Result<Ticket, Arc<LogFault>> {
        self.log().append_in(commit, lineage)
    }

    fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        self.log().durability(lane)
    }

    fn is_durable(&self, ticket: Ticket) -> bool {
        self.log().is_durable(ticket)
    }

    fn everything(&self) -> Ticket {
        self.log().everything()
    }

    fn durable_end(&self) -> Cursor {
        self.log().durable_end()
    }

    fn is_shared(&self) -> bool {
        self.log().is_shared()
    }

    fn follow(&self, from: &Cursor, visit: &mut Follower<'_>) -> Result<(), ReadError> {
        self.log().follow(from, visit)
    }

    fn behind(&self, place: &Cursor) -> Result<u64, ReadError> {
        self.log().behind(place)
    }

    fn sharing(&self) -> Sharing {
        self.log().sharing()
    }

    fn has_room(&self) -> bool {
        self.log().has_room()
    }

    fn unread(&self, kind: FactKind) -> Option<Arc<str>> {
        self.log().unread(kind)
    }
}

impl LogRead for ReaderOfRecord {
    fn ledger(&self) -> &LedgerId {
        match self {
            Self::Files(reader) => reader.ledger(),
            Self::Servers(reader) => reader.ledger(),
        }
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        match self {
            Self::Files(reader) => reader.read(from, only, visit),
            Self::Servers(reader) => reader.read(from, only, visit),
        }
    }
}

//! An organisation's history at a service, read as a log is: whatever computes from a log computes from
//! this, so a figure is the client's own work over the bytes it was given (docs/adr/0019).

use std::io::Read;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::history::lines;
use netgain_ledger::log::{Commit, Cursor, End, LogRead, ReadError};
use serde::Deserialize;
use ureq::http::header;

use super::failed::Failed;
use super::server::Server;
use crate::progress::Progress;

/// How much is held at once: several of the longest lines there are.
const BUFFER_BYTES: usize = 128 * 1024;

/// Stored lines as they are.
const NDJSON: &str = "application/x-ndjson";

/// The most events of a page.
const PAGE_EVENTS: u64 = 1_000;

/// One organisation's history, as far as it went when it was opened: what is recorded meanwhile does not
/// come between two readings of one call.
#[derive(Debug)]
pub(crate) struct RemoteLog {
    server: Server,
    org: OrgId,
    ledger: LedgerId,
    last: Position,
}

/// What an organisation's document says of its history.
#[derive(Deserialize)]
struct Reached {
    position: Position,
}

/// What every event line says of its place.
#[derive(Deserialize)]
struct Place {
    ledger: LedgerId,
    org: OrgId,
    position: Position,
}

/// Why what came is not the history that was asked for.
#[derive(Debug, thiserror::Error)]
enum NotWhole {
    /// It ended too early.
    #[error(
        "the answer ended after position {reached}, but the history goes on to {last}; ask again"
    )]
    CutShort {
        /// The last position that came.
        reached: Position,
        /// The last there is.
        last: Position,
    },
    /// A line that is not the next one.
    #[error("after position {after} came something else than the next event of {org}: {why}")]
    NotNext {
        /// The last position that came.
        after: Position,
        /// Whose history.
        org: OrgId,
        /// What came, in words.
        why: String,
    },
    /// Asking or reading failed.
    #[error(transparent)]
    Failed(#[from] Failed),
}

impl RemoteLog {
    /// Asks how far an organisation's history goes.
    ///
    /// # Errors
    /// There is no such organisation, it may not be read, or the service cannot be asked.
    pub(crate) fn open(server: &Server, org: &OrgId) -> Result<Self, Failed> {
        let last = if org.is_system() {
            count_system(server)?
        } else {
            let reached: Reached = server.get(&format!("/api/v1/organisations/{org}"))?;
            reached.position
        };
        let first: Vec<Place> = server.get(&format!("{}?limit=1", events_path(org)))?;
        let Some(Place { ledger, .. }) = first.into_iter().next() else {
            return Err(server.strange(format!("that {org} has no event")));
        };
        Ok(Self {
            server: server.clone(),
            org: org.clone(),
            ledger,
            last,
        })
    }

    /// The service that has it.
    pub(crate) const fn server(&self) -> &Server {
        &self.server
    }

    /// Shows the events after a position, up to the last.
    fn show(&self, after: Position, visit: &mut dyn FnMut(Commit<'_>)) -> Result<(), NotWhole> {
        let Some(wanted) = self
            .last
            .get()
            .checked_sub(after.get())
            .filter(|it| *it > 0)
        else {
            return Ok(());
        };
        let path = format!("{}?after={after}&limit={wanted}", events_path(&self.org));
        let answer = self.server.get_as(&path, NDJSON)?;
        let kind = answer.headers().get(header::CONTENT_TYPE);
        if kind.is_none_or(|kind| kind != NDJSON) {
            return Err(self.server.strange("a history in another form").into());
        }
        let mut body = answer
            .into_body()
            .into_with_config()
            .limit(u64::MAX)
            .reader();
        let mut come = Come {
            log: self,
            after,
            bytes: 0,
            progress: Progress::bytes("fetching the history", None),
        };
        let mut buffer = vec![0; BUFFER_BYTES];
        let mut held = 0;
        loop {
            let room = buffer.get_mut(held..).unwrap_or_default();
            if room.is_empty() {
                return Err(come.not_next("a line longer than any event"));
            }
            let length = body.read(room).map_err(|error| self.server.broken(error))?;
            if length == 0 {
                break;
            }
            held += length;
            let come_so_far = buffer.get(..held).unwrap_or_default();
            let whole = memchr::memrchr(b'\n', come_so_far).map_or(0, |at| at + 1);
            come.show(come_so_far.get(..whole).unwrap_or_default(), visit)?;
            buffer.copy_within(whole..held, 0);
            held -= whole;
        }
        if come.after == self.last && held == 0 {
            return Ok(());
        }
        Err(NotWhole::CutShort {
            reached: come.after,
            last: self.last,
        })
    }
}

/// What has come of an answer.
struct Come<'l> {
    log: &'l RemoteLog,
    after: Position,
    bytes: u64,
    progress: Progress,
}

impl Come<'_> {
    /// Holds whole lines to what is due, and shows them.
    fn show(&mut self, whole: &[u8], visit: &mut dyn FnMut(Commit<'_>)) -> Result<(), NotWhole> {
        let first = self.after.next();
        let mut events = 0;
        for line in lines(whole) {
            let place: Place =
                serde_json::from_slice(line).map_err(|error| self.not_next(&error.to_string()))?;
            if place.org != self.log.org || place.ledger != self.log.ledger {
                return Err(self.not_next("an event of another history"));
            }
            if place.position != self.after.next() || place.position > self.log.last {
                return Err(self.not_next(&format!("position {}", place.position)));
            }
            self.after = place.position;
            events += 1;
            self.bytes += u64::try_from(line.len()).unwrap_or(0);
            self.progress.at(self.bytes);
        }
        if events > 0 {
            visit(Commit {
                org: &self.log.org,
                first,
                events,
                lines: whole,
            });
        }
        Ok(())
    }

    fn not_next(&self, why: &str) -> NotWhole {
        NotWhole::NotNext {
            after: self.after,
            org: self.log.org.clone(),
            why: why.to_owned(),
        }
    }
}

/// Where a history's events are.
fn events_path(org: &OrgId) -> String {
    if org.is_system() {
        "/api/v1/system/events".to_owned()
    } else {
        format!("/api/v1/organisations/{org}/events")
    }
}

/// How far the ledger's own history goes. Nothing says so but its pages, of which the last is not full.
fn count_system(server: &Server) -> Result<Position, Failed> {
    let mut last = Position::ZERO;
    loop {
        let path = format!("/api/v1/system/events?after={last}&limit={PAGE_EVENTS}");
        let page: Vec<Place> = server.get(&path)?;
        let full = u64::try_from(page.len()).is_ok_and(|events| events >= PAGE_EVENTS);
        match page.last() {
            Some(event) if event.position > last => last = event.position,
            Some(_) => return Err(server.strange("the same page twice")),
            None => return Ok(last),
        }
        if !full {
            return Ok(last);
        }
    }
}

impl LogRead for RemoteLog {
    fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        let after = match from.as_bytes() {
            [] => Position::ZERO,
            bytes => <[u8; 8]>::try_from(bytes)
                .map(|bytes| Position::new(u64::from_be_bytes(bytes)))
                .map_err(|_| ReadError::UnknownCursor {
                    why: "it is a place in another log".into(),
                })?,
        };
        if only.is_none_or(|only| *only == self.org) {
            self.show(after, visit)
                .map_err(|error| ReadError::Unreadable {
                    place: self.server.route(&events_path(&self.org)),
                    source: Box::new(error),
                })?;
        }
        Ok(End {
            cursor: Cursor::from_bytes(&self.last.get().to_be_bytes()),
            tail: None,
        })
    }
}

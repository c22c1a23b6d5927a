//! The step `events`: each line is an event of the organisation, in its place. While the lines are
//! in hand they are hashed and folded too, for the steps after.

mod part;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use netgain_events::event::Event;
use netgain_events::fact::Fact;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::{FoldError, Organisation};
use netgain_events::vocabulary::Series;

use self::part::{LineError, Part};
use crate::archive::Archive;
use crate::bundle::log::Log;
use crate::bundle::step::Checked;
use crate::tlog::Hash;

/// The most threads that read events. Folding them is for one thread, and took two fifths of the
/// time that reading them did when it was measured: more threads would wait for it.
const THREADS_MAX: usize = 4;

/// What the lines of `events.jsonl` are.
pub(super) struct History {
    /// The statements before the last line.
    pub(super) statements: Vec<Issued>,
    /// The state before the last line.
    pub(super) before_last: Result<Organisation, FoldError>,
    /// The last line.
    pub(super) last: Option<Event>,
}

/// A statement of the history.
pub(super) struct Issued {
    pub(super) position: Position,
    pub(super) year: FinancialYear,
    pub(super) series: Series,
    pub(super) number: u32,
}

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum EventsError {
    #[error("line {position} of events.jsonl is not an event")]
    Line {
        position: Position,
        source: LineError,
    },
    #[error("event {position} belongs to the ledger {found}")]
    OtherLedger { position: Position, found: LedgerId },
    #[error("event {position} belongs to {found}")]
    OtherOrganisation { position: Position, found: OrgId },
    #[error("event {found} stands where event {position} belongs")]
    OutOfPlace { position: Position, found: Position },
    #[error("event {position} was recorded before the event in front of it")]
    BackInTime { position: Position },
    #[error("events.jsonl has more than the checkpoint's {size} events")]
    TooMany { size: u64 },
    #[error("events.jsonl has {found} events, and the checkpoint {size}")]
    TooFew { found: u64, size: u64 },
}

/// Checks the events; gives the history, and the leaf hash of each line.
pub(super) fn check(
    archive: &Archive<'_>,
    log: &Log,
) -> Checked<(History, Vec<Hash>), EventsError> {
    let mut reading = Reading::new(log);
    let lines = archive.file("events.jsonl").unwrap_or_default();
    read_in_order(&part::parts(lines), |part| reading.take(part))?;
    let (found, size) = (reading.position.get(), reading.size);
    if found < size {
        return Err(EventsError::TooFew { found, size });
    }
    let said = format!("{found} events of {}", log.org);
    Ok(((reading.history, reading.leaves), said))
}

/// Reads the parts on all cores and takes them in order on this thread, which reads too whenever
/// the part that is due is not there yet: so nothing but this thread is needed.
fn read_in_order<E>(parts: &[&[u8]], mut take: impl FnMut(Part) -> Result<(), E>) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let read_next = || {
        let at = next.fetch_add(1, Ordering::Relaxed);
        Some((at, part::read(parts.get(at)?)))
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = threads.min(THREADS_MAX).min(parts.len());
    thread::scope(|scope| {
        // In here, so that the other threads end when this one does. The bound keeps them from
        // running far ahead of the fold with events in memory.
        let (to_here, parts_read) = mpsc::sync_channel(threads);
        for _ in 1..threads {
            let to_here = to_here.clone();
            let reader =
                move || while read_next().is_some_and(|part| to_here.send(part).is_ok()) {};
            // Without another thread this one does it all.
            let _ = thread::Builder::new().spawn_scoped(scope, reader);
        }
        drop(to_here);
        let mut early = BTreeMap::new();
        for due in 0..parts.len() {
            let part = loop {
                if let Some(part) = early.remove(&due) {
                    break part;
                }
                let received = parts_read.try_recv().ok().or_else(read_next);
                let Some((at, part)) = received.or_else(|| parts_read.recv().ok()) else {
                    // Another thread is panicking, and with the scope this one will.
                    return Ok(());
                };
                early.insert(at, part);
            };
            take(part)?;
        }
        Ok(())
    })
}

/// What has been read so far.
struct Reading<'l> {
    ledger: &'l LedgerId,
    org: &'l OrgId,
    size: u64,
    position: Position,
    recorded_at: RecordedAt,
    history: History,
    leaves: Vec<Hash>,
}

impl<'l> Reading<'l> {
    fn new(log: &'l Log) -> Self {
        Self {
            ledger: log.keys.ledger(),
            org: &log.org,
            size: log.signed.checkpoint().size,
            position: Position::ZERO,
            recorded_at: RecordedAt::default(),
            leaves: Vec::new(),
            history: History {
                statements: Vec::new(),
                before_last: Ok(Organisation::new(log.org.clone())),
                last: None,
            },
        }
    }

    fn take(&mut self, part: Part) -> Result<(), EventsError> {
        for event in part.events {
            self.take_event(event)?;
        }
        self.leaves.extend(part.leaves);
        match part.stopped_by {
            Some(source) => Err(EventsError::Line {
                position: self.position.next(),
                source,
            }),
            None => Ok(()),
        }
    }

    fn take_event(&mut self, event: Event) -> Result<(), EventsError> {
        let (position, size) = (self.position.next(), self.size);
        if position.get() > size {
            return Err(EventsError::TooMany { size });
        }
        if event.ledger != *self.ledger {
            let found = event.ledger;
            return Err(EventsError::OtherLedger { position, found });
        }
        if event.org != *self.org {
            let found = event.org;
            return Err(EventsError::OtherOrganisation { position, found });
        }
        if event.position != position {
            let found = event.position;
            return Err(EventsError::OutOfPlace { position, found });
        }
        if event.recorded_at < self.recorded_at {
            return Err(EventsError::BackInTime { position });
        }
        self.position = position;
        self.recorded_at = event.recorded_at;
        self.history.take(event);
        Ok(())
    }
}

impl History {
    /// Takes the next event. It is folded when the one after it comes: the figure is that of the
    /// state before the last.
    fn take(&mut self, event: Event) {
        let Some(event) = self.last.replace(event) else {
            return;
        };
        if let Fact::StatementIssued(statement) = &event.fact {
            self.statements.push(Issued {
                position: event.position,
                year: statement.year,
                series: statement.series,
                number: statement.number,
            });
        }
        // A history that does not fold has no figure; the step `figure` says so.
        if let Ok(state) = &mut self.before_last
            && let Err(error) = state.apply(event)
        {
            self.before_last = Err(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bundle::sample::History as Sample;

    /// The lines of the sample, over and over.
    fn lines() -> Vec<Vec<u8>> {
        let sample = Sample::example().lines.into_iter();
        let lines = sample.map(|line| [line, b"\n".to_vec()].concat());
        lines.collect()
    }

    #[test]
    fn parts_read_by_several_threads_are_taken_in_order() {
        let lines = lines();
        let parts: Vec<&[u8]> = (0..5_000).map(|at| lines[at % 8].as_slice()).collect();
        let mut taken = Vec::new();
        let all: Result<(), ()> = read_in_order(&parts, |part| {
            taken.extend(part.events.iter().map(|event| event.position.get()));
            Ok(())
        });
        assert_eq!(all, Ok(()));
        let expected: Vec<u64> = (0..5_000).map(|at| at % 8 + 1).collect();
        assert_eq!(taken, expected);
    }

    #[test]
    fn reading_ends_with_the_first_part_that_is_not_taken() {
        let lines = lines();
        let parts: Vec<&[u8]> = (0..5_000).map(|at| lines[at % 8].as_slice()).collect();
        let mut taken = 0;
        let stopped = read_in_order(&parts, |_| {
            taken += 1;
            if taken == 100 { Err("enough") } else { Ok(()) }
        });
        assert_eq!((stopped, taken), (Err("enough"), 100));
    }
}

//! A part of a history, however long the history is: never more of it in memory than a page shows.

use std::collections::VecDeque;

use netgain_events::event::Event;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::wire;
use netgain_ledger::history::{HistoryError, lines};
use netgain_ledger::log::{Cursor, LogRead};

/// How many events a page shows.
pub(super) const PAGE_EVENTS: u64 = 50;

/// How many events are looked through for one page where not all are wanted: some hundredths of a second.
/// Whoever wants more goes on from there.
pub(super) const LOOKED_AT_MAX: u64 = 5_000;

/// From where on a page reads, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Back from the newest.
    Newest,
    /// Back from the event before that position.
    Before(Position),
    /// On from the event after that position.
    After(Position),
}

/// What a page shows.
#[derive(Clone, Debug)]
pub(super) struct Window {
    /// Its events, the oldest first.
    pub(super) events: Vec<Event>,
    /// The first and the last position that were looked at.
    pub(super) looked_at: (Position, Position),
}

/// Reads at most [`PAGE_EVENTS`] events that `takes` takes, of those up to `last`. At most `reach` are looked
/// at.
pub(super) fn window(
    log: &dyn LogRead,
    org: &OrgId,
    last: Position,
    start: Start,
    reach: u64,
    takes: &mut dyn FnMut(&[u8], &Event) -> bool,
) -> Result<Window, HistoryError> {
    let last = last.get();
    let (from, to) = match start {
        Start::Newest => back_from(last, reach),
        Start::Before(before) => back_from(last.min(before.get().saturating_sub(1)), reach),
        Start::After(after) => {
            let after = after.get().min(last);
            (
                after.saturating_add(1),
                last.min(after.saturating_add(reach)),
            )
        }
    };
    let mut reading = Reading {
        events: VecDeque::new(),
        keeps_first: matches!(start, Start::After(_)),
        looked_at: (from, to),
        failed: None,
    };
    log.read(&Cursor::default(), Some(org), &mut |commit| {
        let first = commit.first.get();
        let after = first.saturating_add(u64::from(commit.events));
        if after <= from || first > to {
            return;
        }
        for (position, line) in (first..).zip(lines(commit.lines)) {
            if (from..=to).contains(&position) {
                reading.look(org, Position::new(position), line, takes);
            }
        }
    })?;
    match reading.failed {
        Some(error) => Err(error),
        None => Ok(Window {
            events: reading.events.into(),
            looked_at: (
                Position::new(reading.looked_at.0),
                Position::new(reading.looked_at.1),
            ),
        }),
    }
}

fn back_from(to: u64, reach: u64) -> (u64, u64) {
    (to.saturating_sub(reach).saturating_add(1), to)
}

struct Reading {
    events: VecDeque<Event>,
    /// Of more than a page holds the first are kept, and not the last.
    keeps_first: bool,
    looked_at: (u64, u64),
    failed: Option<HistoryError>,
}

impl Reading {
    fn look(
        &mut self,
        org: &OrgId,
        position: Position,
        line: &[u8],
        takes: &mut dyn FnMut(&[u8], &Event) -> bool,
    ) {
        let full = u64::try_from(self.events.len()).unwrap_or(u64::MAX) >= PAGE_EVENTS;
        if self.failed.is_some() || (full && self.keeps_first) {
            return;
        }
        let event = match wire::decode(line) {
            Ok(event) => event,
            Err(source) => {
                self.failed = Some(HistoryError::Decode {
                    org: org.clone(),
                    after: Position::new(position.get().saturating_sub(1)),
                    source,
                });
                return;
            }
        };
        if !takes(line, &event) {
            return;
        }
        self.events.push_back(event);
        if full {
            self.events.pop_front();
        }
        // What lies on the far side of a full page is left for the next one.
        if let (Some(first), Some(last)) = (self.events.front(), self.events.back()) {
            if full {
                self.looked_at.0 = first.position.get();
            }
            if self.keeps_first && u64::try_from(self.events.len()) == Ok(PAGE_EVENTS) {
                self.looked_at.1 = last.position.get();
            }
        }
    }
}

impl Window {
    /// Where older events come before, if there are any.
    pub(super) fn older_before(&self) -> Option<Position> {
        let (from, to) = self.looked_at;
        let first = if from <= to { from } else { to.next() };
        (first > Position::new(1)).then_some(first)
    }

    /// Where newer events follow after, if there are any up to `last`.
    pub(super) fn newer_after(&self, last: Position) -> Option<Position> {
        let (_, to) = self.looked_at;
        (to < last).then_some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netgain_ledger::log::{Commit, Log};
    use netgain_ledger::memory::{MemoryLog, Syncing};

    fn org() -> OrgId {
        "X99000001".parse().unwrap()
    }

    /// A history of so many events in commits of seven; every tenth is by `ann`.
    fn log(events: u64) -> MemoryLog {
        let log = MemoryLog::new(
            "00112233445566778899aabbccddeeff".parse().unwrap(),
            Syncing::AtOnce,
        );
        let all: Vec<u64> = (1..=events).collect();
        for some in all.chunks(7) {
            let lines = some.iter().map(|position| {
                let actor = if position % 10 == 0 { "ann" } else { "bob" };
                format!(
                    "{{\"schema\":1,\"type\":\"carry-forward-validated\",\"ledger\":\
                     \"00112233445566778899aabbccddeeff\",\"org\":\"X99000001\",\"position\":{position},\
                     \"recorded_at\":\"2010-04-07T00:00:00.000Z\",\"actor\":\"{actor}\",\"auth\":\"local\"}}\n"
                )
            });
            let lines = lines.collect::<Vec<String>>().concat();
            log.append(Commit {
                org: &org(),
                first: Position::new(some[0]),
                events: u32::try_from(some.len()).unwrap(),
                lines: lines.as_bytes(),
            })
            .unwrap();
        }
        log
    }

    fn all(log: &MemoryLog, last: u64, start: Start) -> (Vec<u64>, Option<u64>, Option<u64>) {
        look(log, last, start, PAGE_EVENTS, &mut |_, _| true)
    }

    fn look(
        log: &MemoryLog,
        last: u64,
        start: Start,
        reach: u64,
        takes: &mut dyn FnMut(&[u8], &Event) -> bool,
    ) -> (Vec<u64>, Option<u64>, Option<u64>) {
        let last = Position::new(last);
        let found = window(log, &org(), last, start, reach, takes).unwrap();
        let positions = found.events.iter().map(|event| event.position.get());
        (
            positions.collect(),
            found.older_before().map(Position::get),
            found.newer_after(last).map(Position::get),
        )
    }

    #[test]
    fn going_back_and_on_again_shows_every_event_once() {
        let log = log(123);
        let newest = all(&log, 123, Start::Newest);
        assert_eq!(newest, ((74..=123).collect(), Some(74), None));
        let second = all(&log, 123, Start::Before(Position::new(74)));
        assert_eq!(second, ((24..=73).collect(), Some(24), Some(73)));
        let oldest = all(&log, 123, Start::Before(Position::new(24)));
        assert_eq!(oldest, ((1..=23).collect(), None, Some(23)));
        let again = all(&log, 123, Start::After(Position::new(23)));
        assert_eq!(again, second);
        // What was recorded later than it is looked at is not there.
        assert_eq!(
            all(&log, 30, Start::Newest),
            ((1..=30).collect(), None, None)
        );
        assert_eq!(
            all(&log, 30, Start::After(Position::new(30))),
            (vec![], Some(31), None)
        );
        assert_eq!(all(&log, 0, Start::Newest), (vec![], None, None));
    }

    #[test]
    fn a_filter_looks_at_so_many_events_and_says_where_to_go_on() {
        let log = log(1_000);
        let by_ann = &mut |_: &[u8], event: &Event| event.actor.as_str() == "ann";
        let (found, older, newer) = look(&log, 1_000, Start::Newest, 100, by_ann);
        assert_eq!(found, (91..=100).map(|ten| ten * 10).collect::<Vec<u64>>());
        assert_eq!((older, newer), (Some(901), None));
        // All hundred of them are within reach, and a page holds fifty.
        let (found, older, _) = look(&log, 1_000, Start::Newest, 1_000, by_ann);
        assert_eq!((found.len(), found[0], older), (50, 510, Some(510)));
        let (found, older, newer) =
            look(&log, 1_000, Start::After(Position::new(5)), 1_000, by_ann);
        assert_eq!((found.len(), found[0], found[49]), (50, 10, 500));
        assert_eq!((older, newer), (Some(6), Some(500)));
        // Exactly a page of them, and nothing is lost behind it.
        let (found, older, _) = look(&log, 500, Start::Newest, 1_000, by_ann);
        assert_eq!((found.len(), older), (50, None));
    }

    #[test]
    fn a_line_that_is_no_event_is_never_passed_over() {
        let log = log(3);
        log.append(Commit {
            org: &org(),
            first: Position::new(4),
            events: 1,
            lines: b"{}\n",
        })
        .unwrap();
        let read = |last| {
            let takes = &mut |_: &[u8], _: &Event| true;
            window(&log, &org(), Position::new(last), Start::Newest, 50, takes)
        };
        assert!(matches!(read(4), Err(HistoryError::Decode { .. })));
        assert!(read(3).is_ok());
    }
}

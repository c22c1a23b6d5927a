//! The newest events that a table shows, however long the history is.

use std::collections::VecDeque;

use netgain_events::event::Event;
use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::history::{HistoryError, read_events};
use netgain_ledger::log::{Cursor, LogRead};

/// The newest events up to a position that are wanted, at most `most` of them, the oldest first.
pub(in crate::pages) fn newest(
    log: &dyn LogRead,
    org: &OrgId,
    through: Position,
    most: usize,
    wanted: &dyn Fn(&Event) -> bool,
) -> Result<Vec<Event>, HistoryError> {
    let mut events = VecDeque::new();
    read_events(log, &Cursor::default(), org, &mut |_, event| {
        if event.position <= through && wanted(&event) {
            events.push_back(event);
            if events.len() > most {
                events.pop_front();
            }
        }
    })?;
    Ok(events.into())
}

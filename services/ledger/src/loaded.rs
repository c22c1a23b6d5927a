//! What a ledger begins with: the states that opening had to fold, and the organisations whose states
//! can wait until somebody asks for them.

use std::collections::BTreeMap;

use netgain_events::identifier::{OrgId, Position};
use netgain_events::state::Organisation;

use crate::fold_all::{Folded, fold_all};
use crate::history::HistoryError;
use crate::log::{Cursor, LogRead};
use crate::views::{Extent, Views};

/// A log's organisations, ready to be written on.
pub struct Loaded {
    pub(crate) views: Option<Box<dyn Views>>,
    /// The states that were folded: all of them where no views could be used, else none.
    pub(crate) folded: Vec<Organisation>,
    /// The organisations that are loaded when they are first asked for.
    pub(crate) waiting: BTreeMap<OrgId, Waiting>,
    /// The place in the log after everything that was read.
    pub(crate) end: Cursor,
}

/// How far an organisation that is not in memory goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The position that the views hold.
    pub(crate) stored: Position,
    /// The last position in the log.
    pub(crate) last: Position,
}

impl Waiting {
    /// Whether the log has anything of it.
    pub(crate) fn is_there(self) -> bool {
        self.last > Position::ZERO
    }

    /// How many events the views lack.
    pub(crate) fn lacking(self) -> u64 {
        self.last.get().saturating_sub(self.stored.get())
    }
}

impl Loaded {
    /// Reads what the views lack, only to see whose it is; without views that can be used, folds
    /// everything. `progress` hears how many bytes of lines have been folded.
    ///
    /// # Errors
    /// The log cannot be read, or a history in it does not fold.
    pub fn read(
        log: &dyn LogRead,
        views: Option<Box<dyn Views>>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Self, HistoryError> {
        let views = match views.map(|views| Self::of_views(log, views)) {
            Some(Ok(loaded)) => return Ok(loaded),
            Some(Err(views)) => Some(views),
            None => None,
        };
        let all = fold_all(log, &Cursor::default(), &|_| None, progress)?;
        Ok(Self::of_states(all, views))
    }

    /// Reads what the views lack, only to see whose it is.
    ///
    /// # Errors
    /// The views hold nothing, or not what the log has; here they are again, to be written anew.
    pub fn of_views(log: &dyn LogRead, views: Box<dyn Views>) -> Result<Self, Box<dyn Views>> {
        let extent = views.extent();
        if extent.cursor == Cursor::default() {
            return Err(views);
        }
        match waiting(log, &extent) {
            Some((waiting, end)) => Ok(Self {
                views: Some(views),
                folded: Vec::new(),
                waiting,
                end,
            }),
            // Whatever is wrong with the views, the log has everything.
            None => Err(views),
        }
    }

    /// The states that a whole log has been folded to, by whoever did other things while reading it.
    #[must_use]
    pub fn of_states(all: Folded, views: Option<Box<dyn Views>>) -> Self {
        Self {
            views,
            folded: all.organisations.into_values().collect(),
            waiting: BTreeMap::new(),
            end: all.end.cursor,
        }
    }
}

/// The organisations that the views hold or the log has since, and where it ended, if the views are of this log.
fn waiting(log: &dyn LogRead, extent: &Extent) -> Option<(BTreeMap<OrgId, Waiting>, Cursor)> {
    let stored = extent.positions.iter().map(|(org, &stored)| {
        let last = stored;
        (org.clone(), Waiting { stored, last })
    });
    let mut waiting: BTreeMap<OrgId, Waiting> = stored.collect();
    let read = log.read(&extent.cursor, None, &mut |commit| {
        let last = commit.last();
        match waiting.get_mut(commit.org) {
            // A state may be ahead of the views' place in the log.
            Some(known) => known.last = known.last.max(last),
            None => {
                let stored = Position::ZERO;
                waiting.insert(commit.org.clone(), Waiting { stored, last });
            }
        }
    });
    Some((waiting, read.ok()?.cursor))
}

#[cfg(test)]
mod tests {
    use netgain_events::authority::Authority;
    use netgain_events::command::{ActorField, Command};
    use netgain_events::vocabulary::Auth;

    use crate::clock::StoppedClock;
    use crate::conformance::block_on;
    use crate::ledger::{Caller, Ledger};
    use crate::memory::{MemoryLog, Syncing};
    use crate::memory_views::MemoryViews;

    use super::*;

    const CODES: [&str; 3] = ["E07000082", "E08000006", "E09000001"];

    fn org(code: &str) -> OrgId {
        code.parse().unwrap()
    }

    fn log() -> MemoryLog {
        let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
        MemoryLog::new(ledger, Syncing::AtOnce)
    }

    fn open(log: &MemoryLog, views: &MemoryViews) -> Ledger<MemoryLog> {
        let clock = Box::new(StoppedClock::default());
        let views: Box<dyn Views> = Box::new(views.clone());
        Ledger::open(log.clone(), Some(views), clock, &mut |_| {}).unwrap()
    }

    /// Records that many more events of each organisation.
    fn record(ledger: &Ledger<MemoryLog>, codes: &[&str], events: u64) {
        let caller = Caller {
            actor: "ann".parse().unwrap(),
            auth: Auth::Named,
            authority: Authority::Operator,
        };
        for code in codes {
            for _ in 0..events {
                let line = match position(ledger, code) {
                    None => format!(
                        r#"{{"org":"{code}","type":"register-organisation","name":"A council","kind":"district","sector":"local-government"}}"#
                    ),
                    Some(last) => format!(
                        r#"{{"org":"{code}","type":"register-claim","claim":"A{last}","title":"Gain","action":"reduce-inputs","impact_from":"2008-04-01","profile":{{"2008/09":"10"}}}}"#
                    ),
                };
                let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
                ledger.submit(command, &caller).unwrap();
            }
        }
    }

    fn position(ledger: &Ledger<MemoryLog>, code: &str) -> Option<u64> {
        let looked = ledger.look(&org(code), |state| state.position).unwrap();
        looked.map(|(position, _)| position.get())
    }

    fn stored(views: &MemoryViews) -> Vec<u64> {
        let positions = views.extent().positions;
        positions.values().map(|position| position.get()).collect()
    }

    /// Two organisations that the views know, of which one has grown since, and one they do not know.
    fn given() -> (MemoryLog, MemoryViews) {
        let (log, views) = (log(), MemoryViews::new());
        let ledger = open(&log, &views);
        record(&ledger, &CODES[..2], 3);
        block_on(ledger.store_views()).unwrap();
        record(&ledger, &CODES[1..], 2);
        assert_eq!(stored(&views), [3, 3]);
        (log, views)
    }

    #[test]
    fn what_the_views_lack_is_counted_and_nothing_is_folded() {
        let (log, views) = given();
        let loaded = Loaded::read(&log, Some(Box::new(views)), &mut |_| {}).unwrap();
        assert!(loaded.folded.is_empty());
        let waiting = loaded.waiting.values();
        let waiting: Vec<_> = waiting
            .map(|org| (org.stored.get(), org.last.get()))
            .collect();
        assert_eq!(waiting, [(3, 3), (3, 5), (0, 2)]);
    }

    #[test]
    fn each_is_up_to_date_when_it_is_asked_for_and_counted_once() {
        let (log, views) = given();
        let ledger = open(&log, &views);
        assert_eq!(ledger.organisations(), CODES.map(org));
        assert_eq!(ledger.events_not_in_views(), 4);
        for (code, last) in CODES.into_iter().zip([3, 5, 2]) {
            assert_eq!(position(&ledger, code), Some(last));
            assert_eq!(ledger.events_not_in_views(), 4);
        }
        assert_eq!(position(&ledger, "UNKNOWN"), None);
        record(&ledger, &["E99", CODES[0]], 1);
        assert_eq!(ledger.events_not_in_views(), 6);
        let expected = [CODES[0], CODES[1], CODES[2], "E99"].map(org);
        assert_eq!(ledger.organisations(), expected);
    }

    #[test]
    fn storing_the_views_takes_in_what_nobody_asked_for() {
        let (log, views) = given();
        let ledger = open(&log, &views);
        block_on(ledger.store_views()).unwrap();
        assert_eq!(stored(&views), [3, 5, 2]);
        assert_eq!(ledger.events_not_in_views(), 0);
        let again = Loaded::read(&log, Some(Box::new(views)), &mut |_| {}).unwrap();
        assert!(again.waiting.values().all(|org| org.lacking() == 0));
    }

    #[test]
    fn views_of_another_log_are_not_used() {
        let (_, views) = given();
        let shorter = log();
        record(&open(&shorter, &MemoryViews::new()), &CODES[..1], 2);
        let loaded = Loaded::read(&shorter, Some(Box::new(views)), &mut |_| {}).unwrap();
        assert!(loaded.waiting.is_empty());
        let folded: Vec<_> = loaded.folded.iter().map(|state| state.position).collect();
        assert_eq!(folded, [Position::new(2)]);
    }

    #[test]
    fn without_views_everything_is_folded_and_known() {
        let (log, _) = given();
        let ledger = open(&log, &MemoryViews::new());
        assert_eq!(ledger.organisations(), CODES.map(org));
        assert_eq!(ledger.events_not_in_views(), 10);
    }
}

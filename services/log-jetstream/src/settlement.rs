//! How far appends are settled: each durable or displaced, and so each one before it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netgain_ledger::log::{Durability, LogFault, Ticket};
use tokio::sync::watch;

/// How many appends in a row have each a lane of its own. All lanes have the same order: an append is settled only with
/// every earlier one, whichever organisation or shard it is of, since it may have been decided on that one. They
/// keep apart who is woken: whoever waits for one append is left asleep until it, or one that shares its lane, is
/// settled. With one lane each settled append woke everybody who waits, which cost more than the append.
const LANES: u64 = 1024;

/// Numbers the appends and says through which of them all are settled.
#[derive(Debug)]
pub(crate) struct Settlement {
    open: Mutex<Open>,
    lanes: Box<[watch::Sender<Durability>]>,
}

#[derive(Debug, Default)]
struct Open {
    /// Every append with this number or a lower one is settled.
    through: u64,
    /// Those after it, in their order: whether each is settled.
    settled: VecDeque<bool>,
    failed: Option<Arc<LogFault>>,
}

impl Settlement {
    pub(crate) fn new() -> Self {
        let lane = |_| watch::Sender::new(Durability::default());
        Self {
            open: Mutex::default(),
            lanes: (0..LANES).map(lane).collect(),
        }
    }

    /// The next append.
    pub(crate) fn take(&self) -> Result<Ticket, Arc<LogFault>> {
        let mut open = self.open();
        if let Some(fault) = &open.failed {
            return Err(Arc::clone(fault));
        }
        open.settled.push_back(false);
        Ok(ticket(open.taken()))
    }

    /// Notes what became of appends, and tells those who wait.
    pub(crate) fn settle(&self, numbers: &[u64]) {
        let mut open = self.open();
        for number in numbers {
            let place = number.checked_sub(open.through + 1);
            let place = place.and_then(|place| usize::try_from(place).ok());
            if let Some(settled) = place.and_then(|place| open.settled.get_mut(place)) {
                *settled = true;
            }
        }
        let before = open.through;
        while open.settled.front() == Some(&true) {
            open.settled.pop_front();
            open.through += 1;
        }
        let through = open.through;
        // Nothing becomes durable after a failure.
        if open.failed.is_some() {
            return;
        }
        drop(open);
        // A lane is told once, of the last append in it. Somebody else may have told it of a later one by now.
        let first = (before + 1).max((through + 1).saturating_sub(LANES));
        for number in first..=through {
            if let Some(lane) = self.lane(ticket(number).lane) {
                lane.send_if_modified(|now| {
                    let is_news = now.through < number;
                    now.through = now.through.max(number);
                    is_news
                });
            }
        }
    }

    /// Ends the log: what is not settled now never will be.
    pub(crate) fn fail(&self, fault: LogFault) {
        let mut open = self.open();
        if open.failed.is_some() {
            return;
        }
        let fault = Arc::new(fault);
        open.failed = Some(Arc::clone(&fault));
        for lane in &self.lanes {
            lane.send_modify(|now| now.failed = Some(Arc::clone(&fault)));
        }
    }

    /// Whether the log has ended.
    pub(crate) fn has_failed(&self) -> bool {
        self.open().failed.is_some()
    }

    /// How far a lane is settled; nothing ever is in one that no append has.
    pub(crate) fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        match self.lane(lane) {
            Some(lane) => lane.subscribe(),
            None => watch::Sender::new(Durability::default()).subscribe(),
        }
    }

    /// The last append.
    pub(crate) fn everything(&self) -> Ticket {
        ticket(self.open().taken())
    }

    fn lane(&self, lane: u32) -> Option<&watch::Sender<Durability>> {
        self.lanes.get(usize::try_from(lane).ok()?)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Every change is whole before anything could panic.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ticket(number: u64) -> Ticket {
    let lane = u32::try_from(number % LANES).unwrap_or_default();
    Ticket { lane, number }
}

impl Open {
    /// The number of the last append.
    fn taken(&self) -> u64 {
        let waiting = u64::try_from(self.settled.len()).unwrap_or(u64::MAX);
        self.through.saturating_add(waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> LogFault {
        LogFault {
            what: "gone".into(),
            source: None,
        }
    }

    fn is_told(settlement: &Settlement, ticket: Ticket) -> bool {
        settlement.durability(ticket.lane).borrow().through >= ticket.number
    }

    #[test]
    fn an_append_is_settled_only_with_all_before_it() {
        let settlement = Settlement::new();
        let tickets = [1, 2, 3].map(|_| settlement.take().unwrap());
        assert_eq!(tickets.map(|ticket| ticket.number), [1, 2, 3]);
        settlement.settle(&[2, 3]);
        assert_eq!(
            tickets.map(|ticket| is_told(&settlement, ticket)),
            [false; 3]
        );
        settlement.settle(&[1]);
        assert_eq!(
            tickets.map(|ticket| is_told(&settlement, ticket)),
            [true; 3]
        );
        settlement.settle(&[1, 3, 9]);
        assert_eq!(settlement.everything(), tickets[2]);
    }

    #[test]
    fn who_waits_is_woken_for_its_own_lane_only_however_many_are_settled_at_once() {
        let settlement = Settlement::new();
        let tickets: Vec<Ticket> = (0..3 * LANES).map(|_| settlement.take().unwrap()).collect();
        let last = tickets.last().unwrap();
        let (mut mine, mut other) = (
            settlement.durability(tickets[0].lane),
            settlement.durability(tickets[1].lane),
        );
        settlement.settle(&[1]);
        assert!(mine.has_changed().unwrap() && !other.has_changed().unwrap());
        mine.borrow_and_update();
        let rest: Vec<u64> = (2..=3 * LANES).collect();
        settlement.settle(&rest);
        assert!(tickets.iter().all(|&ticket| is_told(&settlement, ticket)));
        assert_eq!(
            other.borrow_and_update().through,
            tickets[1].number + 2 * LANES
        );
        assert_eq!(settlement.everything(), *last);
    }

    #[test]
    fn after_a_failure_no_append_gets_a_number_and_none_is_settled() {
        let settlement = Settlement::new();
        let ticket = settlement.take().unwrap();
        settlement.fail(fault());
        settlement.settle(&[1]);
        assert!(settlement.take().is_err());
        let told = settlement.durability(ticket.lane);
        assert!(told.borrow().through == 0 && told.borrow().failed.is_some());
        assert_eq!(settlement.everything().number, 1);
    }
}

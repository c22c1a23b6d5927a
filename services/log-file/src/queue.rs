//! Between those who append and the one thread that writes: what waits, and how far it is durable.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use netgain_ledger::log::{Durability, LogFault, Ticket};
use tokio::sync::watch;

use crate::frame::Framed;
use crate::group::{Group, LANES};
use crate::place::Place;

/// How many bytes are worth a sync, however many more come at once. A sync costs some tens of microseconds of
/// processor, which writing this many exceeds several times; the disk has them in a millisecond.
const BURST_BYTES: usize = 256 * 1024;

/// From how many appends on, written by one sync or come during it, more of the kind are waited for before the next,
/// as long as the threads they come from are all at work. Fewer are written at once.
const CROWD: u32 = 16;

/// How many appends are worth a sync in a crowd. Each then bears a twentieth of it, or less.
const GATHERED_MAX: u32 = 20;

/// How long a crowd's next appends are waited for, where they do not come: as long as a few syncs of a fast disk.
const GATHERING_MAX: Duration = Duration::from_micros(400);

/// What the writer has done since the log was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Groups written, each with one sync.
    pub groups: u64,
    /// Syncs of every kind: those of the groups, and those that begin a segment.
    pub syncs: u64,
    /// Records written: commits.
    pub records: u64,
    /// Bytes of the records, with their headers and without zeros written ahead.
    pub bytes: u64,
}

/// The counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) groups: AtomicU64,
    pub(crate) syncs: AtomicU64,
    pub(crate) records: AtomicU64,
    pub(crate) bytes: AtomicU64,
}

impl Counters {
    /// The counts by now.
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            groups: self.groups.load(Ordering::Relaxed),
            syncs: self.syncs.load(Ordering::Relaxed),
            records: self.records.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

/// What the appenders and the writer share.
#[derive(Debug)]
pub(crate) struct Queue {
    pending: Mutex<Pending>,
    /// Something waits to be written, or nothing more will.
    work: Condvar,
    /// There is room to wait in.
    room: Condvar,
    /// How far each lane is durable. Whoever waits is woken when theirs goes on, and not for every sync.
    lanes: Box<[watch::Sender<Durability>]>,
    durable_place: Mutex<Place>,
    pub(crate) counters: Counters,
}

#[derive(Debug)]
struct Pending {
    group: Group,
    /// Whether the writer sleeps: waking it costs a system call.
    writer_sleeps: bool,
    /// How many appenders wait for room.
    crowded: usize,
    /// How many have said that they will append more at once.
    bursts: usize,
    /// How many of the threads that append have nothing to do; nothing where they do not say.
    resting: Option<usize>,
    /// How many records the next group should have, as long as it is worth waiting for them.
    awaited: u32,
    /// Whether the log is being closed.
    closing: bool,
    /// Why nothing more is taken.
    failed: Option<Arc<LogFault>>,
}

impl Pending {
    /// Whether the writer has something to write, and it is worth a sync.
    fn is_ready(&self) -> bool {
        let gathered = u32::from(self.group.records) >= self.awaited || !self.are_at_work();
        let enough = self.bursts == 0 && gathered || self.group.bytes.len() >= BURST_BYTES;
        self.group.records > 0 && (enough || self.closing)
    }

    /// Whether all threads that append have something to do, as far as they say.
    const fn are_at_work(&self) -> bool {
        matches!(self.resting, Some(0))
    }

    /// Notes how many appends are about, as the group shows that was just written and what has come meanwhile. In a
    /// crowd most of them will soon ask for the next sync; a fourth of them stays out of it, so that there is
    /// something to do while the disk writes.
    fn expect_after(&mut self, written: &Group) {
        let crowd = u32::from(written.records) + u32::from(self.group.records);
        self.awaited = if crowd < CROWD {
            1
        } else {
            (crowd - crowd / 4).min(GATHERED_MAX)
        };
    }

    /// Whether the writer sleeps and has something to write: then whoever asks wakes it.
    fn wakes_writer(&mut self) -> bool {
        let wakes = self.writer_sleeps && self.is_ready();
        self.writer_sleeps &= !wakes;
        wakes
    }
}

impl Queue {
    /// Nothing waits, and all up to that place is durable.
    pub(crate) fn new(end: &Place) -> Self {
        Self {
            pending: Mutex::new(Pending {
                group: Group::at(end),
                writer_sleeps: false,
                crowded: 0,
                bursts: 0,
                resting: None,
                awaited: 1,
                closing: false,
                failed: None,
            }),
            work: Condvar::new(),
            room: Condvar::new(),
            lanes: (0..LANES)
                .map(|_| watch::Sender::new(Durability::default()))
                .collect(),
            durable_place: Mutex::new(end.clone()),
            counters: Counters::default(),
        }
    }

    /// Puts a record in its place. Waits only for room.
    pub(crate) fn push(&self, record: &Framed<'_>) -> Result<Ticket, Arc<LogFault>> {
        let mut pending = self.pending()?;
        loop {
            if let Some(fault) = &pending.failed {
                return Err(Arc::clone(fault));
            }
            if pending.group.has_room(record) {
                break;
            }
            pending.crowded += 1;
            pending = self.room.wait(pending).map_err(|_| interrupted())?;
            pending.crowded -= 1;
        }
        pending.group.push(record);
        let ticket = pending.group.last();
        let wake = pending.wakes_writer();
        drop(pending);
        if wake {
            self.work.notify_one();
        }
        Ok(ticket)
    }

    /// Lets what is pushed wait for more, until the value is dropped or enough waits.
    pub(crate) fn burst(&self) -> Burst<'_> {
        // After a panic in the middle of a push nothing is written any more, gathered or not.
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.bursts += 1;
        drop(pending);
        Burst(self)
    }

    /// Notes that one of the threads that append has nothing more to do, so that nothing more is waited for.
    pub(crate) fn rest(&self) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.resting = Some(pending.resting.map_or(1, |resting| resting + 1));
        let wake = pending.wakes_writer();
        drop(pending);
        if wake {
            self.work.notify_one();
        }
    }

    /// Notes that one of them has something to do again.
    pub(crate) fn resume(&self) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.resting = pending.resting.map(|resting| resting.saturating_sub(1));
    }

    /// The ticket for all that was pushed so far.
    pub(crate) fn everything(&self) -> Ticket {
        // After a panic in the middle of a push nothing more becomes durable: the ticket will say
        // so, whatever its number.
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.group.last()
    }

    /// Takes what waits as one group, sleeping until there is something; nothing, when the log is
    /// closed and all is written. `buffer` is for those who push meanwhile.
    pub(crate) fn take(&self, buffer: Vec<u8>) -> Result<Option<Group>, Arc<LogFault>> {
        let mut pending = self.pending()?;
        while !pending.is_ready() {
            if pending.closing {
                return Ok(None);
            }
            pending.writer_sleeps = true;
            if pending.awaited > 1 && pending.are_at_work() {
                let waited = self.work.wait_timeout(pending, GATHERING_MAX);
                let (woken, timeout) = waited.map_err(|_| interrupted())?;
                pending = woken;
                if timeout.timed_out() {
                    pending.awaited = 1;
                }
            } else {
                pending = self.work.wait(pending).map_err(|_| interrupted())?;
            }
            pending.writer_sleeps = false;
        }
        let following = pending.group.following(buffer);
        let group = std::mem::replace(&mut pending.group, following);
        if pending.crowded > 0 {
            self.room.notify_all();
        }
        Ok(Some(group))
    }

    /// Says that a group has been written and synced, up to that place.
    pub(crate) fn settle(&self, group: &Group, place: &Place) {
        // The place first: whoever sees that its append is durable finds it before the end.
        *self
            .durable_place
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = place.clone();
        if let Some(lane) = self.lane(group.lane) {
            lane.send_modify(|now| now.through = group.through);
        }
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.expect_after(group);
    }

    /// Says that nothing more will be durable. The first fault stands.
    pub(crate) fn fail(&self, fault: &Arc<LogFault>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.failed.get_or_insert_with(|| Arc::clone(fault));
        drop(pending);
        self.room.notify_all();
        for lane in &self.lanes {
            lane.send_modify(|now| {
                now.failed.get_or_insert_with(|| Arc::clone(fault));
            });
        }
    }

    /// Lets the writer end once all is written.
    pub(crate) fn close(&self) {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .closing = true;
        self.work.notify_one();
    }

    /// The place after all that is durable.
    pub(crate) fn durable_place(&self) -> Place {
        self.durable_place
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How far a lane is durable, now and from now on; nothing ever is in one that no append has.
    pub(crate) fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        match self.lane(lane) {
            Some(lane) => lane.subscribe(),
            None => watch::Sender::new(Durability::default()).subscribe(),
        }
    }

    fn lane(&self, lane: u32) -> Option<&watch::Sender<Durability>> {
        self.lanes.get(usize::try_from(lane).ok()?)
    }

    fn pending(&self) -> Result<MutexGuard<'_, Pending>, Arc<LogFault>> {
        self.pending.lock().map_err(|_| interrupted())
    }
}

/// Somebody who appends many at once ([`FileLog::burst`](crate::FileLog::burst)).
#[derive(Debug)]
pub struct Burst<'a>(&'a Queue);

impl Drop for Burst<'_> {
    fn drop(&mut self) {
        let mut pending = self
            .0
            .pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        pending.bursts -= 1;
        let wake = pending.wakes_writer();
        drop(pending);
        if wake {
            self.0.work.notify_one();
        }
    }
}

/// A thread panicked with the queue in its hands: what waits may be half a record.
fn interrupted() -> Arc<LogFault> {
    Arc::new(LogFault {
        what: "an append was interrupted by a panic".into(),
        source: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Framed;
    use netgain_events::identifier::{OrgId, Position};
    use netgain_ledger::log::Commit;
    use std::thread;
    use std::time::Instant;

    /// A queue whose appending threads are all at work.
    fn queue() -> Queue {
        let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let queue = Queue::new(&Place::start(&ledger));
        queue.rest();
        queue.resume();
        queue
    }

    fn push(queue: &Queue, records: u32) {
        let org: OrgId = "E07000082".parse().unwrap();
        let commit = Commit {
            org: &org,
            first: Position::new(1),
            events: 1,
            lines: b"{}\n",
        };
        for _ in 0..records {
            queue.push(&Framed::of(commit).unwrap()).unwrap();
        }
    }

    /// Has a group of so many written while so many more come.
    fn write(queue: &Queue, records: u32, meanwhile: u32) {
        push(queue, records);
        let group = queue.take(Vec::new()).unwrap().unwrap();
        push(queue, meanwhile);
        queue.settle(&group, &queue.durable_place());
    }

    fn is_ready(queue: &Queue) -> bool {
        queue.pending().unwrap().is_ready()
    }

    /// The ticket of one that is pushed, and what its appender looks at.
    fn wait(queue: &Queue) -> (Ticket, watch::Receiver<Durability>) {
        push(queue, 1);
        let ticket = queue.everything();
        let mut told = queue.durability(ticket.lane);
        told.mark_unchanged();
        (ticket, told)
    }

    #[test]
    fn who_waits_is_woken_for_its_own_group_only() {
        let queue = queue();
        for _ in 0..3 {
            let (first, first_told) = wait(&queue);
            let group = queue.take(Vec::new()).unwrap().unwrap();
            assert_eq!(queue.everything(), first);
            let (second, second_told) = wait(&queue);
            queue.settle(&group, &queue.durable_place());
            assert!(first_told.has_changed().unwrap());
            assert_eq!(first_told.borrow().through, first.number);
            assert!(!second_told.has_changed().unwrap());
            assert!(second_told.borrow().through < second.number);
            let group = queue.take(Vec::new()).unwrap().unwrap();
            queue.settle(&group, &queue.durable_place());
            assert_eq!(second_told.borrow().through, second.number);
        }
    }

    #[test]
    fn everything_that_was_appended_is_durable_where_nothing_waits() {
        let queue = queue();
        for _ in 0..3 {
            let Ticket { lane, number } = queue.everything();
            assert_eq!(queue.durability(lane).borrow().through, number);
            write(&queue, 5, 0);
        }
    }

    #[test]
    fn a_few_are_written_as_soon_as_the_disk_is_free() {
        let queue = queue();
        write(&queue, 8, 0);
        push(&queue, 1);
        assert!(is_ready(&queue));
    }

    #[test]
    fn in_a_crowd_most_of_it_is_waited_for() {
        let queue = queue();
        write(&queue, 12, 8);
        push(&queue, 6);
        assert!(!is_ready(&queue), "14 of the 15 that are waited for");
        push(&queue, 1);
        assert!(is_ready(&queue));
    }

    #[test]
    fn nobody_is_waited_for_once_a_thread_has_nothing_to_do() {
        let queue = queue();
        write(&queue, 12, 8);
        push(&queue, 1);
        assert!(!is_ready(&queue));
        queue.rest();
        assert!(is_ready(&queue));
        queue.resume();
        assert!(!is_ready(&queue));
    }

    #[test]
    fn nobody_is_waited_for_where_threads_do_not_say_whether_they_are_at_work() {
        let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let queue = Queue::new(&Place::start(&ledger));
        write(&queue, 12, 8);
        assert!(is_ready(&queue));
    }

    #[test]
    fn however_large_the_crowd_some_are_enough() {
        let queue = queue();
        write(&queue, 900, 100);
        assert!(is_ready(&queue));
    }

    #[test]
    fn whoever_is_left_of_a_crowd_is_not_kept_waiting() {
        let queue = Arc::new(queue());
        write(&queue, 60, 1);
        assert!(!is_ready(&queue));
        let taking = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                let began = Instant::now();
                let group = queue.take(Vec::new()).unwrap().unwrap();
                (group.records, began.elapsed())
            }
        });
        let (records, waited) = taking.join().unwrap();
        assert_eq!(records, 1);
        assert!(waited >= GATHERING_MAX, "{waited:?}");
        // Nor is the next one.
        push(&queue, 1);
        assert!(is_ready(&queue));
    }

    #[test]
    fn a_writer_whose_crowd_has_gone_sleeps_until_somebody_comes() {
        let queue = Arc::new(queue());
        write(&queue, 60, 0);
        let taking = thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.take(Vec::new()).unwrap().unwrap().records
        });
        thread::sleep(100 * GATHERING_MAX);
        push(&queue, 1);
        assert_eq!(taking.join().unwrap(), 1);
    }
}

//! What every log of record promises, as one suite that each adapter runs in its tests.
//!
//! It asserts, as a test does: a broken promise is a panic that names it.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use netgain_events::identifier::{OrgId, Position};

use crate::log::{
    COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX, Commit, Cursor, Log, LogRead, ReadError, Ticket, durable,
};

/// In which order a log shows commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// That in which they were appended, each by itself.
    AsAppended,
    /// Those of one organisation as they were appended, several that waited together perhaps as one; nothing is
    /// said between organisations.
    ByOrganisation,
}

/// One log's storage, empty when the suite gets it.
pub trait Store {
    /// The log under test.
    type Log: Log;
    /// How others read it.
    type Reader: LogRead;

    /// In which order it shows commits.
    const ORDER: Order = Order::AsAppended;

    /// Opens it for writing. The log opened before has been dropped by then.
    fn open(&self) -> Self::Log;

    /// Opens it for reading, beside the writer.
    fn reader(&self) -> Self::Reader;
}

/// A commit as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    org: OrgId,
    first: u64,
    events: u32,
    lines: Vec<u8>,
}

/// Runs the whole suite; `make` gives a new empty store for each part of it.
///
/// # Panics
/// Where a promise is broken.
pub fn suite<S: Store>(make: impl Fn() -> S) {
    an_empty_log_ends_at_its_beginning(&make());
    commits_are_read_in_their_order_and_whole(&make());
    a_commit_at_the_limits_is_taken_and_one_beyond_refused(&make());
    reading_goes_on_exactly_where_it_stopped(&make());
    one_organisation_is_read_alone(&make());
    one_organisation_is_read_from_every_place_while_the_log_grows(&make());
    what_is_durable_is_read_beside_the_writer(&make());
    a_reopened_log_holds_what_it_held_and_goes_on(&make());
    a_cursor_of_another_log_is_refused(&make(), &make());
    concurrent_writers_leave_no_gap(&make());
}

/// Waits for a future on this thread, without a runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

fn an_empty_log_ends_at_its_beginning<S: Store>(store: &S) {
    let log = store.open();
    let (seen, end) = read(&log, &Cursor::default(), None);
    assert_eq!(
        (seen, &end),
        (vec![], &log.durable_end()),
        "an empty log shows nothing"
    );
    assert!(
        log.is_durable(log.everything()),
        "nothing is waiting in an empty log"
    );
    let (again, same) = read(&log, &end, None);
    assert_eq!(
        (again, same),
        (vec![], end),
        "the end of an empty log can be gone on from"
    );
}

fn commits_are_read_in_their_order_and_whole<S: Store>(store: &S) {
    let log = store.open();
    let given = history(300);
    let tickets: Vec<Ticket> = given.iter().map(|seen| append(&log, seen)).collect();
    wait(&log, log.everything());
    for ticket in tickets {
        assert!(
            log.is_durable(ticket),
            "what was queued before `everything` is durable with it"
        );
    }
    let (seen, end) = read(&log, &Cursor::default(), None);
    assert_same::<S>(&seen, &given, "commits are read as they were appended");
    assert_eq!(
        end,
        log.durable_end(),
        "reading ends where the durable log ends"
    );
}

fn a_commit_at_the_limits_is_taken_and_one_beyond_refused<S: Store>(store: &S) {
    let log = store.open();
    let longest_org: OrgId = parsed(&"Z".repeat(OrgId::LENGTH_MAX));
    let mut most_bytes = vec![b'x'; COMMIT_BYTES_MAX - 1];
    most_bytes.push(b'\n');
    let most_events = "\n".repeat(10_000).into_bytes();
    let most = u64::from(COMMIT_EVENTS_MAX);
    let commit = |first, events, lines| Seen {
        org: longest_org.clone(),
        first,
        events,
        lines,
    };
    let given = [
        commit(1, 1, most_bytes.clone()),
        commit(2, COMMIT_EVENTS_MAX, most_events.clone()),
        commit(2 + most, 1, most_bytes.clone()),
        commit(u64::MAX, 1, b"\n".to_vec()),
    ];
    let mut too_many_bytes = most_bytes;
    too_many_bytes.push(b'\n');
    let mut too_many_events = most_events;
    too_many_events.push(b'\n');
    let refused = [
        commit(3 + most, 2, too_many_bytes),
        commit(3 + most, COMMIT_EVENTS_MAX + 1, too_many_events),
        commit(3 + most, 0, vec![]),
        commit(3 + most, 1, vec![]),
        commit(3 + most, 1, b"no line feed".to_vec()),
        commit(0, 1, b"no position\n".to_vec()),
    ];
    for seen in &given {
        append(&log, seen);
        for bad in &refused {
            assert!(
                log.append(borrowed(bad)).is_err(),
                "{} events are refused",
                bad.events
            );
        }
    }
    wait(&log, log.everything());
    let (seen, _) = read(&log, &Cursor::default(), None);
    assert!(seen == given, "a refused commit leaves the log as it was");
}

fn reading_goes_on_exactly_where_it_stopped<S: Store>(store: &S) {
    let log = store.open();
    let given = history(40);
    let mut ends = vec![Cursor::default()];
    for seen in &given {
        wait(&log, append(&log, seen));
        let so_far = log.durable_end();
        assert!(ends.last() < Some(&so_far), "later places are greater");
        ends.push(so_far);
    }
    for (already, from) in ends.iter().enumerate() {
        let (rest, end) = read(&log, &Cursor::from_bytes(from.as_bytes()), None);
        let expected: Vec<Seen> = given.iter().skip(already).cloned().collect();
        assert_same::<S>(
            &rest,
            &expected,
            "exactly what follows a place is read from it",
        );
        assert_eq!(Some(&end), ends.last());
    }
}

fn one_organisation_is_read_alone<S: Store>(store: &S) {
    let log = store.open();
    let given = history(100);
    for seen in &given {
        append(&log, seen);
    }
    wait(&log, log.everything());
    let organisations: BTreeSet<&OrgId> = given.iter().map(|seen| &seen.org).collect();
    for org in organisations {
        let (seen, end) = read(&log, &Cursor::default(), Some(org));
        let expected: Vec<Seen> = given
            .iter()
            .filter(|seen| seen.org == *org)
            .cloned()
            .collect();
        assert_same::<S>(
            &seen,
            &expected,
            "one organisation's commits, all of them, and no others",
        );
        assert_eq!(end, log.durable_end(), "a filter does not move the end");
    }
    let (nothing, _) = read(&log, &Cursor::default(), Some(&parsed("NOBODY")));
    assert_eq!(nothing, vec![]);
}

/// Whatever a log keeps of where commits are, and whoever made it keep that: the log is opened three
/// times, read as a whole in the second of them only, and asked for one organisation throughout.
fn one_organisation_is_read_from_every_place_while_the_log_grows<S: Store>(store: &S) {
    let given = history(90);
    let mut ends = vec![Cursor::default()];
    for (session, part) in given.chunks(30).enumerate() {
        let log = store.open();
        for (count, seen) in part.iter().enumerate() {
            wait(&log, append(&log, seen));
            ends.push(log.durable_end());
            if session == 1 && count % 10 == 0 {
                let from = ends.get(count).cloned().unwrap_or_default();
                read(&log, &from, None);
                read(&log, &Cursor::default(), None);
            }
            if count % 7 != 3 {
                continue;
            }
            for (already, from) in ends.iter().enumerate() {
                let (shown, end) = read(&log, from, Some(&seen.org));
                let so_far = given.iter().take(ends.len() - 1).skip(already);
                let expected: Vec<Seen> =
                    so_far.filter(|one| one.org == seen.org).cloned().collect();
                assert_eq!(
                    shown, expected,
                    "one organisation's commits after a place, all that are durable"
                );
                assert_eq!(end, log.durable_end());
            }
        }
    }
}

fn what_is_durable_is_read_beside_the_writer<S: Store>(store: &S) {
    let log = store.open();
    let reader = store.reader();
    assert_eq!(reader.ledger(), log.ledger(), "both name the same ledger");
    let mut from = Cursor::default();
    for seen in history(50) {
        wait(&log, append(&log, &seen));
        let (shown, end) = read(&reader, &from, None);
        assert_eq!(
            shown,
            vec![seen],
            "a durable commit is seen beside the writer"
        );
        assert_eq!(end, log.durable_end());
        from = end;
    }
}

fn a_reopened_log_holds_what_it_held_and_goes_on<S: Store>(store: &S) {
    let given = history(90);
    let mut from = Cursor::default();
    for session in given.chunks(30) {
        let log = store.open();
        assert_eq!(
            log.durable_end(),
            from,
            "a reopened log ends where it ended"
        );
        assert!(
            log.is_durable(log.everything()),
            "what was there before is durable"
        );
        for seen in session {
            append(&log, seen);
        }
        wait(&log, log.everything());
        let (shown, end) = read(&log, &from, None);
        assert_same::<S>(&shown, session, "a cursor outlives the log that gave it");
        from = end;
    }
    let (seen, _) = read(&store.open(), &Cursor::default(), None);
    assert_same::<S>(&seen, &given, "what was durable is there again");
    let (seen, _) = read(&store.reader(), &Cursor::default(), None);
    assert_same::<S>(&seen, &given, "and without a writer too");
}

fn a_cursor_of_another_log_is_refused<S: Store>(other: &S, store: &S) {
    let log = other.open();
    for seen in history(30) {
        append(&log, &seen);
    }
    wait(&log, log.everything());
    let past_the_end = log.durable_end();
    let log = store.open();
    wait(&log, append(&log, &history(1).remove(0)));
    for foreign in [
        past_the_end,
        Cursor::from_bytes(b"?"),
        Cursor::from_bytes(&[0xff; 28]),
    ] {
        for only in [None, Some(&parsed("E00000000"))] {
            let outcome = log.read(&foreign, only, &mut |_| {});
            assert!(
                matches!(outcome, Err(ReadError::UnknownCursor { .. })),
                "a place this log does not have is not guessed at: {outcome:?}"
            );
        }
    }
}

fn concurrent_writers_leave_no_gap<S: Store>(store: &S) {
    const WRITERS: u64 = 8;
    const COMMITS: u64 = 200;
    let log = store.open();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let log = &log;
            scope.spawn(move || {
                let org: OrgId = parsed(&format!("ORG-{writer}"));
                let mut first = 1;
                for count in 0..COMMITS {
                    let seen = numbered(&org, first, 1 + u32::try_from(count % 3).unwrap_or(0));
                    first += u64::from(seen.events);
                    let ticket = append(log, &seen);
                    // Some wait, so that small groups form as well as large ones.
                    if count % 5 == writer % 5 {
                        wait(log, ticket);
                        assert!(log.is_durable(ticket));
                    }
                }
            });
        }
    });
    wait(&log, log.everything());
    let (seen, _) = read(&log, &Cursor::default(), None);
    let commits = usize::try_from(WRITERS * COMMITS).unwrap_or(0);
    match S::ORDER {
        Order::AsAppended => assert_eq!(seen.len(), commits, "every commit, once"),
        Order::ByOrganisation => assert!(seen.len() <= commits, "no commit is split"),
    }
    let mut next: BTreeMap<OrgId, u64> = BTreeMap::new();
    for commit in seen {
        let expected = next.entry(commit.org.clone()).or_insert(1);
        assert_eq!(
            commit.first, *expected,
            "{}'s commits are in its own order",
            commit.org
        );
        *expected += u64::from(commit.events);
        assert_eq!(
            commit,
            numbered(&commit.org, commit.first, commit.events),
            "whole, unmixed"
        );
    }
    // Of each three commits in turn one has one event, one two and one three.
    let last: u64 = 1 + (0..COMMITS).map(|count| 1 + count % 3).sum::<u64>();
    assert_eq!(next.len(), usize::try_from(WRITERS).unwrap_or(0));
    assert!(next.values().all(|next| *next == last), "every event, once");
}

/// Holds what was read to what was appended, as far as the log promises its order.
fn assert_same<S: Store>(seen: &[Seen], given: &[Seen], promise: &str) {
    match S::ORDER {
        Order::AsAppended => assert_eq!(seen, given, "{promise}"),
        Order::ByOrganisation => {
            let is_whole = |seen: &Seen| {
                let mut given = given.iter();
                given.any(|given| given.org == seen.org && given.first == seen.first)
            };
            assert!(seen.iter().all(is_whole), "no commit is split: {promise}");
            assert_eq!(by_organisation(seen), by_organisation(given), "{promise}");
        }
    }
}

/// Each organisation's events in their order: the first position, how many there are, and their lines.
fn by_organisation(commits: &[Seen]) -> BTreeMap<&OrgId, (u64, u64, Vec<u8>)> {
    let mut histories: BTreeMap<&OrgId, (u64, u64, Vec<u8>)> = BTreeMap::new();
    for commit in commits {
        let (first, events, lines) = histories
            .entry(&commit.org)
            .or_insert_with(|| (commit.first, 0, Vec::new()));
        assert_eq!(commit.first, *first + *events, "positions have no gaps");
        *events += u64::from(commit.events);
        lines.extend_from_slice(&commit.lines);
    }
    histories
}

/// Commits of seven organisations in turn, each organisation's positions without gaps, of lengths
/// that differ.
fn history(commits: u64) -> Vec<Seen> {
    let mut next: BTreeMap<u64, u64> = BTreeMap::new();
    (0..commits)
        .map(|count| {
            let first = next.entry(count % 7).or_insert(1);
            let events = 1 + u32::try_from(count % 4).unwrap_or(0);
            let seen = numbered(&parsed(&format!("E{:08}", count % 7)), *first, events);
            *first += u64::from(events);
            seen
        })
        .collect()
}

/// A commit whose lines say what they are.
fn numbered(org: &OrgId, first: u64, events: u32) -> Seen {
    let lines = (first..first + u64::from(events))
        .flat_map(|position| {
            let filling = "£".repeat(usize::try_from(position * 37 % 400).unwrap_or(0));
            format!("{{\"org\":\"{org}\",\"position\":{position},\"t\":\"{filling}\"}}\n")
                .into_bytes()
        })
        .collect();
    Seen {
        org: org.clone(),
        first,
        events,
        lines,
    }
}

fn parsed(org: &str) -> OrgId {
    match org.parse() {
        Ok(org) => org,
        Err(error) => unreachable!("{org} is no organisation's code: {error}"),
    }
}

fn borrowed(seen: &Seen) -> Commit<'_> {
    let first = Position::new(seen.first);
    Commit {
        org: &seen.org,
        first,
        events: seen.events,
        lines: &seen.lines,
    }
}

fn append(log: &impl Log, seen: &Seen) -> Ticket {
    match log.append(borrowed(seen)) {
        Ok(ticket) => ticket,
        Err(fault) => unreachable!("a commit within the limits was refused: {fault}"),
    }
}

fn wait(log: &impl Log, ticket: Ticket) {
    let outcome = block_on(durable(log, ticket));
    assert!(outcome.is_ok(), "{outcome:?}");
}

fn read(log: &impl LogRead, from: &Cursor, only: Option<&OrgId>) -> (Vec<Seen>, Cursor) {
    let mut seen = Vec::new();
    let outcome = log.read(from, only, &mut |commit| {
        seen.push(Seen {
            org: commit.org.clone(),
            first: commit.first.get(),
            events: commit.events,
            lines: commit.lines.to_vec(),
        });
    });
    match outcome {
        Ok(end) => {
            assert_eq!(
                end.tail, None,
                "nothing unfinished is left by a log that did not fail"
            );
            (seen, end.cursor)
        }
        Err(error) => unreachable!("the log cannot be read: {error:?}"),
    }
}

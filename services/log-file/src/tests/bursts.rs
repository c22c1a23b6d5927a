//! Many appends that may wait for each other.

use std::thread;
use std::time::Duration;

use netgain_events::identifier::Position;
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Log, Ticket, durable};

use super::{Home, append, ledger, line, org, positions, up_to};
use crate::FileLog;

/// Longer than a write and a sync take.
const A_WHILE: Duration = Duration::from_millis(200);

/// Appends and does not wait.
fn queue(log: &FileLog, position: u64, lines: &[u8]) -> Ticket {
    let (org, first) = (org(), Position::new(position));
    let commit = Commit {
        org: &org,
        first,
        events: 1,
        lines,
    };
    log.append(commit).unwrap()
}

#[test]
fn what_comes_in_a_burst_takes_one_sync_once_it_is_over() {
    let home = Home::new();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    for position in 1..=10 {
        append(&log, position);
    }
    assert_eq!(log.stats().groups, 10, "each alone, without one");
    let burst = log.burst();
    let last = (11..=110).map(|position| queue(&log, position, &line(position)));
    let last = last.last().unwrap();
    thread::sleep(A_WHILE);
    assert!(!log.is_durable(last));
    assert_eq!(log.stats().groups, 10);
    drop(burst);
    block_on(durable(&log, last)).unwrap();
    assert_eq!(log.stats().groups, 11);
    assert_eq!(positions(&log), up_to(110));
}

#[test]
fn what_is_worth_a_sync_is_written_though_the_burst_goes_on() {
    let home = Home::new();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    let mut large = vec![b'x'; 300_000];
    large.push(b'\n');
    let _burst = log.burst();
    let ticket = queue(&log, 1, &large);
    block_on(durable(&log, ticket)).unwrap();
}

#[test]
fn a_burst_of_one_ends_with_all_of_them() {
    let home = Home::new();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    let bursts = [log.burst(), log.burst()];
    let ticket = queue(&log, 1, &line(1));
    let [first, second] = bursts;
    drop(first);
    thread::sleep(A_WHILE);
    assert!(!log.is_durable(ticket), "another one goes on");
    drop(second);
    block_on(durable(&log, ticket)).unwrap();
}

#[test]
fn closing_writes_what_a_forgotten_burst_holds_back() {
    let home = Home::new();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    std::mem::forget(log.burst());
    let _ticket = queue(&log, 1, &line(1));
    log.close().unwrap();
    let log = FileLog::open_or_create(home.path(), ledger).unwrap();
    assert_eq!(positions(&log), up_to(1));
}

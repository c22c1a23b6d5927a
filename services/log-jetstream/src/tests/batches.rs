//! Messages that go together, and what becomes of them where one cannot.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{array, thread};

use netgain_ledger::log::Lineage;

use crate::JetStreamLog;
use crate::tests::lost_answers::Between;
use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, change, is_written, line, lines, open};

const ORGANISATIONS: u64 = 64;

fn code(number: u64) -> String {
    format!("ORG-{number}")
}

/// Writes one event of each organisation, all at once, and says of which that was not written.
fn write_all(log: &JetStreamLog, positions: &[u64], who: &str) -> Vec<u64> {
    let lineages: Vec<Arc<Lineage>> = positions.iter().map(|_| Arc::default()).collect();
    let places = || (0..).zip(positions).zip(&lineages);
    let tickets: Vec<_> = places()
        .map(|((number, position), lineage)| append(log, &code(number), *position, who, lineage))
        .collect();
    let written = places().zip(tickets);
    let displaced = written.filter(|((_, lineage), ticket)| !is_written(log, *ticket, lineage));
    displaced.map(|(((number, _), _), _)| number).collect()
}

#[test]
fn where_one_of_a_batch_was_overtaken_the_others_are_stored_once_all_the_same() {
    const ROUNDS: u64 = 5;
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let (log, other) = (open(&servers.home(), 1), open(&servers.home(), 1));
    let mut positions: Vec<u64> = vec![1; 64];
    let mut expected: Vec<Vec<u8>> = vec![line(1, "log"); 64];
    assert!(write_all(&log, &positions, "log").is_empty());
    for round in 0..ROUNDS {
        for position in &mut positions {
            *position += 1;
        }
        // Each time another one, among the last that are appended.
        let overtaken = ORGANISATIONS - 1 - round;
        let place = usize::try_from(overtaken).unwrap();
        let lineage = Arc::default();
        let ticket = append(
            &other,
            &code(overtaken),
            positions[place],
            "other",
            &lineage,
        );
        assert!(is_written(&other, ticket, &lineage));
        assert_eq!(write_all(&log, &positions, "log"), [overtaken]);
        for (number, lines) in expected.iter_mut().enumerate() {
            let who = if number == place { "other" } else { "log" };
            lines.extend(line(positions[number], who));
        }
        // It is decided again, on what the other one wrote.
        positions[place] += 1;
        let ticket = append(&log, &code(overtaken), positions[place], "again", &lineage);
        assert!(is_written(&log, ticket, &lineage));
        expected[place].extend(line(positions[place], "again"));
    }
    for (number, lines_expected) in (0..).zip(expected) {
        assert_eq!(lines(&log, &code(number)).into_bytes(), lines_expected);
    }
    let stats = log.stats();
    assert_eq!(stats.displacements, ROUNDS);
    assert_eq!(stats.messages, ORGANISATIONS * (1 + ROUNDS));
    // They did go in batches, and those were refused that had the message that came too late.
    assert!(stats.resent > 8 * ROUNDS, "{stats:?}");
}

#[test]
fn where_a_whole_batchs_answer_is_lost_each_of_it_is_found_and_stands_once() {
    const LOSSES: u64 = 3;
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let between = Between::start(servers.port(0));
    let mut home = servers.home();
    home.servers = format!("nats://127.0.0.1:{}", between.port);
    let log = open(&home, 1);
    let stop = AtomicBool::new(false);
    let counts: Vec<u64> = thread::scope(|scope| {
        let writers: [_; 64] = array::from_fn(|number| {
            let (log, stop) = (&log, &stop);
            scope.spawn(move || {
                let code = code(number.try_into().unwrap());
                let (lineage, mut position) = (Arc::new(Lineage::default()), 0);
                while !stop.load(Ordering::Relaxed) {
                    position += 1;
                    let ticket = append(log, &code, position, "x", &lineage);
                    assert!(is_written(log, ticket, &lineage));
                }
                position
            })
        });
        for loss in 1..=LOSSES {
            thread::sleep(Duration::from_millis(500));
            between.loses.store(true, Ordering::SeqCst);
            while between.lost.load(Ordering::SeqCst) < loss {
                thread::yield_now();
            }
        }
        thread::sleep(Duration::from_millis(500));
        stop.store(true, Ordering::Relaxed);
        writers.map(|writer| writer.join().unwrap()).into()
    });
    for (number, count) in (0..).zip(&counts) {
        let expected: Vec<u8> = (1..=*count).flat_map(|at| line(at, "x")).collect();
        assert_eq!(lines(&log, &code(number)).into_bytes(), expected);
    }
    let stats = log.stats();
    assert_eq!(
        (stats.messages, stats.displacements),
        (counts.iter().sum(), 0)
    );
    assert!(stats.batches < stats.messages, "{stats:?}");
    // Of two that are under way at most one is stored before the connection is lost with its answer: more were found
    // than would have been if each had been a message by itself.
    assert!(stats.found > 2 * LOSSES, "{stats:?}");
}

#[test]
fn where_batches_are_refused_messages_go_by_themselves() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    assert!(write_all(&log, &[1; 64], "x").is_empty());
    assert!(write_all(&log, &[2; 64], "x").is_empty());
    let together = log.stats();
    assert_eq!((together.messages, together.resent), (128, 0));
    assert!(together.batches < 128, "{together:?}");
    change(&home, |config| config.allow_atomic_publish = false);
    assert!(write_all(&log, &[3; 64], "x").is_empty());
    let alone = log.stats();
    assert!(alone.resent > 2, "{alone:?}");
    assert_eq!(alone.batches, together.batches + 64);
    for number in 0..ORGANISATIONS {
        let expected: Vec<u8> = (1..=3).flat_map(|at| line(at, "x")).collect();
        assert_eq!(lines(&log, &code(number)).into_bytes(), expected);
    }
}

//! Several processes that write one organisation.

use std::sync::Arc;
use std::thread;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command, Request};
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::conformance::block_on;
use netgain_ledger::ledger::{Caller, Ledger, Outcome, Requested};
use netgain_ledger::log::{Lineage, Log};

use crate::JetStreamLog;
use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, is_written, line, lines, open, org};

const CODE: &str = "E07000082";

#[test]
fn who_comes_too_late_is_told_and_so_is_whatever_builds_on_that() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let (one, other) = (open(&servers.home(), 1), open(&servers.home(), 1));
    let (first, late) = (Arc::new(Lineage::default()), Arc::new(Lineage::default()));
    let ticket = append(&one, CODE, 1, "one", &first);
    assert!(is_written(&one, ticket, &first));

    let tickets = [1, 2, 3].map(|position| append(&other, CODE, position, "late", &late));
    assert!(
        tickets
            .iter()
            .all(|&ticket| !is_written(&other, ticket, &late))
    );
    assert!(late.is_displaced());
    // Even what would be at the right place by now builds on what was not written.
    let ticket = append(&other, CODE, 2, "late", &late);
    assert!(!is_written(&other, ticket, &late));

    let again = Arc::new(Lineage::default());
    let ticket = append(&other, CODE, 2, "other", &again);
    assert!(is_written(&other, ticket, &again));
    let ticket = append(&one, CODE, 2, "late", &first);
    assert!(!is_written(&one, ticket, &first));

    let expected = [line(1, "one"), line(2, "other")].concat();
    assert_eq!(lines(&one, CODE).into_bytes(), expected);
    assert_eq!(
        (one.stats().displacements, other.stats().displacements),
        (1, 1)
    );
}

#[test]
fn one_that_has_read_what_the_others_wrote_goes_on_from_there() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let (one, other) = (open(&servers.home(), 1), open(&servers.home(), 1));
    for position in 1..=20 {
        let log = if position % 2 == 0 { &one } else { &other };
        let lineage = Arc::new(Lineage::default());
        let ticket = append(log, CODE, position, "turn", &lineage);
        assert!(is_written(log, ticket, &lineage), "position {position}");
    }
    assert_eq!(one.stats().displacements + other.stats().displacements, 0);
}

#[test]
fn a_writer_that_cannot_decide_again_is_stopped() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let (one, other) = (open(&servers.home(), 1), open(&servers.home(), 1));
    let lineage = Arc::new(Lineage::default());
    let ticket = append(&one, CODE, 1, "one", &lineage);
    assert!(is_written(&one, ticket, &lineage));
    let lines = line(1, "other");
    let commit = netgain_ledger::log::Commit {
        org: &org(CODE),
        first: netgain_events::identifier::Position::new(1),
        events: 1,
        lines: &lines,
    };
    let ticket = other.append(commit).unwrap();
    let fault = block_on(netgain_ledger::log::durable(&other, ticket)).unwrap_err();
    assert!(
        fault.to_string().contains("another process writes"),
        "{fault}"
    );
}

fn submit(ledger: &Ledger<JetStreamLog>, line: &str) -> Outcome {
    let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
    let caller = Caller {
        actor: "ann".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let request = Request::from(command);
    match block_on(ledger.settle_request(&org(CODE), request, None, &caller)).unwrap() {
        Requested::Answered(answer) => answer.outcome,
        Requested::Stale { .. } => unreachable!("no position was named"),
    }
}

#[test]
fn two_ledgers_with_many_writers_of_one_organisation_record_each_command_once() {
    const WRITERS: u64 = 10;
    const COMMANDS: u64 = 20;
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let ledger = || {
        let clock = Box::new(StoppedClock::default());
        Ledger::open(open(&servers.home(), 1), None, clock, &mut |_| {}).unwrap()
    };
    let first = ledger();
    submit(
        &first,
        &format!(
            r#"{{"type":"register-organisation","org":"{CODE}","name":"Council","kind":"district","sector":"local-government"}}"#
        ),
    );
    let ledgers = [first, ledger()];
    thread::scope(|scope| {
        for (node, ledger) in ledgers.iter().enumerate() {
            for writer in 0..WRITERS {
                scope.spawn(move || {
                    for count in 0..COMMANDS {
                        let outcome = submit(
                            ledger,
                            &format!(
                                r#"{{"type":"set-baseline","org":"{CODE}","year":"2007/08","amount":"{count}","command_id":"{node}-{writer}-{count}"}}"#
                            ),
                        );
                        assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
                    }
                });
            }
        }
    });
    let all = lines(ledgers[0].log(), CODE);
    assert_eq!(
        u64::try_from(all.lines().count()).unwrap(),
        1 + 2 * WRITERS * COMMANDS
    );
    for node in 0..2 {
        for writer in 0..WRITERS {
            for count in 0..COMMANDS {
                let id = format!("\"command_id\":\"{node}-{writer}-{count}\"");
                assert_eq!(all.matches(&id).count(), 1, "{id}");
            }
        }
    }
    let stats = ledgers.each_ref().map(|ledger| ledger.log().stats());
    // Two that never met would show nothing.
    assert!(
        stats.iter().any(|stats| stats.displacements > 0),
        "{stats:?}"
    );
}

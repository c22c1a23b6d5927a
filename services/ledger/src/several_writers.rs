//! Two ledgers that write one log, as two processes do.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::thread;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::fact::FactKind;
use netgain_events::identifier::{OrgId, Position};
use netgain_events::refusal::RefusalCode;
use netgain_events::vocabulary::Auth;

use crate::clock::StoppedClock;
use crate::conformance::block_on;
use crate::history::{KnownAt, fold};
use crate::ledger::{Caller, Heard, Ledger, Outcome, Requested, Seen};
use crate::log::{Cursor, Log, LogRead};
use crate::memory::{MemoryLog, Syncing};
use crate::memory_views::MemoryViews;
use crate::views::Views;

const CODE: &str = "E07000082";

fn org() -> OrgId {
    CODE.parse().unwrap()
}

fn log() -> MemoryLog {
    let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
    MemoryLog::new(ledger, Syncing::AtOnce).shared()
}

fn open(log: &MemoryLog, views: Option<&MemoryViews>) -> Ledger<MemoryLog> {
    let views = views.map(|views| -> Box<dyn Views> { Box::new(views.clone()) });
    let clock = Box::new(StoppedClock::default());
    Ledger::open(log.clone(), views, clock, &mut |_| {}).unwrap()
}

fn submit(ledger: &Ledger<MemoryLog>, line: &str) -> Outcome {
    let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
    let caller = Caller {
        actor: "ann".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let org = command.org.clone();
    match block_on(ledger.settle_request(&org, command.into(), None, &caller)).unwrap() {
        Requested::Answered(answer) => answer.outcome,
        Requested::Stale { .. } => unreachable!("no position was named"),
    }
}

fn register() -> String {
    format!(
        "{{\"type\":\"register-organisation\",\"org\":\"{CODE}\",\"name\":\"Council\",\"kind\":\"district\",\"sector\":\"local-government\"}}"
    )
}

fn baseline(amount: u64, id: &str) -> String {
    format!(
        "{{\"type\":\"set-baseline\",\"org\":\"{CODE}\",\"year\":\"2007/08\",\"amount\":\"{amount}\",\"command_id\":\"{id}\"}}"
    )
}

fn recorded(first: u64, kind: FactKind) -> Outcome {
    Outcome::Recorded {
        first: Position::new(first),
        kinds: vec![kind],
    }
}

#[test]
fn who_comes_too_late_decides_again_on_what_the_others_wrote() {
    let log = log();
    let (one, other) = (open(&log, None), open(&log, None));
    assert_eq!(
        submit(&one, &register()),
        recorded(1, FactKind::OrganisationRegistered)
    );
    // What the other has in memory has never heard of it.
    let Outcome::Refused(refused) = submit(&other, &register()) else {
        panic!("it was registered twice");
    };
    assert_eq!(refused[0].1.code, RefusalCode::OrganisationExists);
    assert_eq!(
        submit(&other, &baseline(1, "a")),
        recorded(2, FactKind::BaselineSet)
    );
    assert_eq!(
        submit(&one, &baseline(2, "b")),
        recorded(3, FactKind::BaselineSet)
    );
    let repeated = Outcome::Repeated {
        first: Position::new(2),
        kinds: vec![FactKind::BaselineSet],
    };
    assert_eq!(submit(&one, &baseline(1, "a")), repeated);
}

#[test]
fn everything_decided_on_a_displaced_commit_is_void_with_it() {
    let log = log();
    let one = open(&log, None);
    submit(&one, &register());
    let other = open(&log, None);
    submit(&other, &baseline(1, "a"));
    // Position 2 is taken: what is queued here builds on nothing.
    let caller = Caller {
        actor: "ann".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let command = |line: String| Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
    let answer = one.submit(command(baseline(2, "b")), &caller).unwrap();
    assert!(!block_on(one.stands(&answer.seen)).unwrap());
    let next = one.submit(command(baseline(3, "c")), &caller).unwrap();
    assert!(block_on(one.stands(&next.seen)).unwrap());
    assert_eq!(next.outcome, recorded(3, FactKind::BaselineSet));
}

#[test]
fn many_writers_of_one_organisation_all_get_on_and_none_twice() {
    const WRITERS: u64 = 8;
    const COMMANDS: u64 = 50;
    let log = log();
    let first = open(&log, None);
    submit(&first, &register());
    let ledgers = [first, open(&log, None)];
    thread::scope(|scope| {
        for ledger in &ledgers {
            for writer in 0..WRITERS {
                let name = format!("{:p}-{writer}", std::ptr::from_ref(ledger));
                scope.spawn(move || {
                    for count in 0..COMMANDS {
                        let line = baseline(count, &format!("{name}-{count}"));
                        let outcome = submit(ledger, &line);
                        assert!(matches!(outcome, Outcome::Recorded { .. }), "{outcome:?}");
                    }
                });
            }
        }
    });
    let state = fold(&log, None, &org(), KnownAt::Latest).unwrap();
    assert_eq!(
        state.position.get(),
        1 + 2 * WRITERS * COMMANDS,
        "gapless, each once"
    );
}

#[test]
fn the_views_never_hold_what_was_displaced() {
    let log = log();
    let views = MemoryViews::new();
    let one = open(&log, Some(&views));
    submit(&one, &register());
    let other = open(&log, None);
    submit(&other, &baseline(1, "a"));
    let caller = Caller {
        actor: "ann".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let late = Command::from_line(baseline(2, "b").as_bytes(), ActorField::Allowed).unwrap();
    one.submit(late, &caller).unwrap();
    block_on(one.store_views()).unwrap();
    assert!(
        views
            .load(&org())
            .unwrap()
            .is_none_or(|kept| kept.position < Position::new(2))
    );
    let mut commits: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    log.read(&Cursor::default(), None, &mut |commit| {
        commits.insert(commit.first.get(), commit.lines.to_vec());
    })
    .unwrap();
    assert_eq!(commits.len(), 2);
}

/// Takes in everything that is in the log by now, and says whose it was.
fn follow(ledger: &Ledger<MemoryLog>) -> Vec<String> {
    let mut heard_of = Vec::new();
    let followed = ledger.follow(&mut |heard| match heard {
        Heard::Change(org) => {
            heard_of.push(org.to_string());
            ControlFlow::Continue(())
        }
        Heard::Trouble(error) => panic!("{error}"),
        Heard::Nothing => ControlFlow::Break(()),
    });
    followed.unwrap();
    heard_of
}

fn position(ledger: &Ledger<MemoryLog>) -> Option<u64> {
    let looked = ledger.look(&org(), |state| state.position.get());
    looked.unwrap().map(|(position, _)| position)
}

#[test]
fn what_others_write_is_taken_in_as_it_comes_and_only_once() {
    let log = log();
    let (one, other) = (open(&log, None), open(&log, None));
    submit(&one, &register());
    assert_eq!(position(&other), None, "nothing was followed yet");
    assert_eq!(follow(&other), [CODE]);
    assert_eq!(position(&other), Some(1));
    submit(&one, &baseline(1, "a"));
    submit(&one, &baseline(2, "b"));
    assert_eq!(position(&other), Some(1), "this is in memory and not read");
    assert_eq!(follow(&other), [CODE, CODE]);
    assert_eq!(position(&other), Some(3));
    assert_eq!(follow(&other), Vec::<String>::new());
    // Its own commits it knows, and hears of all the same.
    assert_eq!(follow(&one), [CODE, CODE, CODE]);
    assert_eq!(position(&one), Some(3));
}

#[test]
fn what_is_noted_while_a_history_is_read_is_not_forgotten() {
    let log = log();
    let views = MemoryViews::new();
    let one = open(&log, Some(&views));
    submit(&one, &register());
    follow(&one);
    block_on(one.store_views()).unwrap();
    // It knows of the organisation from the views, and hears of more before anybody looks.
    let other = open(&log, Some(&views));
    submit(&one, &baseline(1, "a"));
    assert_eq!(follow(&other), [CODE]);
    assert_eq!(other.events_not_in_views(), 1);
    assert_eq!(position(&other), Some(2));
}

#[test]
fn a_refusal_is_told_only_of_the_newest_history() {
    let log = log();
    let (one, other) = (open(&log, None), open(&log, None));
    submit(&one, &register());
    follow(&other);
    assert_eq!(position(&other), Some(1));
    let claim = format!(
        r#"{{"org":"{CODE}","type":"register-claim","claim":"A","title":"Gain","action":"reduce-inputs","impact_from":"2008-04-01","profile":{{"2008/09":"10"}}}}"#
    );
    submit(&one, &claim);
    // Without reading on, the other knows of no such claim and would refuse it.
    let validate = format!(r#"{{"org":"{CODE}","type":"validate-claim","claim":"A"}}"#);
    let command = Command::from_line(validate.as_bytes(), ActorField::Allowed).unwrap();
    let caller = Caller {
        actor: "bea".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let stale = other.submit(command.clone(), &caller).unwrap();
    assert!(matches!(stale.outcome, Outcome::Refused(_)));
    let settled = block_on(other.settle_request(&org(), command.into(), None, &caller));
    let Requested::Answered(answer) = settled.unwrap() else {
        panic!("no position was named");
    };
    assert_eq!(answer.outcome, recorded(3, FactKind::ClaimValidated));
    // Nor is a code unknown that has just been registered elsewhere.
    let never = open(&log, None);
    assert_eq!(position(&never), Some(3));
    let unknown: OrgId = "E07000099".parse().unwrap();
    let elsewhere = register().replace(CODE, "E07000099");
    let command = Command::from_line(elsewhere.as_bytes(), ActorField::Allowed).unwrap();
    block_on(one.settle_request(&unknown, command.into(), None, &caller)).unwrap();
    let line = baseline(1, "z").replace(CODE, "E07000099");
    let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
    let settled = block_on(never.settle_request(&unknown, command.into(), None, &caller));
    let Requested::Answered(answer) = settled.unwrap() else {
        panic!("no position was named");
    };
    assert_eq!(answer.outcome, recorded(2, FactKind::BaselineSet));
    // One that nobody has leaves nothing behind.
    let known = never.organisations().len();
    let nobody: OrgId = "E07000098".parse().unwrap();
    let line = baseline(1, "y").replace(CODE, "E07000098");
    let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
    let settled = block_on(never.settle_request(&nobody, command.into(), None, &caller));
    let Requested::Answered(answer) = settled.unwrap() else {
        panic!("no position was named");
    };
    assert!(matches!(answer.outcome, Outcome::Refused(_)));
    assert_eq!(never.organisations().len(), known);
}

#[test]
fn views_go_on_from_where_following_stands_and_not_from_where_others_have_got() {
    let log = log();
    let views = MemoryViews::new();
    let one = open(&log, Some(&views));
    submit(&one, &register());
    follow(&one);
    let other = open(&log, None);
    submit(&other, &register().replace(CODE, "E07000099"));
    // Its own next commit is behind one that it has not heard of.
    submit(&one, &baseline(1, "a"));
    block_on(one.store_views()).unwrap();
    let again = open(&log, Some(&views));
    assert_eq!(again.organisations().len(), 2, "what it had not heard of");
    assert_eq!(position(&again), Some(2));
    // From the end of the log it would have been forgotten.
    views.store(&[], &log.durable_end()).unwrap();
    assert_eq!(open(&log, Some(&views)).organisations().len(), 1);
}

#[test]
fn a_doubted_history_is_glanced_at_as_it_is_and_read_on_for_those_who_need_the_newest() {
    let log = log();
    let (one, other) = (open(&log, None), open(&log, None));
    submit(&one, &register());
    assert_eq!(position(&other), None);
    follow(&other);
    assert_eq!(position(&other), Some(1));
    submit(&one, &baseline(1, "a"));
    let glance = || other.glance(&org(), |state| state.position.get()).unwrap();
    assert!(!other.is_to_be_read(&org()));
    // Whoever was refused has it doubted.
    let org = org();
    let mut settling = other.settling(&org);
    let told = block_on(settling.may_be_told(&Seen::default(), true));
    assert!(!told.unwrap());
    assert!(other.is_to_be_read(&org));
    assert_eq!(glance(), Some(1));
    other.read_on(&org).unwrap();
    assert!(!other.is_to_be_read(&org));
    assert_eq!(glance(), Some(2));
}

//! The fictional organisation of the samples, for tests: it uses every feature.

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::event::Event;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::history::{KnownAt, fold, read_events};
use netgain_ledger::ledger::{Caller, Ledger, Outcome};
use netgain_ledger::log::Cursor;
use netgain_ledger::memory::{MemoryLog, Syncing};

const SAMPLE: &str = include_str!("../../../../../deploy/samples/sampleborough.jsonl");

fn log() -> MemoryLog {
    let id = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let log = MemoryLog::new(id, Syncing::AtOnce);
    let now = "2016-07-24T12:00:00.000Z".parse().unwrap();
    let clock = Box::new(StoppedClock::at(now));
    let ledger = Ledger::open(log.clone(), None, clock, &mut |_| {}).unwrap();
    let caller = Caller {
        actor: "a.finance".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    for line in SAMPLE.lines() {
        let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
        match ledger.submit(command, &caller).unwrap().outcome {
            Outcome::Recorded { .. } | Outcome::Repeated { .. } => {}
            Outcome::Refused(refused) => panic!("{refused:?}"),
        }
    }
    log
}

/// Its state.
pub(crate) fn sampleborough() -> Organisation {
    let org = "X00000001".parse().unwrap();
    fold(&log(), None, &org, KnownAt::Latest).unwrap()
}

/// Its history.
pub(crate) fn events() -> Vec<Event> {
    let (org, mut events) = ("X00000001".parse().unwrap(), Vec::new());
    let read = read_events(&log(), &Cursor::default(), &org, &mut |_, event| {
        events.push(event);
    });
    read.unwrap();
    events
}

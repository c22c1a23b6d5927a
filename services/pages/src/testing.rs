//! The fictional organisation of the samples with its whole history, for tests: it uses every feature.

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::event::Event;
use netgain_events::identifier::OrgId;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::history::{KnownAt, fold, read_events};
use netgain_ledger::ledger::{Caller, Ledger, Outcome};
use netgain_ledger::log::Cursor;
use netgain_ledger::memory::{MemoryLog, Syncing};

use crate::frame::{Frame, Place, SignedIn, Tab};
use crate::known::Known;

const SAMPLE: &str = include_str!("../../../deploy/samples/sampleborough.jsonl");

pub(crate) fn org() -> OrgId {
    "X00000001".parse().unwrap()
}

/// Its history.
pub(crate) fn log() -> MemoryLog {
    let id = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let log = MemoryLog::new(id, Syncing::AtOnce);
    let now = "2012-07-24T12:00:00.000Z".parse().unwrap();
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

/// Its state now.
pub(crate) fn sampleborough() -> Organisation {
    state(&log(), KnownAt::Latest)
}

/// Its state at a point.
pub(crate) fn state(log: &MemoryLog, known_at: KnownAt) -> Organisation {
    fold(log, None, &org(), known_at).unwrap()
}

/// Its events with their stored lines.
pub(crate) fn events(log: &MemoryLog) -> Vec<(Vec<u8>, Event)> {
    let mut events = Vec::new();
    let mut keep = |line: &[u8], event| events.push((line.to_vec(), event));
    read_events(log, &Cursor::default(), &org(), &mut keep).unwrap();
    events
}

/// The frame of a page of its.
pub(crate) fn frame(tab: Tab, title: impl Into<String>) -> Frame {
    Frame {
        person: Some(SignedIn {
            id: "d.audit".parse().unwrap(),
            name: Some("Dee Audit".to_owned()),
            session_seconds: None,
        }),
        place: Some(Place {
            org: org(),
            name: "Sampleborough Council".to_owned(),
            tab,
        }),
        ..Frame::new(title)
    }
}

/// As things stand in that state.
pub(crate) fn known(state: &Organisation) -> Known {
    Known {
        org: state.org.clone(),
        position: state.position,
        recorded_at: Some(state.recorded_at),
        last: state.position,
        asked_position: None,
        asked_known_at: None,
    }
}

/// The amounts in a page's HTML between two marks: every text with a pound sign, in pence.
pub(crate) fn pence(html: &str) -> Vec<i128> {
    let amounts = html.split('£').zip(html.split('£').skip(1));
    let amounts = amounts.map(|(before, after)| {
        let end = after.find(|c: char| !c.is_ascii_digit() && c != ',' && c != '.');
        let digits = after[..end.unwrap_or(after.len())].replace([',', '.'], "");
        let pence: i128 = digits.parse().unwrap();
        if before.ends_with('-') { -pence } else { pence }
    });
    amounts.collect()
}

/// What stands between two marks of a page's HTML, the first time.
pub(crate) fn between<'h>(html: &'h str, from: &str, to: &str) -> &'h str {
    let (_, rest) = html
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from} in {html}"));
    rest.split_once(to)
        .unwrap_or_else(|| panic!("no {to} after {from}"))
        .0
}

//! Events that somebody else who reads the log would not understand are not recorded.

use std::sync::{Arc, Mutex};

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command, Request};
use netgain_events::fact::FactKind;
use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::vocabulary::Auth;
use tokio::sync::watch;

use crate::clock::StoppedClock;
use crate::ledger::{Caller, Ledger, LedgerFault, Outcome, Requested};
use crate::log::{Commit, Cursor, Durability, End, Log, LogFault, LogRead, ReadError, Ticket};
use crate::memory::{MemoryLog, Syncing};

/// A log that another one reads, who does not know some kind of event.
struct ReadByAnother {
    log: MemoryLog,
    unread: Mutex<Option<FactKind>>,
}

impl LogRead for ReadByAnother {
    fn ledger(&self) -> &LedgerId {
        self.log.ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        self.log.read(from, only, visit)
    }
}

impl Log for ReadByAnother {
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        self.log.append(commit)
    }

    fn durability(&self, lane: u32) -> watch::Receiver<Durability> {
        self.log.durability(lane)
    }

    fn everything(&self) -> Ticket {
        self.log.everything()
    }

    fn durable_end(&self) -> Cursor {
        self.log.durable_end()
    }

    fn unread(&self, kind: FactKind) -> Option<Arc<str>> {
        let unread = *self.unread.lock().unwrap();
        (unread == Some(kind)).then(|| "upgrade the other one".into())
    }
}

fn commands(lines: &[&str]) -> Request {
    let commands = lines.iter().map(|line| {
        let (kind, more) = line.split_once(' ').unwrap();
        let line = format!("{{\"type\":\"{kind}\",\"org\":\"E07000082\",{more}}}");
        Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap()
    });
    Request {
        commands: commands.collect(),
        key: None,
    }
}

fn ask(ledger: &Ledger<Arc<ReadByAnother>>, lines: &[&str]) -> Result<Outcome, LedgerFault> {
    let caller = Caller {
        actor: "ann".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let org = "E07000082".parse().unwrap();
    match ledger.submit_request(&org, commands(lines), None, &caller)? {
        Requested::Answered(answer) => Ok(answer.outcome),
        Requested::Stale { .. } => unreachable!("no position was named"),
    }
}

#[test]
fn what_another_does_not_read_is_not_recorded_and_what_it_reads_is() {
    let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let log = Arc::new(ReadByAnother {
        log: MemoryLog::new(ledger, Syncing::AtOnce),
        unread: Mutex::new(Some(FactKind::BaselineSet)),
    });
    let clock = Box::new(StoppedClock::default());
    let ledger = Ledger::open(Arc::clone(&log), None, clock, &mut |_| {}).unwrap();
    let register = "register-organisation \"name\":\"Council\",\"kind\":\"district\",\"sector\":\"local-government\"";
    let baseline = "set-baseline \"year\":\"2007/08\",\"amount\":\"1000\"";
    let target = "set-target \"year\":\"2010/11\",\"amount\":\"10\"";
    let is_unread = |lines: &[&str]| {
        let asked = ask(&ledger, lines);
        matches!(asked, Err(LedgerFault::Unread { why }) if &*why == "upgrade the other one")
    };
    let first = |outcome: Outcome| {
        let Outcome::Recorded { first, .. } = outcome else {
            panic!("{outcome:?}");
        };
        first
    };
    // All of a request or nothing.
    assert!(is_unread(&[register, baseline]));
    assert_eq!(first(ask(&ledger, &[register]).unwrap()), Position::new(1));
    assert!(is_unread(&[baseline]));
    assert!(is_unread(&[target, baseline]));
    assert_eq!(first(ask(&ledger, &[target]).unwrap()), Position::new(2));
    // The control: once the other one reads it, it goes on where it stood.
    *log.unread.lock().unwrap() = None;
    assert_eq!(first(ask(&ledger, &[baseline]).unwrap()), Position::new(3));
}

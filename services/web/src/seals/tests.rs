use std::sync::Condvar;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::identifier::{LedgerId, Position};
use netgain_events::vocabulary::Auth;
use netgain_ledger::ledger::{Answer, Caller, Ledger, LedgerFault};
use netgain_ledger::log::{Commit, Cursor, Durability, End, Lineage, LogFault, ReadError, Ticket};
use netgain_ledger::memory::{MemoryLog, Syncing};
use tempfile::TempDir;
use tokio::sync::watch;

use super::*;

const ALTERED: &str = "E07000082";
const OTHER: &str = "E08000006";

/// Longer than sealing a few events takes on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A log that several write, of which nobody reads everything while its gate is shut.
#[derive(Clone)]
struct Gated {
    log: MemoryLog,
    gate: Arc<(Mutex<bool>, Condvar)>,
}

impl Gated {
    fn of(log: MemoryLog) -> Self {
        let gate = Arc::new((Mutex::new(true), Condvar::new()));
        Self { log, gate }
    }

    fn set_open(&self, is_open: bool) {
        *self.gate.0.lock().unwrap() = is_open;
        self.gate.1.notify_all();
    }
}

impl LogRead for Gated {
    fn ledger(&self) -> &LedgerId {
        self.log.ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        if only.is_none() {
            let is_open = self.gate.0.lock().unwrap();
            drop(
                self.gate
                    .1
                    .wait_while(is_open, |is_open| !*is_open)
                    .unwrap(),
            );
        }
        self.log.read(from, only, visit)
    }
}

impl Log for Gated {
    fn append(&self, commit: Commit<'_>) -> Result<Ticket, Arc<LogFault>> {
        self.log.append(commit)
    }

    fn append_in(
        &self,
        commit: Commit<'_>,
        lineage: &Arc<Lineage>,
    ) -> Result<Ticket, Arc<LogFault>> {
        self.log.append_in(commit, lineage)
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

    fn is_shared(&self) -> bool {
        true
    }
}

fn org(code: &str) -> OrgId {
    code.parse().unwrap()
}

fn record<L: Log>(ledger: &Ledger<L>, code: &str, members: &str) -> Result<Answer, LedgerFault> {
    let line = format!(r#"{{"org":"{code}",{members}}}"#);
    let caller = Caller {
        actor: "ann".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
    ledger.submit(command, &caller)
}

fn register<L: Log>(ledger: &Ledger<L>, code: &str) {
    let kind = r#""kind":"district","sector":"local-government""#;
    let members = format!(r#""type":"register-organisation","name":"A council",{kind}"#);
    record(ledger, code, &members).unwrap();
}

fn claim<L: Log>(ledger: &Ledger<L>, code: &str, reference: &str) -> Result<Answer, LedgerFault> {
    let members = format!(
        r#""type":"register-claim","claim":"{reference}","title":"Gain","action":"reduce-inputs","impact_from":"2008-04-01","profile":{{"2008/09":"1"}}"#
    );
    record(ledger, code, &members)
}

fn ledger_on<L: Log>(log: L) -> Ledger<L> {
    Ledger::open(log, None, Box::new(SystemClock), &mut |_| {}).unwrap()
}

/// The log with another title in one organisation's claims.
fn rewritten(log: &MemoryLog, code: &str) -> MemoryLog {
    let rewritten = MemoryLog::new(*log.ledger(), Syncing::AtOnce).shared();
    let mut append = |commit: Commit<'_>| {
        let mut lines = String::from_utf8(commit.lines.to_vec()).unwrap();
        if *commit.org == org(code) {
            lines = lines.replace("Gain", "Loss");
        }
        let lines = lines.as_bytes();
        rewritten.append(Commit { lines, ..commit }).unwrap();
    };
    log.read(&Cursor::default(), None, &mut append).unwrap();
    rewritten
}

/// Two organisations of two events each, sealed, whose log is then what `alter` makes of it; opened to be sealed on
/// with the gate shut.
struct World {
    home: TempDir,
    log: Gated,
    ledger: SharedLedger,
    seals: Seals,
}

impl World {
    fn new(alter: impl FnOnce(&MemoryLog) -> MemoryLog) -> Self {
        let home = tempfile::tempdir().unwrap();
        let id = "0123456789abcdef0123456789abcdef".parse().unwrap();
        let log = MemoryLog::new(id, Syncing::AtOnce).shared();
        let before = ledger_on(log.clone());
        for code in [ALTERED, OTHER] {
            register(&before, code);
            claim(&before, code, "A").unwrap();
        }
        let (store, keys) = open(&home, &id);
        let mut sealer = Sealer::open(&log, store, keys, &mut |_| {}).unwrap();
        sealer.seal(&log, SystemClock.now()).unwrap().unwrap();
        drop(sealer);
        let log = Gated::of(alter(&log));
        let shared: Arc<dyn Log> = Arc::new(log.clone());
        let ledger = Arc::new(ledger_on(shared));
        log.set_open(false);
        let (store, keys) = open(&home, &id);
        let beginning = Beginning::Unchecked(store, keys);
        let reopen: OpenSealer = Box::new(|_| Err("it is opened once".into()));
        let every = Duration::from_millis(10);
        let seals = Seals::start(Arc::clone(&ledger), beginning, reopen, None, every).unwrap();
        Self {
            home,
            log,
            ledger,
            seals,
        }
    }

    /// Lets the check go on, and waits for its end.
    fn check(&self) {
        self.log.set_open(true);
        let begun = Instant::now();
        while self.seals.is_checking() {
            assert!(begun.elapsed() < PATIENCE, "the check does not end");
            thread::yield_now();
        }
    }

    fn seal_now(&self) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        runtime.unwrap().block_on(self.seals.now())
    }

    /// How many events of it are sealed, as auditors are told.
    fn sealed(&self, code: &str) -> u64 {
        let checkpoint = self.seals.checkpoint(&org(code)).unwrap();
        checkpoint.checkpoint().size
    }

    fn position(&self, code: &str) -> Position {
        let looked = self.ledger.look(&org(code), |state| state.position);
        looked.unwrap().unwrap().0
    }
}

fn open(home: &TempDir, id: &LedgerId) -> (Store, KeyRing) {
    let checkpoints = home.path().join("checkpoints");
    let has_checkpoints = Store::has_checkpoints(&checkpoints);
    let keys = KeyRing::open_or_init(&home.path().join("keys"), id, has_checkpoints).unwrap();
    (Store::open(&checkpoints, &keys).unwrap(), keys)
}

#[test]
fn until_the_log_was_held_to_what_was_sealed_everybody_is_served_and_nothing_is_sealed() {
    let world = World::new(MemoryLog::clone);
    assert!(world.seals.is_checking() && world.seals.is_sealing());
    assert!(world.seals.registry().is_some());
    claim(&world.ledger, OTHER, "B").unwrap();
    assert!(!world.seal_now());
    assert_eq!(world.sealed(OTHER), 2);
    world.check();
    assert!(world.seal_now());
    assert_eq!(world.sealed(OTHER), 3);
    assert!(world.seals.alarms().is_empty());
    world.seals.close().unwrap();
}

#[test]
fn a_history_that_is_found_altered_while_it_is_served_is_read_only_at_once_and_never_sealed() {
    let world = World::new(|log| rewritten(log, ALTERED));
    // Nobody knows yet: what is recorded now is kept, and stands behind what was altered.
    claim(&world.ledger, ALTERED, "B").unwrap();
    world.check();
    assert_eq!(world.seals.alarms(), [org(ALTERED)]);
    let refused = claim(&world.ledger, ALTERED, "C").unwrap_err();
    let said = refused.to_string();
    assert!(
        said.starts_with("this history can only be read. E07000082: the event at position 2 is"),
        "{said}"
    );
    claim(&world.ledger, OTHER, "B").unwrap();
    assert!(world.seal_now());
    assert_eq!((world.sealed(ALTERED), world.sealed(OTHER)), (2, 3));
    assert_eq!(world.position(ALTERED), Position::new(3));
    world.seals.close().unwrap();
}

#[test]
fn who_ends_it_does_not_wait_for_the_check() {
    let world = World::new(MemoryLog::clone);
    claim(&world.ledger, OTHER, "B").unwrap();
    world.seals.close().unwrap();
    assert!(world.seals.is_checking());
    assert_eq!(world.sealed(OTHER), 2);
    // Its thread ends before its directory does.
    world.log.set_open(true);
    while world.home.path().join("checkpoints/lock").exists() && world.seals.is_checking() {
        thread::yield_now();
    }
}

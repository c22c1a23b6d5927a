//! What the tests of this crate share: a ledger in memory, and everything around it in a directory
//! that vanishes.

use std::fs;
use std::path::PathBuf;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::ledger::{Caller, Ledger, Outcome};
use netgain_ledger::log::{Commit, Cursor, Log, LogRead};
use netgain_ledger::memory::{MemoryLog, Syncing};
use tempfile::TempDir;

use crate::keys::KeyRing;
use crate::sealer::{SealError, Sealer};
use crate::store::{Store, StoreError};

pub(crate) const STROUD: &str = "E07000082";
pub(crate) const SALFORD: &str = "E08000006";

pub(crate) fn ledger_id() -> LedgerId {
    "0123456789abcdef0123456789abcdef".parse().unwrap()
}

pub(crate) fn org(code: &str) -> OrgId {
    code.parse().unwrap()
}

/// A moment, that many seconds after the tests' beginning of time.
pub(crate) fn at(seconds: i64) -> RecordedAt {
    RecordedAt::from_unix_ms(1_280_000_000_000 + seconds * 1000).unwrap()
}

/// A ledger with its keys and checkpoints.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) log: MemoryLog,
    ledger: Ledger<MemoryLog>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_log(MemoryLog::new(ledger_id(), Syncing::AtOnce))
    }

    pub(crate) fn with_log(log: MemoryLog) -> Self {
        let clock = Box::new(StoppedClock::at(at(0)));
        let ledger = Ledger::open(log.clone(), None, clock, &mut |_| {}).unwrap();
        Self {
            home: tempfile::tempdir().unwrap(),
            log,
            ledger,
        }
    }

    pub(crate) fn keys_directory(&self) -> PathBuf {
        self.home.path().join("data.keys")
    }

    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.home.path().join("data/checkpoints")
    }

    /// Records a command for an organisation, given its other members as JSON.
    pub(crate) fn record(&self, code: &str, members: &str) {
        let line = format!(r#"{{"org":"{code}",{members}}}"#);
        let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
        let caller = Caller {
            actor: "ann".parse().unwrap(),
            auth: Auth::Named,
            authority: Authority::Operator,
        };
        let answer = self.ledger.submit(command, &caller).unwrap();
        match answer.outcome {
            Outcome::Recorded { .. } => {}
            other @ (Outcome::Repeated { .. } | Outcome::Refused(_)) => panic!("{line}: {other:?}"),
        }
    }

    /// Registers an organisation: its first event.
    pub(crate) fn register(&self, code: &str) {
        self.record(
            code,
            r#""type":"register-organisation","name":"A council","kind":"district","sector":"local-government""#,
        );
    }

    /// Registers a claim: one event.
    pub(crate) fn claim(&self, code: &str, reference: &str, pounds: &str) {
        let members = format!(
            r#""type":"register-claim","claim":"{reference}","title":"Gain {reference}","action":"reduce-inputs","impact_from":"2008-04-01","profile":{{"2008/09":"{pounds}"}}"#
        );
        self.record(code, &members);
    }

    /// Issues a statement for 2008/09: one event.
    pub(crate) fn statement(&self, code: &str) {
        self.record(
            code,
            r#""type":"issue-statement","year":"2008/09","series":"actual""#,
        );
    }

    pub(crate) fn position(&self, code: &str) -> Position {
        let looked = self.ledger.look(&org(code), |state| state.position);
        looked.unwrap().unwrap().0
    }

    pub(crate) fn keys(&self) -> KeyRing {
        let has_checkpoints = Store::has_checkpoints(&self.checkpoints());
        KeyRing::open_or_init(&self.keys_directory(), &ledger_id(), has_checkpoints).unwrap()
    }

    pub(crate) fn store(&self) -> Result<Store, StoreError> {
        Store::open(&self.checkpoints(), &self.keys())
    }

    pub(crate) fn sealer(&self) -> Sealer {
        self.sealer_over(&self.log).unwrap()
    }

    /// A sealer over another log than the ledger's own, as if it had been put in its place.
    pub(crate) fn sealer_over(&self, log: &dyn LogRead) -> Result<Sealer, SealError> {
        let keys = self.keys();
        let store = Store::open(&self.checkpoints(), &keys)?;
        Sealer::open(log, store, keys, &mut |_| {})
    }

    /// Seals whatever has grown, by a sealer that is let go of at once.
    pub(crate) fn seal(&self) {
        self.sealer().seal(&self.log, at(0)).unwrap().unwrap();
    }

    /// The log with another title in one event of Stroud's, written anew with every checksum right.
    pub(crate) fn rewritten_at(&self, position: u64) -> MemoryLog {
        self.rewritten(|code, at, line| {
            let mut line = line.to_vec();
            if *code == org(STROUD) && at.get() == position {
                line = String::from_utf8(line)
                    .unwrap()
                    .replace("Gain", "Loss")
                    .into_bytes();
            }
            Some(line)
        })
    }

    /// The log with each line as `change` gives it back, written anew with every checksum right;
    /// a commit of which no line is left is left out.
    pub(crate) fn rewritten(
        &self,
        mut change: impl FnMut(&OrgId, Position, &[u8]) -> Option<Vec<u8>>,
    ) -> MemoryLog {
        let rewritten = MemoryLog::new(ledger_id(), Syncing::AtOnce);
        let mut next = std::collections::BTreeMap::new();
        let mut append = |commit: Commit<'_>| {
            let position = commit.first;
            let line = commit.lines.strip_suffix(b"\n").unwrap();
            if let Some(mut line) = change(commit.org, position, line) {
                line.push(b'\n');
                let first = next.entry(commit.org.clone()).or_insert(Position::new(1));
                let (first, lines) = (std::mem::replace(first, first.next()), &line);
                rewritten
                    .append(Commit {
                        first,
                        lines,
                        ..commit
                    })
                    .unwrap();
            }
        };
        self.log
            .read(&Cursor::default(), None, &mut append)
            .unwrap();
        rewritten
    }

    /// The bytes of the files that a seal changes, by their name.
    pub(crate) fn files(&self) -> Files {
        let read = |path: PathBuf| fs::read(path).ok();
        Files {
            leaf_hashes: read(self.checkpoints().join("leaf-hashes")),
            registry: read(self.checkpoints().join("registry")),
            last_signed: read(self.keys_directory().join("last-signed")),
            published: read(self.checkpoints().join("registry.checkpoint")),
        }
    }

    /// Puts files back as they were.
    pub(crate) fn put_back(&self, files: &Files) {
        let write = |path: PathBuf, bytes: &Option<Vec<u8>>| match bytes {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => drop(fs::remove_file(path)),
        };
        write(self.checkpoints().join("leaf-hashes"), &files.leaf_hashes);
        write(self.checkpoints().join("registry"), &files.registry);
        write(
            self.keys_directory().join("last-signed"),
            &files.last_signed,
        );
        write(
            self.checkpoints().join("registry.checkpoint"),
            &files.published,
        );
    }
}

/// The files that a seal changes, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) leaf_hashes: Option<Vec<u8>>,
    pub(crate) registry: Option<Vec<u8>>,
    pub(crate) last_signed: Option<Vec<u8>>,
    pub(crate) published: Option<Vec<u8>>,
}

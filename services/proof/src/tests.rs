//! Whole data directories on a disk: a log of segment files, its checkpoints and its keys, copied, put
//! back, cut and rewritten as somebody with a root shell could.

use std::fs;
use std::path::{Path, PathBuf};

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::identifier::Position;
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::ledger::{Caller, Ledger};
use netgain_ledger::log::{Commit, Cursor, Log, LogRead};
use netgain_log_file::{FileLog, Reader};

use crate::alarm::Finding;
use crate::keys::KeyRing;
use crate::registry::RegistryError;
use crate::sealer::{SealError, Sealer};
use crate::store::{Store, StoreError};
use crate::testing::{SALFORD, STROUD, at, ledger_id, org};

struct Data {
    home: tempfile::TempDir,
}

impl Data {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn reader(&self) -> Reader {
        Reader::open(&self.path("data/log")).unwrap()
    }

    /// Records claims until each organisation has that many events.
    fn record(&self, sizes: &[(&str, u64)]) {
        let log = FileLog::open_or_create(&self.path("data/log"), ledger_id).unwrap();
        let clock = Box::new(StoppedClock::at(at(0)));
        let ledger = Ledger::open(log, None, clock, &mut |_| {}).unwrap();
        let caller = Caller {
            actor: "ann".parse().unwrap(),
            auth: Auth::Named,
            authority: Authority::Operator,
        };
        for (code, size) in sizes {
            let look = ledger.look(&org(code), |state| state.position).unwrap();
            let mut last = look.map_or(0, |(position, _)| position.get());
            while last < *size {
                last += 1;
                let line = if last == 1 {
                    format!(
                        r#"{{"org":"{code}","type":"register-organisation","name":"A council","kind":"district","sector":"local-government"}}"#
                    )
                } else {
                    format!(
                        r#"{{"org":"{code}","type":"register-claim","claim":"A{last}","title":"Gain","action":"reduce-inputs","impact_from":"2008-04-01","profile":{{"2008/09":"10"}}}}"#
                    )
                };
                let command = Command::from_line(line.as_bytes(), ActorField::Allowed).unwrap();
                ledger.submit(command, &caller).unwrap();
            }
        }
        ledger.into_log().close().unwrap();
    }

    fn sealer(&self) -> Result<Sealer, SealError> {
        let checkpoints = self.path("data/checkpoints");
        let has = Store::has_checkpoints(&checkpoints);
        let keys = KeyRing::open_or_init(&self.path("data.keys"), &ledger_id(), has).unwrap();
        let store = Store::open(&checkpoints, &keys)?;
        Sealer::open(&self.reader(), store, keys, &mut |_| {})
    }

    fn seal(&self) -> Vec<(String, u64)> {
        let seal = self.sealer().unwrap().seal(&self.reader(), at(0)).unwrap();
        let organisations = seal.expect("something had grown").organisations;
        let pairs = organisations.iter();
        pairs
            .map(|(org, last)| (org.to_string(), last.get()))
            .collect()
    }

    fn findings(&self) -> Vec<(String, Finding)> {
        let sealer = self.sealer().unwrap();
        let alarms = sealer.alarms().iter();
        alarms
            .map(|(org, alarm)| (org.to_string(), alarm.finding))
            .collect()
    }

    fn copy(&self, from: &str, to: &str) {
        drop(fs::remove_dir_all(self.path(to)));
        copy(&self.path(from), &self.path(to));
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn a_ledger_on_a_disk_is_sealed_as_it_grows() {
    let data = Data::new();
    data.record(&[(STROUD, 3), (SALFORD, 2)]);
    assert_eq!(
        data.seal(),
        [(STROUD.to_owned(), 3), (SALFORD.to_owned(), 2)]
    );
    data.record(&[(SALFORD, 4)]);
    assert_eq!(data.seal(), [(SALFORD.to_owned(), 4)]);
    assert!(data.findings().is_empty());
}

#[test]
fn yesterdays_copy_of_the_data_put_back_is_found_out() {
    let data = Data::new();
    data.record(&[(STROUD, 3)]);
    data.seal();
    data.copy("data", "yesterday");
    data.record(&[(STROUD, 5)]);
    data.seal();
    data.copy("data", "today");

    data.copy("yesterday", "data");
    let refused = data.sealer();
    assert!(matches!(
        refused,
        Err(SealError::Store(StoreError::Registry(
            RegistryError::Behind {
                published: 1,
                signed: 2,
                ..
            }
        )))
    ));
    // Putting today's back is all it takes.
    data.copy("today", "data");
    assert!(data.findings().is_empty());
    data.record(&[(STROUD, 6)]);
    assert_eq!(data.seal(), [(STROUD.to_owned(), 6)]);
}

#[test]
fn yesterdays_copy_of_the_log_alone_is_found_out_and_the_others_go_on() {
    let data = Data::new();
    data.record(&[(STROUD, 3), (SALFORD, 2)]);
    data.copy("data/log", "log");
    data.record(&[(STROUD, 5)]);
    data.seal();
    data.copy("log", "data/log");
    let last = Position::new(3);
    assert_eq!(
        data.findings(),
        [(STROUD.to_owned(), Finding::Shorter { last })]
    );
    data.record(&[(SALFORD, 3)]);
    assert_eq!(data.seal(), [(SALFORD.to_owned(), 3)]);
}

#[test]
fn an_event_rewritten_with_its_checksum_is_found_at_its_position() {
    let data = Data::new();
    data.record(&[(STROUD, 6), (SALFORD, 2)]);
    data.seal();
    // The log is written anew by the program itself, so that every checksum and sequence is right.
    let anew = FileLog::open_or_create(&data.path("anew"), ledger_id).unwrap();
    let mut rewrite = |commit: Commit<'_>| {
        let lines = std::str::from_utf8(commit.lines).unwrap();
        let lines = if *commit.org == org(STROUD) && commit.first == Position::new(4) {
            lines.replace("\"10.00\"", "\"99.00\"")
        } else {
            lines.to_owned()
        };
        let lines = lines.as_bytes();
        anew.append(Commit { lines, ..commit }).unwrap();
    };
    let reader = data.reader();
    reader.read(&Cursor::default(), None, &mut rewrite).unwrap();
    anew.close().unwrap();
    data.copy("anew", "data/log");
    // No checksum tells.
    assert!(data.reader().check(&mut |_| {}).is_ok());
    let (from, to) = (Position::new(4), Position::new(4));
    assert_eq!(
        data.findings(),
        [(STROUD.to_owned(), Finding::Different { from, to })]
    );
}

#[test]
fn the_data_without_its_keys_is_not_sealed_by_a_new_key() {
    let data = Data::new();
    data.record(&[(STROUD, 1)]);
    data.seal();
    fs::remove_dir_all(data.path("data.keys")).unwrap();
    let has = Store::has_checkpoints(&data.path("data/checkpoints"));
    let keys = KeyRing::open_or_init(&data.path("data.keys"), &ledger_id(), has);
    let said = keys.unwrap_err().to_string();
    assert!(
        said.contains("put the directory back from its backup"),
        "{said}"
    );
}

//! How fast a ledger is sealed: all at once, from the log of an existing ledger, and one event at a
//! time: `cargo run --release -p netgain-proof --example seal_rate LOG-DIRECTORY [DIRECTORY]`.
//!
//! The log is only read. Keys and checkpoints are made below the other directory, and taken away.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::log::{Commit, Log, LogRead};
use netgain_ledger::memory::{MemoryLog, Syncing};
use netgain_log_file::Reader;
use netgain_proof::keys::KeyRing;
use netgain_proof::sealer::{SealError, Sealer};
use netgain_proof::store::Store;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How many seals of one event are timed.
const SINGLE_SEALS: u64 = 400;

fn main() -> Outcome<()> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let log = words.next().ok_or("name the directory of a log")?;
    let home = words.next().unwrap_or_else(std::env::temp_dir);
    let home = home.join(format!("seal-rate-{}", std::process::id()));
    fs::create_dir_all(&home)?;
    let outcome = cold(&log, &home.join("cold")).and_then(|()| single(&home.join("single")));
    fs::remove_dir_all(&home)?;
    outcome
}

fn open(home: &Path, log: &dyn LogRead) -> Outcome<Sealer> {
    let (keys, checkpoints) = (home.join("keys"), home.join("checkpoints"));
    let has_checkpoints = Store::has_checkpoints(&checkpoints);
    let keys = KeyRing::open_or_init(&keys, log.ledger(), has_checkpoints)?;
    let store = Store::open(&checkpoints, &keys)?;
    Ok(Sealer::open(log, store, keys, &mut |_| {})?)
}

/// A ledger that was never sealed: reading it, sealing it, and starting again.
fn cold(log: &Path, home: &Path) -> Outcome<()> {
    let reader = Reader::open(log)?;
    let started = Instant::now();
    let mut sealer = open(home, &reader)?;
    let read = started.elapsed();
    let seal = sealer
        .seal(&reader, RecordedAt::default())?
        .ok_or("the log is empty")?;
    let in_all = started.elapsed();
    drop(sealer);
    let events: u64 = seal.organisations.values().map(|last| last.get()).sum();
    eprintln!(
        "{events} events of {} organisations: read {read:.2?}, sealed {:.2?}, in all {in_all:.2?}",
        seal.organisations.len(),
        in_all.saturating_sub(read)
    );
    let started = Instant::now();
    drop(open(home, &reader)?);
    eprintln!("started again, all sealed: {:.2?}", started.elapsed());
    Ok(())
}

/// A seal after each event.
fn single(home: &Path) -> Outcome<()> {
    let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse()?;
    let org: OrgId = "E07000082".parse()?;
    let log = MemoryLog::new(ledger, Syncing::AtOnce);
    let mut sealer = open(home, &log)?;
    let one_more = |sealer: &mut Sealer, position: u64| -> Result<Duration, SealError> {
        let line = format!("{{\"position\":{position}}}\n");
        // A log in memory takes every commit that is one.
        let appended = log.append(Commit {
            org: &org,
            first: Position::new(position),
            events: 1,
            lines: line.as_bytes(),
        });
        drop(appended);
        let started = Instant::now();
        sealer.seal(&log, RecordedAt::default())?;
        Ok(started.elapsed())
    };
    let mut times = Vec::new();
    for position in 1..=SINGLE_SEALS {
        times.push(one_more(&mut sealer, position)?);
    }
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied();
    eprintln!(
        "one event, one seal: half of them within {:.2?}, 99 in 100 within {:.2?}",
        at(50).unwrap_or_default(),
        at(99).unwrap_or_default()
    );
    Ok(())
}

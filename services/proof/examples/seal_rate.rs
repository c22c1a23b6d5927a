//! How fast a ledger is sealed: all at once, from the log of an existing ledger, and one event at a
//! time: `cargo run --release -p netgain-proof --example seal_rate LOG-DIRECTORY [DIRECTORY]`.
//!
//! The log is only read. Keys and checkpoints are made below the other directory, and taken away.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use netgain_events::identifier::{LedgerId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::log::{Commit, Log, LogRead};
use netgain_ledger::memory::{MemoryLog, Syncing};
use netgain_log_file::Reader;
use netgain_proof::keys::KeyRing;
use netgain_proof::sealer::Sealer;
use netgain_proof::store::Store;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// How many seals of one event are timed.
const SINGLE_SEALS: u64 = 400;

/// How many events are appended at once before that.
const AT_ONCE: u64 = 1_000;

fn main() -> Outcome<()> {
    let mut words = std::env::args_os().skip(1).map(PathBuf::from);
    let log = words.next().ok_or("name the directory of a log")?;
    let home = words.next().unwrap_or_else(std::env::temp_dir);
    let home = home.join(format!("seal-rate-{}", std::process::id()));
    fs::create_dir_all(&home)?;
    let outcome = cold(&log, &home.join("cold"))
        .and_then(|()| single(&home.join("thousand"), 1_000))
        .and_then(|()| single(&home.join("million"), 1_000_000));
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

/// A seal after each single event, of a history that has so many already.
fn single(home: &Path, already: u64) -> Outcome<()> {
    let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse()?;
    let log = MemoryLog::new(ledger, Syncing::AtOnce);
    for first in (1..=already).step_by(usize::try_from(AT_ONCE)?) {
        append(&log, first, AT_ONCE)?;
    }
    let mut sealer = open(home, &log)?;
    sealer.seal(&log, RecordedAt::default())?;
    let mut times = Vec::new();
    for single in 1..=SINGLE_SEALS {
        append(&log, already + single, 1)?;
        let started = Instant::now();
        sealer.seal(&log, RecordedAt::default())?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied();
    writeln!(
        std::io::stdout(),
        "single seals after {already} events: median {} us, 99 in 100 within {} us",
        at(50).unwrap_or_default().as_micros(),
        at(99).unwrap_or_default().as_micros()
    )?;
    Ok(())
}

/// Appends that many events from a position on.
fn append(log: &MemoryLog, first: u64, events: u64) -> Outcome<()> {
    let mut lines = Vec::new();
    for position in first..first + events {
        writeln!(lines, "{{\"position\":{position}}}")?;
    }
    log.append(Commit {
        org: &"E07000082".parse()?,
        first: Position::new(first),
        events: u32::try_from(events)?,
        lines: &lines,
    })?;
    Ok(())
}

//! How fast the log is, beside a bare loop that writes the same bytes in the same number of groups
//! in the same layout, in the same run: `cargo run --release -p netgain-log-file --example append_rate [DIRECTORY]`.
//!
//! The bare loop is one thread, no checksums, no queue: what the disk alone allows.

#![expect(clippy::float_arithmetic, reason = "rates are measured, and no money")]

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::conformance::block_on;
use netgain_ledger::log::{Commit, Cursor, Log, LogRead, durable};
use netgain_log_file::{FileLog, Reader, Stats};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// An event line of a usual length.
const LINE_BYTES: usize = 400;
const HEADER_BYTES: usize = 64;
const BULK_EVENTS: u32 = 1_000_000;
const ROUNDS: usize = 5;
const SLICES: usize = 60;
const SLICE: Duration = Duration::from_millis(50);

fn main() -> Outcome<()> {
    let home = match std::env::args_os().nth(1) {
        Some(home) => PathBuf::from(home),
        None => std::env::temp_dir(),
    };
    let home = home.join(format!("append-rate-{}", std::process::id()));
    fs::create_dir_all(&home)?;
    let outcome = single(&home).and_then(|()| bulk(&home));
    fs::remove_dir_all(&home)?;
    outcome
}

/// One commit after the other, each durable before the next. The two take turns in short slices,
/// so that whatever else the machine does disturbs both.
fn single(home: &Path) -> Outcome<()> {
    let mut bare = Bare::create(&home.join("bare"))?;
    let log = fresh(home)?;
    let (org, line) = sample()?;
    let mut position = 0;
    let mut ours = || {
        position += 1;
        append(&log, &org, position, 1, &line)
    };
    // Warm, and past the first zeros.
    for _ in 0..100 {
        ours()?;
        bare.append()?;
    }
    let (mut our_rates, mut bare_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..SLICES {
        let bare_rate = slice(|| bare.append())?;
        let our_rate = slice(&mut ours)?;
        our_rates.push(our_rate);
        bare_rates.push(bare_rate);
        ratios.push(our_rate / bare_rate);
    }
    say(&format!(
        "single, medians of {SLICES} slices: {:.0} appends/s, bare {:.0}/s, ratio {:.2}",
        median(&mut our_rates),
        median(&mut bare_rates),
        median(&mut ratios)
    ))
}

/// How many times a second that can be done, over one slice.
fn slice(mut action: impl FnMut() -> Outcome<()>) -> Outcome<f64> {
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < SLICE {
        action()?;
        count += 1;
    }
    Ok(rate(count, begun.elapsed()))
}

/// A million events as fast as one thread appends them, then read again.
fn bulk(home: &Path) -> Outcome<()> {
    for events_each in [1, 100] {
        let mut ratios = Vec::new();
        for round in 0..ROUNDS {
            let (ours, stats) = bulk_once(home, events_each)?;
            let bare = bare_bulk(&home.join("bare-bulk"), &stats)?;
            ratios.push(ours / bare);
            say(&format!(
                "bulk {round}, {events_each} events a commit: {ours:.0} events/s in {} groups, {} MB; \
                 bare {bare:.0}/s, ratio {:.2}",
                stats.groups,
                stats.bytes / 1_000_000,
                ours / bare
            ))?;
        }
        say(&format!(
            "bulk, {events_each} events a commit: median ratio {:.2}",
            median(&mut ratios)
        ))?;
        let reader = Reader::open(&home.join("log"))?;
        for only in [None, Some(sample()?.0), Some("NOBODY".parse()?)] {
            let begun = Instant::now();
            let (mut events, mut bytes) = (0_u64, 0);
            reader.read(&Cursor::default(), only.as_ref(), &mut |commit| {
                events += u64::from(commit.events);
                bytes += commit.lines.len();
            })?;
            say(&format!(
                "read {events} events of {only:?}: {:.3} s, {:.2} GB/s",
                begun.elapsed().as_secs_f64(),
                f64::from(u32::try_from(bytes)?) / 1e9 / begun.elapsed().as_secs_f64()
            ))?;
        }
    }
    Ok(())
}

fn bulk_once(home: &Path, events_each: u32) -> Outcome<(f64, Stats)> {
    let log = fresh(home)?;
    let (org, line) = sample()?;
    let lines = line.repeat(usize::try_from(events_each)?);
    let begun = Instant::now();
    let mut last = None;
    for commit in 0..BULK_EVENTS / events_each {
        let first = Position::new(u64::from(commit * events_each) + 1);
        let commit = Commit {
            org: &org,
            first,
            events: events_each,
            lines: &lines,
        };
        last = Some(log.append(commit)?);
    }
    if let Some(ticket) = last {
        block_on(durable(&log, ticket))?;
    }
    let ours = rate(BULK_EVENTS.into(), begun.elapsed());
    let stats = log.stats();
    log.close()?;
    Ok((ours, stats))
}

/// Records of the same length into zeros written before.
struct Bare {
    file: File,
    record: Vec<u8>,
    zeros: Vec<u8>,
    offset: u64,
    zeros_end: u64,
}

impl Bare {
    fn create(path: &Path) -> Outcome<Self> {
        let record = vec![b'x'; HEADER_BYTES + LINE_BYTES];
        Ok(Self {
            file: create(path)?,
            record,
            zeros: vec![0; 512 * 1024],
            offset: 0,
            zeros_end: 0,
        })
    }

    fn append(&mut self) -> Outcome<()> {
        self.file.write_all_at(&self.record, self.offset)?;
        self.offset += u64::try_from(self.record.len())?;
        if self.offset > self.zeros_end {
            self.file.write_all_at(&self.zeros, self.offset)?;
            self.zeros_end = self.offset + u64::try_from(self.zeros.len())?;
        }
        Ok(self.file.sync_data()?)
    }
}

/// The same bytes in the same number of groups, from one buffer, into files of a segment's size.
fn bare_bulk(directory: &Path, stats: &Stats) -> Outcome<f64> {
    let group = usize::try_from(stats.bytes / stats.groups)?;
    let buffer = vec![b'x'; group];
    fs::create_dir_all(directory)?;
    let begun = Instant::now();
    let mut file = create(&directory.join("0"))?;
    let mut offset = 0;
    for count in 0..stats.groups {
        if offset + u64::try_from(group)? > netgain_log_file::SEGMENT_BYTES {
            file = create(&directory.join(count.to_string()))?;
            offset = 0;
        }
        file.write_all_at(&buffer, offset)?;
        file.sync_data()?;
        offset += u64::try_from(group)?;
    }
    let bare = rate(BULK_EVENTS.into(), begun.elapsed());
    fs::remove_dir_all(directory)?;
    Ok(bare)
}

fn fresh(home: &Path) -> Outcome<FileLog> {
    let directory = home.join("log");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    let ledger = "0123456789abcdef0123456789abcdef".parse()?;
    Ok(FileLog::open_or_create(&directory, || ledger)?)
}

fn create(path: &Path) -> Outcome<File> {
    Ok(OpenOptions::new().write(true).create_new(true).open(path)?)
}

fn sample() -> Outcome<(OrgId, Vec<u8>)> {
    let mut line = vec![b'x'; LINE_BYTES - 1];
    line.push(b'\n');
    Ok(("E07000082".parse()?, line))
}

fn append(log: &FileLog, org: &OrgId, position: u64, events: u32, lines: &[u8]) -> Outcome<()> {
    let commit = Commit {
        org,
        first: Position::new(position),
        events,
        lines,
    };
    block_on(durable(log, log.append(commit)?))?;
    Ok(())
}

fn rate(count: u64, took: Duration) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / took.as_secs_f64()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn say(line: &str) -> Outcome<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

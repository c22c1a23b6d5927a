//! The program that `tests/faults/sled_power_cut.py` cuts off.
//!
//! ```text
//! sled-power-cut write STORE DIR EVENTS GROUP   prints the count acknowledged after every group, then waits
//! sled-power-cut count STORE DIR                prints how many events are there, from the first without a gap
//! ```
//!
//! An event is 400 bytes that follow from its number, so that `count` takes nothing for an event
//! that is not exactly what was written.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The size of an event: what a claim's line in the log comes to.
const EVENT_BYTES: usize = 400;

type Failure = Box<dyn Error>;

/// Where the events go, and what is called before one counts as acknowledged.
#[derive(Clone, Copy)]
enum Store {
    /// `sled::Db::flush()`.
    Sled,
    /// `sled::Db::flush()`, then a sync of sled's file and of its directories from outside.
    SledFdatasync,
    /// A plain file: length, CRC-32, bytes; one write and one `fdatasync` a group.
    File,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["write", store, dir, events, group] => numbers(events, group)
            .and_then(|(events, group)| write(store_named(store)?, Path::new(dir), events, group)),
        ["count", store, dir] => store_named(store).and_then(|store| count(store, Path::new(dir))),
        _ => Err("usage: write STORE DIR EVENTS GROUP | count STORE DIR".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("sled-power-cut: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn store_named(name: &str) -> Result<Store, Failure> {
    match name {
        "sled" => Ok(Store::Sled),
        "sled-fdatasync" => Ok(Store::SledFdatasync),
        "file" => Ok(Store::File),
        _ => Err("STORE is sled, sled-fdatasync or file".into()),
    }
}

fn numbers(events: &str, group: &str) -> Result<(u64, u64), Failure> {
    let group: u64 = group.parse()?;
    if group == 0 {
        return Err("GROUP is at least 1".into());
    }
    Ok((events.parse()?, group))
}

/// Writes the events and says after each group how many are acknowledged, then waits to be killed:
/// a database that is dropped would be flushed once more.
fn write(store: Store, dir: &Path, events: u64, group: u64) -> Result<(), Failure> {
    match store {
        Store::Sled | Store::SledFdatasync => {
            let database = sled::open(dir)?;
            in_groups(events, group, |numbers| {
                for number in numbers {
                    database.insert(number.to_be_bytes(), event(number))?;
                }
                database.flush()?;
                if matches!(store, Store::SledFdatasync) {
                    sync_from_outside(dir)?;
                }
                Ok(())
            })
        }
        Store::File => {
            fs::create_dir_all(dir)?;
            let mut file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(plain_file(dir))?;
            File::open(dir)?.sync_all()?;
            in_groups(events, group, |numbers| {
                let mut bytes = Vec::new();
                for number in numbers {
                    let event = event(number);
                    bytes.extend_from_slice(&u32::try_from(event.len())?.to_le_bytes());
                    bytes.extend_from_slice(&crc32fast::hash(&event).to_le_bytes());
                    bytes.extend_from_slice(&event);
                }
                file.write_all(&bytes)?;
                file.sync_data()?;
                Ok(())
            })
        }
    }
}

fn in_groups(
    events: u64,
    group: u64,
    mut commit: impl FnMut(std::ops::Range<u64>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut stdout = io::stdout();
    let mut acknowledged = 0;
    while acknowledged < events {
        let next = events.min(acknowledged + group);
        commit(acknowledged..next)?;
        acknowledged = next;
        writeln!(stdout, "{acknowledged}")?;
        stdout.flush()?;
    }
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// `fsync` works per file, not per descriptor: this syncs what sled wrote through its own.
fn sync_from_outside(dir: &Path) -> io::Result<()> {
    File::open(dir.join("db"))?.sync_all()?;
    File::open(dir)?.sync_all()?;
    dir.parent()
        .map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}

/// Prints how many events are there, from the first without a gap.
fn count(store: Store, dir: &Path) -> Result<(), Failure> {
    let mut found: u64 = 0;
    match store {
        Store::Sled | Store::SledFdatasync => {
            let database = sled::open(dir)?;
            while database
                .get(found.to_be_bytes())?
                .is_some_and(|value| *value == *event(found))
            {
                found += 1;
            }
        }
        Store::File => {
            let mut file = BufReader::new(File::open(plain_file(dir))?);
            while let Some(bytes) = next_record(&mut file)? {
                if bytes != event(found) {
                    break;
                }
                found += 1;
            }
        }
    }
    println!("{found}");
    Ok(())
}

fn plain_file(dir: &Path) -> PathBuf {
    dir.join("events")
}

/// The next record of the plain file, or nothing where none is whole.
fn next_record(file: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut header = [0; 8];
    let mut bytes = vec![0; EVENT_BYTES];
    match file
        .read_exact(&mut header)
        .and_then(|()| file.read_exact(&mut bytes))
    {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let [l0, l1, l2, l3, c0, c1, c2, c3] = header;
    let whole = u32::from_le_bytes([l0, l1, l2, l3]) == u32::try_from(EVENT_BYTES).unwrap_or(0)
        && u32::from_le_bytes([c0, c1, c2, c3]) == crc32fast::hash(&bytes);
    Ok(whole.then_some(bytes))
}

/// The event of that number: 400 bytes that do not compress to nothing (xorshift64).
fn event(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = number.to_be_bytes().to_vec();
    while bytes.len() < EVENT_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_be_bytes());
    }
    bytes.truncate(EVENT_BYTES);
    bytes
}

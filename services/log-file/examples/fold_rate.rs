//! How fast a whole log is read and folded on all cores, and nothing else:
//! `cargo run --release -p netgain-log-file --example fold_rate LOG-DIRECTORY`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use netgain_ledger::fold_all::fold_all;
use netgain_ledger::log::Cursor;
use netgain_log_file::Reader;

/// The program's own, so that what is measured is what it does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args_os()
        .nth(1)
        .ok_or("name the directory of a log")?;
    let reader = Reader::open(&PathBuf::from(directory))?;
    let started = Instant::now();
    let folded = fold_all(&reader, &Cursor::default(), &|_| None, &mut |_| {})?;
    let took = started.elapsed();
    writeln!(
        std::io::stdout(),
        "{} events of {} organisations folded in {} ms",
        folded.events,
        folded.organisations.len(),
        took.as_millis()
    )?;
    std::mem::forget(folded);
    Ok(())
}

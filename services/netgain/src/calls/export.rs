//! `netgain export`: the whole history out as JSON lines, the stored bytes themselves.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use netgain_ledger::log::{Cursor, LogRead};

use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;

pub(crate) fn run(place: &Place, call: &cli::Export) -> Outcome {
    let reader = data_dir::open_for_reading(place)?;
    let out: Box<dyn Write> = match call.output.as_deref() {
        Some(path) if path != Path::new("-") => {
            Box::new(File::create_new(path).map_err(|e| Failure::file("make", path, &e))?)
        }
        Some(_) | None => Box::new(io::stdout().lock()),
    };
    let mut out = BufWriter::with_capacity(1 << 18, out);
    let mut progress = Progress::bytes("exporting", data_dir::log_bytes(&place.data));
    let (mut done, mut written) = (0, Ok(()));
    let end = reader.read(&Cursor::default(), call.org.as_ref(), &mut |commit| {
        if written.is_ok() {
            written = out.write_all(commit.lines);
        }
        done += u64::try_from(commit.lines.len()).unwrap_or(0);
        progress.at(done);
    })?;
    drop(progress);
    written.and_then(|()| out.flush())?;
    if let Some(tail) = end.tail {
        eprintln!(
            "netgain: {} bytes at {} are no whole commit and were left out ({}).",
            tail.bytes, tail.place, tail.why
        );
    }
    if done == 0 && call.org.is_some() {
        // An empty file would look like an export.
        if let Some(path) = call
            .output
            .as_deref()
            .filter(|path| *path != Path::new("-"))
        {
            drop(std::fs::remove_file(path));
        }
        return Err(Failure::refused(
            "unknown-organisation",
            "that organisation is not in this ledger; check its code (capitals and digits).",
        ));
    }
    Ok(())
}

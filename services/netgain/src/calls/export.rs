//! `netgain export`: the whole history out as JSON lines, the stored bytes themselves.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use netgain_answers::Unknown;
use netgain_events::identifier::OrgId;
use netgain_ledger::log::{Cursor, End, LogRead};

use crate::calls::not_answered::failure;
use crate::cli;
use crate::client::{Failed, Server};
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, call: &cli::Export) -> Outcome {
    match at {
        Whereabouts::Files(place) => from_files(place, call),
        Whereabouts::Service(server) => from_service(server, call),
    }
}

fn from_files(place: &Place, call: &cli::Export) -> Outcome {
    let reader = data_dir::open_for_reading(place)?;
    let progress = Progress::bytes("exporting", data_dir::log_bytes(&place.data));
    let mut export = Export::begin(call, Some(progress))?;
    let end = export.write(&reader, call.org.as_ref())?;
    export.finish()?;
    if let Some(tail) = end.tail {
        eprintln!(
            "netgain: {} bytes at {} are no whole commit and were left out ({}).",
            tail.bytes, tail.place, tail.why
        );
    }
    Ok(())
}

/// Writes the histories that a token may read, one organisation after the other. What it may not read it
/// does not even learn of, so this is no copy of the ledger, and says so.
fn from_service(server: &Server, call: &cli::Export) -> Outcome {
    let orgs = match &call.org {
        Some(org) => vec![org.clone()],
        None => server.organisations().map_err(Failed::into_failure)?,
    };
    // Opened before a file is made, so that none is left where nothing may be read.
    let mut logs = orgs
        .iter()
        .map(|org| crate::client::RemoteLog::open(server, org).map_err(Failed::into_failure));
    let mut next = logs.next().transpose()?;
    let mut export = Export::begin(call, None)?;
    while let Some(log) = next {
        export.write(&log, None)?;
        next = logs.next().transpose()?;
    }
    export.finish()?;
    if call.org.is_none() {
        eprintln!(
            "netgain: {} organisations that this token may read; the ledger's own history and any other \
             organisation are not in it. A backup is made where the ledger's files are.",
            orgs.len()
        );
    }
    Ok(())
}

/// An export under way. Dropped unfinished, it leaves no file that looks like one.
struct Export<'c> {
    out: BufWriter<Box<dyn Write>>,
    file: Option<&'c Path>,
    org: Option<&'c OrgId>,
    progress: Option<Progress>,
    bytes: u64,
}

impl<'c> Export<'c> {
    fn begin(call: &'c cli::Export, progress: Option<Progress>) -> Result<Self, Failure> {
        let file = call
            .output
            .as_deref()
            .filter(|path| *path != Path::new("-"));
        let out: Box<dyn Write> = match file {
            Some(path) => {
                Box::new(File::create_new(path).map_err(|e| Failure::file("make", path, &e))?)
            }
            None => Box::new(io::stdout().lock()),
        };
        Ok(Self {
            out: BufWriter::with_capacity(1 << 18, out),
            file,
            org: call.org.as_ref(),
            progress,
            bytes: 0,
        })
    }

    /// Writes what a log has, or of it one organisation's.
    fn write(&mut self, log: &dyn LogRead, only: Option<&OrgId>) -> Result<End, Failure> {
        let mut written = Ok(());
        let end = log.read(&Cursor::default(), only, &mut |commit| {
            if written.is_ok() {
                written = self.out.write_all(commit.lines);
            }
            self.bytes += u64::try_from(commit.lines.len()).unwrap_or(0);
            if let Some(progress) = &mut self.progress {
                progress.at(self.bytes);
            }
        })?;
        written?;
        Ok(end)
    }

    fn finish(mut self) -> Outcome {
        self.out.flush()?;
        if let (0, Some(org)) = (self.bytes, self.org) {
            return Err(failure(Unknown::Organisation(org.clone()).into()));
        }
        self.file = None;
        Ok(())
    }
}

impl Drop for Export<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.file {
            drop(std::fs::remove_file(path));
        }
    }
}

//! `netgain record`: commands in, one JSON answer a line, in order, each as soon as it is durable.

mod answers;
mod deciding;
mod files;
mod lines;
mod service;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::thread::{self, JoinHandle};

use crate::cli;
use crate::outcome::{Failure, Outcome};
use crate::whereabouts::Whereabouts;

pub(crate) fn run(at: &Whereabouts, call: &cli::Record) -> Outcome {
    match at {
        Whereabouts::Files(place) => files::run(place, call),
        Whereabouts::Service(server) => service::run(server, call),
    }
}

/// How it went, over all lines.
#[derive(Default)]
struct End {
    /// Some command was refused.
    refused: bool,
    /// Some command's organisation can only be read.
    read_only: bool,
    /// Some command could not be recorded for now.
    not_now: bool,
}

impl End {
    /// How the call ends.
    fn outcome(self) -> Outcome {
        match self {
            Self {
                read_only: true, ..
            } => Err(Failure::fault(
                "some organisations can only be read, because their history is not what was sealed; \
                 the commands for them were not recorded",
            )),
            Self { not_now: true, .. } => Err(Failure::fault(
                "some commands were not recorded for now, and their answers say why; send them again",
            )),
            Self { refused: true, .. } => Err(Failure::Refused(None)),
            Self { .. } => Ok(()),
        }
    }
}

fn stage<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Failure> {
    Ok(thread::Builder::new().name(name.into()).spawn(work)?)
}

fn open_input(file: Option<&Path>) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    match file {
        Some(path) if path != Path::new("-") => {
            let unreadable = |error: io::Error| {
                Failure::Usage(format!(
                    "cannot read the commands in {}: {error}",
                    path.display()
                ))
            };
            let file = File::open(path).map_err(unreadable)?;
            // A directory can be opened; only reading it fails.
            let metadata = file.metadata().map_err(unreadable)?;
            if metadata.is_dir() {
                return Err(unreadable(io::ErrorKind::IsADirectory.into()));
            }
            let bytes = Some(metadata.len());
            Ok((Box::new(file), bytes))
        }
        Some(_) | None => Ok((Box::new(io::stdin()), None)),
    }
}

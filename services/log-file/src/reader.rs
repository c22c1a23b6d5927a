//! Reading a log beside its writer, from any process, without any lock.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_ledger::log::{Commit, Cursor, End, LogRead, ReadError, Tail};

use crate::directory::{LOCK_NAME, TAIL_PREFIX, names, segment_number, segment_path, segments};
use crate::frame::NoSegmentHeader;
use crate::open_error::OpenError;
use crate::place::Place;
use crate::segment::{self, no_header, place_in_words, unreadable};
use crate::walk::{Stop, walk};

/// A log that is read only. It needs no lock and changes nothing.
///
/// It sees whole commits, and syncs the ones it has shown before it returns, unless something in
/// the log proves that the writer has: so what it showed is durable, as the port promises.
#[derive(Clone, Debug)]
pub struct Reader {
    directory: PathBuf,
    ledger: LedgerId,
}

/// What checking a whole log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The segment files.
    pub segments: usize,
    /// The whole commits in them.
    pub commits: u64,
    /// The events in those.
    pub events: u64,
    /// The bytes of all segment files.
    pub bytes: u64,
    /// Where the log ends, and the unfinished write behind it, if there is one.
    pub end: End,
    /// What else is in the directory, in a sentence each.
    pub notes: Vec<String>,
}

impl Reader {
    /// Opens the log in that directory for reading.
    ///
    /// # Errors
    /// There is none, its first segment's header is damaged, or its format is newer.
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        let absent = || OpenError::Absent {
            directory: directory.to_owned(),
        };
        let numbers = match segments(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(absent()),
            listed => listed.map_err(|error| unreadable(directory, error))?,
        };
        if numbers.is_empty() {
            return Err(absent());
        }
        segment::is_followed(directory, 0)?;
        match segment::header(directory, 1)? {
            Ok(header) => Ok(Self {
                directory: directory.to_owned(),
                ledger: header.ledger,
            }),
            // It is being made, or making it was interrupted.
            Err(NoSegmentHeader::Broken) if segment::never_begun(directory)?.is_some() => {
                Err(absent())
            }
            Err(no) => Err(no_header(1, &no).into()),
        }
    }

    /// Reads every byte of the log and checks it against every checksum, sequence and limit, and
    /// shows each commit on the way. Positions are left to whoever knows the organisations.
    ///
    /// # Errors
    /// The first thing that is wrong, with its segment and offset; or a failed read.
    pub fn check(&self, visit: &mut dyn FnMut(Commit<'_>)) -> Result<Report, ReadError> {
        let (mut commits, mut events) = (0, 0);
        let end = self.read(&Cursor::default(), None, &mut |commit| {
            commits += 1;
            events += u64::from(commit.events);
            visit(commit);
        })?;
        let (mut segments, mut bytes, mut notes) = (0, 0, Vec::new());
        let listed = names(&self.directory).map_err(|error| unreadable(&self.directory, error))?;
        for name in listed {
            if segment_number(&name).is_some() {
                let path = self.directory.join(name);
                segments += 1;
                bytes += path
                    .metadata()
                    .map_err(|error| unreadable(&path, error))?
                    .len();
            } else if name.starts_with(TAIL_PREFIX) {
                notes.push(format!(
                    "{name} keeps an unfinished write that opening set aside"
                ));
            } else if name != LOCK_NAME {
                notes.push(format!("{name} is no part of the log"));
            }
        }
        Ok(Report {
            segments,
            commits,
            events,
            bytes,
            end,
            notes,
        })
    }

    /// Makes durable what was shown, where nothing proves that it is.
    fn sync(&self, stop: &Stop) -> Result<(), ReadError> {
        if !stop.unproven {
            return Ok(());
        }
        let path = segment_path(&self.directory, stop.place.segment);
        match File::open(&path).and_then(|file| file.sync_data()) {
            // Nothing there can be lost that could be written.
            Err(error) if error.kind() == io::ErrorKind::ReadOnlyFilesystem => Ok(()),
            synced => synced.map_err(|error| unreadable(&path, error)),
        }
    }
}

impl LogRead for Reader {
    fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        let from = Place::of(from, &self.ledger)?;
        let stop = walk(&self.directory, &self.ledger, from, None, only, visit)?;
        self.sync(&stop)?;
        let tail = stop.torn.filter(|torn| torn.bytes > 0).map(|torn| Tail {
            place: place_in_words(torn.segment, torn.offset),
            bytes: torn.bytes,
            why: torn.why,
        });
        Ok(End {
            cursor: stop.place.cursor(),
            tail,
        })
    }
}

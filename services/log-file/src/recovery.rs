//! Finding the end of a log to write on from it, and setting aside what an unfinished write left.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use netgain_events::identifier::LedgerId;
use netgain_ledger::log::Tail;

use crate::directory::{self, TAIL_PREFIX, segment_path, segments};
use crate::frame::NoSegmentHeader;
use crate::open_error::OpenError;
use crate::place::Place;
use crate::remains;
use crate::segment::{self, no_header, place_in_words};
use crate::walk::{Stop, Torn, walk};

/// How much is copied at once.
const BLOCK_BYTES: usize = 1024 * 1024;

/// What an unfinished write had left behind the last whole commit. None of it had been
/// acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where it was and what was wrong.
    pub tail: Tail,
    /// The file that keeps its bytes.
    pub kept: PathBuf,
}

/// A log that can be written on.
pub(crate) struct Ready {
    /// Whose log it is.
    pub(crate) ledger: LedgerId,
    /// Where it ends.
    pub(crate) place: Place,
}

/// What opening for writing found.
pub(crate) struct Outcome {
    /// The log's end; nothing, if the directory has no log.
    pub(crate) ready: Option<Ready>,
    /// What was set aside.
    pub(crate) recovered: Option<Recovered>,
}

/// Finds the end of the log in a directory whose lock is held. When it returns, all that is before
/// the end is durable, and nothing is behind it but a closing mark or zeros.
///
/// Only the last segment is read: what is in the others had been synced before it was begun, and
/// is checked whenever it is read.
pub(crate) fn recover(directory: &Path) -> Result<Outcome, OpenError> {
    let numbers = segments(directory).map_err(|error| segment::unreadable(directory, error))?;
    let Some(&last) = numbers.last() else {
        return Ok(Outcome {
            ready: None,
            recovered: None,
        });
    };
    for (expected, number) in (1..).zip(numbers) {
        if number != expected {
            segment::is_followed(directory, expected - 1)?;
        }
    }
    let first = segment::header(directory, 1)?;
    let ledger = match first {
        Ok(header) => header.ledger,
        Err(no) => match segment::never_begun(directory)? {
            Some(bytes) if no == NoSegmentHeader::Broken => {
                let why = "the first segment's header is not whole, and no commit follows".into();
                let torn = Torn {
                    segment: 1,
                    offset: 0,
                    bytes,
                    why,
                };
                return Ok(Outcome {
                    ready: None,
                    recovered: set_aside(directory, &torn)?,
                });
            }
            Some(_) | None => return Err(no_header(1, &no).into()),
        },
    };
    let from = match segment::header(directory, last)? {
        Ok(header) => Place::after(&header),
        Err(NoSegmentHeader::Broken) => {
            let header = segment::header(directory, last - 1)?;
            Place::after(&header.map_err(|no| no_header(last - 1, &no))?)
        }
        Err(no) => return Err(no_header(last, &no).into()),
    };
    let stop = walk(directory, &ledger, from, None, None, &mut |_| {})?;
    let recovered = match &stop.torn {
        Some(torn) => set_aside(directory, torn)?,
        None => None,
    };
    if !stop.marked {
        settle(directory, &stop)?;
    }
    Ok(Outcome {
        ready: Some(Ready {
            ledger,
            place: stop.place,
        }),
        recovered,
    })
}

/// Keeps the bytes of an unfinished write in a file of their own, and removes them from the log.
fn set_aside(directory: &Path, torn: &Torn) -> Result<Option<Recovered>, OpenError> {
    let path = segment_path(directory, torn.segment);
    let mut recovered = None;
    if torn.bytes > 0 {
        let kept = keep(directory, torn).map_err(|error| {
            OpenError::unusable("set aside an unfinished write in", &path, error)
        })?;
        let place = place_in_words(torn.segment, torn.offset);
        let tail = Tail {
            place,
            bytes: torn.bytes,
            why: torn.why.clone(),
        };
        recovered = Some(Recovered { tail, kept });
    }
    let cut = if torn.offset == 0 {
        fs::remove_file(&path).and_then(|()| directory::sync(directory))
    } else {
        let file = OpenOptions::new().write(true).open(&path);
        file.and_then(|file| file.set_len(torn.offset).and_then(|()| file.sync_all()))
    };
    cut.map_err(|error| OpenError::unusable("cut an unfinished write off", &path, error))?;
    Ok(recovered)
}

/// Copies the bytes to a new file, durably.
fn keep(directory: &Path, torn: &Torn) -> io::Result<PathBuf> {
    let from = File::open(segment_path(directory, torn.segment))?;
    let mut count: u64 = 1;
    let (mut to, path) = loop {
        let name = format!("{TAIL_PREFIX}{:08}-{}-{count}", torn.segment, torn.offset);
        let path = directory.join(name);
        match File::create_new(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => count += 1,
            created => break (created?, path),
        }
    };
    let mut fill = || {
        copy(&from, torn.offset, torn.offset + torn.bytes, |block, _| {
            to.write_all(block)
        })?;
        to.sync_all()?;
        directory::sync(directory)
    };
    if let Err(error) = fill() {
        // The disk may be full: half a copy would only take more of it at every opening.
        let _ = fs::remove_file(&path);
        return Err(error);
    }
    Ok(path)
}

/// Makes the end of a log durable that was not closed.
///
/// The last group may have been written and never synced, or its sync may have failed: then the
/// kernel may count its pages as clean while the disk does not have them, and a sync alone would
/// succeed without writing anything (Rebello et al., *Can Applications Recover from fsync
/// Failures?*, USENIX ATC 2020). Every earlier group was synced before it was begun. So the group
/// is written once more over itself.
fn settle(directory: &Path, stop: &Stop) -> Result<(), OpenError> {
    let path = segment_path(directory, stop.place.segment);
    let again = || {
        let file = OpenOptions::new().read(true).write(true).open(&path)?;
        if file.metadata()?.len() != stop.place.offset {
            file.set_len(stop.place.offset)?;
        }
        copy(
            &file,
            stop.group_offset,
            stop.place.offset,
            |block, offset| file.write_all_at(block, offset),
        )?;
        file.sync_all()?;
        directory::sync(directory)
    };
    again().map_err(|error| OpenError::unusable("make durable the end of", &path, error))
}

/// Reads a stretch of a file in blocks.
fn copy(
    from: &File,
    start: u64,
    end: u64,
    mut take: impl FnMut(&[u8], u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut block = vec![0; BLOCK_BYTES];
    let mut offset = start;
    while offset < end {
        let wanted = usize::try_from(end - offset)
            .unwrap_or(usize::MAX)
            .min(BLOCK_BYTES);
        let free = block.get_mut(..wanted).unwrap_or_default();
        if remains::read_full(from, free, offset)? < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        take(free, offset)?;
        offset += u64::try_from(wanted).unwrap_or(u64::MAX);
    }
    Ok(())
}

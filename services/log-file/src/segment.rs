//! One segment file seen from outside: its header, and what may be wrong with it.

use std::fs::File;
use std::io;
use std::path::Path;

use netgain_ledger::log::ReadError;

use crate::directory::{segment_name, segment_path, segments};
use crate::frame::{FORMAT, HEADER_BYTES, NoSegmentHeader, SegmentHeader};
use crate::remains::{read_full, search};

/// The header of a segment file that is read alone.
pub(crate) fn header(
    directory: &Path,
    segment: u32,
) -> Result<Result<SegmentHeader, NoSegmentHeader>, ReadError> {
    let path = segment_path(directory, segment);
    let mut bytes = [0; HEADER_BYTES];
    let filled = File::open(&path).and_then(|file| read_full(&file, &mut bytes, 0));
    let filled = filled.map_err(|error| unreadable(&path, error))?;
    Ok(SegmentHeader::decode(
        bytes.get(..filled).unwrap_or_default(),
    ))
}

/// What the first segment holds, none of whose header is whole: nothing but the beginning of an
/// unfinished write, or what is left of a log. Returns its bytes, without zeros behind them.
pub(crate) fn never_begun(directory: &Path) -> Result<Option<u64>, ReadError> {
    let path = segment_path(directory, 1);
    let remains = File::open(&path).and_then(|file| search(&file, 0, 0));
    let remains = remains.map_err(|error| unreadable(&path, error))?;
    let begun = remains.proof.is_some() || remains.unproven > 0 || is_followed(directory, 1)?;
    Ok((!begun).then_some(remains.end))
}

/// What is wrong with bytes that should be a segment header.
pub(crate) fn no_header(segment: u32, fault: &NoSegmentHeader) -> ReadError {
    let why = match fault {
        NoSegmentHeader::Foreign => "it does not begin as a netgain ledger's segment does",
        NoSegmentHeader::Broken => "its header is not what was written",
        NoSegmentHeader::Newer(found) => {
            let place = segment_name(segment);
            return ReadError::Newer {
                place,
                found: *found,
                supported: FORMAT,
            };
        }
    };
    ReadError::Damage {
        place: place_in_words(segment, 0),
        why: why.into(),
    }
}

/// A file or directory that cannot be read.
pub(crate) fn unreadable(path: &Path, error: io::Error) -> ReadError {
    ReadError::Unreadable {
        place: path.display().to_string(),
        source: error.into(),
    }
}

/// A place as people name it.
pub(crate) fn place_in_words(segment: u32, offset: u64) -> String {
    format!("{} at byte {offset}", segment_name(segment))
}

/// Whether a later segment file stands than that one.
pub(crate) fn is_followed(directory: &Path, segment: u32) -> Result<bool, ReadError> {
    let numbers = segments(directory).map_err(|error| unreadable(directory, error))?;
    match numbers.into_iter().find(|&number| number > segment) {
        None => Ok(false),
        Some(next) if next == segment + 1 => Ok(true),
        Some(next) => Err(ReadError::Damage {
            place: segment_name(segment + 1),
            why: format!("it is missing, and {} is there", segment_name(next)),
        }),
    }
}

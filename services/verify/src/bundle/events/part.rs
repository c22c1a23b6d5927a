//! Reading a part of the lines.

use memchr::memchr;
use netgain_events::event::{EVENT_BYTES_MAX, Event};
use netgain_events::wire::{DecodeError, Decoder};

use crate::tlog::{Hash, leaf_hash};

/// About how many bytes are read at once: some hundred events, so that what is handed from thread
/// to thread is still in the processor's cache.
const PART_BYTES: usize = 256 * 1024;

/// What a part of the lines was read as.
pub(super) struct Part {
    pub(super) events: Vec<Event>,
    /// The leaf hash of each.
    pub(super) leaves: Vec<Hash>,
    /// What is wrong with the line after them.
    pub(super) stopped_by: Option<LineError>,
}

/// Why a line is not an event.
#[derive(Debug, thiserror::Error)]
pub(in crate::bundle) enum LineError {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error("it has {bytes} bytes; an event has at most {EVENT_BYTES_MAX}")]
    TooLong { bytes: usize },
    #[error("it has no line feed")]
    NoLineFeed,
}

/// Splits the lines into parts of whole lines.
pub(super) fn parts(lines: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::with_capacity(lines.len() / PART_BYTES + 1);
    let mut rest = lines;
    while !rest.is_empty() {
        let further = rest.get(PART_BYTES..).unwrap_or_default();
        let end = memchr(b'\n', further).map_or(rest.len(), |more| PART_BYTES + more + 1);
        let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        parts.push(part);
        rest = after;
    }
    parts
}

/// Reads a part's events, up to its end or the first line that is none.
pub(super) fn read(lines: &[u8]) -> Part {
    let mut part = Part {
        events: Vec::new(),
        leaves: Vec::new(),
        stopped_by: None,
    };
    let mut decoder = Decoder::default();
    let mut rest = lines;
    while !rest.is_empty() {
        let (line, after) = match take_line(rest) {
            Ok(taken) => taken,
            Err(error) => {
                part.stopped_by = Some(error);
                break;
            }
        };
        match decoder.decode(line) {
            Ok(event) => {
                part.events.push(event);
                part.leaves.push(leaf_hash(line));
            }
            Err(error) => {
                part.stopped_by = Some(error.into());
                break;
            }
        }
        rest = after;
    }
    part
}

/// The first line without its line feed, and what follows.
fn take_line(lines: &[u8]) -> Result<(&[u8], &[u8]), LineError> {
    let bytes = memchr(b'\n', lines).ok_or(LineError::NoLineFeed)?;
    if bytes > EVENT_BYTES_MAX {
        return Err(LineError::TooLong { bytes });
    }
    let (line, rest) = lines.split_at_checked(bytes).ok_or(LineError::NoLineFeed)?;
    Ok((line, rest.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_whole_lines_and_together_all_of_them() {
        let line = [vec![b'a'; 999], b"\n".to_vec()].concat();
        for (lines, unfinished) in [
            (0, 0),
            (1, 0),
            (1_000, 0),
            (1_000, 5),
            (0, 5),
            (0, 3 * PART_BYTES),
        ] {
            let text = [line.repeat(lines), vec![b'b'; unfinished]].concat();
            let parts = parts(&text);
            assert_eq!(parts.concat(), text);
            let (last, before) = parts
                .split_last()
                .map_or((&[][..], &[][..]), |(l, b)| (*l, b));
            assert!(
                before
                    .iter()
                    .all(|part| part.ends_with(b"\n") && part.len() < PART_BYTES + 1_001)
            );
            assert_eq!(last.ends_with(b"\n"), lines > 0 && unfinished == 0);
        }
        assert!(
            parts(&line.repeat(1_000)).len() > 1,
            "several parts are tried"
        );
    }

    #[test]
    fn a_line_of_the_greatest_length_is_looked_at_and_a_longer_one_is_not() {
        let read = |bytes: usize| {
            let line = [vec![b' '; bytes], b"\n".to_vec()].concat();
            read(&line).stopped_by.unwrap()
        };
        assert!(matches!(read(EVENT_BYTES_MAX), LineError::Decode(_)));
        assert!(
            matches!(read(EVENT_BYTES_MAX + 1), LineError::TooLong { bytes } if bytes == EVENT_BYTES_MAX + 1)
        );
    }
}

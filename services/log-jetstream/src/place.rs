//! Places in the log: one sequence a shard. And the cursors that stand for them outside.

use netgain_events::identifier::LedgerId;
use netgain_ledger::log::{Cursor, ReadError};

/// The last message of each shard that is before the place; 0 where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(pub(crate) Vec<u64>);

impl Place {
    /// The place for others to keep: the ledger's mark, and the sequences, big endian, so that a later place
    /// is a greater cursor.
    pub(crate) fn cursor(&self, ledger: &LedgerId) -> Cursor {
        if self.0.iter().all(|&sequence| sequence == 0) {
            return Cursor::default();
        }
        let mut bytes = mark(ledger).to_vec();
        bytes.extend(self.0.iter().flat_map(|sequence| sequence.to_be_bytes()));
        Cursor::from_bytes(&bytes)
    }

    /// The place that a cursor stands for, if it has the form; whether the log reaches it is for whoever
    /// reads to see.
    pub(crate) fn of(cursor: &Cursor, ledger: &LedgerId, shards: usize) -> Result<Self, ReadError> {
        if *cursor == Cursor::default() {
            return Ok(Self(vec![0; shards]));
        }
        let sequences = cursor.as_bytes().strip_prefix(&mark(ledger));
        let (sequences, rest) = sequences.unwrap_or_default().as_chunks::<8>();
        if sequences.len() != shards || !rest.is_empty() {
            return Err(ReadError::UnknownCursor {
                why: format!("it has not the form of a place in this ledger's {shards} streams"),
            });
        }
        Ok(Self(
            sequences
                .iter()
                .map(|&bytes| u64::from_be_bytes(bytes))
                .collect(),
        ))
    }
}

/// What tells one ledger's places from another's.
fn mark(ledger: &LedgerId) -> [u8; 4] {
    crc32c::crc32c(ledger.as_str().as_bytes()).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(digit: &str) -> LedgerId {
        digit.repeat(32).parse().unwrap()
    }

    #[test]
    fn a_cursor_gives_its_place_back_to_its_own_ledger_only() {
        let place = Place(vec![0, 7, u64::MAX]);
        let cursor = place.cursor(&ledger("a"));
        assert_eq!(Place::of(&cursor, &ledger("a"), 3).unwrap(), place);
        assert!(Place::of(&cursor, &ledger("b"), 3).is_err());
        assert!(Place::of(&cursor, &ledger("a"), 2).is_err());
        assert!(Place::of(&Cursor::from_bytes(&[0; 5]), &ledger("a"), 1).is_err());
    }

    #[test]
    fn the_beginning_is_the_same_cursor_for_every_log() {
        assert_eq!(Place(vec![0, 0]).cursor(&ledger("a")), Cursor::default());
        let start = Place::of(&Cursor::default(), &ledger("a"), 2).unwrap();
        assert_eq!(start, Place(vec![0, 0]));
    }
}

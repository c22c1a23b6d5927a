//! A commit as a message. Beside the server's own headers a message has one of ours:
//!
//! ```text
//! Netgain-Commit: 1 17 3 9ae0daaf 5f0c7a31d2e48b96-204
//! ```
//!
//! the format, the first position, the number of events, a CRC32C (RFC 3720) over the organisation's code, those two
//! numbers and the lines, and an id that tells a writer its own message. The server keeps sums of its own, and leaves
//! out without a word what does not match them.
//!
//! `Nats-Expected-Last-Subject-Sequence` stays with the stored message and names the one before it. That is all that
//! keeps a message that was sent twice from standing twice: `Nats-Msg-Id` would add nothing, since the server looks at
//! the sequence first; and after a leader was lost it can keep a message from being taken for as long as
//! the stream's duplicate window.
//!
//! A message that came in a batch also keeps the batch's headers (NATS ADR-50): which one it was, and the message's
//! number in it. They say how it came there, and nothing of what it holds: a reader does not look at them.

use async_nats::HeaderMap;
use async_nats::header::{
    NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE,
};
use netgain_events::identifier::{OrgId, Position};

/// The header that describes a commit.
const COMMIT: &str = "Netgain-Commit";

/// The newest format that this version writes and reads.
pub(crate) const FORMAT: u32 = 1;

/// How many bytes a message may have beside its payload: the headers above take about 250.
pub(crate) const HEADERS_BYTES_MAX: usize = 1024;

/// What the headers of a message say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    /// The position of the first event.
    pub(crate) first: Position,
    /// How many events there are.
    pub(crate) events: u32,
    /// The sequence of the organisation's message before it; 0 if it is the first.
    pub(crate) previous: u64,
}

/// Why a message is no commit.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoCommit {
    #[error("its headers are not those of a commit")]
    Headers,
    #[error("it has format {0}")]
    Newer(u32),
    #[error("its checksum does not match")]
    Checksum,
}

/// The headers of a commit that follows the message `previous` of its organisation.
pub(crate) fn headers(org: &OrgId, described: Described, lines: &[u8], id: &str) -> HeaderMap {
    let Described {
        first,
        events,
        previous,
    } = described;
    let sum = sum(org, first, events, lines);
    let mut headers = HeaderMap::new();
    headers.insert(COMMIT, format!("{FORMAT} {first} {events} {sum:08x} {id}"));
    headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, previous.to_string());
    headers
}

/// Makes a message the one with that number, from 1 on, of so many in a batch. The servers take them in with the last.
pub(crate) fn put_into_batch(headers: &mut HeaderMap, batch: &str, number: usize, of: usize) {
    headers.insert(NATS_BATCH_ID, batch);
    headers.insert(NATS_BATCH_SEQUENCE, number.to_string());
    if number == of {
        headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
    }
}

/// What the headers say, once the payload is found to be what they say it is.
pub(crate) fn describe(
    org: &OrgId,
    headers: &HeaderMap,
    lines: &[u8],
) -> Result<Described, NoCommit> {
    let commit = headers.get(COMMIT).ok_or(NoCommit::Headers)?;
    let mut words = commit.as_str().split(' ');
    let mut word = || words.next().ok_or(NoCommit::Headers);
    let format: u32 = number(word()?)?;
    if format != FORMAT {
        return Err(NoCommit::Newer(format));
    }
    let first = Position::new(number(word()?)?);
    let events = number(word()?)?;
    let written = u32::from_str_radix(word()?, 16).map_err(|_| NoCommit::Headers)?;
    let previous = headers
        .get(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE)
        .ok_or(NoCommit::Headers)?;
    let previous = number(previous.as_str())?;
    if sum(org, first, events, lines) != written {
        return Err(NoCommit::Checksum);
    }
    Ok(Described {
        first,
        events,
        previous,
    })
}

/// Whether a message has that id.
pub(crate) fn has_id(headers: &HeaderMap, id: &str) -> bool {
    headers
        .get(COMMIT)
        .and_then(|commit| commit.as_str().rsplit(' ').next())
        .is_some_and(|found| found == id)
}

fn number<N: std::str::FromStr>(word: &str) -> Result<N, NoCommit> {
    word.parse().map_err(|_| NoCommit::Headers)
}

fn sum(org: &OrgId, first: Position, events: u32, lines: &[u8]) -> u32 {
    let sum = crc32c::crc32c(org.as_str().as_bytes());
    let sum = crc32c::crc32c_append(sum, &first.get().to_be_bytes());
    let sum = crc32c::crc32c_append(sum, &events.to_be_bytes());
    crc32c::crc32c_append(sum, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn org() -> OrgId {
        "E07000082".parse().unwrap()
    }

    fn described() -> Described {
        Described {
            first: Position::new(17),
            events: 2,
            previous: 41,
        }
    }

    #[test]
    fn what_was_described_is_read_back() {
        let headers = headers(&org(), described(), b"a\nb\n", "w-1");
        assert_eq!(describe(&org(), &headers, b"a\nb\n"), Ok(described()));
        assert!(has_id(&headers, "w-1") && !has_id(&headers, "w-2"));
    }

    #[test]
    fn a_message_of_a_batch_is_read_like_any_other_and_the_last_one_ends_it() {
        for (number, is_last) in [(1, false), (2, true)] {
            let mut headers = headers(&org(), described(), b"a\nb\n", "w-1");
            put_into_batch(&mut headers, "w-1", number, 2);
            assert_eq!(describe(&org(), &headers, b"a\nb\n"), Ok(described()));
            assert!(has_id(&headers, "w-1"));
            assert_eq!(headers.get("Nats-Batch-Commit").is_some(), is_last);
        }
    }

    #[test]
    fn a_changed_line_organisation_or_number_does_not_match() {
        let given = headers(&org(), described(), b"a\nb\n", "w-1");
        assert_eq!(describe(&org(), &given, b"a\nc\n"), Err(NoCommit::Checksum));
        let other = "E07000083".parse().unwrap();
        assert_eq!(describe(&other, &given, b"a\nb\n"), Err(NoCommit::Checksum));
        for (from, to) in [("17 2", "18 2"), ("17 2", "17 1")] {
            let mut changed = given.clone();
            let commit = given.get(COMMIT).unwrap().as_str().replace(from, to);
            changed.insert(COMMIT, commit);
            assert_eq!(
                describe(&org(), &changed, b"a\nb\n"),
                Err(NoCommit::Checksum)
            );
        }
    }

    #[test]
    fn a_newer_format_is_said_and_a_foreign_message_is_no_commit() {
        let mut newer = headers(&org(), described(), b"\n", "w-1");
        newer.insert(COMMIT, "2 17 1 00000000 w-1");
        assert_eq!(describe(&org(), &newer, b"\n"), Err(NoCommit::Newer(2)));
        newer.insert(COMMIT, "1 17 x");
        assert_eq!(describe(&org(), &newer, b"\n"), Err(NoCommit::Headers));
        assert_eq!(
            describe(&org(), &HeaderMap::new(), b"\n"),
            Err(NoCommit::Headers)
        );
    }
}

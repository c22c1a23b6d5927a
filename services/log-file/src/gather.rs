//! Reading records by their spots: one organisation's, wherever they are.

use std::fs::File;
use std::path::Path;

use netgain_events::identifier::{OrgId, Position};
use netgain_ledger::log::{Commit, ReadError};

use crate::directory::segment_path;
use crate::frame::{HEADER, HEADER_BYTES, RecordHeader, org_bytes};
use crate::index::Spot;
use crate::remains::read_full;
use crate::segment::{place_in_words, unreadable};

/// How much may lie between two records that are read together: reading that much more costs less
/// than another call.
const GAP_BYTES_MAX: u64 = 4 * 1024;

/// How much is read at once, unless one record is longer.
const STRETCH_BYTES_MAX: u64 = 1024 * 1024;

/// Shows the records at those spots, all of them one organisation's and known to be durable.
///
/// # Errors
/// A record is not what was written, or the operating system refuses; what was shown until then
/// stands.
pub(crate) fn gather(
    directory: &Path,
    org: &OrgId,
    spots: &[Spot],
    visit: &mut dyn FnMut(Commit<'_>),
) -> Result<(), ReadError> {
    let code = org_bytes(org);
    let mut buffer = Vec::new();
    let mut opened: Option<(u32, File)> = None;
    for stretch in stretches(spots) {
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else {
            continue;
        };
        let path = segment_path(directory, first.segment);
        let reading = |error| unreadable(&path, error);
        let file = match &mut opened {
            Some((segment, file)) if *segment == first.segment => file,
            other => {
                let file = File::open(&path).map_err(reading)?;
                &mut other.insert((first.segment, file)).1
            }
        };
        let start = u64::from(first.offset);
        buffer.resize(fits(end(last) - start), 0);
        let filled = read_full(file, &mut buffer, start).map_err(reading)?;
        let read = buffer.get(..filled).unwrap_or_default();
        for spot in stretch {
            let record = read.get(fits(u64::from(spot.offset) - start)..);
            let commit = record
                .ok_or("a commit is cut short")
                .and_then(|record| commit(record, spot, org, &code));
            visit(commit.map_err(|why| ReadError::Damage {
                place: place_in_words(spot.segment, spot.offset.into()),
                why: why.into(),
            })?);
        }
    }
    Ok(())
}

/// The spots in groups that are read together.
fn stretches(spots: &[Spot]) -> impl Iterator<Item = &[Spot]> {
    let mut rest = spots;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let together = rest.windows(2).take_while(|pair| match pair {
            [one, next] => {
                next.segment == first.segment
                    && u64::from(next.offset) <= end(one) + GAP_BYTES_MAX
                    && end(next) <= u64::from(first.offset) + STRETCH_BYTES_MAX
            }
            _ => false,
        });
        let (stretch, after) = rest.split_at_checked(1 + together.count())?;
        rest = after;
        Some(stretch)
    })
}

/// Where a record ends.
fn end(spot: &Spot) -> u64 {
    u64::from(spot.offset) + HEADER + u64::from(spot.length)
}

/// A length in memory: at most a stretch and a record.
fn fits(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The record at the beginning of those bytes, held to its spot and its checksums.
fn commit<'a>(
    bytes: &'a [u8],
    spot: &Spot,
    org: &'a OrgId,
    code: &[u8; 32],
) -> Result<Commit<'a>, &'static str> {
    let header = bytes.first_chunk().and_then(RecordHeader::decode);
    let (header, _) = header.ok_or("a header is not what was written")?;
    if header.org != *code || header.length != spot.length {
        return Err("another commit stands where one was read before");
    }
    let lines = bytes
        .get(HEADER_BYTES..HEADER_BYTES + header.payload_bytes())
        .ok_or("a commit is cut short")?;
    if crc32c::crc32c(lines) ^ spot.chain != header.payload_check {
        return Err("a commit's lines are not what was written");
    }
    Ok(Commit {
        org,
        first: Position::new(header.first),
        events: header.events.into(),
        lines,
    })
}

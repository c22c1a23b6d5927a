//! Reading the segments one record after the other, and telling what stops it: the end, an
//! unfinished write, or damage.

use std::io;
use std::path::Path;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::log::{Commit, ReadError};

use crate::directory::{segment_name, segment_path};
use crate::frame::{
    HEADER, HEADER_BYTES, NoSegmentHeader, RecordHeader, SegmentHeader, org_bytes, org_of,
};
use crate::index::Spots;
use crate::place::Place;
use crate::remains::{Remains, search};
use crate::segment::{is_followed, no_header, place_in_words, unreadable};
use crate::window::Window;

/// What is wrong with a commit that the file has no room for.
const CUT_SHORT: &str = "a commit is cut short";

/// Where a walk stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// The place after the last whole record.
    pub(crate) place: Place,
    /// Whether the closing mark stands there.
    pub(crate) marked: bool,
    /// Where in that segment the last record's group begins; 0, before its header, if the segment
    /// has no record.
    pub(crate) group_offset: u64,
    /// Whether something was shown that no later header proves to be durable.
    pub(crate) unproven: bool,
    /// What follows and is no record.
    pub(crate) torn: Option<Torn>,
}

/// Bytes of an unfinished write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Torn {
    /// The segment they are in: the last one. After its predecessor's end if its header is torn.
    pub(crate) segment: u32,
    /// Where they begin.
    pub(crate) offset: u64,
    /// How many they are, without the zeros behind them; there may be none.
    pub(crate) bytes: u64,
    /// What is wrong with them.
    pub(crate) why: String,
}

/// How far a log is durable, as its writer knows.
pub(crate) struct Durable<'a> {
    /// The place after all that is.
    pub(crate) end: &'a Place,
    /// Notes where each record is that was passed.
    pub(crate) spots: Option<&'a mut Spots>,
}

/// Whether a place is one of this log's.
///
/// # Errors
/// No record ends there, or it cannot be read.
pub(crate) fn check_place(
    directory: &Path,
    ledger: &LedgerId,
    place: &Place,
) -> Result<(), ReadError> {
    Walk::begin(directory, ledger, place.clone()).map(drop)
}

/// Shows every record from a place on, or one organisation's, up to `durable` where the caller
/// knows how far the log is durable, and else to its end.
pub(crate) fn walk(
    directory: &Path,
    ledger: &LedgerId,
    from: Place,
    durable: Option<Durable<'_>>,
    only: Option<&OrgId>,
    visit: &mut dyn FnMut(Commit<'_>),
) -> Result<Stop, ReadError> {
    let only = only.map(org_bytes);
    let mut walk = Walk::begin(directory, ledger, from)?;
    walk.settled = durable.is_some();
    let durable = durable.map(|durable| {
        walk.spots = durable.spots;
        durable.end
    });
    walk.look_for_later()?;
    loop {
        if durable.is_some_and(|durable| walk.place.next >= durable.next) {
            return Ok(walk.stop(false, None));
        }
        let found = walk.step(only.as_ref(), visit)?;
        if found == Found::Commit {
            continue;
        }
        // What was read may be older than the file: nothing is judged by it.
        if walk.look_again()? {
            continue;
        }
        if !walk.sealed && walk.look_for_later()? {
            continue;
        }
        let stop = if walk.sealed && found == Found::Nothing {
            walk.enter_next()?
        } else if walk.sealed || walk.settled {
            return Err(walk.damage(&found));
        } else {
            walk.judge(&found)?
        };
        if let Some(stop) = stop {
            return Ok(stop);
        }
    }
}

/// What stands where a record should begin.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// A whole record; the place is after it now.
    Commit,
    /// The end of the file.
    Nothing,
    /// Zeros, written ahead or instead of something.
    Zeros,
    /// The closing mark.
    Mark,
    /// Nothing whole.
    Broken(&'static str),
    /// A whole header that belongs elsewhere. No torn write puts one there.
    Misplaced(String),
}

struct Walk<'a> {
    directory: &'a Path,
    ledger: &'a LedgerId,
    window: Window,
    place: Place,
    /// The organisation of the record before, which is often the next one's too.
    org: Option<([u8; 32], OrgId)>,
    /// Where the records are, if that is asked for.
    spots: Option<&'a mut Spots>,
    /// Where the last record's group begins.
    group_offset: u64,
    /// Every record of a lower sequence had been synced: a later header says so.
    durable_before: u64,
    /// The last record shown.
    shown: Option<u64>,
    /// Whether everything in reach had been synced, as the caller knows.
    settled: bool,
    /// Whether a later segment stands, so that this one is finished.
    sealed: bool,
    /// How the place has been looked at.
    looked: Looked,
}

/// How a place has been looked at. What is in memory may be older than the file, and the file may
/// be growing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looked {
    /// In what was read together with something before it.
    Once,
    /// Again, in the file as it was then.
    Again,
    /// And again, after something behind it had proved that a record must be there.
    AfterProof,
}

impl<'a> Walk<'a> {
    /// Opens the segment of a place and checks that the place is one of this log's.
    fn begin(directory: &'a Path, ledger: &'a LedgerId, place: Place) -> Result<Self, ReadError> {
        let path = segment_path(directory, place.segment);
        let window = match Window::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Lost, if others are there; else nobody's.
                is_followed(directory, place.segment.saturating_sub(1))?;
                return Err(if place.is_start() {
                    unreadable(&path, error)
                } else {
                    unknown(format!("{} is not there", segment_name(place.segment)))
                });
            }
            opened => opened.map_err(|error| unreadable(&path, error))?,
        };
        let mut walk = Self {
            directory,
            ledger,
            window,
            place,
            org: None,
            spots: None,
            group_offset: 0,
            durable_before: 0,
            shown: None,
            settled: false,
            sealed: false,
            looked: Looked::Once,
        };
        let Some(last) = walk.place.last_offset() else {
            let place = walk.place.clone();
            let header = walk
                .header(place.segment)?
                .map_err(|no| no_header(place.segment, &no))?;
            walk.belongs(&header, place.segment)?;
            let begins = Place::after(&header) == place;
            return if begins {
                Ok(walk)
            } else {
                Err(unknown("no commit ends there".into()))
            };
        };
        let no_commit = |place: &Place| {
            let words = place_in_words(place.segment, place.offset);
            unknown(format!("no commit ends in {words}"))
        };
        if walk.place.offset > walk.window.file_bytes() {
            return Err(no_commit(&walk.place));
        }
        let bytes = walk.at(last, HEADER_BYTES)?.first_chunk().copied();
        let before = bytes.and_then(|bytes| RecordHeader::decode(&bytes));
        let fits = before.is_some_and(|(header, check)| {
            header.length == walk.place.last_length
                && header.sequence.checked_add(1) == Some(walk.place.next)
                && check == walk.place.chain
        });
        if !fits {
            return Err(no_commit(&walk.place));
        }
        Ok(walk)
    }

    /// Takes what stands at the place, and shows it if it is a record that is asked for.
    fn step(
        &mut self,
        only: Option<&[u8; 32]>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<Found, ReadError> {
        let (header, check) = match self.record_header()? {
            Ok(header) => header,
            Err(found) => return Ok(found),
        };
        let is_asked_for = only.is_none_or(|only| *only == header.org);
        // Where all is known to have been synced, what is not asked for need not be summed.
        let found = if is_asked_for || !(self.sealed || self.settled) {
            self.show(&header, is_asked_for.then_some(visit))?
        } else if header.end(self.place.offset) > self.window.file_bytes() {
            Found::Broken(CUT_SHORT)
        } else {
            Found::Commit
        };
        if found == Found::Commit {
            if let Some(spots) = &mut self.spots {
                spots.push(&header.org, &self.place, header.length);
            }
            if header.before_in_group == 0 {
                self.group_offset = self.place.offset;
            }
            self.durable_before = header.group_sequence();
            self.place.offset = header.end(self.place.offset);
            self.place.next = header.sequence.saturating_add(1);
            self.place.chain = check;
            self.place.last_length = header.length;
            self.looked = Looked::Once;
        }
        Ok(found)
    }

    /// The header of the record at the place, or what stands there instead.
    fn record_header(&mut self) -> Result<Result<(RecordHeader, u32), Found>, ReadError> {
        let bytes = self.at(self.place.offset, HEADER_BYTES)?;
        if bytes.is_empty() {
            return Ok(Err(Found::Nothing));
        }
        if bytes.iter().all(|&byte| byte == 0) {
            return Ok(Err(Found::Zeros));
        }
        let Some(bytes) = bytes.first_chunk() else {
            return Ok(Err(Found::Broken("a header is cut short")));
        };
        let Some((header, check)) = RecordHeader::decode(bytes) else {
            return Ok(Err(Found::Broken("a header is not what was written")));
        };
        if header.sequence != self.place.next {
            return Ok(Err(Found::Misplaced(format!(
                "commit {} stands where commit {} belongs",
                header.sequence, self.place.next
            ))));
        }
        if !header.is_closing_mark() {
            return Ok(Ok((header, check)));
        }
        Ok(Err(if header.payload_check == self.place.chain {
            Found::Mark
        } else {
            Found::Misplaced("the closing mark is of another history".into())
        }))
    }

    /// Checks the record with that header, and shows it to whoever is given.
    fn show(
        &mut self,
        header: &RecordHeader,
        visit: Option<&mut dyn FnMut(Commit<'_>)>,
    ) -> Result<Found, ReadError> {
        let wanted = header.payload_bytes();
        let lines = self.window.at(self.place.offset + HEADER, wanted);
        let lines = lines.map_err(|error| {
            unreadable(&segment_path(self.directory, self.place.segment), error)
        })?;
        if lines.len() < wanted {
            return Ok(Found::Broken(CUT_SHORT));
        }
        if crc32c::crc32c(lines) ^ self.place.chain != header.payload_check {
            return Ok(Found::Broken("a commit's lines are not what was written"));
        }
        let same_org = |org: &([u8; 32], OrgId)| org.0 == header.org;
        if !self.org.as_ref().is_some_and(same_org) {
            self.org = org_of(&header.org).map(|org| (header.org, org));
        }
        let Some((_, org)) = &self.org else {
            return Ok(Found::Misplaced("a commit names no organisation".into()));
        };
        if let Some(visit) = visit {
            let (first, events) = (Position::new(header.first), header.events.into());
            visit(Commit {
                org,
                first,
                events,
                lines,
            });
            self.shown = Some(header.sequence);
        }
        Ok(Found::Commit)
    }

    /// Says what a last segment's stop means; nothing, if the place is to be looked at once more.
    fn judge(&mut self, found: &Found) -> Result<Option<Stop>, ReadError> {
        let offset = self.place.offset;
        let behind = match found {
            Found::Nothing => return Ok(Some(self.stop(false, None))),
            Found::Mark => offset + HEADER,
            Found::Commit | Found::Zeros | Found::Broken(_) => offset,
            Found::Misplaced(_) => return Err(self.damage(found)),
        };
        let remains = self.search(behind, self.place.next)?;
        let marked = *found == Found::Mark;
        if remains.end == 0 && !matches!(found, Found::Broken(_)) {
            if marked {
                self.durable_before = self.place.next;
            }
            return Ok(Some(self.stop(marked, None)));
        }
        if remains.proof.is_some() {
            return self.after_proof(found);
        }
        let torn = Torn {
            segment: self.place.segment,
            offset,
            bytes: remains.end.saturating_sub(offset),
            why: in_words(found, &remains),
        };
        Ok(Some(self.stop(false, Some(torn))))
    }

    /// A record must be here. If it was being written while the place was looked at, it is there
    /// now; if it is not, it is lost.
    fn after_proof(&mut self, found: &Found) -> Result<Option<Stop>, ReadError> {
        if self.looked == Looked::AfterProof {
            return Err(self.damage(found));
        }
        self.looked = Looked::AfterProof;
        self.forget()?;
        Ok(None)
    }

    /// Goes on into the next segment. Where that one's header was never finished, stops.
    fn enter_next(&mut self) -> Result<Option<Stop>, ReadError> {
        let segment = self.place.segment + 1;
        self.durable_before = self.place.next;
        let header = match self.header_of_next(segment)? {
            Err(NoSegmentHeader::Broken) if !is_followed(self.directory, segment)? => {
                // No record is written before the header is durable. If there is one, the header
                // is there by now, or lost.
                let remains = self.search(0, self.place.next.saturating_sub(1))?;
                if remains.proof.is_none() && remains.unproven == 0 {
                    let why = "a segment's header is not whole, and no commit follows".into();
                    let torn = Torn {
                        segment,
                        offset: 0,
                        bytes: remains.end,
                        why,
                    };
                    return Ok(Some(self.stop(false, Some(torn))));
                }
                self.header_of_next(segment)?
            }
            header => header,
        };
        let header = header.map_err(|no| no_header(segment, &no))?;
        self.belongs(&header, segment)?;
        if header.first_sequence != self.place.next || header.chain != self.place.chain {
            return Err(ReadError::Damage {
                place: place_in_words(segment, 0),
                why: format!(
                    "it goes on after commit {}, but {} ends with another commit {}",
                    header.first_sequence.saturating_sub(1),
                    segment_name(self.place.segment),
                    self.place.next.saturating_sub(1)
                ),
            });
        }
        self.place = Place::after(&header);
        self.group_offset = 0;
        self.looked = Looked::Once;
        self.look_for_later()?;
        Ok(None)
    }

    /// Opens the next segment in the window, and reads its header.
    fn header_of_next(
        &mut self,
        segment: u32,
    ) -> Result<Result<SegmentHeader, NoSegmentHeader>, ReadError> {
        let path = segment_path(self.directory, segment);
        self.window
            .reopen(&path)
            .map_err(|error| unreadable(&path, error))?;
        self.header(segment)
    }

    /// Whether a header that is whole is this ledger's and in its own file.
    fn belongs(&self, header: &SegmentHeader, segment: u32) -> Result<(), ReadError> {
        let why = if header.ledger != *self.ledger {
            format!(
                "it is of ledger {}, the others are of {}",
                header.ledger, self.ledger
            )
        } else if header.segment != segment {
            format!("it is segment {}", header.segment)
        } else {
            return Ok(());
        };
        Err(ReadError::Damage {
            place: place_in_words(segment, 0),
            why,
        })
    }

    /// The header of the segment in the window.
    fn header(
        &mut self,
        segment: u32,
    ) -> Result<Result<SegmentHeader, NoSegmentHeader>, ReadError> {
        let directory = self.directory;
        let bytes = self.window.at(0, HEADER_BYTES);
        let bytes = bytes.map_err(|error| unreadable(&segment_path(directory, segment), error))?;
        Ok(SegmentHeader::decode(bytes))
    }

    /// Sees whether a later segment stands by now; if so, this one is final, and read afresh.
    fn look_for_later(&mut self) -> Result<bool, ReadError> {
        self.sealed = is_followed(self.directory, self.place.segment)?;
        if self.sealed {
            self.forget()?;
        }
        Ok(self.sealed)
    }

    /// Reads the place again, if that was not done since the last record.
    fn look_again(&mut self) -> Result<bool, ReadError> {
        if self.looked != Looked::Once {
            return Ok(false);
        }
        self.looked = Looked::Again;
        self.forget()?;
        Ok(true)
    }

    fn forget(&mut self) -> Result<(), ReadError> {
        let path = segment_path(self.directory, self.place.segment);
        self.window
            .forget()
            .map_err(|error| unreadable(&path, error))
    }

    fn at(&mut self, offset: u64, wanted: usize) -> Result<&[u8], ReadError> {
        let Self {
            window,
            directory,
            place,
            ..
        } = self;
        window
            .at(offset, wanted)
            .map_err(|error| unreadable(&segment_path(directory, place.segment), error))
    }

    fn search(&self, from: u64, missing: u64) -> Result<Remains, ReadError> {
        search(self.window.file(), from, missing)
            .map_err(|error| unreadable(&segment_path(self.directory, self.place.segment), error))
    }

    fn stop(&self, marked: bool, torn: Option<Torn>) -> Stop {
        Stop {
            place: self.place.clone(),
            marked,
            group_offset: self.group_offset,
            unproven: self.shown.is_some_and(|shown| shown >= self.durable_before),
            torn,
        }
    }

    fn damage(&self, found: &Found) -> ReadError {
        ReadError::Damage {
            place: place_in_words(self.place.segment, self.place.offset),
            why: in_words(found, &Remains::default()),
        }
    }
}

/// What stands there, for people.
fn in_words(found: &Found, remains: &Remains) -> String {
    let what = match found {
        Found::Commit => "a commit",
        Found::Nothing => "the file ends before its last commit",
        Found::Zeros => "zeros where a commit begins, and other bytes behind them",
        Found::Mark => "bytes behind the closing mark",
        Found::Broken(what) => what,
        Found::Misplaced(what) => what,
    };
    match remains.unproven {
        0 => what.into(),
        commits => {
            format!("{what}; {commits} later commits of the same unfinished write are whole")
        }
    }
}

fn unknown(why: String) -> ReadError {
    ReadError::UnknownCursor { why }
}

//! `netgain verify`: recomputes everything from the stored bytes; changes nothing.

mod seals;

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::state::Organisation;
use netgain_events::wire::DecodeError;
use netgain_ledger::accounts::account_all;
use netgain_ledger::fold_all::{Folded, Folding};
use netgain_ledger::history::HistoryError;
use netgain_ledger::log::{Commit, Cursor, End, LogRead, ReadError};
use netgain_log_file::{OpenError, Reader};
use serde_json::json;

use self::seals::{Sealed, Seals};
use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome, with_causes};
use crate::progress::Progress;

/// What there was to check, and what came of it.
struct Report {
    /// The segment files, where it is in files.
    segments: Option<usize>,
    commits: u64,
    bytes: u64,
    end: End,
    notes: Vec<String>,
}

impl Report {
    /// Where the events are, in words.
    fn kept_in(&self) -> String {
        match self.segments {
            Some(segments) => counted(segments, "segment file"),
            None => counted(self.commits, "message"),
        }
    }
}

/// A log that can be read so that every byte on the way is checked.
trait Check: LogRead {
    fn check(&self, visit: &mut dyn FnMut(Commit<'_>)) -> Result<Report, ReadError>;
}

impl Check for Reader {
    fn check(&self, visit: &mut dyn FnMut(Commit<'_>)) -> Result<Report, ReadError> {
        let report = Self::check(self, visit)?;
        Ok(Report {
            segments: Some(report.segments),
            commits: report.commits,
            bytes: report.bytes,
            end: report.end,
            notes: report.notes,
        })
    }
}

impl Check for netgain_log_jetstream::Reader {
    fn check(&self, visit: &mut dyn FnMut(Commit<'_>)) -> Result<Report, ReadError> {
        let (mut commits, mut bytes) = (0, 0);
        let end = self.read(&Cursor::default(), None, &mut |commit| {
            commits += 1;
            bytes += u64::try_from(commit.lines.len()).unwrap_or(u64::MAX);
            visit(commit);
        })?;
        Ok(Report {
            segments: None,
            commits,
            bytes,
            end,
            notes: Vec::new(),
        })
    }
}

/// A log whose reading checks it and keeps the report.
struct Checked<R> {
    reader: R,
    report: Mutex<Option<Report>>,
}

impl<R: Check> LogRead for Checked<R> {
    fn ledger(&self) -> &LedgerId {
        self.reader.ledger()
    }

    fn read(
        &self,
        _from: &Cursor,
        _only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        let report = self.reader.check(visit)?;
        let end = report.end.clone();
        *self.report.lock().unwrap_or_else(PoisonError::into_inner) = Some(report);
        Ok(end)
    }
}

pub(crate) fn run(place: &Place, json: bool, call: &cli::Verify) -> Outcome {
    if let Some(servers) = &place.servers {
        let reader = netgain_log_jetstream::Reader::open(&servers.home()?)?;
        return verify(place, json, call, reader, None);
    }
    match Reader::open(&data_dir::log_dir(&place.data)) {
        Ok(reader) => verify(place, json, call, reader, data_dir::log_bytes(&place.data)),
        // Damage at the very beginning is what this call is there to find.
        Err(OpenError::Damaged { place, why }) => {
            broken(json, &ReadError::Damage { place, why }.into())
        }
        Err(error) => Err(error.into()),
    }
}

fn verify(
    place: &Place,
    json: bool,
    call: &cli::Verify,
    reader: impl Check,
    log_bytes: Option<u64>,
) -> Outcome {
    // What is sealed is read first: a log that grows meanwhile is only ahead of it.
    let seals = Seals::read(place, reader.ledger())?;
    let checked = Checked {
        reader,
        report: Mutex::new(None),
    };
    let mut progress = Progress::bytes("checking", log_bytes);
    let start = |org: &OrgId| {
        let state = Organisation::new(org.clone());
        (Folding::new(state, *checked.ledger()), seals.leaves(org))
    };
    let found = account_all(&checked, &Cursor::default(), &start, &mut |bytes| {
        progress.at(bytes);
    });
    drop(progress);
    let report = checked
        .report
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match (found, report) {
        (Ok(accounts), Some(report)) => {
            let (folded, leaves) = accounts.apart();
            let states = Folded::from(folded);
            let sealed = seals.judge(place, &checked.reader, leaves, call.checkpoint.as_deref())?;
            let verdict = whole(json, call, checked.ledger(), &states, &report, &sealed);
            // Freeing a million facts one by one takes a while, and the process is about to end.
            std::mem::forget(states);
            verdict
        }
        (Ok(_), None) => Err(Failure::fault("the log was not read")),
        (Err(error), _) => not_whole(json, error),
    }
}

/// Says what is wrong with the log; or that it could not be checked.
fn not_whole(json: bool, error: HistoryError) -> Outcome {
    match error {
        HistoryError::Read(
            error @ (ReadError::Newer { .. }
            | ReadError::Unanswered { .. }
            | ReadError::Unreadable { .. }),
        ) => Err(error.into()),
        // What a newer version wrote is no damage, and this one cannot check it.
        error @ HistoryError::Decode {
            source: DecodeError::UnknownSchema { .. } | DecodeError::UnknownType { .. },
            ..
        } => Err(error.into()),
        error @ (HistoryError::Read(_)
        | HistoryError::Decode { .. }
        | HistoryError::Fold { .. }
        | HistoryError::OtherLedger { .. }
        | HistoryError::Commit { .. }) => broken(json, &error),
    }
}

fn whole(
    json: bool,
    call: &cli::Verify,
    ledger: &LedgerId,
    states: &Folded,
    report: &Report,
    sealed: &Sealed,
) -> Outcome {
    let mut out = std::io::stdout().lock();
    let tail = report.end.tail.as_ref();
    let one = match &call.org {
        None => None,
        Some(org) => match states.organisations.get(org) {
            Some(state) => Some(state),
            None => {
                return Err(Failure::refused(
                    "unknown-organisation",
                    format!("{org} is not in this ledger; check its code (capitals and digits)."),
                ));
            }
        },
    };
    let ok = tail.is_none() && sealed.holds();
    if json {
        let document = json!({
            "ok": ok,
            "ledger": ledger,
            "segments": report.segments,
            "commits": report.commits,
            "events": states.events,
            "bytes": report.bytes,
            "organisations": states.organisations.len(),
            "position": one.map(|state| state.position),
            "tail": tail.map(|tail| json!({"place": tail.place, "bytes": tail.bytes, "why": tail.why})),
            "seals": sealed.document(),
            "notes": report.notes,
        });
        writeln!(out, "{document}")?;
    } else {
        let checked = format!(
            "{} of {} in {} ({})",
            counted(states.events, "event"),
            counted(states.organisations.len(), "organisation"),
            report.kept_in(),
            counted(report.bytes, "byte"),
        );
        match tail {
            None if ok => writeln!(
                out,
                "Whole: {checked} stand as they were written, and fold."
            )?,
            None => writeln!(
                out,
                "Not what was sealed: {checked} have right checksums, and fold; but:"
            )?,
            Some(tail) => writeln!(
                out,
                "Not whole: {checked} stand as they were written, and fold; but {} bytes follow at {} that \
                 are no whole commit ({}). An unfinished write looks so, and the next call that \
                 records moves it aside; so does an event damaged at the very end.",
                tail.bytes, tail.place, tail.why
            )?,
        }
        out.write_all(sealed.for_people().as_bytes())?;
        if let Some(state) = one {
            writeln!(out, "{} is at position {}.", state.org, state.position)?;
        }
        for note in &report.notes {
            writeln!(out, "Note: {note}.")?;
        }
    }
    if ok {
        Ok(())
    } else {
        Err(Failure::Refused(None))
    }
}

/// `1 event`, `2 events`.
pub(super) fn counted(number: impl std::fmt::Display, of: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {of}{plural}")
}

fn broken(json: bool, error: &HistoryError) -> Outcome {
    let words = with_causes(error);
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", json!({ "ok": false, "first_wrong": words }))?;
    } else {
        writeln!(out, "Not what was written: {words}.")?;
    }
    Err(Failure::Refused(None))
}

//! `netgain verify`: recomputes everything from the stored bytes; changes nothing.

use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::wire::DecodeError;
use netgain_ledger::fold_all::{Folded, fold_all};
use netgain_ledger::history::HistoryError;
use netgain_ledger::log::{Commit, Cursor, End, LogRead, ReadError};
use netgain_log_file::{OpenError, Reader, Report};
use serde_json::json;

use crate::cli;
use crate::data_dir;
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;

/// A log whose reading checks every byte on the way, and keeps the report.
struct Checked {
    reader: Reader,
    report: Mutex<Option<Report>>,
}

impl LogRead for Checked {
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

pub(crate) fn run(data: &Path, json: bool, call: &cli::Verify) -> Outcome {
    let reader = match Reader::open(&data_dir::log_dir(data)) {
        Ok(reader) => reader,
        // Damage at the very beginning is what this call is there to find.
        Err(OpenError::Damaged { place, why }) => {
            return broken(json, &ReadError::Damage { place, why }.into());
        }
        Err(error) => return Err(error.into()),
    };
    let checked = Checked {
        reader,
        report: Mutex::new(None),
    };
    let mut progress = Progress::bytes("checking", data_dir::log_bytes(data));
    let found = fold_all(
        &checked,
        &Cursor::default(),
        &|_| None,
        &mut |bytes| {
            progress.at(bytes);
        },
    );
    drop(progress);
    let report = checked
        .report
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    match (found, report) {
        (Ok(folded), Some(report)) => {
            let verdict = whole(json, call, checked.ledger(), &folded, &report);
            // Freeing a million facts one by one takes a while, and the process is about to end.
            std::mem::forget(folded);
            verdict
        }
        (Ok(_), None) => Err(Failure::fault("the log was not read")),
        (
            Err(HistoryError::Read(
                error @ (ReadError::Newer { .. } | ReadError::Unreadable { .. }),
            )),
            _,
        ) => Err(error.into()),
        // What a newer version wrote is no damage, and this one cannot check it.
        (
            Err(
                error @ HistoryError::Decode {
                    source: DecodeError::UnknownSchema { .. } | DecodeError::UnknownType { .. },
                    ..
                },
            ),
            _,
        ) => Err(error.into()),
        (Err(error), _) => broken(json, &error),
    }
}

fn whole(
    json: bool,
    call: &cli::Verify,
    ledger: &LedgerId,
    folded: &Folded,
    report: &Report,
) -> Outcome {
    let mut out = std::io::stdout().lock();
    let tail = report.end.tail.as_ref();
    let one = match &call.org {
        None => None,
        Some(org) => match folded.organisations.get(org) {
            Some(state) => Some(state),
            None => {
                return Err(Failure::refused(
                    "unknown-organisation",
                    format!("{org} is not in this ledger; check its code (capitals and digits)."),
                ));
            }
        },
    };
    if json {
        let document = json!({
            "ok": tail.is_none(),
            "ledger": ledger,
            "segments": report.segments,
            "commits": report.commits,
            "events": folded.events,
            "bytes": report.bytes,
            "organisations": folded.organisations.len(),
            "position": one.map(|state| state.position),
            "tail": tail.map(|tail| json!({"place": tail.place, "bytes": tail.bytes, "why": tail.why})),
            "notes": report.notes,
        });
        writeln!(out, "{document}")?;
    } else {
        let checked = format!(
            "{} of {} in {} ({})",
            counted(folded.events, "event"),
            counted(folded.organisations.len(), "organisation"),
            counted(report.segments, "segment file"),
            counted(report.bytes, "byte"),
        );
        match tail {
            None => writeln!(
                out,
                "Whole: {checked} stand as they were written, and fold."
            )?,
            Some(tail) => writeln!(
                out,
                "Not whole: {checked} stand as they were written, and fold; but {} bytes follow at {} that \
                 are no whole commit ({}). An unfinished write looks so, and the next call that \
                 records moves it aside; so does an event damaged at the very end.",
                tail.bytes, tail.place, tail.why
            )?,
        }
        if let Some(state) = one {
            writeln!(out, "{} is at position {}.", state.org, state.position)?;
        }
        for note in &report.notes {
            writeln!(out, "Note: {note}.")?;
        }
    }
    if tail.is_none() {
        Ok(())
    } else {
        Err(Failure::Refused(None))
    }
}

/// `1 event`, `2 events`.
fn counted(number: impl std::fmt::Display, of: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {of}{plural}")
}

fn broken(json: bool, error: &HistoryError) -> Outcome {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{}", json!({ "ok": false, "first_wrong": words }))?;
    } else {
        writeln!(out, "Not what was written: {words}.")?;
    }
    Err(Failure::Refused(None))
}

//! `netgain import`: a spreadsheet of claims, all rows or none, every problem at once.

mod report;
mod service;

use std::io::Read;
use std::path::Path;

use netgain_answers::import::{self as answers, Claims, FILE_BYTES_MAX, NotImported, Options};
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::history::KnownAt;
use netgain_ledger::ledger::{Caller, Decided};
use netgain_ledger::log::LogRead;

use crate::calls::not_answered::bad_question;
use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::whereabouts::Whereabouts;
use crate::who;

pub(crate) fn run(at: &Whereabouts, json: bool, call: &cli::Import) -> Outcome {
    match at {
        Whereabouts::Files(place) => run_on_files(place, json, call),
        Whereabouts::Service(server) => service::run(server, json, call),
    }
}

fn run_on_files(place: &Place, json: bool, call: &cli::Import) -> Outcome {
    let caller = who::caller(&call.actor)?;
    let options = Options {
        sheet: call.sheet.clone(),
        control_total: call.control_total.clone(),
        amend: call.reason.clone(),
    };
    let bytes = read_file(&call.file)?;
    let claims = answers::read(&bytes, &file_name(&call.file), &options)
        .map_err(|why| not_imported(json, why))?;
    if call.dry_run {
        dry_run(place, json, call, &caller, &claims, &options)
    } else {
        import(place, json, call, &caller, &claims, &options)
    }
}

/// Reads a file, and of one that is too large only as much as it takes to say so.
fn read_file(file: &Path) -> Result<Vec<u8>, Failure> {
    let cannot_read = |e| Failure::Usage(format!("cannot read {}: {e}", file.display()));
    let limit = u64::try_from(FILE_BYTES_MAX)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    let mut input = std::fs::File::open(file).map_err(cannot_read)?.take(limit);
    input.read_to_end(&mut bytes).map_err(cannot_read)?;
    Ok(bytes)
}

/// The file's name, for messages.
fn file_name(file: &Path) -> String {
    let name = file.file_name().map(|name| name.to_string_lossy());
    name.unwrap_or_default().into_owned()
}

/// Says why nothing was imported; every problem on standard output, as its answer.
fn not_imported(json: bool, why: NotImported) -> Failure {
    match why {
        NotImported::Problems(problems) => report::refused(json, &problems),
        NotImported::ControlTotal { .. } => Failure::refused(NotImported::CONTROL_TOTAL, why),
        NotImported::BadQuestion(question) => bad_question(&question),
        NotImported::Fault(fault) => fault.into(),
    }
}

/// Says what would happen, from the ledger as it stands; opens nothing for writing.
fn dry_run(
    place: &Place,
    json: bool,
    call: &cli::Import,
    caller: &Caller,
    claims: &Claims,
    options: &Options,
) -> Outcome {
    let reader = data_dir::open_for_reading(place)?;
    let state = data_dir::state(place, &reader, &call.org, KnownAt::Latest)?;
    let (ledger, now) = (reader.ledger(), SystemClock.now());
    let tried = answers::dry_run(&state, claims, options, caller, ledger, now)
        .map_err(|why| not_imported(json, why))?;
    report::imported(json, &tried)
}

fn import(
    place: &Place,
    json: bool,
    call: &cli::Import,
    caller: &Caller,
    claims: &Claims,
    options: &Options,
) -> Outcome {
    // Claims need their organisation: a mistyped directory must not become a new ledger.
    drop(data_dir::open_for_reading(place)?);
    let writing = data_dir::open_for_writing(place)?;
    let outcome = writing.settle(&call.org, || {
        let attempt = answers::record(&writing.ledger, &call.org, claims, options, caller);
        Ok(Decided {
            is_refusal: attempt.outcome.is_err(),
            what: attempt.outcome,
            seen: attempt.seen,
        })
    })?;
    let imported = outcome.map_err(|why| not_imported(json, why))?;
    report::imported(json, &imported)?;
    writing.finish()
}

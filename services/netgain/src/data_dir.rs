//! The ledger's directory: `log/` is the record, `views/` can be deleted at any time.

use std::path::{Path, PathBuf};

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::state::Organisation;
use netgain_ledger::clock::SystemClock;
use netgain_ledger::history::{self, KnownAt};
use netgain_ledger::ledger::Ledger;
use netgain_ledger::log::LogRead;
use netgain_ledger::views::Views;
use netgain_log_file::{FileLog, OpenError, Reader};
use netgain_views::{Patience, SledViews};

use crate::outcome::Failure;
use crate::progress::Progress;

/// How many events the views may lack before a call that records takes the time to bring them up:
/// folding that many is quicker than opening and writing the views.
pub(crate) const VIEWS_LACK_MAX: u64 = 5_000;

/// Where the log is.
pub(crate) fn log_dir(data: &Path) -> PathBuf {
    data.join("log")
}

/// Where the views are.
pub(crate) fn views_dir(data: &Path) -> PathBuf {
    data.join("views")
}

/// How many bytes the log has, for progress.
pub(crate) fn log_bytes(data: &Path) -> Option<u64> {
    let entries = std::fs::read_dir(log_dir(data)).ok()?;
    let sizes = entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()));
    Some(sizes.sum())
}

/// A new ledger's identity.
fn new_ledger_id() -> LedgerId {
    let mut bytes = [0_u8; 16];
    // Without randomness from the operating system nothing secure can run; an identity made of the
    // time and the process still tells two ledgers apart.
    if getrandom::fill(&mut bytes).is_err() {
        let unique = format!("{:?}{}", std::time::SystemTime::now(), std::process::id());
        let digest = netgain_events::sha256::Sha256Hex::of(unique.as_bytes());
        bytes
            .iter_mut()
            .zip(digest.bytes())
            .for_each(|(byte, random)| *byte = *random);
    }
    let text: String = bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(hex_digit)
        .collect();
    // Sixteen bytes are always 32 lower-case hex digits.
    text.parse().unwrap_or_else(|_| std::process::abort())
}

fn hex_digit(nibble: u8) -> Option<char> {
    char::from_digit(u32::from(nibble), 16)
}

/// Opens the ledger for writing, and says what had to be done to it.
pub(crate) fn open_for_writing(data: &Path) -> Result<Ledger<FileLog>, Failure> {
    let log = open_log(data)?;
    open_ledger(data, log)
}

/// The same, with views that hold nothing yet.
pub(crate) fn open_with_new_views(data: &Path) -> Result<Ledger<FileLog>, Failure> {
    // The log's lock is held from here on: nobody else has the views open for writing.
    let log = open_log(data)?;
    let views = views_dir(data);
    // Whatever else stands there is moved aside when the views are opened.
    if views.is_dir() {
        std::fs::remove_dir_all(&views).map_err(|e| Failure::file("delete", &views, &e))?;
    }
    open_ledger(data, log)
}

fn open_log(data: &Path) -> Result<FileLog, Failure> {
    let log = FileLog::open_or_create(&log_dir(data), new_ledger_id).map_err(explain)?;
    if let Some(recovered) = log.recovered() {
        eprintln!(
            "netgain: an unfinished write was moved aside: {} bytes at {} ({}), kept in {}. It was \
             never acknowledged.",
            recovered.tail.bytes,
            recovered.tail.place,
            recovered.tail.why,
            recovered.kept.display()
        );
    }
    Ok(log)
}

fn open_ledger(data: &Path, log: FileLog) -> Result<Ledger<FileLog>, Failure> {
    let views = Some(open_views(data, log.ledger()));
    let mut progress = Progress::bytes("reading the history", log_bytes(data));
    let ledger = Ledger::open(log, views, Box::new(SystemClock), &mut |bytes| {
        progress.at(bytes);
    })?;
    Ok(ledger)
}

fn open_views(data: &Path, ledger: &LedgerId) -> Box<dyn Views> {
    let opened = SledViews::open_for_writing(&views_dir(data), ledger, Patience::WRITING);
    if let Some(note) = opened.note {
        eprintln!("netgain: {note}");
    }
    Box::new(opened.views)
}

/// Brings the views up where they lack much. Failing at that loses nothing but time.
pub(crate) async fn keep_views(ledger: &Ledger<FileLog>, lack_max: u64) {
    if ledger.events_not_in_views() > lack_max
        && let Err(error) = ledger.store_views().await
    {
        eprintln!("netgain: {error}; the next start will take longer");
    }
}

/// Closes the ledger, and says if its last write could not be finished.
pub(crate) fn close(ledger: Ledger<FileLog>) -> Result<(), Failure> {
    ledger.into_log().close()?;
    Ok(())
}

/// Opens the ledger for reading, beside whoever writes it.
pub(crate) fn open_for_reading(data: &Path) -> Result<Reader, Failure> {
    Reader::open(&log_dir(data)).map_err(explain)
}

fn explain(error: OpenError) -> Failure {
    error.into()
}

/// The state of one organisation as known at a point.
pub(crate) fn state(
    data: &Path,
    reader: &Reader,
    org: &OrgId,
    known_at: KnownAt,
) -> Result<Organisation, Failure> {
    let views = match known_at {
        KnownAt::Latest => {
            let views =
                SledViews::open_for_reading(&views_dir(data), reader.ledger(), Patience::READING);
            views.ok().flatten()
        }
        KnownAt::Position(_) | KnownAt::Time(_) => None,
    };
    let views = views.as_ref().map(|views| -> &dyn Views { views });
    let state = history::fold(reader, views, org, known_at)?;
    if state.position > Position::ZERO {
        return check_reached(state, known_at);
    }
    // Nothing was known then; but the organisation must exist to say so.
    let latest = match known_at {
        KnownAt::Latest => state.position,
        KnownAt::Position(_) | KnownAt::Time(_) => {
            history::fold(reader, None, org, KnownAt::Latest)?.position
        }
    };
    if latest == Position::ZERO {
        return Err(Failure::refused(
            "unknown-organisation",
            format!("{org} is not in this ledger; check its code (capitals and digits)."),
        ));
    }
    check_reached(state, known_at)
}

fn check_reached(state: Organisation, known_at: KnownAt) -> Result<Organisation, Failure> {
    match known_at {
        KnownAt::Position(asked) if asked > state.position => Err(Failure::Usage(format!(
            "bad-position: {} has {} events; there is no position {asked} yet.",
            state.org, state.position
        ))),
        KnownAt::Position(_) | KnownAt::Time(_) | KnownAt::Latest => Ok(state),
    }
}

//! `netgain verify` of a log that servers keep: every message on its way is checked, and folds.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_events::state::Organisation;
use netgain_ledger::accounts::account_all;
use netgain_ledger::fold_all::{Folded, Folding};
use netgain_ledger::log::{Commit, Cursor, End, LogRead, ReadError};
use netgain_log_jetstream::{Home, Reader};
use serde_json::json;

use super::{counted, not_whole, unknown};
use crate::cli;
use crate::outcome::Outcome;
use crate::progress::Progress;

/// What is not done here.
const NOTE: &str = "what was sealed is not compared here; a node does that when it starts";

/// A log whose messages are counted while they are read.
struct Counted {
    reader: Reader,
    commits: AtomicU64,
    bytes: AtomicU64,
}

impl LogRead for Counted {
    fn ledger(&self) -> &LedgerId {
        self.reader.ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        self.reader.read(from, only, &mut |commit| {
            let bytes = u64::try_from(commit.lines.len()).unwrap_or(u64::MAX);
            self.commits.fetch_add(1, Ordering::Relaxed);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            visit(commit);
        })
    }
}

pub(super) fn run(home: &Home, json: bool, call: &cli::Verify) -> Outcome {
    let log = Counted {
        reader: Reader::open(home)?,
        commits: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
    };
    let mut progress = Progress::bytes("checking", None);
    let start = |org: &OrgId| Folding::new(Organisation::new(org.clone()), *log.ledger());
    let read = account_all(&log, &Cursor::default(), &start, &mut |bytes| {
        progress.at(bytes);
    });
    drop(progress);
    let found = match read {
        Ok(accounts) => Folded::from(accounts),
        Err(error) => return not_whole(json, error),
    };
    let one = match &call.org {
        None => None,
        Some(org) => Some(found.organisations.get(org).ok_or_else(|| unknown(org))?),
    };
    let (commits, bytes) = (
        log.commits.load(Ordering::Relaxed),
        log.bytes.load(Ordering::Relaxed),
    );
    let mut out = std::io::stdout().lock();
    if json {
        let document = json!({
            "ok": true,
            "ledger": log.ledger(),
            "commits": commits,
            "events": found.events,
            "bytes": bytes,
            "organisations": found.organisations.len(),
            "position": one.map(|state| state.position),
            "notes": [NOTE],
        });
        writeln!(out, "{document}")?;
    } else {
        writeln!(
            out,
            "Whole: {} of {} in {} ({}) stand as they were written, and fold.",
            counted(found.events, "event"),
            counted(found.organisations.len(), "organisation"),
            counted(commits, "message"),
            counted(bytes, "byte"),
        )?;
        if let Some(state) = one {
            writeln!(out, "{} is at position {}.", state.org, state.position)?;
        }
        writeln!(out, "Note: {NOTE}.")?;
    }
    // Freeing a million facts one by one takes a while, and the process is about to end.
    std::mem::forget(found);
    Ok(())
}

//! `netgain restore`: an exported history back into an empty ledger, byte for byte and position for
//! position. It is restored beside the ledger's place and put there only when all of it is.

mod servers;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use netgain_events::event::EVENT_BYTES_MAX;
use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_events::state::Organisation;
use netgain_events::wire;
use netgain_ledger::clock::{Clock, SystemClock};
use netgain_ledger::log::{COMMIT_BYTES_MAX, COMMIT_EVENTS_MAX, Commit, Log, durable};
use netgain_log_file::{FileLog, OpenError, Reader};
use netgain_proof::sealer::Sealer;

use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;
use crate::writing;

pub(crate) fn run(place: &Place, json: bool, call: &cli::Restore) -> Outcome {
    let data = &place.data;
    if let Some(kept_by) = &place.servers {
        let home = kept_by.home()?;
        return staged(data, |beside| {
            let restored = restore(beside, call, |log| Ok((log, Ok(()))))?;
            servers::copy(beside, &home, call.shards)?;
            drop(std::fs::remove_dir_all(beside));
            restored.say(json)?;
            eprintln!(
                "netgain: what was signed over it is not on the servers yet; before the first node starts: \
                 netgain cluster init, and netgain cluster bring-seals."
            );
            Ok(())
        });
    }
    let target = data_dir::log_dir(data);
    match Reader::open(&target) {
        Err(OpenError::Absent { .. }) => {}
        Ok(_) => {
            return Err(Failure::Usage(format!(
                "there is a ledger in {} already; restore into an empty directory (--data).",
                data.display()
            )));
        }
        Err(error) => return Err(error.into()),
    }
    staged(data, |beside| {
        let witnesses = data_dir::read_policy(place)?;
        let restored = restore(beside, call, |log| {
            let mut sealer = seal(place, &log)?;
            let cosigned = writing::cosign(&mut sealer, witnesses.as_ref());
            Ok((log, cosigned))
        })?;
        put_in_place(beside, &target)?;
        restored.say(json)
    })
}

/// Does something with a directory of its own in the ledger's, which is gone if that fails.
fn staged(data: &Path, act: impl FnOnce(&Path) -> Outcome) -> Outcome {
    std::fs::create_dir_all(data).map_err(|e| Failure::file("make", data, &e))?;
    let beside = data.join(format!("restoring-{}", std::process::id()));
    act(&beside).inspect_err(|_| {
        // Nothing of it is wanted; leaving it would only cost room.
        drop(std::fs::remove_dir_all(&beside));
    })
}

struct Restored {
    events: u64,
    organisations: usize,
    /// Whether the witnesses cosigned; the history is there all the same.
    cosigned: Outcome,
}

impl Restored {
    fn say(self, json: bool) -> Outcome {
        let Self {
            events,
            organisations,
            cosigned,
        } = self;
        let mut out = io::stdout().lock();
        if json {
            let document = serde_json::json!({ "events": events, "organisations": organisations });
            writeln!(out, "{document}")?;
        } else {
            writeln!(
                out,
                "Restored {events} events of {organisations} organisations."
            )?;
        }
        cosigned
    }
}

fn put_in_place(beside: &Path, target: &Path) -> Outcome {
    // An empty directory may stand in the way; one with files in it may not.
    drop(std::fs::remove_file(target.join("lock")));
    drop(std::fs::remove_dir(target));
    std::fs::rename(beside, target).map_err(|e| Failure::file("move into place", target, &e))?;
    let parent: PathBuf = target.parent().unwrap_or(target).to_owned();
    let synced = File::open(&parent).and_then(|directory| directory.sync_all());
    synced.map_err(|e| Failure::file("sync", &parent, &e))
}

/// Restores into files. `finish` does with the log what comes last, and says what came of the witnesses.
fn restore(
    beside: &Path,
    call: &cli::Restore,
    finish: impl FnOnce(FileLog) -> Result<(FileLog, Outcome), Failure>,
) -> Result<Restored, Failure> {
    let (input, bytes): (Box<dyn Read>, _) = match call.file.as_deref() {
        Some(path) if path != Path::new("-") => {
            let file = File::open(path).map_err(|e| {
                Failure::Usage(format!(
                    "cannot read the history in {}: {e}",
                    path.display()
                ))
            })?;
            let bytes = file.metadata().ok().map(|metadata| metadata.len());
            (Box::new(file), bytes)
        }
        Some(_) | None => (Box::new(io::stdin()), None),
    };
    let mut input = BufReader::with_capacity(1 << 18, input);
    let mut restoring = Restoring {
        log: None,
        gathered: None,
        states: BTreeMap::new(),
        events: 0,
    };
    let mut progress = Progress::bytes("restoring", bytes);
    let (mut line, mut number, mut done) = (Vec::new(), 0_u64, 0);
    loop {
        line.clear();
        // A line that is too long is not read further than it takes to know that.
        let limit = u64::try_from(EVENT_BYTES_MAX + 2).unwrap_or(u64::MAX);
        let length = (&mut input).take(limit).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        number += 1;
        done += u64::try_from(length).unwrap_or(0);
        progress.at(done);
        let event = line
            .strip_suffix(b"\n")
            .ok_or("it has no line feed at its end, or is too long");
        let restored = event
            .map_err(str::to_owned)
            .and_then(|event| restoring.line(beside, event));
        restored.map_err(|why| {
            Failure::refused(
                "not-a-history",
                format!("line {number} cannot be restored: {why}; nothing was."),
            )
        })?;
    }
    restoring.flush().map_err(Failure::fault)?;
    let Some(log) = restoring.log else {
        return Err(Failure::refused(
            "not-a-history",
            "there is no event in it; nothing was restored.",
        ));
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(durable(&log, log.everything()))?;
    let (log, cosigned) = finish(log)?;
    log.close()?;
    Ok(Restored {
        events: restoring.events,
        organisations: restoring.states.len(),
        cosigned,
    })
}

/// Holds the restored history to the checkpoints that are there, and goes on sealing from them.
fn seal(place: &Place, log: &FileLog) -> Result<Sealer, Failure> {
    let mut sealer = data_dir::open_sealer(place, log)?;
    if let Some(alarm) = sealer.alarms().values().next() {
        return Err(Failure::refused(
            "not-as-sealed",
            format!(
                "the history is not the one that the checkpoints in {} seal: {alarm}. Nothing was \
                 restored.",
                place.checkpoints.display()
            ),
        ));
    }
    sealer.seal(log, SystemClock.now())?;
    Ok(sealer)
}

/// A history on its way back.
struct Restoring {
    log: Option<FileLog>,
    gathered: Option<Gathered>,
    states: BTreeMap<OrgId, Organisation>,
    events: u64,
}

/// Consecutive events of one organisation, for one commit.
struct Gathered {
    org: OrgId,
    first: Position,
    events: u32,
    lines: Vec<u8>,
}

impl Restoring {
    /// Takes one event's line, which must be as it would be written and follow from those before.
    fn line(&mut self, beside: &Path, line: &[u8]) -> Result<(), String> {
        let event = wire::decode(line).map_err(|e| e.to_string())?;
        let log = match &mut self.log {
            Some(log) => log,
            none => {
                let ledger: LedgerId = event.ledger;
                let opened = FileLog::open_or_create(beside, || ledger);
                none.insert(opened.map_err(|e| e.to_string())?)
            }
        };
        if event.ledger != *netgain_ledger::log::LogRead::ledger(log) {
            return Err(format!("it belongs to another ledger, {}", event.ledger));
        }
        let (org, position) = (event.org.clone(), event.position);
        let state = self
            .states
            .entry(org.clone())
            .or_insert_with(|| Organisation::new(org.clone()));
        state.apply(event).map_err(|e| e.to_string())?;
        let fits = self.gathered.as_ref().is_some_and(|gathered| {
            gathered.org == org
                && gathered.events < COMMIT_EVENTS_MAX
                && gathered.lines.len() + line.len() < COMMIT_BYTES_MAX
        });
        if !fits {
            self.flush()?;
        }
        let gathered = self.gathered.get_or_insert_with(|| Gathered {
            org,
            first: position,
            events: 0,
            lines: Vec::new(),
        });
        gathered.events += 1;
        gathered.lines.extend_from_slice(line);
        gathered.lines.push(b'\n');
        self.events += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), String> {
        let (Some(log), Some(gathered)) = (&self.log, self.gathered.take()) else {
            return Ok(());
        };
        let Gathered {
            org,
            first,
            events,
            lines,
        } = &gathered;
        let commit = Commit {
            org,
            first: *first,
            events: *events,
            lines,
        };
        log.append(commit)
            .map(drop)
            .map_err(|fault| fault.to_string())
    }
}

//! `netgain record`: commands in, one JSON answer a line, in order, each as soon as it is durable.
//!
//! Three stages run side by side: one reads and parses, one decides and queues, one waits for the
//! disk and answers. Whatever has been read goes on at once, so that a program that waits for each
//! answer is served as well as a file of a million lines.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use netgain_events::command::{ActorField, Command, LINE_BYTES_MAX, too_large};
use netgain_events::refusal::Refusal;
use netgain_ledger::ledger::{Answer, Caller, Ledger, LedgerFault, Outcome as Decided};
use netgain_ledger::log::{Ticket, durable};
use netgain_log_file::FileLog;
use serde::Serialize;

use crate::cli;
use crate::data_dir::{self, Place};
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;
use crate::who;

/// How much is read at once.
const READ_BYTES: usize = 256 * 1024;

/// How many lines go from stage to stage at once: enough that the hand-over costs nothing.
const BATCH_LINES_MAX: usize = 256;

/// How many batches may wait between two stages, so that memory stays flat.
const BATCHES_WAITING_MAX: usize = 8;

/// A line's number and what it asks for.
type Asked = (u64, Result<Command, Refusal>);

/// A line's number and what came of it.
type Told = (u64, Result<Answer, NotAnswered>);

/// Why the ledger gave a line no answer.
enum NotAnswered {
    /// It is no command.
    Refused(Refusal),
    /// Its organisation can only be read, for this reason.
    ReadOnly(LedgerFault),
}

pub(crate) fn run(place: &Place, call: &cli::Record) -> Outcome {
    let caller = who::caller(&call.actor)?;
    let (input, bytes) = open_input(call.file.as_deref())?;
    let mut writing = data_dir::open_for_writing(place)?;
    let (ask, asked) = sync_channel(BATCHES_WAITING_MAX);
    let (tell, told) = sync_channel(BATCHES_WAITING_MAX);
    let (all_read, how_read) = sync_channel(1);
    stage("read", move || {
        let read = read(input, &ask, &mut Progress::bytes("recording", bytes));
        // Said before the next stage learns that nothing more comes.
        drop(all_read.send(read));
    })?;
    let deciding = stage("decide", {
        let ledger = Arc::clone(&writing.ledger);
        move || decide(&asked, &tell, &ledger, &caller)
    })?;
    let answering = stage("answer", {
        let ledger = Arc::clone(&writing.ledger);
        move || answer(&told, &ledger)
    })?;
    // After a fault nobody is waited for: the first stage may be waiting for a caller that waits for
    // an answer.
    let end = answering
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    deciding
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    how_read.recv().unwrap_or(Ok(()))?;
    let stats = writing.ledger.log().stats();
    let sealing = Instant::now();
    let sealed = writing.seal();
    let sealing = sealing.elapsed();
    if call.stats {
        let said = serde_json::json!({
            "groups": stats.groups,
            "syncs": stats.syncs,
            "commits": stats.records,
            "bytes": stats.bytes,
            "sealing_ms": u64::try_from(sealing.as_millis()).unwrap_or(u64::MAX),
        });
        eprintln!("{said}");
    }
    writing.close()?;
    sealed?;
    match end {
        End {
            read_only: true, ..
        } => Err(Failure::fault(
            "some organisations can only be read, because their history is not what was sealed; \
             the commands for them were not recorded",
        )),
        End { refused: true, .. } => Err(Failure::Refused(None)),
        End { .. } => Ok(()),
    }
}

fn stage<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, Failure> {
    Ok(thread::Builder::new().name(name.into()).spawn(work)?)
}

fn open_input(file: Option<&Path>) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    match file {
        Some(path) if path != Path::new("-") => {
            let unreadable = |error: io::Error| {
                Failure::Usage(format!(
                    "cannot read the commands in {}: {error}",
                    path.display()
                ))
            };
            let file = File::open(path).map_err(unreadable)?;
            // A directory can be opened; only reading it fails.
            let metadata = file.metadata().map_err(unreadable)?;
            if metadata.is_dir() {
                return Err(unreadable(io::ErrorKind::IsADirectory.into()));
            }
            let bytes = Some(metadata.len());
            Ok((Box::new(file), bytes))
        }
        Some(_) | None => Ok((Box::new(io::stdin()), None)),
    }
}

/// Reads and parses. Ends early when the next stage has.
fn read(
    mut input: Box<dyn Read + Send>,
    ask: &SyncSender<Vec<Asked>>,
    progress: &mut Progress,
) -> Outcome {
    let mut buffer = vec![0; READ_BYTES];
    let mut lines = Lines::default();
    let mut done = 0;
    loop {
        let length = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Failure::fault(format!("cannot read the commands: {error}"))),
        };
        let mut batch = Vec::new();
        let mut rest = buffer.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = after;
            lines.push(part, &mut batch);
            if batch.len() >= BATCH_LINES_MAX && ask.send(std::mem::take(&mut batch)).is_err() {
                return Ok(());
            }
        }
        if !batch.is_empty() && ask.send(batch).is_err() {
            return Ok(());
        }
        done += u64::try_from(length).unwrap_or(0);
        progress.at(done);
    }
    let mut batch = Vec::new();
    lines.finish(&mut batch);
    // The next stage has ended early if this is not taken, and says why.
    drop(ask.send(batch));
    Ok(())
}

/// Puts lines together from what is read, never keeping more of one than is allowed.
#[derive(Default)]
struct Lines {
    number: u64,
    /// The part of a line that came without its end.
    partial: Vec<u8>,
    /// How many bytes of a line were let go because it is too long.
    let_go: usize,
}

impl Lines {
    fn push(&mut self, part: &[u8], batch: &mut Vec<Asked>) {
        match part.strip_suffix(b"\n") {
            Some(end) if self.partial.is_empty() && self.let_go == 0 => self.line(end, batch),
            Some(end) => {
                self.keep(end);
                self.finish(batch);
            }
            None => self.keep(part),
        }
    }

    fn keep(&mut self, part: &[u8]) {
        let room = (LINE_BYTES_MAX + 1).saturating_sub(self.partial.len());
        let (kept, over) = part.split_at_checked(room).unwrap_or((part, &[]));
        self.partial.extend_from_slice(kept);
        self.let_go += over.len();
    }

    /// The line so far is whole.
    fn finish(&mut self, batch: &mut Vec<Asked>) {
        let line = std::mem::take(&mut self.partial);
        let let_go = std::mem::take(&mut self.let_go);
        if let_go > 0 {
            self.number += 1;
            batch.push((self.number, Err(too_large(line.len() + let_go))));
        } else if !line.is_empty() {
            self.line(&line, batch);
        }
    }

    fn line(&mut self, line: &[u8], batch: &mut Vec<Asked>) {
        self.number += 1;
        let blank = line.len() <= LINE_BYTES_MAX && line.iter().all(u8::is_ascii_whitespace);
        if !blank {
            batch.push((self.number, Command::from_line(line, ActorField::Allowed)));
        }
    }
}

/// Decides and queues, in order.
fn decide(
    asked: &Receiver<Vec<Asked>>,
    tell: &SyncSender<Vec<Told>>,
    ledger: &Ledger<FileLog>,
    caller: &Caller,
) -> Result<(), LedgerFault> {
    for batch in asked {
        let mut told = Vec::with_capacity(batch.len());
        for (number, command) in batch {
            let answer = match command {
                Ok(command) => match ledger.submit(command, caller) {
                    Ok(answer) => Ok(answer),
                    Err(fault @ LedgerFault::ReadOnly { .. }) => Err(NotAnswered::ReadOnly(fault)),
                    Err(fault) => {
                        // What was decided before the fault may still become durable.
                        drop(tell.send(told));
                        return Err(fault);
                    }
                },
                Err(refusal) => Err(NotAnswered::Refused(refusal)),
            };
            told.push((number, answer));
        }
        if tell.send(told).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// How it went, over all lines.
#[derive(Default)]
struct End {
    /// Some command was refused.
    refused: bool,
    /// Some command's organisation can only be read.
    read_only: bool,
}

/// Waits for each answer's ticket and writes it.
fn answer(told: &Receiver<Vec<Told>>, ledger: &Ledger<FileLog>) -> Result<End, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut out = Answers {
            out: io::stdout().lock(),
            pending: Vec::new(),
        };
        let mut end = End::default();
        // An answer stands in order, so it follows what those before it saw.
        let mut seen = Ticket { lane: 0, number: 0 };
        let mut durable_through = 0;
        for batch in told {
            for (number, answer) in batch {
                let outcome = match answer {
                    Ok(answer) => {
                        seen = answer.ticket.unwrap_or(seen);
                        answer.outcome
                    }
                    Err(NotAnswered::Refused(refusal)) => Decided::Refused(vec![(0, refusal)]),
                    Err(NotAnswered::ReadOnly(fault)) => {
                        end.read_only = true;
                        out.write_fault(number, &fault)?;
                        continue;
                    }
                };
                if seen.number > durable_through {
                    // Nobody should wait for an answer that is ready.
                    out.flush()?;
                    durable_through = durable(ledger.log(), seen).await?;
                }
                end.refused |= matches!(outcome, Decided::Refused(_));
                out.write(number, &outcome)?;
            }
            out.flush()?;
        }
        Ok(end)
    })
}

struct Answers<W: Write> {
    out: W,
    pending: Vec<u8>,
}

#[derive(Serialize)]
struct RecordedLine<'a> {
    line: u64,
    position: u64,
    event: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
}

#[derive(Serialize)]
struct RefusedLine<'a> {
    line: u64,
    refused: RefusedWhy<'a>,
}

#[derive(Serialize)]
struct FaultLine {
    line: u64,
    fault: FaultWhy,
}

/// What kept a command from being recorded and is not its caller's fault.
#[derive(Serialize)]
struct FaultWhy {
    code: &'static str,
    message: String,
}

/// A refusal as answers carry it.
#[derive(Serialize)]
pub(crate) struct RefusedWhy<'a> {
    code: &'a str,
    field: Option<&'a str>,
    message: &'a str,
}

impl<'a> From<&'a Refusal> for RefusedWhy<'a> {
    fn from(refusal: &'a Refusal) -> Self {
        Self {
            code: refusal.code.as_str(),
            field: refusal.field.as_deref(),
            message: &refusal.message,
        }
    }
}

impl<W: Write> Answers<W> {
    fn write(&mut self, line: u64, outcome: &Decided) -> Outcome {
        let recorded = |first: &netgain_events::identifier::Position,
                        kinds: &[netgain_events::fact::FactKind],
                        repeated| {
            let event = kinds.first().map_or("", |kind| kind.event_type());
            RecordedLine {
                line,
                position: first.get(),
                event,
                repeated,
            }
        };
        match outcome {
            Decided::Recorded { first, kinds } => {
                serde_json::to_writer(&mut self.pending, &recorded(first, kinds, false))?;
            }
            Decided::Repeated { first, kinds } => {
                serde_json::to_writer(&mut self.pending, &recorded(first, kinds, true))?;
            }
            Decided::Refused(refusals) => {
                for (_, refusal) in refusals {
                    let refused = RefusedLine {
                        line,
                        refused: refusal.into(),
                    };
                    serde_json::to_writer(&mut self.pending, &refused)?;
                }
            }
        }
        self.pending.push(b'\n');
        Ok(())
    }

    fn write_fault(&mut self, line: u64, fault: &LedgerFault) -> Outcome {
        let fault = FaultWhy {
            code: "read-only",
            message: fault.to_string(),
        };
        serde_json::to_writer(&mut self.pending, &FaultLine { line, fault })?;
        self.pending.push(b'\n');
        Ok(())
    }

    fn flush(&mut self) -> Outcome {
        let written = self
            .out
            .write_all(&self.pending)
            .and_then(|()| self.out.flush());
        self.pending.clear();
        written.map_err(|error| Failure::fault(format!("cannot write the answers: {error}")))
    }
}

//! Recording into the ledger's log, in files or on servers.
//!
//! Three stages run side by side: one reads and parses, one decides and queues, one waits for the
//! disk and answers. Whatever has been read goes on at once, so that a program that waits for each
//! answer is served as well as a file of a million lines.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::time::{Duration, Instant};

use netgain_events::command::{ActorField, Command, too_large};
use netgain_ledger::ledger::{Ledger, LedgerFault, Outcome as Decided};
use netgain_ledger::log::{Ticket, durable};

use super::answers::{Answers, RecordedLine};
use super::deciding::{Asked, NotAnswered, Told, decide};
use super::lines::{self, Line, Take};
use super::{End, open_input, stage};
use crate::cli;
use crate::data_dir::{self, Place};
use crate::log_of_record::LogOfRecord;
use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;
use crate::who;
use crate::writing::Writing;

/// How many lines go from stage to stage at once: enough that the hand-over costs nothing.
const BATCH_LINES_MAX: usize = 256;

/// How many batches may wait to be decided, so that memory stays flat.
pub(super) const BATCHES_WAITING_MAX: usize = 8;

/// How many batches may wait to be answered: as many commands as are recorded while a disk takes its time, so that
/// those behind them go on meanwhile.
const BATCHES_TOLD_MAX: usize = 64;

/// How often what is durable by then is read on for the seal: in that time some tens of thousands of lines
/// are recorded, so that one reading's own cost is nothing beside them.
const READ_ON_EVERY: Duration = Duration::from_millis(200);

/// The lowest priority there is.
const LAST_OF_ALL: i32 = 19;

pub(super) fn run(place: &Place, call: &cli::Record) -> Outcome {
    let caller = who::caller(&call.actor)?;
    let (input, bytes) = open_input(call.file.as_deref())?;
    let opening = Instant::now();
    let writing = data_dir::open_for_writing(place)?;
    let opening = opening.elapsed();
    let (ask, asked) = sync_channel(BATCHES_WAITING_MAX);
    let (tell, told) = sync_channel(BATCHES_TOLD_MAX);
    let (all_read, how_read) = sync_channel(1);
    stage("read", move || {
        let mut batches = Batches {
            ask,
            batch: Vec::new(),
        };
        let mut progress = Progress::bytes("recording", bytes);
        let read = lines::read(input, &mut progress, &mut batches);
        // Said before the next stage learns that nothing more comes.
        drop(all_read.send(read));
    })?;
    let deciding = stage("decide", {
        let ledger = Arc::clone(&writing.ledger);
        move || decide(&asked, &tell, &ledger, &caller)
    })?;
    let (ending, ended) = channel::<()>();
    let answering = stage("answer", {
        let ledger = Arc::clone(&writing.ledger);
        move || {
            let answered = answer(&told, &ledger);
            drop(ending);
            answered
        }
    })?;
    let reading_on = stage("read on", move || read_on(writing, &ended))?;
    // After a fault the other stages are not waited for: the first may be waiting for a caller that waits for an
    // answer.
    let answered = answering
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let ReadOn {
        mut writing,
        outcome: read_on,
        took: reading_on,
    } = reading_on
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let end = answered?;
    deciding
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    how_read.recv().unwrap_or(Ok(()))?;
    let stats = writing.ledger.log().stats();
    let sealing = Instant::now();
    let sealed = read_on.and_then(|()| writing.seal());
    let sealing = sealing.elapsed();
    if call.stats {
        let mut said = stats;
        for (name, took) in [
            ("opening_ms", opening),
            ("reading_on_ms", reading_on),
            ("sealing_ms", sealing),
        ] {
            if let Some(said) = said.as_object_mut() {
                said.insert(name.to_owned(), in_ms(took).into());
            }
        }
        eprintln!("{said}");
    }
    writing.close()?;
    sealed?;
    end.outcome()
}

/// What came of reading on for the seal.
struct ReadOn {
    writing: Writing,
    outcome: Outcome,
    took: Duration,
}

/// Reads on for the seal what is durable, until `ended` says that all is answered: reading and hashing are
/// most of what sealing takes. Nobody waits for it, so it takes what time those leave whom somebody waits for.
/// Where it fails, the commands are recorded all the same.
fn read_on(mut writing: Writing, ended: &Receiver<()>) -> ReadOn {
    let mut took = Duration::ZERO;
    let mut outcome = Ok(());
    // On Linux this is the calling thread's alone. Where it may not be changed all goes on, at one priority.
    let _ = rustix::process::nice(LAST_OF_ALL);
    while outcome.is_ok() && ended.recv_timeout(READ_ON_EVERY) == Err(RecvTimeoutError::Timeout) {
        let began = Instant::now();
        outcome = writing.read_on();
        took += began.elapsed();
    }
    ReadOn {
        writing,
        outcome,
        took,
    }
}

fn in_ms(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// Commands on their way to the next stage.
struct Batches {
    ask: SyncSender<Vec<Asked>>,
    batch: Vec<Asked>,
}

impl Batches {
    fn send(&mut self) -> ControlFlow<()> {
        match self.ask.send(std::mem::take(&mut self.batch)) {
            Ok(()) => ControlFlow::Continue(()),
            // The next stage has ended early, and says why.
            Err(_) => ControlFlow::Break(()),
        }
    }
}

impl Take for Batches {
    fn line(&mut self, number: u64, line: Line<'_>) -> ControlFlow<()> {
        let asked = match line {
            Line::Whole(line) => Command::from_line(line, ActorField::Allowed),
            Line::TooLong(bytes) => Err(too_large(bytes)),
        };
        self.batch.push((number, asked));
        if self.batch.len() >= BATCH_LINES_MAX {
            return self.send();
        }
        ControlFlow::Continue(())
    }

    fn at_hand_is_taken(&mut self) -> ControlFlow<()> {
        if self.batch.is_empty() {
            return ControlFlow::Continue(());
        }
        self.send()
    }
}

/// Waits for each answer's ticket and writes it.
fn answer(told: &Receiver<Vec<Told>>, ledger: &Ledger<LogOfRecord>) -> Result<End, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let mut out = Answers::new(io::stdout().lock());
        let mut end = End::default();
        // An answer stands in order, so it follows what those before it saw.
        let mut seen = Ticket { lane: 0, number: 0 };
        let mut durable_through = 0;
        for batch in told {
            for (number, answer) in batch {
                let outcome = match answer {
                    Ok(answer) => {
                        seen = answer.seen.ticket.unwrap_or(seen);
                        answer.outcome
                    }
                    Err(NotAnswered::Refused(refusal)) => Decided::Refused(vec![(0, refusal)]),
                    Err(NotAnswered::Fault(code, fault)) => {
                        let is_for_good = matches!(fault, LedgerFault::ReadOnly { .. });
                        end.read_only |= is_for_good;
                        end.not_now |= !is_for_good;
                        out.fault(number, code, &fault.to_string())?;
                        continue;
                    }
                };
                if seen.number > durable_through {
                    // Nobody should wait for an answer that is ready.
                    out.flush()?;
                    durable_through = durable(ledger.log(), seen).await?;
                }
                end.refused |= matches!(outcome, Decided::Refused(_));
                write(&mut out, number, &outcome)?;
            }
            out.flush()?;
        }
        Ok(end)
    })
}

fn write<W: io::Write>(out: &mut Answers<W>, line: u64, outcome: &Decided) -> Outcome {
    let (first, kinds, repeated) = match outcome {
        Decided::Recorded { first, kinds } => (first, kinds, false),
        Decided::Repeated { first, kinds } => (first, kinds, true),
        Decided::Refused(refusals) => {
            return refusals
                .iter()
                .try_for_each(|(_, refusal)| out.refused(line, refusal.into()));
        }
    };
    out.recorded(&RecordedLine {
        line,
        position: first.get(),
        event: kinds.first().map_or("", |kind| kind.event_type()),
        repeated,
    })
}

//! Recording through a running service.
//!
//! One request a line, several at once. What is about one organisation goes one after the other, so that
//! its order holds; the answers come out in the order of the lines.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use netgain_events::command::{ActorField, Command, too_large};
use netgain_events::identifier::OrgId;
use netgain_events::refusal::Refusal;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::answers::{Answers, RecordedLine, RefusedWhy};
use super::lines::{self, Line, Take};
use super::{End, open_input, stage};
use crate::cli;
use crate::client::{Again, Became, CONNECTIONS_MAX, Failed, Recorded, Server};
use crate::outcome::{Failure, Outcome, with_causes};
use crate::progress::Progress;
use crate::whereabouts::nobody_named;

/// How many lines may be on their way at once, so that memory stays flat: 32 MiB of the longest.
const LINES_WAITING_MAX: usize = 1_024;

/// A line on its way to the service.
struct Asked {
    org: OrgId,
    line: Vec<u8>,
    again: Again,
    tell: SyncSender<Told>,
}

/// What came of a line.
enum Told {
    Recorded(Recorded),
    Refused(Refusal),
    Failed(Failed),
    /// The service was lost before it was this line's turn.
    NotSent,
}

/// A line's number, and where its answer comes from.
type Due = (u64, Receiver<Told>);

pub(super) fn run(server: &Server, call: &cli::Record) -> Outcome {
    nobody_named(&call.actor)?;
    if call.stats {
        return Err(Failure::Usage(
            "--stats is about a log in files; leave it out with --server".into(),
        ));
    }
    let (input, bytes) = open_input(call.file.as_deref())?;
    let lost = Arc::new(AtomicBool::new(false));
    let mut connections = Vec::with_capacity(CONNECTIONS_MAX);
    for _ in 0..CONNECTIONS_MAX {
        let (ask, asked) = sync_channel(LINES_WAITING_MAX);
        let (server, lost) = (server.clone(), Arc::clone(&lost));
        stage("send", move || send(&server, &asked, &lost))?;
        connections.push(ask);
    }
    let (queue, due) = sync_channel(LINES_WAITING_MAX);
    let (all_read, how_read) = sync_channel(1);
    stage("read", move || {
        let mut spread = Spread {
            connections,
            queue,
            lost,
        };
        let read = lines::read(input, &mut Progress::bytes("recording", bytes), &mut spread);
        // Said before the answers learn that nothing more comes.
        drop(all_read.send(read));
    })?;
    let end = answer(&due)?;
    how_read.recv().unwrap_or(Ok(()))?;
    end.outcome()
}

/// Sends lines one after the other.
fn send(server: &Server, asked: &Receiver<Asked>, lost: &AtomicBool) {
    for Asked {
        org,
        line,
        again,
        tell,
    } in asked
    {
        let told = if lost.load(Ordering::SeqCst) {
            Told::NotSent
        } else {
            match server.record(&org, &line, again) {
                Ok(recorded) => Told::Recorded(recorded),
                Err(failed) => {
                    if !is_of_its_line(&failed) {
                        lost.store(true, Ordering::SeqCst);
                    }
                    Told::Failed(failed)
                }
            }
        };
        // Nobody waits for it any more once the answers cannot be written.
        let _ = tell.send(told);
    }
}

/// Whether a failure is about one line, or one organisation, so that the others can go on.
fn is_of_its_line(failed: &Failed) -> bool {
    match failed {
        Failed::Problem(problem) => problem.is_refusal() || problem.is_read_only(),
        Failed::Unreachable { .. } | Failed::Broken { .. } | Failed::Strange { .. } => false,
    }
}

/// Gives each line to the connection of its organisation, and notes in which order they are answered.
struct Spread {
    connections: Vec<SyncSender<Asked>>,
    queue: SyncSender<Due>,
    lost: Arc<AtomicBool>,
}

impl Take for Spread {
    fn line(&mut self, number: u64, line: Line<'_>) -> ControlFlow<()> {
        if self.lost.load(Ordering::SeqCst) {
            return ControlFlow::Break(());
        }
        let (tell, told) = sync_channel(1);
        if self.queue.send((number, told)).is_err() {
            return ControlFlow::Break(());
        }
        let addressed = match line {
            Line::Whole(line) => address(line).map(|(org, again)| (org, again, line)),
            Line::TooLong(bytes) => Err(too_large(bytes)),
        };
        match addressed {
            Ok((org, again, line)) => {
                let connection = place(&org, self.connections.len());
                let asked = Asked {
                    org,
                    line: line.to_vec(),
                    again,
                    tell,
                };
                let sent = self.connections.get(connection).map(|it| it.send(asked));
                match sent {
                    Some(Ok(())) => ControlFlow::Continue(()),
                    Some(Err(_)) | None => ControlFlow::Break(()),
                }
            }
            Err(refusal) => {
                let _ = tell.send(Told::Refused(refusal));
                ControlFlow::Continue(())
            }
        }
    }

    fn at_hand_is_taken(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// What has to be known of a line to send it; everything else is for the service to judge.
#[derive(Deserialize)]
struct Addressed<'a> {
    #[serde(borrow)]
    org: Cow<'a, str>,
    command_id: Option<IgnoredAny>,
}

/// Whose command a line is, and whether it can be sent again. A line that does not say whose has the refusal
/// it would have anywhere.
fn address(line: &[u8]) -> Result<(OrgId, Again), Refusal> {
    let is_object = line.trim_ascii_start().starts_with(b"{");
    let addressed: Option<Addressed<'_>> = is_object
        .then(|| serde_json::from_slice(line).ok())
        .flatten();
    let known = addressed.and_then(|it| Some((it.org.parse().ok()?, it.command_id.is_some())));
    let (org, has_id) = match known {
        Some(known) => known,
        None => {
            let command = Command::from_line(line, ActorField::Refused)?;
            (command.org, command.key.is_some())
        }
    };
    let again = if has_id { Again::Safe } else { Again::Unsafe };
    Ok((org, again))
}

/// Which of so many connections an organisation has: always the same.
fn place(org: &OrgId, connections: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    org.as_str().hash(&mut hasher);
    let connections = u64::try_from(connections.max(1)).unwrap_or(1);
    usize::try_from(hasher.finish() % connections).unwrap_or(0)
}

/// Writes the answers in the order of the lines. After the service was lost, those that are on their way are
/// still answered; nobody is waited for who may be waiting for an answer himself.
fn answer(due: &Receiver<Due>) -> Result<End, Failure> {
    let mut out = Answers::new(io::stdout().lock());
    let mut end = End::default();
    let mut lost = None;
    loop {
        let (line, told) = match due.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => {
                out.flush()?;
                if lost.is_some() {
                    break;
                }
                match due.recv() {
                    Ok(next) => next,
                    Err(_) => break,
                }
            }
        };
        let told = match told.try_recv() {
            Ok(told) => told,
            Err(_) => {
                // Nobody should wait for an answer that is ready.
                out.flush()?;
                told.recv().unwrap_or(Told::NotSent)
            }
        };
        if let Some(failed) = tell(&mut out, &mut end, line, told)? {
            lost.get_or_insert(failed);
        }
    }
    out.flush()?;
    match lost {
        None => Ok(end),
        Some(failed) => {
            eprintln!("netgain: lines without an answer were not sent; send them again");
            Err(failed.into_failure())
        }
    }
}

/// Writes one answer. Gives back what is about more than its line.
fn tell<W: Write>(
    out: &mut Answers<W>,
    end: &mut End,
    line: u64,
    told: Told,
) -> Result<Option<Failed>, Failure> {
    match told {
        Told::Recorded(recorded) => out.recorded(&RecordedLine {
            line,
            position: recorded.position,
            event: &recorded.event,
            repeated: recorded.repeated,
        })?,
        Told::Refused(refusal) => {
            end.refused = true;
            out.refused(line, (&refusal).into())?;
        }
        Told::NotSent => {
            let message =
                "The service was lost at another line, and this one was not sent: send it again.";
            out.fault(line, "not-sent", message)?;
        }
        Told::Failed(failed) => return tell_failure(out, end, line, failed),
    }
    Ok(None)
}

fn tell_failure<W: Write>(
    out: &mut Answers<W>,
    end: &mut End,
    line: u64,
    failed: Failed,
) -> Result<Option<Failed>, Failure> {
    if let Failed::Problem(problem) = &failed {
        if problem.is_read_only() {
            end.read_only = true;
            out.fault(line, &problem.code, &problem.detail)?;
            return Ok(None);
        }
        if problem.is_refusal() || problem.is_of_credentials() {
            end.refused = true;
            let (code, field) = (&*problem.code, problem.field.as_deref());
            let message = &problem.detail;
            out.refused(
                line,
                RefusedWhy {
                    code,
                    field,
                    message,
                },
            )?;
            return Ok(problem.is_of_credentials().then_some(failed));
        }
    }
    match failed.became() {
        Became::Unknown => {
            let message = format!(
                "{}. Whether it was recorded is not known: look at the history. A command with a \
                 command_id can simply be sent again.",
                with_causes(&failed)
            );
            out.fault(line, "unknown-outcome", &message)?;
        }
        Became::NotDecided | Became::NotRecorded => {
            let message = format!(
                "{}. It was not recorded: send it again.",
                with_causes(&failed)
            );
            out.fault(line, "not-recorded", &message)?;
        }
    }
    Ok(Some(failed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addressed(line: &str) -> Result<(String, Again), String> {
        address(line.as_bytes())
            .map(|(org, again)| (org.to_string(), again))
            .map_err(|refusal| refusal.code.to_string())
    }

    #[test]
    fn a_line_says_where_it_goes_and_whether_it_may_go_twice() {
        for (line, org, again) in [
            (
                r#"{"type":"nonsense","org":"E07000082"}"#,
                "E07000082",
                Again::Unsafe,
            ),
            (
                r#" {"org":"E0700008\u0032","command_id":"a"}"#,
                "E07000082",
                Again::Safe,
            ),
            (
                r#"{"org":"E07000082","command_id":null}"#,
                "E07000082",
                Again::Unsafe,
            ),
            (
                r#"{"type":"enrol-person","org":"_SYSTEM"}"#,
                "_SYSTEM",
                Again::Unsafe,
            ),
        ] {
            assert_eq!(addressed(line), Ok((org.into(), again)), "{line}");
        }
    }

    #[test]
    fn a_line_that_says_not_where_it_goes_is_refused_as_anywhere() {
        for (line, code) in [
            ("nonsense", "bad-json"),
            (r#"["E07000082"]"#, "bad-json"),
            (r#"{"org":"E07000082","org":"E07000082"}"#, "bad-json"),
            (r#"{"type":"nonsense"}"#, "unknown-command"),
            (r#"{"type":"validate-claim","claim":"C"}"#, "bad-field"),
            (
                r#"{"type":"validate-claim","org":"e07","claim":"C"}"#,
                "bad-identifier",
            ),
        ] {
            assert_eq!(addressed(line), Err(code.into()), "{line}");
        }
    }

    #[test]
    fn an_organisation_keeps_its_connection() {
        let orgs: Vec<OrgId> = (0..100).map(|n| format!("E{n}").parse().unwrap()).collect();
        let places: Vec<usize> = orgs.iter().map(|org| place(org, 8)).collect();
        assert!(places.iter().all(|place| *place < 8));
        assert!((0..8).all(|place| places.contains(&place)));
        assert_eq!(
            places,
            orgs.iter().map(|org| place(org, 8)).collect::<Vec<_>>()
        );
    }
}

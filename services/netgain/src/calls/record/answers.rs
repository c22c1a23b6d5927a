//! The answers of `netgain record`: one JSON line each.

use std::io::Write;

use netgain_events::refusal::Refusal;
use serde::Serialize;

use crate::outcome::{Failure, Outcome};

/// Answers on their way out.
pub(super) struct Answers<W: Write> {
    out: W,
    pending: Vec<u8>,
}

/// An event that was recorded, now or before.
#[derive(Serialize)]
pub(super) struct RecordedLine<'a> {
    pub(super) line: u64,
    pub(super) position: u64,
    pub(super) event: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) repeated: bool,
}

#[derive(Serialize)]
struct RefusedLine<'a> {
    line: u64,
    refused: RefusedWhy<'a>,
}

#[derive(Serialize)]
struct FaultLine<'a> {
    line: u64,
    fault: FaultWhy<'a>,
}

/// What kept a command from being recorded and is not its caller's fault.
#[derive(Serialize)]
struct FaultWhy<'a> {
    code: &'a str,
    message: &'a str,
}

/// A refusal as answers carry it.
#[derive(Serialize)]
pub(super) struct RefusedWhy<'a> {
    pub(super) code: &'a str,
    pub(super) field: Option<&'a str>,
    pub(super) message: &'a str,
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
    pub(super) const fn new(out: W) -> Self {
        let pending = Vec::new();
        Self { out, pending }
    }

    /// Answers that an event was recorded.
    pub(super) fn recorded(&mut self, recorded: &RecordedLine<'_>) -> Outcome {
        self.line(recorded)
    }

    /// Answers that a command was refused.
    pub(super) fn refused(&mut self, line: u64, refused: RefusedWhy<'_>) -> Outcome {
        self.line(&RefusedLine { line, refused })
    }

    /// Answers what kept a command from being recorded.
    pub(super) fn fault(&mut self, line: u64, code: &str, message: &str) -> Outcome {
        let fault = FaultWhy { code, message };
        self.line(&FaultLine { line, fault })
    }

    fn line(&mut self, answer: &impl Serialize) -> Outcome {
        serde_json::to_writer(&mut self.pending, answer)?;
        self.pending.push(b'\n');
        Ok(())
    }

    /// Sends what was answered so far.
    pub(super) fn flush(&mut self) -> Outcome {
        let written = self
            .out
            .write_all(&self.pending)
            .and_then(|()| self.out.flush());
        self.pending.clear();
        written.map_err(|error| Failure::fault(format!("cannot write the answers: {error}")))
    }
}

//! Lines of commands, read as they come and never kept longer than a command may be.

use std::io::{self, Read};
use std::ops::ControlFlow;

use netgain_events::command::LINE_BYTES_MAX;

use crate::outcome::{Failure, Outcome};
use crate::progress::Progress;

/// How much is read at once.
const READ_BYTES: usize = 256 * 1024;

/// A line that is not blank, its line feed left out.
pub(super) enum Line<'a> {
    /// Its bytes.
    Whole(&'a [u8]),
    /// It was let go: it has so many bytes.
    TooLong(usize),
}

/// Who takes the lines.
pub(super) trait Take {
    /// Takes a line and its number; breaks where no more are wanted.
    fn line(&mut self, number: u64, line: Line<'_>) -> ControlFlow<()>;

    /// Learns that reading on may take a while, or that nothing more comes.
    fn at_hand_is_taken(&mut self) -> ControlFlow<()>;
}

/// Reads lines to the end, or until they are no longer wanted.
pub(super) fn read(
    mut input: Box<dyn Read + Send>,
    progress: &mut Progress,
    take: &mut dyn Take,
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
        let mut rest = buffer.get(..length).unwrap_or_default();
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = after;
            if lines.push(part, take).is_break() {
                return Ok(());
            }
        }
        if take.at_hand_is_taken().is_break() {
            return Ok(());
        }
        done += u64::try_from(length).unwrap_or(0);
        progress.at(done);
    }
    // Whoever takes no more has ended already, and says why.
    if lines.finish(take).is_continue() {
        let _ = take.at_hand_is_taken();
    }
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
    fn push(&mut self, part: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        match part.strip_suffix(b"\n") {
            Some(end) if self.partial.is_empty() && self.let_go == 0 => self.line(end, take),
            Some(end) => {
                self.keep(end);
                self.finish(take)
            }
            None => {
                self.keep(part);
                ControlFlow::Continue(())
            }
        }
    }

    fn keep(&mut self, part: &[u8]) {
        let room = (LINE_BYTES_MAX + 1).saturating_sub(self.partial.len());
        let (kept, over) = part.split_at_checked(room).unwrap_or((part, &[]));
        self.partial.extend_from_slice(kept);
        self.let_go += over.len();
    }

    /// The line so far is whole.
    fn finish(&mut self, take: &mut dyn Take) -> ControlFlow<()> {
        let line = std::mem::take(&mut self.partial);
        let let_go = std::mem::take(&mut self.let_go);
        if let_go > 0 {
            self.number += 1;
            take.line(self.number, Line::TooLong(line.len() + let_go))
        } else if line.is_empty() {
            ControlFlow::Continue(())
        } else {
            self.line(&line, take)
        }
    }

    fn line(&mut self, line: &[u8], take: &mut dyn Take) -> ControlFlow<()> {
        self.number += 1;
        if line.len() > LINE_BYTES_MAX {
            return take.line(self.number, Line::TooLong(line.len()));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            return ControlFlow::Continue(());
        }
        take.line(self.number, Line::Whole(line))
    }
}

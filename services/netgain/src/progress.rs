//! A progress bar on a terminal for whatever takes longer than a second; nothing anywhere else.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Progress of something that may turn out to be quick.
pub(crate) struct Progress {
    started: Instant,
    what: &'static str,
    total: Option<u64>,
    bar: Option<ProgressBar>,
    calls: u32,
}

impl Progress {
    /// Progress towards a number of bytes, where it is known.
    pub(crate) fn bytes(what: &'static str, total: Option<u64>) -> Self {
        Self {
            started: Instant::now(),
            what,
            total,
            bar: None,
            calls: 0,
        }
    }

    /// Says how many bytes are done.
    pub(crate) fn at(&mut self, bytes: u64) {
        // The clock is looked at now and then, not for each of a million events.
        self.calls = self.calls.wrapping_add(1);
        if !self.calls.is_multiple_of(256) {
            return;
        }
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
        } else if self.started.elapsed() > Duration::from_secs(1) {
            self.bar = Some(self.draw());
        }
    }

    fn draw(&self) -> ProgressBar {
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(self.total, target);
        let style = match self.total {
            Some(_) => "{msg} [{wide_bar}] {bytes} of {total_bytes}, {eta} left",
            None => "{msg} {spinner} {bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message(self.what);
        bar
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

//! How long things took.

use std::time::Duration;

use serde_json::{Value, json};

/// The times of many answers.
#[derive(Default)]
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// How many a second that were, and the times, in milliseconds, that half of them, and 99 and 99.9 in a
    /// hundred, did not exceed.
    pub(crate) fn summary(mut self, within: Duration) -> Value {
        self.0.sort_unstable();
        let at = |share: f64| {
            let last = self.0.len().saturating_sub(1);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a place among some hundred thousand"
            )]
            let place = (last as f64 * share).ceil() as usize;
            self.0
                .get(place)
                .map_or(0.0, |took| took.as_secs_f64() * 1e3)
        };
        #[expect(clippy::cast_precision_loss, reason = "some hundred thousand")]
        let a_second = self.0.len() as f64 / within.as_secs_f64();
        json!({
            "count": self.0.len(), "a_second": a_second,
            "p50_ms": at(0.5), "p99_ms": at(0.99), "p999_ms": at(0.999), "max_ms": at(1.0),
        })
    }
}

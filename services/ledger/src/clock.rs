//! The port to a clock.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use netgain_events::recorded_at::RecordedAt;

/// What time it is. Time never decides order; it is only written down.
pub trait Clock: Send + Sync {
    /// The instant now.
    fn now(&self) -> RecordedAt;
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> RecordedAt {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let unix_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        RecordedAt::from_unix_ms(unix_ms).unwrap_or_default()
    }
}

/// A clock that stands still until it is set: the double for tests.
#[derive(Debug, Default)]
pub struct StoppedClock(AtomicI64);

impl StoppedClock {
    /// A clock that shows that instant.
    #[must_use]
    pub const fn at(instant: RecordedAt) -> Self {
        Self(AtomicI64::new(instant.unix_ms()))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, instant: RecordedAt) {
        self.0.store(instant.unix_ms(), Ordering::Relaxed);
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> RecordedAt {
        RecordedAt::from_unix_ms(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }
}

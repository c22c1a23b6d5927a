//! How full the ledger's disk is: writing is refused while there is still room to close cleanly.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

use crate::problem::Problem;

/// The disk that the ledger is on.
pub(crate) struct Disk {
    path: PathBuf,
    needed: u64,
    free: AtomicU64,
}

impl Disk {
    pub(crate) fn new(path: PathBuf, needed: u64) -> Self {
        let disk = Self {
            path,
            needed,
            free: AtomicU64::new(u64::MAX),
        };
        disk.look();
        disk
    }

    /// Looks again how much is free, in bytes.
    pub(crate) fn look(&self) -> u64 {
        // A disk that cannot be asked says so itself, by its next failed write.
        let free = rustix::fs::statvfs(&self.path).map_or(u64::MAX, |found| {
            found.f_bavail.saturating_mul(found.f_frsize)
        });
        self.free.store(free, Ordering::Relaxed);
        free
    }

    /// Whether there is room for more.
    pub(crate) fn has_room(&self) -> bool {
        self.free.load(Ordering::Relaxed) >= self.needed
    }

    /// Refuses to record anything where there is not.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.has_room() {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "disk-full",
            "The disk is nearly full, so nothing more is recorded; reading goes on. The operator has to \
             make room.",
        ))
    }
}

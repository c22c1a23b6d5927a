//! Work done beside other work.

use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Work that goes on in a thread of its own.
pub(super) enum Beside<'scope, T> {
    Running(ScopedJoinHandle<'scope, T>),
    /// No thread could be started, so it was done at once.
    Done(T),
}

impl<'scope, T: Send> Beside<'scope, T> {
    /// Starts the work. (`Copy`, as everything is that borrows only, keeps it for when no thread
    /// starts.)
    pub(super) fn start<'env>(
        scope: &'scope Scope<'scope, 'env>,
        work: impl FnOnce() -> T + Copy + Send + 'scope,
    ) -> Self
    where
        T: 'scope,
    {
        match Builder::new().spawn_scoped(scope, work) {
            Ok(running) => Self::Running(running),
            Err(_) => Self::Done(work()),
        }
    }

    /// Waits for what came of it.
    pub(super) fn wait(self) -> T {
        match self {
            Self::Running(running) => running
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            Self::Done(done) => done,
        }
    }
}

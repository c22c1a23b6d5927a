//! The writer's lock: advisory, held by the kernel for as long as the process lives, so that no
//! stale file ever keeps a ledger shut.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use netgain_events::recorded_at::RecordedAt;
use rustix::fs::FlockOperation;
use rustix::io::Errno;

use crate::directory::LOCK_NAME;
use crate::open_error::OpenError;

/// How much of the lock file is read to name the holder.
const HOLDER_BYTES_MAX: u64 = 500;

/// A directory that one process writes, until this is dropped: a log's, or that of a node which keeps its log
/// elsewhere.
#[derive(Debug)]
pub struct WriterLock(File);

impl WriterLock {
    /// Takes the directory's lock.
    ///
    /// # Errors
    /// Another process has it, and who; or the directory is not there or cannot be written.
    pub fn take(directory: &Path) -> Result<Self, OpenError> {
        let path = directory.join(LOCK_NAME);
        let unusable = |error: io::Error| OpenError::unusable("lock", &path, error);
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let file = file.map_err(unusable)?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {
                // The lock is what counts; its text is a courtesy that a full disk cannot afford.
                let _ = name_holder(&file);
                Ok(Self(file))
            }
            Err(Errno::WOULDBLOCK) => Err(OpenError::Locked {
                directory: directory.to_owned(),
                holder: holder(&file).map_err(unusable)?,
            }),
            Err(error) => Err(unusable(error.into())),
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // For whoever looks at the file. The lock itself goes with the descriptor.
        let _ = self.0.set_len(0);
    }
}

/// Writes this process's name into the file it has locked.
fn name_holder(mut file: &File) -> io::Result<()> {
    let unix = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let since = i64::try_from(unix.as_millis())
        .ok()
        .and_then(RecordedAt::from_unix_ms);
    let host = rustix::system::uname();
    // The program, its ledger and its subcommand. What follows may be nobody else's business.
    let command: Vec<String> = std::env::args_os()
        .take(4)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let text = format!(
        "process {} on {} since {}: {}\n",
        std::process::id(),
        host.nodename().to_string_lossy(),
        since.unwrap_or_default(),
        command.join(" ")
    );
    file.set_len(0)?;
    file.write_all(text.as_bytes())
}

/// What the holder wrote about itself.
fn holder(file: &File) -> io::Result<String> {
    let mut text = Vec::new();
    file.take(HOLDER_BYTES_MAX).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    Ok(match text.trim() {
        "" => "another process, which is just starting or ending".into(),
        named => named.into(),
    })
}

//! Why a witness cannot start.

use std::path::PathBuf;

use netgain_verify::note::{KeyName, SecretKeyError};

use crate::known_logs::KnownLogsError;
use netgain_durable_files::FileError;

/// Why a witness cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another witness uses the directory.
    #[error("another witness runs in {directory}; give each its own", directory = .directory.display())]
    InUse {
        /// The witness's directory.
        directory: PathBuf,
    },
    /// Others than its owner may use the secret key.
    #[error(
        "others may read the secret key {path} (its permissions are {mode:03o}); run `chmod 600 {path}`, \
         and start a new witness if others had access", path = .path.display()
    )]
    KeyExposed {
        /// The key's file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The secret key's file has something else in it.
    #[error("{path} is not a witness's secret key; put it back from its backup", path = .path.display())]
    NotAKey {
        /// The key's file.
        path: PathBuf,
        /// What is wrong with it.
        source: SecretKeyError,
    },
    /// The key has another name.
    #[error(
        "the witness in {directory} is named {found}, not {expected}; give its name or another directory",
        directory = .directory.display()
    )]
    OtherName {
        /// The witness's directory.
        directory: PathBuf,
        /// The name its key has.
        found: KeyName,
        /// The name that was given.
        expected: KeyName,
    },
    /// There was a key, and it is gone.
    #[error(
        "the witness in {directory} had a key, and witness-key is gone; put the directory back from its \
         backup. If the key is lost for good, start a new witness of another name in another directory",
        directory = .directory.display()
    )]
    KeyLost {
        /// The witness's directory.
        directory: PathBuf,
    },
    /// The operating system gave no random bytes, so no key was made.
    #[error("the operating system gave no random bytes; no key was made")]
    Random,
    /// The list of the logs that it knows cannot be read.
    #[error(transparent)]
    KnownLogs(#[from] KnownLogsError),
}

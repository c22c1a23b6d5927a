//! Why a log cannot be opened.

use std::path::{Path, PathBuf};

use netgain_ledger::log::ReadError;

/// Why a log cannot be opened. Nothing has been cut or written when it is said, except that an
/// unfinished write may have been set aside already.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another writer has it. Reading works meanwhile.
    #[error("the ledger in {directory} is being written by {holder}", directory = .directory.display())]
    Locked {
        /// The log's directory.
        directory: PathBuf,
        /// Who: the process, its host, since when, and its command.
        holder: String,
    },
    /// Bytes are not what was written, and it was no unfinished write. Reading works up to there.
    #[error("the log is damaged at {place}: {why}")]
    Damaged {
        /// Where: the segment file and the offset.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// The log was written by a newer version.
    #[error(
        "the log at {place} has format {found}; this version reads up to {supported}. Use the newer netgain that wrote it"
    )]
    Newer {
        /// The segment file.
        place: String,
        /// The format it has.
        found: u32,
        /// The newest format this version knows.
        supported: u32,
    },
    /// There is no log in the directory.
    #[error("there is no ledger in {directory}", directory = .directory.display())]
    Absent {
        /// The directory.
        directory: PathBuf,
    },
    /// The operating system refused something.
    #[error("{what}")]
    Unusable {
        /// What could not be done, and to which file.
        what: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl OpenError {
    /// What could not be done to a file or directory.
    pub(crate) fn unusable(
        what: &str,
        path: &Path,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unusable {
            what: format!("cannot {what} {}", path.display()),
            source: source.into(),
        }
    }
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damage { place, why } => Self::Damaged { place, why },
            ReadError::Newer {
                place,
                found,
                supported,
            } => Self::Newer {
                place,
                found,
                supported,
            },
            ReadError::Unreadable { place, source } => Self::Unusable {
                what: format!("cannot read {place}"),
                source,
            },
            // Opening reads from the log's own places, and no servers.
            unknown @ (ReadError::UnknownCursor { .. } | ReadError::Unanswered { .. }) => {
                Self::Unusable {
                    what: "cannot read the log".into(),
                    source: unknown.into(),
                }
            }
        }
    }
}

//! Why a checkpoint is not cosigned.

use std::path::PathBuf;

use netgain_verify::checkpoint::{CheckpointError, Origin};
use netgain_verify::tlog::ProofError;

use crate::add_checkpoint::RequestError;
use crate::checkpoints::ORIGINS_MAX;
use crate::known_logs::KnownLogsError;
use netgain_durable_files::FileError;

/// Why a checkpoint is not cosigned. Each is answered with the status of C2SP tlog-witness.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The request cannot be read, or its sizes cannot be: 400.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// No known key vouches for the log: 404.
    #[error("the log {origin} is not known here; ask the witness's operator to add its key")]
    UnknownLog {
        /// The log.
        origin: Origin,
    },
    /// No known key has signed the checkpoint, or a signature by one is wrong: 403.
    #[error("the checkpoint is not signed as it should be")]
    NotSigned(#[source] CheckpointError),
    /// Another size was cosigned last: 409.
    #[error("the newest checkpoint cosigned here has the size {cosigned}; prove from there")]
    OtherSize {
        /// The size; 0 where nothing was.
        cosigned: u64,
    },
    /// The proof does not hold: 422.
    #[error("the checkpoint does not continue the one cosigned last")]
    Inconsistent(#[source] ProofError),
    /// The log has shown two histories: 422.
    #[error(
        "the log {origin} has signed two different checkpoints of size {size}: this one, and the one that \
         was cosigned here"
    )]
    SplitView {
        /// The log.
        origin: Origin,
        /// The size of both.
        size: u64,
    },
    /// There is no room for another log: 507.
    #[error("the witness remembers {ORIGINS_MAX} logs already and takes no others")]
    TooManyLogs,
    /// The witness cannot do its work: 500.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why a witness cannot do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The list of logs cannot be read.
    #[error("nothing is cosigned until the list of logs is put right")]
    KnownLogs(#[from] KnownLogsError),
    /// A checkpoint on the disk is not what was written.
    #[error(
        "{path} is not what this witness wrote, and nothing of that log is cosigned; put the newest \
         checkpoint there that it cosigned, which the ledger has", path = .path.display()
    )]
    Damaged {
        /// The checkpoint's file.
        path: PathBuf,
    },
    /// A write failed, so that what is on the disk is not known.
    #[error("writing failed earlier; put the disk right and start the witness again")]
    WriteFailed,
    /// The clock cannot be right.
    #[error("the machine's clock stands before 1970; set it")]
    Clock,
    /// A cosigned checkpoint could not be put together.
    #[error("the cosigned checkpoint cannot be put together")]
    Checkpoint(#[source] CheckpointError),
}

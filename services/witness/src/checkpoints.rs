//! What a witness has cosigned: the newest checkpoint of each log.

use std::path::{Path, PathBuf};

use netgain_events::sha256::Sha256Hex;
use netgain_verify::checkpoint::{Origin, SignedCheckpoint};
use netgain_verify::note::{NOTE_BYTES_MAX, VerifierKey};

use crate::refusal::Fault;
use netgain_durable_files::{self as durable, FileError, PUBLIC};

/// The directory of the checkpoints.
const CHECKPOINTS: &str = "checkpoints";

/// The most logs a witness remembers. Whoever has a known key can name any number of logs below it; a
/// hundred thousand small files are what a directory still lists quickly.
pub(crate) const ORIGINS_MAX: usize = 100_000;

/// The newest cosigned checkpoints, one file for each log.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    directory: PathBuf,
    /// The witness's own key, which has signed every one of them.
    own: VerifierKey,
    origins: usize,
    origins_max: usize,
    /// What reached the disk is not known any more.
    failed: bool,
}

impl Checkpoints {
    /// Opens the checkpoints that a witness of that key has cosigned.
    pub(crate) fn open(
        home: &Path,
        own: VerifierKey,
        origins_max: usize,
    ) -> Result<Self, FileError> {
        let directory = home.join(CHECKPOINTS);
        durable::create_directory(&directory, 0o700)?;
        // What a failed write left in the kernel's memory alone is not to be believed.
        durable::sync_directory(&directory)?;
        let origins = count(home)?;
        Ok(Self {
            directory,
            own,
            origins,
            origins_max,
            failed: false,
        })
    }

    /// The newest cosigned checkpoint of the log whose origin has that SHA-256, with the signature of the
    /// log and the cosignature.
    ///
    /// # Errors
    /// The file cannot be read or is not what was written, or a write failed before.
    pub(crate) fn newest(&self, log: &Sha256Hex) -> Result<Option<SignedCheckpoint>, Fault> {
        self.can_keep()?;
        let path = self.directory.join(log.to_string());
        let Some(bytes) = durable::read_if_there(&path, NOTE_BYTES_MAX)? else {
            return Ok(None);
        };
        // A size or root that a bad disk changed would make an honest ledger look false.
        match SignedCheckpoint::parse(&bytes) {
            Ok(newest)
                if log_hash(&newest.checkpoint().origin) == *log
                    && newest
                        .note()
                        .verify(std::slice::from_ref(&self.own))
                        .is_ok() =>
            {
                Ok(Some(newest))
            }
            Ok(_) | Err(_) => Err(Fault::Damaged { path }),
        }
    }

    /// Whether no write has failed.
    pub(crate) const fn can_keep(&self) -> Result<(), Fault> {
        if self.failed {
            Err(Fault::WriteFailed)
        } else {
            Ok(())
        }
    }

    /// Whether the checkpoint of one more log can be kept.
    pub(crate) const fn has_room(&self) -> bool {
        self.origins < self.origins_max
    }

    /// Keeps a cosigned checkpoint as its log's newest, durably.
    ///
    /// # Errors
    /// It cannot be written. What stands on the disk is then not known, and nothing is read or kept any
    /// more before the next start.
    pub(crate) fn keep(&mut self, cosigned: &SignedCheckpoint, first: bool) -> Result<(), Fault> {
        let name = log_hash(&cosigned.checkpoint().origin).to_string();
        let kept = durable::replace(&self.directory, &name, cosigned.note().bytes(), PUBLIC);
        self.failed = kept.is_err();
        self.origins += usize::from(first && kept.is_ok());
        Ok(kept?)
    }
}

/// The SHA-256 of a log's origin, which names its checkpoint (C2SP tlog-witness, *Monitor Retrieval*).
pub(crate) fn log_hash(origin: &Origin) -> Sha256Hex {
    Sha256Hex::of(origin.as_str().as_bytes())
}

/// Of how many logs there are checkpoints.
pub(crate) fn count(home: &Path) -> Result<usize, FileError> {
    let directory = home.join(CHECKPOINTS);
    if !directory.is_dir() {
        return Ok(0);
    }
    durable::count(&directory, |name| name.parse::<Sha256Hex>().is_ok())
}

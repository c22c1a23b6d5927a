//! Evidence that a log has shown two histories.

use std::path::{Path, PathBuf};

use netgain_verify::checkpoint::SignedCheckpoint;

use crate::checkpoints::log_hash;
use netgain_durable_files::{self as durable, FileError, PUBLIC};

/// The directory of the evidence.
const EVIDENCE: &str = "evidence";

/// What the name of each piece ends with.
const SUFFIX: &str = ".txt";

/// The most pairs of checkpoints that are kept. One is enough to know about a log; only the holder of a
/// known key can make more.
pub(crate) const EVIDENCE_MAX: usize = 1_000;

/// The evidence in a witness's directory.
#[derive(Debug)]
pub(crate) struct Evidence {
    directory: PathBuf,
    kept: usize,
}

/// What became of a pair of checkpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is in that file now.
    Now(PathBuf),
    /// There was one of that log and size.
    Before,
    /// There are [`EVIDENCE_MAX`] already.
    Full,
}

impl Evidence {
    /// Opens the evidence in a witness's directory.
    pub(crate) fn open(home: &Path) -> Result<Self, FileError> {
        let directory = home.join(EVIDENCE);
        durable::create_directory(&directory, 0o700)?;
        let kept = durable::count(&directory, |name| name.strip_suffix(SUFFIX).is_some())?;
        Ok(Self { directory, kept })
    }

    /// Keeps two checkpoints of one log, of one size and with different roots, both signed by the log.
    pub(crate) fn keep(
        &mut self,
        cosigned: &SignedCheckpoint,
        shown: &SignedCheckpoint,
    ) -> Result<Kept, FileError> {
        let checkpoint = shown.checkpoint();
        let name = format!(
            "{}-{}{SUFFIX}",
            log_hash(&checkpoint.origin),
            checkpoint.size
        );
        let path = self.directory.join(&name);
        if path.exists() {
            return Ok(Kept::Before);
        }
        if self.kept >= EVIDENCE_MAX {
            return Ok(Kept::Full);
        }
        let parts = [
            b"Two checkpoints of one log, of the same size, with different roots, both signed by the log.\n\
              \nCosigned by this witness:\n\n",
            cosigned.note().bytes(),
            b"\nShown to this witness later:\n\n",
            shown.note().bytes(),
        ];
        durable::replace(&self.directory, &name, &parts.concat(), PUBLIC)?;
        self.kept += 1;
        Ok(Kept::Now(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ledger;

    #[test]
    fn evidence_is_kept_once_for_a_log_and_size_and_not_beyond_its_number() {
        let home = tempfile::tempdir().unwrap();
        let (ledger, other) = (Ledger::with_leaves(3), Ledger::with_other_leaves(3));
        let mut evidence = Evidence::open(home.path()).unwrap();
        let mut keep = |size| {
            let pair = (ledger.checkpoint(size), other.checkpoint(size));
            evidence.keep(&pair.0, &pair.1).unwrap()
        };
        assert!(matches!(keep(1), Kept::Now(path) if path.is_file()));
        assert_eq!(keep(1), Kept::Before);
        assert!(matches!(keep(2), Kept::Now(_)));
        let mut evidence = Evidence::open(home.path()).unwrap();
        assert_eq!(evidence.kept, 2);
        evidence.kept = EVIDENCE_MAX;
        let kept = evidence.keep(&ledger.checkpoint(3), &other.checkpoint(3));
        assert_eq!(kept.unwrap(), Kept::Full);
    }
}

//! The logs that a witness knows: whose checkpoints it cosigns.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use netgain_verify::checkpoint::Origin;
use netgain_verify::note::{KeyKind, VerifierKey, VerifierKeyError};

use netgain_durable_files::{self as durable, FileError};

/// The file of the logs.
pub(crate) const LOGS: &str = "logs";

/// The most keys a witness knows: several for each public body of a country. Each request looks
/// through all of them.
pub const LOGS_MAX: usize = 10_000;

/// The most bytes the file has: ten thousand keys of up to 255 bytes, and comments.
const LOGS_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why the list of logs cannot be read. Until it can, nothing is cosigned: a key that was to be taken out
/// might still stand in an older list.
#[derive(Debug, thiserror::Error)]
pub enum KnownLogsError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is not text.
    #[error("the list of logs is not UTF-8 text")]
    NotText,
    /// A line is no key.
    #[error("line {line} of the list of logs is not a public key")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        source: VerifierKeyError,
    },
    /// A line is a witness's key.
    #[error(
        "line {line} of the list of logs is a witness's key (type 0x04); a log's is of type 0x01"
    )]
    NotALog {
        /// Its number, from 1.
        line: usize,
    },
    /// A key stands in it twice, or two keys could be taken for each other.
    #[error(
        "line {line} of the list of logs has the name and id of a key before it; leave one out"
    )]
    Twice {
        /// Its number, from 1.
        line: usize,
    },
    /// It has more keys than any witness knows.
    #[error("the list of logs has more than {LOGS_MAX} keys")]
    TooMany,
}

/// The keys of the logs.
#[derive(Debug, Default)]
pub(crate) struct LogKeys(Vec<VerifierKey>);

impl LogKeys {
    /// Reads one key a line. Blank lines and lines that begin with `#` are passed over, and so is white
    /// space around a key.
    fn parse(bytes: &[u8]) -> Result<Self, KnownLogsError> {
        let text = std::str::from_utf8(bytes).map_err(|_| KnownLogsError::NotText)?;
        let mut keys: Vec<VerifierKey> = Vec::new();
        let mut labels = BTreeSet::new();
        for (line, text) in (1..).zip(text.split('\n')) {
            let text = text.trim_ascii();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let key: VerifierKey = text
                .parse()
                .map_err(|source| KnownLogsError::Line { line, source })?;
            if key.kind() != KeyKind::Log {
                return Err(KnownLogsError::NotALog { line });
            }
            if keys.len() == LOGS_MAX {
                return Err(KnownLogsError::TooMany);
            }
            if !labels.insert(key.label()) {
                return Err(KnownLogsError::Twice { line });
            }
            keys.push(key);
        }
        Ok(Self(keys))
    }

    /// The keys that vouch for the log of that origin: those named as it, or as what stands before one of
    /// its slashes (docs/BUNDLE.md, *Names and logs*).
    pub(crate) fn of(&self, origin: &Origin) -> Vec<VerifierKey> {
        let vouching = self.0.iter().filter(|key| origin.is_of(key.name()));
        vouching.cloned().collect()
    }
}

/// The file of the logs, read again whenever it has changed.
#[derive(Debug)]
pub(crate) struct KnownLogs {
    path: PathBuf,
    last: Mutex<Option<(Stamp, Arc<LogKeys>)>>,
}

/// What tells one state of a file from another: its inode, length, and times of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl KnownLogs {
    /// The list in that directory.
    pub(crate) fn in_directory(directory: &Path) -> Self {
        Self {
            path: directory.join(LOGS),
            last: Mutex::new(None),
        }
    }

    /// What the file says now. A file that is not there knows no logs.
    pub(crate) fn now(&self) -> Result<Arc<LogKeys>, KnownLogsError> {
        // Before the file is read, so that what is written meanwhile is read the next time.
        let Some(stamp) = stamp(&self.path)? else {
            return Ok(Arc::default());
        };
        // What is kept is whole at any time: a panic elsewhere cannot have left it half done.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((read_at, keys)) = &*last
            && *read_at == stamp
        {
            return Ok(Arc::clone(keys));
        }
        let bytes = durable::read_if_there(&self.path, LOGS_BYTES_MAX)?.unwrap_or_default();
        let keys = Arc::new(LogKeys::parse(&bytes)?);
        *last = Some((stamp, Arc::clone(&keys)));
        Ok(keys)
    }
}

fn stamp(path: &Path) -> Result<Option<Stamp>, FileError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(Stamp {
            inode: metadata.ino(),
            bytes: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::of("look at", path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Ledger;
    use netgain_verify::cosignature::CosigningKey;

    fn parse(text: &str) -> Result<LogKeys, KnownLogsError> {
        LogKeys::parse(text.as_bytes())
    }

    #[test]
    fn what_is_not_a_list_of_logs_is_refused_with_its_line() {
        let key = Ledger::with_leaves(0).key();
        let witness = CosigningKey::from_seed("a".parse().unwrap(), [1; 32]).verifier();
        assert!(parse(&format!("# ours\n\n {key}\t\r\n")).is_ok());
        assert!(parse("").is_ok());
        let wrong = parse(&format!("{key}\nnetgain/x+00000000+AAAA\n"));
        assert!(matches!(wrong, Err(KnownLogsError::Line { line: 2, .. })));
        let not_a_log = parse(&format!("\n{witness}\n"));
        assert!(matches!(
            not_a_log,
            Err(KnownLogsError::NotALog { line: 2 })
        ));
        let twice = parse(&format!("{key}\n#\n{key}\n"));
        assert!(matches!(twice, Err(KnownLogsError::Twice { line: 3 })));
        assert!(matches!(
            LogKeys::parse(b"\xff"),
            Err(KnownLogsError::NotText)
        ));
    }

    #[test]
    fn as_many_logs_as_a_witness_knows_fit_the_file_and_one_more_is_refused() {
        let keys = (0..=LOGS_MAX).map(|number| {
            let name = format!("netgain/{number}");
            format!("{}\n", Ledger::named(&name, "", 0).key())
        });
        let all: Vec<String> = keys.collect();
        assert_eq!(parse(&all[1..].concat()).unwrap().0.len(), LOGS_MAX);
        assert!(matches!(parse(&all.concat()), Err(KnownLogsError::TooMany)));
        let longest = 200 + 1 + 8 + 1 + 44 + 1;
        assert!(LOGS_MAX * longest < LOGS_BYTES_MAX);
    }

    #[test]
    fn the_file_is_read_again_when_it_has_changed_and_only_then() {
        let home = tempfile::tempdir().unwrap();
        let logs = KnownLogs::in_directory(home.path());
        let ledger = Ledger::with_leaves(0);
        let origin = ledger.checkpoint(0).checkpoint().origin.clone();
        assert!(logs.now().unwrap().of(&origin).is_empty());
        fs::write(home.path().join(LOGS), format!("{}\n", ledger.key())).unwrap();
        let first = logs.now().unwrap();
        assert_eq!(first.of(&origin), [ledger.key()]);
        assert!(Arc::ptr_eq(&first, &logs.now().unwrap()));
        fs::write(home.path().join(LOGS), "").unwrap();
        assert!(logs.now().unwrap().of(&origin).is_empty());
        fs::remove_file(home.path().join(LOGS)).unwrap();
        assert!(logs.now().unwrap().of(&origin).is_empty());
    }
}

//! The witness: what it checks, and what it remembers.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use netgain_events::sha256::Sha256Hex;
use netgain_verify::checkpoint::{CheckpointError, SignedCheckpoint};
use netgain_verify::cosignature::CosigningKey;
use netgain_verify::note::{KeyName, SIGNATURES_MAX, VerifierKey};
use netgain_verify::tlog::{EMPTY_ROOT, check_consistency};

use crate::add_checkpoint::{AddCheckpoint, RequestError};
use crate::checkpoints::{self, Checkpoints, ORIGINS_MAX, log_hash};
use crate::evidence::{Evidence, Kept};
use crate::key;
use crate::known_logs::KnownLogs;
use crate::open_error::OpenError;
use crate::refusal::{Fault, Refusal};
use crate::say::{say, sentence};
use crate::signature_lines;
use netgain_durable_files as durable;

/// A witness with its directory, which nobody else uses for as long as this is there.
///
/// What [`Debug`] shows has no secret in it.
#[derive(Debug)]
pub struct Witness {
    key: CosigningKey,
    known_logs: KnownLogs,
    memory: Mutex<Memory>,
    /// Locked.
    _handle: File,
}

/// What it remembers. One lock over all logs: between looking at what was cosigned last and keeping what
/// is cosigned next nothing may come (C2SP tlog-witness, the race at the end of *add-checkpoint*), and
/// the disk takes one at a time anyway.
#[derive(Debug)]
struct Memory {
    checkpoints: Checkpoints,
    evidence: Evidence,
}

impl Witness {
    /// Opens the witness of that name in the directory, or makes one there with a new key.
    ///
    /// The directory is the witness's memory: an older copy put back in its place makes it cosign what
    /// it has cosigned otherwise.
    ///
    /// # Errors
    /// Another process has the directory; the key is lost, has another name, or others may read it; or
    /// the list of logs cannot be read.
    pub fn open(directory: &Path, name: &KeyName) -> Result<Self, OpenError> {
        Self::with_origins_max(directory, name, ORIGINS_MAX)
    }

    pub(crate) fn with_origins_max(
        directory: &Path,
        name: &KeyName,
        origins_max: usize,
    ) -> Result<Self, OpenError> {
        durable::create_directory(directory, 0o700)?;
        let handle = durable::lock_directory(directory)?;
        let handle = handle.ok_or_else(|| OpenError::InUse {
            directory: directory.to_owned(),
        })?;
        let has_cosigned = checkpoints::count(directory)? > 0;
        let key = key::open_or_make(directory, name, has_cosigned)?;
        let known_logs = KnownLogs::in_directory(directory);
        known_logs.now()?;
        let memory = Memory {
            checkpoints: Checkpoints::open(directory, key.verifier(), origins_max)?,
            evidence: Evidence::open(directory)?,
        };
        Ok(Self {
            key,
            known_logs,
            memory: Mutex::new(memory),
            _handle: handle,
        })
    }

    /// The public key that its cosignatures are checked with. Its text is the C2SP vkey that ledgers and
    /// auditors need.
    #[must_use]
    pub fn verification_key(&self) -> VerifierKey {
        self.key.verifier()
    }

    /// Answers the body of an `add-checkpoint` with the line of the cosignature. The checkpoint is on the
    /// disk by then.
    pub(crate) fn add_checkpoint(&self, body: &[u8]) -> Result<String, Refusal> {
        let request = AddCheckpoint::parse(body)?;
        let origin = &request.checkpoint.checkpoint().origin;
        let keys = self.known_logs.now().map_err(Fault::from)?.of(origin);
        if keys.is_empty() {
            return Err(Refusal::UnknownLog {
                origin: origin.clone(),
            });
        }
        let verified = request.checkpoint.verify(&keys);
        verified.map_err(Refusal::NotSigned)?;
        let shown = signed_by_log(&request.checkpoint, &keys).map_err(Fault::Checkpoint)?;
        let size = shown.checkpoint().size;
        if request.old_size > size {
            return Err(Refusal::Request(RequestError::Shrinks {
                old: request.old_size,
                new: size,
            }));
        }
        let mut memory = self.memory()?;
        let newest = memory.checkpoints.newest(&log_hash(origin))?;
        if let Some(newest) = &newest {
            memory.look_for_split(newest, &shown);
        }
        check(newest.as_ref(), &request, &shown)?;
        if newest.is_none() && !memory.checkpoints.has_room() {
            return Err(Refusal::TooManyLogs);
        }
        let line = self.key.cosign(shown.checkpoint(), unix_seconds()?);
        let cosigned = shown.with_signature_lines(&line);
        let cosigned = cosigned.map_err(Fault::Checkpoint)?;
        memory.checkpoints.keep(&cosigned, newest.is_none())?;
        drop(memory);
        say(&format!("cosigned {origin} at {size}"));
        Ok(line)
    }

    /// The newest cosigned checkpoint of the log whose origin has that SHA-256.
    pub(crate) fn newest(&self, log: &Sha256Hex) -> Result<Option<SignedCheckpoint>, Fault> {
        // Under the lock: what is being written is nobody's to see before it is durable.
        self.memory()?.checkpoints.newest(log)
    }

    /// Whether anything could be cosigned.
    pub(crate) fn can_cosign(&self) -> Result<(), Fault> {
        self.known_logs.now()?;
        self.memory()?.checkpoints.can_keep()
    }

    fn memory(&self) -> Result<MutexGuard<'_, Memory>, Fault> {
        // Whoever panicked may have written.
        self.memory.lock().map_err(|_| Fault::WriteFailed)
    }
}

impl Memory {
    /// Keeps what shows that the log has two histories, whatever will be answered.
    fn look_for_split(&mut self, newest: &SignedCheckpoint, shown: &SignedCheckpoint) {
        if !is_split(newest, shown) {
            return;
        }
        let kept = match self.evidence.keep(newest, shown) {
            Ok(Kept::Before) => return,
            Ok(Kept::Now(path)) => format!("both checkpoints are in {}", path.display()),
            Ok(Kept::Full) => "there is too much evidence already to keep more".to_owned(),
            Err(error) => sentence(&error),
        };
        let (origin, size) = (&shown.checkpoint().origin, shown.checkpoint().size);
        say(&format!(
            "SPLIT VIEW: the log {origin} has signed two different checkpoints of size {size}; {kept}"
        ));
    }
}

fn is_split(newest: &SignedCheckpoint, shown: &SignedCheckpoint) -> bool {
    let (newest, shown) = (newest.checkpoint(), shown.checkpoint());
    newest.size == shown.size && newest.root != shown.root
}

/// Whether the request continues what was cosigned last.
fn check(
    newest: Option<&SignedCheckpoint>,
    request: &AddCheckpoint,
    shown: &SignedCheckpoint,
) -> Result<(), Refusal> {
    let (size, root) = newest.map_or((0, EMPTY_ROOT), |newest| {
        (newest.checkpoint().size, newest.checkpoint().root)
    });
    if request.old_size != size {
        return Err(Refusal::OtherSize { cosigned: size });
    }
    let to = shown.checkpoint();
    if newest.is_some_and(|newest| is_split(newest, shown)) {
        return Err(Refusal::SplitView {
            origin: to.origin.clone(),
            size,
        });
    }
    check_consistency(size, root, to.size, to.root, &request.proof).map_err(Refusal::Inconsistent)
}

/// The checkpoint with the signatures of its log alone. Strangers' would fill what is kept, and leave no
/// room for the cosignature.
fn signed_by_log(
    shown: &SignedCheckpoint,
    keys: &[VerifierKey],
) -> Result<SignedCheckpoint, CheckpointError> {
    let checkpoint = shown.checkpoint();
    let mut note = format!("{}\n", checkpoint.text());
    let lines = String::from_utf8_lossy(shown.note().bytes());
    for line in signature_lines::valid(&lines, checkpoint, keys).take(SIGNATURES_MAX - 1) {
        note.push_str(line);
        note.push('\n');
    }
    SignedCheckpoint::parse(note.as_bytes())
}

fn unix_seconds() -> Result<u64, Fault> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map(|since| since.as_secs()).map_err(|_| Fault::Clock)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::Barrier;
    use std::thread;

    use super::*;
    use crate::key::{KEY, VERIFICATION_KEY};
    use crate::testing::{Ledger, know, witness_name, witness_of};

    fn add(witness: &Witness, ledger: &Ledger, old: u64, new: u64) -> Result<String, Refusal> {
        witness.add_checkpoint(&ledger.request(old, new).body())
    }

    fn newest_size(witness: &Witness, ledger: &Ledger) -> Option<u64> {
        let log = log_hash(&ledger.checkpoint(0).checkpoint().origin);
        let newest = witness.newest(&log).unwrap();
        newest.map(|newest| newest.checkpoint().size)
    }

    /// The files of a directory in the witness's, by name.
    fn files(home: &Path, directory: &str) -> Vec<(String, String)> {
        let entries = fs::read_dir(home.join(directory)).unwrap();
        let mut files: Vec<_> = entries
            .map(|entry| {
                let entry = entry.unwrap();
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn what_is_cosigned_is_on_the_disk_and_known_after_a_restart() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::with_leaves(9);
        let witness = witness_of(home.path(), &[&ledger]);
        let key = witness.verification_key();
        let line = add(&witness, &ledger, 0, 5).unwrap();
        let kept = files(home.path(), "checkpoints");
        let origin = Sha256Hex::of(ledger.name.as_str().as_bytes());
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].0, origin.to_string());
        assert!(kept[0].1.ends_with(&line), "{}", kept[0].1);
        drop(witness);
        let witness = Witness::open(home.path(), &witness_name()).unwrap();
        assert_eq!(witness.verification_key(), key);
        assert_eq!(newest_size(&witness, &ledger), Some(5));
        let forgotten = add(&witness, &ledger, 0, 9).unwrap_err();
        assert!(matches!(forgotten, Refusal::OtherSize { cosigned: 5 }));
        add(&witness, &ledger, 5, 9).unwrap();
    }

    #[test]
    fn what_cannot_be_kept_is_not_cosigned_and_nothing_is_after_it() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::with_leaves(9);
        let witness = witness_of(home.path(), &[&ledger]);
        add(&witness, &ledger, 0, 3).unwrap();
        let (checkpoints, away) = (home.path().join("checkpoints"), home.path().join("away"));
        // The name of the unfinished file is taken by what cannot be deleted as a file.
        let name = files(home.path(), "checkpoints").remove(0).0;
        let taken = checkpoints.join(format!("{name}.new"));
        fs::create_dir(&taken).unwrap();
        let failed = add(&witness, &ledger, 3, 5).unwrap_err();
        assert!(matches!(failed, Refusal::Fault(Fault::File(_))), "{failed}");
        fs::rename(&taken, &away).unwrap();
        let after = add(&witness, &ledger, 3, 5).unwrap_err();
        assert!(
            matches!(after, Refusal::Fault(Fault::WriteFailed)),
            "{after}"
        );
        assert!(witness.can_cosign().is_err());
        drop(witness);
        let witness = Witness::open(home.path(), &witness_name()).unwrap();
        assert_eq!(newest_size(&witness, &ledger), Some(3));
        add(&witness, &ledger, 3, 5).unwrap();
    }

    #[test]
    fn of_many_requests_from_one_size_at_once_one_is_cosigned_and_stays() {
        const THREADS: u64 = 8;
        const ROUNDS: u64 = 20;
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::with_leaves(u32::try_from(ROUNDS * THREADS + 1).unwrap());
        let witness = witness_of(home.path(), &[&ledger]);
        add(&witness, &ledger, 0, 1).unwrap();
        let mut old = 1;
        for _ in 0..ROUNDS {
            let start = Barrier::new(usize::try_from(THREADS).unwrap());
            let cosigned: Vec<u64> = thread::scope(|scope| {
                let asking: Vec<_> = (1..=THREADS)
                    .map(|more| {
                        let body = ledger.request(old, old + more).body();
                        let (witness, start) = (&witness, &start);
                        scope.spawn(move || {
                            start.wait();
                            match witness.add_checkpoint(&body) {
                                Ok(_) => Some(old + more),
                                Err(Refusal::OtherSize { .. }) => None,
                                Err(other) => panic!("{other}"),
                            }
                        })
                    })
                    .collect();
                let answers = asking.into_iter().map(|asking| asking.join().unwrap());
                answers.flatten().collect()
            });
            assert_eq!(cosigned.len(), 1, "{cosigned:?}");
            assert_eq!(newest_size(&witness, &ledger), Some(cosigned[0]));
            old = cosigned[0];
        }
    }

    #[test]
    fn two_histories_of_one_log_are_kept_as_evidence() {
        let home = tempfile::tempdir().unwrap();
        let (ledger, other) = (Ledger::with_leaves(5), Ledger::with_other_leaves(5));
        let witness = witness_of(home.path(), &[&ledger]);
        let line = add(&witness, &ledger, 0, 5).unwrap();
        assert_eq!(files(home.path(), "evidence"), []);
        let split = add(&witness, &other, 5, 5).unwrap_err();
        assert!(
            matches!(split, Refusal::SplitView { size: 5, .. }),
            "{split}"
        );
        let evidence = files(home.path(), "evidence");
        assert_eq!(evidence.len(), 1);
        let (name, both) = &evidence[0];
        let origin = Sha256Hex::of(ledger.name.as_str().as_bytes());
        assert_eq!(*name, format!("{origin}-5.txt"));
        for (shown, line) in [(&ledger, line.as_str()), (&other, "")] {
            let note = String::from_utf8(shown.checkpoint(5).note().bytes().to_vec()).unwrap();
            assert!(both.contains(&format!("{note}{line}")), "{both}");
        }
        // Once is enough.
        add(&witness, &other, 5, 5).unwrap_err();
        assert_eq!(files(home.path(), "evidence"), evidence);
        assert_eq!(newest_size(&witness, &ledger), Some(5));
    }

    #[test]
    fn two_histories_are_found_whatever_old_size_they_are_shown_with() {
        let home = tempfile::tempdir().unwrap();
        let (ledger, other) = (Ledger::with_leaves(5), Ledger::with_other_leaves(5));
        let witness = witness_of(home.path(), &[&ledger]);
        add(&witness, &ledger, 0, 5).unwrap();
        let answer = add(&witness, &other, 0, 5).unwrap_err();
        assert!(matches!(answer, Refusal::OtherSize { cosigned: 5 }));
        assert_eq!(files(home.path(), "evidence").len(), 1);
    }

    #[test]
    fn what_the_log_has_not_signed_is_no_evidence() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::with_leaves(5);
        let stranger = Ledger::named("netgain/stranger", "other", 5);
        let witness = witness_of(home.path(), &[&ledger]);
        add(&witness, &ledger, 0, 5).unwrap();
        let mut request = stranger.request(5, 5);
        request.checkpoint = stranger.checkpoint_of(ledger.name.as_str(), 5);
        let answer = witness.add_checkpoint(&request.body()).unwrap_err();
        assert!(matches!(answer, Refusal::NotSigned(_)));
        // The same checkpoint once more is none either.
        add(&witness, &ledger, 5, 5).unwrap();
        assert_eq!(files(home.path(), "evidence"), []);
    }

    #[test]
    fn more_logs_than_the_most_are_refused_and_the_known_ones_go_on() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::with_leaves(3);
        let second = Ledger::named("netgain/second", "leaf", 3);
        know(home.path(), &[&ledger, &second]);
        for _ in 0..2 {
            // The second time as after a restart.
            let witness = Witness::with_origins_max(home.path(), &witness_name(), 1).unwrap();
            let old = newest_size(&witness, &ledger).unwrap_or(0);
            add(&witness, &ledger, old, 3).unwrap();
            let refused = add(&witness, &second, 0, 3).unwrap_err();
            assert!(matches!(refused, Refusal::TooManyLogs), "{refused}");
        }
        let witness = Witness::with_origins_max(home.path(), &witness_name(), 2).unwrap();
        add(&witness, &second, 0, 3).unwrap();
    }

    #[test]
    fn a_checkpoint_that_was_changed_on_the_disk_is_not_built_on() {
        let home = tempfile::tempdir().unwrap();
        let ledger = Ledger::with_leaves(5);
        let witness = witness_of(home.path(), &[&ledger]);
        add(&witness, &ledger, 0, 3).unwrap();
        let (name, kept) = files(home.path(), "checkpoints").remove(0);
        let path = home.path().join("checkpoints").join(name);
        for changed in [kept.replace("\n3\n", "\n2\n"), String::new()] {
            fs::write(&path, changed).unwrap();
            let refused = add(&witness, &ledger, 3, 5).unwrap_err();
            assert!(matches!(refused, Refusal::Fault(Fault::Damaged { .. })));
        }
        fs::write(&path, kept).unwrap();
        add(&witness, &ledger, 3, 5).unwrap();
    }

    #[test]
    fn a_directory_has_one_witness_at_a_time() {
        let home = tempfile::tempdir().unwrap();
        let first = Witness::open(home.path(), &witness_name()).unwrap();
        let second = Witness::open(home.path(), &witness_name());
        assert!(matches!(second, Err(OpenError::InUse { .. })));
        drop(first);
        Witness::open(home.path(), &witness_name()).unwrap();
    }

    #[test]
    fn the_secret_key_is_its_owners_alone_and_its_public_side_is_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let witness = Witness::open(home.path(), &witness_name()).unwrap();
        let public = fs::read_to_string(home.path().join(VERIFICATION_KEY)).unwrap();
        assert_eq!(public, format!("{}\n", witness.verification_key()));
        assert!(!format!("{witness:?}").contains("PRIVATE"));
        drop(witness);
        let key = home.path().join(KEY);
        assert_eq!(
            fs::metadata(&key).unwrap().permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
        let exposed = Witness::open(home.path(), &witness_name());
        assert!(matches!(
            exposed,
            Err(OpenError::KeyExposed { mode: 0o640, .. })
        ));
    }

    #[test]
    fn a_key_that_is_lost_spoilt_or_anothers_is_not_replaced() {
        let home = tempfile::tempdir().unwrap();
        drop(Witness::open(home.path(), &witness_name()).unwrap());
        let other = Witness::open(home.path(), &"example.gov.uk/other".parse().unwrap());
        assert!(matches!(other, Err(OpenError::OtherName { .. })));
        let key = home.path().join(KEY);
        let secret = fs::read_to_string(&key).unwrap();
        fs::write(&key, &secret[1..]).unwrap();
        let spoilt = Witness::open(home.path(), &witness_name()).unwrap_err();
        assert!(matches!(spoilt, OpenError::NotAKey { .. }));
        assert!(!sentence(&spoilt).contains(&secret[secret.len() - 20..]));
        fs::remove_file(&key).unwrap();
        let lost = Witness::open(home.path(), &witness_name());
        assert!(matches!(lost, Err(OpenError::KeyLost { .. })));
        fs::write(&key, &secret).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        Witness::open(home.path(), &witness_name()).unwrap();
    }

    #[test]
    fn a_list_of_logs_that_cannot_be_read_keeps_it_from_starting() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("logs"), "not a key\n").unwrap();
        let opened = Witness::open(home.path(), &witness_name());
        assert!(matches!(opened, Err(OpenError::KnownLogs(_))));
    }
}

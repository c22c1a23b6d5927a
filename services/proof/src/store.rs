//! The directory of a ledger's checkpoints, open for sealing.
//!
//! | file | what it is |
//! |---|---|
//! | `registry` | the organisations' signed checkpoints, one after another, exactly their bytes; only ever appended to |
//! | `registry.checkpoint` | the registry's newest signed checkpoint: what it covers is published |
//! | `registry.unfinished` | what the last interrupted seal had appended and nobody ever saw |
//! | `leaf-hashes` | see `leaf_hashes.rs` |
//! | `lock` | locked by the one process that seals |
//!
//! # The order of a seal
//!
//! 1. the leaves' hashes are appended to `leaf-hashes`, by whoever has them;
//! 2. the organisations' checkpoints are appended to `registry`, and synced;
//! 3. the registry's new checkpoint becomes the keys' `last-signed`, durably: the key remembers it
//!    before anybody sees it;
//! 4. it becomes `registry.checkpoint`, durably: published.
//!
//! A power cut before 3 leaves checkpoints that nobody saw: opening sets them aside. After 3,
//! opening finishes the seal. Either way there is one history.
//!
//! Where several processes could seal, all of this comes after they agreed on the seal: see `agreed.rs`.

mod agreed;
#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_verify::checkpoint::{CheckpointError, SignedCheckpoint};
use netgain_verify::note::NOTE_BYTES_MAX;

use crate::agreement::{Agreed, Agreement, AgreementError, Alone};
use crate::keys::{self, KeyRing};
use crate::registry::{REGISTRY, REGISTRY_CHECKPOINT, Registry, RegistryError};
use crate::signed_seal::SignedSeal;
use netgain_durable_files::{self as durable, FileError, PUBLIC};

const LOCK: &str = "lock";
const UNFINISHED: &str = "registry.unfinished";

/// Why checkpoints cannot be opened for sealing, or a seal cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A file could not be read or written. After a failed seal, what reached the disk is not known:
    /// open the checkpoints again.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another process seals this ledger.
    #[error("another process seals into {directory}; one is enough", directory = .directory.display())]
    Locked {
        /// The checkpoints' directory.
        directory: PathBuf,
    },
    /// What is there is not what was signed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The files are not those that were opened.
    #[error(
        "{path} has been changed by another process, which sealed too or put back a copy; nothing \
         was written. Let one process seal, and start it again", path = .path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A checkpoint could not be signed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It could not be agreed on with the other processes that seal this ledger.
    #[error(transparent)]
    Agreement(#[from] AgreementError),
}

/// The checkpoints of a ledger, kept from other sealers for as long as this is open.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    registry: Registry,
    /// What the keys remember, as it was when it was last looked at.
    remembered: Option<Vec<u8>>,
    agreement: Box<dyn Agreement>,
    /// What the keys remember beyond what is in the directory: the agreed seals have to lead there.
    ahead: Option<SignedCheckpoint>,
    /// Locked.
    _lock: File,
}

impl Store {
    /// Whether anything was ever signed into that directory.
    #[must_use]
    pub fn has_checkpoints(directory: &Path) -> bool {
        let files = [REGISTRY, REGISTRY_CHECKPOINT];
        files.iter().any(|name| directory.join(name).exists())
    }

    /// Opens the checkpoints of the keys' ledger, and makes the directory where there is none. A seal
    /// that was interrupted is finished, or set aside if nobody can have seen it.
    ///
    /// # Errors
    /// Another process seals; what is there is not what was signed ([`RegistryError`]); or a file
    /// cannot be read or written.
    pub fn open(directory: &Path, keys: &KeyRing) -> Result<Self, StoreError> {
        Self::open_among(directory, keys, Box::new(Alone))
    }

    /// As [`Self::open`], for one of several processes that could seal this ledger, each with a directory of
    /// its own: what they agreed on meanwhile is taken into this one, all of it where it is empty.
    ///
    /// # Errors
    /// As [`Self::open`]; or what is agreed on cannot be had, or is not what this directory and the
    /// keys' memory say ([`AgreementError`]).
    pub fn open_among(
        directory: &Path,
        keys: &KeyRing,
        mut agreement: Box<dyn Agreement>,
    ) -> Result<Self, StoreError> {
        durable::create_directory(directory, 0o755)?;
        let lock = take_lock(directory)?;
        let remembered = keys::last_signed(keys.directory())?;
        let read = |memory| {
            let (ledger, public) = (keys.ledger(), keys.public_keys());
            Registry::read(directory, ledger, public, memory, &mut |_| {})
        };
        let (registry, ahead) = match (read(remembered.as_deref()), &remembered) {
            (Err(RegistryError::Behind { .. }), Some(ahead)) if agreement.has_seals()? => {
                (read(None)?, Some(SignedCheckpoint::parse(ahead)?))
            }
            (read, _) => (read?, None),
        };
        set_rest_aside(directory, registry.bytes())?;
        let mut store = Self {
            directory: directory.to_owned(),
            registry,
            remembered,
            agreement,
            ahead,
            _lock: lock,
        };
        if let Some(checkpoint) = store.registry.checkpoint()
            && store.published()?.as_deref() != Some(checkpoint.note().bytes())
        {
            store.publish(checkpoint)?;
        }
        store.join(keys)?;
        Ok(store)
    }

    /// The registry as it is published.
    #[must_use]
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Where the checkpoints are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Signs the organisations' checkpoints, all or none, under one new checkpoint of the registry. Nobody
    /// is shown it before it was agreed on ([`Self::agree`]) and kept ([`Self::keep`]).
    pub(crate) fn sign(
        &self,
        keys: &KeyRing,
        now: RecordedAt,
        organisations: Vec<(OrgId, SignedCheckpoint)>,
    ) -> Result<SignedSeal, StoreError> {
        self.check_unchanged(keys)?;
        let covering = self.registry.unsigned_with(&organisations);
        Ok(SignedSeal {
            checkpoint: SignedCheckpoint::sign(covering, &keys.signing_keys(now))?,
            organisations,
        })
    }

    /// Keeps one seal that was agreed on. After an error nothing more can be sealed before the checkpoints
    /// are opened again.
    pub(crate) fn keep(&mut self, keys: &KeyRing, seal: SignedSeal) -> Result<(), StoreError> {
        self.append(&seal.notes())?;
        for (org, checkpoint) in seal.organisations {
            self.registry.push(org, checkpoint);
        }
        self.remember(keys, &seal.checkpoint)?;
        self.publish(&seal.checkpoint)?;
        self.registry.sign(seal.checkpoint);
        Ok(())
    }

    /// Has the keys remember the registry's newest checkpoint, and whoever reads this directory know them.
    fn remember(&mut self, keys: &KeyRing, newest: &SignedCheckpoint) -> Result<(), FileError> {
        let bytes = newest.note().bytes();
        keys.write_public_to(&self.directory)?;
        keys.remember(bytes)?;
        self.remembered = Some(bytes.to_vec());
        Ok(())
    }

    /// The newest checkpoint as the ledger's own keys signed it, without any cosignature.
    pub(crate) fn newest_as_signed(&self) -> Result<Option<SignedCheckpoint>, StoreError> {
        let signed = match &self.remembered {
            Some(bytes) => Some(SignedCheckpoint::parse(bytes)?),
            None => None,
        };
        let newest = self.registry.checkpoint();
        let text = newest.map(SignedCheckpoint::checkpoint);
        // Where the keys' memory is not of this one, what is published says the same.
        let same = signed.filter(|signed| Some(signed.checkpoint()) == text);
        Ok(same.or_else(|| newest.cloned()))
    }

    /// Publishes the newest checkpoint once more, with cosignatures: the same text, and nothing else. Not
    /// where others have sealed further by now: theirs is the newest.
    pub(crate) fn replace_published(
        &mut self,
        cosigned: SignedCheckpoint,
    ) -> Result<(), StoreError> {
        let newest = self.registry.checkpoint();
        if newest.map(SignedCheckpoint::checkpoint) != Some(cosigned.checkpoint()) {
            let path = self.directory.join(REGISTRY_CHECKPOINT);
            return Err(StoreError::Changed { path });
        }
        let cosigned = SignedSeal {
            checkpoint: cosigned,
            organisations: Vec::new(),
        };
        if self.agree(&cosigned)? == Agreed::Yes {
            self.publish(&cosigned.checkpoint)?;
            self.registry.sign(cosigned.checkpoint);
        }
        Ok(())
    }

    /// The lock keeps every netgain out that sees it. A copy put back, or a file system without
    /// locks, does not ask for it.
    fn check_unchanged(&self, keys: &KeyRing) -> Result<(), StoreError> {
        let changed = |path: PathBuf| Err(StoreError::Changed { path });
        let path = self.directory.join(REGISTRY);
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(FileError::of("look at", &path)(error).into()),
        };
        if length != self.registry.bytes() {
            return changed(path);
        }
        let loaded = self.registry.checkpoint();
        if self.published()?.as_deref() != loaded.map(|checkpoint| checkpoint.note().bytes()) {
            return changed(self.directory.join(REGISTRY_CHECKPOINT));
        }
        if keys::last_signed(keys.directory())? != self.remembered {
            return changed(keys.directory().join(keys::LAST_SIGNED));
        }
        Ok(())
    }

    fn published(&self) -> Result<Option<Vec<u8>>, FileError> {
        durable::read_if_there(&self.directory.join(REGISTRY_CHECKPOINT), NOTE_BYTES_MAX)
    }

    fn publish(&self, checkpoint: &SignedCheckpoint) -> Result<(), FileError> {
        let bytes = checkpoint.note().bytes();
        durable::replace(&self.directory, REGISTRY_CHECKPOINT, bytes, PUBLIC)
    }

    fn append(&self, notes: &[u8]) -> Result<(), FileError> {
        let path = self.directory.join(REGISTRY);
        let was_empty = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .and_then(|mut file| {
                let length = file.metadata()?.len();
                file.write_all(notes)?;
                file.sync_data()?;
                Ok(length == 0)
            })
            .map_err(FileError::of("write", &path))?;
        if was_empty {
            durable::sync_directory(&self.directory)?;
        }
        Ok(())
    }
}

fn take_lock(directory: &Path) -> Result<File, StoreError> {
    let path = directory.join(LOCK);
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(FileError::of("open", &path))?;
    if durable::lock(&lock, &path)? {
        Ok(lock)
    } else {
        Err(StoreError::Locked {
            directory: directory.to_owned(),
        })
    }
}

/// Cuts off what the registry's file has beyond the part that was signed. It was never seen by
/// anybody; a copy is kept all the same.
fn set_rest_aside(directory: &Path, bytes: u64) -> Result<(), FileError> {
    let path = directory.join(REGISTRY);
    let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::of("open", &path)(error)),
    };
    let length = file.metadata().map_err(FileError::of("look at", &path))?;
    if length.len() == bytes {
        return Ok(());
    }
    let kept = directory.join(UNFINISHED);
    file.seek(SeekFrom::Start(bytes))
        .and_then(|_| {
            let mut copy = File::create(&kept)?;
            io::copy(&mut file, &mut copy)?;
            copy.sync_all()
        })
        .map_err(FileError::of("write", &kept))?;
    durable::sync_directory(directory)?;
    file.set_len(bytes)
        .and_then(|()| file.sync_data())
        .map_err(FileError::of("cut", &path))
}

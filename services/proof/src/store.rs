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
//! 1. the leaves' hashes are appended to `leaf-hashes`;
//! 2. the organisations' checkpoints are appended to `registry`, and synced;
//! 3. the registry's new checkpoint becomes the keys' `last-signed`, durably: the key remembers it
//!    before anybody sees it;
//! 4. it becomes `registry.checkpoint`, durably: published.
//!
//! A power cut before 3 leaves checkpoints that nobody saw: opening sets them aside. After 3,
//! opening finishes the seal. Either way there is one history.

#[cfg(test)]
mod tests;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use netgain_events::identifier::OrgId;
use netgain_events::recorded_at::RecordedAt;
use netgain_verify::checkpoint::{CheckpointError, SignedCheckpoint};
use netgain_verify::note::NOTE_BYTES_MAX;

use crate::keys::{self, KeyRing};
use crate::leaf_hashes::{self, Run};
use crate::registry::{REGISTRY, REGISTRY_CHECKPOINT, Registry, RegistryError};
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
}

/// The checkpoints of a ledger, kept from other sealers for as long as this is open.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    registry: Registry,
    /// What the keys remember, as it was when it was last looked at.
    remembered: Option<Vec<u8>>,
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
        durable::create_directory(directory, 0o755)?;
        let lock = take_lock(directory)?;
        let remembered = keys::last_signed(keys.directory())?;
        let registry = Registry::read(
            directory,
            keys.ledger(),
            keys.public_keys(),
            remembered.as_deref(),
            &mut |_| {},
        )?;
        set_rest_aside(directory, registry.bytes())?;
        let store = Self {
            directory: directory.to_owned(),
            registry,
            remembered,
            _lock: lock,
        };
        if let Some(checkpoint) = store.registry.checkpoint()
            && store.published()?.as_deref() != Some(checkpoint.note().bytes())
        {
            store.publish(checkpoint)?;
        }
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

    /// Keeps one seal: the organisations' checkpoints, all or none, under one new checkpoint of the
    /// registry. After an error nothing more can be sealed before the checkpoints are opened again.
    pub(crate) fn seal(
        &mut self,
        keys: &KeyRing,
        now: RecordedAt,
        checkpoints: Vec<(OrgId, SignedCheckpoint)>,
        leaves: &[Run<'_>],
    ) -> Result<(), StoreError> {
        self.check_unchanged(keys)?;
        leaf_hashes::append(&self.directory, leaves)?;
        let notes = checkpoints.iter().map(|(_, signed)| signed.note().bytes());
        self.append(&notes.collect::<Vec<&[u8]>>().concat())?;
        for (org, checkpoint) in checkpoints {
            self.registry.push(org, checkpoint);
        }
        let signing = keys.signing_keys(now);
        let checkpoint = SignedCheckpoint::sign(self.registry.unsigned(), &signing)?;
        let bytes = checkpoint.note().bytes();
        keys.write_public_to(&self.directory)?;
        keys.remember(bytes)?;
        self.publish(&checkpoint)?;
        self.remembered = Some(bytes.to_vec());
        self.registry.sign(checkpoint);
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

    /// Publishes the newest checkpoint once more, with cosignatures: the same text, and nothing else.
    pub(crate) fn replace_published(
        &mut self,
        cosigned: SignedCheckpoint,
    ) -> Result<(), StoreError> {
        let newest = self.registry.checkpoint();
        if newest.map(SignedCheckpoint::checkpoint) != Some(cosigned.checkpoint()) {
            let path = self.directory.join(REGISTRY_CHECKPOINT);
            return Err(StoreError::Changed { path });
        }
        self.publish(&cosigned)?;
        self.registry.sign(cosigned);
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
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .and_then(|mut file| {
                file.write_all(notes)?;
                file.sync_data()
            })
            .map_err(FileError::of("write", &path))?;
        if self.registry.bytes() == 0 {
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

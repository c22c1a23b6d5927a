//! The registry: the log of all checkpoints of a ledger's organisations, as far as it was signed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use netgain_events::identifier::{LedgerId, OrgId};
use netgain_verify::checkpoint::{Checkpoint, Origin, SignedCheckpoint};
use netgain_verify::note::{NOTE_BYTES_MAX, VerifierKey};
use netgain_verify::tlog::{Frontier, Hash, leaf_hash};

use crate::notes::Notes;
use crate::signed_seal::{SignedSeal, organisation};
use netgain_durable_files::{self as durable, FileError};

/// The file of the organisations' signed checkpoints.
pub(crate) const REGISTRY: &str = "registry";
/// The file of the registry's newest checkpoint.
pub(crate) const REGISTRY_CHECKPOINT: &str = "registry.checkpoint";

/// Why the registry cannot be used. Each but [`RegistryError::File`] is an alarm: what is there is
/// not what was signed. The ledger is then served read-only and nothing more is sealed.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A checkpoint of the registry is not one that the ledger's key signed.
    #[error("{path} is not a checkpoint signed by this ledger's key ({why}); put it back from its backup", path = .path.display())]
    Unsigned {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The notes are not those that the registry's checkpoint covers.
    #[error("{path} is damaged: {why}; put it back from its backup", path = .path.display())]
    Damaged {
        /// The registry's file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// More has been signed than is there: an older copy stands in the place of the newest.
    #[error(
        "{directory} holds an older copy: {published} checkpoints are published there, and the \
         ledger's key has signed {signed}. Put back the newest copy of the ledger and of its \
         checkpoints; nothing is sealed until then", directory = .directory.display()
    )]
    Behind {
        /// The checkpoints' directory.
        directory: PathBuf,
        /// How many checkpoints are published there.
        published: u64,
        /// How many the key has signed.
        signed: u64,
    },
    /// What is published contradicts what the key remembers to have signed.
    #[error(
        "the first {size} checkpoints in {directory} are not those that the ledger's key has \
         signed: two histories have the same key. Keep both, find out which is right, and put that \
         one back", directory = .directory.display()
    )]
    Forked {
        /// The checkpoints' directory.
        directory: PathBuf,
        /// How many checkpoints the key remembers.
        size: u64,
    },
}

/// One checkpoint of an organisation in the registry.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    /// Whose.
    pub org: &'a OrgId,
    /// The checkpoint.
    pub checkpoint: &'a SignedCheckpoint,
    /// Its leaf hash in the registry.
    pub leaf: Hash,
}

/// The registry as far as it was signed.
#[derive(Clone, Debug)]
pub struct Registry {
    directory: PathBuf,
    ledger: LedgerId,
    newest: BTreeMap<OrgId, SignedCheckpoint>,
    frontier: Frontier,
    checkpoint: Option<SignedCheckpoint>,
    bytes: u64,
}

impl Registry {
    /// Reads the registry in a directory and holds it to its checkpoint, which one of the keys must
    /// have signed, and to the newest one that the key remembers, where that is given. `visit` sees
    /// every checkpoint in order; what it saw counts only if this succeeds.
    ///
    /// Where the key remembers more than is published and all of it is there, the seal was
    /// interrupted just before its end; what it signed is then part of the registry.
    ///
    /// # Errors
    /// What is there is not what was signed, or cannot be read.
    pub fn read(
        directory: &Path,
        ledger: &LedgerId,
        keys: &[VerifierKey],
        last_signed: Option<&[u8]>,
        visit: &mut dyn FnMut(Registered<'_>),
    ) -> Result<Self, RegistryError> {
        let path = directory.join(REGISTRY_CHECKPOINT);
        let published = match durable::read_if_there(&path, NOTE_BYTES_MAX)? {
            Some(bytes) => Some(signed_by(&bytes, ledger, keys, &path)?),
            None => None,
        };
        let signed = match last_signed {
            Some(bytes) => {
                let path = Path::new(crate::keys::LAST_SIGNED);
                Some(signed_by(bytes, ledger, keys, path)?)
            }
            None => None,
        };
        let mut reading = Reading::start(directory, ledger, visit)?;
        let published_size = published.as_ref().map_or(0, size_of);
        let (earlier, later) = match signed {
            Some(signed) if size_of(&signed) > published_size => (None, Some(signed)),
            earlier => (earlier, None),
        };
        let remembered = match &earlier {
            Some(signed) => reading.leads_to(signed)?,
            None => true,
        };
        if let Some(published) = published {
            if !reading.leads_to(&published)? {
                let why = "its checkpoints are not those that registry.checkpoint covers";
                return Err(reading.registry.damaged(why.into()));
            }
            reading.registry.checkpoint = Some(published);
        }
        // The file is whole, but not what the key signed.
        if let Some(signed) = earlier.filter(|_| !remembered) {
            return Err(RegistryError::Forked {
                directory: directory.to_owned(),
                size: size_of(&signed),
            });
        }
        if let Some(signed) = later {
            match reading.leads_to(&signed) {
                Ok(true) => reading.registry.checkpoint = Some(signed),
                Ok(false) | Err(RegistryError::Damaged { .. }) => {
                    return Err(RegistryError::Behind {
                        directory: directory.to_owned(),
                        published: published_size,
                        signed: size_of(&signed),
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(reading.registry)
    }

    /// A registry before anything is in it.
    pub(crate) fn empty(directory: &Path, ledger: &LedgerId) -> Self {
        Self {
            directory: directory.to_owned(),
            ledger: *ledger,
            newest: BTreeMap::new(),
            frontier: Frontier::default(),
            checkpoint: None,
            bytes: 0,
        }
    }

    /// The ledger whose registry it is.
    #[must_use]
    pub const fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    /// The newest signed checkpoint of the registry itself; none while nothing is sealed.
    #[must_use]
    pub const fn checkpoint(&self) -> Option<&SignedCheckpoint> {
        self.checkpoint.as_ref()
    }

    /// The newest checkpoint of each organisation.
    #[must_use]
    pub const fn newest(&self) -> &BTreeMap<OrgId, SignedCheckpoint> {
        &self.newest
    }

    /// Every checkpoint of one organisation, in order.
    ///
    /// # Errors
    /// The file cannot be read any more, or has become shorter since.
    pub fn checkpoints_of(&self, org: &OrgId) -> Result<Vec<Checkpoint>, RegistryError> {
        let mut found = Vec::new();
        let mut visit = |registered: Registered<'_>| {
            if registered.org == org {
                found.push(registered.checkpoint.checkpoint().clone());
            }
        };
        Reading::start(&self.directory, &self.ledger, &mut visit)?.take_to(self.frontier.size())?;
        Ok(found)
    }

    /// Where it is.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// How many bytes of the registry's file are part of it.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The registry as it becomes with that note at its end.
    pub(crate) fn push(&mut self, org: OrgId, checkpoint: SignedCheckpoint) {
        let note = checkpoint.note().bytes();
        self.frontier.push(leaf_hash(note));
        self.bytes += u64::try_from(note.len()).unwrap_or(0);
        self.newest.insert(org, checkpoint);
    }

    /// The checkpoint that covers it as it is now, not signed yet.
    pub(crate) fn unsigned(&self) -> Checkpoint {
        covering(&self.ledger, &self.frontier)
    }

    /// The checkpoint that will cover it with those at its end, not signed yet.
    pub(crate) fn unsigned_with(&self, more: &[(OrgId, SignedCheckpoint)]) -> Checkpoint {
        let mut frontier = self.frontier.clone();
        for (_, signed) in more {
            frontier.push(leaf_hash(signed.note().bytes()));
        }
        covering(&self.ledger, &frontier)
    }

    /// Whether a seal that somebody else made continues it; or what is wrong with it, in words. Who signed
    /// it is not looked at here.
    pub(crate) fn check_continued_by(&self, seal: &SignedSeal) -> Result<(), String> {
        let mut grown: BTreeMap<&OrgId, u64> = BTreeMap::new();
        for (org, signed) in &seal.organisations {
            let size = size_of(signed);
            let before = grown.insert(org, size);
            let before = before.or_else(|| self.newest.get(org).map(size_of));
            check_grown(org, before, size)?;
        }
        if self.unsigned_with(&seal.organisations) == *seal.checkpoint.checkpoint() {
            Ok(())
        } else {
            Err("it does not continue the checkpoints before it".into())
        }
    }

    /// Takes the checkpoint that covers it as it is now.
    pub(crate) fn sign(&mut self, checkpoint: SignedCheckpoint) {
        self.checkpoint = Some(checkpoint);
    }

    fn damaged(&self, why: String) -> RegistryError {
        RegistryError::Damaged {
            path: self.directory.join(REGISTRY),
            why,
        }
    }
}

/// The registry while its file is read.
struct Reading<'v> {
    registry: Registry,
    notes: Notes,
    visit: &'v mut dyn FnMut(Registered<'_>),
}

impl<'v> Reading<'v> {
    fn start(
        directory: &Path,
        ledger: &LedgerId,
        visit: &'v mut dyn FnMut(Registered<'_>),
    ) -> Result<Self, RegistryError> {
        Ok(Self {
            registry: Registry::empty(directory, ledger),
            notes: Notes::open(&directory.join(REGISTRY))?,
            visit,
        })
    }

    /// Whether the notes up to that checkpoint's size are those it covers.
    fn leads_to(&mut self, checkpoint: &SignedCheckpoint) -> Result<bool, RegistryError> {
        self.take_to(size_of(checkpoint))?;
        Ok(self.registry.unsigned() == *checkpoint.checkpoint())
    }

    fn take_to(&mut self, size: u64) -> Result<(), RegistryError> {
        while self.registry.frontier.size() < size {
            let number = self.registry.frontier.size() + 1;
            let Some(note) = self.notes.next()? else {
                let why = format!("it ends before its checkpoint number {number} of {size}");
                return Err(self.registry.damaged(why));
            };
            let read = read_registered(note, &self.registry);
            let (org, checkpoint) = read.map_err(|why| {
                let why = format!("its checkpoint number {number} {why}");
                self.registry.damaged(why)
            })?;
            (self.visit)(Registered {
                org: &org,
                checkpoint: &checkpoint,
                leaf: leaf_hash(note),
            });
            self.registry.push(org, checkpoint);
        }
        Ok(())
    }
}

/// The checkpoint in a note of the registry, and whose it is; or what is wrong with it, in words.
/// Its signatures are not checked here: the registry's checkpoint is signed, and covers them.
fn read_registered(note: &[u8], registry: &Registry) -> Result<(OrgId, SignedCheckpoint), String> {
    let signed =
        SignedCheckpoint::parse(note).map_err(|error| format!("cannot be read: {error}"))?;
    let Checkpoint { origin, size, .. } = signed.checkpoint();
    let org = organisation(&registry.ledger, origin)
        .ok_or_else(|| format!("is of {origin}, which is no organisation of this ledger"))?;
    check_grown(&org, registry.newest.get(&org).map(size_of), *size)?;
    Ok((org, signed))
}

/// Each checkpoint of an organisation covers more than the one before.
fn check_grown(org: &OrgId, before: Option<u64>, size: u64) -> Result<(), String> {
    match before {
        Some(before) if before >= size => Err(format!(
            "covers {size} events of {org}, and an earlier one {before}"
        )),
        Some(_) | None => Ok(()),
    }
}

fn covering(ledger: &LedgerId, frontier: &Frontier) -> Checkpoint {
    Checkpoint {
        origin: Origin::of_ledger(ledger),
        size: frontier.size(),
        root: frontier.root(),
    }
}

/// A checkpoint of the registry that one of the keys has signed.
fn signed_by(
    note: &[u8],
    ledger: &LedgerId,
    keys: &[VerifierKey],
    path: &Path,
) -> Result<SignedCheckpoint, RegistryError> {
    let unsigned = |why: String| RegistryError::Unsigned {
        path: path.to_owned(),
        why,
    };
    let signed = SignedCheckpoint::parse(note).map_err(|error| unsigned(error.to_string()))?;
    signed
        .verify(keys)
        .map_err(|error| unsigned(error.to_string()))?;
    let origin = &signed.checkpoint().origin;
    if *origin == Origin::of_ledger(ledger) {
        Ok(signed)
    } else {
        Err(unsigned(format!("it is of {origin}")))
    }
}

/// How many leaves a checkpoint covers.
pub(crate) fn size_of(checkpoint: &SignedCheckpoint) -> u64 {
    checkpoint.checkpoint().size
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::testing::{SALFORD, STROUD, World, at, ledger_id, org};

    fn sealed() -> World {
        let world = World::new();
        world.register(STROUD);
        world.register(SALFORD);
        world.seal();
        world.claim(STROUD, "A", "1");
        world.seal();
        world
    }

    fn read(world: &World, keys: &[VerifierKey]) -> Result<Registry, RegistryError> {
        let directory = world.checkpoints();
        Registry::read(&directory, &ledger_id(), keys, None, &mut |_| {})
    }

    #[test]
    fn every_checkpoint_is_shown_in_order_and_the_newest_kept() {
        let world = sealed();
        let keys = world.keys();
        let mut shown = Vec::new();
        let mut visit = |registered: Registered<'_>| {
            let note = registered.checkpoint.note().bytes();
            assert_eq!(registered.leaf, leaf_hash(note));
            assert!(registered.checkpoint.verify(keys.public_keys()).is_ok());
            shown.push((registered.org.to_string(), size_of(registered.checkpoint)));
        };
        let directory = world.checkpoints();
        let registry = Registry::read(
            &directory,
            &ledger_id(),
            keys.public_keys(),
            None,
            &mut visit,
        )
        .unwrap();
        let expected = [(STROUD, 1), (SALFORD, 1), (STROUD, 2)];
        assert_eq!(shown, expected.map(|(org, size)| (org.to_owned(), size)));
        assert_eq!(size_of(registry.checkpoint().unwrap()), 3);
        assert_eq!(size_of(&registry.newest()[&org(STROUD)]), 2);
        assert_eq!(size_of(&registry.newest()[&org(SALFORD)]), 1);
        let of_stroud = registry.checkpoints_of(&org(STROUD)).unwrap();
        assert_eq!(
            of_stroud.iter().map(|one| one.size).collect::<Vec<_>>(),
            [1, 2]
        );
        assert_eq!(
            registry.bytes(),
            fs::metadata(directory.join(REGISTRY)).unwrap().len()
        );
    }

    #[test]
    fn nothing_sealed_is_an_empty_registry() {
        let world = World::new();
        let registry = read(&world, &[]).unwrap();
        assert!(registry.checkpoint().is_none() && registry.newest().is_empty());
    }

    #[test]
    fn the_keys_must_be_those_that_signed_it() {
        let world = sealed();
        let other = World::new();
        let (keys, others) = (world.keys(), other.keys());
        assert!(read(&world, keys.public_keys()).is_ok());
        for keys in [others.public_keys(), &[]] {
            let error = read(&world, keys).unwrap_err();
            assert!(matches!(error, RegistryError::Unsigned { .. }), "{error}");
        }
    }

    #[test]
    fn a_checkpoint_of_an_organisation_does_not_pass_for_the_registrys() {
        let world = sealed();
        let keys = world.keys();
        let registry = read(&world, keys.public_keys()).unwrap();
        let newest = registry.newest()[&org(STROUD)].note().bytes().to_vec();
        fs::write(world.checkpoints().join(REGISTRY_CHECKPOINT), newest).unwrap();
        let error = read(&world, keys.public_keys()).unwrap_err();
        assert!(matches!(error, RegistryError::Unsigned { .. }), "{error}");
    }

    #[test]
    fn a_registry_whose_histories_go_back_is_damaged_even_if_it_is_signed() {
        let world = sealed();
        let keys = world.keys();
        let signing = keys.signing_keys(at(0));
        let mut registry = read(&world, keys.public_keys()).unwrap();
        let mut again = registry.newest()[&org(STROUD)].checkpoint().clone();
        again.size = 1;
        let again = SignedCheckpoint::sign(again, &signing).unwrap();
        let path = world.checkpoints().join(REGISTRY);
        let bytes = [fs::read(&path).unwrap(), again.note().bytes().to_vec()].concat();
        fs::write(&path, bytes).unwrap();
        registry.push(org(STROUD), again);
        let signed = SignedCheckpoint::sign(registry.unsigned(), &signing).unwrap();
        let published = world.checkpoints().join(REGISTRY_CHECKPOINT);
        fs::write(published, signed.note().bytes()).unwrap();
        let error = read(&world, keys.public_keys()).unwrap_err();
        let RegistryError::Damaged { why, .. } = &error else {
            panic!("{error}");
        };
        assert!(why.contains("number 4 covers 1 events"), "{why}");
    }
}

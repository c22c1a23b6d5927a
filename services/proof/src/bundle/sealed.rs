//! What the registry has of an organisation at its statements.

use std::collections::BTreeMap;
use std::path::Path;

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_verify::checkpoint::SignedCheckpoint;
use netgain_verify::note::VerifierKey;
use netgain_verify::proof_text::TlogProof;
use netgain_verify::tlog::{Hash, Tree};

use super::BundleError;
use crate::registry::{Registered, Registry, size_of};

/// The checkpoints of an organisation at a statement and at the one before it, and the registry around
/// them.
pub(super) struct Sealed {
    org: OrgId,
    /// By its size, the place in the registry, from 0, and the checkpoint.
    checkpoints: BTreeMap<u64, (u64, SignedCheckpoint)>,
    registry: SignedCheckpoint,
    leaves: Vec<Hash>,
}

impl Sealed {
    /// Reads the registry, which one of the keys must have signed.
    pub(super) fn read(
        directory: &Path,
        ledger: &LedgerId,
        keys: &[VerifierKey],
        org: &OrgId,
        (position, previous): (Position, Option<Position>),
    ) -> Result<Self, BundleError> {
        let mut checkpoints = BTreeMap::new();
        let mut leaves = Vec::new();
        let mut entry = 0;
        let mut visit = |registered: Registered<'_>| {
            let at = Position::new(size_of(registered.checkpoint));
            if registered.org == org && (at == position || Some(at) == previous) {
                checkpoints.insert(at.get(), (entry, registered.checkpoint.clone()));
            }
            leaves.push(registered.leaf);
            entry += 1;
        };
        let registry = Registry::read(directory, ledger, keys, None, &mut visit)?;
        let org = org.clone();
        match registry.checkpoint().cloned() {
            Some(registry) => Ok(Self {
                org,
                checkpoints,
                registry,
                leaves,
            }),
            None => Err(BundleError::NotSealed { org, position }),
        }
    }

    /// The checkpoint at a position, by the history's own tree, and its place in the registry.
    pub(super) fn at(
        &self,
        position: Position,
        tree: &Tree,
    ) -> Result<(u64, &SignedCheckpoint), BundleError> {
        let org = || self.org.clone();
        let found = self.checkpoints.get(&position.get());
        let (entry, signed) = found.ok_or_else(|| BundleError::NotSealed {
            org: org(),
            position,
        })?;
        if tree.root_at(position.get()) == Some(signed.checkpoint().root) {
            Ok((*entry, signed))
        } else {
            Err(BundleError::NotAsSealed {
                org: org(),
                position,
            })
        }
    }

    /// The proof that a checkpoint has that place in the registry.
    pub(super) fn proof(self, entry: u64) -> TlogProof {
        TlogProof {
            index: entry,
            // The entry is one of these leaves.
            hashes: Tree::of(self.leaves).inclusion(entry).unwrap_or_default(),
            checkpoint: String::from_utf8_lossy(self.registry.note().bytes()).into_owned(),
        }
    }
}

//! Checking proofs against roots.

use tlog_tiles::tlog;

use crate::tlog::hash::{EMPTY_ROOT, Hash};

/// The most hashes a proof may have (C2SP tlog-tiles: a tree has fewer than 2^63 leaves). Held
/// before anything is hashed, since the check copies what is left of the proof at each of its
/// levels.
pub const PROOF_HASHES_MAX: usize = 63;

/// Why a proof does not prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It has more hashes than any proof needs.
    #[error("the proof has {found} hashes; no proof has more than {PROOF_HASHES_MAX}")]
    TooLong {
        /// How many it has.
        found: usize,
    },
    /// It is about a leaf outside the tree.
    #[error("there is no leaf {index} in a tree of {size}; leaves are numbered from 0")]
    NoSuchLeaf {
        /// The leaf's number.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// It is about a tree that would have become smaller.
    #[error("a tree of {old} cannot have grown into one of {new}")]
    Shrinks {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
    /// Its hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    DoesNotLead,
}

/// Checks that a tree of `size` leaves with that root has that leaf as its number `index`, from 0
/// (RFC 6962 section 2.1.1). The proof begins with the leaf's sibling.
pub fn check_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    let proof = capped(proof)?;
    tlog::check_record(&proof, size, root.into(), index, leaf.into())
        .map_err(|_| ProofError::DoesNotLead)
}

/// Checks that a tree of `new_size` leaves with that root begins with the tree of `old_size`
/// (RFC 6962 section 2.1.2). Every tree begins with the empty one, which takes no proof.
pub fn check_consistency(
    old_size: u64,
    old_root: Hash,
    new_size: u64,
    new_root: Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > new_size {
        return Err(ProofError::Shrinks {
            old: old_size,
            new: new_size,
        });
    }
    let proof = capped(proof)?;
    if old_size == 0 {
        let empty_alike = new_size != 0 || new_root == EMPTY_ROOT;
        return if proof.is_empty() && old_root == EMPTY_ROOT && empty_alike {
            Ok(())
        } else {
            Err(ProofError::DoesNotLead)
        };
    }
    tlog::check_tree(&proof, new_size, new_root.into(), old_size, old_root.into())
        .map_err(|_| ProofError::DoesNotLead)
}

fn capped(proof: &[Hash]) -> Result<Vec<tlog::Hash>, ProofError> {
    if proof.len() > PROOF_HASHES_MAX {
        return Err(ProofError::TooLong { found: proof.len() });
    }
    Ok(proof.iter().copied().map(tlog::Hash::from).collect())
}

//! Merkle trees of RFC 6962 section 2.1: their hashes, roots and proofs.
//!
//! This module and its parts are the one place that uses `tlog_tiles` and `signed_note`; none of
//! their types leave it.

mod frontier;
mod hash;
pub(crate) mod note_form;
mod proof;
mod tree;

pub use self::frontier::Frontier;
pub use self::hash::{EMPTY_ROOT, Hash, HashError, leaf_hash};
pub use self::proof::{PROOF_HASHES_MAX, ProofError, check_consistency, check_inclusion};
pub use self::tree::Tree;

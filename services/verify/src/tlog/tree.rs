//! All the hashes of a tree.

use tlog_tiles::tlog::{self, HashReader};

use crate::tlog::hash::{EMPTY_ROOT, Hash, node_hash};

/// A tree with all its hashes, from which every root and every proof can be given. It takes about
/// 64 bytes a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The leaves, then each level above them. A last node without a sibling stands in the next
    /// level as it is, which gives the tree of RFC 6962: there the left side of a split is the
    /// largest perfect tree, so that only the right edge can be uneven.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over those leaves, by their hashes.
    #[must_use]
    pub fn of(leaves: Vec<Hash>) -> Self {
        let mut levels = Vec::new();
        let mut level = leaves;
        while level.len() > 1 {
            let (pairs, lone) = level.as_chunks::<2>();
            let above = pairs.iter().map(|&[left, right]| node_hash(left, right));
            let above = above.chain(lone.iter().copied()).collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { levels }
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        let leaves = self.levels.first().map_or(0, Vec::len);
        // No machine holds more than 2^64 hashes.
        u64::try_from(leaves).unwrap_or(u64::MAX)
    }

    /// Its root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let top = self.levels.last().and_then(|level| level.first());
        top.copied().unwrap_or(EMPTY_ROOT)
    }

    /// The root it had at an earlier size; none at a size it has not reached.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        if size > self.size() {
            return None;
        }
        tlog::tree_hash(size, self).ok().map(Hash::from)
    }

    /// The hash of a leaf, by its number from 0.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.node(0, index)
    }

    /// The proof that the leaf of that number is in the tree: the leaf's sibling first (RFC 6962
    /// section 2.1.1).
    #[must_use]
    pub fn inclusion(&self, index: u64) -> Option<Vec<Hash>> {
        Some(self.path(index)?.collect())
    }

    /// The same, hash by hash.
    pub(crate) fn path(&self, index: u64) -> Option<impl Iterator<Item = Hash> + '_> {
        self.leaf(index)?;
        let mut at = usize::try_from(index).ok()?;
        Some(self.levels.iter().filter_map(move |level| {
            let sibling = level.get(at ^ 1).copied();
            at >>= 1;
            sibling
        }))
    }

    /// The proof that the tree begins with the one of that earlier size (RFC 6962 section 2.1.2);
    /// none for a size it has not reached.
    #[must_use]
    pub fn consistency(&self, old: u64) -> Option<Vec<Hash>> {
        let size = self.size();
        if old == 0 {
            return Some(Vec::new());
        }
        if old > size {
            return None;
        }
        let proof = tlog::prove_tree(size, old, self).ok()?;
        Some(proof.into_iter().map(Hash::from).collect())
    }

    fn node(&self, level: usize, index: u64) -> Option<Hash> {
        let level = self.levels.get(level)?;
        level.get(usize::try_from(index).ok()?).copied()
    }
}

/// Roots and proofs are put together from the perfect subtrees, which every level holds.
impl HashReader for Tree {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog::Hash>, tlog::Error> {
        let read = |&index: &u64| {
            let (level, index) = tlog::split_stored_hash_index(index);
            let node = self.node(usize::from(level), index);
            node.map(tlog::Hash::from)
                .ok_or(tlog::Error::IndexesNotInTree)
        };
        indexes.iter().map(read).collect()
    }
}

/// The tree as RFC 6962 section 2.1 defines it, word for word, to hold the others to.
#[cfg(test)]
pub(crate) mod naive {
    use super::*;
    use crate::tlog::leaf_hash;

    /// That many different leaves.
    pub(crate) fn leaves(count: u32) -> Vec<Hash> {
        (0..count)
            .map(|leaf| leaf_hash(&leaf.to_be_bytes()))
            .collect()
    }

    /// The largest power of two below that count.
    fn split(count: usize) -> usize {
        1 << (count - 1).ilog2()
    }

    /// MTH.
    pub(crate) fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => EMPTY_ROOT,
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len()));
                node_hash(root(left), root(right))
            }
        }
    }

    /// PATH.
    pub(crate) fn inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() <= 1 {
            return Vec::new();
        }
        let k = split(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut proof, sibling) = if index < k {
            (inclusion(index, left), root(right))
        } else {
            (inclusion(index - k, right), root(left))
        };
        proof.push(sibling);
        proof
    }

    /// PROOF.
    pub(crate) fn consistency(old: usize, leaves: &[Hash]) -> Vec<Hash> {
        subproof(old, leaves, true)
    }

    fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
        if old == leaves.len() {
            return if whole {
                Vec::new()
            } else {
                vec![root(leaves)]
            };
        }
        let k = split(leaves.len());
        let (left, right) = leaves.split_at(k);
        let (mut proof, sibling) = if old <= k {
            (subproof(old, left, whole), root(right))
        } else {
            (subproof(old - k, right, false), root(left))
        };
        proof.push(sibling);
        proof
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlog::{PROOF_HASHES_MAX, ProofError, check_consistency, check_inclusion};
    use proptest::prelude::*;

    /// Every size up to this one is tried; it passes 64 and so the first uneven tree of seven
    /// levels.
    const SIZES: u32 = 70;

    fn wide(number: usize) -> u64 {
        u64::try_from(number).unwrap()
    }

    #[test]
    fn every_root_is_that_of_the_definition() {
        let leaves = naive::leaves(SIZES);
        let tree = Tree::of(leaves.clone());
        for size in 0..=leaves.len() {
            let expected = naive::root(&leaves[..size]);
            assert_eq!(Tree::of(leaves[..size].to_vec()).root(), expected);
            assert_eq!(tree.root_at(wide(size)), Some(expected));
        }
        assert_eq!(tree.root_at(wide(leaves.len()) + 1), None);
        assert_eq!(tree.leaf(3), Some(leaves[3]));
        assert_eq!(tree.leaf(wide(leaves.len())), None);
    }

    #[test]
    fn every_inclusion_proof_is_that_of_the_definition_and_proves_its_leaf_alone() {
        for size in 1..=SIZES {
            let leaves = naive::leaves(size);
            let tree = Tree::of(leaves.clone());
            for (index, leaf) in leaves.iter().enumerate() {
                let proof = naive::inclusion(index, &leaves);
                assert_eq!(tree.inclusion(wide(index)).as_ref(), Some(&proof));
                let check = |leaf: Hash, index: u64, proof: &[Hash]| {
                    check_inclusion(leaf, index, tree.size(), tree.root(), proof)
                };
                assert_eq!(check(*leaf, wide(index), &proof), Ok(()));
                let other = (index + 1) % leaves.len();
                if other != index {
                    assert!(check(leaves[other], wide(index), &proof).is_err());
                    assert!(check(*leaf, wide(other), &proof).is_err());
                }
                for changed in 0..proof.len() {
                    let mut wrong = proof.clone();
                    wrong[changed] = EMPTY_ROOT;
                    assert!(check(*leaf, wide(index), &wrong).is_err());
                    wrong.remove(changed);
                    assert!(check(*leaf, wide(index), &wrong).is_err());
                }
                let longer = [&proof[..], &[EMPTY_ROOT]].concat();
                assert!(check(*leaf, wide(index), &longer).is_err());
            }
            assert_eq!(tree.inclusion(tree.size()), None);
        }
    }

    #[test]
    fn every_consistency_proof_is_that_of_the_definition_and_proves_its_tree_alone() {
        for size in 1..=SIZES {
            let leaves = naive::leaves(size);
            let tree = Tree::of(leaves.clone());
            for old in 1..=leaves.len() {
                let proof = naive::consistency(old, &leaves);
                assert_eq!(tree.consistency(wide(old)).as_ref(), Some(&proof));
                let old_root = naive::root(&leaves[..old]);
                let check = |old_size: u64, old_root: Hash, root: Hash, proof: &[Hash]| {
                    check_consistency(old_size, old_root, tree.size(), root, proof)
                };
                assert_eq!(check(wide(old), old_root, tree.root(), &proof), Ok(()));
                assert!(check(wide(old), EMPTY_ROOT, tree.root(), &proof).is_err());
                assert!(check(wide(old), old_root, EMPTY_ROOT, &proof).is_err());
                for changed in 0..proof.len() {
                    let mut wrong = proof.clone();
                    wrong[changed] = EMPTY_ROOT;
                    assert!(check(wide(old), old_root, tree.root(), &wrong).is_err());
                }
            }
            assert_eq!(tree.consistency(0), Some(Vec::new()));
            assert_eq!(tree.consistency(tree.size() + 1), None);
        }
    }

    #[test]
    fn every_tree_begins_with_the_empty_one_and_with_nothing_else_of_its_size() {
        let tree = Tree::of(naive::leaves(5));
        let check = |old_root, new_size, new_root, proof: &[Hash]| {
            check_consistency(0, old_root, new_size, new_root, proof)
        };
        assert_eq!(check(EMPTY_ROOT, 5, tree.root(), &[]), Ok(()));
        assert_eq!(check(EMPTY_ROOT, 0, EMPTY_ROOT, &[]), Ok(()));
        for wrong in [
            check(tree.root(), 5, tree.root(), &[]),
            check(EMPTY_ROOT, 0, tree.root(), &[]),
            check(EMPTY_ROOT, 5, tree.root(), &[EMPTY_ROOT]),
        ] {
            assert_eq!(wrong, Err(ProofError::DoesNotLead));
        }
    }

    #[test]
    fn a_proof_that_is_too_long_or_of_sizes_that_cannot_be_is_refused_before_it_is_hashed() {
        let long = vec![EMPTY_ROOT; PROOF_HASHES_MAX + 1];
        let too_long = Err(ProofError::TooLong { found: 64 });
        assert_eq!(
            check_inclusion(EMPTY_ROOT, 0, u64::MAX, EMPTY_ROOT, &long),
            too_long
        );
        assert_eq!(
            check_consistency(1, EMPTY_ROOT, u64::MAX, EMPTY_ROOT, &long),
            too_long
        );
        assert_eq!(
            check_inclusion(EMPTY_ROOT, 5, 5, EMPTY_ROOT, &[]),
            Err(ProofError::NoSuchLeaf { index: 5, size: 5 })
        );
        assert_eq!(
            check_consistency(6, EMPTY_ROOT, 5, EMPTY_ROOT, &[]),
            Err(ProofError::Shrinks { old: 6, new: 5 })
        );
    }

    #[test]
    fn no_sizes_make_a_check_panic() {
        let edges = [0, 1, 2, 3, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX];
        for (a, b) in edges.iter().flat_map(|a| edges.map(|b| (*a, b))) {
            for length in [0, 1, 62, 63] {
                let proof = vec![Hash::from_bytes([7; 32]); length];
                let root = Hash::from_bytes([9; 32]);
                assert!(check_inclusion(EMPTY_ROOT, a, b, root, &proof).is_err());
                let same = a == b && length == 0 && a != 0;
                assert_eq!(check_consistency(a, root, b, root, &proof).is_ok(), same);
            }
        }
    }

    proptest! {
        #[test]
        fn proofs_of_larger_trees_hold(size in 1_u32..3_000, a in any::<u64>(), b in any::<u64>()) {
            let tree = Tree::of(naive::leaves(size));
            let (index, old) = (a % tree.size(), b % tree.size() + 1);
            let leaf = tree.leaf(index).unwrap();
            let inclusion = tree.inclusion(index).unwrap();
            prop_assert_eq!(check_inclusion(leaf, index, tree.size(), tree.root(), &inclusion), Ok(()));
            let (old_root, consistency) = (tree.root_at(old).unwrap(), tree.consistency(old).unwrap());
            prop_assert_eq!(
                check_consistency(old, old_root, tree.size(), tree.root(), &consistency),
                Ok(())
            );
        }
    }
}

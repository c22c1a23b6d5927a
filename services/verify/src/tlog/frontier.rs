//! The edge of a tree that only grows.

use crate::tlog::hash::{EMPTY_ROOT, Hash, node_hash};

/// The compact range of a growing tree: the roots of the perfect subtrees that its leaves fall
/// into, the largest first. It is all that appending and the root take, at most 64 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    subtrees: Vec<Hash>,
    size: u64,
}

impl Frontier {
    /// Appends a leaf, by its hash. One node is hashed for each leaf, seen over many.
    pub fn push(&mut self, leaf: Hash) {
        // Each one bit at the end of the size stands for a subtree as large as what is carried.
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                node = node_hash(left, node);
            }
        }
        self.subtrees.push(node);
        // No history on a disk comes near the end of 64 bits.
        self.size = self.size.saturating_add(1);
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The tree's root.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut subtrees = self.subtrees.iter().rev().copied();
        let smallest = subtrees.next().unwrap_or(EMPTY_ROOT);
        subtrees.fold(smallest, |right, left| node_hash(left, right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlog::tree::naive;

    #[test]
    fn the_root_is_that_of_the_definition_at_every_size() {
        let leaves = naive::leaves(300);
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root(), EMPTY_ROOT);
        for size in 1..=leaves.len() {
            frontier.push(leaves[size - 1]);
            assert_eq!(frontier.size(), u64::try_from(size).unwrap());
            assert_eq!(frontier.root(), naive::root(&leaves[..size]), "size {size}");
        }
    }

    #[test]
    fn it_keeps_one_hash_for_each_one_bit_of_its_size() {
        let mut frontier = Frontier::default();
        for leaf in naive::leaves(1000) {
            frontier.push(leaf);
            assert_eq!(
                frontier.subtrees.len(),
                usize::try_from(frontier.size().count_ones()).unwrap()
            );
        }
    }
}

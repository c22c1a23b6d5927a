//! The step `root`: the root over all lines is the checkpoint's, so nothing was left out.

use crate::bundle::log::Log;
use crate::bundle::step::Checked;
use crate::tlog::{Hash, Tree};

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the events' root is {found}, and the checkpoint says {said}: an event was changed")]
pub(super) struct OtherRoot {
    found: Hash,
    said: Hash,
}

/// Checks the root; gives the tree.
pub(super) fn check(log: &Log, leaves: Vec<Hash>) -> Checked<Tree, OtherRoot> {
    let tree = Tree::of(leaves);
    let (found, said) = (tree.root(), log.signed.checkpoint().root);
    if found == said {
        Ok((tree, said.to_string()))
    } else {
        Err(OtherRoot { found, said })
    }
}

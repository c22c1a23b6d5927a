//! The step `inclusion`: each proof of `inclusion.txt` leads from its event to the root.

use crate::archive::Archive;
use crate::bundle::step::Checked;
use crate::proof_text::{inclusion_index, write_inclusion_line};
use crate::tlog::Tree;

/// Why the step does not hold.
#[derive(Debug, thiserror::Error)]
pub(super) enum InclusionError {
    #[error("inclusion.txt is not UTF-8 text")]
    NotText,
    #[error("the last line of inclusion.txt has no line feed")]
    NoLineFeed,
    #[error("line {line} of inclusion.txt does not begin with a leaf's number")]
    Index { line: usize },
    #[error("line {line} of inclusion.txt is out of order: leaf {index} after leaf {before}")]
    Order {
        line: usize,
        index: u64,
        before: u64,
    },
    #[error("line {line} of inclusion.txt is of leaf {index}, and there are {size}, from 0")]
    NoSuchLeaf { line: usize, index: u64, size: u64 },
    #[error(
        "line {line} of inclusion.txt is not the proof that leads from leaf {index} to the root"
    )]
    DoesNotLead { line: usize, index: u64 },
}

/// Checks every proof.
pub(super) fn check(archive: &Archive<'_>, tree: &Tree) -> Checked<(), InclusionError> {
    let text = archive.file("inclusion.txt").unwrap_or_default();
    let text = std::str::from_utf8(text).map_err(|_| InclusionError::NotText)?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(InclusionError::NoLineFeed);
    }
    let mut proofs = 0;
    let mut last = None;
    let mut expected = String::new();
    for (line, given) in (1..).zip(text.split_inclusive('\n')) {
        let index = inclusion_index(given).ok_or(InclusionError::Index { line })?;
        if let Some(before) = last.replace(index).filter(|before| *before >= index) {
            return Err(InclusionError::Order {
                line,
                index,
                before,
            });
        }
        // The whole tree is here, computed from the events and with the checkpoint's root. So a
        // proof leads to the root exactly if each of its hashes is the tree's own on the way: any
        // other would be a collision of SHA-256. Comparing takes a fraction of hashing every way up
        // once more.
        let size = tree.size();
        let path = tree.path(index);
        let path = path.ok_or(InclusionError::NoSuchLeaf { line, index, size })?;
        expected.clear();
        write_inclusion_line(index, path, &mut expected);
        if given != expected {
            return Err(InclusionError::DoesNotLead { line, index });
        }
        proofs = line;
    }
    Ok(((), format!("{proofs} proofs lead to the root")))
}

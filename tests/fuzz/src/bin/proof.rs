//! Proofs as text are read in one form only, and a proof made of a stranger's bytes proves nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netgain_verify::proof_text::{TlogProof, consistency_text, read_consistency_text};
use netgain_verify::tlog::{Hash, Tree, check_consistency, check_inclusion, leaf_hash};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(proof) = text.parse::<TlogProof>() {
            assert_eq!(proof.to_string(), text);
        }
        if let Ok(hashes) = read_consistency_text(text) {
            assert_eq!(consistency_text(&hashes), text);
        }
    }
    // Two numbers, and the rest as hashes.
    let Some((numbers, rest)) = bytes.split_first_chunk::<2>() else {
        return;
    };
    let [index, size] = numbers.map(u64::from);
    let proof: Vec<Hash> = rest
        .as_chunks::<32>()
        .0
        .iter()
        .map(|hash| Hash::from_bytes(*hash))
        .collect();
    let leaf = leaf_hash(b"an event that is not in the tree");
    let tree = Tree::of((0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect());
    assert!(check_inclusion(leaf, index, size, tree.root(), &proof).is_err());
    if let Some(right) = tree.inclusion(index) {
        let there = leaf_hash(&index.to_be_bytes());
        assert!(check_inclusion(there, index, size, tree.root(), &right).is_ok());
        assert_eq!(
            check_inclusion(there, index, size, tree.root(), &proof).is_ok(),
            proof == right
        );
    }
    let other = leaf_hash(b"another root");
    if index > 0 && index < size {
        assert!(check_consistency(index, other, size, tree.root(), &proof).is_err());
    }
});

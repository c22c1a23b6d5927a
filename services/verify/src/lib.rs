//! What makes a netgain history checkable by someone who does not trust whoever keeps it: Merkle
//! trees, signed checkpoints, proofs, and statement bundles with their verifier.
//!
//! `docs/BUNDLE.md` is the specification. This crate is pure: bytes in, a verdict out. Deliberately
//! absent: files, network, environment, clocks, randomness and logging. A key's seed and a
//! cosignature's time arrive as arguments; what [`bundle::verify`] says follows from its two
//! arguments alone.

pub mod archive;
pub mod bundle;
pub mod checkpoint;
pub mod cosignature;
pub mod key_file;
pub mod note;
pub mod proof_text;
pub mod tlog;

/// The `README.txt` of every bundle: what it is and how to check it, in plain words.
pub const README_TEXT: &str = include_str!("../bundle/README.txt");

/// The `verify.py` of every bundle: the verifier in Python, written a second time from
/// `docs/BUNDLE.md`.
pub const VERIFY_PY: &[u8] = include_bytes!("../verify.py");

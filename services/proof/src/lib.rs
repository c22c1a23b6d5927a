//! Makes what proves a ledger: seals, checkpoints, statements' bundles and audit samples; keeps the
//! keys that sign them.
//!
//! Each organisation's events are the leaves of a Merkle tree of its own. A [`sealer::Sealer`] signs
//! a checkpoint of each tree as it grows and registers all of them in one more tree, the
//! [`registry`], whose newest checkpoint is what is published. When it starts, it holds the log to
//! what was signed: a history that is shorter or different is an [`alarm`], never sealed over.
//!
//! Where several processes could seal one ledger, an [`agreement`] says which seal comes next, and each
//! keeps all of them in a directory of its own.
//!
//! What is checked, and how, is in `docs/BUNDLE.md` and `netgain-verify`; this crate only makes it. A
//! [`bundle`](mod@bundle) carries one statement with everything that checking it takes; a
//! [`sample`] names the claims that an audit looks at.

pub mod agreement;
pub mod alarm;
pub mod bring;
pub mod bundle;
pub mod examine;
pub mod kept;
pub mod keys;
mod leaf_hashes;
mod leaves;
mod notes;
pub mod registry;
pub mod sample;
pub mod sealer;
#[cfg(test)]
mod several_sealers;
pub mod signed_seal;
pub mod store;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use netgain_durable_files::FileError;

//! The ports of a netgain ledger, and what joins them: load, decide, append; follow, fold.

#[cfg(any(test, feature = "testing"))]
pub mod conformance;
pub mod log;
pub mod memory;

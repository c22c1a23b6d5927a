//! What the tests that cross crates share: the NI179 rules written a second time, in another
//! shape, and histories to compare the two on.
//!
//! Nothing here is part of the program. [`mod@reference`] takes its amounts and years from
//! `netgain-events` and nothing else, so that a mistake in the ledger's own fold cannot hide in
//! both.

pub mod histories;
pub mod reference;

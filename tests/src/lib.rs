//! What the tests that cross crates share: the NI179 rules written a second time, in another
//! shape; histories to compare the two on; and the program as its users meet it.
//!
//! Nothing here is part of the program. [`mod@reference`] takes its amounts and years from
//! `netgain-events` and nothing else, so that a mistake in the ledger's own fold cannot hide in
//! both. [`program`], [`service`] and [`segment`] take nothing from the other crates at all: the first
//! two run the program as a process, the other rewrites a log's file.

pub mod examples;
pub mod figures;
pub mod histories;
pub mod program;
pub mod reference;
pub mod segment;
pub mod servers;
pub mod service;

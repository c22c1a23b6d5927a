//! The questions a person can ask of a history, and the documents that answer them.
//!
//! The command line and the HTTP service ask here, so that both say the very same. A question comes
//! as parsed values ([`parameters`] reads them from text); an answer is typed figures, for whoever
//! draws a table of them, and one JSON document. What cannot be answered is a
//! [`NotAnswered`]: unknown, a bad question or a fault, each for its
//! caller to turn into an exit status or a response.
//!
//! Deliberately absent: files, the network, the clock, and printing.

pub mod claim;
pub mod claims;
pub mod evidence;
pub mod explain;
pub mod import;
pub mod known;
pub mod not_answered;
pub mod parameters;
pub mod pounds;
pub mod report;
pub mod report_name;
pub mod statements;
#[cfg(test)]
mod testing;
pub mod totals;
pub mod words;

pub use not_answered::{BadQuestion, Fault, NotAnswered, Unknown};

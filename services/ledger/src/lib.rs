//! The ports of a netgain ledger, and what joins them: load, decide, append; follow, fold.
//!
//! A [`log::Log`] is the record; [`views::Views`] spare a restart some time; a [`clock::Clock`] says
//! when. Each has a double in memory. [`ledger::Ledger`] decides and appends; [`history`] and
//! [`fold_all`](mod@fold_all) read and fold.

pub mod accounts;
pub mod clock;
pub mod conformance;
pub mod fold_all;
pub mod history;
pub mod ledger;
pub mod loaded;
pub mod log;
pub mod memory;
pub mod memory_views;
#[cfg(test)]
mod several_writers;
#[cfg(test)]
mod unread_events;
pub mod views;
pub mod views_conformance;

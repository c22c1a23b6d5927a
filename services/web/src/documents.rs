//! What the API's description says of the documents that go in and out.
//!
//! The answers themselves are written elsewhere, each by the crate that knows it; these types only describe
//! them. `tests/api/run` holds every description to real answers, field by field, so that they cannot drift.
//! Words and commands come from the vocabularies that decide what is accepted.

pub(crate) mod claims;
mod command_form;
mod command_table;
mod command_values;
pub(crate) mod commands;
pub(crate) mod events;
pub(crate) mod figures;
pub(crate) mod import;
pub(crate) mod parameters;
mod report_figures;
pub(crate) mod reports;
pub(crate) mod statements;
mod value;
pub(crate) mod values;
pub(crate) mod words;

#[cfg(test)]
mod tests;

//! What a person typed, and how it becomes a command.
//!
//! A form's fields are read one by one by the types of `netgain-events`, so that all that is wrong is
//! said at once, each beside its field; whatever depends on the history the ledger decides, and its
//! refusal finds its way back to the field it names.

pub mod amend;
pub mod asked;
pub mod carry_forward;
pub mod challenge;
pub mod check;
mod command;
mod evidence;
pub mod form;
mod gain;
pub mod log_gain;
pub(crate) mod note;
pub mod offset;
pub mod place;
pub mod problems;
pub mod reader;
pub mod redeployment;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod typed;
pub mod validate;
pub mod withdraw;
pub mod worklist;

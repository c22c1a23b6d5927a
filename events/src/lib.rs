//! What can be asked of a netgain ledger, what was decided, and how it is written down.
//!
//! Data goes one way: **command → decide → event → log → fold → view**. This crate is pure: values
//! in, values out. The clock's reading, new identifiers and a statement's figures arrive as
//! arguments. Deliberately absent: async, files, network, environment, clocks, randomness, logging
//! and floating-point numbers.
//!
//! A command proposes a [`fact`]; [`decide`] holds it against the folded [`state`] of one
//! organisation and gives an [`event`] or a [`refusal`]; [`wire`] is the event's one written form.

pub mod access;
pub mod authority;
pub mod claim;
pub mod command;
mod date;
pub mod decide;
mod digits;
pub mod event;
pub mod fact;
pub mod financial_year;
pub mod identifier;
pub mod json;
pub mod money;
mod plain_text;
pub mod rate;
pub mod recorded_at;
pub mod refusal;
pub mod ruleset;
pub mod sha256;
pub mod sorted_map;
pub mod state;
pub mod text;
mod text_form;
pub mod vocabulary;
pub mod wire;

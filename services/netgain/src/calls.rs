//! The calls of the command line, one file each.

pub(crate) mod cluster;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod not_answered;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod sample;
pub(crate) mod serve;
pub(crate) mod statement;
pub(crate) mod token;
pub(crate) mod totals;
pub(crate) mod trail;
pub(crate) mod user;
pub(crate) mod verify;
pub(crate) mod verify_bundle;
pub(crate) mod views;
pub(crate) mod witness;

//! The pages, one file each: what is shown, put into words and components from what was found.

pub mod adding_up;
pub mod board;
pub mod boards;
pub mod changes;
pub mod claim;
pub mod claims;
pub mod event;
pub mod failed;
pub mod form;
pub mod history;
pub mod home;
pub mod import;
pub mod organisations;
pub mod proof;
pub mod sample;
pub mod settings;
pub mod sign_in;
pub mod signed_out;
pub mod statements;
pub mod why;

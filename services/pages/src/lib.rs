//! What people see in a browser: components, charts, forms and pages.
//!
//! Values in, HTML out. Nothing here listens, waits, or reads a clock: `netgain-web` asks the ledger,
//! and hands over what it found. `components` are GOV.UK's by their published markup, `pages` has one
//! file a page, and what a person typed becomes a command in `forms`.

pub mod assets;
pub mod charts;
pub mod components;
pub mod figures;
pub mod forms;
pub mod frame;
pub mod known;
pub mod link;
pub mod lookup;
pub mod pages;
pub mod plain_words;
pub mod standing;
#[cfg(test)]
pub(crate) mod testing;
pub mod when;
pub mod year;

pub use self::frame::Frame;

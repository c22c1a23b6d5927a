//! Tables in, the bytes of a workbook or of a CSV file out.
//!
//! A [`Book`] is one table with what has to be known about it. [`xlsx()`] and [`csv()`] write it; both write
//! text so that no spreadsheet program takes it for a formula (`inert`). [`template`] writes the sheet that
//! `netgain-sheets` reads.
//!
//! Deliberately absent: files, the network, the clock, and floating point. A workbook's numbers are binary
//! floating point by its format, so an amount goes there as a decimal and only where it comes back to the
//! penny; a larger one is written as text.

mod book;
mod csv;
mod inert;
mod not_written;
pub mod template;
mod xlsx;

pub use self::book::{Book, Cell, Column, Kind, Table};
pub use self::csv::csv;
pub use self::not_written::NotWritten;
pub use self::xlsx::xlsx;

//! Why a file could not be written.

use rust_xlsxwriter::XlsxError;

/// A file could not be written. No text and no amount leads here: it is the program's own mistake, or
/// there is no memory.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// The workbook.
    #[error("the workbook could not be written")]
    Workbook(#[from] XlsxError),
    /// The CSV file.
    #[error("the CSV file could not be written")]
    DelimitedText(#[from] ::csv::Error),
}

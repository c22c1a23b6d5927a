//! Why a file cannot be read as a sheet at all.

use std::io;

use crate::cell_address::CellAddress;
use crate::limits;
use crate::problem::Problem;

/// The file cannot be read as a sheet. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// Over [`limits::FILE_BYTES_MAX`].
    #[error("the file is larger than 10 MiB; import it in parts, or without pictures")]
    FileTooLarge,
    /// The file has no bytes.
    #[error("the file is empty; save the sheet again and import that file")]
    EmptyFile,
    /// The compound file format of Excel 97 to 2003, whatever the file's name says.
    #[error(
        "{file} is an old Excel workbook (.xls) whatever its name says; open it and save it as .xlsx"
    )]
    OldExcel {
        /// The name it was given with, in quotes.
        file: String,
    },
    /// An xlsx or ods with a password.
    #[error(
        "the workbook is protected by a password; open it, take the password off and save it as .xlsx"
    )]
    Encrypted,
    /// An Excel binary workbook.
    #[error("the file is an Excel binary workbook (.xlsb); open it and save it as .xlsx")]
    BinaryWorkbook,
    /// A web page or another XML document, as some systems export under the name .xls.
    #[error(
        "the file is a web page or XML, not a spreadsheet; open it in a spreadsheet program and save it as .xlsx"
    )]
    MarkupDocument,
    /// Something else: a document, a picture, a program.
    #[error("the file is not a spreadsheet; save it as .xlsx, .ods or CSV")]
    NotASpreadsheet,
    /// UTF-16, or bytes that begin as UTF-8 says and then are not.
    #[error("the text is not in UTF-8; save it as \"CSV UTF-8\"")]
    OtherEncoding,
    /// Cut short, altered, or written by a program that does not keep to the format.
    #[error(
        "the workbook is damaged or cut short; open it in a spreadsheet program and save it again"
    )]
    Damaged {
        /// What could not be read.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Over [`limits::ENTRIES_MAX`].
    #[error(
        "the workbook has more than 1,000 parts; copy the sheet into a new workbook and save that"
    )]
    TooManyParts,
    /// Over [`limits::UNPACKED_BYTES_MAX`] or [`limits::RATIO_MAX`].
    #[error(
        "the workbook unpacks to far more than a list of claims needs; copy the sheet into a new workbook and save that"
    )]
    UnpacksTooLarge,
    /// A value below row [`limits::ROWS_MAX`].
    #[error("{at} lies below row 20,000; delete what stands there, or import the list in parts")]
    TooManyRows {
        /// The first such cell.
        at: CellAddress,
    },
    /// A value right of column [`limits::COLUMNS_MAX`].
    #[error("{at} lies right of the 200th column; delete what stands there")]
    TooManyColumns {
        /// The first such cell.
        at: CellAddress,
    },
    /// Over [`limits::CELLS_MAX`] or [`limits::SHEET_TEXT_MAX`], or a part of the workbook holds more
    /// texts, formats or other things than its readers may collect.
    #[error(
        "the workbook holds more than a list of 20,000 claims needs; copy the list into a new workbook, or import it in parts"
    )]
    TooMuchContent,
    /// Over [`limits::CELL_TEXT_MAX`].
    #[error("{at} holds more than 32 KiB of text; shorten it")]
    CellTooLong {
        /// The cell.
        at: CellAddress,
    },
    /// The workbook has no sheet of that name.
    #[error("the workbook has no sheet {wanted}; it has {names}")]
    NoSuchSheet {
        /// The name asked for, in quotes.
        wanted: String,
        /// The names there are, in quotes.
        names: String,
    },
    /// The workbook has no sheet with cells in it that is not hidden.
    #[error("the workbook has no visible sheet; name the sheet to import")]
    NoVisibleSheet,
    /// A quotation mark opens a cell of a CSV file and nothing closes it.
    #[error(
        "the quotation mark that opens {at} is never closed; close it, or double it if it belongs to the text"
    )]
    OpenQuote {
        /// The cell it opens.
        at: CellAddress,
    },
    /// Text follows the closing quotation mark of a CSV cell, so rows may have run together.
    #[error(
        "text follows the closing quotation mark of {at}; double each mark that belongs to the text"
    )]
    TextAfterQuote {
        /// The cell it stands in.
        at: CellAddress,
    },
}

impl SheetError {
    /// A damaged workbook, and what could not be read.
    pub(crate) fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Damaged {
            cause: cause.into(),
        }
    }

    /// `too-large` for what is over a cap, else `bad-file`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge
            | Self::TooManyParts
            | Self::UnpacksTooLarge
            | Self::TooManyRows { .. }
            | Self::TooManyColumns { .. }
            | Self::TooMuchContent
            | Self::CellTooLong { .. } => "too-large",
            Self::EmptyFile
            | Self::OldExcel { .. }
            | Self::Encrypted
            | Self::BinaryWorkbook
            | Self::MarkupDocument
            | Self::NotASpreadsheet
            | Self::OtherEncoding
            | Self::Damaged { .. }
            | Self::NoSuchSheet { .. }
            | Self::NoVisibleSheet
            | Self::OpenQuote { .. }
            | Self::TextAfterQuote { .. } => "bad-file",
        }
    }

    /// The cell it is about, where it is about one.
    #[must_use]
    pub const fn cell(&self) -> Option<CellAddress> {
        match self {
            Self::TooManyRows { at }
            | Self::TooManyColumns { at }
            | Self::CellTooLong { at }
            | Self::OpenQuote { at }
            | Self::TextAfterQuote { at } => Some(*at),
            Self::FileTooLarge
            | Self::TooManyParts
            | Self::UnpacksTooLarge
            | Self::TooMuchContent
            | Self::EmptyFile
            | Self::OldExcel { .. }
            | Self::Encrypted
            | Self::BinaryWorkbook
            | Self::MarkupDocument
            | Self::NotASpreadsheet
            | Self::OtherEncoding
            | Self::Damaged { .. }
            | Self::NoSuchSheet { .. }
            | Self::NoVisibleSheet => None,
        }
    }
}

/// So that a caller has one list, whether the file or its rows are wrong.
impl From<SheetError> for Problem {
    fn from(error: SheetError) -> Self {
        match error.cell() {
            Some(cell) => Self::of_cell(cell, None, error.code(), error.to_string()),
            None => Self::of_sheet(error.code(), error.to_string()),
        }
    }
}

/// The readers underneath know only `io::Error`; a cap that was reached travels inside one.
impl From<io::Error> for SheetError {
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::damaged)
    }
}

impl From<zip::result::ZipError> for SheetError {
    fn from(error: zip::result::ZipError) -> Self {
        if let zip::result::ZipError::Io(error) = error {
            Self::from(error)
        } else {
            Self::damaged(error)
        }
    }
}

// The sentences above name the caps.
const _: () = assert!(limits::ROWS_MAX == 20_000 && limits::COLUMNS_MAX == 200);
const _: () = assert!(limits::FILE_BYTES_MAX == 10 << 20 && limits::ENTRIES_MAX == 1_000);

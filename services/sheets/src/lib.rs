//! The bytes of a spreadsheet in; claims as commands out, or every problem with its cell.
//!
//! Two steps. [`read`] turns bytes into a [`Sheet`]: the cells of one sheet, whatever kind of file
//! they came in, under the caps of [`limits`]. [`claims()`] turns a sheet into register-claim fields
//! and offsets, or says what is wrong, all at once and with cell addresses.
//!
//! What belongs to the sheet is decided here: headings, kinds of cells, dates, the text of money,
//! duplicates. What a claim may say (vocabularies, years, identifiers) is the ledger's to decide;
//! [`ClaimRow::place`] tells which cell a refused field came from.
//!
//! No file system, no network, no clock. The bytes are a stranger's: nothing in them decides how
//! much memory is asked for, and a file that would ask for too much is refused with a sentence.

mod amount;
mod archive;
mod cell_address;
mod cell_date;
mod claims;
mod column;
mod delimited_text;
mod file_kind;
mod header;
pub mod limits;
mod ods;
mod problem;
mod row;
mod row_value;
mod sheet;
mod sheet_error;
mod shown;
mod xlsx;
mod xlsx_guard;
mod xml;

pub use cell_address::{CellAddress, CellArea};
pub use claims::{Claims, claims};
pub use problem::Problem;
pub use row::{ClaimRow, OffsetCell};
pub use sheet::Sheet;
pub use sheet_error::SheetError;
pub use shown::{ShownCell, ShownRow};

use file_kind::FileKind;

/// Reads one sheet of a workbook (xlsx or ods), or a CSV file.
///
/// The kind of file is decided by its bytes; `file_name` only appears in messages. Without
/// `sheet_name` the first visible sheet is read, and the others are named in a note.
pub fn read(bytes: &[u8], file_name: &str, sheet_name: Option<&str>) -> Result<Sheet, SheetError> {
    if bytes.len() > limits::FILE_BYTES_MAX {
        return Err(SheetError::FileTooLarge);
    }
    match file_kind::of(bytes, file_name)? {
        FileKind::DelimitedText => delimited_text::read(bytes),
        FileKind::Zip => archive::without_panics(|| {
            let archive = archive::Archive::open(bytes)?;
            match file_kind::of_archive(&archive)? {
                file_kind::WorkbookKind::Xlsx => xlsx::read(archive, sheet_name),
                file_kind::WorkbookKind::Ods => ods::read(archive, sheet_name),
            }
        }),
    }
}

//! Which kind of file the bytes are. The name says nothing: an .xls renamed .xlsx is still an .xls.

use crate::archive::Archive;
use crate::problem::quoted;
use crate::sheet_error::SheetError;

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// A zip archive, which may be an xlsx or an ods.
    Zip,
    /// Text, which may be a CSV.
    DelimitedText,
}

/// What a zip archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WorkbookKind {
    Xlsx,
    Ods,
}

/// APPNOTE.TXT 4.3.7 and 4.3.16: a local file header, or the end record of an archive of nothing.
const ZIP_MAGICS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// MS-CFB 2.2: a compound file, which is what an .xls is and what an encrypted xlsx is wrapped in.
const COMPOUND_FILE_MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// MS-OFFCRYPTO 2.3.4.4: the stream that holds an encrypted package. Names are in UTF-16.
const ENCRYPTED_PACKAGE: &str = "EncryptedPackage";

/// The mimetype part of an ods, and of a template of one (ODF 1.2 part 3, 3.3).
const ODS_MIMETYPES: [&[u8]; 2] = [
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
];

pub(crate) fn of(bytes: &[u8], file_name: &str) -> Result<FileKind, SheetError> {
    if ZIP_MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
        return Ok(FileKind::Zip);
    }
    if bytes.starts_with(COMPOUND_FILE_MAGIC) {
        let name: Vec<u8> = ENCRYPTED_PACKAGE
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        if bytes.windows(name.len()).any(|window| window == name) {
            return Err(SheetError::Encrypted);
        }
        return Err(SheetError::OldExcel {
            file: quoted(file_name),
        });
    }
    if bytes.is_empty() {
        return Err(SheetError::EmptyFile);
    }
    if [b"\xFF\xFE", b"\xFE\xFF"]
        .iter()
        .any(|mark| bytes.starts_with(*mark))
    {
        return Err(SheetError::OtherEncoding);
    }
    // No encoding a CSV comes in has a zero byte; nearly every other kind of file has many.
    if bytes.contains(&0) || bytes.starts_with(b"%PDF-") {
        return Err(SheetError::NotASpreadsheet);
    }
    let text = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(bytes)
        .trim_ascii_start();
    if text.starts_with(b"<") {
        return Err(SheetError::MarkupDocument);
    }
    Ok(FileKind::DelimitedText)
}

pub(crate) fn of_archive(archive: &Archive<'_>) -> Result<WorkbookKind, SheetError> {
    if archive.has_part("xl/workbook.xml") {
        return Ok(WorkbookKind::Xlsx);
    }
    if archive.has_part("xl/workbook.bin") {
        return Err(SheetError::BinaryWorkbook);
    }
    let mimetype = archive.start_of_part("mimetype")?;
    if ODS_MIMETYPES
        .iter()
        .any(|known| mimetype.trim_ascii_end() == *known)
    {
        return Ok(WorkbookKind::Ods);
    }
    Err(SheetError::NotASpreadsheet)
}

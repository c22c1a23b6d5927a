//! A workbook's zip, unpacked under caps.
//!
//! The sizes in a zip's headers are claims. Here every part is inflated once, counting what comes
//! out, into a small buffer; whoever looks at a part sees it stream by.

use std::cell::RefCell;
use std::io::{self, BufReader, Cursor, Read};

use zip::ZipArchive;

use crate::limits::{ENTRIES_MAX, FILE_BYTES_MAX, RATIO_FREE_BYTES, RATIO_MAX, UNPACKED_BYTES_MAX};
use crate::sheet_error::SheetError;

/// What [`Archive::start_of_part`] reads: longer than every mimetype of an office document.
const START_BYTES_MAX: u64 = 128;

/// A part that streams by while it is counted.
pub(crate) type Part<'p> = BufReader<&'p mut dyn Read>;

pub(crate) struct Archive<'b> {
    zip: RefCell<ZipArchive<Cursor<&'b [u8]>>>,
    /// As parts are compared.
    names: Vec<String>,
}

impl<'b> Archive<'b> {
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, SheetError> {
        let zip = ZipArchive::new(Cursor::new(bytes))?;
        if zip.len() > ENTRIES_MAX {
            return Err(SheetError::TooManyParts);
        }
        let mut names = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index)?;
            if entry.encrypted() {
                return Err(SheetError::Encrypted);
            }
            let name = comparable(&entry.name()?);
            // Two readers could each take another of two parts with one name.
            if names.contains(&name) {
                return Err(SheetError::damaged(format!("two parts are named {name}")));
            }
            names.push(name);
        }
        if zip.has_duplicate_names() {
            return Err(SheetError::damaged("two parts have the same name"));
        }
        Ok(Self {
            zip: RefCell::new(zip),
            names,
        })
    }

    pub(crate) fn has_part(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// The first bytes of a part; none if there is no such part.
    pub(crate) fn start_of_part(&self, name: &str) -> Result<Vec<u8>, SheetError> {
        let mut start = Vec::new();
        if let Some(index) = self.names.iter().position(|known| known == name) {
            let mut zip = self.zip.borrow_mut();
            zip.by_index(index)?
                .take(START_BYTES_MAX)
                .read_to_end(&mut start)?;
        }
        Ok(start)
    }

    /// Inflates every part to its end, in the archive's order, and shows each to `look` by its
    /// name in lower case with forward slashes. What `look` leaves unread is counted all the same.
    pub(crate) fn each_part(
        &mut self,
        mut look: impl FnMut(&str, Part<'_>) -> Result<(), SheetError>,
    ) -> Result<(), SheetError> {
        let mut left = UNPACKED_BYTES_MAX;
        for (index, name) in self.names.iter().enumerate() {
            let part = self.zip.get_mut().by_index(index)?;
            let packed = part
                .compressed_size()
                .min(u64::try_from(FILE_BYTES_MAX).unwrap_or(0));
            let ratio_left = packed.saturating_mul(RATIO_MAX).max(RATIO_FREE_BYTES);
            let mut counted = Counted {
                part,
                ratio_left,
                archive_left: &mut left,
            };
            let streamed: &mut dyn Read = &mut counted;
            look(name, BufReader::new(streamed))?;
            io::copy(&mut counted, &mut io::sink())?;
        }
        Ok(())
    }
}

/// Part names are compared without case and with either slash, as the readers of workbooks do.
fn comparable(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

/// Counts what comes out of a part, and fails at the first byte too many.
struct Counted<'l, R> {
    part: R,
    ratio_left: u64,
    archive_left: &'l mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.part.read(buffer)?;
        let bytes = u64::try_from(length).unwrap_or(u64::MAX);
        let left = (
            self.ratio_left.checked_sub(bytes),
            self.archive_left.checked_sub(bytes),
        );
        if let (Some(ratio_left), Some(archive_left)) = left {
            self.ratio_left = ratio_left;
            *self.archive_left = archive_left;
            Ok(length)
        } else {
            Err(io::Error::other(SheetError::UnpacksTooLarge))
        }
    }
}

/// Runs a reader so that a fault in a library under it is a damaged file and not the end of the
/// process. The file was chosen by a stranger; the process holds a ledger.
pub(crate) fn without_panics<T>(
    read: impl FnOnce() -> Result<T, SheetError>,
) -> Result<T, SheetError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(SheetError::damaged("a reader gave up on it")))
}

//! Reads CSV (RFC 4180) as spreadsheet programs write it, in their encodings and with their
//! delimiters.
//!
//! Strict about quotation marks: one that is never closed would quietly swallow the rows below it,
//! and the amounts in them. Cells have the addresses a spreadsheet program shows, so blank lines
//! count.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use crate::cell_address::CellAddress;
use crate::limits::CELL_TEXT_MAX;
use crate::problem::Problem;
use crate::sheet::{Sheet, SheetBuilder, Value};
use crate::sheet_error::SheetError;

pub(crate) fn read(bytes: &[u8]) -> Result<Sheet, SheetError> {
    let (text, note) = decode(bytes)?;
    let mut builder = SheetBuilder::default();
    let mut cells = Cells::new(&text, delimiter(&text));
    while let Some((at, cell)) = cells.next_filled()? {
        builder.put(at, Value::Text(cell.into_owned()), false)?;
    }
    Ok(builder.finish(note.into_iter().collect()))
}

/// UTF-8 with or without its mark; else Windows-1252, which Excel in Britain writes as "CSV" and
/// in which every byte is something, so it is noted.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<Problem>), SheetError> {
    let marked = bytes.strip_prefix(b"\xEF\xBB\xBF");
    match std::str::from_utf8(marked.unwrap_or(bytes)) {
        Ok(text) => Ok((Cow::Borrowed(text), None)),
        Err(_) if marked.is_some() => Err(SheetError::OtherEncoding),
        Err(_) => {
            let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
            let message = "the text is not UTF-8 and was read as Windows-1252; check that £ and \
                           accented letters are right, or save it as \"CSV UTF-8\"";
            Ok((text, Some(Problem::of_sheet("encoding", message))))
        }
    }
}

/// A comma, unless the first line that is not blank splits only at semicolons or only at tabs.
fn delimiter(text: &str) -> char {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    // Quoted parts stand between the odd and the even marks; a doubled mark changes nothing.
    let outside_quotes: String = header.split('"').step_by(2).collect();
    [',', ';', '\t']
        .into_iter()
        .find(|mark| outside_quotes.contains(*mark))
        .unwrap_or(',')
}

/// The cells of a text, from left to right and from top to bottom.
struct Cells<'t> {
    rest: &'t str,
    delimiter: char,
    at: CellAddress,
    /// The last cell ended its line.
    line_ended: bool,
}

impl<'t> Cells<'t> {
    const fn new(text: &'t str, delimiter: char) -> Self {
        Self {
            rest: text,
            delimiter,
            at: CellAddress::new(1, 0),
            line_ended: false,
        }
    }

    /// The next cell that holds something, and its address.
    fn next_filled(&mut self) -> Result<Option<(CellAddress, Cow<'t, str>)>, SheetError> {
        while !self.rest.is_empty() {
            self.at = if std::mem::take(&mut self.line_ended) {
                CellAddress::new(self.at.row().saturating_add(1), 1)
            } else {
                CellAddress::new(self.at.row(), self.at.column().saturating_add(1))
            };
            let cell = self.next_cell()?;
            if !cell.is_empty() {
                return Ok(Some((self.at, cell)));
            }
        }
        Ok(None)
    }

    /// Takes one cell and the delimiter or line end after it.
    fn next_cell(&mut self) -> Result<Cow<'t, str>, SheetError> {
        // Blanks before a quotation mark are not part of the cell: `1, "2,3"` has two cells.
        let unindented = self
            .rest
            .trim_start_matches(|c| c == ' ' && c != self.delimiter);
        let Some(quoted) = unindented.strip_prefix('"') else {
            let end = self
                .rest
                .find([self.delimiter, '\r', '\n'])
                .unwrap_or(self.rest.len());
            let (cell, after) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
            self.rest = after;
            self.take_end();
            return Ok(Cow::Borrowed(cell));
        };
        let mut cell = Cow::Borrowed("");
        let mut rest = quoted;
        loop {
            let Some((piece, after)) = rest.split_once('"') else {
                return Err(SheetError::OpenQuote { at: self.at });
            };
            cell += piece;
            if cell.len() > CELL_TEXT_MAX {
                return Err(SheetError::CellTooLong { at: self.at });
            }
            let Some(after_doubled) = after.strip_prefix('"') else {
                self.rest = after.trim_start_matches(|c| c == ' ' && c != self.delimiter);
                break;
            };
            cell += "\"";
            rest = after_doubled;
        }
        if self.take_end() {
            Ok(cell)
        } else {
            Err(SheetError::TextAfterQuote { at: self.at })
        }
    }

    /// Takes a delimiter or a line end; false if something else comes.
    fn take_end(&mut self) -> bool {
        if let Some(after) = self.rest.strip_prefix(self.delimiter) {
            self.rest = after;
            return true;
        }
        let after_line = self
            .rest
            .strip_prefix("\r\n")
            .or_else(|| self.rest.strip_prefix('\n'))
            .or_else(|| self.rest.strip_prefix('\r'));
        match after_line {
            Some(after) => {
                self.rest = after;
                self.line_ended = true;
                true
            }
            None => self.rest.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The filled cells as `A1=text`, or the error's sentence.
    fn cells(bytes: impl AsRef<[u8]>) -> String {
        let sheet = match read(bytes.as_ref()) {
            Ok(sheet) => sheet,
            Err(error) => return error.to_string(),
        };
        let mut shown = Vec::new();
        for row in &sheet.rows {
            for cell in &row.cells {
                let Value::Text(text) = &cell.value else {
                    panic!("a CSV holds only text")
                };
                shown.push(format!("{}={text}", row.address(cell.column)));
            }
        }
        shown.join("|")
    }

    #[test]
    fn cells_have_the_addresses_a_spreadsheet_program_shows() {
        assert_eq!(cells("a,b\n1,2\n"), "A1=a|B1=b|A2=1|B2=2");
        assert_eq!(cells("a,b\r\n\r\n\r\n1,,3"), "A1=a|B1=b|A4=1|C4=3");
        assert_eq!(cells("\n\na\r1"), "A3=a|A4=1");
        assert_eq!(
            cells("a,\"x\r\ny\"\r\n,\r\n2,3"),
            "A1=a|B1=x\r\ny|A3=2|B3=3"
        );
    }

    #[test]
    fn quotes_follow_rfc_4180() {
        assert_eq!(
            cells("\"a,b\",\"say \"\"x\"\"\",\"\"\n"),
            "A1=a,b|B1=say \"x\""
        );
        assert_eq!(cells("a, \"1,000\" ,c"), "A1=a|B1=1,000|C1=c");
        assert_eq!(cells("5\" pipe,6\" pipe"), "A1=5\" pipe|B1=6\" pipe");
    }

    #[test]
    fn a_quotation_mark_cannot_swallow_rows() {
        assert!(cells("a,b\n1,\"x\n2,y\n").starts_with("the quotation mark that opens B2"));
        assert!(cells("a,b\n1,\"x\n2,\"y\n").starts_with("text follows the closing"));
        assert!(cells("a,b\n1,\"x\"y\n").contains("mark of B2"));
    }

    #[test]
    fn semicolons_and_tabs_split_if_the_header_splits_only_there() {
        assert_eq!(cells("a;b\n\"1;0\";2,5"), "A1=a|B1=b|A2=1;0|B2=2,5");
        assert_eq!(cells("\na\tb\n1\t \"2\""), "A2=a|B2=b|A3=1|B3=2");
        assert_eq!(cells("a;b,c\n1,2"), "A1=a;b|B1=c|A2=1|B2=2");
        assert_eq!(cells("\"a,b\";c\n1;2"), "A1=a,b|B1=c|A2=1|B2=2");
    }

    #[test]
    fn other_encodings_are_noted_or_refused() {
        assert_eq!(cells("\u{feff}£"), "A1=£");
        assert_eq!(
            cells(b"caf\xe9,\xa31,000 \x96 \x80"),
            "A1=café|B1=£1|C1=000 – €"
        );
        assert_eq!(read(b"\xa3").unwrap().notes[0].code, "encoding");
        assert!(cells(b"\xEF\xBB\xBF\xa3").contains("not in UTF-8"));
    }

    #[test]
    fn a_line_of_delimiters_takes_no_memory_and_a_far_value_is_refused() {
        assert_eq!(cells(",".repeat(5_000_000)), "");
        assert!(cells(format!("{}x", ",".repeat(200))).starts_with("GS1 lies right"));
        assert!(cells(format!("{}x", "\n".repeat(20_000))).starts_with("A20001 lies below"));
    }
}

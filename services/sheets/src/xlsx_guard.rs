//! What a part of an xlsx may say before the workbook reader sees it.
//!
//! The workbook reader takes numbers in a part at their word: it reserves as many shared strings
//! as a part announces, and it subtracts the corners of a range. Here those numbers are checked,
//! and everything that it collects without end is counted.

use std::io::BufRead;

use crate::cell_address::{CellAddress, CellArea};
use crate::sheet_error::SheetError;
use crate::xml::{Tag, Token, XmlError, XmlReader};

/// Different texts in a workbook: 25 for each of 20,000 rows.
const SHARED_STRINGS_MAX: u64 = 500_000;
/// Different formats of cells, as Excel's own limits have it ("unique cell formats": 65,490).
const CELL_FORMATS_MAX: u64 = 65_490;
/// Elements that are neither cells nor their text: columns, formats, names, links.
const OTHER_ELEMENTS_MAX: u64 = 1_000_000;
/// Bytes of text inside one cell, shared string or name, as it stands in the file: 32 KiB with
/// every character written as an entity.
const RECORD_TEXT_MAX: usize = 256 * 1024;

#[derive(Default)]
struct Counts {
    shared_strings: u64,
    cell_formats: u64,
    other_elements: u64,
}

/// Reads a part to its end and says whether the workbook reader may have it.
pub(crate) fn check(part: impl BufRead) -> Result<(), SheetError> {
    let mut xml = XmlReader::new(part);
    let mut counts = Counts::default();
    // The outermost open element whose text is collected into one, by its depth; and its text.
    let mut record_depth = None;
    let mut record_text = 0;
    loop {
        match xml.next()? {
            Token::Start(tag) => {
                let name = local(tag.name);
                counts.add(name)?;
                check_numbers(name, &tag)?;
                if record_depth.is_none() && is_record(name) {
                    record_depth = Some(xml.depth());
                    record_text = 0;
                }
            }
            Token::Text(text) | Token::Literal(text) => {
                record_text += text.len();
                if record_depth.is_some() && record_text > RECORD_TEXT_MAX {
                    return Err(XmlError::Unreasonable.into());
                }
            }
            Token::End { depth } => {
                if record_depth.is_some_and(|record| depth < record) {
                    record_depth = None;
                }
            }
            Token::Finished => return Ok(()),
        }
    }
}

/// The workbook reader does not look at prefixes, so neither may this.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn is_record(name: &str) -> bool {
    matches!(name, "c" | "si" | "definedName")
}

impl Counts {
    fn add(&mut self, name: &str) -> Result<(), XmlError> {
        let (count, most) = match name {
            "row" | "c" | "v" | "f" | "is" | "r" | "t" => return Ok(()),
            "si" => (&mut self.shared_strings, SHARED_STRINGS_MAX),
            "xf" => (&mut self.cell_formats, CELL_FORMATS_MAX),
            _ => (&mut self.other_elements, OTHER_ELEMENTS_MAX),
        };
        *count += 1;
        if *count > most {
            return Err(XmlError::Unreasonable);
        }
        Ok(())
    }
}

fn check_numbers(name: &str, tag: &Tag<'_>) -> Result<(), XmlError> {
    let holds = |attribute: &str, rule: fn(&str) -> bool| {
        if tag.attribute(attribute).is_none_or(rule) {
            Ok(())
        } else {
            Err(XmlError::Malformed("a number or an address out of range"))
        }
    };
    match name {
        "sst" => holds("uniqueCount", |count| {
            count
                .parse::<u64>()
                .is_ok_and(|count| count <= SHARED_STRINGS_MAX)
        }),
        "dimension" | "mergeCell" | "f" => holds("ref", |area| CellArea::parse(area).is_some()),
        "row" => holds("r", |row| CellAddress::parse_row(row).is_some()),
        "c" => holds("r", |cell| CellAddress::parse(cell).is_some()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(part: &str) -> Option<String> {
        check(part.as_bytes()).err().map(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            cause.unwrap_or_else(|| error.to_string())
        })
    }

    #[test]
    fn numbers_that_would_be_taken_at_their_word_are_refused() {
        for part in [
            r#"<sst uniqueCount="18446744073709551615"/>"#,
            r#"<x:sst uniqueCount="99999999999"/>"#,
            r#"<a><dimension ref="B2:A1"/></a>"#,
            r#"<a><mergeCell ref="A99999999999"/></a>"#,
            r#"<a><row r="4294967295"/></a>"#,
            r#"<a><c r="AAAAAAAAA1"/></a>"#,
            r#"<a><f ref="C3:A1"/></a>"#,
        ] {
            assert!(
                refusal(part).is_some_and(|why| why.contains("out of range")),
                "{part}"
            );
        }
        let fine = r#"<a><dimension ref="A1:XFD1048576"/><row r="7"><c r="D7"/></row></a>"#;
        assert_eq!(refusal(fine), None);
    }

    #[test]
    fn what_the_reader_collects_is_counted() {
        let strings = format!("<sst>{}</sst>", "<si/>".repeat(500_001));
        assert!(refusal(&strings).is_some_and(|why| why.contains("holds more")));
        let formats = format!("<a>{}</a>", "<xf/>".repeat(65_491));
        assert!(refusal(&formats).is_some_and(|why| why.contains("holds more")));
        let pieces = format!("<t>{}</t>", "x".repeat(60_000)).repeat(5);
        let one = format!("<sst><si>{pieces}</si></sst>");
        assert!(refusal(&one).is_some_and(|why| why.contains("holds more")));
        // Neither an element of the same name inside nor a comment starts the count again.
        let hidden = format!(
            "<sst><si><t>{}</t></si></sst>",
            "xxxxxxxxx<si/><!---->".repeat(40_000)
        );
        assert!(refusal(&hidden).is_some_and(|why| why.contains("holds more")));
        let several = format!(
            "<sst>{}</sst>",
            format!("<si>{pieces}</si>").replace("</t><t>", "</t></si><si><t>")
        );
        assert_eq!(refusal(&several), None);
    }
}

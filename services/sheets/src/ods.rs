//! Reads an ods (ODF 1.2), streaming, from its content.xml.
//!
//! Not through a spreadsheet library: the one used for xlsx holds every cell of every sheet of an
//! ods before anyone can count them, repeats a cell as often as the file says, and does not come
//! back from a document whose table never ends.

use std::collections::BTreeSet;
use std::io::BufRead;

use crate::archive::Archive;
use crate::cell_address::{CellAddress, CellArea};
use crate::limits::{CELL_TEXT_MAX, COLUMNS_MAX};
use crate::sheet::{Sheet, SheetBuilder, SheetChoice, Value, choose_sheet, iso_date, trimmed};
use crate::sheet_error::SheetError;
use crate::xml::{Tag, Token, XmlError, XmlReader, decoded};

/// Sheets whose names are remembered, and styles of hidden sheets. Few workbooks have fifty.
const SHEETS_MAX: usize = 1_000;

/// The texts spreadsheet programs show for errors in formulas begin so.
const ERROR_STARTS: [&str; 2] = ["#", "Err:"];

pub(crate) fn read(
    mut archive: Archive<'_>,
    sheet_name: Option<&str>,
) -> Result<Sheet, SheetError> {
    let mut workbook = None;
    let mut is_encrypted = false;
    let mut content = Ok(());
    archive.each_part(|name, part| {
        match name {
            "meta-inf/manifest.xml" => is_encrypted = names_encryption(part)?,
            // The order of the parts is the writer's: an encrypted content may come first and is
            // then no XML, which the manifest explains.
            "content.xml" => match read_content(part, sheet_name) {
                Ok(read) => workbook = Some(read),
                Err(error @ SheetError::Damaged { .. }) => content = Err(error),
                Err(error) => return Err(error),
            },
            _ => {}
        }
        Ok(())
    })?;
    if is_encrypted {
        return Err(SheetError::Encrypted);
    }
    content?;
    let Workbook { sheets, read } =
        workbook.ok_or_else(|| SheetError::damaged("there is no content.xml"))?;
    let SheetChoice { index, note } = choose_sheet(&sheets, sheet_name)?;
    match read {
        Some((read_index, builder)) if read_index == index => {
            Ok(builder.finish(note.into_iter().collect()))
        }
        _ => Err(SheetError::damaged("the sheet could not be found again")),
    }
}

fn names_encryption(manifest: impl BufRead) -> Result<bool, SheetError> {
    let mut xml = XmlReader::new(manifest);
    loop {
        match xml.next() {
            Ok(Token::Start(tag)) if tag.name == "manifest:encryption-data" => return Ok(true),
            Ok(Token::Start(_) | Token::End { .. } | Token::Text(_) | Token::Literal(_)) => {}
            Err(XmlError::Io(error)) => return Err(error.into()),
            // Older programs give the manifest a document type. It explains; it is not needed.
            Ok(Token::Finished) | Err(_) => return Ok(false),
        }
    }
}

/// The names of the sheets with whether each shows, and the one that was read with its place.
struct Workbook {
    sheets: Vec<(String, bool)>,
    read: Option<(usize, SheetBuilder)>,
}

fn read_content(part: impl BufRead, wanted: Option<&str>) -> Result<Workbook, SheetError> {
    let mut xml = XmlReader::new(part);
    let mut workbook = Workbook {
        sheets: Vec::new(),
        read: None,
    };
    let mut style = None;
    let mut hidden_styles = BTreeSet::new();
    loop {
        let table = match xml.next()? {
            Token::Finished => return Ok(workbook),
            Token::End { .. } | Token::Text(_) | Token::Literal(_) => continue,
            Token::Start(tag) => match tag.name {
                "style:style" => {
                    style = tag.attribute("style:name").map(str::to_owned);
                    continue;
                }
                "style:table-properties" => {
                    if tag.attribute("table:display") == Some("false") {
                        hidden_styles.extend(style.take());
                    }
                    continue;
                }
                // Tables that are not sheets: changes that were tracked, and other files' data.
                "table:tracked-changes" | "table:dde-links" => None,
                "table:table" => {
                    let name = decoded(tag.attribute("table:name").unwrap_or_default())?;
                    let style = tag.attribute("table:style-name").unwrap_or_default();
                    Some((name.into_owned(), !hidden_styles.contains(style)))
                }
                _ => continue,
            },
        };
        let Some(table) = table else {
            xml.skip_element()?;
            continue;
        };
        workbook.sheets.push(table);
        if workbook.sheets.len().max(hidden_styles.len()) > SHEETS_MAX {
            return Err(XmlError::Unreasonable.into());
        }
        // The last of the sheets so far is the one to read if it is the one chosen among them.
        let last = workbook.sheets.len() - 1;
        match choose_sheet(&workbook.sheets, wanted) {
            Ok(choice) if choice.index == last => {
                workbook.read = Some((last, read_table(&mut xml)?));
            }
            _ => xml.skip_element()?,
        }
    }
}

/// Reads the rows of the sheet that was just started, to its end.
fn read_table<R: BufRead>(xml: &mut XmlReader<R>) -> Result<SheetBuilder, SheetError> {
    let mut builder = SheetBuilder::default();
    let outside = xml.depth() - 1;
    let mut row_number: u32 = 1;
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                "table:table-row" => {
                    let repeated = count(&tag, "table:number-rows-repeated")?;
                    let row = read_row(xml, row_number, &mut builder)?;
                    // Blank rows go on to the sheet's end; only filled ones are written out.
                    let copies = if row.is_empty() { 0 } else { repeated };
                    for copy in 0..copies {
                        for (column, cell) in &row {
                            let at = CellAddress::new(row_number.saturating_add(copy), *column);
                            builder.put(at, cell.value.clone(), cell.is_formula)?;
                        }
                    }
                    row_number = row_number.saturating_add(repeated);
                }
                "table:table-row-group" | "table:table-rows" | "table:table-header-rows" => {}
                _ => xml.skip_element()?,
            },
            Token::End { depth } if depth == outside => return Ok(builder),
            Token::End { .. } | Token::Text(_) | Token::Literal(_) => {}
            Token::Finished => return Err(XmlError::CutShort.into()),
        }
    }
}

/// A cell that holds something.
struct FilledCell {
    value: Value,
    is_formula: bool,
}

/// Reads the cells of the row that was just started, to its end; those that hold something, with
/// their columns.
fn read_row<R: BufRead>(
    xml: &mut XmlReader<R>,
    row: u32,
    builder: &mut SheetBuilder,
) -> Result<Vec<(u32, FilledCell)>, SheetError> {
    let outside = xml.depth() - 1;
    let mut filled = Vec::new();
    let mut column: u32 = 1;
    loop {
        match xml.next()? {
            Token::Start(tag)
                if matches!(tag.name, "table:table-cell" | "table:covered-table-cell") =>
            {
                let at = CellAddress::new(row, column);
                let repeated = count(&tag, "table:number-columns-repeated")?;
                let rows = count(&tag, "table:number-rows-spanned")?;
                let columns = count(&tag, "table:number-columns-spanned")?;
                if rows > 1 || columns > 1 {
                    let bottom = row.saturating_add(rows - 1);
                    let right = column.saturating_add(columns - 1);
                    builder.merge(CellArea::new(at, CellAddress::new(bottom, right)));
                }
                let stated = StatedValue::of(&tag)?;
                let text = read_text(xml, at)?;
                if let Some(value) = stated.value(text) {
                    for copy in 0..repeated {
                        let column = column.saturating_add(copy);
                        if column > COLUMNS_MAX {
                            return Err(SheetError::TooManyColumns {
                                at: CellAddress::new(row, column),
                            });
                        }
                        let value = value.clone();
                        filled.push((
                            column,
                            FilledCell {
                                value,
                                is_formula: stated.is_formula,
                            },
                        ));
                    }
                }
                column = column.saturating_add(repeated);
            }
            Token::Start(_) => xml.skip_element()?,
            Token::End { depth } if depth == outside => return Ok(filled),
            Token::End { .. } | Token::Text(_) | Token::Literal(_) => {}
            Token::Finished => return Err(XmlError::CutShort.into()),
        }
    }
}

/// How often something repeats, or how far it spans: once unless stated.
fn count(tag: &Tag<'_>, attribute: &str) -> Result<u32, XmlError> {
    match tag.attribute(attribute) {
        None => Ok(1),
        Some(text) => match text.parse() {
            Ok(count @ 1..) => Ok(count),
            _ => Err(XmlError::Malformed("a number of repeats")),
        },
    }
}

/// What a cell's attributes say of its value (ODF 1.2 part 1, 19.385).
struct StatedValue {
    kind: String,
    value: String,
    currency: String,
    is_formula: bool,
    is_error: bool,
}

impl StatedValue {
    fn of(tag: &Tag<'_>) -> Result<Self, XmlError> {
        let kind = tag.attribute("office:value-type").unwrap_or_default();
        let value = match kind {
            "date" => tag.attribute("office:date-value"),
            "boolean" => tag.attribute("office:boolean-value"),
            "string" => tag.attribute("office:string-value"),
            _ => tag.attribute("office:value"),
        };
        Ok(Self {
            kind: kind.to_owned(),
            value: decoded(value.unwrap_or_default())?.into_owned(),
            currency: decoded(tag.attribute("office:currency").unwrap_or_default())?.into_owned(),
            is_formula: tag.attribute("table:formula").is_some(),
            is_error: tag.attribute("calcext:value-type") == Some("error"),
        })
    }

    /// The value, given the text the cell shows; nothing if the cell is blank.
    fn value(&self, shown: String) -> Option<Value> {
        let shows_error = ERROR_STARTS
            .iter()
            .any(|start| trimmed(&shown).starts_with(start));
        if self.is_error || (self.is_formula && shows_error) {
            return Some(Value::Error(trimmed(&shown).to_owned()));
        }
        match self.kind.as_str() {
            "date" => Some(iso_date(&self.value)),
            "time" => Some(Value::Time),
            "boolean" => Some(Value::Bool(self.value == "true")),
            "currency" if !matches!(self.currency.as_str(), "" | "GBP" | "£") => {
                Some(Value::OtherCurrency(self.currency.clone()))
            }
            "float" | "percentage" | "currency" => match self.value.parse::<f64>() {
                Ok(number) if number.is_finite() => Some(Value::Number(number)),
                _ => Some(Value::Error(shown)),
            },
            "" if self.is_formula && shown.is_empty() => Some(Value::NotCalculated),
            _ => {
                let text = if self.value.is_empty() {
                    shown
                } else {
                    self.value.clone()
                };
                (!trimmed(&text).is_empty()).then_some(Value::Text(text))
            }
        }
    }
}

/// Reads the text of the cell that was just started, to its end: its paragraphs, without its
/// comments and pictures.
fn read_text<R: BufRead>(xml: &mut XmlReader<R>, at: CellAddress) -> Result<String, SheetError> {
    let outside = xml.depth() - 1;
    let mut text = String::new();
    let mut paragraphs = 0;
    loop {
        match xml.next()? {
            Token::Start(tag) => match tag.name {
                "text:p" => {
                    paragraphs += 1;
                    if paragraphs > 1 {
                        text.push('\n');
                    }
                }
                "text:s" => {
                    let spaces = count(&tag, "text:c")?;
                    let spaces = usize::try_from(spaces).unwrap_or(usize::MAX);
                    text.extend(std::iter::repeat_n(' ', spaces.min(CELL_TEXT_MAX)));
                }
                "text:tab" => text.push('\t'),
                "text:line-break" => text.push('\n'),
                "text:span" | "text:a" => {}
                _ => xml.skip_element()?,
            },
            Token::Text(raw) if paragraphs > 0 => push_text(&mut text, &decoded(raw)?),
            Token::Literal(literal) if paragraphs > 0 => push_text(&mut text, literal),
            Token::End { depth } if depth == outside => return Ok(text),
            Token::End { .. } | Token::Text(_) | Token::Literal(_) => {}
            Token::Finished => return Err(XmlError::CutShort.into()),
        }
        if text.len() > CELL_TEXT_MAX {
            return Err(SheetError::CellTooLong { at });
        }
    }
}

/// White space in the file is one space in the text (ODF 1.2 part 1, 6.1.2); more is
/// written as elements.
fn push_text(text: &mut String, piece: &str) {
    for character in piece.chars() {
        if !matches!(character, ' ' | '\t' | '\r' | '\n') {
            text.push(character);
        } else if !text.ends_with([' ', '\n']) {
            text.push(' ');
        }
    }
}

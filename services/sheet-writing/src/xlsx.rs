//! A book as a workbook: a cover, and one table on a sheet of its own.
//!
//! Laid out as the Government Analysis Function asks of published spreadsheets: a cover sheet, one marked-up
//! table a sheet, no merged cells, the headings frozen.

use chrono::{Datelike, NaiveDate};
use netgain_events::money::Sum;
use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Table as XlsxTable, TableColumn, TableStyle,
    Workbook, Worksheet,
};

use crate::book::{Book, Cell, Column, Kind, Table};
use crate::inert::looks_like_a_formula;
use crate::not_written::NotWritten;

/// Pence that a binary floating-point number of a workbook holds to the penny: fifteen digits
/// (ECMA-376 part 1, 18.17.5.2, *Numeric precision*).
const PENCE_EXACT_MAX: u128 = 999_999_999_999_999;

/// How amounts of pounds and days are shown.
pub(crate) const POUNDS: &str = "£#,##0.00;-£#,##0.00";
pub(crate) const DAY: &str = "dd/mm/yyyy";

/// The workbook's bytes.
///
/// # Errors
/// [`NotWritten`].
pub fn xlsx(book: &Book) -> Result<Vec<u8>, NotWritten> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&book.title, book.made_on)?);
    cover(workbook.add_worksheet(), book)?;
    table(workbook.add_worksheet(), &book.table)?;
    Ok(workbook.save_to_buffer()?)
}

/// What the file says about itself.
pub(crate) fn properties(title: &str, made_on: NaiveDate) -> Result<DocProperties, NotWritten> {
    Ok(DocProperties::new()
        .set_title(title)
        .set_author("netgain")
        .set_creation_datetime(&excel_day(made_on)?))
}

fn cover(sheet: &mut Worksheet, book: &Book) -> Result<(), NotWritten> {
    sheet.set_name("Cover")?;
    sheet.set_column_width_pixels(0, 220)?;
    sheet.set_column_width_pixels(1, 520)?;
    let heading = Format::new().set_bold().set_font_size(16);
    sheet.write_with_format(
        0,
        0,
        book.title.as_str(),
        &text_format(&book.title, heading),
    )?;
    let key_format = Format::new().set_bold().set_align(FormatAlign::Top);
    for (row, (key, value)) in (1..).zip(&book.cover) {
        sheet.write_with_format(row, 0, *key, &key_format)?;
        let format = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        sheet.write_with_format(row, 1, value.as_str(), &text_format(value, format))?;
    }
    Ok(())
}

fn table(sheet: &mut Worksheet, table: &Table) -> Result<(), NotWritten> {
    sheet.set_name(table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    let heading = Format::new().set_bold().set_text_wrap();
    let mut last_column = 0;
    for (at, column) in (0..).zip(&table.columns) {
        last_column = at;
        sheet.write_with_format(0, at, column.heading, &heading)?;
        sheet.set_column_width_pixels(at, width_pixels(column.kind))?;
    }
    let formats = Formats::new();
    let mut last_row = 0;
    for (row, cells) in (1..).zip(&table.rows) {
        last_row = row;
        for ((at, cell), column) in (0..).zip(cells).zip(&table.columns) {
            formats.write(sheet, row, at, cell, column)?;
        }
    }
    // A marked-up table has a row at least.
    if last_row > 0 {
        let columns = table.columns.iter();
        let columns: Vec<_> = columns
            .map(|column| TableColumn::new().set_header(column.heading))
            .collect();
        let marked = XlsxTable::new()
            .set_name(table.name)
            .set_style(TableStyle::Light1)
            .set_columns(&columns);
        sheet.add_table(0, 0, last_row, last_column, &marked)?;
    }
    Ok(())
}

const fn width_pixels(kind: Kind) -> u32 {
    match kind {
        Kind::Count => 80,
        Kind::Day => 100,
        Kind::Word => 140,
        Kind::Pounds => 130,
        Kind::Title => 280,
        Kind::Prose => 420,
    }
}

/// The formats of cells, each made once.
struct Formats {
    plain: Format,
    quoted: Format,
    prose: Format,
    quoted_prose: Format,
    pounds: Format,
    right: Format,
    day: Format,
}

impl Formats {
    fn new() -> Self {
        let top = || Format::new().set_align(FormatAlign::Top);
        let prose = || top().set_text_wrap();
        Self {
            plain: top(),
            quoted: top().set_quote_prefix(),
            prose: prose(),
            quoted_prose: prose().set_quote_prefix(),
            pounds: top().set_num_format(POUNDS),
            right: top().set_align(FormatAlign::Right),
            day: top().set_num_format(DAY),
        }
    }

    fn write(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        at: u16,
        cell: &Cell,
        column: &Column,
    ) -> Result<(), NotWritten> {
        match cell {
            Cell::Blank => {}
            Cell::Text(text) => {
                let format = match (column.kind, looks_like_a_formula(text)) {
                    (Kind::Prose | Kind::Title, false) => &self.prose,
                    (Kind::Prose | Kind::Title, true) => &self.quoted_prose,
                    (_, false) => &self.plain,
                    (_, true) => &self.quoted,
                };
                sheet.write_string_with_format(row, at, text.as_str(), format)?;
            }
            Cell::Pounds(sum) => match exact(*sum) {
                Some(amount) => {
                    sheet.write_with_format(row, at, amount, &self.pounds)?;
                }
                None => {
                    let digits = sum.to_string();
                    sheet.write_string_with_format(row, at, digits, &self.right)?;
                }
            },
            Cell::Count(count) => {
                sheet.write_with_format(row, at, Decimal::from(*count), &self.plain)?;
            }
            Cell::Day(day) => match excel_day(*day) {
                Ok(excel_day) => {
                    sheet.write_with_format(row, at, &excel_day, &self.day)?;
                }
                // The calendar of workbooks begins in 1900.
                Err(_) => {
                    sheet.write_string_with_format(row, at, day.to_string(), &self.right)?;
                }
            },
        }
        Ok(())
    }
}

/// Says to spreadsheet programs that it is text, also once somebody has edited the cell.
fn text_format(text: &str, format: Format) -> Format {
    if looks_like_a_formula(text) {
        format.set_quote_prefix()
    } else {
        format
    }
}

/// The amount as a decimal, where a workbook's number holds it to the penny.
pub(crate) fn exact(sum: Sum) -> Option<Decimal> {
    if sum.pence().unsigned_abs() > PENCE_EXACT_MAX {
        return None;
    }
    sum.to_string().parse().ok()
}

/// A day as the writer takes it.
///
/// # Errors
/// It is before 1900: workbooks have no such days.
pub(crate) fn excel_day(day: NaiveDate) -> Result<ExcelDateTime, NotWritten> {
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    let year = u16::try_from(day.year()).unwrap_or(0);
    Ok(ExcelDateTime::from_ymd(
        year,
        small(day.month()),
        small(day.day()),
    )?)
}

#[cfg(test)]
mod tests;

//! Reads an xlsx through calamine's streaming reader.
//!
//! calamine is handed a new archive, of the parts it needs and nothing else, written while those
//! parts were inflated, counted and checked. It never sees the stranger's zip.

use std::io::{Cursor, Read, Write};

use calamine::{
    DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError,
};
use chrono::NaiveDate;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::archive::Archive;
use crate::cell_address::{CellAddress, CellArea};
use crate::sheet::{Sheet, SheetBuilder, SheetChoice, Value, choose_sheet, iso_date};
use crate::sheet_error::SheetError;
use crate::xlsx_guard;

type Workbook = Xlsx<Cursor<Vec<u8>>>;

pub(crate) fn read(archive: Archive<'_>, sheet_name: Option<&str>) -> Result<Sheet, SheetError> {
    let mut workbook = Workbook::new(Cursor::new(checked_copy(archive)?))?;
    let sheets: Vec<_> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let SheetChoice { index, note } = choose_sheet(&sheets, sheet_name)?;
    let name = sheets
        .get(index)
        .map(|(name, _)| name.as_str())
        .unwrap_or_default();

    let mut builder = SheetBuilder::default();
    read_cells(&mut workbook, name, &mut builder)?;
    for area in workbook.merge_cells_by_sheet_name(name)? {
        builder.merge(merged_area(area));
    }
    Ok(builder.finish(note.into_iter().collect()))
}

/// The workbook, its texts, formats and sheets in an archive of their own.
fn checked_copy(mut archive: Archive<'_>) -> Result<Vec<u8>, SheetError> {
    // The lightest packing: the copy lives only while it is read.
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    archive.each_part(|name, part| {
        if !is_needed(name) {
            return Ok(());
        }
        copy.start_file(name, options)?;
        xlsx_guard::check(std::io::BufReader::new(Tee {
            part,
            copy: &mut copy,
        }))
    })?;
    Ok(copy.finish()?.into_inner())
}

fn is_needed(name: &str) -> bool {
    matches!(
        name,
        "_rels/.rels"
            | "xl/_rels/workbook.xml.rels"
            | "xl/workbook.xml"
            | "xl/sharedstrings.xml"
            | "xl/styles.xml"
    ) || (name.starts_with("xl/worksheets/") && name.rsplit('.').next() == Some("xml"))
}

/// Writes what is read from a part into the copy.
struct Tee<'c, R> {
    part: R,
    copy: &'c mut ZipWriter<Cursor<Vec<u8>>>,
}

impl<R: Read> Read for Tee<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.part.read(buffer)?;
        self.copy
            .write_all(buffer.get(..length).unwrap_or_default())?;
        Ok(length)
    }
}

fn read_cells(
    workbook: &mut Workbook,
    name: &str,
    builder: &mut SheetBuilder,
) -> Result<(), SheetError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        let (row, column) = cell.pos;
        let at = CellAddress::new(row.saturating_add(1), column.saturating_add(1));
        let is_formula = cell.formula.is_some();
        let value = match cell.value {
            DataRef::Empty if is_formula => Value::NotCalculated,
            DataRef::Empty => continue,
            DataRef::String(text) => Value::Text(text),
            DataRef::SharedString(text) => Value::Text(text.to_owned()),
            DataRef::Float(number) => Value::Number(number),
            DataRef::Int(number) => Value::Text(number.to_string()),
            DataRef::Bool(flag) => Value::Bool(flag),
            DataRef::DateTime(moment) => date(moment),
            DataRef::DateTimeIso(text) => iso_date(&text),
            DataRef::DurationIso(_) => Value::Time,
            DataRef::Error(error) => Value::Error(error.to_string()),
        };
        builder.put(at, value, is_formula)?;
    }
    Ok(())
}

/// The day of a cell that is formatted as a date, which is stored as a count of days.
fn date(moment: ExcelDateTime) -> Value {
    if moment.is_duration() {
        return Value::Time;
    }
    // Day 1 is 1 January 1900, and 2,958,465 is 31 December 9999 (ECMA-376 part 1, 18.17.4.1).
    // Below one is a time of day. Outside, the conversion would give the nearest end.
    let days = moment.as_f64();
    if !(1.0..2_958_466.0).contains(&days) {
        return Value::ImpossibleDate;
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    match NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()) {
        Some(day) => Value::Date {
            day,
            has_time: (hour, minute, second) != (0, 0, 0),
        },
        // Excel counts a 29 February 1900 that never was.
        None => Value::ImpossibleDate,
    }
}

fn merged_area(area: Dimensions) -> CellArea {
    let address = |(row, column): (u32, u32)| {
        CellAddress::new(row.saturating_add(1), column.saturating_add(1))
    };
    CellArea::new(address(area.start), address(area.end))
}

impl From<XlsxError> for SheetError {
    fn from(error: XlsxError) -> Self {
        Self::damaged(error)
    }
}

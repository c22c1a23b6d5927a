//! The sheet that an import reads, to be filled in: with guidance, drop-downs and formats.
//!
//! The headings are those of the import (docs/IMPORT.md). The sheet to be filled in comes first, because it is
//! the first visible one that is read.

mod fields;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use netgain_events::claim::ClaimDetails;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, LabelKey};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Workbook, Worksheet};

use self::fields::{Entry, Field, Of, fields};
use crate::inert::looks_like_a_formula;
use crate::not_written::NotWritten;
use crate::xlsx::{DAY, POUNDS, exact, excel_day, properties};

/// The last row, from 0, that drop-downs and formats reach: as many claims as an import takes.
const LAST_ROW: u32 = 19_999;

/// What the sheet has columns for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The years of the profile.
    pub years: BTreeSet<FinancialYear>,
    /// The years that a cost can fall in, or begin.
    pub cost_years: BTreeSet<FinancialYear>,
    /// The labels.
    pub labels: BTreeSet<LabelKey>,
}

/// A claim that the sheet is filled in with, for what it states to be amended.
#[derive(Clone, Copy, Debug)]
pub struct Filled<'c> {
    /// Its reference.
    pub claim: &'c ClaimId,
    /// What it states.
    pub details: &'c ClaimDetails,
}

/// The template as a workbook, blank or with claims filled in.
///
/// # Errors
/// [`NotWritten`].
pub fn xlsx(
    layout: &Layout,
    claims: &[Filled<'_>],
    made_on: NaiveDate,
) -> Result<Vec<u8>, NotWritten> {
    let fields = fields(layout);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties("Gains to record", made_on)?);
    let sheet = workbook.add_worksheet();
    sheet.set_name("Claims")?;
    sheet.set_freeze_panes(1, 2)?;
    let heading = Format::new().set_bold().set_text_wrap();
    for (at, field) in (0..).zip(&fields) {
        prepare(sheet, at, field)?;
        sheet.write_with_format(0, at, field.heading.as_str(), &heading)?;
        for (row, filled) in (1..).zip(claims) {
            fill(sheet, row, at, field, *filled)?;
        }
    }
    guidance(workbook.add_worksheet(), &fields)?;
    Ok(workbook.save_to_buffer()?)
}

/// The template's headings as CSV.
///
/// # Errors
/// [`NotWritten`].
pub fn csv(layout: &Layout) -> Result<Vec<u8>, NotWritten> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(fields(layout).iter().map(|field| field.heading.as_str()))?;
    writer
        .into_inner()
        .map_err(|error| NotWritten::DelimitedText(error.into_error().into()))
}

fn entry_format(entry: &Entry) -> Format {
    let format = Format::new();
    match entry {
        // Text stays what was typed: a reference like 007, a number like 2.10.
        Entry::Text | Entry::Word(_) => format.set_num_format("@"),
        Entry::Day => format.set_num_format(DAY),
        Entry::Pounds => format.set_num_format(POUNDS),
    }
}

fn prepare(sheet: &mut Worksheet, at: u16, field: &Field) -> Result<(), NotWritten> {
    let width = match (&field.of, &field.entry) {
        (Of::Title, _) => 280,
        (_, Entry::Word(_)) => 190,
        (_, Entry::Text | Entry::Day | Entry::Pounds) => 130,
    };
    sheet.set_column_width_pixels(at, width)?;
    sheet.set_column_format(at, &entry_format(&field.entry))?;
    if let Entry::Word(words) = field.entry {
        let list = DataValidation::new()
            .allow_list_strings(words)?
            .set_error_title("Choose from the list")?
            .set_error_message("The words are explained on the sheet Guidance.")?;
        sheet.add_data_validation(1, at, LAST_ROW, at, &list)?;
    }
    Ok(())
}

fn fill(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    field: &Field,
    filled: Filled<'_>,
) -> Result<(), NotWritten> {
    let details = filled.details;
    let scheme = details.scheme.as_ref();
    let text = match &field.of {
        Of::Claim => Some(filled.claim.to_string()),
        Of::Title => Some(details.title.to_string()),
        Of::Action => Some(details.action.to_string()),
        Of::Service => details.service.as_ref().map(ToString::to_string),
        Of::Function => details.function.as_ref().map(ToString::to_string),
        Of::Method => details.method.as_ref().map(ToString::to_string),
        Of::Technique => details.technique.as_ref().map(ToString::to_string),
        Of::Approach => details.approach.as_ref().map(ToString::to_string),
        Of::Source => details.source.as_ref().map(ToString::to_string),
        Of::SourceOverride => details.source_override.as_ref().map(ToString::to_string),
        Of::Ongoing => details.ongoing.map(|it| it.to_string().to_uppercase()),
        Of::QualityMeasure => details.quality_measure.as_ref().map(ToString::to_string),
        Of::Owner => details.owner.as_ref().map(ToString::to_string),
        Of::SchemeId => scheme.map(|scheme| scheme.id.to_string()),
        Of::Label(key) => {
            let label = details.labels.as_ref().and_then(|labels| labels.get(key));
            label.map(ToString::to_string)
        }
        Of::SchemeTotal => return amount(sheet, row, at, scheme.map(|scheme| scheme.total)),
        Of::Profile(year) => {
            let mut stated = details.profile.stated();
            let stated = stated.find(|(stated, _)| stated == year);
            return amount(sheet, row, at, stated.map(|(_, amount)| amount));
        }
        Of::ImpactFrom => return day(sheet, row, at, Some(details.impact_from)),
        Of::ReviewBy => return day(sheet, row, at, details.review_by),
        Of::Cost => None,
    };
    let Some(text) = text else { return Ok(()) };
    let format = entry_format(&field.entry);
    let format = if looks_like_a_formula(&text) {
        format.set_quote_prefix()
    } else {
        format
    };
    sheet.write_string_with_format(row, at, text, &format)?;
    Ok(())
}

fn amount(
    sheet: &mut Worksheet,
    row: u32,
    at: u16,
    amount: Option<netgain_events::money::Money>,
) -> Result<(), NotWritten> {
    let exact = amount.and_then(|amount| exact(amount.into()));
    if let Some(exact) = exact {
        sheet.write_with_format(row, at, exact, &entry_format(&Entry::Pounds))?;
    }
    Ok(())
}

fn day(sheet: &mut Worksheet, row: u32, at: u16, day: Option<NaiveDate>) -> Result<(), NotWritten> {
    let Some(day) = day else { return Ok(()) };
    match excel_day(day) {
        Ok(excel_day) => {
            sheet.write_with_format(row, at, &excel_day, &entry_format(&Entry::Day))?;
        }
        Err(_) => {
            let text = entry_format(&Entry::Text);
            sheet.write_string_with_format(row, at, day.to_string(), &text)?;
        }
    }
    Ok(())
}

fn guidance(sheet: &mut Worksheet, fields: &[Field]) -> Result<(), NotWritten> {
    sheet.set_name("Guidance")?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let headings = [
        "Column",
        "Needed in every row",
        "What to enter",
        "Words to choose from",
    ];
    for ((at, heading), width) in (0..).zip(headings).zip([170, 150, 460, 360]) {
        sheet.write_with_format(0, at, heading, &bold)?;
        sheet.set_column_width_pixels(at, width)?;
    }
    let mut row = 1;
    for field in fields {
        let words = match field.entry {
            Entry::Word(words) => words.join(", "),
            Entry::Text | Entry::Day | Entry::Pounds => String::new(),
        };
        let cells = [&*field.heading, field.needed, field.guidance, &*words];
        for (at, text) in (0..).zip(cells) {
            sheet.write_string_with_format(row, at, text, &wrapped)?;
        }
        row += 1;
    }
    let more = [
        (
            "More years",
            "Add a column headed with any other year, written like 2012/13. A blank cell is not stated, \
             so the year before it holds; 0 ends the gain.",
        ),
        (
            "More labels",
            "Add a column headed label: and a word of your own, like label:portfolio, to report claims \
             by it.",
        ),
        (
            "Rows",
            "One claim a row. No totals, no merged cells. Blank rows are left out.",
        ),
    ];
    for (heading, text) in more {
        sheet.write_string_with_format(row, 0, heading, &wrapped)?;
        sheet.write_string_with_format(row, 2, text, &wrapped)?;
        row += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

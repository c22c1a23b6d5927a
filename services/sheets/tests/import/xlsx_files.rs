//! Workbooks as Excel writes them, with the traps that lie in their cells.

use netgain_sheets::{claims, read};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::workbooks::{commands, good, listed, wrong, xlsx_of_rows, xlsx_parts, zipped};

const HEADINGS: [&str; 6] = [
    "claim",
    "title",
    "action",
    "impact_from",
    "2008/09",
    "ongoing",
];

/// A workbook with the headings, and what else is written.
fn workbook(write: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADINGS).unwrap();
    write(sheet);
    workbook.save_to_buffer().unwrap()
}

/// A claim that is all right, in a row counted from 0 as the writer does.
fn write_claim(sheet: &mut Worksheet, row: u32) {
    sheet
        .write_row(row, 0, ["", "Title", "reduce-inputs", "01/04/2008"])
        .unwrap();
    sheet.write(row, 0, format!("CS{row}")).unwrap();
    sheet.write(row, 4, 100).unwrap();
}

fn date_format() -> Format {
    Format::new().set_num_format("dd/mm/yyyy")
}

fn first_of_april() -> ExcelDateTime {
    ExcelDateTime::from_ymd(2008, 4, 1).unwrap()
}

#[test]
fn typed_cells_give_the_same_claim_as_their_texts() {
    let file = workbook(|sheet| {
        write_claim(sheet, 1);
        sheet.write(1, 0, 7).unwrap();
        sheet.write(1, 1, "\u{a0}A title ").unwrap();
        sheet
            .write_datetime_with_format(1, 3, first_of_april(), &date_format())
            .unwrap();
        let pounds = Format::new().set_num_format("£#,##0.00");
        sheet
            .write_number_with_format(1, 4, 1_234_567.89, &pounds)
            .unwrap();
        sheet.write_boolean(1, 5, false).unwrap();
        sheet
            .write_blank(500, 150, &Format::new().set_bold())
            .unwrap();
    });
    let claims = good(&file);
    assert_eq!(
        commands(&claims),
        r#"{"action":"reduce-inputs","claim":"7","impact_from":"2008-04-01","ongoing":false,"profile":{"2008/09":"1234567.89"},"title":"A title"}"#
    );
    assert!(claims.notes.is_empty());
}

#[test]
fn headings_need_not_stand_in_the_first_row_or_column() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(4, 2, HEADINGS).unwrap();
    sheet
        .write_row(6, 2, ["CS1", "T", "reduce-inputs", "2008-04-01", "£5"])
        .unwrap();
    let claims = good(&workbook.save_to_buffer().unwrap());
    assert_eq!(claims.rows[0].row, 7);
    assert_eq!(claims.rows[0].place("profile").unwrap().to_string(), "G7");
}

#[test]
fn what_a_person_should_know_is_noted() {
    let file = workbook(|sheet| {
        write_claim(sheet, 1);
        write_claim(sheet, 2);
        sheet.write(1, 4, 0.1 + 0.2).unwrap();
        sheet
            .write_formula(2, 4, Formula::new("=E2*2").set_result("0.6"))
            .unwrap();
        let noon = first_of_april().and_hms(12, 0, 0).unwrap();
        sheet
            .write_datetime_with_format(2, 3, noon, &date_format())
            .unwrap();
    });
    let claims = good(&file);
    assert_eq!(
        listed(&claims.notes),
        "formula-value results of formulas were read as the file stores them: 1 in all, the first in E3\n\
         rounded E2 (2008/09): the cell holds 0.30000000000000004; it was read as 0.30\n\
         time-left-out D3 (impact_from): the time of day was left out; the date is 2008-04-01"
    );
    assert_eq!(claims.control_total.to_string(), "0.90");
}

#[test]
fn mistakes_are_told_with_their_cells() {
    let file = workbook(|sheet| {
        for row in 1..=7 {
            write_claim(sheet, row);
        }
        sheet.write_number(1, 3, 39_539).unwrap();
        sheet
            .write_formula(2, 4, Formula::new("=1/0").set_result("#DIV/0!"))
            .unwrap();
        sheet.write_number(3, 4, 12.345).unwrap();
        sheet
            .write_datetime_with_format(4, 0, first_of_april(), &date_format())
            .unwrap();
        sheet
            .write_number_with_format(5, 3, 5_000_000, &date_format())
            .unwrap();
        sheet.write_number(6, 0, 2.1).unwrap();
        sheet
            .write_datetime_with_format(7, 4, first_of_april(), &date_format())
            .unwrap();
        sheet
            .merge_range(8, 0, 9, 1, "CS8", &Format::new())
            .unwrap();
        sheet
            .merge_range(20_000, 300, 20_001, 301, "", &Format::new())
            .unwrap();
    });
    assert_eq!(
        wrong(&file),
        "bad-field D2 (impact_from): \"39539\" is a bare number; format the cell as a date, or write it as 01/04/2010 (day first) or 2010-04-01\n\
         formula-error E3 (2008/09): the formula gives the error \"#DIV/0!\"; correct it, or enter the value itself\n\
         bad-money E4 (2008/09): \"12.345\" has more than two decimals; give whole pence\n\
         bad-field A5 (claim): the cell holds the date 2008-04-01, not a text; format the cell as text and type it again\n\
         bad-field D6 (impact_from): the cell is formatted as a date but holds none; enter a date like 01/04/2010 (day first) or 2010-04-01\n\
         bad-field A7 (claim): \"2.1\" is a number where a text belongs; format the cell as text and type it again\n\
         bad-money E8 (2008/09): a date stands where an amount belongs; enter it in pounds, like 1250.50\n\
         merged-cell A9: the cells A9:B10 are merged; unmerge them and fill in each cell\n\
         bad-field B9 (title): title is missing; enter it\n\
         bad-field C9 (action): action is missing; enter it\n\
         bad-field D9 (impact_from): impact_from is missing; enter it\n\
         bad-field E9 (2008/09): no year has an amount; enter at least one, 0 if there is no gain yet"
    );
}

#[test]
fn three_hundred_bad_rows_are_told_at_once() {
    let file = workbook(|sheet| {
        for row in 1..=300 {
            write_claim(sheet, row);
            sheet.write(row, 4, "n/a").unwrap();
        }
    });
    let sheet = read(&file, "claims.xlsx", None).unwrap();
    let problems = claims(&sheet).unwrap_err();
    assert_eq!(problems.len(), 300);
    for (row, problem) in (2..).zip(&problems) {
        assert_eq!(problem.cell.unwrap().to_string(), format!("E{row}"));
        assert_eq!((problem.row, problem.code), (Some(row), "bad-money"));
        assert_eq!(problem.column.as_deref(), Some("2008/09"));
    }
}

#[test]
fn a_formula_that_was_never_calculated_is_not_a_blank() {
    let headings = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>claim</t></is></c><c r="B1" t="inlineStr"><is><t>2008/09</t></is></c></row>"#;
    let rows = r#"<row r="2"><c r="A2"><f>1+1</f></c><c r="B2" t="str"><f>""</f><v></v></c></row>"#;
    let problems = wrong(&xlsx_of_rows(&format!("{headings}{rows}")));
    assert!(problems.contains("formula-error A2 (claim): the formula has no stored result"));
    assert!(
        !problems.contains("formula-error B2"),
        "a formula may give a blank"
    );
}

#[test]
fn a_heading_that_became_a_date_is_read_as_the_year_it_was() {
    let file = workbook(|sheet| {
        write_claim(sheet, 1);
        let september = ExcelDateTime::from_ymd(2008, 9, 1).unwrap();
        sheet
            .write_datetime_with_format(0, 4, september, &date_format())
            .unwrap();
    });
    let claims = good(&file);
    assert!(commands(&claims).contains(r#""profile":{"2008/09":"100.00"}"#));
    assert_eq!(
        listed(&claims.notes),
        "year-heading E1: the heading is stored as the date 2008-09-01 and was read as 2008/09"
    );
}

#[test]
fn the_first_visible_sheet_is_read_unless_one_is_named() {
    let mut workbook = Workbook::new();
    workbook
        .add_worksheet()
        .set_name("Lists")
        .unwrap()
        .set_hidden(true);
    let draft = workbook
        .add_worksheet()
        .set_name("Draft")
        .unwrap()
        .set_active(true);
    draft.write_row(0, 0, HEADINGS).unwrap();
    let sheet = workbook.add_worksheet().set_name("Claims 2010").unwrap();
    sheet.write_row(0, 0, HEADINGS).unwrap();
    write_claim(sheet, 1);
    let file = workbook.save_to_buffer().unwrap();

    let draft = claims(&read(&file, "c.xlsx", None).unwrap()).unwrap_err();
    assert!(listed(&draft).contains("no claim below the headings"));
    let named = claims(&read(&file, "c.xlsx", Some("claims 2010")).unwrap()).unwrap();
    assert_eq!((named.rows.len(), named.notes.len()), (1, 0));
    let unknown = read(&file, "c.xlsx", Some("Sheet1")).unwrap_err();
    assert!(
        unknown
            .to_string()
            .ends_with(r#"no sheet "Sheet1"; it has "Lists", "Draft", "Claims 2010""#)
    );
}

#[test]
fn other_writers_workbooks_are_read() {
    // No style sheet, no cell addresses, rich text, prefixes, absolute targets, back slashes.
    let strings = "<x:sst><x:si><x:r><x:t>cl</x:t></x:r><x:r><x:t>aim</x:t></x:r></x:si></x:sst>";
    let sheet = r#"<x:worksheet><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>"#;
    let mut parts = xlsx_parts(sheet, strings);
    parts[0].0 = "_RELS\\.rels";
    let problems = wrong(&zipped(parts));
    assert!(
        problems.contains("the column title is missing"),
        "{problems}"
    );
    assert!(!problems.contains("the column claim"), "{problems}");
}

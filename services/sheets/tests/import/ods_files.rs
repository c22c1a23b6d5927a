//! Workbooks as `LibreOffice` writes them.

use netgain_sheets::{claims, read};

use crate::workbooks::{
    commands, good, listed, ods_of_content, ods_of_tables, refused, wrong, zipped,
};

const HEADINGS: &str = r#"<table:table-header-rows><table:table-row><table:table-cell office:value-type="string"><text:p>claim</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>title</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>action</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>impact_from</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>2008/09</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>ongoing</text:p></table:table-cell></table:table-row></table:table-header-rows>"#;

/// One sheet with the headings and these rows.
fn sheet(rows: &str) -> Vec<u8> {
    ods_of_tables(&format!(
        r#"<table:table table:name="Claims" table:style-name="ta1"><table:table-column table:number-columns-repeated="6"/>{HEADINGS}{rows}</table:table>"#
    ))
}

fn text_cell(text: &str) -> String {
    format!(
        r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
    )
}

/// A row of a claim, with the XML of the cells from `impact_from` on.
fn row(claim: &str, rest: &str) -> String {
    let cells: String = [claim, "Title", "reduce-inputs"].map(text_cell).concat();
    format!("<table:table-row>{cells}{rest}</table:table-row>")
}

const APRIL: &str = r#"<table:table-cell office:value-type="date" office:date-value="2008-04-01"><text:p>01/04/08</text:p></table:table-cell>"#;

#[test]
fn typed_cells_give_a_claim() {
    let money = r#"<table:table-cell office:value-type="currency" office:currency="GBP" office:value="1250.5"><text:p>£1,250.50</text:p></table:table-cell><table:table-cell office:value-type="boolean" office:boolean-value="false"><text:p>FALSE</text:p></table:table-cell>"#;
    let rich = r#"A <text:s text:c="2"/><text:span>ti&amp;t</text:span>le<office:annotation><text:p>a remark</text:p></office:annotation>"#;
    let claim = row("CS1", &format!("{APRIL}{money}")).replace("Title", rich);
    // LibreOffice fills the sheet to its end with blank cells and rows.
    let blank = r#"<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    let claims = good(&sheet(&format!("{claim}{blank}")));
    assert_eq!(
        commands(&claims),
        r#"{"action":"reduce-inputs","claim":"CS1","impact_from":"2008-04-01","ongoing":false,"profile":{"2008/09":"1250.50"},"title":"A   ti&tle"}"#
    );
    assert_eq!(listed(&claims.notes), "");
}

#[test]
fn repeated_rows_and_cells_keep_their_addresses() {
    let blank = r#"<table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2"/></table:table-row>"#;
    let three = r#"<table:table-cell table:number-columns-repeated="3" office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>"#;
    let claim = format!(
        r#"<table:table-row-group><table:table-row table:number-rows-repeated="2">{}{three}{three}</table:table-row></table:table-row-group>"#,
        text_cell("CS1")
    );
    let problems = wrong(&sheet(&format!("{blank}{claim}")));
    let cells: Vec<_> = problems
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .collect();
    assert_eq!(cells, ["D5", "F5", "G5:", "A6", "D6", "F6"]);
}

#[test]
fn traps_are_told_with_their_cells() {
    let error = r#"<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>"#;
    let old_error = r#"<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>Err:503</text:p></table:table-cell>"#;
    let euros = r#"<table:table-cell office:value-type="currency" office:currency="EUR" office:value="5"><text:p>5,00 €</text:p></table:table-cell>"#;
    let february = r#"<table:table-cell office:value-type="date" office:date-value="2010-02-31"/>"#;
    let time = r#"<table:table-cell office:value-type="time" office:time-value="PT12H00M00S"/>"#;
    let uncalculated = r#"<table:table-cell table:formula="of:=1+1"/>"#;
    let merged = r#"<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="float" office:value="1"/><table:covered-table-cell/>"#;
    let rows = [
        row("CS1", &format!("{APRIL}{error}")),
        row("CS2", &format!("{APRIL}{old_error}")),
        row("CS3", &format!("{APRIL}{euros}")),
        row("CS4", &format!("{february}{time}")),
        row("CS5", &format!("{APRIL}{uncalculated}")),
        row("CS6", &format!("{APRIL}{merged}")),
    ];
    assert_eq!(
        wrong(&sheet(&rows.concat())),
        "formula-error E2 (2008/09): the formula gives the error \"#DIV/0!\"; correct it, or enter the value itself\n\
         formula-error E3 (2008/09): the formula gives the error \"Err:503\"; correct it, or enter the value itself\n\
         bad-money E4 (2008/09): the amount is in \"EUR\"; enter it in pounds\n\
         bad-field D5 (impact_from): the cell is formatted as a date but holds none; enter a date like 01/04/2010 (day first) or 2010-04-01\n\
         bad-money E5 (2008/09): a time stands where an amount belongs; enter it in pounds, like 1250.50\n\
         formula-error E6 (2008/09): the formula has no stored result; open the file in a spreadsheet program and save it again\n\
         merged-cell E7: the cells E7:F8 are merged; unmerge them and fill in each cell"
    );
}

#[test]
fn the_first_visible_sheet_is_read_unless_one_is_named() {
    let table = |name: &str, style: &str, claim: &str| {
        let five = r#"<table:table-cell office:value-type="float" office:value="5"/>"#;
        let row = row(claim, &format!("{APRIL}{five}"));
        format!(
            r#"<table:table table:name="{name}" table:style-name="{style}">{HEADINGS}{row}</table:table>"#
        )
    };
    let tables = [
        format!(
            "<table:tracked-changes>{}</table:tracked-changes>",
            table("Old", "ta1", "X")
        ),
        table("Hidden", "ta2", "CS1"),
        table("A &amp; B", "ta1", "CS2"),
        table("Other", "ta1", "CS3"),
    ];
    let file = ods_of_tables(&tables.concat());
    let first_claim = |name| {
        claims(&read(&file, "c.ods", name).unwrap()).unwrap().rows[0]
            .claim
            .clone()
    };
    assert_eq!(first_claim(None), "CS2");
    assert_eq!(first_claim(Some("hidden")), "CS1");
    assert_eq!(first_claim(Some("other")), "CS3");
    assert_eq!(
        listed(&good(&file).notes),
        "other-sheets only the sheet \"A & B\" was read; the workbook also has \"Other\""
    );
    assert!(
        read(&file, "c.ods", Some("Old"))
            .unwrap_err()
            .to_string()
            .contains("no sheet \"Old\"")
    );
}

#[test]
fn a_password_and_a_broken_content_are_told_apart() {
    let mimetype = (
        "mimetype",
        &b"application/vnd.oasis.opendocument.spreadsheet"[..],
    );
    let encrypted = ("content.xml", &b"\x93\x07\xfe<\x00"[..]);
    let manifest: &[u8] = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let file = zipped([mimetype, encrypted, ("META-INF/manifest.xml", manifest)]);
    assert!(refused(&file).to_string().contains("password"));
    assert!(
        refused(&zipped([mimetype, encrypted]))
            .to_string()
            .contains("damaged")
    );
    assert!(refused(&zipped([mimetype])).to_string().contains("damaged"));
}

#[test]
fn a_document_that_ends_inside_its_table_is_refused() {
    let content = "<office:document-content><office:body><office:spreadsheet><table:table table:name='A'><table:table-row>";
    assert!(
        refused(&ods_of_content(content))
            .to_string()
            .contains("damaged or cut short")
    );
}

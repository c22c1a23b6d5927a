//! Files made by hand, and what they give, as text that can be compared.

use std::io::{Cursor, Write};

use netgain_sheets::{Claims, Problem, SheetError, claims, read};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A file of claims that are all right.
pub(crate) fn good(bytes: &[u8]) -> Claims {
    let sheet = read(bytes, "claims.xlsx", None).unwrap();
    claims(&sheet).unwrap_or_else(|problems| panic!("{}", listed(&problems)))
}

/// A file that can be read as a sheet with something wrong in it: what, a line each, with codes.
pub(crate) fn wrong(bytes: &[u8]) -> String {
    let sheet = read(bytes, "claims.xlsx", None).unwrap();
    listed(&claims(&sheet).expect_err("something is wrong with it"))
}

/// A file that cannot be read as a sheet.
pub(crate) fn refused(bytes: &[u8]) -> SheetError {
    read(bytes, "claims.xlsx", None).expect_err("it cannot be read")
}

pub(crate) fn listed(problems: &[Problem]) -> String {
    let lines: Vec<_> = problems
        .iter()
        .map(|problem| format!("{} {problem}", problem.code))
        .collect();
    lines.join("\n")
}

/// The fields and offsets of each claim, a line each, as JSON.
pub(crate) fn commands(claims: &Claims) -> String {
    let mut lines = Vec::new();
    for row in &claims.rows {
        lines.push(serde_json::to_string(&row.fields).unwrap());
        for offset in &row.offsets {
            let fields = serde_json::to_string(&offset.fields).unwrap();
            lines.push(format!("  {} {fields}", offset.cell));
        }
    }
    lines.join("\n")
}

/// A zip of these parts, packed.
pub(crate) fn zipped<'p>(parts: impl IntoIterator<Item = (&'p str, &'p [u8])>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const PACKAGE: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Claims" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

/// The parts of an xlsx, its sheet's XML given, and its shared strings' if any.
pub(crate) fn xlsx_parts<'p>(sheet: &'p str, strings: &'p str) -> Vec<(&'p str, &'p [u8])> {
    let mut parts = vec![
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    if !strings.is_empty() {
        parts.push(("xl/sharedStrings.xml", strings.as_bytes()));
    }
    parts
}

/// An xlsx whose sheet holds this XML between `<sheetData>` and its end.
pub(crate) fn xlsx_of_rows(rows: &str) -> Vec<u8> {
    zipped(xlsx_parts(
        &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>"),
        "",
    ))
}

/// An ods whose content holds this XML inside the spreadsheet.
pub(crate) fn ods_of_tables(tables: &str) -> Vec<u8> {
    ods_of_content(&format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"#
    ))
}

pub(crate) fn ods_of_content(content: &str) -> Vec<u8> {
    zipped([
        (
            "mimetype",
            &b"application/vnd.oasis.opendocument.spreadsheet"[..],
        ),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ])
}

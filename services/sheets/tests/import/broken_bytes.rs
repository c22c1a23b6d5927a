//! Bytes that no program wrote: random ones, and good files with some of their bytes changed.
//! Whatever comes in, something comes out.

use netgain_sheets::{SheetError, claims, read};
use rust_xlsxwriter::{Format, Formula, Workbook};

use crate::workbooks::{ods_of_content, xlsx_parts, zipped};

/// xorshift64*, so that a failing seed replays.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end.max(1)
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[7]
    }
}

/// Reads a file to its end, and gives what a library's fault would have been hidden behind.
fn outcome(bytes: &[u8]) -> Result<(), SheetError> {
    let sheet = read(bytes, "claims.xlsx", None)?;
    // Whether the claims are right is not the question.
    drop(claims(&sheet));
    Ok(())
}

/// No library under the readers may panic on what was let through to it.
fn must_not_panic(seed: u64, bytes: &[u8]) {
    if let Err(SheetError::Damaged { cause }) = outcome(bytes) {
        assert_ne!(cause.to_string(), "a reader gave up on it", "seed {seed}");
    }
}

fn good_xlsx() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet
        .write_row(0, 0, ["claim", "title", "action", "impact_from", "2008/09"])
        .unwrap();
    for row in 1..20 {
        sheet
            .write_row(row, 0, ["C", "Title", "reduce-inputs"])
            .unwrap();
        let date = Format::new().set_num_format("dd/mm/yyyy");
        sheet
            .write_number_with_format(row, 3, 39_539, &date)
            .unwrap();
        sheet
            .write_formula(row, 4, Formula::new("=1+1").set_result("2"))
            .unwrap();
    }
    sheet
        .merge_range(30, 0, 31, 1, "x", &Format::new())
        .unwrap();
    workbook.save_to_buffer().unwrap()
}

const ODS_CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content><style:style style:name="a"><style:table-properties table:display="false"/></style:style><office:spreadsheet><table:table table:name="A" table:style-name="b"><table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="3" office:value-type="string"><text:p>claim<text:s text:c="3"/>&amp;</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell office:value-type="float" office:value="1.5" table:formula="of:=1"/><table:table-cell office:value-type="date" office:date-value="2008-04-01"/><table:table-cell table:number-columns-spanned="2"/></table:table-row></table:table></office:spreadsheet></office:document-content>"#;

const SHEET: &str = r#"<?xml version="1.0" encoding="UTF-8"?><worksheet><dimension ref="A1:C3"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>title</t></is></c></row><row r="2"><c r="A2" s="1"><f t="shared" si="0" ref="A2:A3">1+1</f><v>39539</v></c><c r="B2" t="b"><v>1</v></c><c r="C2" t="e"><v>#N/A</v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v>2</v></c><c r="B3" t="d"><v>2008-04-01</v></c><c r="C3" t="str"><f>"x"</f><v>x&amp;y</v></c></row></sheetData><mergeCells count="1"><mergeCell ref="B3:C3"/></mergeCells></worksheet>"#;
const STRINGS: &str = r#"<sst count="1" uniqueCount="1"><si><r><t xml:space="preserve">cl</t></r><r><t>aim</t></r><rPh><t>x</t></rPh></si></sst>"#;

/// The text with some of it overwritten, cut out or put elsewhere.
fn mangled(random: &mut Random, original: &[u8]) -> Vec<u8> {
    const PIECES: [&[u8]; 12] = [
        b"<",
        b">",
        b"/>",
        b"\"",
        b"&",
        b"99999999999",
        b"-1",
        b"<!--",
        b"]]>",
        b"\0",
        b"XFD1048577",
        b"</",
    ];
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let end = (at + random.below(12)).min(bytes.len());
        match random.below(4) {
            0 => bytes[at] = random.byte(),
            1 => drop(bytes.splice(at..end, PIECES[random.below(PIECES.len())].iter().copied())),
            2 => drop(bytes.drain(at..end)),
            _ => {
                let from = random.below(bytes.len());
                let piece = bytes[from..(from + 40).min(bytes.len())].to_vec();
                drop(bytes.splice(at..at, piece));
            }
        }
    }
    bytes
}

#[test]
fn random_bytes_are_refused_or_read() {
    for seed in 1..=400 {
        let mut random = Random(seed);
        let mut bytes: Vec<_> = (0..random.below(3_000)).map(|_| random.byte()).collect();
        let start: &[u8] = [
            &b""[..],
            b"PK\x03\x04",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
            b"claim,\"",
        ][random.below(4)];
        bytes.splice(0..0, start.iter().copied());
        must_not_panic(seed, &bytes);
        // The same as text, which gets further.
        bytes.retain(|byte| *byte != 0);
        must_not_panic(seed, &bytes);
    }
}

#[test]
fn a_file_with_changed_bytes_is_refused_or_read() {
    for file in [good_xlsx(), ods_of_content(ODS_CONTENT)] {
        outcome(&file).unwrap();
        for seed in 1..=400 {
            let mut random = Random(seed);
            let mut bytes = file.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                bytes[at] = random.byte();
            }
            must_not_panic(seed, &bytes);
            bytes.truncate(random.below(bytes.len()));
            must_not_panic(seed, &bytes);
        }
    }
}

#[test]
fn a_file_whose_xml_is_changed_is_refused_or_read() {
    let parts = xlsx_parts(SHEET, STRINGS);
    outcome(&zipped(parts.iter().copied())).unwrap();
    for seed in 1..=500 {
        let mut random = Random(seed);
        let ods = mangled(&mut random, ODS_CONTENT.as_bytes());
        let ods = [
            (
                "mimetype",
                &b"application/vnd.oasis.opendocument.spreadsheet"[..],
            ),
            ("content.xml", &ods),
        ];
        must_not_panic(seed, &zipped(ods));

        let mut parts = parts.clone();
        let changed = random.below(parts.len());
        let part = mangled(&mut random, parts[changed].1);
        parts[changed].1 = &part;
        must_not_panic(seed, &zipped(parts));
    }
}

//! Files made to take a server's memory or time. Each is refused with a sentence, and the whole of
//! them together takes less memory than one of them asks for.

use std::io::{Cursor, Write};

use netgain_sheets::{claims, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::workbooks::{
    ods_of_content, ods_of_tables, refused, wrong, xlsx_of_rows, xlsx_parts, zipped,
};

const MIB: usize = 1024 * 1024;

/// What this process has taken at most, where the operating system says.
fn peak_memory_bytes() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// Adds a part that unpacks to that many bytes, of a repeated piece.
fn add_part(zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, piece: &[u8], bytes: usize) {
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    let block = piece.repeat(MIB / piece.len());
    for _ in 0..bytes.div_ceil(block.len()) {
        zip.write_all(&block).unwrap();
    }
}

fn bomb(add: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    add(&mut zip);
    zip.finish().unwrap().into_inner()
}

/// A file with every stated unpacked size replaced, in the directory and before each part.
fn with_stated_sizes(mut file: Vec<u8>, size: u32) -> Vec<u8> {
    for (magic, at) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let headers: Vec<_> = file
            .windows(4)
            .enumerate()
            .filter(|(_, window)| window == magic)
            .map(|(position, _)| position)
            .collect();
        for header in headers {
            file[header + at..header + at + 4].copy_from_slice(&size.to_le_bytes());
        }
    }
    file
}

/// Checks that a file is refused for that reason, and that no file so far took much memory.
fn refuses(what: &str, file: &[u8], why: &str) {
    let error = refused(file);
    assert!(error.to_string().contains(why), "{what}: {error:?}");
    if let Some(peak) = peak_memory_bytes() {
        assert!(peak < 200 * MIB, "{what}: {} MiB were taken", peak / MIB);
    }
}

/// A zip in which that many entries of the directory all name the same stored bytes.
fn with_entries_that_overlap(bytes: usize, entries: u16) -> Vec<u8> {
    let file = bomb(|zip| {
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file("000", stored).unwrap();
        zip.write_all(&vec![b' '; bytes]).unwrap();
    });
    // APPNOTE.TXT 4.3.12 and 4.3.16: an entry's name is 46 bytes into its header; the end record
    // counts the entries at 8 and 10, and has the directory's size at 12.
    let at = |magic: &[u8]| file.windows(4).rposition(|window| window == magic).unwrap();
    let (last_header, end) = (at(b"PK\x01\x02"), at(b"PK\x05\x06"));
    let header = &file[last_header..end];
    let mut directory_size = u32::from_le_bytes(file[end + 12..end + 16].try_into().unwrap());
    let mut overlapping = file[..end].to_vec();
    for entry in 1..entries {
        overlapping.extend(&header[..46]);
        overlapping.extend(format!("{entry:03}").bytes());
        overlapping.extend(&header[49..]);
        directory_size += u32::try_from(header.len()).unwrap();
    }
    let mut end = file[end..].to_vec();
    end[8..10].copy_from_slice(&(entries + 1).to_le_bytes());
    end[10..12].copy_from_slice(&(entries + 1).to_le_bytes());
    end[12..16].copy_from_slice(&directory_size.to_le_bytes());
    overlapping.extend(end);
    overlapping
}

#[test]
fn zips_that_unpack_to_too_much_are_refused() {
    // Its ratio refuses it, and would at ten times the size.
    let one_part = bomb(|zip| add_part(zip, "xl/calcChain.xml", &[0], 24 * MIB));
    refuses(
        "24 MiB of nothing in a part",
        &one_part,
        "unpacks to far more",
    );
    refuses(
        "24 MiB said to be 5 bytes",
        &with_stated_sizes(one_part, 5),
        "damaged",
    );
    let text = bomb(|zip| add_part(zip, "xl/sharedStrings.xml", b" ", 2 * MIB));
    refuses(
        "a text of 2 MiB",
        &text,
        "more than a list of 20,000 claims",
    );
    let elements = bomb(|zip| add_part(zip, "xl/sharedStrings.xml", b"<si>", MIB));
    refuses(
        "a quarter of a million elements",
        &elements,
        "more than a list of 20,000 claims",
    );

    let overlapping = with_entries_that_overlap(9 * MIB, 12);
    refuses("9 MiB named 12 times", &overlapping, "unpacks to far more");
    let fits = with_entries_that_overlap(9 * MIB, 11);
    refuses("9 MiB named 11 times", &fits, "damaged");
    let parts = |count: u16| {
        bomb(|zip| (1..count).for_each(|part| add_part(zip, &part.to_string(), &[0], 0)))
    };
    refuses("1,000 parts", &parts(1_000), "damaged");
    refuses("1,001 parts", &parts(1_001), "more than 1,000 parts");
}

#[test]
fn an_xlsx_is_not_taken_at_its_word() {
    let corner = xlsx_of_rows(
        r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#,
    );
    refuses(
        "a cell in the last corner",
        &corner,
        "XFD1048576 lies below row 20,000",
    );
    let column = xlsx_of_rows(r#"<row><c r="XFD1"><v>1</v></c></row>"#);
    refuses(
        "a cell in the last column",
        &column,
        "XFD1 lies right of the 200th",
    );
    let twice = xlsx_of_rows(r#"<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#);
    refuses("a cell twice", &twice, "damaged");

    let shown: Vec<_> = (1..=20_000)
        .map(|row| format!(r#"<row><c r="A{row}" t="s"><v>0</v></c></row>"#))
        .collect();
    let sheet = format!(
        "<worksheet><sheetData>{}</sheetData></worksheet>",
        shown.concat()
    );
    let strings = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
    let file = zipped(xlsx_parts(&sheet, &strings));
    refuses(
        "a long text in every row",
        &file,
        "more than a list of 20,000 claims",
    );

    let blank = "<worksheet><sheetData/></worksheet>";
    for announced in ["18446744073709551615", "99999999999"] {
        let strings = format!("<sst uniqueCount='{announced}'/>");
        refuses(
            "shared strings announced",
            &zipped(xlsx_parts(blank, &strings)),
            "damaged",
        );
    }
    for sheet in [
        "<worksheet><dimension ref='B2:A1'/><sheetData/></worksheet>",
        "<worksheet><sheetData/><mergeCells><mergeCell ref='C3:A1'/></mergeCells></worksheet>",
        "<!DOCTYPE a [<!ENTITY b 'bb'>]><worksheet><sheetData/></worksheet>",
    ] {
        refuses(sheet, &zipped(xlsx_parts(sheet, "")), "damaged");
    }
    // Nothing is set aside for the index of a shared formula.
    wrong(&xlsx_of_rows(
        "<row><c r='A1'><f t='shared' si='99999999999' ref='A1:A2'>1</f><v>1</v></c></row>",
    ));
}

#[test]
fn an_ods_is_not_taken_at_its_word() {
    const FIVE: &str = "office:value-type='float' office:value='5'";
    let rows =
        |rows: &str| ods_of_tables(&format!("<table:table table:name='A'>{rows}</table:table>"));
    let row = |repeated: &str, cell: &str| {
        format!(
            "<table:table-row table:number-rows-repeated='{repeated}'><table:table-cell {cell}</table:table-cell></table:table-row>"
        )
    };
    let five = format!("{FIVE}>");
    refuses(
        "a repeated row",
        &rows(&row("1048576", &five)),
        "A20001 lies below",
    );
    let cells = |repeated: &str| format!("table:number-columns-repeated='{repeated}' {five}");
    refuses(
        "a repeated cell",
        &rows(&row("1", &cells("4294967295"))),
        "GS1 lies right of",
    );
    let both = rows(&row("20000", &cells("200")));
    refuses(
        "repeated rows of repeated cells",
        &both,
        "more than a list of 20,000 claims",
    );
    let far = rows(&format!("{}{}", row("4294967295", ">"), row("1", &five)));
    refuses("a cell below a repeated blank row", &far, "lies below");
    let spaces = "office:value-type='string'><text:p>a<text:s text:c='4294967295'/></text:p>";
    refuses(
        "repeated spaces",
        &rows(&row("1", spaces)),
        "A1 holds more than 32 KiB",
    );
    refuses("no repeats", &rows(&row("0", &five)), "damaged");
    let endless = "<office:document-content><table:table table:name='A'>";
    refuses(
        "a table that never ends",
        &ods_of_content(endless),
        "damaged",
    );
    let nested = ods_of_content(&"<a>".repeat(MIB));
    refuses(
        "elements inside each other",
        &nested,
        "more than a list of 20,000 claims",
    );
}

#[test]
fn a_text_is_not_taken_at_its_word() {
    let commas = format!("{}x", ",".repeat(2 * MIB)).into_bytes();
    refuses(
        "2 MiB of commas and a value",
        &commas,
        "lies right of the 200th",
    );
    let lines = format!("{}x", "\n".repeat(2 * MIB)).into_bytes();
    refuses(
        "2 MiB of lines and a value",
        &lines,
        "lies below row 20,000",
    );
    let cell = vec![b'x'; 2 * MIB];
    refuses("2 MiB in a cell", &cell, "A1 holds more than 32 KiB");
    let quotes = vec![b'"'; 2 * MIB + 1];
    refuses(
        "2 MiB of quotation marks",
        &quotes,
        "A1 holds more than 32 KiB",
    );
    refuses(
        "a file over 10 MiB",
        &vec![b'a'; 10 * MIB + 1],
        "larger than 10 MiB",
    );
}

#[test]
fn files_of_other_kinds_are_told_apart() {
    let compound_file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 then much else".to_vec();
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let encrypted = [compound_file.clone(), name].concat();
    for (file, why) in [
        (
            compound_file,
            "\"claims.xlsx\" is an old Excel workbook (.xls) whatever its name says; open it and save it as .xlsx",
        ),
        (
            encrypted,
            "the workbook is protected by a password; open it, take the password off and save it as .xlsx",
        ),
        (Vec::new(), "the file is empty"),
        (b"PK\x03\x04".to_vec(), "damaged or cut short"),
        (zipped([("xl/workbook.bin", &b""[..])]), ".xlsb"),
        (
            zipped([("word/document.xml", &b""[..])]),
            "the file is not a spreadsheet",
        ),
        (
            zipped([("mimetype", &b"application/vnd.oasis.opendocument.text"[..])]),
            "the file is not a spreadsheet",
        ),
        (b"%PDF-1.7\n".to_vec(), "the file is not a spreadsheet"),
        (
            b"\x89PNG\r\n\x1a\n\0\0".to_vec(),
            "the file is not a spreadsheet",
        ),
        (b"\n <html><table>".to_vec(), "a web page or XML"),
        (b"\xFF\xFEc\0l\0".to_vec(), "not in UTF-8"),
    ] {
        let error = refused(&file);
        assert!(error.to_string().contains(why), "{error}");
        assert_eq!(error.code(), "bad-file");
    }
}

#[test]
fn two_parts_of_one_name_are_refused() {
    let mut parts = xlsx_parts("<worksheet><sheetData/></worksheet>", "");
    parts.push(("XL\\Worksheets/sheet1.xml", b"<worksheet/>"));
    assert!(refused(&zipped(parts)).to_string().contains("damaged"));
}

#[test]
fn a_part_with_a_wrong_checksum_is_refused() {
    let mut file = xlsx_of_rows("<row><c r='A1'><v>1</v></c></row>");
    let directory = file
        .windows(4)
        .rposition(|window| window == b"PK\x01\x02")
        .unwrap();
    file[directory + 16] ^= 1;
    assert!(refused(&file).to_string().contains("damaged"));
}

#[test]
fn the_largest_sheet_that_is_allowed_is_read() {
    let mut csv = "claim,title,action,impact_from,2008/09\n".to_owned();
    for row in 2..=20_000 {
        let claim = format!("C{row},A title,reduce-inputs,01/04/2008,\"£1,000.05\"\n");
        csv.push_str(&claim);
    }
    let claims = claims(&read(csv.as_bytes(), "c.csv", None).unwrap()).unwrap();
    assert_eq!(claims.rows.len(), 19_999);
    assert_eq!(claims.control_total.to_string(), "19999999.95");
}

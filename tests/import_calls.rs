//! `netgain import`: spreadsheets as finance teams have them, all rows or none, every problem at once.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use netgain_tests::examples::{LANCASTER, SALFORD, STROUD, claim, organisation, stroud, with};
use netgain_tests::program::{Output, Program};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use serde_json::{Value, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// How soon a file made to do harm must be refused.
const HARM_WITHIN: Duration = Duration::from_secs(2);

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/samples")
}

/// A sheet kept beside these tests, as someone would hand it in.
fn spreadsheet(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("spreadsheets");
    let path = fs::canonicalize(folder.join(name)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn sample(name: &str) -> String {
    let path = fs::canonicalize(samples().join(name)).unwrap();
    path.to_str().unwrap().to_owned()
}

fn import(program: &Program, org: &str, file: &str, more: &[&str]) -> Output {
    program.run_words(&[&["import", file, "--org", org], more].concat())
}

fn import_json(program: &Program, org: &str, file: &str, more: &[&str]) -> Value {
    let output = import(program, org, file, &[more, &["--json"]].concat());
    assert_eq!(output.status, 0, "{output:#?}");
    output.document()
}

/// Imports what must be refused: with status 1, nothing written, and the same said to people as to
/// programs. Returns the problems.
fn refused(program: &Program, file: &str, more: &[&str]) -> Vec<Value> {
    let before = program.export();
    let text = import(program, STROUD, file, more);
    assert_eq!(text.status, 1, "{text:#?}");
    let output = import(program, STROUD, file, &[more, &["--json"]].concat());
    assert_eq!(output.status, 1, "{output:#?}");
    assert!(program.export() == before, "something was written");
    let document = output.document();
    assert_eq!(document["imported"], false);
    let problems = document["problems"].as_array().unwrap().clone();
    for problem in &problems {
        let message = problem["message"].as_str().unwrap();
        assert!(
            text.stdout.contains(message),
            "{message:?} is not in {text:#?}"
        );
        if let Some(cell) = problem["cell"].as_str() {
            assert!(
                text.stdout.contains(&format!("{cell} "))
                    || text.stdout.contains(&format!("{cell}:"))
            );
        }
    }
    let plural = if problems.len() == 1 { "" } else { "s" };
    let count = format!("{} problem{plural}; nothing was imported.", problems.len());
    assert!(
        text.stdout.contains(&count),
        "{count:?} is not in {text:#?}"
    );
    problems
}

/// Each problem's cell and code.
fn places(problems: &[Value]) -> Vec<(&str, &str)> {
    problems
        .iter()
        .map(|problem| {
            let cell = problem["cell"].as_str().unwrap_or("-");
            (cell, problem["code"].as_str().unwrap())
        })
        .collect()
}

// ---------------------------------------------------------------------------------------------
// real sheets

#[test]
fn the_councils_published_lists_give_their_figures() {
    for (org, name, file, claims, control_total, nets) in [
        (
            SALFORD,
            "Salford City Council",
            "salford-2010.csv",
            38,
            "£10,440,000",
            [
                ("2010/11", "2809000.00"),
                ("2011/12", "3290000.00"),
                ("2012/13", "3355000.00"),
            ],
        ),
        (
            LANCASTER,
            "Lancaster City Council",
            "lancaster-2009.csv",
            10,
            "1585300.00",
            [
                ("2009/10", "391300.00"),
                ("2010/11", "424700.00"),
                ("2011/12", "428600.00"),
            ],
        ),
    ] {
        let program = Program::with(&[organisation(org, name)]);
        let words = ["--control-total", control_total, "--actor", "a.finance"];

        let imported = import_json(&program, org, &sample(file), &words);

        let counts = json!({ "new": claims, "amended": 0, "unchanged": 0, "costs": 0 });
        assert_eq!(imported["imported"], true);
        assert_eq!(imported["counts"], counts);
        assert_eq!(
            (&imported["first_position"], &imported["last_position"]),
            (&json!(2), &json!(claims + 1))
        );
        let events = program.events(org);
        assert_eq!(events.len(), claims + 1);
        assert!(
            events[1..]
                .iter()
                .all(|event| event["actor"] == "a.finance")
        );
        for (at, (year, net)) in nets.into_iter().enumerate() {
            let totals = program.totals_now(org, year);
            assert_eq!(totals["claimed"]["net"], net, "{year}");
            let said = &imported["claimed_net"][at];
            assert_eq!(
                said,
                &json!({ "year": year, "before": "0.00", "after": net })
            );
        }
    }
}

#[test]
fn a_second_import_meets_every_claim_it_made() {
    let program = Program::with(&[organisation(SALFORD, "Salford City Council")]);
    let file = sample("salford-2010.csv");
    import_json(&program, SALFORD, &file, &[]);
    let before = program.export();

    let again = import(&program, SALFORD, &file, &["--json"]);

    assert_eq!(again.status, 1);
    let problems = again.document()["problems"].as_array().unwrap().clone();
    assert_eq!(problems.len(), 38);
    for (row, problem) in (2..).zip(&problems) {
        assert_eq!(problem["code"], "claim-exists");
        assert_eq!(problem["cell"], format!("A{row}"));
        assert_eq!(
            (&problem["row"], &problem["column"]),
            (&json!(row), &json!("claim"))
        );
    }
    assert!(program.export() == before);
}

#[test]
fn a_dry_run_shows_the_effect_and_writes_nothing() {
    let program = Program::with(&[organisation(LANCASTER, "Lancaster City Council")]);
    let file = sample("lancaster-2009.csv");
    let before = program.log();

    let text = import(&program, LANCASTER, &file, &["--dry-run"]);
    let rehearsed = import_json(&program, LANCASTER, &file, &["--dry-run"]);

    assert!(program.log() == before, "something was written");
    assert_eq!(text.status, 0, "{text:#?}");
    for words in [
        "Would import 10 new claims",
        "£1,585,300.00",
        "2011/12",
        "+£428,600.00",
        "Nothing was written",
    ] {
        assert!(text.stdout.contains(words), "{words:?} is not in {text:#?}");
    }
    assert_eq!(rehearsed["imported"], false);
    assert_eq!(rehearsed["last_position"], Value::Null);

    let imported = import_json(&program, LANCASTER, &file, &[]);
    assert_eq!(imported["claimed_net"], rehearsed["claimed_net"]);
    assert_eq!(imported["counts"], rehearsed["counts"]);
    // What could not be imported cannot be rehearsed either.
    let again = import(&program, LANCASTER, &file, &["--dry-run"]);
    assert_eq!(again.status, 1);
    assert!(
        again.stdout.contains("10 problems; nothing was imported."),
        "{again:#?}"
    );
}

#[test]
fn a_control_total_is_the_sum_of_the_year_columns() {
    let program = Program::with(&[stroud()]);
    let file = spreadsheet("costs.csv");
    for wrong in ["3,100.00", "£3,000.01", "0"] {
        let before = program.export();
        let output = import(&program, STROUD, &file, &["--control-total", wrong]);
        output.fails(1, &["control-total", "3000.00", "nothing was imported"]);
        assert!(program.export() == before);
    }
    let no_amount = import(&program, STROUD, &file, &["--control-total", "many"]);
    no_amount.fails(2, &["many"]);
    let imported = import_json(&program, STROUD, &file, &["--control-total", "£3,000"]);
    assert_eq!(imported["control_total"], "3000.00");
}

#[test]
fn costs_of_a_sheet_are_offsets() {
    let program = Program::with(&[stroud()]);
    let imported = import_json(&program, STROUD, &spreadsheet("costs.csv"), &[]);
    let counts = json!({ "new": 2, "amended": 0, "unchanged": 0, "costs": 4 });
    assert_eq!(imported["counts"], counts);
    costs_are_counted(&program);
}

/// What `costs.csv`, and the workbook with the same cells, must come to: £1,000.00 a year less a
/// running cost of £100.00 that becomes £150.00 and ends, and an investment of £75.50; and £2,000.00
/// a year whose cost runs on.
fn costs_are_counted(program: &Program) {
    for (year, one_off, recurring, deleted, net) in [
        // The £50.00 that the cost grows by in 2010/11 had lasted two years only.
        ("2008/09", "75.50", "100.00", "50.00", "774.50"),
        ("2009/10", "0.00", "100.00", "50.00", "850.00"),
        ("2010/11", "0.00", "150.00", "0.00", "850.00"),
        ("2011/12", "0.00", "0.00", "0.00", "1000.00"),
    ] {
        let totals = program.totals_now(STROUD, year);
        let line = json!({
            "claim": "A", "status": "provisional", "reasons": [], "gross": "1000.00",
            "recurring_costs": recurring, "deleted": deleted, "one_off_costs": one_off, "net": net,
            "validated": false, "assured": false,
        });
        assert_eq!(totals["claims"][0], line, "{year}");
    }
    for year in ["2009/10", "2020/21"] {
        let totals = program.totals_now(STROUD, year);
        assert_eq!(totals["claims"][1]["recurring_costs"], "40.00", "{year}");
        assert_eq!(totals["claims"][1]["net"], "1960.00", "{year}");
    }
    let offsets: Vec<(String, String, String, String, Value)> = program
        .events(STROUD)
        .iter()
        .filter(|event| event["type"] == "offset-recorded")
        .map(|event| {
            let text = |field: &str| event[field].as_str().unwrap().to_owned();
            let until = event.get("until").cloned().unwrap_or_default();
            (
                text("claim"),
                text("offset"),
                text("kind"),
                text("amount"),
                until,
            )
        })
        .collect();
    let offset = |claim: &str, offset: &str, kind: &str, amount: &str, until: Value| {
        (
            claim.to_owned(),
            offset.to_owned(),
            kind.to_owned(),
            amount.to_owned(),
            until,
        )
    };
    let expected = [
        offset("A", "one-off-2008-09", "one-off", "75.50", Value::Null),
        offset(
            "A",
            "recurring-2008-09",
            "recurring",
            "100.00",
            json!("2009/10"),
        ),
        offset(
            "A",
            "recurring-2010-11",
            "recurring",
            "150.00",
            json!("2010/11"),
        ),
        offset("B", "recurring-2009-10", "recurring", "40.00", Value::Null),
    ];
    assert_eq!(offsets, expected);
}

#[test]
fn an_amending_import_changes_what_changed() {
    let program = Program::with(&[stroud()]);
    import_json(&program, STROUD, &spreadsheet("costs.csv"), &[]);
    let before = program.events(STROUD).len();
    let amend = ["--amend", "--reason", "Outturn of 2009/10"];

    // The same sheet again has nothing new to say.
    let same = import_json(&program, STROUD, &spreadsheet("costs.csv"), &amend);
    let counts = json!({ "new": 0, "amended": 0, "unchanged": 2, "costs": 0 });
    assert_eq!(same["counts"], counts);
    assert_eq!(program.events(STROUD).len(), before);

    let amended = import_json(&program, STROUD, &spreadsheet("costs-amended.csv"), &amend);
    let counts = json!({ "new": 1, "amended": 1, "unchanged": 1, "costs": 1 });
    assert_eq!(amended["counts"], counts);
    let events = program.events(STROUD);
    let added = &events[before..];
    assert_eq!(added.len(), 3);
    assert_eq!(added[0]["type"], "claim-amended");
    assert_eq!(added[0]["claim"], "B");
    assert_eq!(added[0]["reason"], "Outturn of 2009/10");
    assert_eq!(added[0]["profile"], json!({ "2009/10": "2500.00" }));
    assert!(added[0].get("title").is_none(), "{}", added[0]);
    assert_eq!(
        (&added[1]["type"], &added[1]["claim"]),
        (&json!("claim-registered"), &json!("C"))
    );
    assert_eq!(
        (&added[2]["type"], &added[2]["offset"]),
        (&json!("offset-recorded"), &json!("one-off-2010-11"))
    );

    // A reason belongs to it, and it to a reason.
    let file = spreadsheet("costs.csv");
    import(&program, STROUD, &file, &["--amend"]).fails(2, &["--reason"]);
    import(&program, STROUD, &file, &["--reason", "Outturn"]).fails(2, &["--amend"]);
}

#[test]
fn the_effect_is_shown_of_every_year_that_changes() {
    let grown = json!({ "profile": { "2008/09": "1000", "2010/11": "2000" } });
    let program = Program::with(&[stroud(), with(claim("A"), &grown)]);
    // The sheet states one year, and a profile is replaced as a whole; and a cost comes in another.
    let sheet = "claim,title,action,impact_from,2008/09,one_off 2012/13\n\
                 A,Claim A,reduce-inputs,01/04/2008,\"£1,000\",£300\n";
    let file = program.file("claims.csv", sheet);
    let amend = ["--amend", "--reason", "Outturn"];
    let rehearsed = import_json(
        &program,
        STROUD,
        &file,
        &[&amend[..], &["--dry-run"]].concat(),
    );
    let imported = import_json(&program, STROUD, &file, &amend);
    let effect = |year: &str, before: &str, after: &str| json!({ "year": year, "before": before, "after": after });
    let expected = json!([
        effect("2008/09", "1000.00", "1000.00"),
        effect("2010/11", "2000.00", "1000.00"),
        effect("2012/13", "2000.00", "700.00"),
    ]);
    assert_eq!(imported["claimed_net"], expected);
    assert_eq!(rehearsed["claimed_net"], expected);
}

#[test]
fn an_amending_import_leaves_what_the_sheet_does_not_say() {
    let described = with(
        claim("A"),
        &json!({
            "owner": "Head of finance", "service": "Finance", "source": "income",
            "source_override": "Agreed by the board", "ongoing": true,
            "labels": { "portfolio": "Resources" },
        }),
    );
    let program = Program::with(&[stroud(), described]);
    let sheet = "claim,title,action,impact_from,owner,2008/09\n\
                 A,Another title,reduce-inputs,01/04/2008,,\"£1,000\"\n";
    let file = program.file("claims.csv", sheet);
    let imported = import_json(&program, STROUD, &file, &["--amend", "--reason", "Renamed"]);
    assert_eq!(imported["counts"]["amended"], 1);
    let amended = &program.events(STROUD)[2];
    let own: Vec<&str> = amended
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .filter(|field| {
            ![
                "schema",
                "type",
                "ledger",
                "org",
                "position",
                "recorded_at",
                "actor",
                "auth",
                "claim",
                "reason",
                "evidence",
            ]
            .contains(field)
        })
        .collect();
    assert_eq!(own, ["title"], "{amended}");
    assert_eq!(amended["evidence"][0]["name"], "claims.csv");
}

#[test]
fn a_cost_that_changed_is_refused_with_its_cell() {
    let program = Program::with(&[stroud()]);
    import_json(&program, STROUD, &spreadsheet("costs.csv"), &[]);
    let changed = fs::read_to_string(spreadsheet("costs.csv")).unwrap();
    let file = program.file("claims.csv", changed.replacen("75.50", "80.00", 1));
    let problems = refused(&program, &file, &["--amend", "--reason", "Outturn"]);
    assert_eq!(places(&problems), [("G2", "offset-exists")]);
}

#[test]
fn one_bad_row_keeps_every_row_out() {
    let program = Program::with(&[stroud(), claim("A")]);
    let sheet = "claim,title,action,impact_from,2008/09,2009/10,method,technique\n\
                 B,Good,reduce-inputs,01/04/2008,100,,,\n\
                 A,Known already,reduce-inputs,01/04/2008,100,,,\n\
                 C,Before its impact,reduce-inputs,01/04/2009,100,,,\n\
                 D,No such action,reduce-staff,01/04/2008,100,,,\n\
                 E,Technique of another method,reduce-inputs,01/04/2008,100,,external,lean\n";
    let file = program.file("claims.csv", sheet);
    let problems = refused(&program, &file, &[]);
    let cells: Vec<&str> = places(&problems)
        .into_iter()
        .map(|(cell, _)| cell)
        .collect();
    // What can only be told from the cells comes before what the ledger knows.
    assert!(cells.contains(&"C5"), "{problems:#?}");

    let sheet: Vec<&str> = sheet
        .lines()
        .filter(|line| !line.starts_with('D') && !line.starts_with('E'))
        .collect();
    let file = program.file("claims.csv", sheet.join("\n"));
    let problems = refused(&program, &file, &[]);
    assert_eq!(
        places(&problems),
        [("A3", "claim-exists"), ("E4", "profile-before-impact")]
    );
}

#[test]
fn an_import_for_nobody_is_refused() {
    let program = Program::with(&[stroud()]);
    let file = sample("lancaster-2009.csv");
    for more in [&[][..], &["--dry-run"]] {
        let output = import(&program, LANCASTER, &file, more);
        assert_eq!(output.status, 1, "{output:#?}");
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains(LANCASTER), "{output:#?}");
    }
    assert_eq!(program.export().lines().count(), 1);
    import(&program, "nobody", &file, &[]).fails(2, &["--org"]);
    import(&program, STROUD, "absent.csv", &[]).fails(2, &["absent.csv"]);
}

// ---------------------------------------------------------------------------------------------
// workbooks

const HEADINGS: [&str; 5] = ["claim", "title", "action", "impact_from", "2008/09"];

/// A workbook with the headings and what else is written.
fn workbook(write: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, HEADINGS).unwrap();
    write(sheet);
    workbook.save_to_buffer().unwrap()
}

/// A claim that is all right, in a row counted from 0 as the writer does.
fn write_claim(sheet: &mut Worksheet, row: u32, reference: &str) {
    let cells = [reference, "Title", "reduce-inputs", "01/04/2008"];
    sheet.write_row(row, 0, cells).unwrap();
    sheet.write_number(row, 4, 1000).unwrap();
}

#[test]
fn a_workbook_gives_what_the_same_text_gives() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let pounds = Format::new().set_num_format("£#,##0.00");
    let headings = [
        "Claim",
        "TITLE",
        "action",
        "impact_from",
        "2008/09",
        "2009/10",
        "one_off 2008/09",
        "recurring 2008/09",
        "recurring 2009/10",
        "recurring 2010/11",
        "recurring 2011/12",
    ];
    sheet.write_row(0, 0, headings).unwrap();
    for (row, reference, year) in [(1, "A", 2008), (2, "B", 2009)] {
        sheet
            .write_row(row, 0, [reference, "Title", "reduce-inputs"])
            .unwrap();
        let day = ExcelDateTime::from_ymd(year, 4, 1).unwrap();
        sheet
            .write_datetime_with_format(row, 3, day, &date)
            .unwrap();
    }
    for (row, column, amount) in [
        (1, 4, 1000.0),
        (1, 6, 75.5),
        (1, 7, 100.0),
        (1, 9, 150.0),
        (1, 10, 0.0),
        (2, 5, 2000.0),
        (2, 8, 40.0),
    ] {
        sheet
            .write_number_with_format(row, column, amount, &pounds)
            .unwrap();
    }
    let program = Program::with(&[stroud()]);
    let file = program.file("claims.xlsx", book.save_to_buffer().unwrap());

    let imported = import_json(&program, STROUD, &file, &["--control-total", "3000"]);

    assert_eq!(imported["counts"]["costs"], 4);
    costs_are_counted(&program);
}

#[test]
fn a_named_sheet_of_a_workbook_is_read() {
    let mut book = Workbook::new();
    let notes = book.add_worksheet().set_name("Notes").unwrap();
    notes.write_string(0, 0, "Nothing to import here").unwrap();
    let sheet = book.add_worksheet().set_name("Claims 2010").unwrap();
    sheet.write_row(0, 0, HEADINGS).unwrap();
    write_claim(sheet, 1, "A");
    let program = Program::with(&[stroud()]);
    let file = program.file("claims.xlsx", book.save_to_buffer().unwrap());
    refused(&program, &file, &[]);
    import_json(&program, STROUD, &file, &["--sheet", "Claims 2010"]);
    assert_eq!(program.events(STROUD).len(), 2);
    let problems = refused(&program, &file, &["--sheet", "Claims 2011"]);
    assert_eq!(problems[0]["code"], "bad-file");
}

#[test]
fn an_open_document_spreadsheet_is_read() {
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type='string'><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let row = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().copied().map(cell).collect();
        format!("<table:table-row>{}</table:table-row>", cells.concat())
    };
    let content = format!(
        "<office:document-content><office:body><office:spreadsheet>\
         <table:table table:name='Claims'>{}{}</table:table>\
         </office:spreadsheet></office:body></office:document-content>",
        row(&HEADINGS),
        row(&["A", "Title", "reduce-inputs", "01/04/2008", "£1,250.50"]),
    );
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet";
    let file = zipped(&[
        ("mimetype", &mimetype[..]),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
    ]);
    let program = Program::with(&[stroud()]);
    let file = program.file("claims.ods", file);
    import_json(&program, STROUD, &file, &["--control-total", "1250.50"]);
    let event = &program.events(STROUD)[1];
    assert_eq!(event["profile"], json!({ "2008/09": "1250.50" }));
    assert_eq!(event["impact_from"], "2008-04-01");
}

#[test]
fn three_hundred_bad_rows_are_reported_at_once() {
    let program = Program::with(&[stroud()]);
    let file = workbook(|sheet| {
        for row in 1..=300 {
            write_claim(sheet, row, &format!("C{row}"));
            sheet.write_string(row, 4, "n/a").unwrap();
        }
        write_claim(sheet, 301, "GOOD");
    });
    let file = program.file("claims.xlsx", file);
    let problems = refused(&program, &file, &[]);
    assert_eq!(problems.len(), 300);
    for (row, problem) in (2..).zip(&problems) {
        let expected = (
            json!(format!("E{row}")),
            json!(row),
            json!("2008/09"),
            json!("bad-money"),
        );
        let [cell, at, column, code] =
            ["cell", "row", "column", "code"].map(|key| problem[key].clone());
        assert_eq!((cell, at, column, code), expected);
    }
}

#[test]
fn three_hundred_rows_that_the_ledger_refuses_are_reported_at_once() {
    let program = Program::with(&[stroud()]);
    let file = workbook(|sheet| {
        for row in 1..=300 {
            write_claim(sheet, row, &format!("C{row}"));
            // The value stands before the year of impact.
            sheet.write_string(row, 3, "01/04/2010").unwrap();
        }
    });
    let file = program.file("claims.xlsx", file);
    let problems = refused(&program, &file, &[]);
    assert_eq!(problems.len(), 300);
    for (row, problem) in (2..).zip(&problems) {
        assert_eq!(problem["cell"], format!("E{row}"));
        assert_eq!(problem["code"], "profile-before-impact");
    }
}

#[test]
fn each_mistake_in_a_cell_is_told_with_the_cell() {
    type Write = fn(&mut Worksheet);
    let cases: [(&str, &str, &str, Write); 12] = [
        ("D2", "bad-field", "bare number", |sheet| {
            sheet.write_number(1, 3, 39_539).unwrap();
        }),
        ("D2", "bad-field", "not a day of the calendar", |sheet| {
            sheet.write_string(1, 3, "31/02/2010").unwrap();
        }),
        ("D2", "bad-field", "the day comes first", |sheet| {
            sheet.write_string(1, 3, "04/13/2010").unwrap();
        }),
        ("D2", "bad-field", "is not a date", |sheet| {
            sheet.write_string(1, 3, "4/1/2010").unwrap();
        }),
        ("E2", "bad-money", "more than two decimals", |sheet| {
            sheet.write_string(1, 4, "12.345").unwrap();
        }),
        ("E2", "bad-money", "more than two decimals", |sheet| {
            sheet.write_number(1, 4, 12.345).unwrap();
        }),
        ("E2", "bad-money", "", |sheet| {
            sheet.write_string(1, 4, "1,00.00").unwrap();
        }),
        ("E2", "formula-error", "#DIV/0!", |sheet| {
            let formula = Formula::new("=1/0").set_result("#DIV/0!");
            sheet.write_formula(1, 4, formula).unwrap();
        }),
        ("A4", "merged-cell", "A4:A5", |sheet| {
            sheet
                .write_row(4, 1, ["Title", "reduce-inputs", "01/04/2008", "5"])
                .unwrap();
            sheet.merge_range(3, 0, 4, 0, "M", &Format::new()).unwrap();
        }),
        ("A3", "duplicate-reference", "row 2", |sheet| {
            write_claim(sheet, 2, "A");
        }),
        ("C2", "bad-field", "", |sheet| {
            sheet.write_string(1, 2, "reduce").unwrap();
        }),
        ("A2", "bad-identifier", "", |sheet| {
            sheet.write_string(1, 0, "no spaces allowed").unwrap();
        }),
    ];
    let program = Program::with(&[stroud()]);
    for (cell, code, words, write) in cases {
        let file = workbook(|sheet| {
            write_claim(sheet, 1, "A");
            write(sheet);
        });
        let file = program.file("claims.xlsx", file);
        let problems = refused(&program, &file, &[]);
        let found = problems.iter().find(|problem| problem["cell"] == cell);
        let found = found.unwrap_or_else(|| panic!("{cell}: {problems:#?}"));
        assert_eq!(found["code"], code, "{found}");
        assert!(
            found["message"].as_str().unwrap().contains(words),
            "{found}"
        );
    }
}

#[test]
fn the_same_mistakes_in_a_csv_are_told_with_the_cell() {
    let program = Program::with(&[stroud()]);
    let problems = refused(&program, &spreadsheet("mistakes.csv"), &[]);
    assert_eq!(
        places(&problems),
        [
            ("D2", "bad-field"),
            ("D3", "bad-field"),
            ("E4", "bad-money"),
            ("D5", "bad-field"),
            ("A7", "duplicate-reference"),
            ("B8", "bad-field"),
        ]
    );
}

#[test]
fn a_wrong_header_is_told_with_its_columns() {
    let program = Program::with(&[stroud()]);
    let problems = refused(&program, &spreadsheet("wrong-header.csv"), &[]);
    assert!(
        problems
            .iter()
            .all(|problem| problem["code"] == "bad-header"),
        "{problems:#?}"
    );
    let said: Vec<&str> = problems
        .iter()
        .map(|problem| problem["message"].as_str().unwrap())
        .collect();
    let said = said.join("\n");
    for words in ["the column action is missing", "no column of a year"] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    let cells: Vec<&str> = places(&problems)
        .into_iter()
        .map(|(cell, _)| cell)
        .collect();
    assert!(
        cells.contains(&"C1") && cells.contains(&"E1"),
        "{problems:#?}"
    );
}

// ---------------------------------------------------------------------------------------------
// files that are not what they seem

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn files_that_are_no_sheet_are_refused_with_a_sentence() {
    let program = Program::with(&[stroud()]);
    let old_excel = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 then much else";
    for (name, bytes, words) in [
        (
            "claims.xlsx",
            &old_excel[..],
            "old Excel workbook (.xls) whatever its name says",
        ),
        ("claims.xlsx", b"%PDF-1.7\n", "not a spreadsheet"),
        ("claims.csv", b"", "empty"),
        (
            "claims.xlsx",
            b"PK\x03\x04 and no more",
            "damaged or cut short",
        ),
        ("claims.csv", b"\xFF\xFEc\0l\0a\0", "UTF-8"),
        ("claims.csv", b"<html><table>", "web page or XML"),
    ] {
        let file = program.file(name, bytes);
        let problems = refused(&program, &file, &[]);
        assert_eq!(places(&problems), [("-", "bad-file")], "{words}");
        let message = problems[0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn files_made_to_take_memory_or_time_are_refused_at_once() {
    let program = Program::with(&[stroud()]);
    let sparse = workbook(|sheet| {
        write_claim(sheet, 1, "A");
        sheet.write_number(1_048_575, 16_383, 1).unwrap();
    });
    // A thousandth of what they unpack to.
    let sheet_bomb = zipped(&[
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", &vec![b' '; 4 << 20]),
    ]);
    let other_bomb = zipped(&[
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/calcChain.xml", &vec![0; 4 << 20]),
    ]);
    let commas = format!("{}x", ",".repeat(1 << 20)).into_bytes();
    let large = vec![b'a'; (10 << 20) + 1];
    for (what, name, bytes, words) in [
        (
            "a cell in the last corner",
            "claims.xlsx",
            sparse,
            "XFD1048576",
        ),
        (
            "a zip bomb for a sheet",
            "claims.xlsx",
            sheet_bomb,
            "more than a list of 20,000 claims",
        ),
        (
            "a zip bomb beside the sheet",
            "claims.xlsx",
            other_bomb,
            "unpacks to far more",
        ),
        (
            "millions of columns",
            "claims.csv",
            commas,
            "right of the 200th",
        ),
        ("more than 10 MiB", "claims.csv", large, "10"),
    ] {
        let file = program.file(name, bytes);
        let before = program.export();
        let started = Instant::now();

        let output = limited(&program, &file);

        let took = started.elapsed();
        assert_eq!(output.status, 1, "{what}: {output:#?}");
        let problem = &output.document()["problems"][0];
        assert_eq!(problem["code"], "too-large", "{what}: {problem}");
        assert!(
            problem["message"].as_str().unwrap().contains(words),
            "{what}: {problem}"
        );
        assert!(took < HARM_WITHIN, "{what} took {took:?}");
        assert!(program.export() == before, "{what}");
    }
}

/// Imports with 1 GiB of addresses, so that nothing large can even be asked for.
fn limited(program: &Program, file: &str) -> Output {
    let import = program.command(["import", file, "--org", STROUD, "--json"]);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -v 1048576 && exec \"$@\"", "sh"]);
    limited.arg(import.get_program()).args(import.get_args());
    netgain_tests::program::run(limited, b"")
}

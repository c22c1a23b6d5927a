use std::fmt::Write;

use netgain_answers::evidence::NamedBefore;
use netgain_answers::import::{ClaimedNet, Counts};

use super::*;
use netgain_answers::import::{ImportProblem, Imported};
use netgain_events::identifier::Position;
use netgain_events::money::Sum;
use netgain_sheets::Sheet;

fn org() -> OrgId {
    "E07000082".parse().unwrap()
}

fn file() -> KeptFile {
    KeptFile {
        sha256: "ab".repeat(32),
        name: "gains.csv".into(),
    }
}

fn sheet(csv: &str) -> Sheet {
    netgain_sheets::read(csv.as_bytes(), "gains.csv", None).unwrap()
}

fn problems(sheet: &Sheet) -> Vec<ImportProblem> {
    let problems = netgain_sheets::claims(sheet).err().unwrap_or_default();
    problems.into_iter().map(ImportProblem::from).collect()
}

fn imported(pence: i128) -> Imported {
    Imported {
        org: org(),
        counts: Counts {
            new: 2,
            ..Counts::default()
        },
        control_total: Sum::from_pence(pence),
        positions: None,
        claimed_net: vec![ClaimedNet {
            year: "2009/10".parse().unwrap(),
            before: Sum::from_pence(100),
            after: Sum::from_pence(100 + pence),
        }],
        notes: vec!["only the sheet \"<b>\" was read".into()],
        dry_run: true,
    }
}

fn looked(sheet: &Sheet, which: Option<Which>, page: usize) -> Looked {
    let problems = problems(sheet);
    let (rows, which, pages) = RowsPage::of(Some(sheet), &problems, which, page);
    let found = netgain_sheets::claims(sheet)
        .ok()
        .map(|it| it.control_total);
    Looked {
        imported: problems
            .is_empty()
            .then(|| imported(found.unwrap().pence())),
        problems,
        rows,
        which,
        found_total: found,
        control_total: None,
        position: Position::new(7),
        pages,
        moved: false,
        before: None,
    }
}

fn preview(looked: &Looked) -> String {
    let answers = Answers::default();
    let page = PreviewPage::new(Frame::new("Check"), &org(), file(), &answers, looked);
    page.unwrap().render().unwrap()
}

const HEADINGS: &str = "claim,title,action,impact_from,2009/10\n";

#[test]
fn a_sheet_that_is_all_right_is_shown_whole_with_its_effect_and_can_be_recorded() {
    let sheet = sheet(&format!(
        "{HEADINGS}A,Fewer journeys,reduce-inputs,2009-04-01,\"£1,000.10\"\nB,Paper,reduce-prices,2009-04-01,5\n"
    ));
    let page = preview(&looked(&sheet, None, 1));
    assert!(page.contains("Record all of it"), "{page}");
    assert!(page.contains("+£1,005.10") && page.contains("£1,006.10"));
    assert!(page.contains("Fewer journeys") && page.contains("id=\"A3\""));
    assert!(page.contains("name=\"position\" value=\"7\""));
    assert!(page.contains("only the sheet &#34;&#60;b&#62;&#34; was read"));
}

#[test]
fn what_is_wrong_stands_beside_its_cell_and_on_top_and_nothing_can_be_recorded() {
    let sheet = sheet(&format!(
        "{HEADINGS}A,Fewer journeys,reduce-inputs,2009-04-01,lots\nB,,reduce-prices,2009-04-01,5\n"
    ));
    let page = preview(&looked(&sheet, None, 1));
    assert!(!page.contains("Record all of it"));
    assert!(page.contains("Nothing can be recorded yet."));
    assert!(
        page.contains("href=\"#E2\"") && page.contains("href=\"#B3\""),
        "{page}"
    );
    let beside = "</span>B3: Title is missing; enter it</span></td>";
    assert!(page.contains(beside), "{page}");
}

#[test]
fn another_control_total_keeps_a_good_sheet_from_being_recorded() {
    let sheet = sheet(&format!("{HEADINGS}A,T,reduce-inputs,2009-04-01,100\n"));
    let mut looked = looked(&sheet, None, 1);
    looked.control_total = "100".parse().ok();
    assert!(
        preview(&looked).contains("Record all of it"),
        "the same total is let pass"
    );
    looked.control_total = "99.99".parse().ok();
    let page = preview(&looked);
    assert!(!page.contains("Record all of it"));
    assert!(
        page.contains("add up to £100.00, not to the control total of £99.99: +£0.01."),
        "{page}"
    );
}

#[test]
fn a_file_that_was_recorded_before_is_known_again() {
    let sheet = sheet(&format!("{HEADINGS}A,T,reduce-inputs,2009-04-01,100\n"));
    let mut looked = looked(&sheet, None, 1);
    assert!(!preview(&looked).contains("recorded before"));
    looked.before = Some(NamedBefore {
        first: Position::new(3),
        recorded_at: "2010-05-04T09:00:00.000Z".parse().unwrap(),
        last: Position::new(9),
    });
    let page = preview(&looked);
    assert!(page.contains("recorded before, on"), "{page}");
    assert!(page.contains("/history/3\">the events from 3 to 9 name it</a>"));
}

#[test]
fn many_rows_are_pages_and_a_problem_links_to_its_own() {
    let mut csv = HEADINGS.to_owned();
    for number in 1..=120 {
        let amount = if number % 2 == 0 { "5" } else { "lots" };
        writeln!(csv, "C{number},T,reduce-inputs,2009-04-01,{amount}").unwrap();
    }
    let sheet = sheet(&csv);
    let wrong = looked(&sheet, None, 1);
    assert_eq!(
        (wrong.which, wrong.rows.found, wrong.rows.all),
        (Which::Wrong, 60, 120)
    );
    assert_eq!(wrong.rows.rows.len(), PAGE_ROWS);
    assert_eq!(wrong.pages.first(), Some(&Some(1)));
    assert_eq!(wrong.pages.last(), Some(&Some(2)));
    let page = preview(&wrong);
    assert!(page.contains("And 40 more"), "{page}");
    assert!(page.contains("show=wrong&#38;page=2\""));
    let every = looked(&sheet, Some(Which::All), 9);
    assert_eq!((every.rows.page, every.rows.rows.len()), (3, 20));
    assert_eq!(every.rows.rows.last().unwrap().number, 121);
    assert!(preview(&every).contains(&format!(
        "/import/{}?show=all&#38;page=1#E2",
        "ab".repeat(32)
    )));
}

#[test]
fn what_stands_in_a_cell_stays_text() {
    for typed in [
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "\"><img src=x onerror=alert(1)>",
    ] {
        let quoted = format!("\"{}\"", typed.replace('"', "\"\""));
        let csv = format!("{HEADINGS}{quoted},{quoted},{quoted},{quoted},{quoted}\n");
        let sheet = sheet(&csv);
        let page = preview(&looked(&sheet, None, 1));
        assert!(
            !page.contains("<script>alert") && !page.contains("<img"),
            "{page}"
        );
        // The control: it is there, as text.
        assert!(
            page.contains("&#60;script&#62;")
                || page.contains("=cmd|")
                || page.contains("&#60;img")
        );
    }
}

#[test]
fn the_form_comes_back_as_it_was_filled_in() {
    let answers = Answers {
        control_total: "12x".into(),
        amend: true,
        reason: "<b>Restated</b>".into(),
        sheet: "Claims & more".into(),
    };
    let mut problems = Problems::default();
    problems.of_field("control_total", "Enter the control total in pounds");
    let page = ImportPage::new(
        Frame::new("Import"),
        &org(),
        &answers,
        Some(file()),
        &problems,
    );
    let html = page.render().unwrap();
    assert!(html.contains("href=\"#control_total\""), "{html}");
    assert!(html.contains("value=\"12x\"") && html.contains("Claims &#38; more"));
    assert!(html.contains("&#60;b&#62;Restated") && html.contains("gains.csv is here already"));
    assert!(html.contains("<title>Error: Import"));
}

#[test]
fn the_receipt_says_what_was_recorded_and_where() {
    let mut imported = imported(12_345);
    imported.positions = Some((Position::new(8), Position::new(9)));
    let recorded = Recorded { imported };
    let page = ReceiptPage::new(Frame::new("Recorded"), &org(), &file(), &recorded).unwrap();
    let html = page.render().unwrap();
    for part in [
        "2 rows adding up to £123.45",
        "/history/8\"",
        "/history/9\"",
        "+£123.45",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

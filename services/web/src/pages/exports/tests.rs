use std::sync::Arc;

use netgain_events::authority::Authority;
use netgain_events::command::{ActorField, Command};
use netgain_events::fact::Redeployment;
use netgain_events::sorted_map::SortedMap;
use netgain_events::state::{ChallengeState, Claim, RedeploymentState};
use netgain_events::vocabulary::{Auth, Purpose};
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::ledger::{Caller, Ledger, Outcome};
use netgain_ledger::memory::{MemoryLog, Syncing};
use netgain_pages::known::Known;
use netgain_sheet_writing::Cell;
use serde_json::{Value, json};

use super::*;

/// What spreadsheet programs run, and what browsers do.
const CORPUS: [&str; 10] = [
    "=1+1",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
    "=cmd|' /C calc'!A0",
    "+44",
    "-2+3",
    "@SUM(1+1)",
    "＝1+1",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "a\",\"=1+1",
];

/// An organisation in which every text that a person can type is this one.
fn organisation(typed: &str, pounds: &str) -> Organisation {
    let details = json!({
        "title": typed, "action": "reduce-inputs", "impact_from": "2009-04-01",
        "profile": {"2009/10": pounds}, "service": typed, "function": "ict", "method": "internal",
        "source": "income", "source_override": typed, "owner": typed, "quality_measure": typed,
        "labels": {"portfolio": typed}
    });
    let challenge = ChallengeState {
        question: typed.parse().unwrap(),
        raised_by: "e.board".parse().unwrap(),
        raised: Position::new(2),
        answer_by: None,
        answer: typed.parse().ok(),
        outcome: None,
    };
    let used = Redeployment {
        year: "2009/10".parse().unwrap(),
        amount: pounds.parse().unwrap(),
        purpose: Purpose::FrontLine,
        description: typed.parse().ok(),
    };
    let used = RedeploymentState {
        in_force: Some(Box::new(used)),
    };
    let mut claim = Claim {
        details: serde_json::from_value(details).unwrap(),
        registrant: "a.finance".parse().unwrap(),
        registered: Position::new(2),
        withdrawn: None,
        validation: None,
        changed_by: Vec::new(),
        offsets: SortedMap::default(),
        checks: SortedMap::default(),
        challenges: SortedMap::default(),
        redeployments: SortedMap::default(),
    };
    claim.challenges.insert("Q1".parse().unwrap(), challenge);
    claim.redeployments.insert("R1".parse().unwrap(), used);
    let mut state = Organisation::new("E07000082".parse().unwrap());
    let details: Value = json!({"name": typed, "kind": typed, "sector": "local-government"});
    state.details = serde_json::from_value(details).unwrap();
    state.position = Position::new(2);
    state.claims.insert("A-1".parse().unwrap(), Arc::new(claim));
    state
}

fn asked(state: Organisation) -> Asked {
    let known = Known {
        org: state.org.clone(),
        position: state.position,
        recorded_at: None,
        last: state.position,
        asked_position: None,
        asked_known_at: None,
    };
    let cover = Cover::new(&state, &known, "2011-07-24T12:00:00.000Z".parse().unwrap());
    Asked {
        state,
        year: "2009/10".parse().unwrap(),
        filter: Filter::default(),
        after: Position::ZERO,
        cover,
    }
}

#[test]
fn no_text_that_somebody_typed_begins_like_a_formula_in_csv() {
    for typed in CORPUS {
        let asked = asked(organisation(typed, "1000.01"));
        for book in [
            claims::book(&asked).unwrap(),
            breakdowns::book(&asked).unwrap(),
            challenges::book(&asked),
            uses::book(&asked),
        ] {
            let shown = format!("{:?}", book.table);
            let escaped = format!("{typed:?}");
            assert!(
                shown.contains(escaped.trim_matches('"')),
                "the control: {typed} is in it"
            );
            let bytes = written(Format::Csv, &book).unwrap();
            let text = std::str::from_utf8(&bytes).unwrap();
            let sheet = netgain_sheets::read(&bytes, "export.csv", None).unwrap();
            for cell in sheet.shown().flat_map(|row| row.cells) {
                let is_number = cell.text.parse::<netgain_events::money::Money>().is_ok();
                let begins = cell
                    .text
                    .starts_with(['=', '+', '-', '@', '＝', '\t', '\r']);
                assert!(
                    is_number || !begins,
                    "{}: {:?} of {text}",
                    cell.at,
                    cell.text
                );
            }
        }
    }
}

#[test]
fn a_workbook_has_every_text_as_it_was_typed_and_its_amounts_to_the_penny() {
    for typed in CORPUS {
        let asked = asked(organisation(typed, "123456789012.29"));
        let bytes = written(Format::Xlsx, &claims::book(&asked).unwrap()).unwrap();
        let sheet = netgain_sheets::read(&bytes, "export.xlsx", Some("Gains")).unwrap();
        let rows: Vec<_> = sheet.shown().collect();
        let at = |heading: &str| {
            let cell = rows[0]
                .cells
                .iter()
                .find(|cell| cell.text == heading)
                .unwrap();
            let column = cell.at.column();
            let found = rows[1].cells.iter().find(|cell| cell.at.column() == column);
            found.unwrap().text.clone()
        };
        assert_eq!(at("Title"), typed);
        assert_eq!(at("Owner"), typed);
        assert_eq!(at("Net"), "123456789012.29");
        assert_eq!(at("Impact from"), "2009-04-01");
        assert!(at("Notes").ends_with(&format!("Its source counts because: {typed}")));
    }
}

#[test]
fn the_filter_decides_what_is_exported_and_stands_on_the_cover() {
    let mut asked = asked(organisation("Waste", "10"));
    let titles = |asked: &Asked| {
        let book = claims::book(asked).unwrap();
        let rows = book.table.rows.len();
        let which = book
            .cover
            .into_iter()
            .find(|(key, _)| *key == "Which gains");
        (rows, which.unwrap().1)
    };
    assert_eq!(titles(&asked), (1, "All".to_owned()));
    let query = FilterQuery {
        q: "parks".into(),
        sort: "net".into(),
        ..FilterQuery::default()
    };
    asked.filter = Filter::read(&query).unwrap();
    assert_eq!(titles(&asked), (0, "words: parks".to_owned()));
}

#[test]
fn the_sheet_with_every_gain_in_it_is_read_by_the_import_as_the_very_gains() {
    let asked = asked(organisation("-5% on paper", "1000.01"));
    let bytes = template::bytes(&asked, What::ToAmend, Format::Xlsx).unwrap();
    let sheet = netgain_sheets::read(&bytes, "gains.xlsx", None).unwrap();
    let claims = netgain_sheets::claims(&sheet).unwrap();
    assert_eq!(claims.control_total.to_string(), "1000.01");
    assert_eq!(claims.rows[0].fields["title"], "-5% on paper");
    let mut withdrawn = asked;
    let claim = withdrawn.state.claims.values_mut().next().unwrap();
    Arc::make_mut(claim).withdrawn = Some(Position::new(2));
    let bytes = template::bytes(&withdrawn, What::ToAmend, Format::Xlsx).unwrap();
    let sheet = netgain_sheets::read(&bytes, "gains.xlsx", None).unwrap();
    assert!(
        netgain_sheets::claims(&sheet).is_err(),
        "what is withdrawn cannot be amended"
    );
}

#[test]
fn challenges_and_uses_are_a_row_each() {
    let asked = asked(organisation("Waste", "1000.01"));
    let row = challenges::book(&asked).table.rows.remove(0);
    assert_eq!([&row[2], &row[8]], [&Cell::text("Q1"), &Cell::text("Open")]);
    let row = uses::book(&asked).table.rows.remove(0);
    let amount = Cell::Pounds(netgain_events::money::Sum::from_pence(100_001));
    assert_eq!(row[4], amount);
    assert_eq!(row[5], Cell::text("Front line"));
    assert!(statements::book(&asked).table.rows.is_empty());
}

#[test]
fn a_breakdown_of_each_heading_adds_up_to_the_year() {
    let asked = asked(organisation("Waste", "1000.01"));
    let totals = netgain_answers::totals::totals(&asked.state, asked.year).unwrap();
    let book = breakdowns::book(&asked).unwrap();
    let mut headings = Vec::new();
    for row in &book.table.rows {
        headings.push(row[0].clone());
        assert_eq!(row[4], Cell::Pounds(totals.claimed.net));
    }
    let expected = [
        "Function",
        "Method",
        "Technique",
        "Approach",
        "Service",
        "Source",
        "Label portfolio",
    ];
    assert_eq!(headings, expected.map(Cell::text));
}

#[test]
fn a_history_that_is_too_long_for_a_file_says_where_it_goes_on() {
    let clock = StoppedClock::at("2011-07-24T12:00:00.000Z".parse().unwrap());
    let id = "0123456789abcdef0123456789abcdef".parse().unwrap();
    let log = MemoryLog::new(id, Syncing::AtOnce);
    let ledger = Ledger::open(log.clone(), None, Box::new(clock), &mut |_| {}).unwrap();
    let caller = Caller {
        actor: "a.finance".parse().unwrap(),
        auth: Auth::Named,
        authority: Authority::Operator,
    };
    for command in [
        json!({"type": "register-organisation", "name": "S", "kind": "district",
            "sector": "local-government", "evidence": [{"name": "=order", "sha256": "ab".repeat(32)}]}),
        json!({"type": "set-baseline", "year": "2007/08", "amount": "1000"}),
        json!({"type": "set-target", "year": "2008/09", "amount": "30", "note": "=3 %"}),
    ] {
        let mut command = command;
        command["org"] = "E07000082".into();
        let line = command.to_string();
        let command = Command::from_line(line.as_bytes(), ActorField::Refused).unwrap();
        let answer = ledger.submit(command, &caller).unwrap();
        assert!(matches!(answer.outcome, Outcome::Recorded { .. }));
    }
    let mut state = organisation("S", "1");
    state.position = Position::new(3);
    let mut asked = asked(state);
    let column = |rows: &[Vec<Cell>], at: usize| -> Vec<Cell> {
        rows.iter().map(|row| row[at].clone()).collect()
    };
    let whole = history::book(&asked, &log, 3).unwrap().table;
    assert_eq!(column(&whole.rows, 0), [1, 2, 3].map(Cell::Count));
    let evidence = format!("=order (SHA-256 {})", "ab".repeat(32));
    assert_eq!(
        column(&whole.rows, 8)[..2],
        [evidence.as_str(), "No evidence given"].map(Cell::text)
    );
    let csv = netgain_sheet_writing::csv(&whole).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert!(
        csv.contains(",'=order (SHA") && csv.contains(",'=3 %"),
        "{csv}"
    );

    let cut = history::book(&asked, &log, 2).unwrap().table;
    assert_eq!(
        column(&cut.rows, 0),
        [Cell::Count(1), Cell::Count(2), Cell::Blank]
    );
    let Cell::Text(more) = &cut.rows[2][7] else {
        panic!("it says what is left out")
    };
    assert!(
        more.starts_with("1 later events") && more.contains("?after=2"),
        "{more}"
    );
    asked.after = Position::new(2);
    let rest = history::book(&asked, &log, 2).unwrap().table;
    assert_eq!(column(&rest.rows, 0), [Cell::Count(3)]);
}

#[test]
fn totals_are_of_every_year_on_three_bases() {
    let asked = asked(organisation("Waste", "1000.01"));
    let table = totals::book(&asked).unwrap().table;
    let row = table
        .rows
        .iter()
        .find(|row| row[0] == Cell::text("2010/11"))
        .unwrap();
    assert_eq!(row[1], Cell::text("Claimed"));
    assert_eq!(
        row[7],
        Cell::Pounds(netgain_events::money::Sum::from_pence(100_001))
    );
    // 2008/09 to 2011/12, the year of the day it is made on.
    assert_eq!(table.rows.len(), 12);
}

#[test]
fn a_name_asks_for_a_file_or_for_nothing() {
    assert_eq!(read("claims.xlsx"), Some((What::Claims, Format::Xlsx)));
    assert_eq!(read("history.csv"), Some((What::History, Format::Csv)));
    assert_eq!(
        read("gains-to-amend.xlsx"),
        Some((What::ToAmend, Format::Xlsx))
    );
    for nothing in [
        "claims",
        "claims.ods",
        "x.csv",
        "",
        ".csv",
        "gains-to-amend.csv",
    ] {
        assert_eq!(read(nothing), None, "{nothing}");
    }
}

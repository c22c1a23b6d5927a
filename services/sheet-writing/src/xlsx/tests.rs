use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};

use super::*;

fn book(rows: Vec<Vec<Cell>>) -> Book {
    let column = |heading, kind| Column { heading, kind };
    Book {
        title: "Claims of 2010/11".into(),
        made_on: "2011-07-24".parse().unwrap(),
        cover: vec![
            ("Organisation", "=Stroud".into()),
            ("Position", "39".into()),
        ],
        table: Table {
            name: "Claims",
            columns: vec![
                column("claim", Kind::Word),
                column("net", Kind::Pounds),
                column("from", Kind::Day),
                column("events", Kind::Count),
            ],
            rows,
        },
    }
}

fn opened(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

fn table_of(rows: Vec<Vec<Cell>>) -> Range<Data> {
    let bytes = xlsx(&book(rows)).unwrap();
    opened(&bytes).worksheet_range("Claims").unwrap()
}

fn pounds(pence: i128) -> Cell {
    Cell::Pounds(Sum::from_pence(pence))
}

#[test]
fn a_workbook_has_a_cover_and_typed_cells() {
    let rows = vec![vec![
        Cell::text("A"),
        pounds(-123_456_789),
        Cell::Day("2009-04-01".parse().unwrap()),
        Cell::Count(7),
    ]];
    let mut workbook = opened(&xlsx(&book(rows)).unwrap());
    assert_eq!(workbook.sheet_names(), ["Cover", "Claims"]);
    let cover = workbook.worksheet_range("Cover").unwrap();
    assert_eq!(
        cover.get_value((0, 0)),
        Some(&Data::String("Claims of 2010/11".into()))
    );
    assert_eq!(
        cover.get_value((1, 1)),
        Some(&Data::String("=Stroud".into()))
    );
    let table = workbook.worksheet_range("Claims").unwrap();
    assert_eq!(table.get_value((0, 1)), Some(&Data::String("net".into())));
    assert_eq!(table.get_value((1, 1)), Some(&Data::Float(-1_234_567.89)));
    let Some(Data::DateTime(day)) = table.get_value((1, 2)) else {
        panic!("a day is a day");
    };
    assert_eq!(day.to_ymd_hms_milli(), (2009, 4, 1, 0, 0, 0, 0));
    assert_eq!(table.get_value((1, 3)), Some(&Data::Float(7.0)));
}

#[test]
fn an_amount_is_a_number_as_long_as_a_number_holds_it_to_the_penny() {
    let largest = 999_999_999_999_999;
    let amounts = [
        0,
        1,
        7,
        29,
        -1,
        10_001,
        123_456_789_012_345,
        largest,
        largest + 1,
    ];
    let table = table_of(amounts.iter().map(|pence| vec![pounds(*pence)]).collect());
    for (row, pence) in (1..).zip(amounts) {
        let expected = Sum::from_pence(pence).to_string();
        let shown = match table.get_value((row, 0)) {
            Some(Data::Float(number)) if pence <= largest => format!("{number:.2}"),
            Some(Data::String(text)) if pence > largest => text.clone(),
            other => panic!("{pence} is {other:?}"),
        };
        assert_eq!(shown, expected);
    }
}

#[test]
fn what_looks_like_a_formula_is_text() {
    let texts = [
        "=1+1",
        "@SUM(A1)",
        "+44",
        "-5%",
        "\t=1",
        "{=1}",
        "http://example.org",
        "<script>",
    ];
    let rows = texts.iter().map(|text| vec![Cell::text(text)]).collect();
    let bytes = xlsx(&book(rows)).unwrap();
    let mut workbook = opened(&bytes);
    let table = workbook.worksheet_range("Claims").unwrap();
    for (row, text) in (1..).zip(texts) {
        assert_eq!(
            table.get_value((row, 0)),
            Some(&Data::String((*text).into()))
        );
    }
    let formulas = workbook.worksheet_formula("Claims").unwrap();
    assert!(formulas.used_cells().next().is_none());
}

#[test]
fn an_empty_table_and_a_day_before_the_workbooks_calendar_are_written_too() {
    assert_eq!(table_of(Vec::new()).height(), 1);
    let old = Cell::Day("1850-01-02".parse().unwrap());
    let table = table_of(vec![vec![Cell::Blank, Cell::Blank, old]]);
    assert_eq!(
        table.get_value((1, 2)),
        Some(&Data::String("1850-01-02".into()))
    );
}

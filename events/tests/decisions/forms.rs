//! What each form of a field takes and refuses, at its edges.

use serde_json::{Map, Value, json};

use super::table::Form;

/// A profile that states that many years.
pub(crate) fn profile_of(years: u16) -> Value {
    let year = |n: u16| format!("{}/{:02}", 1990 + n, (1990 + n + 1) % 100);
    (0..years)
        .map(|n| (year(n), json!("1.00")))
        .collect::<Map<_, _>>()
        .into()
}

/// That many labels.
pub(crate) fn labels_of(count: usize) -> Value {
    (0..count)
        .map(|n| (format!("label-{n}"), json!("x")))
        .collect::<Map<_, _>>()
        .into()
}

/// Values that a field of the form takes.
pub(crate) fn taken(form: Form) -> Vec<Value> {
    match form {
        Form::Reference => vec![json!("7"), json!("a".repeat(64)), json!("PROC-07.b_C")],
        Form::Line => vec![
            json!("x"),
            json!("é".repeat(200)),
            json!("\"Back to front\" \\ £"),
        ],
        Form::Prose => vec![
            json!("x"),
            json!("é".repeat(2000)),
            json!("one\ntwo\r\nthree"),
        ],
        // The words differ from field to field: a test of the shape has them all.
        Form::Word => vec![],
        Form::Money => vec![
            json!("0"),
            json!("-0.00"),
            json!("1250"),
            json!("1250.5"),
            json!("999999999999.99"),
        ],
        Form::MoneyAboveZero => vec![json!("0.01"), json!("1250.5"), json!("999999999999.99")],
        Form::Year => vec![json!("1990/91"), json!("1999/00"), json!("2099/00")],
        Form::StatementYear => vec![json!("2008/09"), json!("2099/00")],
        Form::Date => vec![
            json!("2008-02-29"),
            json!("1970-01-01"),
            json!("9999-12-31"),
        ],
        Form::Flag => vec![json!(true), json!(false)],
        Form::Count => vec![json!(1), json!(20)],
        Form::Profile => vec![profile_of(1), profile_of(60), json!({"2008/09": "0"})],
        Form::Scheme => vec![json!({"id": "S", "total": "0"})],
        Form::Labels => vec![labels_of(0), labels_of(16)],
        Form::Uplift => vec![json!("1"), json!("0.0000000001"), json!("999.9999999999")],
        Form::Actor => vec![
            json!("7"),
            json!("a".repeat(64)),
            json!("J.smith_2-x@a.example"),
        ],
        Form::Scope => vec![json!("*"), json!("E07000082"), json!("A".repeat(32))],
        Form::Time => vec![
            json!("1970-01-01T00:00:00.000Z"),
            json!("9999-12-31T23:59:59.999Z"),
        ],
        Form::Sha256 => vec![json!("0".repeat(64)), json!("f".repeat(64))],
        Form::Roles => vec![
            json!(["administrator"]),
            json!(["auditor", "recorder"]),
            json!(EVERY_ROLE),
        ],
    }
}

/// Values that a field of the form does not take, and the code that says so.
pub(crate) fn refused(form: Form) -> Vec<(Value, &'static str)> {
    let field = |values: Vec<Value>| values.into_iter().map(|v| (v, "bad-field"));
    let money = |values: &[&str]| -> Vec<_> {
        let text = values.iter().map(|&v| (json!(v), "bad-money"));
        let numbers = [json!(1250), json!(1250.5), json!(-1)];
        text.chain(numbers.into_iter().map(|v| (v, "bad-money")))
            .chain([json!(true), json!([]), json!({})].map(|v| (v, "bad-field")))
            .collect()
    };
    let not_a_text = vec![json!(5), json!(-1.5), json!(true), json!([]), json!({})];
    let mut refused: Vec<_> = match form {
        Form::Money => money(NOT_MONEY),
        Form::MoneyAboveZero => {
            let mut refused = money(NOT_MONEY);
            refused.extend(["0", "0.00", "-0"].map(|v| (json!(v), "bad-money")));
            refused
        }
        Form::Flag => field(vec![
            json!("true"),
            json!(1),
            json!(0),
            json!([]),
            json!({}),
        ])
        .collect(),
        Form::Count => field(vec![
            json!(0),
            json!(21),
            json!(-1),
            json!(1.0),
            json!(u64::MAX),
            json!("3"),
            json!(true),
            json!([]),
            json!({}),
        ])
        .collect(),
        Form::Profile => profiles_refused(),
        Form::Scheme => schemes_refused(),
        Form::Labels => labels_refused(),
        Form::Roles => field(roles_refused()).collect(),
        Form::Reference
        | Form::Line
        | Form::Prose
        | Form::Word
        | Form::Year
        | Form::StatementYear
        | Form::Date
        | Form::Uplift
        | Form::Actor
        | Form::Scope
        | Form::Time
        | Form::Sha256 => field(not_a_text).collect(),
    };
    let (code, texts) = texts_refused(form);
    refused.extend(texts.into_iter().map(|text| (json!(text), code)));
    refused
}

const EVERY_ROLE: &[&str] = &[
    "recorder",
    "validator",
    "signatory",
    "board",
    "auditor",
    "administrator",
];

fn roles_refused() -> Vec<Value> {
    let mut one_twice = EVERY_ROLE.to_vec();
    one_twice.push("board");
    vec![
        json!("recorder"),
        json!(5),
        json!({}),
        json!(["Recorder"]),
        json!(["clerk"]),
        json!([5]),
        json!([null]),
        json!([["recorder"]]),
        json!(["board", "board"]),
        json!(one_twice),
        json!([]),
    ]
}

const NOT_MONEY: &[&str] = &[
    "",
    "-",
    ".5",
    "5.",
    "1e3",
    "+1",
    " 1",
    "1,000",
    "£1",
    "٣",
    "1.005",
    "1.000",
    "1000000000000",
    "0000000000001",
    "-0.01",
];

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// Texts that are none of the form, and the code that says so.
fn texts_refused(form: Form) -> (&'static str, Vec<String>) {
    match form {
        Form::Reference => {
            let mut texts = owned(&["", " A", "A ", "-A", ".A", "_A", "A/B", "é", "A\nB"]);
            texts.push("a".repeat(65));
            ("bad-identifier", texts)
        }
        Form::Line => {
            let mut texts = owned(&[
                "",
                " \u{a0}",
                "a\nb",
                "a\r\nb",
                "a\u{2028}b",
                "a\tb",
                "a\u{7f}b",
            ]);
            texts.push("é".repeat(201));
            ("bad-field", texts)
        }
        Form::Prose => {
            let mut texts = owned(&["", " \r\n ", "a\rb", "a\tb", "a\u{0}b", "a\u{85}b"]);
            texts.push("é".repeat(2001));
            ("bad-field", texts)
        }
        Form::Word => ("bad-field", owned(&["", "nonsense", "Reduced", "reduced "])),
        Form::Year => ("bad-year", owned(NOT_A_YEAR)),
        Form::StatementYear => {
            let mut texts = owned(NOT_A_YEAR);
            texts.extend(owned(&["1990/91", "2007/08"]));
            ("bad-year", texts)
        }
        Form::Date => (
            "bad-field",
            owned(&[
                "",
                "2009-02-29",
                "2009-13-01",
                "01/04/2009",
                "2009-4-1",
                "2009-04-01T00:00:00Z",
            ]),
        ),
        Form::Uplift => (
            "bad-field",
            owned(&[
                "",
                "0",
                "0.0",
                "-1",
                "1000",
                "1.",
                ".5",
                "1.00000000000",
                "1e1",
            ]),
        ),
        Form::Actor => {
            let mut texts = owned(&["", " a", "a ", "@a", ".a", "a/b", "é", "*"]);
            texts.push("a".repeat(65));
            ("bad-identifier", texts)
        }
        Form::Scope => {
            let mut texts = owned(&["", "**", "* ", "e07", "_SYSTEM", "_system", "E07,E08"]);
            texts.push("A".repeat(33));
            ("bad-identifier", texts)
        }
        Form::Time => ("bad-field", owned(NOT_A_TIME)),
        Form::Sha256 => {
            let texts = [63, 65].map(|length| "a".repeat(length));
            let mut texts = texts.to_vec();
            texts.extend(["A".repeat(64), "g".repeat(64), String::new()]);
            ("bad-field", texts)
        }
        Form::Money
        | Form::MoneyAboveZero
        | Form::Roles
        | Form::Flag
        | Form::Count
        | Form::Profile
        | Form::Scheme
        | Form::Labels => ("", Vec::new()),
    }
}

const NOT_A_TIME: &[&str] = &[
    "",
    "2013-04-01",
    "2013-04-01T00:00:00Z",
    "2013-04-01T00:00:00.000",
    "2013-04-01T01:00:00.000+01:00",
    "2013-02-29T00:00:00.000Z",
    "2013-04-01 00:00:00.000Z",
];

const NOT_A_YEAR: &[&str] = &[
    "",
    "2008",
    "2008-09",
    "2008/10",
    "2008/9",
    "2008/2009",
    "1989/90",
    "2100/01",
    " 2008/09",
];

fn profiles_refused() -> Vec<(Value, &'static str)> {
    vec![
        (json!(5), "bad-field"),
        (json!("1000.00"), "bad-field"),
        (json!([]), "bad-field"),
        (json!({}), "bad-field"),
        (profile_of(61), "bad-field"),
        (json!({"2008": "1.00"}), "bad-year"),
        (json!({"2008/09": "1.00", "2008-09": "1.00"}), "bad-year"),
        (json!({"2008/09": 1000}), "bad-money"),
        (json!({"2008/09": "-1.00"}), "bad-money"),
        (json!({"2008/09": "1.005"}), "bad-money"),
        (json!({"2008/09": null}), "bad-field"),
        (json!({"2008/09": {}}), "bad-field"),
    ]
}

fn schemes_refused() -> Vec<(Value, &'static str)> {
    vec![
        (json!(5), "bad-field"),
        (json!("CARE-4"), "bad-field"),
        (json!([]), "bad-field"),
        (json!({}), "bad-field"),
        (json!({"id": "CARE-4"}), "bad-field"),
        (json!({"total": "1.00"}), "bad-field"),
        (
            json!({"id": "CARE-4", "total": "1.00", "share": "1"}),
            "bad-field",
        ),
        (json!({"id": null, "total": "1.00"}), "bad-field"),
        (json!({"id": "CARE 4", "total": "1.00"}), "bad-identifier"),
        (json!({"id": "CARE-4", "total": "-1.00"}), "bad-money"),
        (json!({"id": "CARE-4", "total": 1}), "bad-money"),
    ]
}

fn labels_refused() -> Vec<(Value, &'static str)> {
    vec![
        (json!(5), "bad-field"),
        (json!("directorate"), "bad-field"),
        (json!([]), "bad-field"),
        (labels_of(17), "bad-field"),
        (json!({"Directorate": "People"}), "bad-field"),
        (json!({"": "People"}), "bad-field"),
        (json!({"a".repeat(33): "People"}), "bad-field"),
        (json!({"directorate": ""}), "bad-field"),
        (json!({"directorate": 5}), "bad-field"),
        (json!({"directorate": null}), "bad-field"),
        (json!({"directorate": "x".repeat(201)}), "bad-field"),
    ]
}

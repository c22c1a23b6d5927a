use super::*;

fn layout(from: u16, years: usize) -> Layout {
    let year = |starts| FinancialYear::starting(starts).unwrap();
    Layout {
        years: (from..).take(years).map(year).collect(),
        cost_years: [year(from)].into(),
        labels: ["portfolio".parse().unwrap()].into(),
    }
}

fn made_on() -> NaiveDate {
    "2011-07-24".parse().unwrap()
}

fn details(json: serde_json::Value) -> ClaimDetails {
    serde_json::from_value(json).unwrap()
}

#[test]
fn the_blank_template_has_headings_that_the_import_knows_and_no_claim() {
    let layout = layout(2008, 5);
    for file in [
        xlsx(&layout, &[], made_on()).unwrap(),
        csv(&layout).unwrap(),
    ] {
        let sheet = netgain_sheets::read(&file, "template", None).unwrap();
        let problems = netgain_sheets::claims(&sheet).unwrap_err();
        let codes: Vec<_> = problems.iter().map(|it| it.code).collect();
        assert_eq!(codes, ["blank-sheet"], "{problems:?}");
    }
}

#[test]
fn the_filled_template_reads_back_to_the_penny() {
    let all = details(serde_json::json!({
        "title": "-5% energy", "action": "reduce-inputs", "impact_from": "2009-04-01",
        "profile": {"2009/10": "1234567.89", "2010/11": "999999999999.99"}, "service": "007",
        "function": "ict", "method": "internal", "technique": "lean", "approach": "transitional",
        "source": "income", "source_override": "=agreed\nby the board", "ongoing": true,
        "quality_measure": "@calls", "owner": "Head of ICT", "scheme": {"id": "S1", "total": "0.29"},
        "review_by": "2011-03-31", "labels": {"portfolio": "+Finance"}
    }));
    let least = details(serde_json::json!({
        "title": "T", "action": "reduce-prices", "impact_from": "2008-04-01",
        "profile": {"2008/09": "0.07"}
    }));
    let (a, b) = ("0042".parse().unwrap(), "B-2".parse().unwrap());
    let filled = [
        Filled {
            claim: &a,
            details: &all,
        },
        Filled {
            claim: &b,
            details: &least,
        },
    ];
    let file = xlsx(&layout(2008, 3), &filled, made_on()).unwrap();
    let sheet = netgain_sheets::read(&file, "template.xlsx", None).unwrap();
    let claims = netgain_sheets::claims(&sheet).unwrap();
    assert_eq!(claims.rows.len(), 2);
    for (row, filled) in claims.rows.iter().zip(filled) {
        let mut fields = row.fields.clone();
        assert_eq!(fields.remove("claim").unwrap(), filled.claim.as_str());
        assert_eq!(details(fields.into()), *filled.details);
    }
    assert_eq!(claims.control_total.to_string(), "1000001234567.95");
    let notes: Vec<_> = claims.notes.iter().map(|note| note.code).collect();
    assert_eq!(notes, ["other-sheets"]);
}

#[test]
fn every_word_of_every_list_is_one_that_a_claim_may_have() {
    let lists = fields(&layout(2008, 1)).into_iter();
    let lists: Vec<_> = lists
        .filter_map(|field| match field.entry {
            Entry::Word(words) => Some((field.heading, words)),
            Entry::Text | Entry::Day | Entry::Pounds => None,
        })
        .collect();
    let headings: Vec<_> = lists.iter().map(|(heading, _)| heading.as_str()).collect();
    assert_eq!(
        headings,
        [
            "action",
            "function",
            "method",
            "technique",
            "approach",
            "source",
            "ongoing"
        ]
    );
    // Excel takes no longer list than this from a rule itself.
    for (heading, words) in lists {
        assert!(words.join(",").len() <= 255, "{heading}");
    }
}

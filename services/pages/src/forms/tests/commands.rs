use super::*;
use crate::forms::amend::Amend;
use crate::forms::log_gain::LogGain;
use crate::forms::offset::AddCost;

const SHA256: &str = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

#[test]
fn every_field_of_a_gain_reaches_its_command() {
    let state = registered();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let commands = sent(
        &state,
        FINANCE,
        &form,
        &[
            ("claim", "PROC-7"),
            ("title", " Cheaper paper "),
            ("action", "reduce-prices"),
            ("impact_from-day", "1"),
            ("impact_from-month", "7"),
            ("impact_from-year", "2010"),
            ("profile-0-value", "£1,250.50"),
            ("profile-2-year", "2011/12"),
            ("profile-2-value", "2000"),
            ("source", "income"),
            ("ongoing", "no"),
            ("quality_measure", "Complaints"),
            ("function", "procurement"),
            ("service", "Print room"),
            ("owner", "Head of ICT"),
            ("method", "internal"),
            ("technique", "procurement"),
            ("approach", "transactional"),
            ("review_by-day", "31"),
            ("review_by-month", "3"),
            ("review_by-year", "2012"),
            (
                "labels",
                "directorate: Resources\r\nportfolio: Finance: all",
            ),
            ("scheme-id", "SHARED"),
            ("scheme-total", "9000"),
            ("source_override", "The board said so"),
            ("evidence-0-name", "Contract"),
            ("evidence-0-sha256", SHA256),
            ("evidence-0-uri", "Shelf 4"),
            ("once-amount", "500"),
            ("yearly-amount", "20"),
            ("yearly-year", "2011/12"),
        ],
    );
    assert_eq!(
        commands,
        [
            json!({"type": "register-claim", "claim": "PROC-7", "title": "Cheaper paper", "action":
            "reduce-prices", "impact_from": "2010-07-01", "profile": {"2010/11": "1250.50", "2011/12":
            "2000.00"}, "source": "income", "ongoing": false, "quality_measure": "Complaints", "function":
            "procurement", "service": "Print room", "owner": "Head of ICT", "method": "internal",
            "technique": "procurement", "approach": "transactional", "review_by": "2012-03-31", "labels":
            {"directorate": "Resources", "portfolio": "Finance: all"}, "scheme": {"id": "SHARED", "total":
            "9000.00"}, "source_override": "The board said so", "evidence": [{"name": "Contract", "sha256":
            SHA256.to_lowercase(), "uri": "Shelf 4"}]}),
            json!({"type": "record-offset", "claim": "PROC-7", "offset": "one-off-2010-11", "kind": "one-off",
            "year": "2010/11", "amount": "500.00"}),
            json!({"type": "record-offset", "claim": "PROC-7", "offset": "recurring-2011-12", "kind":
            "recurring", "year": "2011/12", "amount": "20.00"}),
        ]
    );
    assert_eq!(
        form.done(&commands).to_string(),
        "/organisations/E07000082/claims/PROC-7"
    );
}

#[test]
fn a_note_goes_with_everything_that_is_recorded_together() {
    let state = stroud();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let gain = [
        ("title", "Cheaper paper"),
        ("action", "reduce-prices"),
        ("impact_from-day", "1"),
        ("impact_from-month", "7"),
        ("impact_from-year", "2010"),
        ("profile-0-value", "1250"),
        ("source", "efficiency"),
        ("ongoing", "yes"),
        ("once-amount", "500"),
    ];
    let with_note = [&gain[..], &[("note", "Agreed\r\non Monday")]].concat();
    let commands = sent(&state, FINANCE, &form, &with_note);
    let notes: Vec<_> = commands.iter().map(|it| it["note"].as_str()).collect();
    assert_eq!(notes, [Some("Agreed\non Monday"); 2]);
    let without = sent(&state, FINANCE, &form, &gain);
    assert!(without.iter().all(|it| it.get("note").is_none()));
    let too_long = "x".repeat(2_001);
    let wrong = wrong(&form, &[&gain[..], &[("note", &too_long)]].concat());
    assert!(
        wrong.of("note").unwrap().starts_with("The note"),
        "{wrong:?}"
    );
}

#[test]
fn a_refusal_finds_the_field_it_means() {
    let state = stroud();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let (claim, cost) = (
        json!({"type": "register-claim"}),
        json!({"type": "record-offset", "kind": "recurring"}),
    );
    let field = |command: &Value, field: &str| form.field_of(command, field);
    assert_eq!(field(&claim, "profile").as_deref(), Some("profile-0-value"));
    assert_eq!(
        field(&claim, "impact_from").as_deref(),
        Some("impact_from-day")
    );
    assert_eq!(field(&claim, "technique").as_deref(), Some("technique"));
    assert_eq!(field(&cost, "amount").as_deref(), Some("yearly-amount"));
    assert_eq!(field(&claim, "command_id"), None);
}

#[test]
fn all_that_is_wrong_with_a_gain_is_said_at_once() {
    let state = stroud();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let problems = wrong(
        &form,
        &[
            ("claim", "a b"),
            ("profile-1-year", "2010/11"),
            ("labels", "nothing"),
            ("once-amount", "0"),
            ("evidence-0-name", "Contract"),
            ("scheme-id", "X"),
            ("profile-0-value", "1.005"),
            ("profile-0-year", "2010/11"),
            ("impact_from-day", "31"),
        ],
    );
    for field in [
        "claim",
        "title",
        "action",
        "impact_from-day",
        "profile-0-value",
        "profile-1-value",
        "source",
        "ongoing",
        "labels",
        "once-amount",
        "evidence-0-sha256",
        "scheme-total",
    ] {
        assert!(problems.of(field).is_some(), "{field}");
    }
}

#[test]
fn the_same_year_twice_is_wrong_beside_the_second() {
    let state = stroud();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let problems = wrong(
        &form,
        &[
            ("profile-0-year", "2010/11"),
            ("profile-0-value", "1"),
            ("profile-1-year", "2010/11"),
            ("profile-1-value", "2"),
        ],
    );
    assert!(problems.of("profile-1-year").unwrap().contains("twice"));
}

#[test]
fn an_amendment_sends_what_changes_and_clears_what_is_emptied() {
    let state = stroud();
    let form = Amend::new(&place(&state, None)).unwrap();
    assert!(
        wrong(&form, &[("reason", "None")])
            .of("title")
            .unwrap()
            .contains("Change something")
    );
    let commands = sent(
        &state,
        FINANCE,
        &form,
        &[
            ("title", "Payroll"),
            ("service", " "),
            ("labels", ""),
            ("profile-1-value", "200000"),
            ("reason", "Counted twice"),
        ],
    );
    assert_eq!(
        commands,
        [
            json!({"type": "amend-claim", "claim": "A", "title": "Payroll", "service": null,
        "labels": null, "profile": {"2008/09": "95000.00", "2009/10": "200000.00"}, "reason":
        "Counted twice"})
        ]
    );
}

#[test]
fn another_source_keeps_the_override_that_still_stands_in_the_form() {
    let state = stroud();
    let form = Amend::new(&place(&state, None)).unwrap();
    let commands = sent(
        &state,
        FINANCE,
        &form,
        &[("source", "income"), ("reason", "Not a grant")],
    );
    assert_eq!(commands[0]["source_override"], "Said so");
    let commands = sent(
        &state,
        FINANCE,
        &form,
        &[
            ("source", "efficiency"),
            ("source_override", ""),
            ("reason", "Not a grant"),
        ],
    );
    assert_eq!(commands[0].get("source_override"), Some(&Value::Null));
}

#[test]
fn every_field_of_a_cost_reaches_its_command() {
    let state = stroud();
    let form = AddCost::new(&place(&state, None)).unwrap();
    let once = sent(
        &state,
        FINANCE,
        &form,
        &[
            ("kind", "one-off"),
            ("year", "2009/10"),
            ("amount", "300"),
            ("spread_years", "3"),
            ("incurred_anyway", "yes"),
            ("funding", "The county"),
            ("description", "Desks"),
        ],
    );
    assert_eq!(
        once,
        [
            json!({"type": "record-offset", "claim": "A", "offset": "COST-2", "kind": "one-off",
        "year": "2009/10", "amount": "300.00", "spread_years": 3, "incurred_anyway": true, "funding":
        "The county", "description": "Desks"})
        ]
    );
    let yearly = sent(
        &state,
        FINANCE,
        &form,
        &[
            ("kind", "recurring"),
            ("year", "2009/10"),
            ("amount", "300"),
            ("until", "2010/11"),
            ("offset", "FEE"),
        ],
    );
    assert_eq!(
        yearly,
        [
            json!({"type": "record-offset", "claim": "A", "offset": "FEE", "kind": "recurring",
        "year": "2009/10", "amount": "300.00", "until": "2010/11"})
        ]
    );
}

#[test]
fn a_cost_that_does_not_fit_together_is_said_beside_its_field() {
    let state = stroud();
    let form = AddCost::new(&place(&state, None)).unwrap();
    let fields = [
        ("kind", "one-off"),
        ("year", "2009/10"),
        ("amount", "3"),
        ("until", "2010/11"),
    ];
    assert!(wrong(&form, &fields).of("until").is_some());
    let fields = [
        ("kind", "recurring"),
        ("year", "2009/10"),
        ("amount", "3"),
        ("until", "2008/09"),
    ];
    assert!(
        wrong(&form, &fields)
            .of("until")
            .unwrap()
            .contains("before")
    );
    let fields = [
        ("kind", "recurring"),
        ("year", "2009/10"),
        ("amount", "3"),
        ("spread_years", "2"),
    ];
    assert!(wrong(&form, &fields).of("spread_years").is_some());
    for years in ["0", "21", "x"] {
        let fields = [
            ("kind", "one-off"),
            ("year", "2009/10"),
            ("amount", "3"),
            ("spread_years", years),
        ];
        assert!(
            wrong(&form, &fields).of("spread_years").is_some(),
            "{years}"
        );
    }
}

#[test]
fn what_the_ledger_refuses_is_said_in_the_words_of_the_form() {
    let state = stroud();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let refused = |fields: &[(&str, &str)]| {
        let always = [
            ("claim", "B"),
            ("title", "B"),
            ("action", "reduce-inputs"),
            ("impact_from-day", "1"),
            ("impact_from-month", "4"),
            ("impact_from-year", "2010"),
            ("profile-0-value", "5"),
            ("source", "efficiency"),
            ("ongoing", "yes"),
        ];
        let commands = read(&form, &fill(typed(&always), fields)).unwrap();
        let refused = recorded(&state, FINANCE, &commands[0]).unwrap_err();
        let mut problems = Problems::default();
        for (_, refusal) in &refused {
            problems.refused(refusal, |field| form.field_of(&commands[0], field));
        }
        problems
    };
    assert!(
        refused(&[("claim", "A")])
            .of("claim")
            .unwrap()
            .starts_with("This reference is used")
    );
    let early = refused(&[("profile-0-year", "2009/10")]);
    assert!(
        early
            .of("profile-0-value")
            .unwrap()
            .contains("before the one in which it started")
    );
    let unfit = refused(&[("method", "mutual"), ("technique", "lean")]);
    assert!(unfit.of("technique").unwrap().contains("does not fit"));
}

use super::*;
use crate::forms::asked::Asked;
use crate::forms::worklist::{ROWS_MAX, Worklist, years_due};

fn with_claims(count: usize) -> Organisation {
    let claims: Vec<Value> = (0..count)
        .map(|n| {
            json!({"type": "register-claim", "claim": format!("C{n:03}"), "title": format!("Gain {n}"), "action":
                "reduce-inputs", "impact_from": "2010-04-01", "profile": {"2010/11": "1000"}})
        })
        .collect();
    recorded(&registered(), FINANCE, &Value::Array(claims)).unwrap()
}

fn worklist(state: &Organisation, checker: &str) -> Worklist {
    let year = "2010/11".parse().unwrap();
    Worklist::new(&place(state, None), year, &person(checker), true).unwrap()
}

fn html(form: &dyn Form, typed: &Typed, problems: &Problems) -> String {
    let sections = form.sections(&Asked::new(typed, problems));
    let fields = sections.into_iter().flat_map(|section| section.fields);
    fields.map(|field| field.to_string()).collect()
}

#[test]
fn rows_that_are_left_alone_are_not_sent_and_the_others_all_together() {
    let state = with_claims(200);
    let form = worklist(&state, "b.head");
    let commands = sent(
        &state,
        "b.head",
        &form,
        &[
            ("outcome-C000", "sustained"),
            ("quality-C000", "maintained"),
            ("outcome-C007", "reduced"),
            ("verified-C007", "£250"),
            ("quality-C007", "improved"),
            ("quality_reading-C007", "2 days"),
            ("outcome-C199", "ceased"),
        ],
    );
    let check = |claim, more: Value| {
        let mut check = json!({"type": "check-sustainment", "year": "2010/11", "claim": claim});
        check
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        check
    };
    assert_eq!(
        commands,
        [
            check(
                "C000",
                json!({"outcome": "sustained", "quality": "maintained"})
            ),
            check(
                "C007",
                json!({"outcome": "reduced", "verified": "250.00", "quality": "improved",
            "quality_reading": "2 days"})
            ),
            check("C199", json!({"outcome": "ceased"})),
        ]
    );
    assert!(
        form.done(&commands)
            .to_string()
            .ends_with("/checks?year=2010-11&checked=3")
    );
    let after = recorded(&state, "b.head", &Value::Array(commands)).unwrap();
    let left = worklist(&after, "b.head");
    let shown = html(&left, &Typed::default(), &Problems::default());
    assert_eq!(shown.matches("<div class=\"ng-check\"").count(), 197);
}

#[test]
fn what_is_wrong_is_said_beside_its_row_and_nothing_typed_is_lost() {
    let state = with_claims(3);
    let form = worklist(&state, "b.head");
    let fields = [
        ("outcome-C000", "sustained"),
        ("outcome-C001", "reduced"),
        ("quality-C001", "maintained"),
        (
            "quality_reading-C002",
            "measured but not said what was found",
        ),
    ];
    let problems = wrong(&form, &fields);
    assert!(problems.of("quality-C000").is_some());
    assert!(problems.of("verified-C001").is_some());
    assert!(problems.of("outcome-C002").is_some());
    let shown = html(&form, &typed(&fields), &problems);
    assert!(shown.contains("value=\"measured but not said what was found\""));
    assert_eq!(shown.matches("govuk-error-message").count(), 3);
    assert!(
        wrong(&form, &[])
            .of("outcome-C000")
            .unwrap()
            .contains("at least one")
    );
}

#[test]
fn whoever_logged_a_gain_is_asked_once_and_somebody_else_after_them() {
    let state = with_claims(1);
    let check = [
        ("outcome-C000", "sustained"),
        ("quality-C000", "maintained"),
    ];
    let commands = sent(&state, FINANCE, &worklist(&state, FINANCE), &check);
    let after = recorded(&state, FINANCE, &Value::Array(commands)).unwrap();
    assert!(worklist(&after, FINANCE).is_empty());
    let other = worklist(&after, "b.head");
    assert!(
        html(&other, &Typed::default(), &Problems::default()).contains("Needs a second person")
    );
}

#[test]
fn the_carry_forward_is_checked_with_the_gains() {
    let state = stroud();
    let form = worklist(&state, "b.head");
    let commands = sent(
        &state,
        "b.head",
        &form,
        &[("carry_forward_verified", "140000")],
    );
    assert_eq!(
        commands,
        [json!({"type": "check-carry-forward", "year": "2010/11", "verified": "140000.00"})]
    );
    assert_eq!(
        form.field_of(&commands[0], "verified").as_deref(),
        Some("carry_forward_verified")
    );
}

#[test]
fn no_more_are_shown_than_a_page_takes() {
    let state = with_claims(ROWS_MAX + 1);
    let shown = html(
        &worklist(&state, "b.head"),
        &Typed::default(),
        &Problems::default(),
    );
    assert_eq!(shown.matches("<div class=\"ng-check\"").count(), ROWS_MAX);
}

#[test]
fn whoever_may_not_check_sees_the_list_without_questions() {
    let state = with_claims(2);
    let year = "2010/11".parse().unwrap();
    let form = Worklist::new(&place(&state, None), year, &person("c.board"), false).unwrap();
    let shown = html(&form, &Typed::default(), &Problems::default());
    assert!(
        shown.contains("Gain 1") && !shown.contains("<select"),
        "{shown}"
    );
}

#[test]
fn the_years_with_checks_due_are_counted() {
    let years = years_due(&with_claims(2), today()).unwrap();
    assert_eq!(years, [("2010/11".parse().unwrap(), 2)]);
}

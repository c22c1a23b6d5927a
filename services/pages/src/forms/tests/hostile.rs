use std::collections::BTreeSet;

use askama::Template;

use super::*;
use crate::forms::amend::Amend;
use crate::forms::carry_forward::{DeclareCarryForward, ValidateCarryForward};
use crate::forms::challenge::{AnswerChallenge, CloseChallenge, RaiseChallenge};
use crate::forms::check::CheckOne;
use crate::forms::log_gain::LogGain;
use crate::forms::offset::{AddCost, CancelCost};
use crate::forms::redeployment::{CancelUse, RecordUse};
use crate::forms::settings::{SetBaseline, SetTarget};
use crate::forms::validate::{Revoke, Validate};
use crate::forms::withdraw::Withdraw;
use crate::forms::worklist::Worklist;
use crate::frame::Frame;
use crate::pages::form::{FormPage, Preview};

const HOSTILE: &str = "\"'></textarea></title><script>alert(1)</script>{{ x }}";

fn all(state: &Organisation) -> Vec<Box<dyn Form>> {
    let at = |part| place(state, part);
    let year = "2010/11".parse().unwrap();
    let worklist = Worklist::new(&at(None), year, &person("b.head"), true).unwrap();
    vec![
        Box::new(LogGain::new(&at(None)).unwrap()),
        Box::new(Amend::new(&at(None)).unwrap()),
        Box::new(AddCost::new(&at(None)).unwrap()),
        Box::new(CancelCost::new(&at(Some("COST-1"))).unwrap()),
        Box::new(Validate::new(&at(None)).unwrap()),
        Box::new(Revoke::new(&at(None)).unwrap()),
        Box::new(Withdraw::new(&at(None)).unwrap()),
        Box::new(CheckOne::new(&at(None)).unwrap()),
        Box::new(RaiseChallenge::new(&at(None)).unwrap()),
        Box::new(AnswerChallenge::new(&at(Some("Q1"))).unwrap()),
        Box::new(CloseChallenge::new(&at(Some("Q1"))).unwrap()),
        Box::new(RecordUse::new(&at(None)).unwrap()),
        Box::new(CancelUse::new(&at(Some("R1"))).unwrap()),
        Box::new(SetBaseline::new(&at(None)).unwrap()),
        Box::new(SetTarget::new(&at(None)).unwrap()),
        Box::new(DeclareCarryForward::new(&at(None)).unwrap()),
        Box::new(ValidateCarryForward::new(&at(None)).unwrap()),
        Box::new(worklist),
    ]
}

fn page(form: &dyn Form, typed: &Typed, problems: &Problems) -> String {
    let frame = Frame::new(form.cover().title);
    let page = FormPage::new(frame, form, typed, problems, "form-1".to_owned());
    let page = if form.changes_figures() {
        page.preview(Preview::not_yet(problems))
    } else {
        page
    };
    page.render().unwrap()
}

/// The values of an attribute.
fn values<'h>(html: &'h str, attribute: &str) -> BTreeSet<&'h str> {
    let start = format!(" {attribute}=\"");
    let found = html.split(&start).skip(1);
    found.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn what_anybody_types_comes_back_as_text() {
    let state = stroud();
    for form in all(&state) {
        let empty = page(&*form, &form.fresh(), &Problems::default());
        let names = values(&empty, "name");
        let typed = names
            .iter()
            .filter(|name| !["once", "intent", "viewport", "theme-color"].contains(name));
        let typed = typed.fold(Typed::default(), |typed, name| typed.with(*name, HOSTILE));
        let problems = read(&*form, &typed).err().unwrap_or_default();
        let shown = page(&*form, &typed, &problems);
        let title = form.cover().title;
        assert!(!shown.contains("<script>alert"), "{title}");
        assert!(!shown.contains("></textarea></title>"), "{title}");
        let texts = empty.matches("type=\"text\"").count() + empty.matches("<textarea").count();
        let escaped = shown.matches("script&#62;alert(1)").count();
        assert!(escaped >= texts, "{title}: {escaped} of {texts}");
    }
}

#[test]
fn everything_that_is_wrong_links_to_something_on_its_page() {
    let state = stroud();
    for form in all(&state) {
        for typed in [
            Typed::default(),
            fill(
                form.fresh(),
                &[
                    ("spread_years", "99"),
                    ("kind", "one-off"),
                    ("evidence-0-uri", "x"),
                    ("scheme-id", "x"),
                    ("profile-3-value", "1"),
                    ("labels", "x"),
                    ("profile-0-year", "x"),
                    ("outcome", "reduced"),
                    ("answer_by-day", "x"),
                    ("uplift", "x"),
                    ("outcome-A", "reduced"),
                    ("review_by-year", "x"),
                    ("once-amount", "x"),
                    ("yearly-amount", "0"),
                ],
            ),
        ] {
            let Err(problems) = read(&*form, &typed) else {
                continue;
            };
            let shown = page(&*form, &typed, &problems);
            let ids = values(&shown, "id");
            let links = values(&shown, "href");
            let to_fields = links.iter().filter_map(|link| link.strip_prefix('#'));
            let to_fields: Vec<_> = to_fields.filter(|it| *it != "main-content").collect();
            assert!(!to_fields.is_empty(), "{}", form.cover().title);
            for field in to_fields {
                assert!(ids.contains(field), "{}: #{field}", form.cover().title);
            }
            assert!(shown.contains("<title>Error: "), "{}", form.cover().title);
        }
    }
}

#[test]
fn what_stands_in_a_form_already_is_text_too() {
    let hostile = HOSTILE;
    let mut state = registered();
    let claim = json!({"type": "register-claim", "claim": "A", "title": hostile, "action": "reduce-inputs",
        "impact_from": "2008-07-01", "profile": {"2008/09": "1"}, "service": hostile, "owner": hostile,
        "quality_measure": hostile, "source_override": hostile, "labels": {"k": hostile}});
    let asked =
        json!({"type": "raise-challenge", "claim": "A", "challenge": "Q1", "question": hostile});
    let answered =
        json!({"type": "answer-challenge", "claim": "A", "challenge": "Q1", "answer": hostile});
    let cost = json!({"type": "record-offset", "claim": "A", "offset": "COST-1", "kind": "one-off", "year":
        "2008/09", "amount": "1", "description": hostile, "funding": hostile});
    let used = json!({"type": "record-redeployment", "claim": "A", "redeployment": "R1", "year": "2009/10",
        "amount": "1", "purpose": "other", "description": hostile});
    let carried = json!({"type": "declare-carry-forward", "ongoing_cashable": "9", "baseline_2004_05": "1",
        "source": hostile});
    let all_of_it = json!([claim, asked, answered, cost, used, carried]);
    state = recorded(&state, FINANCE, &all_of_it).unwrap();
    state = recorded(
        &state,
        "b.head",
        &json!({"type": "validate-claim", "claim": "A"}),
    )
    .unwrap();
    for form in all(&state) {
        let shown = page(&*form, &form.fresh(), &Problems::default());
        assert!(!shown.contains("<script>alert"), "{}", form.cover().title);
    }
}

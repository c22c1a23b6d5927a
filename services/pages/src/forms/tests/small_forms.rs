use super::*;
use crate::forms::amend::Amend;
use crate::forms::carry_forward::{DeclareCarryForward, ValidateCarryForward};
use crate::forms::challenge::{AnswerChallenge, CloseChallenge, RaiseChallenge};
use crate::forms::check::CheckOne;
use crate::forms::offset::CancelCost;
use crate::forms::redeployment::{CancelUse, RecordUse};
use crate::forms::settings::{SetBaseline, SetTarget};
use crate::forms::validate::{Revoke, Validate};
use crate::forms::withdraw::Withdraw;

/// The one command of a form, which the ledger takes.
fn only(state: &Organisation, form: &dyn Form, fields: &[(&str, &str)]) -> Value {
    let mut commands = sent(state, "c.signatory", form, fields);
    assert_eq!(commands.len(), 1);
    commands.remove(0)
}

#[test]
fn every_small_form_about_a_gain_becomes_its_command() {
    let state = stroud();
    let at = |part| place(&state, part);
    let only = |form: &dyn Form, fields: &[(&str, &str)]| only(&state, form, fields);
    assert_eq!(
        only(
            &CancelCost::new(&at(Some("COST-1"))).unwrap(),
            &[("reason", "Not ours")]
        ),
        json!({"type": "cancel-offset", "claim": "A", "offset": "COST-1", "reason": "Not ours"})
    );
    assert_eq!(
        only(&Validate::new(&at(None)).unwrap(), &[("grade", "final")]),
        json!({"type": "validate-claim", "claim": "A", "grade": "final"})
    );
    assert_eq!(
        only(&Validate::new(&at(None)).unwrap(), &[]),
        json!({"type": "validate-claim", "claim": "A"})
    );
    assert_eq!(
        only(&Revoke::new(&at(None)).unwrap(), &[("reason", "In doubt")]),
        json!({"type": "revoke-validation", "claim": "A", "reason": "In doubt"})
    );
    assert_eq!(
        only(
            &Withdraw::new(&at(None)).unwrap(),
            &[("reason", "Never happened")]
        ),
        json!({"type": "withdraw-claim", "claim": "A", "reason": "Never happened"})
    );
    assert_eq!(
        only(
            &RaiseChallenge::new(&at(None)).unwrap(),
            &[
                ("question", "Who pays?"),
                ("answer_by-day", "1"),
                ("answer_by-month", "8"),
                ("answer_by-year", "2011")
            ]
        ),
        json!({"type": "raise-challenge", "claim": "A", "challenge": "Q2", "question": "Who pays?",
            "answer_by": "2011-08-01"})
    );
    assert_eq!(
        only(
            &AnswerChallenge::new(&at(Some("Q1"))).unwrap(),
            &[("answer", "We do")]
        ),
        json!({"type": "answer-challenge", "claim": "A", "challenge": "Q1", "answer": "We do"})
    );
    assert_eq!(
        only(
            &CloseChallenge::new(&at(Some("Q1"))).unwrap(),
            &[("outcome", "upheld")]
        ),
        json!({"type": "close-challenge", "claim": "A", "challenge": "Q1", "outcome": "upheld"})
    );
    assert_eq!(
        only(
            &RecordUse::new(&at(None)).unwrap(),
            &[
                ("year", "2009/10"),
                ("amount", "5"),
                ("purpose", "council-tax"),
                ("description", "Band D")
            ]
        ),
        json!({"type": "record-redeployment", "claim": "A", "redeployment": "R2", "year": "2009/10",
            "amount": "5.00", "purpose": "council-tax", "description": "Band D"})
    );
    assert_eq!(
        only(
            &CancelUse::new(&at(Some("R1"))).unwrap(),
            &[("reason", "Twice")]
        ),
        json!({"type": "cancel-redeployment", "claim": "A", "redeployment": "R1", "reason": "Twice"})
    );
    assert_eq!(
        only(
            &CheckOne::new(&at(None)).unwrap(),
            &[
                ("outcome", "reduced"),
                ("verified", "7"),
                ("quality", "maintained"),
                ("quality_reading", "9 days")
            ]
        ),
        json!({"type": "check-sustainment", "claim": "A", "year": "2008/09", "outcome": "reduced",
            "verified": "7.00", "quality": "maintained", "quality_reading": "9 days"})
    );
}

#[test]
fn every_form_about_the_organisation_becomes_its_command() {
    let state = stroud();
    let at = |part| place(&state, part);
    let only = |form: &dyn Form, fields: &[(&str, &str)]| only(&state, form, fields);
    assert_eq!(
        only(
            &SetBaseline::new(&at(None)).unwrap(),
            &[("amount", "300,000,000"), ("source", "RO4")]
        ),
        json!({"type": "set-baseline", "year": "2007/08", "amount": "300000000.00", "source": "RO4"})
    );
    assert_eq!(
        only(
            &SetTarget::new(&at(None)).unwrap(),
            &[("year", "2010/11"), ("amount", "5"), ("service", "Waste")]
        ),
        json!({"type": "set-target", "year": "2010/11", "amount": "5.00", "service": "Waste"})
    );
    assert_eq!(
        only(
            &DeclareCarryForward::new(&at(None)).unwrap(),
            &[
                ("ongoing_cashable", "9"),
                ("baseline_2004_05", "8"),
                ("uplift", "1.0275"),
                ("source", "AES")
            ]
        ),
        json!({"type": "declare-carry-forward", "ongoing_cashable": "9.00", "baseline_2004_05": "8.00",
            "uplift": "1.0275", "source": "AES"})
    );
    assert_eq!(
        only(&ValidateCarryForward::new(&at(None)).unwrap(), &[]),
        json!({"type": "validate-carry-forward"})
    );
}

#[test]
fn a_day_to_answer_by_that_is_past_is_wrong() {
    let state = stroud();
    let form = RaiseChallenge::new(&place(&state, None)).unwrap();
    let problems = wrong(
        &form,
        &[
            ("question", "Why?"),
            ("answer_by-day", "23"),
            ("answer_by-month", "7"),
            ("answer_by-year", "2011"),
        ],
    );
    assert!(
        problems
            .of("answer_by-day")
            .unwrap()
            .contains("today or later")
    );
}

#[test]
fn there_is_no_form_for_what_is_not_there_any_more() {
    let state = stroud();
    let nothing = place(&state, Some("COST-9"));
    assert!(CancelCost::new(&nothing).is_err());
    assert!(CancelUse::new(&nothing).is_err());
    assert!(AnswerChallenge::new(&nothing).is_err());
    let closed =
        json!({"type": "close-challenge", "claim": "A", "challenge": "Q1", "outcome": "upheld"});
    let state = recorded(&state, "c.board", &closed).unwrap();
    assert!(CloseChallenge::new(&place(&state, Some("Q1"))).is_err());
    assert!(
        Revoke::new(&place(&state, None)).is_err(),
        "upheld: no validation is left"
    );
    let withdrawn = json!({"type": "withdraw-claim", "claim": "A", "reason": "Gone"});
    let state = recorded(&state, FINANCE, &withdrawn).unwrap();
    let sentence = Amend::new(&place(&state, None)).unwrap_err().0;
    assert!(sentence.contains("withdrawn"), "{sentence}");
}

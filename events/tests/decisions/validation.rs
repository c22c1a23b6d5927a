//! A second pair of eyes: who may validate, and what ends a validation (ruleset section 7).

use serde_json::{Value, json};

use super::commands::{
    amend, answer, by, cancel_offset, cancel_redeployment, challenge, check, check_carry_forward,
    claim, close, declare, offset, organisation, redeployment, revoke, validate,
    validate_carry_forward, with, withdraw,
};
use super::harness::{Given, given};

/// A claim that ann registered, with an offset of hers, then validated by bob.
fn validated() -> Vec<Value> {
    vec![
        organisation(),
        claim("C1"),
        claim("C2"),
        offset("C1", "O1"),
        challenge("C1", "Q1"),
        redeployment("C1", "R1"),
        by("bob", validate("C1")),
    ]
}

fn is_validated(council: &Given) -> bool {
    council.organisation().claims["C1"].validation.is_some()
}

fn after(mut commands: Vec<Value>, then: &[Value]) -> Given {
    commands.extend_from_slice(then);
    given(&commands)
}

#[test]
fn whoever_registered_a_claim_never_validates_it() {
    let mut council = given(&[organisation(), claim("C1")]);
    for registrant in ["ann", "ANN", "aNn"] {
        council
            .by(registrant)
            .when(validate("C1"))
            .then_refused_whole("same-person");
    }
    council
        .when(by("Ann", validate("C1")))
        .then_refused_whole("same-person");
    for then in [
        vec![],
        vec![by("cat", revoke("C1"))],
        vec![by("cat", amend("C1", json!({"title": "x"})))],
    ] {
        after(validated(), &then)
            .by("ann")
            .when(validate("C1"))
            .then_refused_whole("same-person");
    }
}

#[test]
fn whoever_changed_a_claim_since_its_last_validation_does_not_validate_it() {
    for change in [
        amend("C1", json!({"title": "x"})),
        offset("C1", "O2"),
        cancel_offset("C1", "O1"),
    ] {
        let mut council = after(validated(), &[by("Cat", change)]);
        council
            .by("cat")
            .when(validate("C1"))
            .then_refused_whole("same-person");
        // Someone else validates; from then on the change is not theirs to doubt any more.
        council
            .by("bob")
            .when(validate("C1"))
            .then_recorded(json!({"actor": "bob"}));
        council
            .by("cat")
            .when(validate("C1"))
            .then_recorded(json!({"actor": "cat"}));
    }
}

#[test]
fn of_several_who_changed_a_claim_none_validates_it() {
    let mut council = after(
        validated(),
        &[
            by("cat", amend("C1", json!({"title": "x"}))),
            by("dan", offset("C1", "O2")),
            by("CAT", amend("C1", json!({"title": "y"}))),
        ],
    );
    for changer in ["cat", "dan"] {
        council
            .by(changer)
            .when(validate("C1"))
            .then_refused_whole("same-person");
    }
    assert_eq!(council.organisation().claims["C1"].changed_by.len(), 2);
    council
        .by("bob")
        .when(validate("C1"))
        .then_recorded(json!({"claim": "C1"}));
}

#[test]
fn a_revocation_is_no_validation_so_changers_before_the_last_one_stay_free() {
    let mut council = given(&[
        organisation(),
        claim("C1"),
        by("cat", offset("C1", "O1")),
        by("bob", validate("C1")),
        by("dan", revoke("C1")),
    ]);
    council
        .by("cat")
        .when(validate("C1"))
        .then_recorded(json!({"actor": "cat"}));
}

#[test]
fn whoever_did_something_else_with_a_claim_may_validate_it() {
    for other in [
        check("C1", "2008/09", "sustained"),
        challenge("C1", "Q2"),
        answer("C1", "Q1"),
        close("C1", "Q1", "upheld"),
        redeployment("C1", "R2"),
        cancel_redeployment("C1", "R1"),
        revoke("C1"),
        validate("C1"),
    ] {
        after(validated(), &[by("cat", other)])
            .by("cat")
            .when(validate("C1"))
            .then_recorded(json!({"actor": "cat"}));
    }
}

#[test]
fn what_changes_the_claim_ends_its_validation() {
    for change in [
        amend("C1", json!({"title": "x"})),
        amend("C1", json!({"owner": null})),
        offset("C1", "O2"),
        with(offset("C1", "O2"), "incurred_anyway", true),
        cancel_offset("C1", "O1"),
        close("C1", "Q1", "upheld"),
        revoke("C1"),
        withdraw("C1"),
    ] {
        assert!(
            !is_validated(&after(validated(), std::slice::from_ref(&change))),
            "{change}"
        );
    }
}

#[test]
fn what_only_stands_beside_the_claim_leaves_its_validation() {
    for beside in [
        check("C1", "2008/09", "sustained"),
        check("C1", "2008/09", "reduced"),
        check("C1", "2008/09", "ceased"),
        challenge("C1", "Q2"),
        answer("C1", "Q1"),
        close("C1", "Q1", "dismissed"),
        redeployment("C1", "R2"),
        cancel_redeployment("C1", "R1"),
        by("dan", validate("C1")),
        claim("C3"),
        offset("C2", "O1"),
    ] {
        assert!(
            is_validated(&after(validated(), std::slice::from_ref(&beside))),
            "{beside}"
        );
    }
}

#[test]
fn a_claim_can_be_validated_again_with_another_grade() {
    let final_grade = with(validate("C1"), "grade", "final");
    let mut council = after(validated(), &[]);
    council
        .by("bob")
        .when(final_grade)
        .then_recorded(json!({"grade": "final"}));
    let validation = council.organisation().claims["C1"]
        .validation
        .clone()
        .unwrap();
    assert_eq!(validation.grade.unwrap().as_str(), "final");
    assert_eq!(validation.position.get(), 8);
}

#[test]
fn whoever_declared_the_carry_forward_does_not_validate_it() {
    let mut council = given(&[organisation(), declare()]);
    council
        .by("ANN")
        .when(validate_carry_forward())
        .then_refused_whole("same-person");
    council
        .by("bob")
        .when(validate_carry_forward())
        .then_recorded(json!({"actor": "bob"}));
}

#[test]
fn a_new_declaration_ends_the_validation_and_has_its_own_declarer() {
    let mut council = given(&[
        organisation(),
        declare(),
        by("bob", validate_carry_forward()),
        by("bob", declare()),
    ]);
    let declared = council.organisation().carry_forward.clone().unwrap();
    assert_eq!(declared.validated_by, None);
    council
        .by("bob")
        .when(validate_carry_forward())
        .then_refused_whole("same-person");
    council
        .by("ann")
        .when(validate_carry_forward())
        .then_recorded(json!({"actor": "ann"}));
}

#[test]
fn a_check_does_not_end_the_validation_of_the_carry_forward() {
    let mut council = given(&[
        organisation(),
        declare(),
        by("bob", validate_carry_forward()),
        check_carry_forward("2008/09"),
        check_carry_forward("2008/09"),
    ]);
    let declared = council.organisation().carry_forward.clone().unwrap();
    assert_eq!(declared.validated_by.unwrap().as_str(), "bob");
    assert_eq!(declared.checks.len(), 1);
    // Whoever checked it may validate it: only its declarer may not.
    council
        .when(by("cat", check_carry_forward("2009/10")))
        .then_recorded(json!({"actor": "cat", "auth": "named"}));
    council
        .by("cat")
        .when(validate_carry_forward())
        .then_recorded(json!({"actor": "cat"}));
}

//! Claims and what stands against them: what must exist, what must not exist yet, and the rules
//! between a claim's fields.

use serde_json::{Value, json};

use super::commands::{
    amend, answer, cancel_offset, cancel_redeployment, challenge, check, check_carry_forward,
    claim, close, declare, offset, organisation, redeployment, revoke, set_baseline, statement,
    validate, validate_carry_forward, with, withdraw,
};
use super::harness::given;
use super::table::rows;

/// Every command on a claim but its registration.
fn commands_on(claim: &str) -> Vec<Value> {
    let on = |row: super::table::Row| with(row.full(), "claim", claim);
    rows()
        .into_iter()
        .filter(|row| {
            row.fields
                .first()
                .is_some_and(|field| field.name == "claim")
        })
        .filter(|row| row.command != "register-claim")
        .map(on)
        .collect()
}

#[test]
fn nothing_but_its_registration_is_accepted_of_an_unknown_organisation() {
    for row in rows().iter().filter(|row| !row.is_of_system()) {
        let mut nobody = given(&[]);
        if row.command == "register-organisation" {
            nobody
                .when(row.full())
                .then_recorded(json!({"position": 1}));
        } else {
            nobody
                .when(row.full())
                .then_refused("unknown-organisation", "org");
        }
    }
}

#[test]
fn an_organisation_is_registered_once() {
    let mut council = given(&[organisation()]);
    council
        .when(organisation())
        .then_refused("organisation-exists", "org");
    council
        .when(with(organisation(), "name", "Ambridge Unitary Council"))
        .then_refused("organisation-exists", "org");
    let neighbour = with(organisation(), "org", "E07000083");
    council
        .when(neighbour)
        .then_recorded(json!({"position": 1}));
}

#[test]
fn every_command_on_a_claim_needs_the_claim_and_capitals_matter() {
    let commands = commands_on("c1");
    assert_eq!(commands.len(), 12);
    for command in commands {
        given(&[organisation(), claim("C1")])
            .when(command)
            .then_refused("unknown-claim", "claim");
    }
}

#[test]
fn a_claim_of_another_organisation_is_not_known() {
    let neighbour = |command: Value| with(command, "org", "E07000083");
    let mut councils = given(&[organisation(), claim("C1"), neighbour(organisation())]);
    councils
        .when(neighbour(withdraw("C1")))
        .then_refused("unknown-claim", "claim");
    councils
        .when(neighbour(claim("C1")))
        .then_recorded(json!({"position": 2}));
}

#[test]
fn a_withdrawn_claim_takes_no_command_and_its_reference_stays_used() {
    for command in commands_on("C1") {
        given(&[organisation(), claim("C1"), withdraw("C1")])
            .when(command)
            .then_refused("claim-withdrawn", "claim");
    }
    given(&[organisation(), claim("C1"), withdraw("C1")])
        .when(claim("C1"))
        .then_refused("claim-exists", "claim");
}

#[test]
fn a_claims_reference_is_used_once_and_case_sensitive() {
    let mut council = given(&[organisation(), claim("C1")]);
    council
        .when(claim("C1"))
        .then_refused("claim-exists", "claim");
    council
        .when(claim("c1"))
        .then_recorded(json!({"claim": "c1", "position": 3}));
}

#[test]
fn an_offsets_reference_is_used_once_even_when_it_was_cancelled() {
    let mut council = given(&[organisation(), claim("C1"), claim("C2"), offset("C1", "O1")]);
    council
        .when(offset("C1", "O1"))
        .then_refused("offset-exists", "offset");
    council
        .when(offset("C2", "O1"))
        .then_recorded(json!({"claim": "C2"}));
    council
        .when(cancel_offset("C1", "O1"))
        .then_recorded(json!({"type": "offset-cancelled"}));
    council
        .when(offset("C1", "O1"))
        .then_refused("offset-exists", "offset");
    council
        .when(offset("C1", "o1"))
        .then_recorded(json!({"offset": "o1"}));
}

#[test]
fn only_an_offset_in_force_can_be_cancelled() {
    let mut council = given(&[organisation(), claim("C1"), claim("C2"), offset("C1", "O1")]);
    council
        .when(cancel_offset("C1", "O2"))
        .then_refused("unknown-offset", "offset");
    council
        .when(cancel_offset("C2", "O1"))
        .then_refused("unknown-offset", "offset");
    council
        .when(cancel_offset("C1", "O1"))
        .then_recorded(json!({"offset": "O1"}));
    council
        .when(cancel_offset("C1", "O1"))
        .then_refused("unknown-offset", "offset");
}

#[test]
fn an_offset_that_was_not_incurred_anyway_says_nothing_of_it() {
    let mut council = given(&[organisation(), claim("C1")]);
    let stated = with(offset("C1", "O1"), "incurred_anyway", false);
    council.when(stated).then_recorded(json!({"offset": "O1"}));
    let event = council
        .when(offset("C1", "O2"))
        .then_recorded(json!({"offset": "O2"}));
    assert_eq!(super::harness::written(&event).get("incurred_anyway"), None);
}

#[test]
fn a_challenges_reference_is_used_once_even_when_it_was_closed() {
    let mut council = given(&[organisation(), claim("C1"), challenge("C1", "Q1")]);
    council
        .when(challenge("C1", "Q1"))
        .then_refused("challenge-exists", "challenge");
    council
        .when(close("C1", "Q1", "dismissed"))
        .then_recorded(json!({"outcome": "dismissed"}));
    council
        .when(challenge("C1", "Q1"))
        .then_refused("challenge-exists", "challenge");
    council
        .when(challenge("C1", "Q2"))
        .then_recorded(json!({"challenge": "Q2"}));
}

#[test]
fn an_open_challenge_is_answered_as_often_as_wanted_and_closed_once() {
    let mut council = given(&[organisation(), claim("C1"), challenge("C1", "Q1")]);
    for reference in ["Q2", "q1"] {
        council
            .when(answer("C1", reference))
            .then_refused("unknown-challenge", "challenge");
        council
            .when(close("C1", reference, "upheld"))
            .then_refused("unknown-challenge", "challenge");
    }
    council
        .when(answer("C1", "Q1"))
        .then_recorded(json!({"position": 4}));
    council
        .when(answer("C1", "Q1"))
        .then_recorded(json!({"position": 5}));
    council
        .when(close("C1", "Q1", "upheld"))
        .then_recorded(json!({"position": 6}));
    council
        .when(answer("C1", "Q1"))
        .then_refused("challenge-closed", "challenge");
    council
        .when(close("C1", "Q1", "dismissed"))
        .then_refused("challenge-closed", "challenge");
}

#[test]
fn a_challenge_can_be_closed_unanswered() {
    given(&[organisation(), claim("C1"), challenge("C1", "Q1")])
        .when(close("C1", "Q1", "dismissed"))
        .then_recorded(json!({"type": "challenge-closed"}));
}

#[test]
fn a_redeployments_reference_is_used_once_and_only_one_in_force_can_be_cancelled() {
    let mut council = given(&[organisation(), claim("C1"), redeployment("C1", "R1")]);
    council
        .when(redeployment("C1", "R1"))
        .then_refused("redeployment-exists", "redeployment");
    council
        .when(cancel_redeployment("C1", "R2"))
        .then_refused("unknown-redeployment", "redeployment");
    council
        .when(cancel_redeployment("C1", "R1"))
        .then_recorded(json!({"redeployment": "R1"}));
    council
        .when(cancel_redeployment("C1", "R1"))
        .then_refused("unknown-redeployment", "redeployment");
    council
        .when(redeployment("C1", "R1"))
        .then_refused("redeployment-exists", "redeployment");
}

#[test]
fn there_is_nothing_to_validate_or_check_before_a_carry_forward_is_declared() {
    let mut council = given(&[organisation()]);
    council
        .by("bob")
        .when(validate_carry_forward())
        .then_refused_whole("no-carry-forward");
    council
        .when(check_carry_forward("2008/09"))
        .then_refused_whole("no-carry-forward");
    council
        .when(declare())
        .then_recorded(json!({"type": "carry-forward-declared"}));
    council
        .when(check_carry_forward("2008/09"))
        .then_recorded(json!({"verified": "100000.00"}));
}

#[test]
fn only_a_validation_in_force_can_be_revoked() {
    let mut council = given(&[organisation(), claim("C1")]);
    council
        .when(revoke("C1"))
        .then_refused_whole("not-validated");
    council
        .by("bob")
        .when(validate("C1"))
        .then_recorded(json!({"claim": "C1"}));
    council
        .when(revoke("C1"))
        .then_recorded(json!({"type": "validation-revoked"}));
    council
        .when(revoke("C1"))
        .then_refused_whole("not-validated");
}

#[test]
fn a_technique_needs_its_method() {
    let techniques = [
        (
            "internal",
            "lean ict procurement asset-management transformation insourcing",
        ),
        ("mutual", "shared-services informal-partnership"),
        ("external", "outsourcing joint-venture"),
    ];
    for (own, names) in techniques {
        for technique in names.split(' ') {
            let bare = with(claim("C1"), "technique", technique);
            let mut council = given(&[organisation()]);
            council.when(&bare).then_refused("bad-field", "technique");
            for method in ["internal", "mutual", "external"]
                .into_iter()
                .filter(|&m| m != own)
            {
                council
                    .when(with(bare.clone(), "method", method))
                    .then_refused("bad-field", "technique");
            }
            council
                .when(with(bare, "method", own))
                .then_recorded(json!({"technique": technique}));
        }
    }
    given(&[organisation()])
        .when(with(claim("C1"), "method", "mutual"))
        .then_recorded(json!({"method": "mutual"}));
}

#[test]
fn a_technique_is_looked_at_on_the_claim_as_it_would_become() {
    let lean = with(with(claim("C1"), "method", "internal"), "technique", "lean");
    for (change, fits) in [
        (json!({"title": "Other"}), true),
        (json!({"technique": "ict"}), true),
        (json!({"technique": null}), true),
        (json!({"technique": null, "method": null}), true),
        (json!({"technique": null, "method": "mutual"}), true),
        (
            json!({"technique": "joint-venture", "method": "external"}),
            true,
        ),
        (json!({"technique": "joint-venture"}), false),
        (json!({"method": "external"}), false),
        (json!({"method": null}), false),
        (json!({"technique": "ict", "method": null}), false),
    ] {
        let mut council = given(&[organisation(), lean.clone()]);
        let amended = council.when(amend("C1", change.clone()));
        if fits {
            amended.then_recorded(change);
        } else {
            amended.then_refused("bad-field", "technique");
        }
    }
}

#[test]
fn a_profile_has_no_value_above_zero_before_the_year_of_impact() {
    let from = |impact: &str, profile: Value| {
        with(with(claim("C1"), "impact_from", impact), "profile", profile)
    };
    let early = json!({"2007/08": "0", "2008/09": "0.01", "2009/10": "5"});
    for (impact, allowed) in [
        ("1900-01-01", true),
        ("2008-04-01", true),
        ("2009-03-31", true),
        ("2009-04-01", false),
        ("2150-01-01", false),
    ] {
        let registered = given(&[organisation()]).when(from(impact, early.clone()));
        if allowed {
            registered.then_recorded(json!({"impact_from": impact}));
        } else {
            registered.then_refused("profile-before-impact", "profile");
        }
    }
    given(&[organisation()])
        .when(from("2030-01-01", json!({"2008/09": "0"})))
        .then_recorded(json!({"claim": "C1"}));
}

#[test]
fn an_amendment_is_held_to_the_year_of_impact_as_the_claim_would_become() {
    for (change, field) in [
        (json!({"profile": {"2007/08": "1"}}), "profile"),
        (json!({"impact_from": "2009-04-01"}), "impact_from"),
        (
            json!({"impact_from": "2010-04-01", "profile": {"2009/10": "1"}}),
            "profile",
        ),
    ] {
        given(&[organisation(), claim("C1")])
            .when(amend("C1", change))
            .then_refused("profile-before-impact", field);
    }
    for change in [
        json!({"impact_from": "2009-03-31"}),
        json!({"impact_from": "2010-04-01", "profile": {"2010/11": "1.00"}}),
        json!({"impact_from": "2007-04-01", "profile": {"2007/08": "1.00"}}),
        json!({"profile": {"2007/08": "0.00"}}),
    ] {
        given(&[organisation(), claim("C1")])
            .when(amend("C1", change.clone()))
            .then_recorded(change);
    }
}

#[test]
fn an_amendment_clears_with_null_and_leaves_what_it_does_not_name() {
    let claimed = with(with(claim("C1"), "owner", "Ms A"), "service", "Housing");
    let council = given(&[
        organisation(),
        claimed,
        amend("C1", json!({"owner": null, "title": "Cheaper toner"})),
    ]);
    let details = &council.organisation().claims["C1"].details;
    assert_eq!(details.owner, None);
    assert_eq!(details.title.as_str(), "Cheaper toner");
    assert_eq!(details.service.as_ref().unwrap().as_str(), "Housing");
}

#[test]
fn amending_the_source_without_an_override_ends_the_override() {
    let overridden = with(
        with(claim("C1"), "source", "grant"),
        "source_override",
        "Ours",
    );
    for (change, left) in [
        (json!({"source": "income"}), None),
        (json!({"source": "grant"}), None),
        (json!({"source": null}), None),
        (
            json!({"source": "income", "source_override": "Still ours"}),
            Some("Still ours"),
        ),
        (json!({"source_override": null}), None),
        (json!({"title": "Other"}), Some("Ours")),
    ] {
        let council = given(&[organisation(), overridden.clone(), amend("C1", change)]);
        let details = &council.organisation().claims["C1"].details;
        assert_eq!(details.source_override.as_ref().map(|o| o.as_str()), left);
    }
}

#[test]
fn a_check_of_a_year_before_the_first_accrual_is_refused() {
    let later = with(
        claim("C1"),
        "profile",
        json!({"2008/09": "0", "2009/10": "5"}),
    );
    let mut council = given(&[organisation(), later]);
    for outcome in ["sustained", "reduced", "ceased"] {
        council
            .when(check("C1", "2008/09", outcome))
            .then_refused("check-before-first-accrual", "year");
        council
            .when(check("C1", "2009/10", outcome))
            .then_recorded(json!({"outcome": outcome}));
    }
}

#[test]
fn a_claim_without_any_accrual_cannot_be_checked_until_it_is_amended() {
    let nothing = with(
        claim("C1"),
        "profile",
        json!({"2008/09": "0", "2009/10": "0.00"}),
    );
    let mut council = given(&[organisation(), nothing]);
    for year in ["2008/09", "2099/00"] {
        council
            .when(check("C1", year, "ceased"))
            .then_refused("check-before-first-accrual", "year");
    }
    let amended = amend("C1", json!({"profile": {"2008/09": "1"}}));
    council.when(amended).then_recorded(json!({"claim": "C1"}));
    council
        .when(check("C1", "2008/09", "ceased"))
        .then_recorded(json!({"year": "2008/09"}));
}

#[test]
fn baselines_targets_and_declarations_may_be_recorded_again_and_replace() {
    let council = given(&[
        organisation(),
        set_baseline("1"),
        set_baseline("2"),
        declare(),
        check_carry_forward("2008/09"),
        declare(),
    ]);
    let organisation = council.organisation();
    assert_eq!(organisation.baselines.len(), 1);
    assert!(
        organisation
            .carry_forward
            .as_ref()
            .unwrap()
            .checks
            .is_empty()
    );
}

#[test]
fn statements_are_numbered_within_their_year_and_series_and_know_the_position_before_them() {
    let mut council = given(&[organisation()]);
    for (year, series, number, position) in [
        ("2008/09", "actual", 1, 2),
        ("2009/10", "actual", 1, 3),
        ("2008/09", "actual", 2, 4),
        ("2012/13", "forecast", 1, 5),
        ("2008/09", "actual", 3, 6),
    ] {
        council.when(statement(year, series)).then_recorded(json!({
            "year": year, "series": series, "number": number, "position": position,
            "known_at": position - 1, "ruleset": "ni179-v1",
        }));
    }
}

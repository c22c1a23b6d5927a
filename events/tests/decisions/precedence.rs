//! Of several reasons to refuse, the first of the promised order is given; and every code is
//! reached.

use std::collections::BTreeSet;

use netgain_events::authority::Role;
use netgain_events::fact::FactKind;
use netgain_events::refusal::RefusalCode;
use netgain_events::state::GRANTS_MAX;
use serde_json::{Value, json};

use super::commands::{
    ORG, amend, answer, bar, by, cancel_offset, cancel_redeployment, challenge, check, claim,
    close, command, enrol, grant, issue, offset, organisation, redeployment, revoke, revoke_role,
    revoke_token, set_baseline, statement, validate, validate_carry_forward, with, withdraw,
};
use super::harness::given;
use super::table::{rows, standing};

/// One history in which every refusal of the decision waits, and what reaches it.
fn every_refusal() -> (Vec<Value>, Vec<(&'static str, Value)>) {
    let nothing = with(claim("ZERO"), "profile", json!({"2008/09": "0"}));
    let mut given = vec![
        organisation(),
        with(set_baseline("1"), "command_id", "used"),
        claim("C1"),
        nothing,
        claim("GONE"),
        withdraw("GONE"),
        offset("C1", "O1"),
        challenge("C1", "Q1"),
        close("C1", "Q1", "dismissed"),
        redeployment("C1", "R1"),
        enrol("bob", "person"),
        grant("bob", "recorder", "*"),
        issue("T1", "bob", "*", &["recorder"]),
        enrol("feed", "service"),
        enrol("gone", "person"),
        bar("gone"),
        enrol("busy", "person"),
    ];
    let bodies = (0..GRANTS_MAX).map(|n| grant("busy", "board", &format!("E{n}")));
    given.extend(bodies);
    let table = vec![
        ("too-large", json!({"note": "x".repeat(40_000)})),
        ("bad-json", json!([])),
        ("unknown-command", json!({})),
        ("bad-field", command("validate-claim", json!({}))),
        ("bad-identifier", validate("C 1")),
        ("bad-money", set_baseline("1.005")),
        ("bad-year", with(set_baseline("1"), "year", "2008")),
        (
            "command-id-reused",
            with(set_baseline("2"), "command_id", "used"),
        ),
        (
            "unknown-organisation",
            with(statement("2008/09", "actual"), "org", "E0"),
        ),
        ("organisation-exists", organisation()),
        ("unknown-claim", validate("C9")),
        ("claim-exists", claim("C1")),
        ("claim-withdrawn", validate("GONE")),
        ("unknown-offset", cancel_offset("C1", "O9")),
        ("offset-exists", offset("C1", "O1")),
        ("unknown-challenge", answer("C1", "Q9")),
        ("challenge-exists", challenge("C1", "Q1")),
        ("challenge-closed", answer("C1", "Q1")),
        ("unknown-redeployment", cancel_redeployment("C1", "R9")),
        ("redeployment-exists", redeployment("C1", "R1")),
        ("no-carry-forward", validate_carry_forward()),
        ("not-validated", revoke("C1")),
        ("unknown-person", grant("nobody", "recorder", "*")),
        ("person-exists", enrol("BOB", "person")),
        ("person-barred", grant("gone", "recorder", "*")),
        ("unknown-grant", revoke_role("bob", "recorder", ORG)),
        ("grant-exists", grant("bob", "recorder", "*")),
        ("unknown-token", revoke_token("T2")),
        ("token-exists", issue("T1", "bob", ORG, &["board"])),
        (
            "profile-before-impact",
            amend("C1", json!({"impact_from": "2009-04-01"})),
        ),
        (
            "check-before-first-accrual",
            check("ZERO", "2008/09", "ceased"),
        ),
        ("check-before-year-end", check("C1", "2012/13", "sustained")),
        ("statement-too-early", statement("2012/13", "actual")),
        ("statement-too-late", statement("2011/12", "forecast")),
        ("not-for-service-accounts", grant("feed", "validator", ORG)),
        ("too-many", grant("busy", "auditor", "*")),
        ("same-person", validate("C1")),
    ];
    (given, table)
}

#[test]
fn every_code_is_reached_in_the_order_of_precedence() {
    let (history, table) = every_refusal();
    let mut council = given(&history);
    let board = council.by("eve").signed_in_as(&[Role::Board]);
    let mut reached = vec![board.when(claim("C2")).refusal().code];
    for (code, command) in table {
        let refusal = council.by("ann").when(&command).refusal();
        assert_eq!(refusal.code.as_str(), code, "{command}: {refusal}");
        reached.push(refusal.code);
    }
    assert_eq!(reached, RefusalCode::ALL);
    let names: BTreeSet<_> = RefusalCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), RefusalCode::ALL.len());
    assert!(
        RefusalCode::ALL.is_sorted(),
        "the enum stands in order of precedence"
    );
}

#[test]
fn a_refused_command_changes_nothing() {
    let (history, table) = every_refusal();
    let mut council = given(&history);
    let before = (council.organisation().clone(), council.system().clone());
    for (_, command) in table {
        council.by("ann").when(&command).refusal();
    }
    assert_eq!(
        (council.organisation(), council.system()),
        (&before.0, &before.1)
    );
}

#[test]
fn size_comes_before_json_and_json_before_the_type() {
    let mut garbage = b"{\"type\":5,".to_vec();
    garbage.resize(32_769, b'x');
    given(&[])
        .by("ann")
        .when_line(&garbage)
        .then_refused_whole("too-large");
    garbage.truncate(32_768);
    given(&[])
        .by("ann")
        .when_line(&garbage)
        .then_refused_whole("bad-json");
    given(&[])
        .when(r#"{"type":"nonsense","org":"e0"}"#)
        .then_refused("unknown-command", "type");
}

#[test]
fn shape_comes_before_a_repeat() {
    let first = with(set_baseline("1"), "command_id", "k");
    let mut council = given(&[organisation(), first.clone()]);
    council
        .when(with(first.clone(), "amount", "-1"))
        .then_refused("bad-money", "amount");
    council
        .when(with(first, "stranger", 1))
        .then_refused("bad-field", "stranger");
}

#[test]
fn a_repeat_comes_before_everything_that_has_become_true_since() {
    let id = |id: &str, command: Value| with(command, "command_id", id);
    let mut council = given(&[
        id("org", organisation()),
        id("c", claim("C1")),
        id("o", offset("C1", "O1")),
        id("v", by("bob", validate("C1"))),
        id("a", by("bob", amend("C1", json!({"title": "x"})))),
        id("w", withdraw("C1")),
    ]);
    council.when(id("org", organisation())).then_repeats(1);
    council.when(id("c", claim("C1"))).then_repeats(2);
    council.when(id("o", offset("C1", "O1"))).then_repeats(3);
    council
        .when(id("v", by("bob", validate("C1"))))
        .then_repeats(4);
    council.when(id("w", withdraw("C1"))).then_repeats(6);
    for (reused, command) in [
        ("c", organisation()),
        ("c", validate("C9")),
        ("c", validate("C1")),
        ("c", offset("C1", "O1")),
        ("c", statement("2099/00", "actual")),
    ] {
        council
            .when(id(reused, command))
            .then_refused("command-id-reused", "command_id");
    }
}

#[test]
fn the_organisation_comes_before_the_claim_and_the_claim_before_its_parts() {
    given(&[])
        .when(cancel_offset("C1", "O1"))
        .then_refused("unknown-organisation", "org");
    let mut council = given(&[organisation(), claim("C1"), withdraw("C1")]);
    for on_parts in [
        cancel_offset("C2", "O1"),
        answer("C2", "Q1"),
        close("C2", "Q1", "upheld"),
        cancel_redeployment("C2", "R1"),
        revoke("C2"),
    ] {
        council
            .when(&on_parts)
            .then_refused("unknown-claim", "claim");
        council
            .when(with(on_parts, "claim", "C1"))
            .then_refused("claim-withdrawn", "claim");
    }
}

#[test]
fn the_claim_comes_before_the_rules_and_before_the_people() {
    let mut council = given(&[organisation(), claim("C1"), claim("GONE"), withdraw("GONE")]);
    let wrong = json!({"technique": "lean", "profile": {"2007/08": "1"}});
    for (field, value) in wrong.as_object().unwrap() {
        council
            .when(with(claim("C1"), field, value.clone()))
            .then_refused("claim-exists", "claim");
    }
    for (claim, code) in [("C9", "unknown-claim"), ("GONE", "claim-withdrawn")] {
        council
            .when(amend(claim, wrong.clone()))
            .then_refused(code, "claim");
        council
            .when(check(claim, "2007/08", "sustained"))
            .then_refused(code, "claim");
        council
            .by("ann")
            .when(validate(claim))
            .then_refused(code, "claim");
    }
}

#[test]
fn of_several_rules_the_first_of_the_list_is_given() {
    let mut council = given(&[organisation(), claim("C1")]);
    let both = json!({"technique": "lean", "profile": {"2007/08": "1"}});
    council
        .when(amend("C1", both))
        .then_refused("bad-field", "technique");
    // 2098/99 is before the first accrual of 2099/00, and not over either.
    let late = with(claim("C2"), "profile", json!({"2099/00": "1"}));
    council.when(late).then_recorded(json!({"claim": "C2"}));
    council
        .when(check("C2", "2098/99", "sustained"))
        .then_refused("check-before-first-accrual", "year");
}

#[test]
fn what_the_callers_roles_do_not_reach_is_refused_before_the_ledger_is_looked_at() {
    let id = |command: Value| with(command, "command_id", "k");
    let mut council = given(&[organisation(), id(claim("C1"))]);
    for command in [
        id(claim("C1")),
        id(claim("C2")),
        claim("C1"),
        with(claim("C1"), "org", "E0"),
        organisation(),
        withdraw("C9"),
    ] {
        council
            .by("ann")
            .signed_in_as(&[Role::Board, Role::Auditor])
            .when(command)
            .then_refused_whole("not-allowed");
    }
}

#[test]
fn each_command_is_open_to_the_roles_of_the_table_and_to_no_other() {
    let administrator: &[Role] = &[Role::Administrator];
    let recorder: &[Role] = &[Role::Recorder];
    let signatory: &[Role] = &[Role::Signatory];
    let checkers: &[Role] = &[Role::Recorder, Role::Validator];
    let validators: &[Role] = &[Role::Validator, Role::Signatory];
    let closers: &[Role] = &[Role::Validator, Role::Signatory, Role::Board];
    let challengers: &[Role] = &[Role::Validator, Role::Signatory, Role::Board, Role::Auditor];
    let may = [
        ("register-organisation", administrator),
        ("set-baseline", signatory),
        ("set-target", signatory),
        ("register-claim", recorder),
        ("amend-claim", recorder),
        ("validate-claim", validators),
        ("revoke-validation", validators),
        ("withdraw-claim", recorder),
        ("record-offset", recorder),
        ("cancel-offset", recorder),
        ("check-sustainment", checkers),
        ("raise-challenge", challengers),
        ("answer-challenge", recorder),
        ("close-challenge", closers),
        ("record-redeployment", recorder),
        ("cancel-redeployment", recorder),
        ("declare-carry-forward", recorder),
        ("validate-carry-forward", validators),
        ("check-carry-forward", checkers),
        ("issue-statement", signatory),
        ("enrol-person", administrator),
        ("bar-person", administrator),
        ("grant-role", administrator),
        ("revoke-role", administrator),
        ("issue-token", administrator),
        ("revoke-token", administrator),
    ];
    let commands = FactKind::ALL.iter().filter(|kind| kind.has_command());
    assert_eq!(may.len(), commands.count());
    for (row, (command, roles)) in rows().iter().zip(may) {
        assert_eq!(row.command, command);
        for &role in Role::ALL {
            let mut council = given(&standing());
            let then = council.by("cat").signed_in_as(&[role]).when(row.full());
            if roles.contains(&role) {
                then.then_recorded(json!({"auth": "local", "type": row.event}));
            } else {
                then.then_refused_whole("not-allowed");
            }
        }
        let mut council = given(&standing());
        council
            .by("cat")
            .signed_in_as(&[])
            .when(row.full())
            .then_refused_whole("not-allowed");
    }
}

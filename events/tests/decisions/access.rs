//! People, grants and tokens: who may give what to whom, and what it comes to (docs/adr/0016).

use netgain_events::authority::Role;
use netgain_events::identifier::{Actor, OrgId};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::state::{GRANTS_MAX, PEOPLE_MAX, Reach, TOKENS_MAX};
use serde_json::{Value, json};

use super::commands::{
    ORG, bar, by, enrol, grant, issue, organisation, revoke_role, revoke_token, secret, with,
};
use super::harness::{Given, NOW, given};

const OTHER: &str = "E07000099";

fn actor(id: &str) -> Actor {
    id.parse().unwrap()
}

fn org(code: &str) -> OrgId {
    code.parse().unwrap()
}

fn time(text: &str) -> RecordedAt {
    text.parse().unwrap()
}

fn roles(ledger: &Given, person: &str, code: &str, at: &str) -> Vec<Role> {
    ledger.access().roles(&actor(person), &org(code), time(at))
}

fn token_roles(ledger: &Given, token: &str, code: &str, at: &str) -> Vec<Role> {
    let state = ledger.access().token_of_secret(&secret(token)).unwrap();
    ledger.access().token_roles(state, &org(code), time(at))
}

fn only(codes: &[&str]) -> Reach {
    Reach::Organisations(codes.iter().map(|code| org(code)).collect())
}

/// Root is an administrator of every organisation, loc of one; bob and eve are nothing yet.
fn administered() -> Vec<Value> {
    vec![
        enrol("root", "person"),
        grant("root", "administrator", "*"),
        enrol("loc", "person"),
        grant("loc", "administrator", ORG),
        enrol("bob", "person"),
        enrol("eve", "person"),
        enrol("feed", "service"),
    ]
}

fn after(then: &[Value]) -> Given {
    given(&[administered(), then.to_vec()].concat())
}

#[test]
fn a_person_is_known_without_regard_to_case() {
    let mut ledger = given(&[enrol("Bob@x", "person"), grant("BOB@X", "recorder", ORG)]);
    let bob = ledger.access().person(&actor("bob@x")).unwrap();
    assert_eq!(bob.id.as_str(), "Bob@x");
    assert_eq!(roles(&ledger, "bOB@x", ORG, NOW), [Role::Recorder]);
    ledger
        .when(enrol("boB@x", "person"))
        .then_refused("person-exists", "person");
    ledger
        .when(grant("bob@x", "recorder", ORG))
        .then_refused("grant-exists", "role");
    assert_eq!(ledger.access().people().len(), 1);
}

#[test]
fn a_grant_is_of_one_organisation_or_of_every_one() {
    let ledger = after(&[
        grant("bob", "validator", ORG),
        grant("bob", "recorder", ORG),
        grant("eve", "auditor", "*"),
        grant("eve", "recorder", ORG),
        grant("eve", "auditor", ORG),
    ]);
    assert_eq!(
        roles(&ledger, "bob", ORG, NOW),
        [Role::Recorder, Role::Validator]
    );
    assert_eq!(roles(&ledger, "bob", OTHER, NOW), []);
    assert_eq!(
        roles(&ledger, "eve", ORG, NOW),
        [Role::Recorder, Role::Auditor]
    );
    assert_eq!(roles(&ledger, "eve", OTHER, NOW), [Role::Auditor]);
    assert_eq!(roles(&ledger, "feed", ORG, NOW), []);
    assert_eq!(roles(&ledger, "stranger", ORG, NOW), []);
    let reach = |person| ledger.access().reach(&actor(person), time(NOW));
    assert_eq!(reach("eve"), Reach::Every);
    assert_eq!(reach("bob"), only(&[ORG]));
    for nothing_to_read in ["root", "loc", "feed", "stranger"] {
        assert_eq!(reach(nothing_to_read), only(&[]));
    }
    for (reach, here, there) in [(reach("eve"), true, true), (reach("bob"), true, false)] {
        assert_eq!(reach.covers(&org(ORG)), here);
        assert_eq!(reach.covers(&org(OTHER)), there);
        assert!(!reach.covers(&OrgId::system()));
    }
}

#[test]
fn in_the_ledgers_own_history_only_administrators_have_a_role() {
    let ledger = after(&[grant("eve", "auditor", "*")]);
    for (person, expected) in [
        ("root", &[Role::Administrator][..]),
        ("loc", &[Role::Administrator]),
        ("eve", &[]),
    ] {
        assert_eq!(roles(&ledger, person, "_SYSTEM", NOW), expected, "{person}");
    }
}

#[test]
fn a_grant_ends_at_its_time_and_can_then_be_given_again() {
    let until = "2012-08-01T00:00:00.000Z";
    let for_a_month = with(grant("bob", "recorder", ORG), "until", until);
    let mut ledger = after(&[for_a_month]);
    let last_moment = "2012-07-31T23:59:59.999Z";
    assert_eq!(roles(&ledger, "bob", ORG, last_moment), [Role::Recorder]);
    assert_eq!(roles(&ledger, "bob", ORG, until), []);
    let reach = |at: &str| ledger.access().reach(&actor("bob"), time(at));
    assert_eq!(
        (reach(last_moment), reach(until)),
        (only(&[ORG]), only(&[]))
    );
    let again = grant("bob", "recorder", ORG);
    ledger
        .at(last_moment)
        .when(&again)
        .then_refused("grant-exists", "role");
    ledger
        .at(until)
        .when(revoke_role("bob", "recorder", ORG))
        .then_refused("unknown-grant", "role");
    ledger.at(until).when(&again).then_recorded(json!({}));
    assert_eq!(
        ledger.access().person(&actor("bob")).unwrap().grants.len(),
        1
    );
}

#[test]
fn only_the_very_same_grant_is_one_too_many_and_only_it_is_revoked() {
    let mut ledger = after(&[
        grant("bob", "recorder", ORG),
        grant("bob", "recorder", "*"),
        grant("bob", "board", ORG),
    ]);
    ledger
        .when(with(
            grant("bob", "recorder", ORG),
            "until",
            "2013-01-01T00:00:00.000Z",
        ))
        .then_refused("grant-exists", "role");
    ledger
        .when(revoke_role("bob", "board", "*"))
        .then_refused("unknown-grant", "role");
    ledger
        .when(revoke_role("BOB", "recorder", "*"))
        .then_recorded(json!({"person": "BOB", "of": "*"}));
    assert_eq!(
        roles(&ledger, "bob", ORG, NOW),
        [Role::Recorder, Role::Board]
    );
    assert_eq!(roles(&ledger, "bob", OTHER, NOW), []);
}

#[test]
fn a_grant_says_who_gave_it_and_where() {
    let ledger = after(&[by("root", grant("bob", "recorder", ORG))]);
    let bob = ledger.access().person(&actor("bob")).unwrap();
    let grant = &bob.grants[0];
    assert_eq!(
        (grant.granted_by.as_str(), grant.position.get()),
        ("root", 8)
    );
}

#[test]
fn someone_barred_has_nothing_and_starts_with_nothing_when_enrolled_again() {
    let mut ledger = after(&[
        grant("bob", "recorder", "*"),
        issue("T1", "bob", "*", &["recorder"]),
        issue("T2", "eve", "*", &["recorder"]),
        bar("BOB"),
    ]);
    for refused in [
        grant("bob", "recorder", ORG),
        issue("T3", "bob", "*", &["recorder"]),
        bar("bob"),
    ] {
        ledger.when(refused).then_refused("person-barred", "person");
    }
    ledger
        .when(revoke_role("bob", "recorder", "*"))
        .then_refused("unknown-grant", "role");
    ledger
        .when(revoke_token("T1"))
        .then_refused("unknown-token", "token");
    let nothing = |ledger: &Given| {
        assert_eq!(roles(ledger, "bob", ORG, NOW), []);
        assert_eq!(token_roles(ledger, "T1", ORG, NOW), []);
        assert_eq!(ledger.access().reach(&actor("bob"), time(NOW)), only(&[]));
    };
    nothing(&ledger);
    ledger
        .when(enrol("bob", "service"))
        .then_recorded(json!({"account": "service"}));
    nothing(&ledger);
    // A new grant does not bring the old token back.
    ledger
        .when(grant("bob", "recorder", "*"))
        .then_recorded(json!({}));
    assert_eq!(roles(&ledger, "bob", ORG, NOW), [Role::Recorder]);
    assert_eq!(token_roles(&ledger, "T1", ORG, NOW), []);
    assert!(
        ledger
            .access()
            .token(&"T2".parse().unwrap())
            .unwrap()
            .revoked
            .is_none()
    );
}

#[test]
fn a_token_carries_what_it_says_of_what_its_person_has() {
    let mut ledger = after(&[
        grant("bob", "recorder", ORG),
        grant("bob", "auditor", "*"),
        grant("bob", "board", OTHER),
        issue("ALL", "BOB", "*", &["recorder", "validator", "auditor"]),
        issue("ONE", "bob", ORG, &["recorder", "auditor", "administrator"]),
    ]);
    let here = [Role::Recorder, Role::Auditor];
    assert_eq!(token_roles(&ledger, "ALL", ORG, NOW), here);
    assert_eq!(token_roles(&ledger, "ALL", OTHER, NOW), [Role::Auditor]);
    assert_eq!(token_roles(&ledger, "ONE", ORG, NOW), here);
    assert_eq!(token_roles(&ledger, "ONE", OTHER, NOW), []);
    let reach = |ledger: &Given, token: &str, at: &str| {
        let access = ledger.access();
        access.token_reach(access.token_of_secret(&secret(token)).unwrap(), time(at))
    };
    assert_eq!(reach(&ledger, "ALL", NOW), Reach::Every);
    assert_eq!(reach(&ledger, "ONE", NOW), only(&[ORG]));
    let (over, last_moment) = ("2013-01-01T00:00:00.000Z", "2012-12-31T23:59:59.999Z");
    assert_eq!(token_roles(&ledger, "ALL", ORG, last_moment), here);
    assert_eq!(token_roles(&ledger, "ALL", ORG, over), []);
    assert_eq!(reach(&ledger, "ALL", over), only(&[]));
    // What its person loses it loses too.
    ledger
        .when(revoke_role("bob", "auditor", "*"))
        .then_recorded(json!({}));
    assert_eq!(token_roles(&ledger, "ALL", ORG, NOW), [Role::Recorder]);
    assert_eq!(reach(&ledger, "ALL", NOW), only(&[ORG]));
    ledger
        .when(revoke_token("ALL"))
        .then_recorded(json!({"token": "ALL"}));
    assert_eq!(token_roles(&ledger, "ALL", ORG, NOW), []);
    assert_eq!(reach(&ledger, "ALL", NOW), only(&[]));
    ledger
        .when(revoke_token("ALL"))
        .then_refused("unknown-token", "token");
}

#[test]
fn a_token_of_one_organisation_does_nothing_in_the_ledgers_own_history() {
    let ledger = after(&[
        issue("ALL", "loc", "*", &["administrator"]),
        issue("ONE", "loc", ORG, &["administrator"]),
        issue("NOT", "loc", "*", &["recorder"]),
    ]);
    let system = |token| token_roles(&ledger, token, "_SYSTEM", NOW);
    assert_eq!(system("ALL"), [Role::Administrator]);
    assert_eq!((system("ONE"), system("NOT")), (vec![], vec![]));
}

#[test]
fn a_token_is_found_by_its_secrets_digest_and_neither_is_ever_used_again() {
    let mut ledger = after(&[
        issue("T1", "bob", ORG, &["recorder"]),
        revoke_token("T1"),
        issue("t1", "bob", ORG, &["recorder"]),
    ]);
    let found = ledger.access().token_of_secret(&secret("t1")).unwrap();
    assert_eq!(found.id.as_str(), "t1");
    assert!(ledger.access().token_of_secret(&secret("T2")).is_none());
    assert_eq!(ledger.access().tokens().len(), 2);
    ledger
        .when(issue("T1", "bob", ORG, &["recorder"]))
        .then_refused("token-exists", "token");
    let same_secret = with(
        issue("T2", "bob", ORG, &["recorder"]),
        "sha256",
        secret("T1").to_string(),
    );
    ledger
        .when(same_secret)
        .then_refused("token-exists", "sha256");
}

#[test]
fn a_service_account_is_no_validator_signatory_or_administrator() {
    let mut ledger = after(&[]);
    for (role, allowed) in [
        ("recorder", true),
        ("validator", false),
        ("signatory", false),
        ("board", true),
        ("auditor", true),
        ("administrator", false),
    ] {
        let to_feed = ledger.when(grant("feed", role, ORG));
        if allowed {
            to_feed.then_recorded(json!({"role": role}));
        } else {
            to_feed.then_refused("not-for-service-accounts", "role");
        }
        let token = ledger.when(
            issue(role, "feed", ORG, &["auditor", role])
                .to_string()
                .replace("\"auditor\",\"auditor\"", "\"auditor\""),
        );
        if allowed {
            token.then_recorded(json!({"token": role}));
        } else {
            token.then_refused("not-for-service-accounts", "roles");
        }
        ledger
            .when(grant("bob", role, ORG))
            .then_recorded(json!({"role": role}));
    }
}

#[test]
fn whoever_signed_in_grants_nothing_to_themselves_and_an_operator_may() {
    let mut ledger = after(&[]);
    for role in ["recorder", "administrator"] {
        ledger
            .by("ROOT")
            .administering()
            .when(grant("root", role, ORG))
            .then_refused_whole("same-person");
    }
    ledger
        .by("root")
        .administering()
        .when(bar("Root"))
        .then_refused_whole("same-person");
    ledger
        .by("root")
        .when(grant("root", "recorder", ORG))
        .then_recorded(json!({"actor": "root", "auth": "os-user"}));
    // What they have they may give up.
    ledger
        .by("root")
        .administering()
        .when(revoke_role("root", "recorder", ORG))
        .then_recorded(json!({"actor": "root", "auth": "local"}));
    ledger
        .by("root")
        .when(bar("root"))
        .then_recorded(json!({"person": "root"}));
}

/// Every command of an administrator, and whether it is one of the whole ledger's.
fn of_an_administrator(code: &str) -> Vec<Value> {
    vec![
        grant("bob", "recorder", code),
        revoke_role("eve", "auditor", code),
        issue("NEW", "bob", code, &["recorder"]),
        revoke_token(if code == ORG { "HERE" } else { "THERE" }),
    ]
}

#[test]
fn an_administrator_reaches_their_own_organisations_and_no_other() {
    let standing = [
        grant("eve", "auditor", ORG),
        grant("eve", "auditor", OTHER),
        grant("eve", "auditor", "*"),
        issue("HERE", "eve", ORG, &["auditor"]),
        issue("THERE", "eve", OTHER, &["auditor"]),
        issue("EVERY", "eve", "*", &["auditor"]),
    ];
    let of_the_ledger = vec![
        enrol("dora", "person"),
        bar("bob"),
        grant("bob", "recorder", "*"),
        revoke_role("eve", "auditor", "*"),
        issue("NEW", "bob", "*", &["recorder"]),
        revoke_token("EVERY"),
    ];
    for (commands, local_may) in [
        (of_an_administrator(ORG), true),
        (of_an_administrator(OTHER), false),
        (of_the_ledger, false),
    ] {
        for command in commands {
            let mut ledger = after(&standing);
            let local = ledger.by("loc").administering().when(&command);
            if local_may {
                local.then_recorded(json!({"actor": "loc"}));
            } else {
                local.then_refused_whole("not-allowed");
            }
            let mut ledger = after(&standing);
            ledger
                .by("Root")
                .administering()
                .when(&command)
                .then_recorded(json!({"actor": "Root"}));
            // The role handed in is not enough by itself, and neither is the grant.
            let mut ledger = after(&standing);
            for nobody in ["bob", "stranger"] {
                ledger
                    .by(nobody)
                    .administering()
                    .when(&command)
                    .then_refused_whole("not-allowed");
            }
            ledger
                .by("root")
                .signed_in_as(&[Role::Recorder, Role::Signatory])
                .when(&command)
                .then_refused_whole("not-allowed");
        }
    }
}

#[test]
fn an_administrators_reach_ends_with_their_grant() {
    let until = "2012-08-01T00:00:00.000Z";
    let mut ledger = after(&[
        enrol("temp", "person"),
        with(grant("temp", "administrator", "*"), "until", until),
        enrol("gone", "person"),
        grant("gone", "administrator", "*"),
        bar("gone"),
    ]);
    ledger
        .by("gone")
        .administering()
        .when(enrol("a", "person"))
        .then_refused_whole("not-allowed");
    ledger
        .by("temp")
        .administering()
        .at("2012-07-31T23:59:59.999Z")
        .when(enrol("a", "person"))
        .then_recorded(json!({}));
    ledger
        .by("temp")
        .administering()
        .at(until)
        .when(enrol("b", "person"))
        .then_refused_whole("not-allowed");
}

#[test]
fn what_an_administrator_does_not_reach_is_refused_before_the_ledger_is_looked_at() {
    let mut ledger = after(&[]);
    for command in [
        grant("nobody", "recorder", OTHER),
        grant("feed", "validator", "*"),
        revoke_token("NO-SUCH"),
        enrol("bob", "person"),
        with(enrol("root", "person"), "command_id", "k"),
    ] {
        ledger
            .by("loc")
            .administering()
            .when(command)
            .then_refused_whole("not-allowed");
    }
    ledger
        .by("root")
        .administering()
        .when(revoke_token("NO-SUCH"))
        .then_refused("unknown-token", "token");
}

#[test]
fn in_a_new_ledger_nobody_who_signed_in_may_do_anything() {
    let mut ledger = given(&[]);
    ledger
        .by("root")
        .administering()
        .when(enrol("root", "person"))
        .then_refused_whole("not-allowed");
    for refused in [bar("root"), grant("root", "administrator", "*")] {
        ledger
            .when(refused)
            .then_refused("unknown-person", "person");
    }
    ledger
        .when(revoke_token("T1"))
        .then_refused("unknown-token", "token");
}

#[test]
fn of_several_reasons_the_person_comes_before_the_grant_and_the_rules_before_the_people() {
    let mut ledger = after(&[
        issue("T1", "bob", ORG, &["recorder"]),
        enrol("gone", "person"),
        bar("gone"),
        enrol("daemon", "service"),
    ]);
    ledger
        .when(issue("T1", "nobody", ORG, &["recorder"]))
        .then_refused("unknown-person", "person");
    ledger
        .when(issue("T1", "gone", ORG, &["recorder"]))
        .then_refused("person-barred", "person");
    ledger
        .when(issue("T1", "feed", ORG, &["validator"]))
        .then_refused("token-exists", "token");
    // Whoever is signed in as a service has no reach, so that only the first is told.
    ledger
        .by("daemon")
        .administering()
        .when(grant("daemon", "validator", "*"))
        .then_refused_whole("not-allowed");
    ledger
        .by("root")
        .administering()
        .when(grant("root", "administrator", "*"))
        .then_refused("grant-exists", "role");
}

#[test]
fn a_person_has_so_many_grants_in_force_and_no_more() {
    let many = |until: Option<&str>| -> Vec<Value> {
        let body = |n| grant("bob", "board", &format!("E{n}"));
        let grants = (0..GRANTS_MAX).map(body);
        grants
            .map(|g| until.map_or(g.clone(), |until| with(g, "until", until)))
            .collect()
    };
    let mut ledger = after(&many(None));
    ledger
        .when(grant("bob", "board", "*"))
        .then_refused("too-many", "person");
    ledger
        .when(grant("eve", "board", "*"))
        .then_recorded(json!({}));
    ledger
        .when(revoke_role("bob", "board", "E0"))
        .then_recorded(json!({}));
    ledger
        .when(grant("bob", "board", "*"))
        .then_recorded(json!({}));
    // Those that are over are none.
    let until = "2012-08-01T00:00:00.000Z";
    let mut ledger = after(&many(Some(until)));
    ledger
        .at(until)
        .when(grant("bob", "board", "*"))
        .then_recorded(json!({}));
    assert_eq!(
        ledger.access().person(&actor("bob")).unwrap().grants.len(),
        1
    );
}

#[test]
fn a_person_has_so_many_tokens_in_force_and_no_more() {
    let tokens: Vec<Value> = (0..TOKENS_MAX)
        .map(|n| issue(&format!("T{n}"), "bob", ORG, &["recorder"]))
        .collect();
    let mut ledger = after(&tokens);
    let one_more = issue("MORE", "bob", ORG, &["recorder"]);
    ledger.when(&one_more).then_refused("too-many", "person");
    ledger.when(revoke_token("T0")).then_recorded(json!({}));
    ledger.when(&one_more).then_recorded(json!({}));
    let another = issue("ANOTHER", "bob", ORG, &["recorder"]);
    ledger.when(&another).then_refused("too-many", "person");
    ledger
        .at("2013-01-01T00:00:00.000Z")
        .when(&another)
        .then_recorded(json!({}));
}

#[test]
fn a_ledger_has_so_many_people_and_no_more() {
    let people: Vec<Value> = (0..PEOPLE_MAX)
        .map(|n| enrol(&format!("p{n}"), "person"))
        .collect();
    let mut ledger = given(&people);
    ledger
        .when(enrol("one-more", "person"))
        .then_refused("too-many", "person");
    ledger.when(bar("p0")).then_recorded(json!({}));
    ledger
        .when(enrol("one-more", "person"))
        .then_refused("too-many", "person");
    ledger
        .when(enrol("P0", "person"))
        .then_recorded(json!({"person": "P0"}));
    assert_eq!(ledger.access().people().len(), PEOPLE_MAX);
}

#[test]
fn an_organisation_of_its_own_knows_nobody() {
    let ledger = given(&[organisation(), enrol("bob", "person")]);
    assert!(ledger.organisation().access.is_none());
    assert!(ledger.system().person(&actor("bob")).is_some());
}

use askama::Template;
use netgain_events::authority::Role;
use netgain_events::state::Organisation;
use netgain_ledger::history::KnownAt;

use super::*;
use crate::frame::Tab;
use crate::testing;

fn shown(state: &Organisation, role: Role, person: &str, year: &str, today: &str) -> String {
    let known = Known {
        org: state.org.clone(),
        position: state.position,
        recorded_at: Some(state.recorded_at),
        last: state.position,
        asked_position: None,
        asked_known_at: None,
    };
    let standing = Standing {
        state,
        known: &known,
        year: year.parse().unwrap(),
        today: today.parse().unwrap(),
        authority: &Authority::Granted {
            roles: vec![role],
            service_account: false,
        },
        person: &person.parse().unwrap(),
    };
    HomePage::new(testing::frame(Tab::Home, "Home"), standing)
        .unwrap()
        .render()
        .unwrap()
}

fn sample() -> Organisation {
    testing::state(&testing::log(), KnownAt::Latest)
}

#[test]
fn the_headline_is_that_of_the_totals() {
    let state = sample();
    for year in ["2008/09", "2009/10", "2010/11"] {
        let totals = Totals::of(&state, year.parse().unwrap(), &NI179_V1).unwrap();
        let page = shown(&state, Role::Board, "c.board", year, "2011-07-24");
        for figure in [&totals.validated, &totals.claimed, &totals.assured] {
            assert!(
                page.contains(&format!(">{}<", pounds(figure.net))),
                "{year}"
            );
        }
    }
}

#[test]
fn a_gap_to_the_target_is_said_without_a_sign() {
    let state = sample();
    let year: FinancialYear = "2010/11".parse().unwrap();
    let target = state.targets[&(year, None)];
    let gap = Totals::of(&state, year, &NI179_V1)
        .unwrap()
        .validated
        .net
        .minus(target)
        .unwrap();
    let page = shown(&state, Role::Board, "c.board", "2010/11", "2011-07-24");
    let gap = Sum::from_pence(gap.pence().abs());
    assert!(page.contains(&format!("{} ", pounds(gap))));
    assert!(!page.contains("-£"), "the gap says above or below");
}

#[test]
fn each_role_sees_what_needs_it() {
    let state = sample();
    let needs =
        |role, needle: &str| shown(&state, role, "z.new", "2010/11", "2011-08-24").contains(needle);
    for (role, needle, is_there) in [
        (Role::Recorder, "Log a gain", true),
        (Role::Validator, "Log a gain", false),
        (Role::Recorder, "of 2010/11 to make", true),
        (Role::Validator, "of 2010/11 to make", true),
        (Role::Board, "of 2010/11 to make", false),
        (Role::Validator, "to validate <strong", true),
        (Role::Recorder, "to validate <strong", false),
        (Role::Recorder, "that cannot count", true),
        (Role::Auditor, "What needs you", false),
    ] {
        assert_eq!(needs(role, needle), is_there, "{role} {needle}");
    }
}

#[test]
fn a_new_organisation_is_told_where_to_begin() {
    let state = testing::state(
        &testing::log(),
        KnownAt::Position(netgain_events::identifier::Position::new(1)),
    );
    let page = shown(&state, Role::Recorder, "a.finance", "2010/11", "2011-08-24");
    assert!(page.contains("Where to begin") && page.contains("/log-a-gain\">Log your first gain"));
    assert!(page.contains("the signatory does this"));
    let page = shown(&state, Role::Signatory, "s.cfo", "2010/11", "2011-08-24");
    assert!(
        page.contains("/settings/baseline\"") && page.contains("/settings/target?year=2010-11\"")
    );
}

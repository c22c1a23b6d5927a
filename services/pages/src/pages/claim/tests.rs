use askama::Template;
use netgain_events::authority::{Authority, Role};
use netgain_events::identifier::Position;
use netgain_events::state::Organisation;
use netgain_ledger::history::KnownAt;
use netgain_ledger::memory::MemoryLog;

use super::*;
use crate::frame::Tab;
use crate::testing;

fn may(role: Role) -> Authority {
    Authority::Granted {
        roles: vec![role],
        service_account: false,
    }
}

fn known(state: &Organisation, asked_position: Option<String>) -> Known {
    Known {
        org: state.org.clone(),
        position: state.position,
        recorded_at: Some(state.recorded_at),
        last: state.position,
        asked_position,
        asked_known_at: None,
    }
}

fn shown(
    log: &MemoryLog,
    state: &Organisation,
    id: &str,
    role: Role,
    position: Option<&str>,
) -> String {
    let id: ClaimId = id.parse().unwrap();
    let mut events = ClaimEvents::default();
    for (_, event) in testing::events(log) {
        if event.fact.claim() == Some(&id) && event.position <= state.position {
            events.add(event);
        }
    }
    let looking = Looking {
        id: &id,
        claim: &state.claims[&id],
        events: &events,
        known: &known(state, position.map(str::to_owned)),
        authority: &may(role),
        person: &"c.somebody".parse().unwrap(),
        people: &People::default(),
        today: "2011-07-24".parse().unwrap(),
    };
    let frame = testing::frame(Tab::Gains, "A gain");
    ClaimPage::new(frame, looking).unwrap().render().unwrap()
}

#[test]
fn every_gain_of_the_sample_is_shown_with_its_own_figures() {
    let log = testing::log();
    let state = testing::state(&log, KnownAt::Latest);
    assert!(state.claims.len() > 5);
    for (id, claim) in &state.claims {
        let page = shown(&log, &state, id.as_str(), Role::Recorder, None);
        for year in Figures::of(claim).unwrap().years {
            assert!(page.contains(&year.net()), "{id} {}", year.year);
            assert!(
                page.contains(&format!(">{}</th>", year.year)),
                "{id} {}",
                year.year
            );
        }
        let can_be_amended = page.contains(&format!("/claims/{id}/amend\""));
        assert_eq!(can_be_amended, claim.withdrawn.is_none(), "{id}");
    }
}

#[test]
fn buttons_are_for_those_who_may_and_only_now() {
    let log = testing::log();
    let state = testing::state(&log, KnownAt::Latest);
    let open =
        |claim: &&std::sync::Arc<Claim>| claim.withdrawn.is_none() && claim.validation.is_none();
    let (id, _) = state.claims.iter().find(|(_, claim)| open(claim)).unwrap();
    let has = |role, position, part: &str| {
        let page = shown(&log, &state, id.as_str(), role, position);
        page.contains(&format!("/claims/{id}/{part}\""))
    };
    for (role, part, is_there) in [
        (Role::Recorder, "amend", true),
        (Role::Recorder, "validate", false),
        (Role::Recorder, "challenges/new", false),
        (Role::Validator, "validate", true),
        (Role::Validator, "amend", false),
        (Role::Board, "challenges/new", true),
        (Role::Board, "check", false),
        (Role::Auditor, "challenges/new", true),
        (Role::Auditor, "validate", false),
    ] {
        assert_eq!(has(role, None, part), is_there, "{role} {part}");
        assert!(
            !has(role, Some("5"), part),
            "{role} {part}: an earlier knowledge"
        );
    }
}

#[test]
fn whoever_logged_a_gain_is_told_why_they_cannot_validate_it() {
    let log = testing::log();
    let state = testing::state(&log, KnownAt::Latest);
    let id = state
        .claims
        .iter()
        .find(|(_, claim)| claim.withdrawn.is_none() && claim.validation.is_none());
    let (id, claim) = id.unwrap();
    let looking = Looking {
        id,
        claim,
        events: &ClaimEvents::default(),
        known: &known(&state, None),
        authority: &may(Role::Validator),
        person: &claim.registrant,
        people: &People::default(),
        today: "2011-07-24".parse().unwrap(),
    };
    let page = ClaimPage::new(testing::frame(Tab::Gains, "A"), looking)
        .unwrap()
        .render()
        .unwrap();
    assert!(page.contains("somebody else has to validate it"));
    assert!(!page.contains("/validate\""));
}

#[test]
fn of_a_long_history_the_latest_are_shown_and_all_are_counted() {
    let log = testing::log();
    let (_, event) = testing::events(&log).pop().unwrap();
    let mut events = ClaimEvents::default();
    for position in 1..=u64::try_from(EVENTS_SHOWN_MAX).unwrap() + 3 {
        let mut next = event.clone();
        next.position = Position::new(position);
        events.add(next);
    }
    assert_eq!(events.latest().count(), EVENTS_SHOWN_MAX);
    assert_eq!(events.latest().next().unwrap().position, Position::new(4));
}

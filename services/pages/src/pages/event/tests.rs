use std::collections::BTreeMap;

use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_projections::basis::Basis;
use netgain_projections::totals::Totals;

use super::effects::effects;
use super::*;
use crate::frame::Tab;
use crate::testing::{events, frame, log, org};
use crate::year::years;

#[test]
fn the_effects_of_all_events_add_up_to_the_totals_of_every_year_on_every_basis() {
    let log = log();
    let mut state = Organisation::new(org());
    let today = "2011-07-24".parse().unwrap();
    let years: Vec<_> = {
        let whole = crate::testing::state(&log, netgain_ledger::history::KnownAt::Latest);
        years(&whole, today)
    };
    let mut sums: BTreeMap<_, Vec<Sum>> = BTreeMap::new();
    for (_, event) in events(&log) {
        let before = state.clone();
        let claim = event.fact.claim().cloned();
        state.apply(event).unwrap();
        for effect in effects(&before, &state, claim.as_ref(), &years).unwrap() {
            let sums = sums
                .entry(effect.year)
                .or_insert_with(|| vec![Sum::ZERO; Basis::ALL.len()]);
            for (sum, effect) in sums.iter_mut().zip(effect.effects) {
                *sum = sum.plus(effect).unwrap();
            }
        }
    }
    assert!(years.len() > 2);
    for year in years {
        let totals = Totals::of(&state, year, &NI179_V1).unwrap();
        let nets: Vec<Sum> = Basis::ALL
            .iter()
            .map(|&basis| totals.basis(basis).net)
            .collect();
        assert!(nets[1].is_positive(), "{year}");
        assert_eq!(sums[&year], nets, "{year}");
    }
}

#[test]
fn an_event_is_shown_to_the_byte_and_inert() {
    let line = r#"{"schema":1,"type":"challenge-raised","ledger":"00112233445566778899aabbccddeeff","org":"X99000001","position":23,"recorded_at":"2010-04-02T00:00:00.001Z","actor":"auditor-7","auth":"local","claim":"1","challenge":"Q1","question":"<script>alert(1)</script>","note":"\"><img src=x>"}"#;
    let found = Found {
        line: line.as_bytes().to_vec(),
        event: netgain_events::wire::decode(line.as_bytes()).unwrap(),
        leaf: "leaf".to_owned(),
        effects: Vec::new(),
        last: Position::new(23),
    };
    let title = EventPage::title(&found.event);
    assert_eq!(title, "Event 23: Challenge raised");
    let page = EventPage::new(frame(Tab::History, title), &found, &People::default());
    let html = page.to_string();
    assert!(
        !html.contains("<script>alert") && !html.contains("<img"),
        "{html}"
    );
    let shown = crate::testing::between(&html, "aria-label=\"The stored line\">", "</pre>");
    let shown = shown
        .replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">");
    assert_eq!(shown, line);
    assert!(html.contains(&Sha256Hex::of(line.as_bytes()).to_string()));
    assert!(html.contains("/history/22\"") && !html.contains("/history/24\""));
}

use netgain_events::identifier::Position;
use netgain_events::money::Sum;
use netgain_events::ruleset::NI179_V1;
use netgain_events::sorted_map::SortedMap;
use netgain_events::state::{Claim, Organisation};
use serde_json::{Value, json};
use std::sync::Arc;

use super::*;

fn year() -> FinancialYear {
    "2010/11".parse().unwrap()
}

/// A claim with a gain of `pounds` in 2010/11, and whatever else is stated.
fn claim(pounds: u32, stated: &Value) -> Arc<Claim> {
    let mut details = json!({
        "title": "Fewer journeys", "action": "reduce-inputs", "impact_from": "2010-04-01",
        "profile": {"2010/11": format!("{pounds}.01")},
    });
    for (field, value) in stated.as_object().unwrap() {
        details[field] = value.clone();
    }
    Arc::new(Claim {
        details: serde_json::from_value(details).unwrap(),
        registrant: "a.finance".parse().unwrap(),
        registered: Position::new(1),
        withdrawn: None,
        validation: None,
        changed_by: Vec::new(),
        offsets: SortedMap::default(),
        checks: SortedMap::default(),
        challenges: SortedMap::default(),
        redeployments: SortedMap::default(),
    })
}

fn organisation(claims: impl IntoIterator<Item = (String, Arc<Claim>)>) -> Organisation {
    let mut state = Organisation::new("E07000082".parse().unwrap());
    for (id, claim) in claims {
        state.claims.insert(id.parse().unwrap(), claim);
    }
    state
}

fn asked(query: &FilterQuery) -> Asked {
    let org = "E07000082".parse().unwrap();
    Asked {
        year: year(),
        years: vec![year()],
        known: Known {
            org,
            position: Position::new(1),
            recorded_at: None,
            last: Position::new(1),
            asked_position: None,
            asked_known_at: None,
        },
        filter: Filter::read(query).unwrap(),
        page: 1,
        may_record: true,
    }
}

fn shown(state: &Organisation, query: &FilterQuery) -> String {
    let totals = Totals::of(state, year(), &NI179_V1).unwrap();
    let page = ClaimsPage::new(Frame::new("Gains"), &asked(query), &totals).unwrap();
    page.render().unwrap()
}

fn found(state: &Organisation, query: &FilterQuery) -> Vec<String> {
    let totals = Totals::of(state, year(), &NI179_V1).unwrap();
    let listed = Listed::of(&totals, &Filter::read(query).unwrap()).unwrap();
    listed
        .lines
        .iter()
        .map(|line| line.id.to_string())
        .collect()
}

fn sample() -> Organisation {
    organisation([
        (
            "A".to_owned(),
            claim(
                300,
                &json!({"service": "Waste", "labels": {"portfolio": "Streets: all"}}),
            ),
        ),
        (
            "B".to_owned(),
            claim(
                100,
                &json!({"title": "An ICT contract", "function": "ict", "owner": "J. Waste"}),
            ),
        ),
        ("C".to_owned(), claim(200, &json!({"ongoing": false}))),
    ])
}

#[test]
fn filters_find_what_they_say_and_sums_are_of_what_is_found() {
    let state = sample();
    let of = |change: fn(&mut FilterQuery)| {
        let mut query = FilterQuery::default();
        change(&mut query);
        found(&state, &query)
    };
    assert_eq!(of(|_| {}), ["A", "B", "C"]);
    assert_eq!(of(|it| it.q = "WASTE".into()), ["A", "B"]);
    assert_eq!(of(|it| it.q = "contract ict".into()), ["B"]);
    assert_eq!(of(|it| it.q = "zebra".into()), [""; 0]);
    assert_eq!(of(|it| it.service = "Waste".into()), ["A"]);
    assert_eq!(of(|it| it.label = "portfolio:Streets: all".into()), ["A"]);
    assert_eq!(of(|it| it.function = "ict".into()), ["B"]);
    assert_eq!(of(|it| it.status = "ineligible".into()), ["C"]);
    assert_eq!(of(|it| it.validated = "yes".into()), [""; 0]);
    assert_eq!(of(|it| it.validated = "no".into()), ["A", "B", "C"]);
    assert_eq!(of(|it| it.sort = "net".into()), ["A", "B", "C"]);
    assert_eq!(of(|it| it.sort = "title".into()), ["B", "A", "C"]);

    let totals = Totals::of(&state, year(), &NI179_V1).unwrap();
    let everything = Listed::of(&totals, &Filter::default()).unwrap();
    assert_eq!(everything.sums.net, totals.claimed.net);
    assert_eq!(everything.sums.net, Sum::from_pence(40_002));
}

#[test]
fn the_page_says_what_it_found_and_carries_the_filter_along() {
    let query = FilterQuery {
        service: "Waste".into(),
        ..FilterQuery::default()
    };
    let page = shown(&sample(), &query);
    assert!(page.contains("<strong>1</strong> of 3 gains."), "{page}");
    assert!(page.contains("£300.01"));
    assert!(page.contains("/export/claims.csv?year=2010-11&#38;service=Waste\""));
    assert!(page.contains("?year=2010-11&#38;label=portfolio%3AStreets%3A%20all\""));
    assert!(page.contains("Clear all filters"));
    assert!(!page.contains("An ICT contract"));
}

#[test]
fn a_list_of_nothing_says_what_to_do_next() {
    let empty = shown(&organisation([]), &FilterQuery::default());
    assert!(
        empty.contains("No gain is recorded here yet. Log the first one"),
        "{empty}"
    );
    let query = FilterQuery {
        q: "zebra".into(),
        ..FilterQuery::default()
    };
    let nothing = shown(&sample(), &query);
    assert!(nothing.contains("No gain fits. Use fewer words"));
    assert!(nothing.contains("£0.00"));
}

#[test]
fn five_hundred_claims_are_ten_pages_with_one_sum() {
    let claims = (1..=500).map(|number| (format!("C{number:03}"), claim(10, &json!({}))));
    let state = organisation(claims);
    let page = shown(&state, &FilterQuery::default());
    assert_eq!(page.matches("ng-claims__gain").count(), 50);
    assert!(page.contains("Gains 1 to 50 of 500"));
    assert!(page.contains("£5,005.00"), "the sum is of all pages");
    assert!(page.contains("year=2010-11&#38;page=10\""));
}

#[test]
fn what_somebody_typed_stays_text() {
    for typed in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}",
        "'--",
    ] {
        let stated = json!({"title": typed, "service": typed, "owner": typed,
            "labels": {"portfolio": typed}});
        let state = organisation([("A".to_owned(), claim(1, &stated))]);
        let query = FilterQuery {
            q: typed.into(),
            service: typed.into(),
            label: format!("portfolio:{typed}"),
            ..FilterQuery::default()
        };
        let page = shown(&state, &query);
        assert!(
            page.contains("<strong>1</strong> of 1 gain."),
            "{typed} is found"
        );
        assert!(
            !page.contains("<script>alert") && !page.contains("<img"),
            "{typed}"
        );
    }
}

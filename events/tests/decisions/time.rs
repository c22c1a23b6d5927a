//! What may be recorded when: by the time of recording, in UTC.

use netgain_events::decide::NotDecided;
use serde_json::json;

use super::commands::{check, claim, organisation, set_baseline, statement};
use super::harness::{given, given_at};

const LAST_MOMENT_OF_2008_09: &str = "2009-03-31T23:59:59.999Z";
const FIRST_MOMENT_OF_2009_10: &str = "2009-04-01T00:00:00.000Z";
const DURING_2008_09: &str = "2008-10-01T12:00:00.000Z";

#[test]
fn a_year_is_checked_as_sustained_or_reduced_from_1_april_after_it() {
    for outcome in ["sustained", "reduced"] {
        let mut council = given_at(DURING_2008_09, &[organisation(), claim("C1")]);
        council
            .at(LAST_MOMENT_OF_2008_09)
            .when(check("C1", "2008/09", outcome))
            .then_refused("check-before-year-end", "year");
        council
            .at(FIRST_MOMENT_OF_2009_10)
            .when(check("C1", "2008/09", outcome))
            .then_recorded(json!({"recorded_at": FIRST_MOMENT_OF_2009_10}));
        council
            .at(FIRST_MOMENT_OF_2009_10)
            .when(check("C1", "2009/10", outcome))
            .then_refused("check-before-year-end", "year");
    }
}

#[test]
fn a_gain_that_has_stopped_is_checked_as_ceased_at_any_time() {
    for year in ["2008/09", "2009/10", "2099/00"] {
        given_at(DURING_2008_09, &[organisation(), claim("C1")])
            .at(DURING_2008_09)
            .when(check("C1", year, "ceased"))
            .then_recorded(json!({"outcome": "ceased", "year": year}));
    }
}

#[test]
fn the_last_year_that_can_be_named_ends_too() {
    let mut council = given_at(DURING_2008_09, &[organisation(), claim("C1")]);
    council
        .at("2100-03-31T23:59:59.999Z")
        .when(check("C1", "2099/00", "sustained"))
        .then_refused("check-before-year-end", "year");
    council
        .at("2100-04-01T00:00:00.000Z")
        .when(check("C1", "2099/00", "sustained"))
        .then_recorded(json!({"year": "2099/00"}));
}

#[test]
fn a_forecast_is_issued_in_its_year_and_an_actual_after_it() {
    let too_early = Some("statement-too-early");
    let too_late = Some("statement-too-late");
    for (series, at, refused) in [
        ("forecast", "2007-10-01T00:00:00.000Z", too_early),
        ("forecast", "2008-03-31T23:59:59.999Z", too_early),
        ("forecast", "2008-04-01T00:00:00.000Z", None),
        ("forecast", LAST_MOMENT_OF_2008_09, None),
        ("forecast", FIRST_MOMENT_OF_2009_10, too_late),
        ("forecast", "2020-01-01T00:00:00.000Z", too_late),
        ("actual", "2007-10-01T00:00:00.000Z", too_early),
        ("actual", "2008-04-01T00:00:00.000Z", too_early),
        ("actual", LAST_MOMENT_OF_2008_09, too_early),
        ("actual", FIRST_MOMENT_OF_2009_10, None),
        ("actual", "2020-01-01T00:00:00.000Z", None),
    ] {
        let mut council = given_at("2007-04-01T00:00:00.000Z", &[organisation()]);
        let then = council.at(at).when(statement("2008/09", series));
        match refused {
            Some(code) => {
                then.then_refused(code, "series");
            }
            None => {
                then.then_recorded(json!({"series": series, "recorded_at": at}));
            }
        }
    }
}

#[test]
fn time_never_goes_back_within_an_organisation() {
    let mut council = given_at(FIRST_MOMENT_OF_2009_10, &[organisation(), claim("C1")]);
    council
        .at(LAST_MOMENT_OF_2008_09)
        .when(set_baseline("1"))
        .then_recorded(json!({"recorded_at": FIRST_MOMENT_OF_2009_10}));
    // The rules go by the same time as the event says, not by a clock that runs behind.
    council
        .at(LAST_MOMENT_OF_2008_09)
        .when(check("C1", "2008/09", "sustained"))
        .then_recorded(json!({"recorded_at": FIRST_MOMENT_OF_2009_10}));
    council
        .at(LAST_MOMENT_OF_2008_09)
        .when(statement("2008/09", "forecast"))
        .then_refused("statement-too-late", "series");
    council
        .at("2009-04-01T00:00:00.001Z")
        .when(set_baseline("1"))
        .then_recorded(json!({"recorded_at": "2009-04-01T00:00:00.001Z"}));
}

#[test]
fn each_organisation_has_its_own_time() {
    let mut councils = given_at(FIRST_MOMENT_OF_2009_10, &[organisation()]);
    let neighbour = super::commands::with(organisation(), "org", "E07000083");
    councils
        .at(DURING_2008_09)
        .when(neighbour)
        .then_recorded(json!({"recorded_at": DURING_2008_09}));
}

#[test]
fn a_statement_whose_figures_cannot_be_added_up_is_not_refused_but_a_fault() {
    let mut council = given(&[organisation()]);
    let then = council
        .by("ann")
        .with_figures_that_overflow()
        .when(statement("2008/09", "actual"));
    assert!(matches!(then.0, Err(NotDecided::Figures(_))), "{then:?}");
    assert_eq!(council.organisation().position.get(), 1);
}

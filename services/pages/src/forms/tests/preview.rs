use super::*;
use crate::figures::Figures;
use crate::forms::form::claim_of;
use crate::forms::log_gain::LogGain;
use netgain_events::vocabulary::{Action, Source};

/// What a gain with these values from 2010/11 on would count, as the form shows it.
fn shown(values: &[&str], more: &[(&str, &str)]) -> Figures {
    let state = registered();
    let form = LogGain::new(&place(&state, None)).unwrap();
    let mut fields = typed(&[
        ("action", "reduce-inputs"),
        ("impact_from-day", "1"),
        ("impact_from-month", "4"),
        ("impact_from-year", "2010"),
    ]);
    for (row, value) in values.iter().enumerate() {
        fields = fields.with(
            format!("profile-{row}-year"),
            format!("20{}/{}", 10 + row, 11 + row),
        );
        fields = fields.with(format!("profile-{row}-value"), value);
    }
    let fields = form.for_figures(&fill(fields, more));
    let commands = read(&form, &fields).unwrap();
    let after = recorded(&state, FINANCE, &Value::Array(commands.clone())).unwrap();
    Figures::of(&after.claims[&claim_of(&commands).unwrap()]).unwrap()
}

fn nets(figures: &Figures, years: usize) -> Vec<i128> {
    let years = figures.years.iter().take(years);
    years
        .map(|year| year.line.amounts.net().unwrap().pence() / 100)
        .collect()
}

#[test]
fn the_examples_of_the_ruleset_are_shown_as_it_says() {
    for (values, counted) in [
        (&["10", "10", "10"][..], &[10, 10, 10][..]),
        (&["85", "57", "57"], &[57, 57, 57]),
        (&["12", "70", "135"], &[12, 70, 135]),
        (&["125", "0", "0"], &[0, 0, 0]),
        (&["200", "200", "0"], &[0, 0, 0]),
        (&["100", "100", "100", "0"], &[100, 100, 100, 0]),
        (&["100", "150", "100", "100"], &[100, 100, 100, 100]),
    ] {
        let figures = shown(values, &[]);
        assert_eq!(nets(&figures, counted.len()), counted, "{values:?}");
        assert_eq!(
            figures.counts,
            counted.iter().any(|net| *net > 0),
            "{values:?}"
        );
        let some_goes = counted
            .iter()
            .zip(values)
            .any(|(net, value)| net.to_string() != **value);
        assert_eq!(figures.rule.is_some(), some_goes, "{values:?}");
    }
}

#[test]
fn what_is_deleted_is_said_and_why() {
    let figures = shown(&["85", "57", "57"], &[]);
    assert_eq!(figures.conclusion, "Counts £57.00 in 2010/11.");
    assert!(
        figures.years[0]
            .standing
            .sentence
            .contains("£28.00 of it does not count")
    );
    assert_eq!(
        figures.later.as_deref(),
        Some("From 2013/14 on: £57.00 a year, as things stand.")
    );
    let failed = shown(&["125", "0", "0"], &[]);
    assert!(
        failed
            .conclusion
            .contains("no part of it lasts three financial years")
    );
    let costly = shown(&["100"], &[("yearly-amount", "100")]);
    assert!(
        costly
            .conclusion
            .contains("nothing of it is left after what it costs"),
        "{}",
        costly.conclusion
    );
}

#[test]
fn costs_are_taken_off() {
    let figures = shown(
        &["100"],
        &[
            ("once-amount", "30"),
            ("yearly-amount", "10"),
            ("yearly-year", "2011/12"),
        ],
    );
    assert_eq!(
        nets(&figures, 3),
        [60, 90, 90],
        "the first year's extra £10 lasts a year only"
    );
}

#[test]
fn each_source_and_kind_of_change_says_whether_it_counts() {
    for source in Source::ALL {
        let counts = shown(&["10"], &[("source", source.as_str())]).counts;
        assert_eq!(counts, *source == Source::Efficiency, "{source}");
    }
    for action in Action::ALL {
        let figures = shown(&["10"], &[("action", action.as_str())]);
        let cashable = matches!(action, Action::ReduceInputs | Action::ReducePrices);
        assert_eq!(figures.counts, cashable, "{action}");
        assert!(cashable || figures.conclusion.contains("releases no cash"));
    }
    let once = shown(&["10"], &[("ongoing", "no")]);
    assert_eq!(once.conclusion, "Does not count: it does not last.");
    let argued = shown(
        &["10"],
        &[("source", "grant"), ("source_override", "Said so")],
    );
    assert!(argued.counts);
    let early = shown(&["10"], &[("impact_from-year", "2007")]);
    assert_eq!(
        early.conclusion,
        "Does not count: it began before April 2008."
    );
}

#[test]
fn a_gain_of_nothing_or_of_later_is_told_apart() {
    let nothing = shown(&["0"], &[]);
    assert_eq!(
        nothing.conclusion,
        "Does not count: its value is zero in every year."
    );
    assert!(!nothing.counts);
    let later = shown(&["0", "5"], &[]);
    assert_eq!(later.conclusion, "Counts £5.00 in 2011/12.");
}

#[test]
fn figures_are_shown_before_the_gain_has_a_name() {
    let state = stroud();
    let form = LogGain::new(&place(&state, None)).unwrap();
    for reference in ["", "not a reference"] {
        let asked = form.for_figures(&typed(&[("claim", reference)]));
        assert_eq!(
            asked.raw("claim"),
            form.fresh().raw("claim"),
            "{reference:?}"
        );
    }
    assert_eq!(
        form.for_figures(&typed(&[("claim", "X")])).raw("claim"),
        "X"
    );
}

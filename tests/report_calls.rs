//! `netgain report`: every report as a document and as text. What each must say is worked out again
//! from the totals and the trail, not by the reports' own code.

use std::collections::BTreeMap;

use netgain_tests::examples::{SALFORD, SAMPLEBOROUGH, STROUD, claim, stroud, with};
use netgain_tests::figures::{line, mentions, pence, pounds, row, sum};
use netgain_tests::program::Program;
use serde_json::{Value, json};

/// A report as a document and as text.
fn report(program: &Program, org: &str, words: &str) -> (Value, String) {
    let call = format!("report {words} --org {org}");
    let document = program.json(&call);
    let name = words.split(' ').next().unwrap();
    assert_eq!(document["report"], name);
    assert_eq!(document["org"], org);
    assert_eq!(document["ruleset"], "ni179-v1");
    let text = program.run(&call);
    assert_eq!(text.status, 0, "{text:#?}");
    (document[name].clone(), text.stdout)
}

fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("{value} is no list"))
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
}

// ---------------------------------------------------------------------------------------------
// due

#[test]
fn checks_are_due_from_the_first_of_april_and_overdue_from_the_first_of_august() {
    let check = |reference: &str, actor: &str| {
        json!({
            "type": "check-sustainment", "org": STROUD, "claim": reference, "actor": actor,
            "year": "2008/09", "outcome": "sustained", "quality": "maintained",
        })
    };
    let smaller = json!({ "actor": "ann", "profile": { "2008/09": "250.50" } });
    let program = Program::with(&[
        stroud(),
        with(claim("A"), &json!({ "actor": "ann" })),
        with(claim("B"), &smaller),
        with(claim("C"), &json!({ "actor": "ann" })),
        with(claim("D"), &json!({ "actor": "ann", "source": "grant" })),
        check("B", "ANN"),
        check("C", "bob"),
    ]);
    let due_at = |at: &str| report(&program, STROUD, &format!("due --at {at}"));

    let (nothing, said) = due_at("2009-03-31");
    assert_eq!(nothing["checks"], json!([]));
    assert_eq!(nothing["at_risk"], "0.00");
    mentions(&said, &["2009-03-31", "No check is due."]);

    for (at, standing) in [
        ("2009-04-01", "due"),
        ("2009-07-31", "due"),
        ("2009-08-01", "overdue"),
        ("2010-03-31", "overdue"),
    ] {
        let (due, said) = due_at(at);
        let line = |reference: &str, standing: &str, at_risk: &str| {
            json!({
                "claim": reference, "year": "2008/09", "due": "2009-04-01",
                "overdue_from": "2009-08-01", "standing": standing, "at_risk": at_risk,
            })
        };
        let expected = [
            line("A", standing, "1000.00"),
            line("B", "own-check", "250.50"),
        ];
        assert_eq!(due["checks"], json!(expected), "{at}");
        assert_eq!((text(&due, "at"), text(&due, "at_risk")), (at, "1250.50"));
        let words = ["2009-08-01", "£1,000.00", "£250.50", "£1,250.50", standing];
        mentions(&said, &words);
    }

    let (next, _) = due_at("2010-04-01");
    let listed = list(&next["checks"]).iter();
    let listed: Vec<_> = listed
        .map(|check| (text(check, "year"), text(check, "claim")))
        .collect();
    let (first, second) = ("2008/09", "2009/10");
    let expected = [
        (first, "A"),
        (first, "B"),
        (second, "A"),
        (second, "B"),
        (second, "C"),
    ];
    assert_eq!(listed, expected);
    let (one_year, _) = report(&program, STROUD, "due --at 2010-04-01 --year 2009/10");
    assert_eq!(list(&one_year["checks"]).len(), 3);
    assert_eq!(one_year["at_risk"], "2250.50");
}

#[test]
fn the_pounds_at_risk_are_what_the_assured_total_lacks() {
    let (program, _) = Program::demo();
    for year in ["2009/10", "2010/11", "2011/12"] {
        let words = format!("due --at 2013-01-01 --year {year}");
        let (due, said) = report(&program, SAMPLEBOROUGH, &words);
        let totals = program.totals_now(SAMPLEBOROUGH, year);
        let checks = list(&due["checks"]);
        for check in checks {
            let Some(reference) = check["claim"].as_str() else {
                assert_eq!(check["at_risk"], totals["claimed"]["carry_forward"]);
                continue;
            };
            let line = line(&totals, reference);
            assert_eq!(check["at_risk"], line["net"], "{check}");
            assert_eq!(line["assured"], false, "{check}");
            mentions(&said, &[&pounds(&line["net"])]);
        }
        assert_eq!(
            pence(&due["at_risk"]),
            sum(&due["checks"], |check| &check["at_risk"])
        );
        // A validated claim is assured, or its check is due.
        for line in list(&totals["claims"])
            .iter()
            .filter(|line| line["validated"] == true)
        {
            let is_due = checks.iter().any(|check| check["claim"] == line["claim"]);
            let is_lacking = pence(&line["gross"]) > 0 && line["assured"] == false;
            assert_eq!(is_due, is_lacking, "{year}: {line}");
        }
    }
}

// ---------------------------------------------------------------------------------------------
// breakdown, shares

/// The value each of Sampleborough's claims now has in a field, from its registration and
/// amendments.
fn stated(program: &Program, field: &str) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for event in program.events(SAMPLEBOROUGH) {
        if event["type"] == "claim-registered" || event["type"] == "claim-amended" {
            let reference = text(&event, "claim").to_owned();
            let held = values.entry(reference).or_insert(Value::Null);
            if let Some(value) = event.get(field) {
                *held = value.clone();
            }
        }
    }
    values
}

/// The claimed net of each function in 2010/11, in pence.
fn net_by_function(program: &Program, totals: &Value) -> BTreeMap<Option<String>, i128> {
    let functions = stated(program, "function");
    let mut nets = BTreeMap::new();
    for line in list(&totals["claims"]) {
        let function = functions[text(line, "claim")].as_str().map(str::to_owned);
        *nets.entry(function).or_default() += pence(&line["net"]);
    }
    nets
}

#[test]
fn a_breakdown_by_any_heading_adds_up_to_the_totals() {
    let (program, _) = Program::demo();
    let of_sampleborough = [
        "function",
        "method",
        "technique",
        "approach",
        "service",
        "source",
        "label:directorate",
        "label:nobody-uses-this",
    ];
    let of_sampleborough = of_sampleborough.map(|heading| (SAMPLEBOROUGH, "2010/11", heading));
    let of_salford = ["source", "technique"].map(|heading| (SALFORD, "2011/12", heading));
    for (org, year, heading) in of_sampleborough.into_iter().chain(of_salford) {
        let totals = program.totals_now(org, year);
        let words = format!("breakdown --year {year} --by {heading}");
        let (groups, said) = report(&program, org, &words);
        for basis in ["claimed", "validated", "assured"] {
            // The carry-forward belongs to no claim.
            let net = pence(&totals[basis]["net"]) - pence(&totals[basis]["carry_forward"]);
            assert_eq!(sum(&groups, |group| &group[basis]), net, "{org}: {words}");
        }
        let gross = pence(&totals["claimed"]["gross"]);
        assert_eq!(
            sum(&groups, |group| &group["gross"]),
            gross,
            "{org}: {words}"
        );
        let counts = list(&groups)
            .iter()
            .map(|group| group["claims"].as_u64().unwrap());
        let claims = list(&totals["claims"]).len();
        assert_eq!(
            usize::try_from(counts.sum::<u64>()).unwrap(),
            claims,
            "{org}: {words}"
        );
        for group in list(&groups) {
            let shown = row(&said, group["value"].as_str().unwrap_or("not stated"));
            assert!(
                shown.contains(&pounds(&group["claimed"]).as_str()),
                "{shown:?}"
            );
        }
    }
}

#[test]
fn a_breakdown_groups_claims_by_what_they_state() {
    let (program, _) = Program::demo();
    let words = "breakdown --year 2010/11 --by function";
    let (groups, _) = report(&program, SAMPLEBOROUGH, words);
    let found: BTreeMap<Option<String>, i128> = list(&groups)
        .iter()
        .map(|group| {
            (
                group["value"].as_str().map(str::to_owned),
                pence(&group["claimed"]),
            )
        })
        .collect();
    let totals = program.totals_now(SAMPLEBOROUGH, "2010/11");
    assert_eq!(found, net_by_function(&program, &totals));
}

#[test]
fn shares_are_the_parts_of_the_claimed_total() {
    let (program, _) = Program::demo();
    let (shares, said) = report(&program, SAMPLEBOROUGH, "shares --year 2010/11");
    let totals = program.totals_now(SAMPLEBOROUGH, "2010/11");
    let nets = net_by_function(&program, &totals);
    let front = nets[&Some("front-line".to_owned())];
    let not_stated = nets.get(&None).copied().unwrap_or(0);
    let all: i128 = nets.values().sum();
    assert_eq!(pence(&shares["front_line"]), front);
    assert_eq!(pence(&shares["function_not_stated"]), not_stated);
    assert_eq!(pence(&shares["back_office"]["whole"]), all);
    assert_eq!(
        pence(&shares["back_office"]["part"]),
        all - front - not_stated
    );
    assert_eq!(shares["back_office"]["percent"], "51.3");
    // Of the claims that release no cash only LIB1, of £85,000.00, counts: HWY1 has an excluded
    // source.
    let gross = pence(&totals["claimed"]["gross"]);
    assert_eq!(pence(&shares["cashable"]["part"]), gross);
    assert_eq!(pence(&shares["cashable"]["whole"]), gross + 8_500_000);
    assert_eq!(shares["cashable"]["percent"], "98.5");
    let words = [
        "98.5 %",
        "51.3 %",
        "£2,589,400.50",
        "£5,765,850.50",
        "£2,459,333.33",
    ];
    mentions(&said, &words);

    // Nothing to divide by.
    let empty = Program::with(&[stroud()]);
    let (shares, said) = report(&empty, STROUD, "shares --year 2010/11");
    assert_eq!(shares["cashable"]["percent"], Value::Null);
    mentions(&said, &["no share"]);
}

// ---------------------------------------------------------------------------------------------
// targets

#[test]
fn targets_stand_beside_the_sectors_path_of_the_baseline() {
    let (program, _) = Program::demo();
    let (targets, said) = report(&program, SAMPLEBOROUGH, "targets");
    assert_eq!(targets["baseline"], "62000000.00");
    let years = list(&targets["years"]);
    assert_eq!(years.len(), 3);
    // 1.03 − 1, 1.03² − 1, 1.03³ − 1 and 1.03² · 1.04 − 1 of £62,000,000.
    let (first, second) = (("3", "1860000.00"), ("6.09", "3775800.00"));
    let (steady, budget) = (("9.2727", "5749074.00"), ("10.3336", "6406832.00"));
    for (listed, (year, target, percent, paths)) in years.iter().zip([
        ("2008/09", "1860000.00", "3.2", [first, first]),
        ("2009/10", "3775800.00", "7.1", [second, second]),
        ("2010/11", "5747400.00", "8.5", [steady, budget]),
    ]) {
        let totals = program.totals_now(SAMPLEBOROUGH, year);
        assert_eq!(listed["year"], year);
        assert_eq!(listed["validated"], totals["validated"]["net"]);
        assert_eq!(listed["claimed"], totals["claimed"]["net"]);
        assert_eq!(listed["target"], target);
        let above = pence(&listed["validated"]) - pence(&json!(target));
        assert_eq!(pence(&listed["above_target"]), above);
        assert_eq!(listed["percent_of_baseline"], percent);
        for (point, (percent, amount)) in list(&listed["sector"]).iter().zip(paths) {
            assert_eq!(
                (text(point, "percent"), text(point, "amount")),
                (percent, amount)
            );
            mentions(
                &said,
                &[&format!("{} ({percent} %)", pounds(&json!(amount)))],
            );
        }
    }
    // ENV1 is the only validated claim of that service.
    let service = json!({
        "service": "Environment", "target": "1000000.00", "validated": "1149333.33",
    });
    assert_eq!(years[2]["services"], json!([service]));
    mentions(
        &said,
        &["£62,000,000.00", "£5,285,733.83", "-£461,666.17", "8.5 %"],
    );
}

#[test]
fn without_a_baseline_there_are_no_percentages_of_it() {
    let (program, _) = Program::demo();
    let (targets, said) = report(&program, SALFORD, "targets --year 2010/11");
    assert_eq!(targets["baseline"], Value::Null);
    let [year] = list(&targets["years"]) else {
        panic!("{targets:#}");
    };
    assert_eq!(year["percent_of_baseline"], Value::Null);
    assert_eq!(year["sector"][1]["amount"], Value::Null);
    mentions(&said, &["no baseline of 2007/08 is set", "10.3336 %"]);
}

// ---------------------------------------------------------------------------------------------
// the others

#[test]
fn money_spent_for_nothing_is_listed() {
    let (program, _) = Program::demo();
    let (costs, said) = report(&program, SAMPLEBOROUGH, "failed-costs --year 2008/09");
    let transfer = json!({
        "claim": "CUST1", "title": "Contact centre run by a contractor",
        "recurring_costs": "0.00", "one_off_costs": "62000.00",
    });
    assert_eq!(costs["failed"], json!([transfer]));
    assert_eq!(costs["failed_total"], "62000.00");
    assert_eq!(costs["still_running"], json!([]));
    mentions(&said, &["CUST1", "£62,000.00", "None."]);

    let (costs, said) = report(&program, SAMPLEBOROUGH, "failed-costs --year 2011/12");
    let lease = json!({
        "claim": "TRV1", "title": "Pool cars instead of casual mileage",
        "recurring_costs": "31200.00", "one_off_costs": "0.00",
    });
    assert_eq!(costs["still_running"], json!([lease]));
    assert_eq!(costs["still_running_total"], "31200.00");
    assert_eq!(costs["failed"], json!([]));
    mentions(&said, &["TRV1", "£31,200.00"]);
}

#[test]
fn redeployments_in_force_are_listed_by_purpose() {
    let (program, _) = Program::demo();
    let (found, said) = report(&program, SAMPLEBOROUGH, "redeployment");
    let by_purpose = list(&found["by_purpose"]).iter();
    let by_purpose: Vec<_> = by_purpose
        .map(|one| (text(one, "purpose"), text(one, "amount")))
        .collect();
    let expected = [
        ("front-line", "300000.00"),
        ("council-tax", "400000.00"),
        ("invest-to-save", "200000.00"),
        ("retained-by-service", "90000.00"),
        ("returned-to-centre", "250000.00"),
    ];
    assert_eq!(by_purpose, expected);
    assert_eq!(found["total"], "1240000.00");
    assert_eq!(sum(&found["uses"], |one| &one["amount"]), 124_000_000);
    mentions(&said, &["ENV1-TAX", "£400,000.00", "council-tax"]);
    // ICT1's was cancelled.
    assert!(!said.contains("ICT1"), "{said}");

    let (none, said) = report(&program, SAMPLEBOROUGH, "redeployment --year 2009/10");
    assert_eq!((&none["uses"], text(&none, "total")), (&json!([]), "0.00"));
    mentions(&said, &["No use of released money is recorded."]);
}

#[test]
fn challenges_are_listed_the_most_pressing_first() {
    let (program, _) = Program::demo();
    for (at, progress) in [("2011-12-31", "open"), ("2012-01-01", "overdue")] {
        let (listed, said) = report(&program, SAMPLEBOROUGH, &format!("challenges --at {at}"));
        let listed = list(&listed).iter();
        let listed: Vec<_> = listed
            .map(|one| {
                (
                    text(one, "claim"),
                    text(one, "challenge"),
                    text(one, "progress"),
                )
            })
            .collect();
        let expected = [
            ("LEG1", "SCR-2", progress),
            ("FAC1", "SCR-1", "upheld"),
            ("PROC1", "AUD-1", "dismissed"),
            ("ENV1", "AUD-2", "dismissed"),
        ];
        assert_eq!(listed, expected, "{at}");
        mentions(&said, &["SCR-2", progress, "cllr.d", "2011-12-31"]);
    }
    let (_, said) = report(&program, SALFORD, "challenges");
    mentions(&said, &["No challenge has been raised."]);
}

#[test]
fn a_report_that_lacks_a_word_says_which() {
    let program = Program::with(&[stroud(), claim("A")]);
    let asked = |words: &str| program.run(&format!("report --org {STROUD} {words}"));
    for name in ["breakdown", "failed-costs", "shares"] {
        asked(name).fails(2, &["--year"]);
    }
    asked("breakdown --year 2010/11").fails(2, &["--by"]);
    asked("breakdown --year 2010/11 --by colour").fails(2, &["label:KEY"]);
    asked("due --at 01/04/2010").fails(2, &["--at", "2009-07-24"]);
    asked("profit").fails(2, &["profit", "breakdown"]);
}

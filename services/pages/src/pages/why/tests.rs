use netgain_events::ruleset::NI179_V1;
use netgain_ledger::history::KnownAt;

use super::*;
use crate::frame::Tab;
use crate::testing::{between, frame, known, log, org, pence, state};

fn asked(basis: Basis, sort: Sort) -> Asked {
    Asked {
        basis,
        sort,
        page: 1,
    }
}

fn page(known_at: KnownAt, asked: Asked) -> (WhyPage, i128, Vec<String>) {
    let log = log();
    let state = state(&log, known_at);
    let year = "2009/10".parse().unwrap();
    let totals = Totals::of(&state, year, &NI179_V1).unwrap();
    let recorded = netgain_answers::evidence::recorded(&log, &org(), state.position).unwrap();
    let title = WhyPage::title(&totals, asked.basis);
    let known = known(&state);
    let frame = frame(Tab::History, title);
    let page = WhyPage::new(frame, &known, &totals, &recorded, &[year], asked).unwrap();
    let claims = totals.claims.iter().map(|line| line.id.to_string());
    (
        page,
        totals.basis(asked.basis).net.pence(),
        claims.collect(),
    )
}

/// The cells for numbers of each row between two marks.
fn rows(html: &str, from: &str) -> Vec<Vec<i128>> {
    let body = between(html.split_once(from).unwrap().1, "<tbody", "</tbody>");
    let cells = |row: &str| -> Vec<i128> {
        let cells = row.split("__cell--numeric\">").skip(1);
        cells
            .flat_map(|cell| pence(cell.split("</td>").next().unwrap()))
            .collect()
    };
    body.split("<tr").skip(1).map(cells).collect()
}

#[test]
fn what_somebody_reads_adds_up_to_the_total_on_every_basis_and_at_every_position() {
    for &basis in Basis::ALL {
        for known_at in [KnownAt::Latest, KnownAt::Position(Position::new(50))] {
            let (page, net, claims) = page(known_at, asked(basis, Sort::Net));
            let html = page.to_string();
            let parts = rows(&html, "id=\"parts\"");
            let (total, parts) = parts.split_last().unwrap();
            assert_eq!(total, &[net]);
            assert_eq!(parts.iter().flatten().sum::<i128>(), net);
            let lines = rows(&html, "id=\"claims\"");
            let (total, lines) = lines.split_last().unwrap();
            assert_eq!(total.last(), Some(&net));
            assert_eq!(
                lines.iter().map(|row| *row.last().unwrap()).sum::<i128>(),
                net
            );
            let full: Vec<_> = lines.iter().filter(|row| row.len() == 5).collect();
            assert_eq!(full.len(), claims.len());
            for row in &full {
                assert_eq!(row[..4].iter().sum::<i128>(), row[4]);
            }
            for column in 0..4 {
                assert_eq!(
                    full.iter().map(|row| row[column]).sum::<i128>(),
                    total[column]
                );
            }
        }
    }
}

#[test]
fn pages_of_claims_add_up_too() {
    let log = log();
    let mut state = state(&log, KnownAt::Latest);
    let some = state.claims.values().next().unwrap().clone();
    for number in 0..600 {
        let id = format!("COPY-{number}").parse().unwrap();
        state.claims.insert(id, some.clone());
    }
    let year = "2009/10".parse().unwrap();
    let totals = Totals::of(&state, year, &NI179_V1).unwrap();
    for page in [1, 3, 99] {
        let which = Which {
            here: Link::home().to("why"),
            basis: Basis::Claimed,
            sort: Sort::Claim,
            page,
        };
        let html = Lines::new(&which, &totals, &BTreeMap::new())
            .unwrap()
            .to_string();
        let rows = rows(&html, "<table");
        let (total, rows) = rows.split_last().unwrap();
        assert!(rows.len() <= lines::ROWS_MAX + 2);
        let nets = rows.iter().map(|row| *row.last().unwrap());
        assert_eq!(nets.sum::<i128>(), *total.last().unwrap());
        assert_eq!(*total.last().unwrap(), totals.claimed.net.pence());
        assert!(html.contains("on other pages"));
    }
}

#[test]
fn evidence_is_counted_and_what_has_none_says_so() {
    let (page, _, claims) = page(KnownAt::Latest, asked(Basis::Validated, Sort::Evidence));
    let html = page.to_string();
    let without = html.matches("No evidence given").count();
    let with = claims.len() - without;
    assert!(with > 0 && without > 0, "{with} of {}", claims.len());
    assert!(html.contains(&format!("{with} of {} claims have evidence.", claims.len())));
    // Those without come first.
    let last_missing = html.rfind("No evidence given").unwrap();
    assert!(
        html.find(" documents, at ")
            .or(html.find("1 document, at "))
            .unwrap()
            > last_missing
    );
    let known_nothing = KnownAt::Position(Position::ZERO);
    let (page, net, _) = super::tests::page(known_nothing, asked(Basis::Validated, Sort::Net));
    assert_eq!(net, 0);
    assert!(page.to_string().contains("No claim was registered"));
}

use netgain_answers::statements::compare;
use netgain_ledger::history::KnownAt;
use netgain_projections::basis::Basis;

use super::one::StatementPage;
use super::*;
use crate::frame::Tab;
use crate::pages::adding_up::wanted;
use crate::testing::{between, events, frame, log, pence, state};

fn cells(html: &str) -> Vec<i128> {
    let cells = html.split("__cell--numeric\">").skip(1);
    cells
        .flat_map(|cell| pence(cell.split("</td>").next().unwrap()))
        .collect()
}

#[test]
fn what_was_published_and_its_restatement_make_what_is_known_now() {
    let log = log();
    let state = state(&log, KnownAt::Latest);
    assert!(state.statements.len() > 1);
    let frame_of = |title: &str| frame(Tab::Statements, title);
    let page = StatementsPage::new(frame_of("Statements"), &state, false, &People::default());
    let html = page.unwrap().to_string();
    let body = between(&html, "<tbody", "</tbody>");
    let rows: Vec<&str> = body.split("<tr").skip(1).collect();
    assert_eq!(rows.len(), state.statements.len());
    let mut restated = 0;
    for row in rows {
        match cells(row).as_slice() {
            [stated, now, difference] => {
                assert_eq!(stated + difference, *now);
                restated += 1;
            }
            [stated, now] => assert_eq!(stated, now),
            other => panic!("{other:?}"),
        }
    }
    assert!(restated > 0, "the sample has a restatement");
    assert!(
        !html.contains("Issue a statement"),
        "that is for whoever may"
    );
}

#[test]
fn a_statement_is_followed_event_by_event_to_now_on_every_basis() {
    let log = log();
    let state = state(&log, KnownAt::Latest);
    let all = events(&log);
    for issued in &state.statements {
        for &basis in Basis::ALL {
            let compared = compare(&log, &state, issued, basis).unwrap();
            let wanted = wanted(&compared.followed);
            let between_them: Vec<_> = all
                .iter()
                .filter(|(_, event)| wanted.contains(&event.position))
                .map(|(_, event)| event.clone())
                .collect();
            let frame = frame(Tab::Statements, StatementPage::title(issued));
            let people = People::default();
            let page = StatementPage::new(frame, &compared, &between_them, &people).unwrap();
            let html = page.to_string();
            let frozen = cells(between(&html, "id=\"frozen\"", "id=\"restated\""));
            // Six rows of three bases: each column's first five make its sixth.
            assert_eq!(frozen.len(), 18);
            for column in 0..3 {
                let sum: i128 = (0..5).map(|row| frozen[row * 3 + column]).sum();
                assert_eq!(sum, frozen[15 + column]);
            }
            let now = compared.followed.to.figure;
            assert!(
                html.contains(&format!(
                    "<strong class=\"ng-amount\">{}</strong>",
                    pounds(now)
                )),
                "{html}"
            );
            assert!(html.contains("/bundle\""));
        }
    }
}

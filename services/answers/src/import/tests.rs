use super::*;
use crate::evidence::named_before;
use crate::testing::{World, caller, now, stroud};
use netgain_events::event::Event;
use netgain_events::sha256::Sha256Hex;
use netgain_ledger::history::read_events;
use netgain_ledger::log::{Cursor, LogRead};
use netgain_ledger::memory::Syncing;
use serde_json::{Value, json};

const HEADINGS: &str = "claim,title,action,impact_from,2008/09,2009/10,one_off 2008/09\n";
const TWO: &str = "A,Payroll,reduce-inputs,2008-04-01,1000,2000,100\n\
                   B,Travel,reduce-inputs,2008-04-01,500,,\n";

fn sheet(rows: &str) -> Vec<u8> {
    format!("{HEADINGS}{rows}").into_bytes()
}

fn read_rows(rows: &str) -> Claims {
    read(&sheet(rows), "claims.csv", &Options::default()).unwrap()
}

fn amending() -> Options {
    Options {
        amend: Some("As the budget says".into()),
        ..Options::default()
    }
}

fn import(world: &World, rows: &str, options: &Options) -> Result<Imported, NotImported> {
    record(
        &world.ledger,
        &stroud(),
        &read_rows(rows),
        options,
        &caller(),
    )
    .outcome
}

fn tried(world: &World, rows: &str, options: &Options) -> Result<Imported, NotImported> {
    let (state, claims) = (world.state(), read_rows(rows));
    let ledger = world.log.ledger();
    dry_run(&state, &claims, options, &caller(), ledger, now())
}

fn problems(outcome: Result<Imported, NotImported>) -> Value {
    match outcome.unwrap_err() {
        NotImported::Problems(problems) => problems_document(&problems),
        other @ (NotImported::ControlTotal { .. }
        | NotImported::BadQuestion(_)
        | NotImported::Fault(_)) => panic!("{other}"),
    }
}

fn registered() -> World {
    let world = World::new();
    world.register();
    world
}

#[test]
fn an_import_reads_like_this_and_is_tried_in_the_same_words() {
    let world = registered();
    let plain = Options::default();
    let tried = tried(&world, TWO, &plain).unwrap().document();
    assert_eq!(
        world.state().position,
        Position::new(1),
        "it was only tried"
    );
    let imported = import(&world, TWO, &plain).unwrap().document();
    let mut expected = json!({
        "imported": true, "org": "E07000082",
        "counts": {"new": 2, "amended": 0, "unchanged": 0, "costs": 1},
        "control_total": "3500.00", "first_position": 2, "last_position": 4,
        "claimed_net": [
            {"year": "2008/09", "before": "0.00", "after": "1400.00"},
            {"year": "2009/10", "before": "0.00", "after": "2500.00"},
        ],
        "notes": [],
    });
    assert_eq!(imported, expected);
    expected["imported"] = false.into();
    expected["first_position"] = Value::Null;
    expected["last_position"] = Value::Null;
    assert_eq!(tried, expected);
    assert_eq!(world.state().position, Position::new(4));
}

#[test]
fn a_known_claim_is_a_problem_unless_there_is_a_reason_to_amend_it() {
    let world = registered();
    import(&world, TWO, &Options::default()).unwrap();
    let changed = TWO.replace("500", "750.50");
    for again in [
        problems(tried(&world, &changed, &Options::default())),
        problems(import(&world, &changed, &Options::default())),
    ] {
        assert_eq!(again["imported"], false);
        assert_eq!(again["problems"][0]["code"], "claim-exists");
        assert_eq!(again["problems"][0]["cell"], "A2");
    }
    assert_eq!(world.state().position, Position::new(4));
    let amended = import(&world, &changed, &amending()).unwrap();
    let counts = Counts {
        new: 0,
        amended: 1,
        unchanged: 1,
        costs: 0,
    };
    assert_eq!(amended.counts, counts);
    let at = Position::new(5);
    assert_eq!(amended.positions, Some((at, at)));
}

#[test]
fn everything_that_comes_of_a_file_names_it_as_evidence() {
    let world = registered();
    import(&world, TWO, &Options::default()).unwrap();
    let sha256 = Sha256Hex::of(&sheet(TWO));
    let named = |sha256| named_before(&world.log, &stroud(), &sha256).unwrap();
    let found = named(sha256).unwrap();
    assert_eq!((found.first.get(), found.last.get()), (2, 4));
    assert!(named(Sha256Hex::of(b"another file")).is_none());
    let mut documents = Vec::new();
    let each = &mut |_: &[u8], event: Event| {
        documents.extend(event.evidence.iter().map(|it| it.name.to_string()));
    };
    read_events(&world.log, &Cursor::default(), &stroud(), each).unwrap();
    assert_eq!(documents, ["claims.csv"; 3]);
}

#[test]
fn a_file_whose_name_is_no_line_of_text_is_evidence_all_the_same() {
    let name = |file_name: &str| {
        let claims = read(&sheet(TWO), file_name, &Options::default()).unwrap();
        claims.evidence[0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(name("2010 gains.csv"), "2010 gains.csv");
    assert_eq!(name(" "), "Imported spreadsheet");
    assert_eq!(name("a\nb.csv"), "Imported spreadsheet");
    assert_eq!(name(&"x".repeat(300)).len(), 200);
}

#[test]
fn nothing_is_recorded_where_nothing_changed() {
    let world = registered();
    import(&world, TWO, &Options::default()).unwrap();
    let same = import(&world, TWO, &amending()).unwrap();
    assert_eq!((same.counts.unchanged, same.positions), (2, None));
    assert_eq!(same.document()["imported"], true);
    assert_eq!(same.document()["first_position"], Value::Null);
    assert_eq!(world.state().position, Position::new(4));
}

#[test]
fn every_problem_is_told_with_its_cell_and_nothing_is_recorded() {
    let world = registered();
    let wrong = "A,Payroll,reduce-input,2008-04-01,1000,2000,\n\
                 B,Travel,reduce-inputs,2010-04-01,500,,\n\
                 bad ref,Post,reduce-inputs,2008-04-01,1,,\n";
    let told = problems(import(&world, wrong, &Options::default()));
    let cells: Vec<_> = told["problems"].as_array().unwrap().iter().collect();
    assert_eq!(cells[0]["cell"], "C2");
    assert_eq!(cells[0]["code"], "bad-field");
    assert_eq!(cells[1]["cell"], "A4");
    assert_eq!(world.state().position, Position::new(1));
    // Once each row has its form, the rules speak.
    let told = problems(import(
        &world,
        "B,Travel,reduce-inputs,2010-04-01,500,,\n",
        &Options::default(),
    ));
    assert_eq!(told["problems"][0]["code"], "profile-before-impact");
    assert_eq!(told["problems"][0]["row"], 2);
}

#[test]
fn claims_need_their_organisation() {
    let world = World::new();
    let told = problems(import(&world, TWO, &Options::default()));
    assert_eq!(told["problems"][0]["code"], "unknown-organisation");
}

#[test]
fn a_file_that_is_no_sheet_of_claims_is_a_problem_too() {
    let code = |bytes: &[u8]| match read(bytes, "x.csv", &Options::default()).unwrap_err() {
        NotImported::Problems(problems) => problems[0].code.clone(),
        other @ (NotImported::ControlTotal { .. }
        | NotImported::BadQuestion(_)
        | NotImported::Fault(_)) => panic!("{other}"),
    };
    assert_eq!(code(b""), "bad-file");
    assert_eq!(code(b"a,b\n1,2\n"), "bad-header");
    assert_eq!(code(&vec![b' '; FILE_BYTES_MAX + 1]), "too-large");
}

#[test]
fn the_control_total_is_held_to_the_year_columns() {
    let with = |total: &str| {
        let options = Options {
            control_total: Some(total.into()),
            ..Options::default()
        };
        read(&sheet(TWO), "claims.csv", &options).map(|claims| claims.control_total())
    };
    for same in ["3500", "£3,500.00"] {
        assert!(with(same).is_ok(), "{same}");
    }
    let other = with("3600").unwrap_err();
    assert!(matches!(other, NotImported::ControlTotal { .. }));
    let sentence = "the amounts in the sheet's year columns add up to 3500.00, not to 3600.00";
    assert!(other.to_string().starts_with(sentence), "{other}");
    match with("many").unwrap_err() {
        NotImported::BadQuestion(question) => {
            assert_eq!(question.code(), "bad-money");
            let words = "the control total \"many\" is not an amount: ";
            assert!(question.to_string().starts_with(words), "{question}");
        }
        other @ (NotImported::Problems(_)
        | NotImported::ControlTotal { .. }
        | NotImported::Fault(_)) => panic!("{other}"),
    }
}

#[test]
fn an_answer_carries_the_ticket_of_what_it_saw() {
    let world = World::with(Syncing::ByHand);
    let attempt = |rows: &str| {
        record(
            &world.ledger,
            &stroud(),
            &read_rows(rows),
            &Options::default(),
            &caller(),
        )
    };
    assert_eq!(attempt(TWO).seen.ticket, None, "there is no history to see");
    world.register();
    let imported = attempt(TWO);
    assert!(imported.outcome.is_ok());
    assert_eq!(imported.seen.ticket.map(|ticket| ticket.number), Some(2));
    let refused = attempt(TWO);
    assert!(refused.outcome.is_err());
    assert_eq!(refused.seen.ticket.map(|ticket| ticket.number), Some(2));
    // What a row's form alone refuses has seen the claims that are there.
    let refused = attempt("A,Payroll,reduce-input,2008-04-01,1000,2000,\n");
    assert_eq!(refused.seen.ticket.map(|ticket| ticket.number), Some(2));
}

#[test]
fn only_the_years_of_changed_claims_are_told_those_no_longer_stated_too() {
    let world = registered();
    world.record(
        json!({"type": "register-claim", "claim": "C", "title": "Later", "action":
        "reduce-inputs", "impact_from": "2012-04-01", "profile": {"2012/13": "1"}}),
    );
    import(&world, TWO, &Options::default()).unwrap();
    let fewer = TWO.replace("1000,2000,100", "1000,,100");
    let amended = import(&world, &fewer, &amending()).unwrap();
    let years: Vec<_> = amended
        .claimed_net
        .iter()
        .map(|net| net.year.to_string())
        .collect();
    assert_eq!(years, ["2008/09", "2009/10"]);
    let last = amended.claimed_net[1];
    assert_eq!(last.after.to_string(), "1500.00", "{last:?}");
}

#[test]
fn a_label_without_a_column_stays() {
    let world = registered();
    world.record(
        json!({"type": "register-claim", "claim": "C", "title": "Post", "action":
        "reduce-inputs", "impact_from": "2008-04-01", "profile": {"2008/09": "1"}, "labels":
        {"portfolio": "Finance", "risk": "low"}}),
    );
    let sheet = b"claim,title,action,impact_from,2008/09,label:risk\n\
                  C,Post,reduce-inputs,2008-04-01,1,high\n";
    let claims = read(sheet, "claims.csv", &Options::default()).unwrap();
    let done = record(&world.ledger, &stroud(), &claims, &amending(), &caller());
    assert_eq!(done.outcome.unwrap().counts.amended, 1);
    let state = world.state();
    let labels = state
        .claim(&"C".parse().unwrap())
        .unwrap()
        .details
        .labels
        .clone();
    let labels = serde_json::to_value(labels).unwrap();
    assert_eq!(labels, json!({"portfolio": "Finance", "risk": "high"}));
}

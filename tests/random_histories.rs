//! Random histories, held to the second implementation of the rules: the library to the byte of
//! each figure, and the program on top of it.
//!
//! `NETGAIN_SEEDS` says how many histories to try. A failure names its seed, and the same seed gives
//! the same history.

use std::fs;
use std::ops::Range;

use netgain_events::command::{ActorField, Command};
use netgain_events::event::Event;
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, OrgId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_events::ruleset::NI179_V1;
use netgain_events::vocabulary::Auth;
use netgain_ledger::clock::StoppedClock;
use netgain_ledger::history::{self, KnownAt};
use netgain_ledger::ledger::{Caller, Ledger, Outcome};
use netgain_ledger::log::Cursor;
use netgain_ledger::memory::{MemoryLog, Syncing};
use netgain_projections::basis::Basis;
use netgain_projections::effects::{Effect, Figure, Follower};
use netgain_projections::totals::Totals;
use netgain_tests::examples::{claim, with};
use netgain_tests::figures::pence;
use netgain_tests::histories::{Random, random_history};
use netgain_tests::program::{Program, RECORDER};
use netgain_tests::reference;
use serde_json::{Value, json};

/// How many histories are tried unless `NETGAIN_SEEDS` says otherwise. The second implementation is
/// slow on purpose, and slower still without an optimiser.
const SEEDS: u64 = if cfg!(debug_assertions) { 40 } else { 200 };

/// How long each is.
const COMMANDS: usize = 120;

/// The years that are compared: from the indicator's first to one that nothing reaches any more.
const YEARS: Range<u16> = 2008..2018;

/// 1 July 2024, when every year of a history is over.
const NOW_UNIX_MS: i64 = 1_719_828_000_000;

fn seeds() -> Range<u64> {
    let asked = std::env::var("NETGAIN_SEEDS").ok();
    let seeds = 0..asked.map_or(SEEDS, |count| count.parse().expect("a count of seeds"));
    println!("seeds {seeds:?}");
    seeds
}

fn years() -> impl Iterator<Item = FinancialYear> {
    YEARS.map(|year| FinancialYear::starting(year).unwrap())
}

/// A history as the ledger took it.
struct Recorded {
    org: OrgId,
    log: MemoryLog,
    /// The commands that were not refused, in order.
    accepted: Vec<Value>,
}

fn record(seed: u64) -> Recorded {
    let history = random_history(seed, COMMANDS);
    let org: OrgId = history[0]["org"].as_str().unwrap().parse().unwrap();
    let log = MemoryLog::new(
        "0123456789abcdef".repeat(2).parse().unwrap(),
        Syncing::AtOnce,
    );
    let clock = StoppedClock::at(RecordedAt::from_unix_ms(NOW_UNIX_MS).unwrap());
    let ledger = Ledger::open(log.clone(), None, Box::new(clock), &mut |_| {}).unwrap();
    let caller = Caller {
        actor: RECORDER.parse().unwrap(),
        auth: Auth::Named,
        authority: netgain_events::authority::Authority::Operator,
    };
    let mut accepted = Vec::new();
    for asked in history {
        let line = asked.to_string();
        let Ok(command) = Command::from_line(line.as_bytes(), ActorField::Allowed) else {
            continue;
        };
        match ledger.submit(command, &caller).unwrap().outcome {
            Outcome::Recorded { first, .. } => {
                accepted.push(asked);
                assert_eq!(first, at(accepted.len()), "seed {seed}");
            }
            Outcome::Refused(_) => {}
            repeated @ Outcome::Repeated { .. } => panic!("seed {seed}: {repeated:?}"),
        }
    }
    assert!(
        accepted.len() > COMMANDS * 9 / 10,
        "seed {seed}: only {} commands were accepted",
        accepted.len()
    );
    Recorded { org, log, accepted }
}

fn at(position: usize) -> Position {
    Position::new(u64::try_from(position).unwrap())
}

impl Recorded {
    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let from = Cursor::default();
        history::read_events(&self.log, &from, &self.org, &mut |_, event| {
            events.push(event);
        })
        .unwrap();
        events
    }

    /// What the second implementation says of a year, knowing that many events.
    fn reference(&self, year: FinancialYear, position: usize) -> Value {
        reference::totals(&self.accepted[..position], year, RECORDER)
    }
}

#[test]
fn totals_are_what_the_second_implementation_says() {
    let mut figures = 0;
    for seed in seeds() {
        let recorded = record(seed);
        let mut random = Random::new(seed);
        let last = recorded.accepted.len();
        let earlier = [(); 3].map(|()| 1 + random.place(last));
        for position in [last].into_iter().chain(earlier) {
            let known_at = KnownAt::Position(at(position));
            let state = history::fold(&recorded.log, None, &recorded.org, known_at).unwrap();
            for year in years() {
                let totals = Totals::of(&state, year, &NI179_V1).unwrap();
                let said: Value = serde_json::from_slice(&totals.document().unwrap()).unwrap();
                let expected = recorded.reference(year, position);
                assert!(
                    said == expected,
                    "seed {seed}, {year} at position {position}: {said:#} is not {expected:#}"
                );
                figures += 1;
            }
        }
    }
    println!("{figures} totals are equal");
}

/// What the second implementation says of one figure: the organisation's, or a claim's part of it.
fn expected(totals: &Value, basis: Basis, claim: Option<&str>) -> i128 {
    let Some(claim) = claim else {
        return pence(&totals[basis.as_str()]["net"]);
    };
    let lines = totals["claims"].as_array().unwrap();
    let line = lines.iter().find(|line| line["claim"] == claim);
    let counts = |line: &&Value| match basis {
        Basis::Claimed => true,
        Basis::Validated => line["validated"] == true,
        Basis::Assured => line["assured"] == true,
    };
    line.filter(counts).map_or(0, |line| pence(&line["net"]))
}

#[test]
fn effects_add_up_to_the_figure_and_each_is_the_step_of_its_event() {
    let mut figures = 0;
    for seed in seeds() {
        let recorded = record(seed);
        let events = recorded.events();
        let mut random = Random::new(seed);
        let year = FinancialYear::starting(2008 + u16::try_from(random.below(8)).unwrap()).unwrap();
        let last = recorded.accepted.len();
        let whole = recorded.reference(year, last);
        let steps = [(); 3].map(|()| {
            let position = 1 + random.place(last);
            let before = recorded.reference(year, position - 1);
            (position, before, recorded.reference(year, position))
        });
        let lines = whole["claims"].as_array().unwrap();
        let claims = lines.iter().map(|line| line["claim"].as_str());
        for claim in [None].into_iter().chain(claims) {
            for &basis in Basis::ALL {
                let effects = follow(&recorded, &events, year, basis, claim);
                let what = format!("seed {seed}, {basis:?} {year} of {claim:?}");
                adds_up(&what, &effects, expected(&whole, basis, claim));
                for (position, before, after) in &steps {
                    let step = expected(after, basis, claim) - expected(before, basis, claim);
                    let effect = effects.iter().find(|e| e.position == at(*position));
                    let said = effect.map_or(0, |effect| effect.effect.pence());
                    assert_eq!(said, step, "{what}: the effect of event {position}");
                }
                figures += 1;
            }
        }
    }
    println!("{figures} figures are explained");
}

fn follow(
    recorded: &Recorded,
    events: &[Event],
    year: FinancialYear,
    basis: Basis,
    claim: Option<&str>,
) -> Vec<Effect> {
    let claim = claim.map(|claim| claim.parse::<ClaimId>().unwrap());
    let figure = Figure { year, basis, claim };
    let mut follower = Follower::new(recorded.org.clone(), figure, &NI179_V1);
    let effects = events.iter().cloned();
    effects
        .filter_map(|event| follower.apply(event).unwrap())
        .collect()
}

/// Effects follow one another, none is nothing, and they come to the figure.
fn adds_up(what: &str, effects: &[Effect], figure: i128) {
    let mut sum = 0;
    let mut after = Position::ZERO;
    for effect in effects {
        assert!(effect.position > after, "{what}: {effect:?}");
        assert_ne!(effect.effect.pence(), 0, "{what}: {effect:?}");
        sum += effect.effect.pence();
        assert_eq!(effect.figure.pence(), sum, "{what}: {effect:?}");
        after = effect.position;
    }
    assert_eq!(sum, figure, "{what}");
}

/// The histories of several organisations that one ledger holds, and what it accepted of each.
struct Books {
    program: Program,
    accepted: Vec<(String, Vec<Value>)>,
}

/// Five random histories recorded by the program, in three runs, in turns.
fn five_histories() -> Books {
    let mut histories: Vec<Vec<Value>> = (1000..)
        .map(|seed| random_history(seed, COMMANDS))
        .take(5)
        .collect();
    let orgs: Vec<String> = histories
        .iter()
        .map(|history| history[0]["org"].as_str().unwrap().to_owned())
        .collect();
    let mut books = Books {
        program: Program::new(),
        accepted: orgs.into_iter().map(|org| (org, Vec::new())).collect(),
    };
    while histories.iter().any(|history| !history.is_empty()) {
        let turn = histories
            .iter_mut()
            .flat_map(|history| history.drain(..history.len().min(COMMANDS / 3)));
        books.record(turn.collect());
    }
    books
}

impl Books {
    fn record(&mut self, commands: Vec<Value>) {
        let recorded = self.program.record(&commands);
        assert!(recorded.status <= 1, "{recorded:#?}");
        assert_eq!(recorded.answers.len(), commands.len());
        for (command, answer) in commands.into_iter().zip(&recorded.answers) {
            if let Some(position) = answer["position"].as_u64() {
                let (_, history) = self
                    .accepted
                    .iter_mut()
                    .find(|(org, _)| command["org"] == **org)
                    .unwrap();
                history.push(command);
                assert_eq!(at(history.len()), Position::new(position));
            }
        }
    }

    /// Checks an answer of the program against the second implementation knowing that many events.
    fn agrees(&self, at: usize, position: usize, year: &str, said: &Value) {
        let (org, accepted) = &self.accepted[at];
        let expected = reference::totals(&accepted[..position], year.parse().unwrap(), RECORDER);
        // Nothing known names no organisation; the program was asked about one.
        if position > 0 {
            assert_eq!(*said, expected, "{org}, {year} at {position}");
        } else {
            assert_eq!(said["org"], **org);
            assert_eq!(said["claims"], expected["claims"], "{org}, {year} at 0");
        }
    }

    /// Checks what is known now of every organisation, for a few years.
    fn are_known_now(&self, program: &Program) {
        for (at, (org, accepted)) in self.accepted.iter().enumerate() {
            for year in ["2008/09", "2011/12", "2016/17"] {
                let said = program.totals_now(org, year);
                self.agrees(at, accepted.len(), year, &said);
            }
        }
    }
}

#[test]
fn the_program_knows_each_history_at_any_position_and_any_time() {
    let books = five_histories();
    books.are_known_now(&books.program);
    for (place, (org, accepted)) in books.accepted.iter().enumerate() {
        for position in [1, accepted.len() / 3, accepted.len() / 2] {
            let said = books.program.totals(org, "2010/11", position);
            books.agrees(place, position, "2010/11", &said);
        }
        let events = books.program.events(org);
        assert_eq!(events.len(), accepted.len());
        for position in [1, accepted.len() / 2, accepted.len()] {
            let time = events[position - 1]["recorded_at"].as_str().unwrap();
            // A time takes in every event of its millisecond.
            let known = events
                .iter()
                .filter(|event| event["recorded_at"].as_str().unwrap() <= time)
                .count();
            let asked = format!("totals --org {org} --year 2010/11 --known-at {time}");
            let said = books.program.json(&asked);
            books.agrees(place, known, "2010/11", &said);
        }
    }
}

#[test]
fn an_export_restored_elsewhere_is_the_same_history() {
    let books = five_histories();
    let export = books.program.export();
    let file = books.program.file("history.jsonl", &export);
    for call in [format!("restore {file}"), "restore".to_owned()] {
        let elsewhere = Program::new();

        let restored = elsewhere.run_with(&call, export.as_bytes());

        assert_eq!(restored.status, 0, "{restored:#?}");
        assert!(restored.stdout.starts_with("Restored "), "{restored:#?}");
        assert!(elsewhere.export() == export, "the export is another one");
        assert_eq!(elsewhere.run("verify").status, 0);
        books.are_known_now(&elsewhere);
        let again = elsewhere.run_with(&call, export.as_bytes());
        again.fails(2, &["already", "empty"]);
        assert!(elsewhere.export() == export, "the second restore did harm");
    }
}

#[test]
fn views_that_are_written_or_behind_or_deleted_change_nothing() {
    let mut books = five_histories();
    let rebuilt = books.program.run("views rebuild");
    assert_eq!(rebuilt.status, 0, "{rebuilt:#?}");
    let views = books.program.data().join("views");
    assert!(views.is_dir());
    books.are_known_now(&books.program);

    // The views lack these.
    let more = books.accepted.iter().map(|(org, _)| {
        let registration = claim("LAST");
        with(registration, &json!({ "org": org }))
    });
    let more = more.collect();
    books.record(more);
    books.are_known_now(&books.program);

    fs::remove_dir_all(views).unwrap();
    books.are_known_now(&books.program);
    let checked = books.program.run("verify");
    assert_eq!(checked.status, 0, "{checked:#?}");
}

//! How fast views are stored, opened and loaded, for a million events of a thousand organisations.
//!
//! `store_rate DIRECTORY` folds made-up events, stores all states in a new directory, changes every
//! claim and stores them all again. `store_rate DIRECTORY load` opens them and loads one, as a
//! process does that answers one question and ends.
#![expect(clippy::print_stdout, reason = "it reports on the terminal")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use netgain_events::claim::{ClaimDetails, Profile};
use netgain_events::event::{Event, RequestMark};
use netgain_events::fact::{Check, Fact, Offset, OrganisationDetails};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{ClaimId, LedgerId, OrgId, Position};
use netgain_events::money::Money;
use netgain_events::recorded_at::RecordedAt;
use netgain_events::sha256::Sha256Hex;
use netgain_events::state::Organisation;
use netgain_events::vocabulary::{
    Action, Auth, Function, Grade, Method, OffsetKind, Outcome, Quality, Sector, Technique,
};
use netgain_ledger::log::Cursor;
use netgain_ledger::views::Views;
use netgain_views::{Patience, SledViews};

type Done<T> = Result<T, Box<dyn Error>>;

const ORGANISATIONS: u64 = 1_000;
const EVENTS_EACH: u64 = 1_000;
const EVENTS: u64 = ORGANISATIONS * EVENTS_EACH;

/// How often all states are stored.
const ROUNDS: u64 = 4;

fn main() -> Done<()> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("name a directory")?);
    let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse()?;
    match arguments.next().as_deref() {
        None => store(&directory, &ledger),
        Some("load") => load(&directory, &ledger),
        Some(other) => Err(format!("{other:?} is not \"load\"").into()),
    }
}

fn load(directory: &Path, ledger: &LedgerId) -> Done<()> {
    let begun = Instant::now();
    let views = SledViews::open_for_reading(directory, ledger, Patience::READING)?;
    let views = views.ok_or("no views that can be used")?;
    let opening = begun.elapsed();
    let extent = views.extent();
    let org = extent
        .positions
        .keys()
        .nth(500)
        .ok_or("too few organisations")?;
    let begun = Instant::now();
    let state = views.load(org)?.ok_or("not there")?;
    let loading = begun.elapsed();
    let begun = Instant::now();
    drop(views);
    let closing = begun.elapsed();
    println!(
        "opened in {opening:?}, {} with {} claims loaded in {loading:?}, closed in {closing:?}",
        state.org,
        state.claims.len(),
    );
    Ok(())
}

fn store(directory: &Path, ledger: &LedgerId) -> Done<()> {
    if directory.exists() {
        return Err("name a directory that does not exist".into());
    }
    let states = (0..ORGANISATIONS).map(|number| organisation(number, ledger));
    let mut states = states.collect::<Done<Vec<Organisation>>>()?;
    let mut scratch = Vec::new();
    let begun = Instant::now();
    let mut bytes = 0;
    for state in &states {
        scratch.clear();
        scratch = postcard::to_extend(state, scratch)?;
        bytes += scratch.len();
    }
    println!(
        "{EVENTS} events, {bytes} bytes of states; serialising alone: {:?}",
        begun.elapsed()
    );
    for round in 1..=ROUNDS {
        for state in &mut states {
            for claim in state.claims.values_mut() {
                Arc::make_mut(claim).registered = Position::new(EVENTS_EACH + round);
            }
        }
        let references: Vec<&Organisation> = states.iter().collect();
        let cursor = Cursor::from_bytes(&round.to_be_bytes());
        let begun = Instant::now();
        let opened = SledViews::open_for_writing(directory, ledger, Patience::WRITING);
        let opening = begun.elapsed();
        let begun = Instant::now();
        opened.views.store(&references, &cursor)?;
        let all = begun.elapsed();
        let first = references.get(..1).unwrap_or_default();
        let begun = Instant::now();
        opened.views.store(first, &cursor)?;
        let one = begun.elapsed();
        println!(
            "round {round}: opened in {opening:?}; all stored in {all:?}, {} events/s; one in {one:?}; \
             db has {} MB, blobs/ {} files{}",
            per_second(EVENTS, all),
            fs::metadata(directory.join("db"))?.len() / 1_000_000,
            fs::read_dir(directory.join("blobs"))?.count(),
            opened.note.unwrap_or_default(),
        );
    }
    Ok(())
}

fn per_second(events: u64, time: Duration) -> u128 {
    u128::from(events) * 1_000_000 / time.as_micros().max(1)
}

/// An organisation's state after its events: of every twenty, eight claims, five checks, four
/// offsets and a few validations; every tenth event with a command id.
fn organisation(number: u64, ledger: &LedgerId) -> Done<Organisation> {
    let org: OrgId = format!("E{number:08}").parse()?;
    let mut state = Organisation::new(org.clone());
    let mut claims = 0;
    for place in 1..=EVENTS_EACH {
        let chance = (place * 2_654_435_761 + number * 40_503) >> 8;
        claims += u64::from(matches!(place % 20, 2..=9));
        // One of the newest so many claims.
        let newest = |of: u64| {
            let older = (chance % of).min(claims.saturating_sub(1));
            format!("C-{:06}", claims - older).parse()
        };
        let fact = match place % 20 {
            1 if place == 1 => Fact::OrganisationRegistered(details()?),
            2..=9 => {
                let claim = newest(1)?;
                Fact::ClaimRegistered {
                    claim,
                    details: Box::new(claim_details(chance)?),
                }
            }
            10..=14 => Fact::SustainmentChecked {
                claim: newest(32)?,
                year: year(chance)?,
                check: check()?,
            },
            15..=18 => Fact::OffsetRecorded {
                claim: newest(32)?,
                offset: format!("cost-{place}").parse()?,
                details: Box::new(offset(chance)?),
            },
            _ => validated(newest(8)?),
        };
        let request = if place.is_multiple_of(10) {
            Some(mark(number, place)?)
        } else {
            None
        };
        let actor = if chance.is_multiple_of(2) {
            "p.ellis"
        } else {
            "finance-import"
        };
        state.apply(Event {
            ledger: *ledger,
            org: org.clone(),
            position: Position::new(place),
            recorded_at: RecordedAt::from_unix_ms(1_300_000_000_000).ok_or("no such time")?,
            actor: actor.parse()?,
            auth: Auth::Local,
            request,
            fact,
            note: None,
            evidence: vec![],
        })?;
    }
    Ok(state)
}

fn details() -> Done<OrganisationDetails> {
    Ok(OrganisationDetails {
        name: "Nuneaton and Bedworth Borough Council".parse()?,
        kind: "authority".parse()?,
        sector: Sector::LocalGovernment,
        region: Some("East Midlands".parse()?),
    })
}

fn claim_details(chance: u64) -> Done<ClaimDetails> {
    let first = year(chance)?;
    let next = first.next().ok_or("no such year")?;
    let profile = BTreeMap::from([
        (first, money(chance, 500_000)?),
        (next, money(chance, 400_000)?),
    ]);
    let impact_from = NaiveDate::from_ymd_opt(i32::from(first.starts_in()), 4, 1);
    let quality_measure = "Average days to process a new claim".parse()?;
    Ok(ClaimDetails {
        title: "Merge the two contact centres and move to one telephony contract".parse()?,
        action: Action::ReduceInputs,
        impact_from: impact_from.ok_or("no such day")?,
        profile: Profile::new(&profile)?,
        service: Some("Revenues and benefits".parse()?),
        function: chance
            .is_multiple_of(2)
            .then_some(Function::RevenuesAndBenefits),
        method: chance.is_multiple_of(3).then_some(Method::Internal),
        technique: chance.is_multiple_of(3).then_some(Technique::Lean),
        approach: None,
        source: None,
        source_override: None,
        ongoing: None,
        quality_measure: chance.is_multiple_of(4).then_some(quality_measure),
        owner: None,
        scheme: None,
        review_by: None,
        labels: None,
    })
}

fn check() -> Done<Check> {
    let reading = "83 per cent, from 79 the year before; satisfaction survey unchanged at 4.1 of 5";
    Ok(Check {
        outcome: Outcome::Sustained,
        verified: None,
        quality: Some(Quality::Maintained),
        quality_reading: Some(reading.parse()?),
    })
}

fn offset(chance: u64) -> Done<Offset> {
    Ok(Offset {
        kind: OffsetKind::OneOff,
        year: year(chance)?,
        amount: money(chance, 40_000)?,
        until: None,
        spread_years: Some(3),
        incurred_anyway: false,
        funding: Some("Invest to save reserve".parse()?),
        description: Some("Implementation partner and data migration".parse()?),
    })
}

fn validated(claim: ClaimId) -> Fact {
    Fact::ClaimValidated {
        claim,
        grade: Some(Grade::Final),
    }
}

fn mark(number: u64, place: u64) -> Done<RequestMark> {
    let command_id = format!("w1-{number:04}{place:04}").parse()?;
    Ok(RequestMark {
        command_id,
        content: Sha256Hex::of(&place.to_be_bytes()),
    })
}

fn year(chance: u64) -> Done<FinancialYear> {
    let starts_in = u16::try_from(2_008 + chance % 5)?;
    Ok(FinancialYear::starting(starts_in).ok_or("no such year")?)
}

fn money(chance: u64, pounds: u64) -> Done<Money> {
    Ok(Money::from_pence(i64::try_from((1 + chance % pounds) * 100)?).ok_or("too much money")?)
}

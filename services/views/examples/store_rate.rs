//! How fast views are stored, opened and loaded: `store_rate DIRECTORY [store|again|open]`.
#![expect(clippy::print_stdout, reason = "it reports on the terminal")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chrono::NaiveDate;
use netgain_events::claim::{ClaimDetails, Profile};
use netgain_events::event::{Event, RequestMark};
use netgain_events::fact::{Check, Fact, Offset, OrganisationDetails};
use netgain_events::financial_year::FinancialYear;
use netgain_events::identifier::{LedgerId, OrgId, Position};
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

type Outcome_ = Result<(), Box<dyn Error>>;

const ORGANISATIONS: u32 = 1_000;
const EVENTS_EACH: u32 = 1_000;

fn main() -> Outcome_ {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("name a directory")?);
    let what = arguments.next().unwrap_or_else(|| "store".into());
    let rounds = arguments.next().map_or(Ok(1), |n| n.parse())?;
    let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse()?;
    match what.as_str() {
        "store" => store(&directory, &ledger, rounds),
        _ => load(&directory, &ledger),
    }
}

fn load(directory: &Path, ledger: &LedgerId) -> Outcome_ {
    let begun = Instant::now();
    let views = SledViews::open_for_reading(directory, ledger, Patience::READING)?.ok_or("none")?;
    let opened = begun.elapsed();
    let extent = views.extent();
    let org = extent.positions.keys().nth(500).ok_or("too few")?;
    let state = views.load(org)?.ok_or("not there")?;
    let loaded = begun.elapsed();
    drop(views);
    println!(
        "opened {opened:?}, loaded {} at {} {:?}, closed {:?}",
        state.org, state.position, loaded - opened, begun.elapsed() - loaded
    );
    Ok(())
}

fn store(directory: &Path, ledger: &LedgerId, rounds: u32) -> Outcome_ {
    let mut states: Vec<Organisation> =
        (0..ORGANISATIONS).map(|n| organisation(n, ledger)).collect::<Result<_, _>>()?;
    let begun = Instant::now();
    let bytes: usize = states.iter().map(|s| postcard::to_stdvec(s).map_or(0, |b| b.len())).sum();
    println!("{bytes} bytes, serialised in {:?}", begun.elapsed());
    for round in 0..rounds {
        for state in &mut states { for claim in state.claims.values_mut() { Arc::make_mut(claim).withdrawn = Some(Position::new(1000 + u64::from(round))); } }
        let references: Vec<&Organisation> = states.iter().collect();
        let begun = Instant::now();
        let opened = SledViews::open_for_writing(directory, ledger, Patience::WRITING);
        if let Some(note) = &opened.note { println!("{note}"); }
        let open = begun.elapsed(); let c0=cpu();
        opened.views.store(&references, &Cursor::from_bytes(&round.to_be_bytes()))?;
        let stored = begun.elapsed() - open; let c1=cpu();
        opened.views.store(&references[..1], &Cursor::from_bytes(&round.to_be_bytes()))?;
        let one = begun.elapsed() - open - stored;
        drop(opened);
        println!("open {open:?}, cpu {} stored {stored:?}, one more {one:?} closed {:?}, file {} MB, {} blobs", c1-c0,
            begun.elapsed(),
            std::fs::metadata(directory.join("db"))?.len() / 1_000_000,
            std::fs::read_dir(directory.join("blobs"))?.count(),
        );
    }
    Ok(())
}

fn organisation(number: u32, ledger: &LedgerId) -> Result<Organisation, Box<dyn Error>> {
    let org: OrgId = format!("E{number:08}").parse()?;
    let mut state = Organisation::new(org.clone());
    let mut claims: u32 = 0;
    for place in 1..=EVENTS_EACH {
        let seed = place.wrapping_mul(2_654_435_761).wrapping_add(number) >> 8;
        let claim = |back: u32| format!("C-{:06}", claims.saturating_sub(seed % back).max(1u32)).parse();
        let year = FinancialYear::starting(2008 + u16::try_from(seed % 5)?).ok_or("year")?;
        let money = |limit: u32| Money::from_pence(i64::from(seed % limit + 1) * 100).ok_or("money");
        let fact = match place % 20 {
            1 if place == 1 => Fact::OrganisationRegistered(OrganisationDetails {
                name: "Nuneaton and Bedworth Borough Council".parse()?,
                kind: "authority".parse()?,
                sector: Sector::LocalGovernment,
                region: Some("East Midlands".parse()?),
            }),
            2..=9 => {
                claims += 1;
                let mut profile = BTreeMap::from([(year, money(500_000)?)]);
                profile.insert(year.next().ok_or("year")?, money(400_000)?);
                Fact::ClaimRegistered {
                    claim: format!("C-{claims:06}").parse()?,
                    details: Box::new(ClaimDetails {
                        title: "Merge the two contact centres and move to one telephony contract".parse()?,
                        action: Action::ReduceInputs,
                        impact_from: NaiveDate::from_ymd_opt(i32::from(year.starts_in()), 4 + seed % 6, 1).ok_or("day")?,
                        profile: Profile::new(&profile)?,
                        service: Some("Revenues and benefits".parse()?),
                        function: (seed % 2 == 0).then_some(Function::RevenuesAndBenefits),
                        method: (seed % 3 == 0).then_some(Method::Internal),
                        technique: (seed % 3 == 0).then_some(Technique::Lean),
                        approach: None, source: None, source_override: None, ongoing: None,
                        quality_measure: (seed % 4 == 0).then_some("Average days to process a new claim".parse()?),
                        owner: None, scheme: None, review_by: None, labels: None,
                    }),
                }
            }
            10..=14 | 0 => Fact::SustainmentChecked {
                claim: claim(32)?,
                year,
                check: Check {
                    outcome: Outcome::Sustained,
                    verified: None,
                    quality: Some(Quality::Maintained),
                    quality_reading: Some("83 per cent, from 79 the year before; satisfaction survey unchanged at 4.1 of 5".parse()?),
                },
            },
            15..=18 => Fact::OffsetRecorded {
                claim: claim(32)?,
                offset: format!("cost-{place}").parse()?,
                details: Box::new(Offset {
                    kind: OffsetKind::OneOff, year, amount: money(40_000)?, until: None,
                    spread_years: Some(3), incurred_anyway: false,
                    funding: Some("Invest to save reserve".parse()?),
                    description: Some("Implementation partner and data migration".parse()?),
                }),
            },
            _ => Fact::ClaimValidated { claim: format!("C-{:06}", claims.max(1)).parse()?, grade: Some(Grade::Final) },
        };
        let request = (place % 10 == 0).then(|| -> Result<_, Box<dyn Error>> {
            Ok(RequestMark {
                command_id: format!("w1-{number:04}{place:04}").parse()?,
                content: Sha256Hex::of(&place.to_be_bytes()),
            })
        }).transpose()?;
        let claimless = claims == 0 && place != 1 && !matches!(fact, Fact::ClaimRegistered { .. });
        if claimless { return Err("no claim yet".into()); }
        state.apply(Event {
            ledger: ledger.clone(), org: org.clone(), position: Position::new(u64::from(place)),
            recorded_at: RecordedAt::from_unix_ms(1_300_000_000_000 + i64::from(place) * 1_000).ok_or("time")?,
            actor: if seed % 2 == 0 { "p.ellis" } else { "finance-import" }.parse()?,
            auth: Auth::Local, request, fact, note: None, evidence: vec![],
        })?;
    }
    let _ = Arc::new(());
    Ok(state)
}

fn cpu() -> u64 { let t=std::fs::read_to_string("/proc/self/stat").unwrap(); let f: Vec<&str>=t.rsplit(')').next().unwrap().split(' ').collect(); (f[12].parse::<u64>().unwrap()+f[13].parse::<u64>().unwrap())*10 }

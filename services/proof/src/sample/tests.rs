use std::collections::BTreeMap;

use netgain_events::financial_year::FinancialYear;
use netgain_events::ruleset::NI179_V1;
use netgain_events::state::Organisation;
use netgain_ledger::history::{KnownAt, fold};
use netgain_verify::checkpoint::Origin;

use super::*;
use crate::testing::{STROUD, World, ledger_id, org};

/// The page with the worked example.
const PAGE: &str = include_str!("../../../../docs/SAMPLE.md");

/// The seed of the worked example.
const SEED: &str = "3 5 1 6 2";

/// The claims of the worked example.
fn example() -> Organisation {
    let world = World::new();
    world.register(STROUD);
    // Not in the order of their references.
    for (reference, pounds) in [
        ("WASTE", "18000"),
        ("PROC-07", "60000.50"),
        ("HR-01", "1000"),
        ("ICT-9", "0"),
        ("FLEET-2", "40000"),
    ] {
        world.claim(STROUD, reference, pounds);
    }
    world.record(
        STROUD,
        r#""type":"record-offset","claim":"HR-01","offset":"setup","kind":"one-off","year":"2008/09","amount":"3500""#,
    );
    fold(&world.log, None, &org(STROUD), KnownAt::Latest).unwrap()
}

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint {
        origin: Origin::of_organisation(&ledger_id(), &org(STROUD)),
        size,
        root: "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="
            .parse()
            .unwrap(),
    }
}

fn drawn(state: &Organisation, seed: &str, draws: u32) -> Result<Sample, SampleError> {
    let year: FinancialYear = "2008/09".parse().unwrap();
    let totals = Totals::of(state, year, &NI179_V1).unwrap();
    draw(&totals, &checkpoint(state.position.get()), seed, draws)
}

/// The page was worked out by a calculator that shares nothing with this program.
#[test]
fn the_worked_example_comes_out_as_it_is_printed() {
    let sample = drawn(&example(), SEED, 4).unwrap();
    assert_eq!(sample.total, Sum::from_pence(12_050_050));
    assert_eq!(sample.interval, Sum::from_pence(3_012_512));
    assert_eq!(start(&sample.root, SEED, 12_050_050), Some(10_939_453));
    let rows = sample.claims.iter().map(|drawn| {
        let Drawn {
            claim,
            effect,
            hits,
            from,
            to,
        } = drawn;
        format!("| `{claim}` | {effect} | {from} | {to} | {hits} |")
    });
    let rows: Vec<String> = rows.collect();
    let printed = PAGE
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains('.') && !line.ends_with("| 0 |"));
    assert_eq!(rows.len(), 3);
    assert_eq!(printed.collect::<Vec<_>>(), rows);
}

#[test]
fn the_same_words_draw_the_same_claims_and_each_word_matters() {
    let state = example();
    let sample = drawn(&state, SEED, 4).unwrap();
    assert_eq!(drawn(&state, SEED, 4).unwrap(), sample);
    let total = 12_050_050;
    let first = start(&sample.root, SEED, total).unwrap();
    assert_ne!(start(&sample.root, "3 5 1 6 3", total), Some(first));
    assert_ne!(start(&Hash::from_bytes([0; 32]), SEED, total), Some(first));
}

/// Whatever the seed, the hits are as many as the draws, and a claim has its share of them to within
/// one, which is what *systematic* gives. Over many seeds it has its share to within chance.
#[test]
fn over_two_thousand_seeds_each_claim_is_hit_as_its_share_of_the_total_says() {
    const SEEDS: u64 = 2000;
    let state = example();
    let total = 12_050_050;
    for draws in [1, 4, 7] {
        let mut hits: BTreeMap<String, u64> = BTreeMap::new();
        for seed in 0..SEEDS {
            let sample = drawn(&state, &seed.to_string(), draws).unwrap();
            assert_eq!(sample.claims.iter().map(|one| one.hits).sum::<u32>(), draws);
            for one in sample.claims {
                let size = size_of(one.claim.as_str());
                let exact = u64::from(draws) * size;
                assert!((u64::from(one.hits) * total).abs_diff(exact) < total);
                *hits.entry(one.claim.to_string()).or_default() += u64::from(one.hits);
            }
        }
        assert!(!hits.contains_key("ICT-9"), "a claim of 0.00 was drawn");
        for claim in ["FLEET-2", "HR-01", "PROC-07", "WASTE"] {
            let expected = SEEDS * u64::from(draws) * size_of(claim) / total;
            // A claim's hits in one sample are one of two neighbouring numbers: their deviation over
            // 2,000 samples is at most 22.4, half the root of 2,000. Five times that is no chance.
            let off = hits[claim].abs_diff(expected);
            assert!(off < 112, "{claim}: {off} off {expected}");
        }
    }
}

/// The claims' sizes in pence.
fn size_of(claim: &str) -> u64 {
    match claim {
        "FLEET-2" => 4_000_000,
        "HR-01" => 250_000,
        "PROC-07" => 6_000_050,
        "WASTE" => 1_800_000,
        other => panic!("{other} was drawn"),
    }
}

#[test]
fn over_all_starts_each_size_is_hit_exactly_in_proportion() {
    let sizes = [5_u128, 0, 1, 30, 0, 7];
    let total = 43;
    for draws in [1, 2, 5, 43, 100] {
        let mut counted = [0; 6];
        for start in 0..total {
            let all = hits(sizes.into_iter(), total, start, draws).unwrap();
            for (count, hit) in counted.iter_mut().zip(all) {
                *count += u128::from(hit.hits);
            }
        }
        assert_eq!(counted, sizes.map(|size| size * u128::from(draws)));
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let state = example();
    for draws in [0, DRAWS_MAX + 1] {
        assert_eq!(
            drawn(&state, SEED, draws),
            Err(SampleError::Draws { draws })
        );
    }
    assert!(drawn(&state, SEED, DRAWS_MAX).is_ok());
    let (longest, longer) = ("ü".repeat(SEED_LENGTH_MAX), "a".repeat(SEED_LENGTH_MAX + 1));
    assert!(drawn(&state, &longest, 1).is_ok());
    for seed in ["", "a\nb", "\u{7f}", &longer] {
        assert_eq!(drawn(&state, seed, 1), Err(SampleError::Seed), "{seed:?}");
    }
    let year = "2008/09".parse().unwrap();
    let totals = Totals::of(&state, year, &NI179_V1).unwrap();
    let other = SampleError::OtherPosition {
        position: 7,
        size: 8,
    };
    assert_eq!(draw(&totals, &checkpoint(8), SEED, 1), Err(other));
    let empty = Organisation::new(org(STROUD));
    assert_eq!(drawn(&empty, SEED, 1), Err(SampleError::Nothing));
}

#[test]
fn amounts_past_what_can_be_counted_are_an_error_and_no_wrong_sample() {
    let root = Hash::from_bytes([255; 32]);
    assert_eq!(start(&root, SEED, u128::MAX), None);
    let huge = u128::MAX / 2;
    assert_eq!(hits([huge].into_iter(), huge, huge - 1, DRAWS_MAX), None);
}

//! Samples: which claims a seed draws.

use std::collections::BTreeSet;

use netgain_tests::examples::{LANCASTER, SAMPLEBOROUGH, STROUD};
use netgain_tests::figures::pence;
use netgain_tests::program::Program;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::auditor::ends;
use super::harness::{TEWKESBURY, stated};

fn sample(program: &Program, org: &str, size: u32, seed: &str) -> Value {
    let size = size.to_string();
    let words = ["sample", "--json", "--org", org, "--year", "2010/11"];
    let output = program.run_words(&[&words[..], &["--size", &size, "--seed", seed]].concat());
    assert_eq!(output.status, 0, "{output:#?}");
    output.document()
}

/// Which claims a seed draws and how often, by the method's page alone (docs/SAMPLE.md).
fn drawn(totals: &Value, root: &str, seed: &str, draws: u32) -> Vec<(String, u32)> {
    let claims = totals["claims"].as_array().unwrap();
    let sizes: Vec<(&str, u128)> = claims
        .iter()
        .map(|line| {
            let size = pence(&line["net"]).unsigned_abs();
            (line["claim"].as_str().unwrap(), size)
        })
        .collect();
    let total: u128 = sizes.iter().map(|(_, size)| size).sum();
    let digest = Sha256::digest(format!("netgain-sample/1\n{root}\n{seed}\n"));
    let start = digest
        .iter()
        .fold(0, |rest, &byte| (rest * 256 + u128::from(byte)) % total);
    let draws = u128::from(draws);
    let picks: Vec<u128> = (0..draws).map(|k| (start + k * total) / draws).collect();
    let mut from = 0;
    let mut hits = Vec::new();
    for (claim, size) in sizes {
        let covered = from..from + size;
        let hit = picks.iter().filter(|pick| covered.contains(pick)).count();
        if hit > 0 {
            hits.push((claim.to_owned(), u32::try_from(hit).unwrap()));
        }
        from += size;
    }
    hits
}

#[test]
fn a_seed_draws_the_same_claims_for_everyone() {
    let (program, _) = Program::demo();
    for org in [SAMPLEBOROUGH, LANCASTER] {
        let totals = program.totals_now(org, "2010/11");
        let mut different = BTreeSet::new();
        for number in 0..12 {
            let seed = format!("dice: {number} 6 2");
            let first = sample(&program, org, 3, &seed);
            assert_eq!(sample(&program, org, 3, &seed), first);
            assert_eq!(first["position"], totals["position"]);
            let hits: Vec<(String, u32)> = first["claims"]
                .as_array()
                .unwrap()
                .iter()
                .map(|drawn| {
                    let claim = drawn["claim"].as_str().unwrap().to_owned();
                    let hits = drawn["hits"].as_u64().unwrap();
                    (claim, u32::try_from(hits).unwrap())
                })
                .collect();
            let root = first["root"].as_str().unwrap();
            assert_eq!(hits, drawn(&totals, root, &seed, 3), "{seed}");
            assert_eq!(hits.iter().map(|(_, hits)| hits).sum::<u32>(), 3);
            different.insert(hits);
        }
        assert!(different.len() > 1, "every seed draws {different:?}");
    }
    let text = |seed: &str| {
        let call = format!("sample --org {SAMPLEBOROUGH} --year 2010/11 --size 3 --seed {seed}");
        let output = program.run(&call);
        ends(&output, 0, &["netgain-sample/1", seed]);
        output
    };
    assert_eq!(text("one"), text("one"));
}

#[test]
fn a_sample_that_cannot_be_drawn_is_the_calls_fault() {
    let program = stated();
    for (size, seed, words) in [
        ("0", "seed", "1 to 10000 draws"),
        ("10001", "seed", "1 to 10000 draws"),
        ("-1", "seed", "--size"),
        ("1", "", "1 to 200 characters"),
        ("1", "a\nb", "1 to 200 characters"),
        ("1", &"x".repeat(201), "1 to 200 characters"),
    ] {
        let words_of_call = ["sample", "--org", STROUD, "--year", "2010/11"];
        let size = format!("--size={size}");
        let seed = format!("--seed={seed}");
        let output = program.run_words(&[&words_of_call[..], &[&size, &seed]].concat());
        output.fails(2, &[words]);
        assert_eq!(output.stdout, "");
    }
    let unknown = "sample --org E07000083 --year 2010/11 --size 1 --seed a";
    program.run(unknown).fails(1, &[TEWKESBURY]);
}

//! Whole bundles, as they are made and as someone changed them.

mod log_steps;
mod statement_steps;

use super::*;
use crate::archive::sums_line;
use crate::bundle::sample::{Bundle, History, LEDGER, key_file, ledger_key, org, witness_key};
use netgain_events::sha256::Sha256Hex;
use proptest::prelude::*;

/// The step that fails, and what it says.
fn failure(verdict: &Verdict) -> (StepName, &str) {
    let mut failed = verdict.steps.iter().filter_map(|step| match &step.outcome {
        Outcome::Failed(why) => Some((step.name, why.as_str())),
        Outcome::Passed(_) | Outcome::NotReached => None,
    });
    let first = failed.next().unwrap_or_else(|| panic!("{verdict:#?}"));
    assert_eq!(
        failed.next(),
        None,
        "one step fails, the rest are not reached"
    );
    first
}

/// Checks that a bundle fails in that step, with that among its words.
#[track_caller]
fn fails(bundle: &Bundle, step: StepName, words: &str) {
    let verdict = verify(&bundle.archive(), key_file().as_bytes());
    assert!(!verdict.holds());
    assert_eq!(verdict.facts, None);
    let (failed, why) = failure(&verdict);
    assert_eq!(failed, step, "{why}");
    assert!(why.contains(words), "{words:?} is not in {why:?}");
}

/// The example's bundle with a change by someone who seals it again but has no key.
#[track_caller]
fn changed(change: impl FnOnce(&mut Bundle), step: StepName, words: &str) {
    let mut bundle = History::example().bundle();
    change(&mut bundle);
    bundle.seal();
    fails(&bundle, step, words);
}

/// The example's bundle with changed events, sealed and signed by someone who has every key.
#[track_caller]
fn forged(position: usize, from: &str, to: &str, step: StepName, words: &str) {
    let mut history = History::example();
    history.change(position, from, to);
    fails(&history.bundle(), step, words);
}

#[test]
fn a_bundle_as_it_is_made_holds_and_tells_its_facts() {
    let history = History::example();
    let verdict = verify(&history.bundle().archive(), key_file().as_bytes());
    assert!(verdict.holds(), "{verdict:#?}");
    let names: Vec<StepName> = verdict.steps.iter().map(|step| step.name).collect();
    assert_eq!(names, StepName::ALL);
    let facts = verdict.facts.unwrap();
    assert_eq!(facts.ledger.as_str(), LEDGER);
    assert_eq!(facts.org, org());
    assert_eq!(facts.size, 8);
    assert_eq!(facts.root, history.checkpoint(8).checkpoint().root);
    assert_eq!(facts.statement.number, 2);
    // 1,250.50 of claim A less its 100.00 a year; claim B is not validated.
    assert_eq!(facts.statement.figures.validated.net.as_str(), "1150.50");
    assert_eq!(facts.statement.figures.claimed.net.as_str(), "2050.50");
    assert_eq!(facts.issued_by.as_str(), "someone");
    assert_eq!(facts.signers, [ledger_key(1).verifier()]);
    let registry_signers = [ledger_key(1).verifier(), witness_key(1).verifier()];
    assert_eq!(facts.registry_signers, registry_signers);
    assert_eq!(facts.registry_size, 3);
}

#[test]
fn a_first_statement_and_one_without_any_claim_hold() {
    let mut history = History::new();
    history
        .record(r#""type":"register-organisation","name":"A","kind":"district","sector":"fire""#);
    history.record(r#""type":"issue-statement","year":"2010/11","series":"actual""#);
    let mut bundle = history.bundle();
    assert!(
        bundle
            .files
            .iter()
            .all(|(name, _)| !name.starts_with("previous."))
    );
    bundle.file("inclusion.txt").clear();
    bundle.seal();
    let verdict = verify(&bundle.archive(), key_file().as_bytes());
    assert!(verdict.holds(), "{verdict:#?}");
}

#[test]
fn either_key_of_a_rotation_verifies_the_bundle() {
    let archive = History::example().bundle().archive();
    let keys = format!("{}{}\n", key_file(), ledger_key(2).verifier());
    assert!(verify(&archive, keys.as_bytes()).holds());
    let successor_only = ledger_key(2).verifier().to_string();
    let verdict = verify(&archive, successor_only.as_bytes());
    assert_eq!(failure(&verdict).0, StepName::Checkpoint);
}

#[test]
fn archive_fails() {
    let mut bytes = History::example().bundle().archive();
    bytes.push(0);
    let verdict = verify(&bytes, key_file().as_bytes());
    assert_eq!(failure(&verdict).0, StepName::Archive);
    let reached = |step: &&Step| step.outcome != Outcome::NotReached;
    assert_eq!(verdict.steps.iter().filter(reached).count(), 1);
    assert_eq!(verdict.steps.len(), StepName::ALL.len());
}

#[test]
fn manifest_fails() {
    let with = |change: fn(&mut Bundle), words: &str| {
        let mut bundle = History::example().bundle();
        change(&mut bundle);
        fails(&bundle, StepName::Manifest, words);
    };
    with(
        |b| b.change("events.jsonl", "1250.50", "9250.50"),
        "events.jsonl",
    );
    with(|b| b.file("verify.py").push(b'\n'), "verify.py");
    with(|b| b.file("SHA256SUMS").push(b'\n'), "goes on");
    with(|b| b.file("SHA256SUMS").truncate(100), "checkpoint");
    with(
        |b| b.change("SHA256SUMS", "  README.txt", " README.txt"),
        "README.txt",
    );
    with(
        |b| b.file("SHA256SUMS").make_ascii_uppercase(),
        "README.txt",
    );
    // The sums of an earlier form: the file's own is not in it.
    with(
        |b| {
            let own = sums_line("SHA256SUMS", &Sha256Hex::of(b""));
            b.file("SHA256SUMS").extend(own.as_bytes());
        },
        "goes on",
    );
}

#[test]
fn the_manifest_is_told_before_what_follows_from_a_changed_file() {
    let mut bundle = History::example().bundle();
    bundle.change("checkpoint", "\n8\n", "\n9\n");
    fails(&bundle, StepName::Manifest, "checkpoint");
}

#[test]
fn every_flipped_bit_of_a_bundle_is_seen_by_the_archive_or_the_manifest() {
    // Contents as short as can be, so that every bit can be tried; these two steps do not ask what
    // they say.
    let mut bundle = History::example().bundle();
    for (name, content) in &mut bundle.files {
        *content = format!("{name}\n").into_bytes();
    }
    bundle.seal();
    let mut bytes = bundle.archive();
    let holds =
        |bytes: &[u8]| Archive::read(bytes).is_ok_and(|archive| manifest::check(&archive).is_ok());
    assert!(holds(&bytes));
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            assert!(!holds(&bytes), "bit {bit} of byte {at}");
            bytes[at] ^= 1 << bit;
        }
    }
    assert!(holds(&bytes));
}

proptest! {
    #[test]
    fn a_flipped_bit_or_a_cut_of_a_whole_bundle_is_seen(
        at in any::<prop::sample::Index>(), bit in 0..8_u8, cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = History::example().bundle().archive();
        let (at, cut) = (at.index(bytes.len()), cut.index(bytes.len()));
        bytes[at] ^= 1 << bit;
        prop_assert!(!verify(&bytes, key_file().as_bytes()).holds());
        bytes[at] ^= 1 << bit;
        prop_assert!(!verify(&bytes[..cut], key_file().as_bytes()).holds());
    }

    #[test]
    fn no_events_make_it_panic_though_they_are_signed(
        changes in proptest::collection::vec((0..8_usize, any::<prop::sample::Index>(), b' '..=b'~'), 1..4),
    ) {
        let mut history = History::example();
        for (line, at, byte) in changes {
            let at = at.index(history.lines[line].len());
            history.lines[line][at] = byte;
        }
        let bundle = history.bundle();
        let _ = verify(&bundle.archive(), key_file().as_bytes());
    }

    #[test]
    fn no_file_makes_it_panic(
        file in 0..12_usize, at in any::<prop::sample::Index>(), bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut bundle = History::example().bundle();
        let content = &mut bundle.files[file].1;
        let at = at.index(content.len());
        content.splice(at..(at + bytes.len()).min(content.len()), bytes);
        bundle.seal();
        let _ = verify(&bundle.archive(), key_file().as_bytes());
    }
}

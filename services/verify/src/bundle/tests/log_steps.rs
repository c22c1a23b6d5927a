//! The steps about the log: a bundle fails in the one that its change is for.

use super::*;
use crate::bundle::sample::{ORG, registry};
use crate::checkpoint::{Checkpoint, Origin, SignedCheckpoint};

#[test]
fn checkpoint_fails() {
    let step = StepName::Checkpoint;
    changed(
        |b| b.change("checkpoint", "\n8\n", "\n9\n"),
        step,
        "is wrong",
    );
    changed(|b| b.change("checkpoint", "\n8\n", "\n08\n"), step, "size");
    changed(|b| b.file("checkpoint").clear(), step, "not a signed note");
    let signed = |origin: String, key: u8| {
        let mut checkpoint = History::example().checkpoint(8).checkpoint().clone();
        checkpoint.origin = origin.parse().unwrap();
        let signed = SignedCheckpoint::sign(checkpoint, &[&ledger_key(key)]).unwrap();
        signed.note().bytes().to_vec()
    };
    let ours = Origin::of_organisation(&LEDGER.parse().unwrap(), &org()).to_string();
    changed(
        |b| *b.file("checkpoint") = signed(ours, 2),
        step,
        "none of the known keys",
    );
    let other = format!("netgain/{LEDGER}/E07000083");
    changed(
        |b| *b.file("checkpoint") = signed(other, 1),
        step,
        "not of netgain/",
    );
    let registry = format!("netgain/{LEDGER}");
    changed(
        |b| *b.file("checkpoint") = signed(registry, 1),
        step,
        "not of netgain/",
    );
    let elsewhere = format!("elsewhere/{ORG}");
    changed(
        |b| *b.file("checkpoint") = signed(elsewhere, 1),
        step,
        "not its log",
    );
    // An honest bundle under another organisation's name.
    changed(
        |b| b.directory = b.directory.replace(ORG, "E07000083"),
        step,
        "not of netgain/",
    );
}

#[test]
fn a_key_file_that_cannot_be_used_fails_the_checkpoint() {
    let archive = History::example().bundle().archive();
    for key_file in ["", "nonsense", &witness_key(1).verifier().to_string()] {
        let verdict = verify(&archive, key_file.as_bytes());
        let (step, why) = failure(&verdict);
        assert_eq!(step, StepName::Checkpoint);
        assert!(why.starts_with("the key file cannot be used: "), "{why}");
    }
}

#[test]
fn events_fails() {
    let step = StepName::Events;
    let other = "fedcba9876543210fedcba9876543210";
    forged(3, LEDGER, other, step, "event 3 belongs to the ledger fedc");
    forged(3, ORG, "E07000083", step, "event 3 belongs to E07000083");
    forged(
        3,
        "\"position\":3",
        "\"position\":4",
        step,
        "event 4 stands where event 3",
    );
    forged(3, "00.002Z", "00.000Z", step, "event 3 was recorded before");
    forged(
        3,
        "\"schema\":1",
        "\"schema\":2",
        step,
        "line 3 of events.jsonl",
    );
    forged(
        3,
        "claim-registered",
        "claim-imagined",
        step,
        "unknown type",
    );
    forged(3, "\"actor\"", "\"Actor\"", step, "line 3");
    // Whole, but not as it is written.
    forged(3, ",\"actor\"", ", \"actor\"", step, "line 3");
    let long = format!("\"title\":\"{}", "a".repeat(33_000));
    forged(3, "\"title\":\"", &long, step, "at most 32768");
    changed(
        |b| {
            b.file("events.jsonl").pop();
        },
        step,
        "line 8 of events.jsonl is not an event: it has no line feed",
    );
    changed(|b| b.file("events.jsonl").push(b'\n'), step, "line 9");
    changed(|b| b.file("events.jsonl").insert(0, b'\n'), step, "line 1");
    changed(
        |b| b.file("events.jsonl").clear(),
        step,
        "0 events, and the checkpoint 8",
    );
    // A ninth event, as the ledger itself would write it.
    let mut longer = History::example();
    longer.record(r#""type":"validate-claim","claim":"B","actor":"another""#);
    let ninth = [longer.lines[8].clone(), b"\n".to_vec()].concat();
    changed(
        |b| b.file("events.jsonl").extend(ninth),
        step,
        "more than the checkpoint's 8",
    );
}

#[test]
fn root_fails() {
    // Whole, in place, and not what was signed.
    changed(
        |b| b.change("events.jsonl", "1250.50", "1250.51"),
        StepName::Root,
        "was changed",
    );
}

#[test]
fn registry_fails() {
    let step = StepName::Registry;
    let proof = "registry.tlog-proof";
    let with = |text: String, words: &str| {
        changed(|b| *b.file(proof) = text.into_bytes(), step, words);
    };
    let checkpoint = History::example().checkpoint(8);
    let (key, witness) = (ledger_key(1), witness_key(1));
    changed(
        |b| b.change(proof, "index 1", "index 0"),
        step,
        "not in the registry",
    );
    changed(
        |b| b.change(proof, "index 1", "index 3"),
        step,
        "not in the registry",
    );
    changed(|b| b.file(proof).push(0xff), step, "UTF-8");
    changed(|b| b.file(proof).clear(), step, "cannot be read");
    changed(|b| b.change(proof, "\n3\n", "\n4\n"), step, "is wrong");
    with(registry(&checkpoint, &[&key], &[]), "witness.example/w1");
    with(
        registry(&checkpoint, &[&key], &[&witness_key(2)]),
        "witness.example/w1",
    );
    with(
        registry(&checkpoint, &[&ledger_key(2)], &[&witness]),
        "no known key of the log",
    );
    // The registry has the checkpoint of another size, or the same one signed a second time.
    with(
        registry(&History::example().checkpoint(5), &[&key], &[&witness]),
        "not in the registry",
    );
    let again = checkpoint.checkpoint().clone();
    let again = SignedCheckpoint::sign(again, &[&key, &key]).unwrap();
    with(
        registry(&again, &[&key], &[&witness]),
        "not in the registry",
    );
    // An organisation's log in the registry's place.
    let organisation = checkpoint.note().bytes().to_vec();
    let text = format!(
        "c2sp.org/tlog-proof@v1\nindex 0\n\n{}",
        String::from_utf8(organisation).unwrap()
    );
    with(text, "not of the registry");
}

#[test]
fn inclusion_fails() {
    let step = StepName::Inclusion;
    let file = "inclusion.txt";
    changed(
        |b| b.change(file, "2 ", "3 "),
        step,
        "line 2 of inclusion.txt is not the proof",
    );
    changed(
        |b| b.change(file, "\n2 ", "\n1 "),
        step,
        "out of order: leaf 1 after leaf 1",
    );
    changed(
        |b| b.change(file, "1 ", "2 "),
        step,
        "line 1 of inclusion.txt is not the proof",
    );
    changed(
        |b| b.change(file, "\n7 ", "\n8 "),
        step,
        "there are 8, from 0",
    );
    changed(
        |b| b.change(file, "\n2 ", "\n02 "),
        step,
        "line 2 of inclusion.txt does not begin",
    );
    changed(
        |b| b.change(file, "\n2 ", "\n2  "),
        step,
        "line 2 of inclusion.txt is not the proof",
    );
    changed(
        |b| b.change(file, " ", "\n"),
        step,
        "line 1 of inclusion.txt is not the proof",
    );
    changed(
        |b| {
            b.file(file).pop();
        },
        step,
        "no line feed",
    );
    changed(|b| b.file(file).push(b'\n'), step, "line 8");
    changed(|b| b.file(file).insert(0, 0xff), step, "UTF-8");
    // Any one character of any hash.
    for at in 0..History::example().bundle().file(file).len() {
        let mut bundle = History::example().bundle();
        let byte = &mut bundle.file(file)[at];
        *byte = if *byte == b'A' { b'B' } else { b'A' };
        bundle.seal();
        fails(&bundle, step, "inclusion.txt");
    }
}

#[test]
fn previous_fails() {
    let step = StepName::Previous;
    let without = |b: &mut Bundle| b.files.retain(|(name, _)| !name.starts_with("previous."));
    changed(without, step, "issued at event 5");
    let note = |signed: SignedCheckpoint| signed.note().bytes().to_vec();
    let with = |previous: Vec<u8>, words: &str| {
        changed(|b| *b.file("previous.checkpoint") = previous, step, words);
    };
    let example = History::example();
    with(note(example.checkpoint(4)), "has 4 events");
    with(Vec::new(), "not a signed note");
    let signed = |change: fn(&mut Checkpoint), key: u8| {
        let mut checkpoint = example.checkpoint(5).checkpoint().clone();
        change(&mut checkpoint);
        note(SignedCheckpoint::sign(checkpoint, &[&ledger_key(key)]).unwrap())
    };
    with(signed(|_| {}, 2), "none of the known keys");
    let other =
        |c: &mut Checkpoint| c.origin = format!("netgain/{LEDGER}/E07000083").parse().unwrap();
    with(signed(other, 1), "is of netgain/");
    // Another history of that size, signed all the same.
    with(
        signed(|c| c.root = crate::tlog::EMPTY_ROOT, 1),
        "does not go on",
    );
    let proof = "previous.consistency";
    changed(|b| b.file(proof).clear(), step, "does not go on");
    changed(
        |b| {
            b.file(proof).pop();
        },
        step,
        "no line feed",
    );
    changed(|b| b.file(proof).push(b'x'), step, "no line feed");
    changed(|b| b.file(proof).insert(0, 0xff), step, "UTF-8");
    // A first statement with a previous one.
    let mut first = History::example();
    first.lines.truncate(5);
    first.state.statements.truncate(1);
    let mut bundle = first.bundle();
    assert!(verify(&bundle.archive(), key_file().as_bytes()).holds());
    let earlier = [
        ("previous.checkpoint", note(first.checkpoint(4))),
        ("previous.consistency", Vec::new()),
    ];
    bundle.files.splice(5..5, earlier);
    bundle.seal();
    fails(&bundle, step, "no earlier statement");
}

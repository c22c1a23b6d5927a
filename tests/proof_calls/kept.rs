//! Histories that are held to what was kept of them: checkpoints that somebody has, and a ledger that is
//! restored from its export.

use std::fs;

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::{Program, lines};
use netgain_tests::segment::Segment;
use serde_json::{Value, json};

use super::auditor::{ACTUAL, bundle, ends, holds, public_key, statement};
use super::harness::{
    ELSEWHERE, checkpoints, names, registry_checkpoint, stated, tewkesbury, two_councils, verifies,
};

#[test]
fn a_history_that_went_on_continues_the_checkpoints_that_were_kept() {
    let program = stated();
    let registry = registry_checkpoint(&program);
    let mut kept = vec![(registry, 3, 4)];
    for (size, note) in checkpoints(&program, STROUD) {
        kept.push((note, size, 7));
    }
    program.accepts(&[claim("D")]);
    assert_eq!(kept.len(), 4);
    for (note, from, to) in kept {
        let file = program.file("kept", &note);
        let checked = program.json(&format!("verify --checkpoint {file}"));
        let origin = note.lines().next().unwrap();
        let expected = json!({ "origin": origin, "from": from, "to": to });
        assert_eq!(checked["seals"]["continues"], expected);
        assert_eq!(checked["ok"], true, "{checked}");
        let told = program.run(&format!("verify --checkpoint {file}"));
        let sentence = format!("you kept of {origin} at {from} is continued by its {to} of now");
        ends(&told, 0, &[&sentence]);
    }
}

/// Who has the machine and the key can rewrite a history and seal it anew as if nothing had been; only
/// what others have kept tells.
#[test]
fn a_history_that_was_sealed_anew_does_not_continue_what_was_kept() {
    let forged = |change: &dyn Fn(&mut Segment)| {
        let program = two_councils();
        let of_org = checkpoints(&program, STROUD).remove(&3).unwrap();
        let kept = [of_org, registry_checkpoint(&program)];
        let mut segment = Segment::of(&program);
        change(&mut segment);
        segment.write(true);
        fs::remove_dir_all(program.data().join("checkpoints")).unwrap();
        fs::remove_file(program.path("ledger.keys/last-signed")).unwrap();
        program.accepts(&[]);
        verifies(&program, "", &[]);
        (program, kept)
    };
    // The control: sealed anew, but the same.
    let (program, kept) = forged(&|_| {});
    for note in &kept {
        let file = program.file("kept", note);
        verifies(&program, &format!("--checkpoint {file}"), &[]);
    }
    let found_out = |change: &dyn Fn(&mut Segment), words: &str| {
        let (program, [of_org, registry]) = forged(change);
        let file = program.file("kept", of_org);
        verifies(&program, &format!("--checkpoint {file}"), &[words]);
        let file = program.file("kept", registry);
        let words = "the first 2 entries of netgain/";
        verifies(&program, &format!("--checkpoint {file}"), &[words]);
    };
    found_out(
        &|segment| segment.rewrite(STROUD, 2, "\"1000.00\"", "\"9000.00\""),
        "the first 3 entries of netgain/",
    );
    found_out(
        &|segment| drop(segment.cut_last()),
        "has 2 entries now; when the checkpoint was signed it had 3",
    );
}

#[test]
fn a_file_that_is_no_checkpoint_of_the_ledger_is_said_to_be_none() {
    let program = two_councils();
    let other = registry_checkpoint(&two_councils());
    let good = registry_checkpoint(&program);
    let of_org = checkpoints(&program, STROUD).remove(&3).unwrap();
    let (text, signatures) = of_org.split_once("\n\n").unwrap();
    let changed = |from: &str, to: &str| {
        let text = text.replacen(from, to, 1);
        format!("{text}\n\n{signatures}")
    };
    verifies(&program, "", &[]);
    let file = program.file("kept", changed("", ""));
    verifies(&program, &format!("--checkpoint {file}"), &[]);

    let mut cases: Vec<(String, &str)> = vec![
        (other, "none of the known keys has signed"),
        (changed("/E07000082", "/E07\n000082"), "three lines"),
        (changed("/E07000082", "/E07+000082"), "origin"),
        (changed("/E07000082", "/E07 000082"), "origin"),
        (changed("/E07000082", "/E07000083"), "signature"),
        (changed("\n3\n", "\n4\n"), "signature"),
        (changed("\n3\n", "\n03\n"), "size"),
        (changed("\n3\n", "\n-3\n"), "size"),
        (changed("\n3\n", "\n99999999999999999999\n"), "size"),
        (format!("{good}{good}"), ""),
        ("x".repeat(60_000), ""),
        ("\n".repeat(60_000), ""),
    ];
    cases.extend((0..good.len()).step_by(13).filter_map(|length| {
        let cut = good.get(..length)?;
        Some((cut.to_owned(), "is no checkpoint of this ledger"))
    }));
    for (kept, words) in cases {
        let file = program.file("kept", &kept);
        let call = format!("verify --checkpoint {file}");
        let checked = program.run(&call);
        let shown: String = kept.chars().take(300).collect();
        println!("{shown:?}");
        ends(&checked, 1, &[&file, words]);
        assert!(checked.stdout.starts_with("Not what was sealed: "));
        let document = program.run(&format!("{call} --json")).document();
        assert_eq!(document["ok"], false);
        assert_eq!(document["seals"]["continues"], Value::Null);
    }
}

#[test]
fn a_checkpoint_that_cannot_be_read_is_the_calls_fault() {
    let program = two_councils();
    let large = program.file("large", "x".repeat(10_000_000));
    for file in [large.as_str(), "ledger", "absent"] {
        let output = program.run(&format!("verify --checkpoint {file}"));
        ends(&output, 2, &[file]);
        assert_eq!(output.stderr.lines().count(), 1, "{output:#?}");
        assert!(output.stderr.len() < 500, "{output:#?}");
    }
}

#[test]
fn a_restored_history_goes_on_from_its_old_checkpoints() {
    let program = Program::new();
    let record = |commands: &[Value]| {
        let recorded = program.run_with(&format!("record {ELSEWHERE}"), &lines(commands));
        assert_eq!(recorded.status, 0, "{recorded:#?}");
    };
    let registry = || fs::read(program.path("elsewhere/registry")).unwrap();
    record(&[stroud(), claim("A"), statement()]);
    record(&[claim("B"), tewkesbury()]);
    let history = program.file("history.jsonl", program.export());
    let kept = fs::read(program.path("elsewhere/registry.checkpoint")).unwrap();
    let kept = program.file("kept", kept);
    let (before, key) = (registry(), public_key(&program));
    fs::remove_dir_all(program.data()).unwrap();

    let restored = program.run(&format!("restore {history} {ELSEWHERE}"));

    ends(&restored, 0, &["Restored 5 events of 2 organisations."]);
    assert_eq!(registry(), before, "what was sealed was sealed again");
    let continued = format!("{ELSEWHERE} --checkpoint {kept}");
    verifies(&program, &continued, &[]);
    record(&[claim("C"), statement()]);
    verifies(&program, &continued, &[]);
    let after = registry();
    assert!(after.len() > before.len() && after.starts_with(&before));
    assert_eq!(public_key(&program), key);
    for number in [1, 2] {
        let bundle = bundle(&program, &format!("{ACTUAL} --number {number} {ELSEWHERE}"));
        holds(&program, &bundle, &key);
    }
}

#[test]
fn a_history_that_is_not_the_one_that_was_sealed_is_not_restored() {
    let program = Program::new();
    let call = format!("record {ELSEWHERE}");
    let commands = [stroud(), claim("A"), claim("B")];
    let recorded = program.run_with(&call, &lines(&commands));
    assert_eq!(recorded.status, 0, "{recorded:#?}");
    let export = program.export();
    fs::remove_dir_all(program.data()).unwrap();
    let elsewhere = || {
        let files = names(&program.path("elsewhere")).into_iter();
        let files = files.map(|name| fs::read(program.path("elsewhere").join(name)).unwrap());
        files.collect::<Vec<_>>()
    };
    let before = elsewhere();
    let (cut, _) = export.trim_end().rsplit_once('\n').unwrap();
    let unknown = export.replacen("Claim B", "Claim X", 1);
    for (history, words) in [
        (
            export.replacen("1000.00", "9000.00", 1),
            "the event at position 2",
        ),
        (unknown, "the event at position 3"),
        (format!("{cut}\n"), "the event at position 3 is missing"),
    ] {
        assert_ne!(history, export);
        let history = program.file("history.jsonl", history);
        let refused = program.run(&format!("restore {history} {ELSEWHERE}"));
        refused.fails(1, &["not-as-sealed", words, "Nothing was restored"]);
        assert_eq!(refused.stdout, "");
        assert!(program.stored().is_empty(), "{:?}", program.stored().keys());
        program
            .run(&format!("totals --org {STROUD} --year 2010/11"))
            .fails(3, &["netgain: "]);
        assert!(elsewhere() == before, "the checkpoints were changed");
    }
    // The control: the history itself.
    let history = program.file("history.jsonl", export);
    let restored = program.run(&format!("restore {history} {ELSEWHERE}"));
    ends(&restored, 0, &["Restored 3 events"]);
}

#[test]
fn a_history_restored_without_its_checkpoints_is_not_sealed_by_the_same_key() {
    let program = stated();
    let history = program.file("history.jsonl", program.export());
    let data = program.data();
    fs::rename(&data, program.path("gone")).unwrap();
    let restored = program.run(&format!("restore {history}"));
    restored.fails(3, &["holds an older copy"]);
    assert!(!data.join("log").exists());

    // Somebody who has neither keys nor checkpoints makes a ledger of their own of it.
    let restored = program.run(&format!("restore {history} --keys own"));
    ends(
        &restored,
        0,
        &["Restored 6 events", "made this ledger's signing key"],
    );
    verifies(&program, "--keys own", &[]);
}

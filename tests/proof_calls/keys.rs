//! The keys that sign: who may read them, how they are replaced, and what happens without them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::figures::mentions;
use netgain_tests::program::{Program, lines};
use serde_json::json;

use super::auditor::{ACTUAL, bundle, doubted, ends, holds, public_key, statement};
use super::harness::{stated, verifies};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_public_key_is_one_line_that_auditors_take() {
    let program = stated();
    let shown = public_key(&program);
    let ledger = program.events(STROUD)[0]["ledger"].clone();
    let parts: Vec<&str> = shown.trim_end().splitn(3, '+').collect();
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert_eq!(
        parts[0],
        format!("netgain/{}", ledger.as_str().unwrap()),
        "{shown}"
    );
    assert_eq!(parts[1].len(), 8, "{shown}");
    assert_eq!(STANDARD.decode(parts[2]).unwrap().len(), 33, "{shown}");
    assert_eq!(program.json("keys show")["keys"], json!([shown.trim_end()]));
    holds(&program, &bundle(&program, ACTUAL), &shown);
}

#[test]
fn a_secret_key_is_for_its_owner_only() {
    let program = Program::with(&[stroud()]);
    let keys = program.path("ledger.keys");
    let secret = keys.join("signing-key");
    assert_eq!((mode(&keys), mode(&secret)), (0o700, 0o600));
    for open in [0o644, 0o640, 0o604, 0o620] {
        fs::set_permissions(&secret, fs::Permissions::from_mode(open)).unwrap();
        let before = program.log();
        for call in ["record", "keys rotate"] {
            let refused = program.run_with(call, &lines(&[claim("A")]));
            let advice = format!("chmod 600 {}", secret.display());
            refused.fails(3, &[&advice, &format!("{open:o}")]);
            assert_eq!(refused.stdout, "");
        }
        assert!(program.log() == before);
    }
    // Whoever only reads needs no secret.
    verifies(&program, "", &[]);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    program.accepts(&[claim("A")]);

    assert_eq!(program.run("keys rotate").status, 0);
    for name in ["signing-key", "retiring-key"] {
        assert_eq!(mode(&keys.join(name)), 0o600, "{name}");
    }
}

/// The secret of a key file as base64, and as the 32 bytes it stands for.
fn secret_in(path: &Path) -> (String, Vec<u8>) {
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().next().unwrap();
    // What tells it is a secret takes two fields, its name and its id one each.
    let base64 = line.splitn(5, '+').nth(4).unwrap();
    let typed = STANDARD.decode(base64).unwrap();
    assert_eq!(typed.len(), 33, "{}", path.display());
    (base64.to_owned(), typed[1..].to_vec())
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn the_secret_is_in_no_output_no_file_of_the_ledger_and_no_bundle() {
    let program = stated();
    let keys = program.path("ledger.keys");
    let key = program.file("key", public_key(&program));
    let mut secrets = vec![secret_in(&keys.join("signing-key"))];
    let mut said = Vec::new();
    let mut hear = |call: &str| {
        let output = program.run(call);
        said.push(format!("{}{}", output.stdout, output.stderr));
    };
    for call in [
        "keys show",
        "keys show --all --json",
        "keys init",
        "keys rotate",
        "keys show --all",
        "verify",
        "verify --json",
        "record --stats",
        &format!("statement bundle {ACTUAL}"),
        &format!("statement issue {ACTUAL}"),
        &format!("verify-bundle netgain-E07000082-2010-11-actual-2.tar --key {key} --json"),
        "export --output history.jsonl",
        "trail --org _SYSTEM --json",
        "sample --org E07000082 --year 2010/11 --size 5 --seed dice",
    ] {
        hear(call);
    }
    secrets.push(secret_in(&keys.join("signing-key")));
    assert_ne!(secrets[0], secrets[1]);
    assert_eq!(secret_in(&keys.join("retiring-key")), secrets[0]);
    // A key that cannot be read is not shown to say so.
    for name in ["retiring-key", "signing-key"] {
        let path = keys.join(name);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replacen("PRIVATE", "PRIVATES", 1)).unwrap();
        hear("record");
        hear("keys rotate");
        fs::write(&path, &text).unwrap();
    }
    assert!(said.iter().any(|text| text.contains("is not a secret key")));

    let mut everything: BTreeMap<PathBuf, Vec<u8>> = program.stored();
    for file in ["netgain-E07000082-2010-11-actual-2.tar", "history.jsonl"] {
        everything.insert(file.into(), fs::read(program.path(file)).unwrap());
    }
    assert!(everything.keys().any(|path| path.ends_with("registry")));
    for (number, text) in said.into_iter().enumerate() {
        everything.insert(format!("output {number}").into(), text.into_bytes());
    }
    // The control of the search: where the secret is, it is found.
    let kept = fs::read(keys.join("signing-key")).unwrap();
    assert!(has(&kept, secrets[1].0.as_bytes()));
    for (path, bytes) in everything {
        for (base64, seed) in &secrets {
            let told = has(&bytes, base64.as_bytes()) || has(&bytes, seed);
            assert!(!told, "a secret is in {}", path.display());
        }
    }
}

#[test]
fn while_a_key_retires_either_verifies_what_is_signed() {
    let program = Program::with(&[stroud(), claim("A")]);
    let old = public_key(&program);

    let rotated = program.run("keys rotate --actor b.head");

    assert_eq!(rotated.status, 0, "{rotated:#?}");
    let new = public_key(&program);
    assert_eq!(rotated.stdout, new);
    assert_ne!(new, old);
    mentions(
        &rotated.stderr,
        &["the one before it too until", "auditors"],
    );
    let all = program.run("keys show --all").stdout;
    assert_eq!(all, format!("{new}{old}"));

    // The ledger's own history tells of it.
    let trail = program.events("_SYSTEM");
    let [event] = trail.as_slice() else {
        panic!("{trail:?}");
    };
    assert_eq!(event["type"], "signing-key-rotated");
    assert_eq!(event["actor"], "b.head");
    assert_eq!(event["from"], old.trim_end());
    assert_eq!(event["to"], new.trim_end());
    let until = event["both_until"].as_str();
    assert!(until > event["recorded_at"].as_str(), "{event}");
    mentions(&rotated.stderr, &[until.unwrap()]);
    let words = program.run("trail --org _SYSTEM");
    ends(&words, 0, &["replaced the signing key", new.trim_end()]);

    program.accepts(&[statement()]);
    let bundle = bundle(&program, ACTUAL);
    for keys in [&old, &new, &all] {
        holds(&program, &bundle, keys);
    }
    verifies(&program, "", &[]);
}

#[test]
fn a_key_replaced_at_once_signs_nothing_more() {
    let rotate = |program: &Program| {
        let old = public_key(program);
        let rotated = program.run("keys rotate --overlap-days 0 --json");
        assert_eq!(rotated.status, 0, "{rotated:#?}");
        let new = public_key(program);
        assert_eq!(rotated.document()["key"], new.trim_end());
        (old, new)
    };
    let program = Program::with(&[stroud(), claim("A")]);
    let (old, new) = rotate(&program);
    program.accepts(&[statement()]);
    let signed = bundle(&program, ACTUAL);
    holds(&program, &signed, &new);
    doubted(
        &program,
        &signed,
        &old,
        "checkpoint",
        &["none of the known"],
    );

    // What was signed before stays by the key of then: what is packed from before and after takes both.
    let (old, new) = rotate(&program);
    let all = program.run("keys show --all").stdout;
    holds(&program, &signed, &old);
    doubted(
        &program,
        &signed,
        &new,
        "checkpoint",
        &["none of the known"],
    );
    program.accepts(&[claim("B"), statement()]);
    for (number, not_by_old, not_by_new) in
        [(1, "registry", "checkpoint"), (2, "checkpoint", "previous")]
    {
        let bundle = bundle(&program, &format!("{ACTUAL} --number {number}"));
        doubted(&program, &bundle, &old, not_by_old, &["none of the known"]);
        doubted(&program, &bundle, &new, not_by_new, &["none of the known"]);
        holds(&program, &bundle, &all);
    }
    verifies(&program, "", &[]);
}

#[test]
fn a_first_key_is_made_once() {
    let program = Program::new();
    let made = program.run("keys init");
    assert_eq!(made.status, 0, "{made:#?}");
    assert_eq!(public_key(&program), made.stdout);
    let again = program.run("keys init");
    again.fails(3, &["there is a key", "rotate"]);
    assert_eq!(again.stdout, "");
    assert_eq!(public_key(&program), made.stdout);
    // It is the one that signs, and nobody is told of another.
    let recorded = program.record(&[stroud(), claim("A"), statement()]);
    assert_eq!((recorded.status, recorded.stderr.as_str()), (0, ""));
    holds(&program, &bundle(&program, ACTUAL), &made.stdout);
    program.run("keys init").fails(3, &["there is a key"]);
}

/// Checks that a call is refused for want of the key that has signed, and makes no other.
fn wants_the_key_back(program: &Program, call: &str) {
    let before = program.stored();
    let refused = program.run_with(call, &lines(&[claim("D")]));
    refused.fails(3, &["not in ", "backup", "make a new key"]);
    assert_eq!(refused.stdout, "", "{call}");
    assert!(program.stored() == before, "{call} wrote something");
    let made = program.path("ledger.keys/signing-key").exists();
    assert!(!made, "{call} made a key");
}

#[test]
fn a_key_that_is_gone_is_not_replaced_by_a_new_one() {
    let program = stated();
    let keys = program.path("ledger.keys");
    let secret = fs::read(keys.join("signing-key")).unwrap();
    fs::remove_file(keys.join("signing-key")).unwrap();
    for call in ["record", "keys rotate", "keys init"] {
        wants_the_key_back(&program, call);
    }
    // With nothing left of the keys, the checkpoints tell that there were some.
    let gone = program.path("gone");
    fs::rename(&keys, &gone).unwrap();
    for call in ["record", "keys rotate"] {
        wants_the_key_back(&program, call);
    }
    // What to do about it is what it says.
    fs::rename(&gone, &keys).unwrap();
    fs::write(keys.join("signing-key"), secret).unwrap();
    let owner_only = fs::Permissions::from_mode(0o600);
    fs::set_permissions(keys.join("signing-key"), owner_only).unwrap();
    program.accepts(&[claim("D")]);
}

#[test]
fn a_first_key_is_not_made_beside_what_another_has_signed() {
    let program = stated();
    fs::remove_dir_all(program.path("ledger.keys")).unwrap();
    wants_the_key_back(&program, "keys init");
}

#[test]
fn another_ledgers_keys_are_refused() {
    let program = stated();
    let other = Program::with(&[stroud()]);
    let keys = other.path("ledger.keys").to_str().unwrap().to_owned();
    let before = program.stored();
    for call in ["record", "keys show", "keys rotate", "verify"] {
        let refused = program.run_with(&format!("{call} --keys {keys}"), &lines(&[claim("D")]));
        refused.fails(3, &["this ledger's"]);
        assert_eq!(refused.stdout, "", "{call}");
        assert!(program.stored() == before, "{call} wrote something");
    }
}

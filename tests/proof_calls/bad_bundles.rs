//! Files that are no bundle, and keys that are none or others.

use std::fs;
use std::process::Command;

use netgain_tests::examples::stroud;
use netgain_tests::histories::Random;
use netgain_tests::program::{Program, run};

use super::auditor::{ACTUAL, bundle, doubted, ends, holds, public_key};
use super::harness::{names, stated};

/// How many bytes a header of an archive has, and a block.
const BLOCK: usize = 512;

/// Changes the header at a place of an archive and puts its sum right, as POSIX has it: that of all
/// bytes with spaces in its own place.
fn with_header(bundle: &[u8], at: usize, change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let mut bundle = bundle.to_vec();
    let header = &mut bundle[at..at + BLOCK];
    change(header);
    header[148..156].fill(b' ');
    let total: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{total:06o}\0 ").as_bytes());
    bundle
}

fn with_name(bundle: &[u8], name: &str) -> Vec<u8> {
    with_header(bundle, 0, |header| {
        header[..100].fill(0);
        header[..name.len()].copy_from_slice(name.as_bytes());
    })
}

/// Where the second entry of an archive begins.
fn second(bundle: &[u8]) -> usize {
    let digits = std::str::from_utf8(&bundle[124..135]).unwrap();
    let size = usize::from_str_radix(digits, 8).unwrap();
    BLOCK + size.div_ceil(BLOCK) * BLOCK
}

#[test]
fn what_is_not_the_archive_of_a_bundle_is_refused_in_a_sentence() {
    let program = stated();
    let key = public_key(&program);
    let good = bundle(&program, ACTUAL);
    let second = second(&good);
    let name = "netgain-E07000082-2010-11-actual-2/README.txt";
    // The control: changing a header to what it was changes nothing.
    assert!(with_name(&good, name) == good);
    holds(&program, &good, &key);

    let mut random = Random::new(179);
    let noise: Vec<u8> = std::iter::repeat_with(|| random.bits().to_le_bytes())
        .take(1 << 17)
        .flatten()
        .collect();
    // A file that gzip made of nothing (RFC 1952), which may be repeated.
    let nothing = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0".repeat(1000);
    let link = with_header(&good, 0, |header| {
        header[156] = b'2';
        header[157..168].copy_from_slice(b"/etc/passwd");
    });
    let again = [&good[..second], &good].concat();
    let one_short = &good[..good.len() - 1];
    let before = names(&program.path("."));
    let cases: [(&str, &[u8], &str); 16] = [
        ("nothing at all", &[], "ends in the middle"),
        ("one byte", &good[..1], "ends in the middle"),
        (
            "a header less a byte",
            &good[..BLOCK - 1],
            "ends in the middle",
        ),
        ("a header", &good[..BLOCK], "ends in the middle"),
        ("an entry", &good[..second], "ends in the middle"),
        ("half of it", &good[..good.len() / 2], "ends in the middle"),
        ("no end", &good[..good.len() - 1024], "1,024 zero bytes"),
        ("one byte less", one_short, "1,024 zero bytes"),
        ("noise", &noise, "the header at byte 0"),
        ("zeros", &vec![0; 1 << 20], "the header at byte 0"),
        ("gzip", &nothing, "the header at byte 0"),
        (
            "a way up",
            &with_name(&good, "../README.txt"),
            "another directory",
        ),
        (
            "a way up to",
            &with_name(&good, "../x"),
            "x stands where README.txt",
        ),
        (
            "a root",
            &with_name(&good, "/etc/passwd"),
            "etc/passwd stands where",
        ),
        ("a link", &link, "the header at byte 0"),
        (
            "an entry twice",
            &again,
            "README.txt stands where SHA256SUMS",
        ),
    ];
    for (what, bytes, words) in cases {
        println!("{what}");
        doubted(&program, bytes, &key, "archive", &[words]);
    }
    let after = names(&program.path("."));
    assert_eq!(after, before, "something was unpacked");
}

#[test]
fn a_bundle_is_held_to_the_auditors_keys_alone() {
    let program = stated();
    let key = public_key(&program);
    let bundle = bundle(&program, ACTUAL);
    let other = public_key(&Program::with(&[stroud()]));
    let refused = |keys: &str, words: &[&str]| {
        doubted(&program, &bundle, keys, "checkpoint", words);
    };
    refused(&other, &["key"]);
    refused("rubbish\n", &["line 1", "not a public key"]);
    refused(&format!("{key}rubbish\n"), &["line 2"]);
    refused(&key[..key.len() - 2], &["line 1"]);
    refused("", &["no key of a ledger"]);
    refused("# only a comment\n", &["no key of a ledger"]);
    refused(&format!("{key}{other}"), &["keys of two names"]);
    refused(&format!("{key}{key}"), &["line 2", "leave one out"]);
    holds(&program, &bundle, &format!("# from the keeper\n\n{key}"));

    // The secret key is no public one.
    let secret = fs::read_to_string(program.path("ledger.keys/signing-key")).unwrap();
    refused(&secret, &["line 1"]);
}

#[test]
fn a_file_that_cannot_be_a_bundle_or_a_key_file_is_refused() {
    let program = stated();
    let key = program.file("key", public_key(&program));
    let made = program.file("good.tar", bundle(&program, ACTUAL));
    let large = program.file("large", "x".repeat(100_000));
    let folder = program.path("ledger").to_str().unwrap().to_owned();
    let absent = program.path("absent").to_str().unwrap().to_owned();
    for (bundle, key, wrong) in [
        (&absent, &key, &absent),
        (&folder, &key, &folder),
        (&made, &absent, &absent),
        (&made, &folder, &folder),
        (&made, &large, &large),
    ] {
        for more in ["", "--json"] {
            let refused = program.run(&format!("verify-bundle {bundle} --key {key} {more}"));
            ends(&refused, 1, &[]);
            assert_eq!(refused.stdout, "");
            let said = &refused.stderr;
            let start = format!("netgain: cannot read {wrong}: ");
            assert!(said.starts_with(&start), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
    program.run("verify-bundle").fails(2, &["Usage"]);
    program
        .run(&format!("verify-bundle {made}"))
        .fails(2, &["--key"]);
}

/// A file says how large it is, so that one that is too large for a bundle need not be read. Given less
/// memory than the file has, a program that tries ends in another way.
#[test]
fn a_file_too_large_for_a_bundle_is_refused_without_reading_it() {
    let program = stated();
    let key = program.file("key", public_key(&program));
    let made = program.file("good.tar", bundle(&program, ACTUAL));
    let sparse = program.path("sparse.tar");
    let file = fs::File::create(&sparse).unwrap();
    file.set_len(6 << 30).unwrap();
    let with_little_memory = |bundle: &str| {
        let call = program.command(["verify-bundle", bundle, "--key", &key]);
        let mut limited = Command::new("sh");
        limited
            .args(["-c", "ulimit -v 4194304 && exec \"$0\" \"$@\""])
            .arg(call.get_program())
            .args(call.get_args());
        run(limited, b"")
    };
    // The control: so much is enough for a bundle.
    ends(&with_little_memory(&made), 0, &[]);
    let refused = with_little_memory(sparse.to_str().unwrap());
    ends(&refused, 1, &["cannot read", "bytes"]);
    assert_eq!(refused.stderr.lines().count(), 1, "{refused:#?}");
}

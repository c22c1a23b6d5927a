//! What proves a ledger, as its keeper and an auditor use it: statements and their bundles, the keys,
//! the checkpoints that were kept, and histories that are not what was sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use netgain_tests::examples::{
    LANCASTER, SAMPLEBOROUGH, STROUD, claim, organisation, stroud, with,
};
use netgain_tests::figures::{mentions, pence, pounds, row, sum};
use netgain_tests::histories::Random;
use netgain_tests::program::{Output, Program, RECORDER, lines, run};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const TEWKESBURY: &str = "E07000083";

const BASES: [&str; 3] = ["claimed", "validated", "assured"];

/// The only statement series that a year that has passed can have.
const ACTUAL: &str = "--org E07000082 --year 2010/11 --series actual";

/// Where the checkpoints are "on another disk", as a call names it.
const ELSEWHERE: &str = "--checkpoints elsewhere";

fn tewkesbury() -> Value {
    organisation(TEWKESBURY, "Tewkesbury Borough Council")
}

/// A claim as [`claim`] makes it, of Tewkesbury.
fn of_tewkesbury(reference: &str) -> Value {
    with(claim(reference), &json!({ "org": TEWKESBURY }))
}

/// Issues Stroud's statement for 2010/11.
fn statement() -> Value {
    json!({ "type": "issue-statement", "org": STROUD, "year": "2010/11", "series": "actual" })
}

/// Two statements, each followed by one more claim, all recorded in one run.
fn stated() -> Program {
    Program::with(&[
        stroud(),
        claim("A"),
        statement(),
        claim("B"),
        statement(),
        claim("C"),
    ])
}

/// Stroud and Tewkesbury, each with two claims of £1,000.00 a year.
fn two_councils() -> Program {
    Program::with(&[
        stroud(),
        tewkesbury(),
        claim("A"),
        of_tewkesbury("A"),
        of_tewkesbury("B"),
        claim("B"),
    ])
}

/// Checks that a call ended so, said these words on either output, and did not panic.
fn ends(output: &Output, status: i32, words: &[&str]) {
    assert_eq!(output.status, status, "{output:#?}");
    mentions(&format!("{}{}", output.stdout, output.stderr), words);
    assert!(!output.stderr.contains("panicked"), "{output:#?}");
}

/// Checks that `netgain verify` holds, or finds each of these wrong and nothing else.
fn verifies(program: &Program, more: &str, wrong: &[&str]) {
    let output = program.run(&format!("verify --json {more}"));
    ends(&output, i32::from(!wrong.is_empty()), &[]);
    let document = output.document();
    assert_eq!(document["ok"], wrong.is_empty(), "{output:#?}");
    let found = document["seals"]["wrong"].as_array().unwrap();
    assert_eq!(found.len(), wrong.len(), "{output:#?}");
    for (found, words) in found.iter().zip(wrong) {
        mentions(found.as_str().unwrap(), &[words]);
    }
    let for_people = program.run(&format!("verify {more}"));
    ends(&for_people, output.status, wrong);
    let beginning = if wrong.is_empty() {
        "Whole: "
    } else {
        "Not what was sealed: "
    };
    assert!(for_people.stdout.starts_with(beginning), "{for_people:#?}");
}

fn claimed(program: &Program) -> Value {
    program.totals_now(STROUD, "2010/11")["claimed"]["net"].clone()
}

/// Makes a directory what it was.
fn put_back(directory: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    fs::remove_dir_all(directory).unwrap();
    for (path, bytes) in files {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The names of everything in a directory.
fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

// ---------------------------------------------------------------------------------------------
// statements

/// The statements of an organisation, as `statement list --json` prints them.
fn statements(program: &Program, org: &str) -> Vec<Value> {
    let listed = program.json(&format!("statement list --org {org}"));
    listed.as_array().unwrap().clone()
}

/// The words that name a statement of a list.
fn name(org: &str, issued: &Value) -> String {
    let field = |name: &str| issued["statement"][name].to_string().replace('"', "");
    format!(
        "--org {org} --year {} --series {} --number {}",
        field("year"),
        field("series"),
        field("number")
    )
}

#[test]
fn statements_are_listed_and_shown_as_they_were_issued() {
    let program = stated();
    let events = program.events(STROUD);
    let listed = statements(&program, STROUD);
    assert_eq!(listed.len(), 2);
    for (issued, event) in listed.iter().zip([&events[2], &events[4]]) {
        for field in ["position", "recorded_at", "actor"] {
            assert_eq!(issued[field], event[field], "{issued}");
        }
        let statement = &issued["statement"];
        for field in ["year", "series", "number"] {
            assert_eq!(statement[field], event[field], "{issued}");
        }
        for field in ["known_at", "ruleset", "totals_sha256", "claimed"] {
            assert_eq!(statement["figures"][field], event[field], "{issued}");
        }
        let call = format!("statement show {}", name(STROUD, issued));
        assert_eq!(program.json(&call), *issued);
        let shown = program.run(&call).stdout;
        let digest = event["totals_sha256"].as_str().unwrap();
        mentions(&shown, &["NI179 for 2010/11: £0.00", RECORDER, digest]);
        let net = pounds(&event["claimed"]["net"]);
        assert_eq!(row(&shown, "Net ")[1..], [&net, "£0.00", "£0.00"]);
    }
    // Without a number it is the latest.
    let latest = program.json(&format!("statement show {ACTUAL}"));
    assert_eq!(latest, listed[1]);

    let text = program
        .run(&format!("statement list --org {STROUD}"))
        .stdout;
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("2010/11"))
        .map(|line| line.split_whitespace().collect())
        .collect();
    let day = &events[2]["recorded_at"].as_str().unwrap()[..10];
    let expected = |number, position, net| {
        vec![
            "2010/11", "actual", number, day, RECORDER, position, net, "£0.00", "£0.00",
        ]
    };
    assert_eq!(
        rows,
        [
            expected("1", "3", "£1,000.00"),
            expected("2", "5", "£2,000.00")
        ]
    );
    for (narrowed, count) in [
        ("--year 2010/11", 2),
        ("--series actual", 2),
        ("--year 2011/12", 0),
        ("--series forecast", 0),
    ] {
        let call = format!("statement list --org {STROUD} {narrowed}");
        let narrowed = program.json(&call);
        assert_eq!(narrowed.as_array().unwrap().len(), count, "{call}");
    }
    let none = program.run(&format!("statement list --org {STROUD} --year 2011/12"));
    ends(&none, 0, &["No such statement has been issued."]);
}

#[test]
fn what_changed_since_a_statement_adds_up_to_its_restatement() {
    let (program, _) = Program::demo();
    let issued = statements(&program, SAMPLEBOROUGH);
    assert_eq!(issued.len(), 3);
    let mut restated = 0;
    for issued in &issued {
        let year = issued["statement"]["year"].as_str().unwrap();
        let now = program.totals_now(SAMPLEBOROUGH, year);
        for basis in BASES {
            let call = format!("statement compare {}", name(SAMPLEBOROUGH, issued));
            let call = format!("{call} --basis {basis}");
            let compared = program.json(&call);
            let (from, to) = (&compared["from"], &compared["to"]);
            let figures = &issued["statement"]["figures"];
            assert_eq!(compared["issued"], *issued, "{call}");
            assert_eq!(from["figure"], figures[basis]["net"], "{call}");
            assert_eq!(from["position"], figures["known_at"], "{call}");
            assert_eq!(to["figure"], now[basis]["net"], "{call}");
            assert_eq!(compared["now"][basis], now[basis], "{call}");
            assert_eq!(compared["now"]["position"], now["position"], "{call}");
            let by = pence(&to["figure"]) - pence(&from["figure"]);
            let effects = &compared["effects"];
            assert_eq!(sum(effects, |effect| &effect["effect"]), by, "{call}");
            for effect in effects.as_array().unwrap() {
                assert!(
                    effect["position"].as_u64() > from["position"].as_u64(),
                    "{effect}"
                );
            }
            restated += usize::from(by != 0);

            let text = program.run(&call).stdout;
            let basis_row = basis[..1].to_uppercase() + &basis[1..];
            let shown = row(&text, &format!("{basis_row} net"));
            let expected = [pounds(&from["figure"]), pounds(&to["figure"])];
            assert_eq!(shown[shown.len() - 3..shown.len() - 1], expected, "{text}");
        }
    }
    assert!(restated > 0, "nothing was restated: nothing was compared");

    let text = program.run(&format!(
        "statement compare {}",
        name(SAMPLEBOROUGH, &issued[1])
    ));
    let changed = row(&text.stdout, "Validated net");
    let expected = ["£5,107,483.33", "£4,417,483.33", "-£690,000.00"];
    assert_eq!(changed[changed.len() - 3..], expected);
}

#[test]
fn a_statement_that_was_never_issued_is_refused() {
    let program = stated();
    let before = names(&program.path("."));
    for verb in ["show", "compare", "bundle"] {
        for unknown in [
            ACTUAL.replace("2010/11", "2011/12"),
            ACTUAL.replace("actual", "forecast"),
            format!("{ACTUAL} --number 3"),
            format!("{ACTUAL} --number 0"),
        ] {
            let refused = program.run(&format!("statement {verb} {unknown}"));
            refused.fails(1, &["unknown-statement", "statement list", STROUD]);
            assert_eq!(refused.stdout, "");
        }
        let unknown = ACTUAL.replace(STROUD, TEWKESBURY);
        let refused = program.run(&format!("statement {verb} {unknown}"));
        refused.fails(1, &["unknown-organisation", TEWKESBURY]);
        program
            .run(&format!("statement {verb} {ACTUAL} --number one"))
            .fails(2, &["--number"]);
    }
    let refused = program.run(&format!("statement list --org {TEWKESBURY}"));
    refused.fails(1, &["unknown-organisation"]);
    assert_eq!(names(&program.path(".")), before);
}

// ---------------------------------------------------------------------------------------------
// bundles

/// Makes the bundle of a statement and gives its bytes.
fn bundle(program: &Program, which: &str) -> Vec<u8> {
    let made = program.json(&format!("statement bundle {which} --output made.tar"));
    assert_eq!(made["file"], "made.tar");
    let bytes = fs::read(program.path("made.tar")).unwrap();
    assert_eq!(made["bytes"], bytes.len());
    bytes
}

/// The public key, as the keeper gives it to auditors.
fn public_key(program: &Program) -> String {
    let shown = program.run("keys show");
    assert_eq!(shown.status, 0, "{shown:#?}");
    shown.stdout
}

/// What an auditor is told of a bundle by the keys in a key file.
fn audit(program: &Program, bundle: &[u8], keys: &str) -> Output {
    let bundle = program.file("audited.tar", bundle);
    let keys = program.file("auditor.key", keys);
    let output = program.run(&format!("verify-bundle {bundle} --key {keys} --json"));
    let for_people = program.run(&format!("verify-bundle {bundle} --key {keys}"));
    ends(&for_people, output.status, &["Not checked:"]);
    let steps = output.document()["steps"].clone();
    for step in steps.as_array().unwrap() {
        let shown = row(&for_people.stdout, step["step"].as_str().unwrap());
        let outcome = step["outcome"].as_str().unwrap();
        assert_eq!(shown[1], outcome.split(' ').next().unwrap(), "{shown:?}");
    }
    let doubted = for_people.stdout.contains("not to be relied on");
    assert_eq!(doubted, output.status != 0, "{for_people:#?}");
    output
}

/// Checks that a bundle holds by those keys, and gives what it proves.
fn holds(program: &Program, bundle: &[u8], keys: &str) -> Value {
    let verdict = audit(program, bundle, keys);
    ends(&verdict, 0, &[]);
    let document = verdict.document();
    assert_eq!(document["holds"], true, "{document:#}");
    let steps = document["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 11, "{document:#}");
    for step in steps {
        assert_eq!(step["outcome"], "passed", "{step}");
    }
    document["facts"].clone()
}

/// Checks that a bundle fails in that step, with those words in the one sentence about it.
fn doubted(program: &Program, bundle: &[u8], keys: &str, step: &str, words: &[&str]) {
    let verdict = audit(program, bundle, keys);
    ends(&verdict, 1, &[]);
    assert_eq!(verdict.stderr, "");
    let document = verdict.document();
    assert_eq!(document["holds"], false, "{document:#}");
    assert_eq!(document["facts"], Value::Null, "{document:#}");
    let steps = document["steps"].as_array().unwrap();
    let failed: Vec<&Value> = steps
        .iter()
        .filter(|step| step["outcome"] == "FAILED")
        .collect();
    let [failed] = failed.as_slice() else {
        panic!("one step should have failed: {document:#}");
    };
    assert_eq!(failed["step"], step, "{document:#}");
    let said = failed["said"].as_str().unwrap();
    mentions(said, words);
    assert!((10..500).contains(&said.len()), "{said}");
    assert!(!said.contains('\n'), "{said}");
}

#[test]
fn a_bundle_is_made_and_holds() {
    let (program, _) = Program::demo();
    let key = public_key(&program);
    let all = statements(&program, SAMPLEBOROUGH);
    for issued in &all {
        let bundle = bundle(&program, &name(SAMPLEBOROUGH, issued));
        let facts = holds(&program, &bundle, &key);
        assert_eq!(facts["org"], SAMPLEBOROUGH);
        assert_eq!(facts["size"], issued["position"]);
        assert_eq!(facts["statement"], issued["statement"]);
        assert_eq!(facts["issued_by"], issued["actor"]);
        assert_eq!(facts["issued_at"], issued["recorded_at"]);
    }

    // Where no file is named, the statement names it.
    let made = program.run(&format!(
        "statement bundle {}",
        name(SAMPLEBOROUGH, &all[2])
    ));
    let file = "netgain-X00000001-2009-10-actual-2.tar";
    ends(&made, 0, &[file, "keys show"]);
    assert_eq!(
        fs::read(program.path(file)).unwrap(),
        fs::read(program.path("made.tar")).unwrap()
    );
    let key = program.file("key", &key);
    let told = program.run(&format!("verify-bundle {file} --key {key}"));
    mentions(
        &told.stdout,
        &[
            "NI179 of X00000001 for 2009/10: £4,417,483.33",
            "actual statement 2, issued by b.head-of-finance",
            "£4,772,483.33 claimed, £4,417,483.33 validated, £4,220,983.33 assured",
        ],
    );
}

#[test]
fn a_bundle_made_twice_has_the_same_bytes() {
    let program = stated();
    let first = bundle(&program, ACTUAL);
    assert_eq!(program.run("views rebuild").status, 0);
    assert!(bundle(&program, ACTUAL) == first);
    let other = bundle(&program, &format!("{ACTUAL} --number 1"));
    assert!(other != first, "any two bundles are the same");
}

#[test]
fn a_statement_issued_in_the_middle_of_one_run_can_be_bundled() {
    let program = stated();
    let key = public_key(&program);
    for (number, position) in [(1, 3), (2, 5)] {
        let bundle = bundle(&program, &format!("{ACTUAL} --number {number}"));
        assert_eq!(holds(&program, &bundle, &key)["size"], position);
    }
    // The run's own end is sealed too.
    let sizes = checkpoints(&program, STROUD).into_keys();
    assert_eq!(sizes.collect::<Vec<_>>(), [3, 5, 6]);
}

#[test]
fn a_statement_of_a_run_that_was_killed_is_sealed_by_the_next() {
    let program = Program::new();
    let mut recording = program.start_recording();
    for (position, command) in (1..).zip([stroud(), claim("A"), statement(), claim("B")]) {
        assert_eq!(recording.ask(&command)["position"], position);
    }
    recording.kill();
    let call = format!("statement bundle {ACTUAL} --output early.tar");
    program.run(&call).fails(3, &["position 3", "not sealed"]);
    assert!(!program.path("early.tar").exists());

    program.accepts(&[]);

    let bundle = bundle(&program, ACTUAL);
    assert_eq!(holds(&program, &bundle, &public_key(&program))["size"], 3);
}

#[test]
fn a_bundle_that_cannot_be_written_leaves_nothing() {
    let program = stated();
    fs::create_dir(program.path("folder")).unwrap();
    for output in ["absent/made.tar", "folder"] {
        let call = format!("statement bundle {ACTUAL} --output {output}");
        program.run(&call).fails(3, &["cannot write", output]);
    }
    let left = names(&program.path("."));
    let expected = ["folder", "ledger", "ledger.keys"].map(str::to_owned);
    assert_eq!(left, BTreeSet::from(expected));
}

// ---------------------------------------------------------------------------------------------
// bundles that are none

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

// ---------------------------------------------------------------------------------------------
// a log that was tampered with, every checksum of which is right

/// How many bytes a segment's header has, and a record's (the log's own page has the table).
const HEADER: usize = 64;

/// The only segment of a small ledger's log, taken apart into its records, so that it can be written
/// again with others and every checksum is right: by whoever may write the files.
struct Segment {
    path: PathBuf,
    header: Vec<u8>,
    records: Vec<Record>,
}

struct Record {
    /// The record's header without the payload's length in front and the two checks behind.
    fields: Vec<u8>,
    lines: String,
}

impl Segment {
    fn of(program: &Program) -> Self {
        let path = program.segment();
        let bytes = fs::read(&path).unwrap();
        let mut segment = Self {
            path,
            header: bytes[..HEADER].to_vec(),
            records: Vec::new(),
        };
        let mut rest = &bytes[HEADER..];
        loop {
            let (header, payload) = rest.split_at(HEADER);
            let length = u32::from_le_bytes(header[..4].try_into().unwrap());
            // The closing mark.
            if length == 0 {
                return segment;
            }
            let (lines, behind) = payload.split_at(usize::try_from(length).unwrap());
            segment.records.push(Record {
                fields: header[4..56].to_vec(),
                lines: std::str::from_utf8(lines).unwrap().to_owned(),
            });
            rest = behind;
        }
    }

    /// Replaces what there is one of in the event of an organisation at a position.
    fn rewrite(&mut self, org: &str, position: u64, from: &str, to: &str) {
        let found = self.records.iter_mut().find(|record| {
            let first: [u8; 8] = record.fields[12..20].try_into().unwrap();
            u64::from_le_bytes(first) == position && record.fields[20..].starts_with(org.as_bytes())
        });
        let lines = &mut found.unwrap().lines;
        assert_eq!(lines.matches(from).count(), 1, "{from:?} in {lines}");
        *lines = lines.replace(from, to);
    }

    /// Writes the records one after the other, each with the checksums that follow from those before
    /// it; then the mark of a writer that closed, if it is asked for.
    fn write(&self, closing_mark: bool) {
        let mut bytes = self.header.clone();
        let mut chain = crc32c::crc32c(&self.header[24..56]);
        let mut put = |fields: &[u8], lines: &[u8]| {
            let mut header = u32::try_from(lines.len()).unwrap().to_le_bytes().to_vec();
            header.extend(fields);
            header.extend((crc32c::crc32c(lines) ^ chain).to_le_bytes());
            chain = crc32c::crc32c(&header);
            header.extend(chain.to_le_bytes());
            bytes.extend(header);
            bytes.extend(lines);
        };
        for record in &self.records {
            put(&record.fields, record.lines.as_bytes());
        }
        if closing_mark {
            let next = u64::try_from(self.records.len()).unwrap() + 1;
            let fields = [&[0; 4][..], &next.to_le_bytes(), &[0; 40]].concat();
            put(&fields, b"");
        }
        fs::write(&self.path, bytes).unwrap();
    }
}

/// Rewrites Stroud's claim A, so that it saves nine times as much.
fn enlarge_claim(program: &Program) {
    let mut segment = Segment::of(program);
    segment.rewrite(STROUD, 2, "\"1000.00\"", "\"9000.00\"");
    segment.write(true);
}

#[test]
fn a_log_that_is_written_again_as_it_was_is_whole() {
    for closing_mark in [true, false] {
        let program = two_councils();
        let before = program.log();
        Segment::of(&program).write(closing_mark);
        assert_eq!(program.log() == before, closing_mark);
        verifies(&program, "", &[]);
        program.accepts(&[claim("C")]);
        verifies(&program, "", &[]);
    }
}

#[test]
fn an_event_rewritten_with_right_checksums_is_named() {
    for (position, from, to) in [
        (1, "\"Stroud ", "\"Strood "),
        (2, "\"1000.00\"", "\"9000.00\""),
        (3, "\"actor\":\"recorder\"", "\"actor\":\"recorded\""),
    ] {
        let program = two_councils();
        let mut segment = Segment::of(&program);
        segment.rewrite(STROUD, position, from, to);
        segment.write(true);
        let wrong = format!("{STROUD}: the event at position {position} is not the one that was");
        verifies(&program, "", &[&wrong]);
    }
    let program = two_councils();
    let mut segment = Segment::of(&program);
    segment.rewrite(STROUD, 3, "recorder", "recorded");
    segment.rewrite(TEWKESBURY, 2, "Claim A", "Claim Z");
    segment.write(true);
    let wrong = [
        format!("{STROUD}: the event at position 3 "),
        format!("{TEWKESBURY}: the event at position 2 "),
    ];
    verifies(&program, "", &[&wrong[0], &wrong[1]]);
}

#[test]
fn an_organisation_whose_history_was_rewritten_can_only_be_read_and_the_others_go_on() {
    let program = two_councils();
    enlarge_claim(&program);
    let before = (program.events(STROUD), checkpoints(&program, STROUD));

    let recorded = program.record(&[claim("C"), of_tewkesbury("C"), stroud()]);

    assert_eq!(recorded.status, 3, "{recorded:#?}");
    let alarm = format!("netgain: ALARM: {STROUD}: the event at position 2 is not the one");
    mentions(&recorded.stderr, &[&alarm, "can only be read"]);
    assert_eq!(recorded.answers.len(), 3, "{recorded:#?}");
    for (number, answer) in (1..).zip(&recorded.answers) {
        assert_eq!(answer["line"], number, "{answer}");
    }
    for refused in [&recorded.answers[0], &recorded.answers[2]] {
        assert_eq!(refused["fault"]["code"], "read-only", "{refused}");
        let message = refused["fault"]["message"].as_str().unwrap();
        mentions(message, &[STROUD, "position 2"]);
        assert_eq!(refused.as_object().unwrap().len(), 2, "{refused}");
    }
    assert_eq!(recorded.answers[1]["position"], 4);
    // Tewkesbury went on, and is sealed; Stroud is as it was.
    assert_eq!(program.events(TEWKESBURY).len(), 4);
    assert!(checkpoints(&program, TEWKESBURY).contains_key(&4));
    let after = (program.events(STROUD), checkpoints(&program, STROUD));
    assert_eq!(after, before);
    verifies(&program, "", &["E07000082: the event at position 2 "]);
    // Reading answers what the log says now.
    assert_eq!(claimed(&program), "10000.00");
}

#[test]
fn every_call_that_records_leaves_a_rewritten_history_alone() {
    let program = two_councils();
    program.accepts(&[statement()]);
    enlarge_claim(&program);
    let before = program.log();
    let sheet = "claim,title,action,impact_from,2008/09\nZ,Title,reduce-inputs,2008-04-01,5\n";
    let sheet = program.file("claims.csv", sheet);
    for call in [
        format!("import {sheet} --org {STROUD}"),
        format!("statement issue {ACTUAL}"),
    ] {
        let refused = program.run(&call);
        refused.fails(3, &["ALARM", STROUD, "position 2"]);
        assert_eq!(refused.stdout, "", "{call}");
        assert!(program.log() == before, "{call} changed the log");
    }
    // Nor is what was published bundled, or compared, with a history that it is not of.
    let call = format!("statement bundle {ACTUAL} --output made.tar");
    program.run(&call).fails(3, &["netgain: "]);
    assert!(!program.path("made.tar").exists());
    let call = format!("statement compare {ACTUAL} --basis claimed");
    program.run(&call).fails(3, &["£10,000.00", "£2,000.00"]);
}

// ---------------------------------------------------------------------------------------------
// an older copy, and a log that was cut

#[test]
fn an_older_copy_of_the_data_is_found_out_and_nothing_is_written() {
    let program = Program::with(&[stroud(), claim("A")]);
    let older = program.stored();
    program.accepts(&[claim("B")]);
    let newest = program.stored();
    put_back(&program.data(), &older);

    verifies(&program, "", &["holds an older copy"]);
    for call in ["record", &format!("statement issue {ACTUAL}"), "demo"] {
        let refused = program.run_with(call, &lines(&[claim("C")]));
        refused.fails(3, &["holds an older copy", "newest copy"]);
        assert_eq!(refused.stdout, "", "{call}");
        assert!(program.stored() == older, "{call} wrote something");
    }
    assert_eq!(claimed(&program), "1000.00");

    // What to do about it is what it says.
    put_back(&program.data(), &newest);
    verifies(&program, "", &[]);
    program.accepts(&[claim("C")]);
    assert_eq!(claimed(&program), "3000.00");
}

#[test]
fn checkpoints_that_are_gone_are_missed() {
    let program = two_councils();
    let whole = program.stored();
    let folder = program.data().join("checkpoints");
    for lost in ["registry", "registry.checkpoint"] {
        fs::remove_file(folder.join(lost)).unwrap();
        let checked = program.run("verify");
        ends(&checked, 1, &["checkpoints"]);
        let before = program.log();
        let refused = program.record(&[claim("C")]);
        assert_eq!(refused.status, 3, "{refused:#?}");
        assert!(program.log() == before);
    }
    verifies(&program, "", &["holds an older copy"]);
    put_back(&program.data(), &whole);
    verifies(&program, "", &[]);
}

#[test]
fn with_the_checkpoints_elsewhere_the_alarm_says_which_events_an_older_copy_lacks() {
    let program = Program::new();
    let record = |commands: &[Value]| {
        let call = format!("record {ELSEWHERE}");
        program.run_with(&call, &lines(commands)).answers()
    };
    assert_eq!(record(&[stroud(), tewkesbury(), claim("A")]).status, 0);
    assert!(!program.data().join("checkpoints").exists());
    let older = program.stored();
    let more = [claim("B"), claim("C"), of_tewkesbury("A")];
    assert_eq!(record(&more).status, 0);
    verifies(&program, ELSEWHERE, &[]);
    put_back(&program.data(), &older);

    let missing = [
        "E07000082: the events from position 3 to 4 are missing",
        "E07000083: the events from position 2 to 2 are missing",
    ];
    verifies(&program, ELSEWHERE, &missing);
    let recorded = record(&[claim("B"), of_tewkesbury("A")]);
    assert_eq!(recorded.status, 3, "{recorded:#?}");
    mentions(&recorded.stderr, &missing);
    for answer in &recorded.answers {
        assert_eq!(answer["fault"]["code"], "read-only", "{answer}");
    }
    assert!(program.log() == older_log(&older), "something was recorded");
    assert_eq!(claimed(&program), "1000.00");
}

/// The segment files of a copy of the data.
fn older_log(copy: &BTreeMap<PathBuf, Vec<u8>>) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut log = copy.clone();
    log.retain(|path, _| path.extension().is_some_and(|kind| kind == "seg"));
    log
}

#[test]
fn a_commit_that_was_cut_off_cleanly_is_missed() {
    for closing_mark in [true, false] {
        let program = two_councils();
        let mut segment = Segment::of(&program);
        assert!(segment.records.pop().unwrap().lines.contains("Claim B"));
        segment.write(closing_mark);

        let missing = "E07000082: the events from position 3 to 3 are missing";
        verifies(&program, "", &[missing]);
        let recorded = program.record(&[claim("C"), of_tewkesbury("C")]);
        assert_eq!(recorded.status, 3, "{recorded:#?}");
        mentions(&recorded.stderr, &["ALARM", missing]);
        assert_eq!(recorded.answers[0]["fault"]["code"], "read-only");
        assert_eq!(recorded.answers[1]["position"], 4);
        verifies(&program, "", &[missing]);
        assert_eq!(claimed(&program), "1000.00");
    }
}

// ---------------------------------------------------------------------------------------------
// keys

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

// ---------------------------------------------------------------------------------------------
// checkpoints that somebody kept

/// The notes of a file of them: each begins with its origin.
fn notes(registry: &str) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for line in registry.split_inclusive('\n') {
        if line.starts_with("netgain/") {
            notes.push(String::new());
        }
        notes.last_mut().unwrap().push_str(line);
    }
    notes
}

/// The registered checkpoints of an organisation by their sizes.
fn checkpoints(program: &Program, org: &str) -> BTreeMap<u64, String> {
    let path = program.data().join("checkpoints/registry");
    let registry = fs::read_to_string(path).unwrap();
    let of_org = notes(&registry).into_iter().filter_map(|note| {
        let mut lines = note.lines();
        let origin = lines.next().unwrap();
        let size = lines.next().unwrap().parse().unwrap();
        origin.ends_with(&format!("/{org}")).then_some((size, note))
    });
    of_org.collect()
}

fn registry_checkpoint(program: &Program) -> String {
    fs::read_to_string(program.data().join("checkpoints/registry.checkpoint")).unwrap()
}

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
        &|segment| drop(segment.records.pop()),
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

// ---------------------------------------------------------------------------------------------
// export and restore

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
        (format!("{cut}\n"), "from position 3 to 3 are missing"),
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

// ---------------------------------------------------------------------------------------------
// samples

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

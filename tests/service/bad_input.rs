//! What no client should send: each gets an honest status, or is cut off; the service goes on; and no
//! answer tells of its insides. Bodies here; heads and pages of other sites have files of their own.

use std::io::Write;
use std::net::Ipv4Addr;

use flate2::Compression;
use flate2::write::GzEncoder;
use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Answer, Client, Connection, Service, person, secret_of};
use serde_json::{Value, json};

pub(crate) const PATH: &str = "/api/v1/organisations/E07000082/commands";

/// What no answer may have in it: panics, sources, places on the disk.
const INSIDES: [&str; 8] = [
    "panicked",
    "RUST_BACKTRACE",
    ".rs:",
    "/src/",
    "/tmp/",
    "/root",
    "/home/",
    "netgain-test-",
];

pub(crate) fn service() -> Service {
    let program = Program::with(&[stroud()]);
    program.accepts(&person("ann", &[("recorder", STROUD)]));
    Service::start(program)
}

pub(crate) fn tells_nothing(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for inside in INSIDES {
        assert!(!text.contains(inside), "{what}: {inside:?} in {text}");
    }
}

pub(crate) fn goes_on(service: &Service, what: &str) {
    let mut client = service.stranger().from_address(Ipv4Addr::new(127, 0, 0, 9));
    let ready = client.get("/readyz");
    assert_eq!(ready.status, 200, "after {what}: {ready:?}");
}

/// A request with Ann's token; `head` has the rest of its lines.
pub(crate) fn request(first: &str, head: &str, body: &str) -> Vec<u8> {
    let token = secret_of("ann");
    format!("{first}\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{head}\r\n{body}").into_bytes()
}

pub(crate) fn post(head: &str, body: &str) -> Vec<u8> {
    let first = format!("POST {PATH} HTTP/1.1");
    request(
        &first,
        &format!("Content-Type: application/json\r\n{head}"),
        body,
    )
}

#[test]
fn no_form_of_a_path_leads_anywhere_else() {
    let service = service();
    let mut ann = service.as_person("ann");
    for (path, expected) in [
        ("/../../etc/passwd", 404),
        ("/..%2f..%2fetc%2fpasswd", 404),
        ("/api/v1/../v1/keys", 404),
        ("/api/v1/organisations/../keys", 404),
        ("/api/v1/organisations/..", 400),
        ("/api/v1/organisations/%2e%2e", 400),
        ("/api/v1/organisations/..%2f..%2f", 400),
        ("/api/v1/organisations/%2fetc%2fpasswd", 400),
        ("/api/v1/organisations/E07000082%2fclaims", 400),
        ("/api/v1/organisations/E07000082%00", 400),
        ("/api/v1/organisations/%ff%fe", 400),
        ("/api/v1/organisations/_SYSTEM/events", 400),
        ("/api/v1/organisations/_system/events", 400),
        ("/api/v1/organisations/e07000082/claims", 400),
        ("/api/v1/organisations/E07000082/claims/..%2f..", 400),
        ("/api/v1/organisations/E07000082/totals/..%2f2010-11", 400),
        // The year as data has it; it is one part of the path all the same.
        ("/api/v1/organisations/E07000082/totals/2010%2F11", 200),
        ("/api/v1/organisations/E07000082/reports/..%2fdue", 404),
        (
            "/api/v1/organisations/E07000082/statements/2010-11/actual/..%2f1",
            400,
        ),
        (
            "/api/v1/organisations/E07000082/statements/2010-11/actual/-1/bundle",
            400,
        ),
        ("/api/v1/organisations//claims", 400),
        ("//api/v1/keys", 404),
        ("/api/v1/people/..%2f..%2fetc", 405),
        ("/sign-in/..%2f..", 404),
    ] {
        let answer = ann.get(path);
        tells_nothing(path, &answer.all());
        let right = answer.status == expected || path.contains("_SYSTEM") && answer.status == 403;
        assert!(right, "{path}: {:?}", answer.outcome());
    }
    goes_on(&service, "paths");
}

fn send(client: &mut Client, kind: &str, body: &[u8]) -> Answer {
    let answer = client.send("POST", PATH, &[("content-type", kind)], Some(body));
    tells_nothing(kind, &answer.all());
    answer
}

#[test]
fn bodies_that_are_none_are_refused_each_for_its_reason() {
    let service = service();
    let mut ann = service.as_person("ann");
    let command = claim("A").to_string();
    let json = "application/json";
    let zipped = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(command.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let many: Vec<Value> = (0..10_001).map(|_| json!({})).collect();
    let with_amount = |amount: &str| {
        let text = claim("A").to_string();
        text.replace("\"1000\"", amount).into_bytes()
    };
    let cases: Vec<(&str, &str, Vec<u8>, u16, &str)> = vec![
        (
            "another type",
            "text/plain",
            command.clone().into(),
            415,
            "unsupported-media-type",
        ),
        (
            "a form",
            "application/x-www-form-urlencoded",
            command.clone().into(),
            415,
            "unsupported-media-type",
        ),
        (
            "no type",
            "",
            command.clone().into(),
            415,
            "unsupported-media-type",
        ),
        (
            "two types",
            "application/json, text/plain",
            command.clone().into(),
            415,
            "unsupported-media-type",
        ),
        ("nothing", json, Vec::new(), 400, "bad-json"),
        (
            "half a command",
            json,
            command.as_bytes()[..40].into(),
            400,
            "bad-json",
        ),
        (
            "no UTF-8",
            json,
            b"{\"type\":\"\xff\"}".into(),
            400,
            "bad-json",
        ),
        (
            "a byte-order mark",
            json,
            format!("\u{feff}{command}").into(),
            400,
            "bad-json",
        ),
        ("a NUL", json, b"\0".into(), 400, "bad-json"),
        (
            "half a surrogate pair",
            json,
            br#"{"type":"\ud800"}"#.into(),
            400,
            "bad-json",
        ),
        (
            "a key twice",
            json,
            br#"{"type":"register-claim","type":"set-target"}"#.into(),
            400,
            "bad-json",
        ),
        (
            "nested 100,000 deep",
            json,
            "[".repeat(100_000).into(),
            400,
            "bad-json",
        ),
        (
            "objects 100,000 deep",
            json,
            "{\"a\":".repeat(100_000).into(),
            400,
            "bad-json",
        ),
        ("an empty array", json, b"[]".into(), 400, "bad-json"),
        ("an array of numbers", json, b"[1]".into(), 400, "bad-json"),
        (
            "10,001 commands",
            json,
            json!(many).to_string().into(),
            413,
            "too-large",
        ),
        ("5 MiB", json, vec![b' '; 5 << 20], 413, "too-large"),
        (
            "a line of 40 KiB",
            json,
            format!("{{\"note\":\"{}\",{}", "x".repeat(40_000), &command[1..]).into(),
            413,
            "too-large",
        ),
        (
            "a number for money",
            json,
            with_amount("1000"),
            422,
            "bad-money",
        ),
        ("not a number", json, with_amount("NaN"), 400, "bad-json"),
        (
            "not a number, as text",
            json,
            with_amount("\"NaN\""),
            422,
            "bad-money",
        ),
        (
            "a huge number",
            json,
            with_amount("1e999999"),
            422,
            "bad-money",
        ),
        (
            "a huge number, as text",
            json,
            with_amount("\"1e999999\""),
            422,
            "bad-money",
        ),
        (
            "a million digits",
            json,
            with_amount(&format!("\"{}\"", "9".repeat(20_000))),
            422,
            "bad-money",
        ),
        (
            "digits of another script",
            json,
            with_amount("\"\u{0661}\u{0660}\""),
            422,
            "bad-money",
        ),
        (
            "full-width digits",
            json,
            with_amount("\"\u{ff11}\u{ff10}\""),
            422,
            "bad-money",
        ),
        (
            "infinity",
            json,
            with_amount("\"Infinity\""),
            422,
            "bad-money",
        ),
        (
            "an actor",
            json,
            command.replacen('{', "{\"actor\":\"eve\",", 1).into(),
            422,
            "bad-field",
        ),
        (
            "another organisation",
            json,
            command.replace(STROUD, "E07000083").into(),
            422,
            "bad-field",
        ),
        (
            "the history of people",
            json,
            command.replace(STROUD, "_SYSTEM").into(),
            422,
            "",
        ),
        (
            "people to an organisation",
            json,
            br#"{"type":"enrol-person","person":"x","account":"person"}"#.into(),
            403,
            "not-allowed",
        ),
    ];
    for (what, kind, body, status, code) in cases {
        let answer = send(&mut ann, kind, &body);
        println!("{what}: {:?}", answer.outcome());
        assert_eq!(answer.status, status, "{what}: {}", answer.text());
        assert!(
            code.is_empty() || answer.outcome().1 == code,
            "{what}: {}",
            answer.text()
        );
        goes_on(&service, what);
    }
    let packed = [("content-type", json), ("content-encoding", "gzip")];
    let answer = ann.send("POST", PATH, &packed, Some(&zipped));
    assert_eq!(answer.outcome(), (415, "unsupported-media-type".into()));
    for key in [&*"k".repeat(129), "", "a\tb"] {
        let headers = [("idempotency-key", key)];
        let answer = ann.send_json("POST", PATH, &headers, &claim("A"));
        assert_eq!(answer.outcome(), (400, "bad-field".into()), "{key:?}");
    }
    assert_eq!(
        service.program().events(STROUD).len(),
        1,
        "nothing was recorded"
    );
}

#[test]
fn a_body_without_a_stated_length_is_cut_off_where_it_is_too_large_and_a_truncated_one_is_refused()
{
    let service = service();
    let mut connection = Connection::open(service.address(), Ipv4Addr::LOCALHOST).unwrap();
    connection
        .write(&post("Transfer-Encoding: chunked\r\n", ""))
        .unwrap();
    let chunk = [b"10000\r\n".to_vec(), vec![b' '; 65_536], b"\r\n".to_vec()].concat();
    for _ in 0..80 {
        // It is refused before all of it is sent.
        if connection.write(&chunk).is_err() {
            break;
        }
    }
    let _ = connection.write(b"0\r\n\r\n");
    let answer = connection.answer();
    println!(
        "5 MiB in chunks: {:?}",
        answer.as_ref().map(|answer| answer.status)
    );
    assert!(answer.is_err() || answer.unwrap().status == 413);
    goes_on(&service, "5 MiB in chunks");

    // A command that is whole as far as it came, of a body that is not.
    let command = claim("A").to_string();
    let length = format!("Content-Length: {}\r\n", command.len() + 1);
    let mut connection = Connection::open(service.address(), Ipv4Addr::LOCALHOST).unwrap();
    connection.write(&post(&length, &command)).unwrap();
    connection.finish_sending().unwrap();
    let rest = String::from_utf8_lossy(&connection.rest().unwrap_or_default()).into_owned();
    assert!(
        rest.is_empty() || rest.starts_with("HTTP/1.1 400"),
        "{rest}"
    );
    let size = format!("{:x}\r\n{command}\r\n", command.len());
    let mut connection = Connection::open(service.address(), Ipv4Addr::LOCALHOST).unwrap();
    connection
        .write(&post("Transfer-Encoding: chunked\r\n", &size))
        .unwrap();
    connection.finish_sending().unwrap();
    let rest = String::from_utf8_lossy(&connection.rest().unwrap_or_default()).into_owned();
    assert!(
        rest.is_empty() || rest.starts_with("HTTP/1.1 400"),
        "{rest}"
    );
    assert_eq!(
        service.program().events(STROUD).len(),
        1,
        "nothing was recorded"
    );
}

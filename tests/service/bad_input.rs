//! What no client should send: each gets an honest status, or is cut off; the service goes on; and no
//! answer tells of its insides. Bodies here; heads and pages of other sites have files of their own.

use std::io::Write;
use std::net::Ipv4Addr;

use flate2::Compression;
use flate2::write::GzEncoder;
use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Connection, Service, person, secret_of};

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

/// Sends each body as Ann, which must be refused as that, and leave the service as it was.
fn each_refused(expected: (u16, &str), cases: &[(&str, Vec<u8>)]) {
    let service = service();
    let mut ann = service.as_person("ann");
    for (what, body) in cases {
        let json = [("content-type", "application/json")];
        let answer = ann.send("POST", PATH, &json, Some(body));
        tells_nothing(what, &answer.all());
        let got = answer.outcome();
        assert_eq!((got.0, &*got.1), expected, "{what}: {}", answer.text());
        goes_on(&service, what);
    }
    nothing_recorded(&service);
}

fn nothing_recorded(service: &Service) {
    let events = service.program().events(STROUD).len();
    assert_eq!(events, 1, "nothing was recorded");
}

#[test]
fn a_body_of_another_type_or_coding_is_not_looked_at() {
    let service = service();
    let mut ann = service.as_person("ann");
    let command = claim("A").to_string();
    let mut send = |headers: &[(&str, &str)], body: &[u8]| {
        let answer = ann.send("POST", PATH, headers, Some(body));
        assert_eq!(
            answer.outcome(),
            (415, "unsupported-media-type".into()),
            "{headers:?}"
        );
        tells_nothing("another type", &answer.all());
    };
    send(&[], command.as_bytes());
    for kind in [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
        "application/jsonx",
    ] {
        send(&[("content-type", kind)], command.as_bytes());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(command.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let coded = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ];
    send(&coded, &packed);
    nothing_recorded(&service);
}

#[test]
fn what_is_no_json_or_no_command_is_refused_as_that() {
    let command = claim("A").to_string();
    let cases: [(&str, Vec<u8>); 13] = [
        ("nothing", Vec::new()),
        ("half a command", command.as_bytes()[..40].into()),
        ("two commands", format!("{command}{command}").into()),
        ("no UTF-8", b"{\"type\":\"\xff\"}".into()),
        ("a byte-order mark", format!("\u{feff}{command}").into()),
        ("a NUL", b"\0".into()),
        ("half a surrogate pair", br#"{"type":"\ud800"}"#.into()),
        (
            "a key twice",
            br#"{"type":"register-claim","type":"set-target"}"#.into(),
        ),
        ("arrays 100,000 deep", "[".repeat(100_000).into()),
        ("objects 100,000 deep", "{\"a\":".repeat(100_000).into()),
        ("an empty array", b"[]".into()),
        ("an array of numbers", b"[1]".into()),
        ("not a number", command.replace("\"1000\"", "NaN").into()),
    ];
    each_refused((400, "bad-json"), &cases);
}

#[test]
fn what_is_too_large_is_refused_as_that() {
    let command = claim("A").to_string();
    let many = vec!["{}"; 10_001].join(",");
    let long = "x".repeat(40_000);
    let cases: [(&str, Vec<u8>); 3] = [
        ("10,001 commands", format!("[{many}]").into()),
        ("5 MiB", vec![b' '; 5 << 20]),
        (
            "a line of 40 KiB",
            format!("{{\"note\":\"{long}\",{}", &command[1..]).into(),
        ),
    ];
    each_refused((413, "too-large"), &cases);
}

#[test]
fn an_amount_is_a_text_of_ascii_digits_and_nothing_else() {
    let command = claim("A").to_string();
    let of = |amount: &str| Vec::from(command.replace("\"1000\"", amount));
    let cases = [
        ("a number", of("1000")),
        ("a huge number", of("1e999999")),
        ("a huge number, as text", of("\"1e999999\"")),
        ("not a number, as text", of("\"NaN\"")),
        ("infinity", of("\"Infinity\"")),
        (
            "twenty thousand digits",
            of(&format!("\"{}\"", "9".repeat(20_000))),
        ),
        ("digits of another script", of("\"\u{661}\u{660}\"")),
        ("full-width digits", of("\"\u{ff11}\u{ff10}\"")),
    ];
    each_refused((422, "bad-money"), &cases);
}

#[test]
fn nobody_says_who_they_are_or_of_which_organisation_in_the_body() {
    let command = claim("A").to_string();
    let cases: [(&str, Vec<u8>); 2] = [
        (
            "an actor",
            command.replacen('{', "{\"actor\":\"eve\",", 1).into(),
        ),
        (
            "another organisation",
            command.replace(STROUD, "E07000083").into(),
        ),
    ];
    each_refused((422, "bad-field"), &cases);
    let people = br#"{"type":"enrol-person","person":"x","account":"person"}"#;
    each_refused((403, "not-allowed"), &[("people", people.into())]);
    let service = service();
    let mut ann = service.as_person("ann");
    for key in [&*"k".repeat(129), "", "a\tb"] {
        let headers = [("idempotency-key", key)];
        let answer = ann.send_json("POST", PATH, &headers, &claim("A"));
        assert_eq!(answer.outcome(), (400, "bad-field".into()), "{key:?}");
    }
    nothing_recorded(&service);
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

//! What no client should send: each gets an honest status, or is cut off; the service goes on; and no
//! answer tells of its insides.

use std::io::Write;
use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Answer, Client, Connection, Service, person, secret_of};
use serde_json::{Value, json};

const PATH: &str = "/api/v1/organisations/E07000082/commands";

/// How long a client may take over a request's head, and a little more.
const HEADER_TIME: Duration = Duration::from_secs(10);
const CUT_OFF_WITHIN: Duration = Duration::from_secs(16);

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

fn service() -> Service {
    let program = Program::with(&[stroud()]);
    program.accepts(&person("ann", &[("recorder", STROUD)]));
    Service::start(program)
}

fn tells_nothing(what: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for inside in INSIDES {
        assert!(!text.contains(inside), "{what}: {inside:?} in {text}");
    }
}

fn goes_on(service: &Service, what: &str) {
    let mut client = service.stranger().from_address(Ipv4Addr::new(127, 0, 0, 9));
    let ready = client.get("/readyz");
    assert_eq!(ready.status, 200, "after {what}: {ready:?}");
}

/// Sends bytes on a connection of their own. The first status that came back; none where the connection
/// was closed without a word.
fn raw(service: &Service, what: &str, bytes: &[u8]) -> Option<u16> {
    let mut connection = Connection::open(service.address(), Ipv4Addr::LOCALHOST).unwrap();
    // It may be cut off before everything is sent.
    let _ = connection.write(bytes);
    let answer = connection.answer().ok();
    if let Some(answer) = &answer {
        tells_nothing(what, &answer.all());
    }
    goes_on(service, what);
    answer.map(|answer| answer.status)
}

/// A request with Ann's token; `head` has the rest of its lines.
fn request(first: &str, head: &str, body: &str) -> Vec<u8> {
    let token = secret_of("ann");
    format!("{first}\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{head}\r\n{body}").into_bytes()
}

fn post(head: &str, body: &str) -> Vec<u8> {
    let first = format!("POST {PATH} HTTP/1.1");
    request(
        &first,
        &format!("Content-Type: application/json\r\n{head}"),
        body,
    )
}

#[test]
fn two_readings_of_one_request_are_not_possible() {
    let service = service();
    let smuggled = "0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    let cases = [
        (
            "a length and chunks",
            post(
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                smuggled,
            ),
        ),
        (
            "chunks and a length",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
                smuggled,
            ),
        ),
        (
            "two lengths",
            post("Content-Length: 2\r\nContent-Length: 3\r\n", "{}x"),
        ),
        ("a list of lengths", post("Content-Length: 2, 3\r\n", "{}x")),
        ("a signed length", post("Content-Length: +2\r\n", "{}")),
        ("a negative length", post("Content-Length: -2\r\n", "{}")),
        (
            "a length that is no number",
            post("Content-Length: 0x2\r\n", "{}"),
        ),
        (
            "a coding that is not chunked",
            post("Transfer-Encoding: identity\r\n", "{}"),
        ),
        (
            "chunked in other words",
            post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ),
        (
            "chunked twice",
            post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ),
        (
            "a chunk size that is no number",
            post("Transfer-Encoding: chunked\r\n", "zz\r\n{}\r\n0\r\n\r\n"),
        ),
        (
            "a folded header",
            post("X-A: 1\r\n  folded\r\nContent-Length: 2\r\n", "{}"),
        ),
        (
            "a blank before a colon",
            post("Content-Length : 2\r\n", "{}"),
        ),
        ("a header without a name", post(": 2\r\n", "")),
        ("a NUL in a header", post("X-A: a\0b\r\n", "")),
        (
            "a lone carriage return in a header",
            post("X-A: a\rb\r\n", ""),
        ),
    ];
    for (what, bytes) in cases {
        let mut connection = Connection::open(service.address(), Ipv4Addr::LOCALHOST).unwrap();
        connection.write(&bytes).unwrap();
        connection.finish_sending().unwrap();
        let all = String::from_utf8_lossy(&connection.rest().unwrap_or_default()).into_owned();
        tells_nothing(what, all.as_bytes());
        let answers = all.matches("HTTP/1.1 ").count();
        println!("{what}: {:?} {answers}", all.lines().next());
        assert!(answers <= 1, "{what}: {all}");
        assert!(
            all.is_empty() || all.starts_with("HTTP/1.1 400"),
            "{what}: {all}"
        );
        goes_on(&service, what);
    }
    assert_eq!(service.program().events(STROUD).len(), 1);
}

#[test]
fn heads_that_are_too_large_or_no_heads_are_refused() {
    let service = service();
    let headers = |count: usize| {
        (0..count).fold(String::new(), |head, number| {
            format!("{head}X-{number}: 1\r\n")
        })
    };
    let get = |path: &str| request(&format!("GET {path} HTTP/1.1"), "", "");
    let long = |bytes: usize| "x".repeat(bytes);
    let cases: Vec<(&str, Vec<u8>, Option<u16>)> = vec![
        (
            "98 headers",
            request("GET /healthz HTTP/1.1", &headers(98), ""),
            Some(200),
        ),
        (
            "101 headers",
            request("GET /healthz HTTP/1.1", &headers(99), ""),
            Some(431),
        ),
        (
            "a header of 64 KiB",
            request("GET / HTTP/1.1", &format!("X: {}\r\n", long(65_536)), ""),
            Some(431),
        ),
        (
            "a path of 20 KiB",
            get(&format!("/{}", long(20_480))),
            Some(404),
        ),
        (
            "a path of 100 KiB",
            get(&format!("/{}", long(102_400))),
            Some(431),
        ),
        (
            "a method of letters",
            request("ABSURD /healthz HTTP/1.1", "", ""),
            Some(405),
        ),
        (
            "a method of 10,000 letters",
            request(&format!("{} / HTTP/1.1", "M".repeat(10_000)), "", ""),
            Some(404),
        ),
        (
            "a method that is none",
            request("G@T\x01 / HTTP/1.1", "", ""),
            Some(400),
        ),
        (
            "CONNECT",
            request("CONNECT example.org:443 HTTP/1.1", "", ""),
            Some(404),
        ),
        (
            "TRACE",
            request("TRACE /healthz HTTP/1.1", "", ""),
            Some(405),
        ),
        ("a NUL in the path", get("/healthz\0"), Some(400)),
        ("a blank in the path", get("/health z"), Some(400)),
        (
            "an encoded NUL",
            get("/api/v1/organisations/E07%00"),
            Some(400),
        ),
        ("no path", get(""), Some(400)),
        ("HTTP/0.9", b"GET /healthz\r\n\r\n".to_vec(), Some(400)),
        (
            "HTTP/7.3",
            request("GET /healthz HTTP/7.3", "", ""),
            Some(400),
        ),
        (
            "the preface of HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            Some(400),
        ),
        (
            "a TLS hello",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20),
            Some(400),
        ),
        ("bytes of all kinds", (0..=255).collect(), Some(400)),
    ];
    for (what, bytes, expected) in cases {
        let got = raw(&service, what, &bytes);
        println!("{what}: {got:?}");
        assert_eq!(got, expected, "{what}");
    }
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

/// How long the service bears with a client that sends these bytes, one after another.
fn borne(service: &Service, bytes: &'static [u8], every: Duration) -> Duration {
    let mut connection = Connection::open(service.address(), Ipv4Addr::LOCALHOST).unwrap();
    connection.patience(every).unwrap();
    let begun = Instant::now();
    let mut bytes = bytes.iter().cycle();
    while begun.elapsed() < CUT_OFF_WITHIN {
        if let Some(byte) = bytes.next()
            && connection.write(&[*byte]).is_err()
        {
            break;
        }
        // Waits as long as nothing comes; what comes is an answer, or the end.
        match connection.head() {
            Ok(_) => break,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    begun.elapsed()
}

#[test]
fn whoever_takes_too_long_over_a_head_is_cut_off_and_keeps_nobody_waiting() {
    let service = service();
    let second = Duration::from_secs(1);
    thread::scope(|scope| {
        let slow: Vec<_> = [
            (
                "a byte a second",
                &b"GET /healthz HTTP/1.1\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaa"[..],
            ),
            (
                "the preface of HTTP/2 a byte a second",
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            ),
            ("nothing at all", b""),
        ]
        .into_iter()
        .map(|(what, bytes)| {
            let service = &service;
            (what, scope.spawn(move || borne(service, bytes, second)))
        })
        .collect();
        for _ in 0..5 {
            let begun = Instant::now();
            goes_on(&service, "slow heads");
            assert!(begun.elapsed() < second);
        }
        for (what, slow) in slow {
            let borne = slow.join().unwrap();
            println!("{what}: cut off after {borne:?}");
            assert!(borne < CUT_OFF_WITHIN, "{what}: not cut off");
            assert!(borne > HEADER_TIME / 2, "{what}: {borne:?}");
        }
    });
}

#[test]
fn a_page_of_another_site_changes_nothing_with_somebodys_session() {
    let program = Program::with(&[stroud()]);
    let people = [
        person("ada", &[("administrator", "*")]),
        person("ann", &[("recorder", STROUD)]),
    ];
    program.accepts(&people.concat());
    let service = Service::start(program);
    let password = "umber-lattice-9-quarry-moth";
    let entry = json!({ "password": password });
    let mut ada = service.as_person("ada");
    let _ = ada
        .send_json("PUT", "/api/v1/people/ann", &[], &entry)
        .of_status(204);
    let credentials = json!({ "person": "ann", "password": password });
    let signed_in = service
        .stranger()
        .post("/api/v1/session", &credentials)
        .of_status(204);
    let cookie = signed_in
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let mut ann = service.stranger().with("cookie", &cookie);
    let own = format!("http://{}", service.address());
    let cross_site: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://elsewhere.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
    ];
    for headers in cross_site {
        for (method, path) in [
            ("POST", PATH),
            ("POST", "/api/v1/session"),
            ("DELETE", "/api/v1/session"),
            ("POST", "/api/v1/organisations/E07000082/import"),
            ("PUT", "/api/v1/people/ann"),
        ] {
            let answer = ann.send_json(method, path, headers, &claim("A"));
            assert_eq!(
                answer.outcome(),
                (403, "not-allowed".into()),
                "{headers:?} {method} {path}"
            );
        }
        let plain = [headers, &[("content-type", "text/plain")]].concat();
        let body = claim("A").to_string();
        let answer = ann.send("POST", PATH, &plain, Some(body.as_bytes()));
        assert_eq!(answer.status, 403, "{headers:?}");
        // Reading is not refused for that; what is read, the browser keeps from the other site.
        let read = ann.send(
            "GET",
            "/api/v1/organisations/E07000082/claims",
            headers,
            None,
        );
        assert_eq!(read.status, 200);
        assert_eq!(read.header("access-control-allow-origin"), None);
    }
    let body = claim("A").to_string();
    let answer = ann.send(
        "POST",
        PATH,
        &[("content-type", "text/plain")],
        Some(body.as_bytes()),
    );
    assert_eq!(answer.status, 415);
    assert_eq!(
        service.program().events(STROUD).len(),
        1,
        "nothing was recorded"
    );
    for headers in [
        &[("sec-fetch-site", "same-origin"), ("origin", &*own)][..],
        &[("sec-fetch-site", "none")],
        &[("origin", &own)],
    ] {
        let reference = format!("C{}", service.program().events(STROUD).len());
        let answer = ann.send_json("POST", PATH, headers, &claim(&reference));
        assert_eq!(answer.status, 201, "{headers:?}: {}", answer.text());
    }
}

//! Heads of requests that no client should send, and clients that never finish one.

use std::io;
use std::net::Ipv4Addr;
use std::thread;
use std::time::{Duration, Instant};

use netgain_tests::examples::STROUD;
use netgain_tests::service::{Connection, Service};

use super::bad_input::{goes_on, post, request, service, tells_nothing};

/// How long a client may take over a request's head, and a little more.
const HEADER_TIME: Duration = Duration::from_secs(10);
const CUT_OFF_WITHIN: Duration = Duration::from_secs(16);

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
            "chunks whose lines end in a line feed alone",
            post("Transfer-Encoding: chunked\r\n", "2\n{}\n0\n\n"),
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
        // Taken as the end of a line, as RFC 9112 section 2.2 lets a server do; there is no second reading.
        (
            "lines that end in a line feed alone",
            b"GET /healthz HTTP/1.1\nHost: x\n\n".to_vec(),
            Some(200),
        ),
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
            Some(405),
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
        // Nothing that could be said would be understood.
        (
            "the preface of HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            None,
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
        assert_eq!(got, expected, "{what}");
    }
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
        let waits = |error: &io::Error| error.kind() == io::ErrorKind::WouldBlock;
        if !connection.head().is_err_and(|error| waits(&error)) {
            break;
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

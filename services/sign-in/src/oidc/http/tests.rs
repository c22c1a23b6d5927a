use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

use super::*;

/// A server that treats its first visitor so.
fn server(treat: impl FnOnce(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut visitor, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            visitor.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        treat(&mut visitor);
    });
    format!("http://{address}/")
}

fn get(address: &str) -> HttpRequest {
    openidconnect::http::Request::get(address)
        .body(Vec::new())
        .unwrap()
}

async fn ask(address: &str, time_max: Duration) -> Result<HttpResponse, CallError> {
    call(agent(time_max), get(address)).await
}

#[tokio::test]
async fn an_answer_has_its_status_and_body() {
    let address = server(|visitor| {
        visitor
            .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}")
            .unwrap();
    });
    let answer = ask(&address, CALL_TIME_MAX).await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.body(), b"{}");
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up_in_time() {
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let address = server(move |_visitor| {
        let _closed = wait.recv();
    });
    let begun = Instant::now();
    let error = ask(&address, Duration::from_millis(200)).await.unwrap_err();
    assert!(
        matches!(error, CallError::Failed(ureq::Error::Timeout(_))),
        "{error:?}"
    );
    assert!(begun.elapsed() < CALL_TIME_MAX);
    drop(done);
}

#[tokio::test]
async fn a_provider_that_answers_drop_by_drop_is_given_up_in_time() {
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let address = server(move |visitor| {
        visitor
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
            .unwrap();
        let _closed = wait.recv();
    });
    assert!(ask(&address, Duration::from_millis(200)).await.is_err());
    drop(done);
}

#[tokio::test]
async fn an_answer_that_never_ends_is_given_up() {
    let address = server(|visitor| {
        let _refused = visitor.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while visitor.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let error = ask(&address, CALL_TIME_MAX).await.unwrap_err();
    assert!(
        matches!(error, CallError::Failed(ureq::Error::BodyExceedsLimit(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = server(|_visitor| panic!("the redirect was followed"));
    let address = server(move |visitor| {
        let answer =
            format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
        visitor.write_all(answer.as_bytes()).unwrap();
    });
    assert_eq!(ask(&address, CALL_TIME_MAX).await.unwrap().status(), 302);
}

#[tokio::test]
async fn nothing_is_sent_in_clear_over_a_network() {
    for address in [
        "http://login.example/token",
        "http://192.0.2.1/",
        "http://127.0.0.1.example/",
    ] {
        let error = ask(address, CALL_TIME_MAX).await.unwrap_err();
        assert!(matches!(error, CallError::Unprotected(_)), "{error:?}");
    }
}

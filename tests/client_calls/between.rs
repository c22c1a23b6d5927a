//! Somebody between the client and the service.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use netgain_tests::service::{Answer, Client};

/// Listens, and gives every connection to a thread of its own.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(connection));
        }
    });
    url
}

/// Passes bytes on, and cuts each connection after so many of the service's.
pub(crate) fn cut_after(bytes: u64, service: SocketAddr) -> String {
    listen(move |client| {
        let server = TcpStream::connect(service).unwrap();
        let (mut ask, mut asked) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            let _ = std::io::copy(&mut ask, &mut asked);
            let _ = asked.shutdown(Shutdown::Both);
        });
        let _ = std::io::copy(&mut server.take(bytes), &mut &client);
        let _ = client.shutdown(Shutdown::Both);
    })
}

/// A request that came.
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Asked {
    /// Whether it is for a whole history.
    pub(crate) fn is_for_history(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| name == "accept" && value.contains("ndjson"))
    }
}

/// Asks the service itself and changes what it says, in whole and well-formed answers; an answer that becomes
/// nothing is never given.
pub(crate) fn doctored(
    service: SocketAddr,
    doctor: impl Fn(&Asked, Answer) -> Option<Answer> + Send + Sync + 'static,
) -> String {
    listen(move |client| {
        let Some(asked) = read(&client) else {
            return;
        };
        let kept = ["authorization", "accept", "content-type"];
        let headers: Vec<(&str, &str)> = asked
            .headers
            .iter()
            .filter(|(name, _)| kept.contains(&name.as_str()))
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let body = (asked.method == "POST").then_some(asked.body.as_slice());
        let answer = Client::new(service).try_send(&asked.method, &asked.path, &headers, body);
        let Ok(answer) = answer else {
            return;
        };
        let Some(answer) = doctor(&asked, answer) else {
            return;
        };
        let mut head = format!("HTTP/1.1 {} So\r\nconnection: close\r\n", answer.status);
        for name in ["content-type", "idempotent-replayed", "retry-after"] {
            if let Some(value) = answer.header(name) {
                write!(head, "{name}: {value}\r\n").unwrap();
            }
        }
        write!(head, "content-length: {}\r\n\r\n", answer.body.len()).unwrap();
        let mut client = client;
        let _ = client.write_all(&[head.as_bytes(), &answer.body].concat());
    })
}

fn read(client: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(client);
    let mut next = || {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        Some(line.trim_end().to_owned())
    };
    let first = next()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let line = next()?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    lines.read_exact(&mut body).ok()?;
    Some(Asked {
        method,
        path,
        headers,
        body,
    })
}

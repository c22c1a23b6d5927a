//! Commits that are stored, and of which no answer comes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use netgain_ledger::log::Lineage;

use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, is_written, line, lines, open};

/// Stands between a client and its server. It ends with the test's process.
pub(super) struct Between {
    pub(super) port: u16,
    /// The next thing the server says does not arrive, and the connection ends.
    pub(super) loses: Arc<AtomicBool>,
    pub(super) lost: Arc<AtomicU64>,
}

impl Between {
    pub(super) fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let between = Self {
            port: listener.local_addr().unwrap().port(),
            loses: Arc::default(),
            lost: Arc::default(),
        };
        let (loses, lost) = (Arc::clone(&between.loses), Arc::clone(&between.lost));
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let server = TcpStream::connect(("127.0.0.1", server)).unwrap();
                let back = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (loses, lost) = (Arc::clone(&loses), Arc::clone(&lost));
                thread::spawn(move || pass(client, server, || false));
                thread::spawn(move || {
                    pass(back.0, back.1, || {
                        let loses = loses.swap(false, Ordering::SeqCst);
                        lost.fetch_add(u64::from(loses), Ordering::SeqCst);
                        loses
                    });
                });
            }
        });
        between
    }
}

/// Passes bytes on until either side ends or it is to lose some.
fn pass(mut from: TcpStream, mut to: TcpStream, mut loses: impl FnMut() -> bool) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if loses() || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        // The other side may have ended it already.
        drop(stream.shutdown(Shutdown::Both));
    }
}

#[test]
fn a_commit_whose_answer_is_lost_is_acknowledged_once_it_is_found_and_stands_once() {
    const CODE: &str = "E07000082";
    const COMMITS: u64 = 30;
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let between = Between::start(servers.port(0));
    let mut home = servers.home();
    home.servers = format!("nats://127.0.0.1:{}", between.port);
    let log = open(&home, 1);
    let lineage = Arc::new(Lineage::default());
    let mut expected = Vec::new();
    for position in 1..=COMMITS {
        between.loses.store(position % 10 == 5, Ordering::SeqCst);
        let ticket = append(&log, CODE, position, "x", &lineage);
        assert!(is_written(&log, ticket, &lineage));
        expected.extend(line(position, "x"));
    }
    assert_eq!(lines(&log, CODE).into_bytes(), expected);
    let stats = log.stats();
    // Answers were really lost, and what was sent again was not stored again.
    assert_eq!(between.lost.load(Ordering::SeqCst), 3);
    assert!(stats.resent >= 3, "{stats:?}");
    assert_eq!((stats.messages, stats.displacements), (COMMITS, 0));
}

//! What the tests have in common: a ledger that signs, a witness on a socket, and a caller.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use netgain_events::sha256::Sha256Hex;
use netgain_verify::checkpoint::{Checkpoint, SignedCheckpoint};
use netgain_verify::note::{KeyName, SigningKey, VerifierKey};
use netgain_verify::tlog::{Hash, Tree, leaf_hash};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::add_checkpoint::AddCheckpoint;
use crate::known_logs::LOGS;
use crate::serve::{LIMITS, Limits, serve_until};
use crate::witness::Witness;

/// The witness's name in all tests.
pub(crate) fn witness_name() -> KeyName {
    "example.gov.uk/audit-witness".parse().unwrap()
}

/// A ledger with one log, or one version of it.
pub(crate) struct Ledger {
    pub(crate) name: KeyName,
    key: SigningKey,
    tree: Tree,
}

impl Ledger {
    pub(crate) fn with_leaves(leaves: u32) -> Self {
        Self::named("netgain/0123456789abcdef0123456789abcdef", "leaf", leaves)
    }

    /// The same ledger with other leaves from the first on.
    pub(crate) fn with_other_leaves(leaves: u32) -> Self {
        Self::named("netgain/0123456789abcdef0123456789abcdef", "other", leaves)
    }

    pub(crate) fn named(name: &str, leaf: &str, leaves: u32) -> Self {
        let leaves = (0..leaves).map(|number| leaf_hash(format!("{leaf} {number}").as_bytes()));
        let name: KeyName = name.parse().unwrap();
        let seed = Sha256Hex::of(name.as_str().as_bytes());
        Self {
            key: SigningKey::from_seed(name.clone(), *seed.bytes()),
            name,
            tree: Tree::of(leaves.collect()),
        }
    }

    pub(crate) fn key(&self) -> VerifierKey {
        self.key.verifier()
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    pub(crate) fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        self.checkpoint_of(self.name.as_str(), size)
    }

    pub(crate) fn checkpoint_of(&self, origin: &str, size: u64) -> SignedCheckpoint {
        self.sign(origin, size, self.tree.root_at(size).unwrap())
    }

    pub(crate) fn sign(&self, origin: &str, size: u64, root: Hash) -> SignedCheckpoint {
        let checkpoint = Checkpoint {
            origin: origin.parse().unwrap(),
            size,
            root,
        };
        SignedCheckpoint::sign(checkpoint, &[&self.key]).unwrap()
    }

    pub(crate) fn request(&self, old_size: u64, size: u64) -> AddCheckpoint {
        AddCheckpoint {
            old_size,
            // What the tree was when it had that size.
            proof: match size {
                0 => Vec::new(),
                _ => self.at(size).consistency(old_size).unwrap_or_default(),
            },
            checkpoint: self.checkpoint(size),
        }
    }

    fn at(&self, size: u64) -> Tree {
        Tree::of(
            (0..size)
                .map(|leaf| self.tree.leaf(leaf).unwrap())
                .collect(),
        )
    }
}

/// Writes the list of logs.
pub(crate) fn know(home: &Path, ledgers: &[&Ledger]) {
    let keys = ledgers.iter().map(|ledger| format!("  {}\n", ledger.key()));
    let logs: String = ["# the logs we know\n\n".to_owned()]
        .into_iter()
        .chain(keys)
        .collect();
    fs::write(home.join(LOGS), logs).unwrap();
}

/// A witness in that directory that knows those ledgers.
pub(crate) fn witness_of(home: &Path, ledgers: &[&Ledger]) -> Witness {
    know(home, ledgers);
    Witness::open(home, &witness_name()).unwrap()
}

/// A witness on a socket of its own, until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) key: VerifierKey,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// An answer: status, media type, body.
pub(crate) type Said = (u16, String, String);

impl Running {
    pub(crate) fn start(witness: Witness) -> Self {
        Self::with_limits(witness, LIMITS)
    }

    pub(crate) fn with_limits(witness: Witness, limits: Limits) -> Self {
        let key = witness.verification_key();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                let stop = async { stopped.await.unwrap() };
                serve_until(Arc::new(witness), listener, limits, stop).await;
            });
        });
        Self {
            address,
            key,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn post(&self, body: &[u8]) -> Said {
        call(self.address, "POST", "/add-checkpoint", body)
    }

    pub(crate) fn add(&self, request: &AddCheckpoint) -> Said {
        self.post(&request.body())
    }

    pub(crate) fn get(&self, path: &str) -> Said {
        call(self.address, "GET", path, b"")
    }

    /// Lets it stop, and comes back once it takes no connections any more.
    pub(crate) fn begin_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).unwrap();
        }
        while TcpStream::connect(self.address).is_ok() {}
    }

    /// Lets it stop, and comes back once it has.
    pub(crate) fn stop(&mut self) {
        self.begin_to_stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The head of a request with a body of that length.
pub(crate) fn head(method: &str, path: &str, length: usize) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// Calls without a library, so that nothing is between the test and the bytes.
pub(crate) fn call(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> Said {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(head(method, path, body.len()).as_bytes())
        .unwrap();
    // A server that refuses early stops reading.
    let _ = stream.write_all(body);
    read_answer(&mut stream)
}

/// Reads an answer to its end.
pub(crate) fn read_answer(stream: &mut TcpStream) -> Said {
    let mut answer = Vec::new();
    // After an early refusal the connection may end with a reset, behind the answer.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let media_type = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "))
        .unwrap_or_default();
    (status, media_type.to_owned(), body.to_owned())
}

//! Real nats-servers.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::{Home, Syncing};

/// How long a server may take until it answers.
const START_TIME_MAX: Duration = Duration::from_secs(20);

/// Servers of one cluster, or one server by itself.
pub(super) struct Servers {
    program: PathBuf,
    folder: tempfile::TempDir,
    ports: Vec<u16>,
    running: Vec<Option<Child>>,
}

impl Servers {
    /// Starts that many, or says why that cannot be done here. `more` goes into their configuration.
    pub(super) fn start(count: usize, more: &str) -> Option<Self> {
        Self::start_syncing(count, "always", more)
    }

    /// Starts some that sync as often as stated.
    pub(super) fn start_syncing(count: usize, interval: &str, more: &str) -> Option<Self> {
        let mut servers = Self {
            program: program()?,
            folder: tempfile::tempdir().unwrap(),
            ports: free_ports(count * 2),
            running: (0..count).map(|_| None).collect(),
        };
        for number in 0..count {
            servers.configure(number, interval, more);
            servers.run(number);
        }
        for number in 0..count {
            servers.await_answer(number);
        }
        Some(servers)
    }

    /// One with what a ledger needs.
    pub(super) fn one() -> Option<Self> {
        Self::start(1, "max_payload: 5MB")
    }

    fn count(&self) -> usize {
        self.running.len()
    }

    fn configure(&self, number: usize, interval: &str, more: &str) {
        let store = self.folder.path().join(number.to_string());
        let mut text = format!(
            "server_name: n{number}\nlisten: 127.0.0.1:{}\n{more}\n\
             jetstream {{ store_dir: {store:?}, sync_interval: {interval:?} }}\n",
            self.ports[number]
        );
        if self.count() > 1 {
            let routes = self.ports[self.count()..].iter();
            let routes: Vec<String> = routes
                .map(|port| format!("nats://127.0.0.1:{port}"))
                .collect();
            writeln!(
                text,
                "cluster {{ name: tests, listen: 127.0.0.1:{}, routes: [{}] }}",
                self.ports[self.count() + number],
                routes.join(", ")
            )
            .unwrap();
        }
        fs::write(self.configuration(number), text).unwrap();
    }

    fn configuration(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("{number}.conf"))
    }

    /// Where a server keeps its streams.
    pub(super) fn store(&self, number: usize) -> PathBuf {
        self.folder.path().join(number.to_string())
    }

    /// Starts a server that does not run.
    pub(super) fn run(&mut self, number: usize) {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(format!("{number}.log")))
            .unwrap();
        let child = Command::new(&self.program)
            .arg("--config")
            .arg(self.configuration(number))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running[number] = Some(child);
    }

    /// Kills a server at once, as a lost machine is lost.
    pub(super) fn kill(&mut self, number: usize) {
        let mut child = self.running[number].take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Ends a server as its operator would.
    pub(super) fn stop(&mut self, number: usize) {
        let mut child = self.running[number].take().unwrap();
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        assert!(asked.unwrap().success());
        child.wait().unwrap();
    }

    /// The port of a server.
    pub(super) fn port(&self, number: usize) -> u16 {
        self.ports[number]
    }

    /// Waits until a server greets.
    pub(super) fn await_answer(&self, number: usize) {
        await_greeting(self.ports[number]);
    }

    /// The ledger in these servers, kept by all of them.
    pub(super) fn home(&self) -> Home {
        let ports = self.ports[..self.count()].iter();
        let servers: Vec<String> = ports
            .map(|port| format!("nats://127.0.0.1:{port}"))
            .collect();
        Home {
            replicas: self.count(),
            // There is no account whose word could be imported.
            syncing: Syncing::Stated,
            ..Home::on(servers.join(","))
        }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in self.running.iter_mut().flatten() {
            // It may have ended by itself; its folder goes either way.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The program of a server, or nothing where there is none; then it is said why.
pub(super) fn program() -> Option<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cluster/nats-server");
    let said = Command::new(&script).output().unwrap();
    let answer = String::from_utf8(said.stdout).unwrap();
    if said.status.success() {
        return Some(answer.trim().into());
    }
    println!("{}", answer.trim());
    None
}

/// Waits until a server greets on a port.
pub(super) fn await_greeting(port: u16) {
    let by = Instant::now() + START_TIME_MAX;
    loop {
        let greeting = TcpStream::connect(("127.0.0.1", port)).and_then(|stream| {
            stream.set_read_timeout(Some(Duration::from_secs(1)))?;
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line)?;
            Ok(line)
        });
        if greeting.is_ok_and(|line| line.starts_with("INFO ")) {
            return;
        }
        assert!(Instant::now() < by, "the server on {port} does not answer");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Ports that were free a moment ago, all different.
pub(super) fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    listeners
        .iter()
        .map(|listener| listener.local_addr().unwrap().port())
        .collect()
}

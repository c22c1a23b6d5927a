//! The service as its users meet it: a process that listens, people with tokens, and connections.

mod client;
mod people;
mod stream;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::program::Program;

pub use client::{Answer, Client, Connection};
pub use people::{FOR_EVER, enrol, grant, person, secret_of, service_account, token};
pub use stream::{Event, Stream};

/// How long the service may take to listen, or to end, before it counts as hanging.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often something that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A running `netgain serve` and its ledger. Both go with the test.
pub struct Service {
    running: Running,
    program: Program,
}

/// How a service ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// How long it took from being asked.
    pub took: Duration,
    /// What it said on standard error, from its start to its end.
    pub said: String,
}

struct Running {
    child: Child,
    listen: SocketAddr,
    metrics: SocketAddr,
    said: Arc<Mutex<String>>,
    /// Ends once standard error is at its end.
    errors: Option<JoinHandle<()>>,
}

impl Service {
    /// Starts the service of that ledger on free ports and waits until it listens.
    #[must_use]
    pub fn start(program: Program) -> Self {
        Self::start_with(program, &[], &[])
    }

    /// The same with more words in the call, and with variables in its environment.
    #[must_use]
    pub fn start_with(program: Program, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let free = "127.0.0.1:0";
        let mut command = program.command(["serve", "--listen", free, "--metrics", free]);
        // Every answer has its line, so that a test may look for what must not be in one.
        command
            .args(words)
            .env("NETGAIN_LOG_LEVEL", "netgain_web=debug,info");
        command.envs(variables.iter().copied());
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let said = Arc::<Mutex<String>>::default();
        let (errors, lines) =
            listen_to(child.stderr.take().expect("its errors"), Arc::clone(&said));
        let find = |words: &str| loop {
            let line = lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("it does not serve: {}", locked(&said)));
            if let Some((_, address)) = line.split_once(words) {
                let address = address.trim_end_matches("/metrics");
                return address.parse().expect("an address");
            }
        };
        let listen = find("serving on http://");
        let metrics = find("figures for Prometheus on http://");
        let running = Running {
            child,
            listen,
            metrics,
            said,
            errors: Some(errors),
        };
        Self { running, program }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.listen
    }

    /// Where its figures for Prometheus are.
    #[must_use]
    pub fn metrics_address(&self) -> SocketAddr {
        self.running.metrics
    }

    /// The ledger, which reading calls may use beside it.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Somebody who has not shown who they are.
    #[must_use]
    pub fn stranger(&self) -> Client {
        Client::new(self.address())
    }

    /// The person of that id, by the token that [`person`] gave them.
    #[must_use]
    pub fn as_person(&self, id: &str) -> Client {
        self.stranger().token(&secret_of(id))
    }

    /// The resident memory of the process, in KiB.
    #[must_use]
    pub fn resident_kib(&self) -> u64 {
        let path = format!("/proc/{}/status", self.running.child.id());
        let status = std::fs::read_to_string(path).expect("a process that runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.and_then(|rest| rest.split_whitespace().next());
        size.expect("a size").parse().expect("a number")
    }

    /// What it has said on standard error so far.
    #[must_use]
    pub fn said(&self) -> String {
        locked(&self.running.said).clone()
    }

    /// Asks it to end, as a service manager does, and waits until it has.
    #[must_use]
    pub fn stop(self) -> (Program, Ended) {
        self.end_by(Signal::TERM)
    }

    /// Ends it without a word of warning, as a power cut would.
    #[must_use]
    pub fn kill(self) -> Program {
        self.end_by(Signal::KILL).0
    }

    /// Ends it without a word of warning while others still use it.
    pub fn kill_now(&self) {
        self.signal(Signal::KILL);
    }

    /// Stops it where it stands, as a machine that hangs.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.running.child.id()).expect("a process's id");
        kill_process(Pid::from_raw(id).expect("a process's id"), signal).expect("it runs");
    }

    fn end_by(mut self, signal: Signal) -> (Program, Ended) {
        let asked = Instant::now();
        self.signal(signal);
        let running = &mut self.running;
        let status = loop {
            if let Some(status) = running.child.try_wait().expect("it ends") {
                break status;
            }
            assert!(asked.elapsed() < PATIENCE, "it does not end");
            thread::sleep(LOOK_EVERY);
        };
        let took = asked.elapsed();
        let errors = running.errors.take().expect("it ends once");
        errors.join().expect("a reader of its errors");
        let said = locked(&running.said).clone();
        let ended = Ended {
            status: status.code(),
            took,
            said,
        };
        (self.program, ended)
    }
}

impl Drop for Running {
    /// A test that failed half way leaves nothing running.
    fn drop(&mut self) {
        let _: Result<(), _> = self.child.kill();
        let _: Result<_, _> = self.child.wait();
    }
}

fn locked(said: &Mutex<String>) -> std::sync::MutexGuard<'_, String> {
    said.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps what is said on standard error, and tells it line by line.
fn listen_to(errors: ChildStderr, said: Arc<Mutex<String>>) -> (JoinHandle<()>, Receiver<String>) {
    let (tell, told) = channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            let mut said = locked(&said);
            said.push_str(&line);
            said.push('\n');
            drop(said);
            // Nobody listens any more once it serves, or until it ends.
            let _ = tell.send(line);
        }
    });
    (reader, told)
}

/// Waits until something is so, and fails with what it was last where it never is.
pub fn wait_until<T: std::fmt::Debug>(
    what: &str,
    mut look: impl FnMut() -> T,
    so: impl Fn(&T) -> bool,
) -> T {
    let begun = Instant::now();
    loop {
        let seen = look();
        if so(&seen) {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: {seen:?}");
        thread::sleep(LOOK_EVERY);
    }
}

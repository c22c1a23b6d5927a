//! Real nats-servers, one or a cluster of three, that keep a ledger's log for the test.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use tempfile::TempDir;

/// Names the nats-server to start; without it, the one that the tests install for themselves.
const SERVER_VARIABLE: &str = "NETGAIN_NATS_SERVER";

/// How long a server may take until it greets.
const START_TIME_MAX: Duration = Duration::from_secs(20);

/// Servers of one cluster, or one server by itself. They and their streams go with the test.
pub struct Servers {
    program: PathBuf,
    folder: TempDir,
    ports: Vec<u16>,
    running: Vec<Option<Child>>,
}

impl Servers {
    /// Starts that many with what a ledger needs; or says why that cannot be done here, and gives nothing.
    #[must_use]
    pub fn start(count: usize) -> Option<Self> {
        Self::start_with(count, "always", "max_payload: 5MB")
    }

    /// Starts some that sync as often as stated. `more` goes into their configuration.
    #[must_use]
    pub fn start_with(count: usize, sync_interval: &str, more: &str) -> Option<Self> {
        let mut servers = Self {
            program: program()?,
            folder: TempDir::with_prefix("netgain-servers-").expect("a temporary directory"),
            ports: free_ports(count * 2),
            running: (0..count).map(|_| None).collect(),
        };
        for number in 0..count {
            servers.configure(number, sync_interval, more);
            servers.run(number);
        }
        for number in 0..count {
            servers.await_answer(number);
        }
        Some(servers)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// The address of one of them.
    #[must_use]
    pub fn address(&self, number: usize) -> String {
        format!("nats://127.0.0.1:{}", self.ports[number])
    }

    /// All their addresses, as `--log` takes them.
    #[must_use]
    pub fn addresses(&self) -> String {
        let all: Vec<String> = (0..self.count())
            .map(|number| self.address(number))
            .collect();
        all.join(",")
    }

    /// The port of one of them.
    #[must_use]
    pub fn port(&self, number: usize) -> u16 {
        self.ports[number]
    }

    /// Sends the first one a message, and gives what is answered.
    ///
    /// # Panics
    /// Nobody answers within a few seconds.
    #[must_use]
    pub fn ask(&self, subject: &str, message: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.ports[0])).expect("a connection");
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).expect("a time limit");
        let bytes = message.len();
        let sent = write!(
            stream,
            "CONNECT {{\"verbose\":false}}\r\nSUB answers 1\r\nPUB {subject} answers {bytes}\r\n{message}\r\n"
        );
        sent.expect("a connection that can be written");
        let mut lines = BufReader::new(stream)
            .lines()
            .map(|line| line.expect("an answer"));
        let is_answer = |line: &String| line.starts_with("MSG answers ");
        lines.find(is_answer).expect("an answer");
        lines.next().expect("what is answered")
    }

    /// Where one of them keeps its streams.
    #[must_use]
    pub fn store(&self, number: usize) -> PathBuf {
        self.folder.path().join(number.to_string())
    }

    /// Kills one at once, as a lost machine is lost.
    pub fn kill(&mut self, number: usize) {
        let mut child = self.running[number].take().expect("it runs");
        child.kill().expect("it runs");
        child.wait().expect("it ends");
    }

    /// Ends one as its operator would.
    pub fn stop(&mut self, number: usize) {
        let mut child = self.running[number].take().expect("it runs");
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        assert!(asked.expect("a program that runs").success());
        child.wait().expect("it ends");
    }

    /// Starts one that does not run, and waits until it greets.
    pub fn start_again(&mut self, number: usize) {
        self.run(number);
        self.await_answer(number);
    }

    /// Waits until one greets.
    pub fn await_answer(&self, number: usize) {
        await_greeting(self.ports[number]);
    }

    fn configure(&self, number: usize, sync_interval: &str, more: &str) {
        let store = self.store(number);
        let mut text = format!(
            "server_name: n{number}\nlisten: 127.0.0.1:{}\n{more}\n\
             jetstream {{ store_dir: \"{}\", sync_interval: \"{sync_interval}\" }}\n",
            self.ports[number],
            store.display()
        );
        if self.count() > 1 {
            let routes = self.ports[self.count()..].iter();
            let routes: Vec<String> = routes
                .map(|port| format!("nats://127.0.0.1:{port}"))
                .collect();
            let own = self.ports[self.count() + number];
            let routes = routes.join(", ");
            writeln!(
                text,
                "cluster {{ name: tests, listen: 127.0.0.1:{own}, routes: [{routes}] }}"
            )
            .expect("a text grows");
        }
        fs::write(self.configuration(number), text).expect("a file that can be written");
    }

    fn configuration(&self, number: usize) -> PathBuf {
        self.folder.path().join(format!("{number}.conf"))
    }

    /// Starts one that does not run.
    pub fn run(&mut self, number: usize) {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(format!("{number}.log")));
        let child = Command::new(&self.program)
            .arg("--config")
            .arg(self.configuration(number))
            .stdout(Stdio::null())
            .stderr(log.expect("a file that can be written"))
            .spawn();
        self.running[number] = Some(child.expect("the server runs"));
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

/// The server's program; nothing where there is none, and then it is said why.
#[must_use]
pub fn program() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(SERVER_VARIABLE) {
        return Some(named.into());
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("cluster/nats-server");
    let said = Command::new(script).output().expect("a script that runs");
    let answer = String::from_utf8(said.stdout).expect("an answer in UTF-8");
    if said.status.success() {
        return Some(answer.trim().into());
    }
    println!("{}", answer.trim());
    None
}

/// Waits until a server greets on a port.
pub fn await_greeting(port: u16) {
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
#[must_use]
pub fn free_ports(count: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..count)
        .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"))
        .collect();
    let port = |listener: &TcpListener| listener.local_addr().expect("its address").port();
    listeners.iter().map(port).collect()
}

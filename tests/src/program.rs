//! The program as its users meet it: a process with words, lines in and lines out, and a directory.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

use crate::servers::Servers;

/// Names the program to test; without it, the one that belongs to the running test is built.
const PROGRAM_VARIABLE: &str = "NETGAIN_PROGRAM";

/// Who acts in a vector, or in a random history, that names nobody: nobody that any of them names.
pub const RECORDER: &str = "recorder";

/// How long one answer may take before the program counts as hanging.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A ledger's directory that vanishes with the test, and the program to use it with.
pub struct Program {
    home: TempDir,
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit status.
    pub status: i32,
    /// What was written to standard output.
    pub stdout: String,
    /// What was written to standard error.
    pub stderr: String,
}

/// What `netgain record` answered.
#[derive(Clone, Debug)]
pub struct Answers {
    /// The exit status.
    pub status: i32,
    /// The answers, one for each line that is not blank.
    pub answers: Vec<Value>,
    /// What was written to standard error.
    pub stderr: String,
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

impl Program {
    /// The program with a ledger that does not exist yet.
    #[must_use]
    pub fn new() -> Self {
        let home = TempDir::with_prefix("netgain-test-").expect("a temporary directory");
        Self { home }
    }

    /// The program as a node whose log those servers keep; it has a directory of its own for the rest.
    #[must_use]
    pub fn on(servers: &Servers) -> Self {
        let program = Self::new();
        fs::create_dir(program.path("netgain")).expect("a directory");
        let (addresses, count) = (servers.addresses(), servers.count());
        let settings =
            format!("log = \"{addresses}\"\nlog_replicas = {count}\nlog_syncing = \"stated\"\n");
        let _ = program.file("netgain/config.toml", settings);
        program
    }

    /// The program with that history recorded: every command must be accepted.
    #[must_use]
    pub fn with(commands: &[Value]) -> Self {
        let program = Self::new();
        program.accepts(commands);
        program
    }

    /// The program with the demo's ledger, and what loading it printed.
    #[must_use]
    pub fn demo() -> (Self, String) {
        let program = Self::new();
        let loaded = program.run("demo --no-serve");
        assert_eq!(loaded.status, 0, "{loaded:#?}");
        (program, loaded.stdout)
    }

    /// The ledger's directory, as `--data` names it.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.home.path().join("ledger")
    }

    /// The only segment file of a small ledger's log.
    #[must_use]
    pub fn segment(&self) -> PathBuf {
        let log = self.log();
        assert_eq!(log.len(), 1, "{:?}", log.keys());
        log.into_keys().next().expect("a segment file")
    }

    /// Where a file of that name is, or would be, beside the ledger.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Writes a file beside the ledger, and gives its path as a word for a call.
    #[must_use]
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a file that can be written");
        path.to_str().expect("a path in UTF-8").to_owned()
    }

    /// The program's command line with the ledger named, for what is not said already.
    #[must_use]
    pub fn command<W: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = W>) -> Command {
        let mut command = Command::new(executable());
        // What whoever runs the tests has set for themselves says nothing here.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("NETGAIN_") {
                command.env_remove(name);
            }
        }
        command
            .env("XDG_CONFIG_HOME", self.home.path())
            .current_dir(self.home.path());
        command.arg("--data").arg(self.data()).args(words);
        command
    }

    /// Runs a call with nothing to read. Its words are those of the text between the blanks.
    #[must_use]
    pub fn run(&self, call: &str) -> Output {
        self.run_with(call, b"")
    }

    /// Runs a call with that to read.
    #[must_use]
    pub fn run_with(&self, call: &str, input: &[u8]) -> Output {
        run(self.command(call.split_whitespace()), input)
    }

    /// Runs a call with nothing to read, of words that may have blanks in them.
    #[must_use]
    pub fn run_words(&self, words: &[&str]) -> Output {
        run(self.command(words), b"")
    }

    /// Runs a call that must succeed and print one JSON document.
    #[must_use]
    pub fn json(&self, call: &str) -> Value {
        let output = self.run(&format!("{call} --json"));
        assert_eq!(output.status, 0, "{output:#?}");
        output.document()
    }

    /// Records commands as [`RECORDER`], which must all be accepted.
    pub fn accepts(&self, commands: &[Value]) {
        let recorded = self.record(commands);
        assert_eq!(recorded.status, 0, "{recorded:#?}");
    }

    /// Records commands as [`RECORDER`].
    #[must_use]
    pub fn record(&self, commands: &[Value]) -> Answers {
        self.record_lines(&lines(commands))
    }

    /// Records lines, whatever is in them, as [`RECORDER`].
    #[must_use]
    pub fn record_lines(&self, lines: &[u8]) -> Answers {
        let call = format!("record --actor {RECORDER}");
        self.run_with(&call, lines).answers()
    }

    /// An organisation's totals of a year as known at a position.
    #[must_use]
    pub fn totals(&self, org: &str, year: &str, position: usize) -> Value {
        self.json(&format!(
            "totals --org {org} --year {year} --position {position}"
        ))
    }

    /// An organisation's totals of a year as known now.
    #[must_use]
    pub fn totals_now(&self, org: &str, year: &str) -> Value {
        self.json(&format!("totals --org {org} --year {year}"))
    }

    /// The stored lines of everything.
    #[must_use]
    pub fn export(&self) -> String {
        let output = self.run("export");
        assert_eq!(output.status, 0, "{output:#?}");
        output.stdout
    }

    /// The events of an organisation, as `trail --json` prints them.
    #[must_use]
    pub fn events(&self, org: &str) -> Vec<Value> {
        let output = self.run(&format!("trail --json --org {org}"));
        assert_eq!(output.status, 0, "{output:#?}");
        output.documents()
    }

    /// Every segment file of the log and its bytes: all that is recorded.
    #[must_use]
    pub fn log(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = self.stored();
        files.retain(|path, _| path.extension().is_some_and(|kind| kind == "seg"));
        files
    }

    /// Every file in the ledger's directory and its bytes.
    #[must_use]
    pub fn stored(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.data()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).expect("a file");
                    files.insert(path, bytes);
                }
            }
        }
        files
    }

    /// Starts a `record` that is given its lines one at a time.
    #[must_use]
    pub fn start_recording(&self) -> Recording {
        let mut command = self.command(["record", "--actor", RECORDER]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        let (tell, told) = channel();
        thread::spawn(move || {
            for line in answers.lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        Recording {
            input: child.stdin.take(),
            child,
            told,
        }
    }
}

impl Output {
    /// Standard output as one JSON document.
    #[must_use]
    pub fn document(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Standard output as JSON documents, one a line.
    #[must_use]
    pub fn documents(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// What a `record` answered.
    #[must_use]
    pub fn answers(self) -> Answers {
        Answers {
            answers: self.documents(),
            status: self.status,
            stderr: self.stderr,
        }
    }

    /// Checks the exit status and that everything said on standard error has those words.
    pub fn fails(&self, status: i32, words: &[&str]) {
        assert_eq!(self.status, status, "{self:#?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in {self:#?}");
        }
    }
}

impl Answers {
    /// Each answer's refusal code, or `-` where it was recorded.
    #[must_use]
    pub fn codes(&self) -> Vec<&str> {
        self.answers
            .iter()
            .map(|answer| answer["refused"]["code"].as_str().unwrap_or("-"))
            .collect()
    }
}

/// A `record` that is still reading.
pub struct Recording {
    child: Child,
    input: Option<ChildStdin>,
    told: Receiver<String>,
}

impl Recording {
    /// The process's id.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The nice value of each of the process's threads, by name (proc(5)).
    #[must_use]
    pub fn nice_values(&self) -> BTreeMap<String, i32> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process())).expect("it runs");
        let of = |thread: io::Result<fs::DirEntry>| {
            let stat = fs::read_to_string(thread.expect("a thread").path().join("stat"));
            let stat = stat.expect("a thread that runs");
            // The name is in brackets, and may have some itself.
            let (before, after) = stat.rsplit_once(") ").expect("a name");
            let (_, name) = before.split_once('(').expect("a name");
            let nice = after.split(' ').nth(16).expect("a nice value");
            (name.to_owned(), nice.parse().expect("a number"))
        };
        threads.map(of).collect()
    }

    /// Sends one command and waits for its answer.
    pub fn ask(&mut self, command: &Value) -> Value {
        let input = self.input.as_mut().expect("it still reads");
        writeln!(input, "{command}").expect("it still reads");
        input.flush().expect("it still reads");
        let answer = self.told.recv_timeout(ANSWER_WITHIN).expect("an answer");
        serde_json::from_str(&answer).expect("an answer in JSON")
    }

    /// Ends the process without a word of warning.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Ends the input and waits for the process.
    #[must_use]
    pub fn finish(mut self) -> ExitStatus {
        drop(self.input.take());
        self.child.wait().expect("it ends")
    }
}

impl Drop for Recording {
    /// A test that failed half way leaves nothing running.
    fn drop(&mut self) {
        let _: Result<(), _> = self.child.kill();
        let _: Result<ExitStatus, _> = self.child.wait();
    }
}

/// Commands as lines to record.
#[must_use]
pub fn lines(commands: &[Value]) -> Vec<u8> {
    let mut lines = String::new();
    for command in commands {
        lines.push_str(&command.to_string());
        lines.push('\n');
    }
    lines.into_bytes()
}

/// Runs a command with that to read.
#[must_use]
pub fn run(mut command: Command, input: &[u8]) -> Output {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program runs");
    let mut stdin = child.stdin.take().expect("its input");
    let mut stderr = child.stderr.take().expect("its errors");
    let (said, told) = thread::scope(|scope| {
        // The program may end before it has read everything.
        scope.spawn(move || drop(stdin.write_all(input)));
        let told = scope.spawn(move || {
            let mut told = Vec::new();
            stderr.read_to_end(&mut told).expect("its errors");
            told
        });
        let mut said = Vec::new();
        let mut stdout = child.stdout.take().expect("its output");
        stdout.read_to_end(&mut said).expect("its output");
        (said, told.join().expect("a reader"))
    });
    let status = child.wait().expect("it ends");
    Output {
        status: status.code().unwrap_or(-1),
        stdout: String::from_utf8(said).expect("output in UTF-8"),
        stderr: String::from_utf8(told).expect("errors in UTF-8"),
    }
}

/// The program to test.
fn executable() -> &'static Path {
    static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();
    EXECUTABLE.get_or_init(|| match std::env::var_os(PROGRAM_VARIABLE) {
        Some(named) => fs::canonicalize(named).expect("the program that is named"),
        None => built(),
    })
}

/// The program of the same build as the running test, built anew where its sources are newer.
fn built() -> PathBuf {
    let test = std::env::current_exe().expect("the running test");
    // A test lies in <target>/<profile>/deps, the program in <target>/<profile>.
    let profile = test.ancestors().nth(2).expect("the profile's directory");
    let program = profile.join(format!("netgain{}", std::env::consts::EXE_SUFFIX));
    if !is_current(&program) {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--package", "netgain"]);
        match profile.file_name().and_then(OsStr::to_str) {
            Some("debug") | None => {}
            Some(named) => drop(cargo.args(["--profile", named])),
        }
        let target = profile.parent().expect("the target's directory");
        cargo.arg("--target-dir").arg(target);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
        cargo.current_dir(root.expect("the workspace"));
        let status = cargo.status().expect("cargo runs");
        assert!(status.success(), "the program cannot be built");
    }
    program
}

/// Whether the program is newer than everything it was built from, which Cargo lists beside it. A
/// test of yesterday's program would prove nothing.
fn is_current(program: &Path) -> bool {
    let modified = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    let Some(built): Option<SystemTime> = modified(program) else {
        return false;
    };
    let listed = fs::read_to_string(program.with_extension("d")).unwrap_or_default();
    let Some((_, sources)) = listed.split_once(": ") else {
        return false;
    };
    // A space inside a path is written with a backslash; such a path is not found, and Cargo asked.
    sources
        .split_whitespace()
        .all(|source| modified(Path::new(source)).is_some_and(|changed| changed <= built))
}

//! A witness as a process: started, heard, told and stopped as its operator does it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use netgain_tests::program::{Program, run};

/// How long a witness may take to say something before it counts as hanging.
const SAYS_WITHIN: Duration = Duration::from_secs(30);

/// A process that runs until it is told to stop, and what it says on standard error.
pub(crate) struct Server {
    process: Child,
    said: Receiver<String>,
}

impl Server {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let errors = BufReader::new(process.stderr.take().unwrap());
        let (tell, said) = channel();
        // Reads to the end, so that the process never waits for a reader.
        thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                drop(tell.send(line));
            }
        });
        Self { process, said }
    }

    /// Waits until it says a line with those words in it, and gives the line.
    pub(crate) fn hear(&self, words: &str) -> String {
        let mut before = Vec::new();
        loop {
            match self.said.recv_timeout(SAYS_WITHIN) {
                Ok(line) if line.contains(words) => return line,
                Ok(line) => before.push(line),
                Err(error) => panic!("{words:?} was not said ({error}): {before:#?}"),
            }
        }
    }

    /// Tells it to stop, as a service manager does, and waits until it has.
    pub(crate) fn stop(mut self) {
        let process = self.process.id().to_string();
        let mut tell = Command::new("sh");
        tell.args(["-c", "kill -TERM \"$0\"", &process]);
        let told = run(tell, b"");
        assert_eq!(told.status, 0, "{told:#?}");
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Server {
    /// A test that failed half way leaves nothing running.
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A witness that runs. Its memory lies beside the ledger of the program that it was started with.
pub(crate) struct Witness {
    pub(crate) server: Server,
    directory: PathBuf,
    /// What its key is called.
    pub(crate) name: String,
    /// Its public key, as auditors get it.
    pub(crate) key: String,
    /// Where it is asked.
    pub(crate) url: String,
    /// Its line in a policy.
    pub(crate) line: String,
}

impl Witness {
    /// Starts the witness that a policy calls so, and waits until it can be asked.
    pub(crate) fn start(program: &Program, called: &str) -> Self {
        let name = format!("{called}.example.gov.uk/witness");
        let words = ["witness", "--dir", called, "--name", &name];
        let words = [&words[..], &["--listen", "127.0.0.1:0"]].concat();
        let server = Server::start(program.command(words));
        let begins = "netgain: witness on ";
        let begun = server.hear(begins);
        let told = begun.strip_prefix(begins).unwrap();
        let (url, key) = told.split_once(", verification key ").unwrap();
        Self {
            server,
            directory: program.path(called),
            name,
            key: key.to_owned(),
            url: url.to_owned(),
            line: format!("witness {called} {key} {url}"),
        }
    }

    /// Tells it the keys of the ledgers whose checkpoints it cosigns.
    pub(crate) fn know(&self, keys: &str) {
        fs::write(self.directory.join("logs"), keys).unwrap();
    }

    /// The texts of the files in a directory of its memory.
    pub(crate) fn keeps(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.directory.join(directory)).unwrap();
        let texts = entries.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
        texts.collect()
    }
}

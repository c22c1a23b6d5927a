//! Providers that run beside a test, in node.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// A provider that ends with the test.
pub(crate) struct Node {
    child: Child,
    // Kept open: a provider that can say nothing more ends.
    _says: Lines<BufReader<ChildStdout>>,
    /// Its issuer.
    pub(crate) issuer: String,
}

impl Node {
    /// Starts a script of `tests/provider`, which prints its issuer when it is there.
    pub(crate) fn start(script: &str, arguments: &[&str]) -> Self {
        Self::start_at(script, arguments, SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// Starts it on a port that was found to be free.
    pub(crate) fn start_at(script: &str, arguments: &[&str], address: SocketAddr) -> Self {
        let folder = installed();
        let mut child = Command::new("node")
            .arg(script)
            .args(arguments)
            .current_dir(&folder)
            .env("PORT", address.port().to_string())
            // It ends when this closes, also if the test is killed.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What it warns of is that it is a provider for tests.
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts: install Node.js 20 or later with npm");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = lines.next().expect("the provider ended before it listened");
        let issuer = issuer.unwrap();
        assert!(issuer.starts_with("http://127.0.0.1:"), "{issuer}");
        Self {
            child,
            _says: lines,
            issuer,
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// The folder of the scripts, with exactly the packages that its lock file names.
fn installed() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
    let lock = folder.join("package-lock.json");
    // One test installs, the others wait; each is a process of its own.
    let waits = File::open(&lock).unwrap();
    waits.lock().unwrap();
    let wanted = fs::read(&lock).unwrap();
    let stamp = folder.join("node_modules/.installed");
    if fs::read(&stamp).ok().as_ref() != Some(&wanted) {
        let npm = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("npm runs: install Node.js 20 or later with npm");
        let said = String::from_utf8_lossy(&npm.stderr);
        assert!(
            npm.status.success(),
            "npm ci failed in {}: {said}",
            folder.display()
        );
        fs::write(stamp, wanted).unwrap();
    }
    folder
}

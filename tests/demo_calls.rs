//! `netgain demo`, as somebody meets it who tries netgain for the first time.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};

use netgain_tests::examples::stroud;
use netgain_tests::figures::mentions;
use netgain_tests::program::Program;
use netgain_tests::service::Client;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

const TOTALS: &str = "/api/v1/organisations/X00000001/totals/2010-11";

/// A demo that serves, and what it has said on standard output.
struct Demo {
    child: Child,
    said: String,
}

impl Demo {
    /// Starts it, and reads until it has said all it says.
    fn start(program: &Program) -> Self {
        let mut command = program.command(["demo", "--listen", "127.0.0.1:0"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            said.push_str(&line);
            said.push('\n');
            if line.contains("curl -H") || line.contains("user password") {
                break;
            }
        }
        Self { child, said }
    }

    fn client(&self) -> Client {
        let (_, rest) = self.said.split_once("Served at http://").unwrap();
        let address: SocketAddr = rest.split_whitespace().next().unwrap().parse().unwrap();
        Client::new(address)
    }

    fn stop(mut self) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::TERM).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Demo {
    /// A test that failed half way leaves nothing running.
    fn drop(&mut self) {
        let _: Result<(), _> = self.child.kill();
        let _: Result<_, _> = self.child.wait();
    }
}

#[test]
fn the_demo_serves_people_it_made_and_a_second_start_serves_what_is_there() {
    let program = Program::new();

    let first = Demo::start(&program);

    let said = first.said.clone();
    mentions(
        &said,
        &["Salford City Council", "£5,285,733.83", "demo.board"],
    );
    let (_, rest) = said.split_once("Bearer ").unwrap();
    let token = rest.split('"').next().unwrap();
    let totals = first
        .client()
        .token(token)
        .get(TOTALS)
        .of_status(200)
        .json();
    assert_eq!(totals["validated"]["net"], "5285733.83");
    let row = said.lines().find(|line| line.contains("demo.signatory"));
    let password = row.unwrap().split_whitespace().nth(1).unwrap();
    let signed_in = json!({ "person": "demo.signatory", "password": password });
    assert_eq!(
        first.client().post("/api/v1/session", &signed_in).status,
        204
    );
    first.stop();

    // What is shown once is not shown again; what was made still holds.
    let second = Demo::start(&program);
    assert!(
        !second.said.contains("ngt_") && !second.said.contains(password),
        "{}",
        second.said
    );
    assert_eq!(second.client().token(token).get(TOTALS).status, 200);
    assert_eq!(
        second.client().post("/api/v1/session", &signed_in).status,
        204
    );
    second.stop();
}

#[test]
fn two_demos_share_no_password_and_no_token() {
    let secrets = |program: &Program| -> Vec<String> {
        let demo = Demo::start(program);
        let (_, rest) = demo.said.split_once("shown this once:\n").unwrap();
        let rows = rest.lines().take_while(|line| line.starts_with("  "));
        let secrets = rows
            .map(|row| row.split_whitespace().last().unwrap().to_owned())
            .collect();
        demo.stop();
        secrets
    };
    let (one, two) = (secrets(&Program::new()), secrets(&Program::new()));
    assert_eq!(
        (one.len(), two.len()),
        (8, 8),
        "six passwords and two tokens"
    );
    assert!(one.iter().all(|secret| !two.contains(secret)));
}

#[test]
fn the_demo_leaves_the_ledger_of_somebody_else_alone() {
    let program = Program::with(&[stroud()]);
    let before = program.export();
    for call in ["demo", "demo --no-serve"] {
        program.run(call).fails(2, &["empty", "--data"]);
    }
    assert_eq!(program.export(), before);
}

//! A node that seals serves at once when it starts again, and holds the log to what was sealed meanwhile.

use std::fs;

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::servers::Servers;
use netgain_tests::service::{Service, person, wait_until};

use super::nodes::{PATH, figure};

/// How a node seals: as a user that servers without users let in as anybody.
fn sealing(program: &Program) -> [(&'static str, String); 3] {
    let password = program.file("password-of-sealer", "any\n");
    [
        ("NETGAIN_SEALS_USER", "sealer".to_owned()),
        ("NETGAIN_SEALS_PASSWORD_FILE", password),
        ("NETGAIN_STORE_VIEWS_EVERY", "1s".to_owned()),
    ]
}

fn start(program: Program) -> Service {
    let variables = sealing(&program);
    let variables = variables.each_ref().map(|(name, value)| (*name, &**value));
    Service::start_with(program, &[], &variables)
}

/// How many events of Stroud's the newest checkpoint covers; none before the first.
fn sealed(node: &Service) -> u64 {
    let checkpoint = node.as_person("eve").get(&format!("{PATH}/checkpoint"));
    let text = checkpoint.text();
    let size = text.lines().nth(1).filter(|_| checkpoint.status == 200);
    size.map_or(0, |size| size.parse().unwrap())
}

fn record(node: &Service, reference: &str) {
    let commands = format!("{PATH}/commands");
    let _ = node
        .as_person("ann")
        .post(&commands, &claim(reference))
        .of_status(201);
}

fn readiness(node: &Service, question: &str) -> bool {
    let ready = node.stranger().get("/readyz").of_status(200);
    ready.json()[question].as_bool().expect("yes or no")
}

/// A node's program, on servers where a ledger was made, with people.
fn made(servers: &Servers) -> Program {
    let program = Program::on(servers);
    let variables = sealing(&program);
    let made = program
        .command(["cluster", "init"])
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .output()
        .expect("the program runs");
    assert!(made.status.success(), "{made:?}");
    program.accepts(&[stroud()]);
    for (id, role) in [("ann", "recorder"), ("eve", "auditor")] {
        program.accepts(&person(id, &[(role, STROUD)]));
    }
    program
}

#[test]
fn a_node_that_starts_again_tells_what_is_sealed_checks_it_and_goes_on() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let program = made(&servers);
    // Without views everything is read, and so checked, before it serves.
    let _ = fs::remove_dir_all(program.data().join("views"));
    let node = start(program);
    assert!(!readiness(&node, "checking_seals"));
    record(&node, "A");
    wait_until("it is sealed", || sealed(&node), |size| *size == 2);
    wait_until(
        "it is in the views",
        || figure(&node, "netgain_events_not_in_views"),
        |lacking| *lacking == 0,
    );
    let node = start(node.kill());
    // Told from the start, whether or not the check has ended.
    assert_eq!(sealed(&node), 2);
    record(&node, "B");
    wait_until(
        "it is checked",
        || readiness(&node, "checking_seals"),
        |checking| !checking,
    );
    assert_eq!(figure(&node, "netgain_read_only_organisations"), 0);
    wait_until("it is sealed on", || sealed(&node), |size| *size == 3);
    assert!(readiness(&node, "sealing"));
    let (_, ended) = node.stop();
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let said = "the whole log has been held to what was sealed";
    assert!(ended.said.contains(said), "{}", ended.said);
}

#[test]
fn after_a_server_that_is_alone_was_started_again_a_node_starts_and_seals_as_before() {
    let Some(mut servers) = Servers::start(1) else {
        return;
    };
    let node = start(made(&servers));
    record(&node, "A");
    wait_until("it is sealed", || sealed(&node), |size| *size == 2);
    let program = node.kill();
    servers.kill(0);
    servers.start_again(0);
    let node = start(program);
    record(&node, "B");
    wait_until("it is sealed on", || sealed(&node), |size| *size == 3);
}

//! Everybody at every route and with every command: each gets what the interface's table says, and who
//! may not learns nothing else.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use netgain_events::fact::FactKind;
use netgain_tests::program::Program;
use netgain_tests::service::{Client, Service};
use serde_json::{Value, json};

use super::callers::{Caller, OURS, THEIRS, callers};
use super::commands::{self, COMMANDS, accepted, is_of_system, people, preparation};
use super::routes::{self, ROUTES, Who};

/// The service, and everybody who asks it with a connection of their own.
struct Asked {
    service: Service,
    callers: Vec<(Caller, Client)>,
    /// How many addresses asked without being known.
    strangers: u16,
}

impl Asked {
    fn new() -> Self {
        let (callers, made) = callers();
        let cells = 2 * callers.len();
        let program = Program::new();
        program.accepts(&[made, people(&[OURS, THEIRS], cells)].concat());
        for org in [OURS, THEIRS] {
            program.accepts(&preparation(org, cells));
        }
        let service = Service::start(program);
        let callers = callers
            .into_iter()
            .map(|caller| {
                let client = service.stranger();
                let client = match caller.secret() {
                    Some(secret) => client.token(&secret),
                    None => client,
                };
                (caller, client)
            })
            .collect();
        Self {
            service,
            callers,
            strangers: 0,
        }
    }

    /// An address that has not asked before, since the service counts who is not known by addresses.
    fn new_address(&mut self) -> Ipv4Addr {
        self.strangers += 1;
        let [high, low] = self.strangers.to_be_bytes();
        Ipv4Addr::new(127, 1, high, low.max(1))
    }

    fn position(&mut self, org: &str) -> u64 {
        let mut auditor = self.service.as_person("auditor.every");
        let path = format!("/api/v1/organisations/{org}");
        auditor.get(&path).of_status(200).json()["position"]
            .as_u64()
            .unwrap()
    }

    /// Sends a request for a caller and says what came of it.
    fn ask(
        &mut self,
        caller: usize,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: Option<&[u8]>,
    ) -> (u16, String) {
        let headers: Vec<_> = content_type
            .map(|it| ("content-type", it))
            .into_iter()
            .collect();
        let (known, secret) = {
            let (caller, _) = &self.callers[caller];
            (caller.is_known(), caller.secret())
        };
        if known {
            let client = &mut self.callers[caller].1;
            return client.send(method, path, &headers, body).outcome();
        }
        let client = self.service.stranger().from_address(self.new_address());
        let mut client = match secret {
            Some(secret) => client.token(&secret),
            None => client,
        };
        client.send(method, path, &headers, body).outcome()
    }
}

fn refused(caller: &Caller) -> (u16, String) {
    if caller.is_known() {
        (403, "not-allowed".to_owned())
    } else {
        (401, "not-signed-in".to_owned())
    }
}

/// What was not as expected: all of it at once, since one mistake in a table shows in many cells.
#[derive(Default)]
struct Verdict {
    cells: usize,
    wrong: Vec<String>,
}

impl Verdict {
    fn cell(&mut self, what: &str, caller: &Caller, right: bool, got: &(u16, String)) {
        self.cells += 1;
        if !right {
            self.wrong
                .push(format!("{} {what}: {} {}", caller.name, got.0, got.1));
        }
    }

    fn all_right(&self) {
        assert!(
            self.wrong.is_empty(),
            "{} wrong: {:#?}",
            self.wrong.len(),
            self.wrong
        );
    }
}

#[test]
fn everybody_gets_at_every_route_what_the_table_of_roles_says() {
    let mut asked = Asked::new();
    let openapi = asked
        .service
        .stranger()
        .get("/api/v1/openapi.json")
        .of_status(200);
    let described = routes::described(&openapi);
    assert_eq!(routes::differences(&described, ROUTES), [""; 0]);
    let mut verdict = Verdict::default();
    for route in ROUTES {
        let orgs: &[&str] = if route.is_of_an_organisation() {
            &[OURS, THEIRS]
        } else {
            &[OURS]
        };
        for org in orgs {
            for place in 0..asked.callers.len() {
                let request = route.request(org, verdict.cells);
                let body = request.body.as_deref();
                let got = asked.ask(
                    place,
                    route.method,
                    &request.path,
                    request.content_type,
                    body,
                );
                let caller = &asked.callers[place].0;
                let right = if route.who.has(caller, org) {
                    got.0 == route.answered
                } else {
                    got == refused(caller)
                };
                verdict.cell(
                    &format!("{} {}", route.method, request.path),
                    caller,
                    right,
                    &got,
                );
            }
        }
    }
    verdict.all_right();
    assert!(ROUTES.iter().any(|route| matches!(route.who, Who::AnyRole)));
    println!("matrix: {} cells of {} routes", verdict.cells, ROUTES.len());
}

/// The forms in which a command may be sent that its sender may not send.
fn forms(command: &Value) -> [Value; 3] {
    let malformed = json!({ "type": command["type"], "nonsense": null });
    [command.clone(), json!([command]), malformed]
}

#[test]
fn everybody_may_send_every_command_that_the_table_of_roles_says_and_no_other() {
    let program = FactKind::ALL.iter().filter(|kind| kind.has_command());
    let program: Vec<&str> = program.map(|kind| kind.command_type()).collect();
    assert_eq!(commands::differences(&program, COMMANDS), [""; 0]);
    let mut asked = Asked::new();
    let mut positions = BTreeMap::from([OURS, THEIRS].map(|org| (org, asked.position(org))));
    let mut verdict = Verdict::default();
    for (command, sender) in COMMANDS {
        for (half, org) in [OURS, THEIRS].into_iter().enumerate() {
            let path = if is_of_system(command) {
                "/api/v1/system/commands".to_owned()
            } else {
                format!("/api/v1/organisations/{org}/commands")
            };
            for place in 0..asked.callers.len() {
                let document = accepted(command, org, 2 * place + half);
                let may = sender.has(&asked.callers[place].0, org);
                // Where it may be sent, it is accepted once, and its shape is told.
                let forms = forms(&document);
                // Of what a command about people is, only a well-formed one says.
                let of_people =
                    is_of_system(command) && asked.callers[place].0.administers_something();
                let expected: [(u16, &str); 3] = match (may, *command) {
                    (false, _) if of_people => [
                        (403, "not-allowed"),
                        (403, "not-allowed"),
                        (422, "bad-field"),
                    ],
                    (false, _) => [(403, "not-allowed"); 3],
                    (true, "register-organisation") => [
                        (422, "organisation-exists"),
                        (422, "organisation-exists"),
                        (422, "bad-field"),
                    ],
                    (true, _) => [(201, ""), (0, ""), (422, "bad-field")],
                };
                for (form, expected) in forms.iter().zip(expected) {
                    if expected.0 == 0 {
                        continue;
                    }
                    let body = form.to_string();
                    let json = Some("application/json");
                    let got = asked.ask(place, "POST", &path, json, Some(body.as_bytes()));
                    let caller = &asked.callers[place].0;
                    let right = if caller.is_known() {
                        (got.0, got.1.as_str()) == expected
                    } else {
                        got == refused(caller)
                    };
                    verdict.cell(&body, caller, right, &got);
                    if got.0 == 201 && !is_of_system(command) {
                        *positions.get_mut(org).unwrap() += 1;
                    }
                }
            }
        }
    }
    verdict.all_right();
    // What was refused left nothing behind.
    for (org, position) in positions {
        assert_eq!(asked.position(org), position, "{org}");
    }
    println!(
        "matrix: {} cells of {} commands",
        verdict.cells,
        COMMANDS.len()
    );
}

#[test]
fn nobody_grants_to_themselves_and_a_program_validates_nothing() {
    let program = Program::new();
    let (_, made) = callers();
    program.accepts(&made);
    let service = Service::start(program);
    let system = "/api/v1/system/commands";
    let mut ada = service.as_person("ada");
    let to_herself = netgain_tests::service::grant("ada", "recorder", OURS);
    assert_eq!(
        ada.post(system, &to_herself).outcome(),
        (403, "same-person".into())
    );
    for role in ["validator", "signatory", "administrator"] {
        let to_a_program = netgain_tests::service::grant("recorder.robot", role, OURS);
        let refused = (422, "not-for-service-accounts".into());
        assert_eq!(ada.post(system, &to_a_program).outcome(), refused, "{role}");
    }
    let board = netgain_tests::service::grant("recorder.robot", "board", OURS);
    assert_eq!(ada.post(system, &board).outcome(), (201, String::new()));
}

#[test]
fn an_organisation_that_is_not_there_is_told_to_those_who_may_read_every_one_and_to_nobody_else() {
    let program = Program::new();
    let (callers, made) = callers();
    program.accepts(&made);
    program.accepts(&preparation(THEIRS, 1));
    let service = Service::start(program);
    for caller in callers.iter().filter(|caller| caller.is_known()) {
        let mut client = service.stranger().token(&caller.secret().unwrap());
        let absent = client
            .get("/api/v1/organisations/E07999999/claims")
            .outcome();
        let mut expected = (403, "not-allowed".to_owned());
        if caller.may(super::who_may::READ, "E07999999") {
            expected = (404, "unknown-organisation".to_owned());
        }
        assert_eq!(absent, expected, "{}", caller.name);
    }
}

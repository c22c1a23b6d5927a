//! Every page, asked for as everybody: who may not read an organisation sees nothing of it, whichever page
//! they ask for and whatever they send there.

use std::net::Ipv4Addr;

use netgain_tests::program::Program;
use netgain_tests::service::{Client, Service};

use super::callers::{Caller, OURS, THEIRS, callers};
use super::commands::preparation;
use super::who_may::READ;

/// What the organisation's pages show and nobody else's do.
const MARKER: &str = "Zanzibar-Quokka";

/// The pages that are of no organisation, and the status that somebody who is signed in is answered.
const OF_NONE: &[(&str, u16)] = &[
    ("/", 200),
    ("/board", 200),
    ("/sign-in", 200),
    ("/sign-out", 405),
];

/// The addresses at which nobody finds a page just so: one takes forms only, one is of a spreadsheet that
/// somebody sent before.
const NOT_TO_BE_LOOKED_AT: &[&str] = &[
    "/organisations/{org}/board/meetings",
    "/organisations/{org}/board/meetings/remove",
    "/organisations/{org}/import/{file}",
];

/// A page's address with something in place of what its braces name.
fn filled(address: &str, org: &str) -> String {
    let claim = if address.ends_with("/revoke") {
        "REV-0"
    } else {
        "C1"
    };
    let part = if address.contains("/challenges/") {
        "ANSWER"
    } else {
        "GONE-0"
    };
    let mut filled = address.to_owned();
    for (name, value) in [
        ("{org}", org),
        ("{claim}", claim),
        ("{part}", part),
        ("{position}", "1"),
        ("{year}", "2010-11"),
        ("{series}", "actual"),
        ("{number}", "1"),
        ("{file}", "claims.csv"),
        ("{sha256}", &"0".repeat(64)),
    ] {
        filled = filled.replace(name, value);
    }
    assert!(!filled.contains('{'), "say what to put into {address}");
    filled
}

fn of_an_organisation() -> Vec<&'static str> {
    let mut pages = netgain_web::page_addresses();
    pages.retain(|page| page.contains("{org}"));
    pages
}

struct Asked {
    service: Service,
    callers: Vec<(Caller, Client)>,
    strangers: u16,
}

impl Asked {
    fn new() -> Self {
        let (callers, made) = callers();
        let program = Program::new();
        program.accepts(&made);
        for org in [OURS, THEIRS] {
            let mut commands = preparation(org, 1);
            if let Some(details) = commands.first_mut() {
                details["name"] = format!("{MARKER} {org}").into();
            }
            program.accepts(&commands);
        }
        let service = Service::start(program);
        let callers = callers.into_iter().map(|caller| {
            let client = service.stranger();
            match caller.secret() {
                Some(secret) => (caller, client.token(&secret)),
                None => (caller, client),
            }
        });
        let callers = callers.collect();
        Self {
            service,
            callers,
            strangers: 0,
        }
    }

    /// The status, where it leads, and the text of an answer.
    fn ask(&mut self, caller: usize, method: &str, path: &str) -> (u16, String, String) {
        let form = b"once=form-1&intent=preview&claim=C1".as_slice();
        let (headers, body): (&[_], _) = match method {
            "POST" => (
                &[("content-type", "application/x-www-form-urlencoded")],
                Some(form),
            ),
            _ => (&[], None),
        };
        let (known, secret) = {
            let (caller, _) = &self.callers[caller];
            (caller.is_known(), caller.secret())
        };
        let answer = if known {
            self.callers[caller].1.send(method, path, headers, body)
        } else {
            self.strangers += 1;
            let [high, low] = self.strangers.to_be_bytes();
            let from = Ipv4Addr::new(127, 2, high, low.max(1));
            let client = self.service.stranger().from_address(from);
            let mut client = match secret {
                Some(secret) => client.token(&secret),
                None => client,
            };
            client.send(method, path, headers, body)
        };
        let to = answer.header("location").unwrap_or_default().to_owned();
        (answer.status, to, answer.text())
    }
}

#[test]
fn whoever_may_not_read_an_organisation_sees_nothing_of_it_on_any_page() {
    let mut asked = Asked::new();
    let pages = of_an_organisation();
    assert!(pages.len() > 30, "{pages:?}");
    let (mut cells, mut shown, mut wrong) = (0, 0, Vec::new());
    let mut unseen = pages.clone();
    for page in &pages {
        for org in [OURS, THEIRS] {
            let path = filled(page, org);
            for place in 0..asked.callers.len() {
                for method in ["GET", "POST"] {
                    let (status, to, text) = asked.ask(place, method, &path);
                    let caller = &asked.callers[place].0;
                    let seen = text.contains(&format!("{MARKER} {org}"));
                    cells += 1;
                    let right = match (caller.is_known(), caller.may(READ, org)) {
                        // What takes no form, or nothing else, says so to everybody.
                        _ if status == 405 => {
                            !seen && (method == "POST" || NOT_TO_BE_LOOKED_AT.contains(page))
                        }
                        // What a stranger sends in a form comes back to them, to be sent once they are known.
                        (false, _) if status == 401 => {
                            let kept = text.contains("value=\"form-1\"");
                            let has_a_file = page.ends_with("/import");
                            method == "POST" && kept != has_a_file && !seen
                        }
                        (false, _) => status == 303 && to.starts_with("/sign-in") && !seen,
                        (true, false) => status == 403 && !seen,
                        (true, true) => {
                            shown += usize::from(seen);
                            if method == "GET" && status == 200 {
                                unseen.retain(|it| it != page);
                            }
                            status < 500
                        }
                    };
                    if !right {
                        wrong.push(format!("{} {method} {path}: {status} {to}", caller.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    assert_eq!(unseen, NOT_TO_BE_LOOKED_AT, "nobody saw these");
    // What is looked for stands on the pages of those who may see it.
    assert!(shown > pages.len(), "{shown}");
    println!("pages: {cells} cells of {} pages", pages.len());
}

#[test]
fn every_page_is_either_of_an_organisation_or_known_here() {
    let mut unknown = netgain_web::page_addresses();
    unknown.retain(|page| {
        let known = OF_NONE.iter().any(|(known, _)| known == page);
        !known && !page.contains("{org}") && !page.starts_with("/assets/")
    });
    assert_eq!(unknown, [""; 0]);
    let asked = Asked::new();
    let mut board = asked.service.as_person("auditor.every");
    for (page, status) in OF_NONE {
        assert_eq!(board.get(page).status, *status, "{page}");
    }
}

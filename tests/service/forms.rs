//! What comes of a form: recorded once, kept for whoever was signed out, refused where the figures moved.

use netgain_tests::program::Program;
use netgain_tests::service::{Answer, Client, Service, person};
use serde_json::json;

use super::callers::OURS;
use super::commands::preparation;

/// A service with one organisation and its people, each with a token.
fn service() -> Service {
    let program = Program::new();
    let mut commands = preparation(OURS, 1);
    for role in ["recorder", "signatory"] {
        commands.extend(person(role, &[(role, OURS)]));
    }
    program.accepts(&commands);
    Service::start(program)
}

fn page(path: &str) -> String {
    format!("/organisations/{OURS}{path}")
}

fn send(client: &mut Client, path: &str, form: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    client.send("POST", &page(path), &headers, Some(form.as_bytes()))
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&field).expect("the field");
    rest.split('"').next().unwrap_or_default().to_owned()
}

const GAIN: &str = "title=Cheaper+paper&action=reduce-prices&impact_from-day=1&impact_from-month=4&\
                    impact_from-year=2010&profile-0-value=1000&source=efficiency&ongoing=yes&\
                    note=Agreed+on+Monday";

#[test]
fn a_gain_may_be_called_as_anything_on_the_pages() {
    let service = service();
    let mut recorder = service.as_person("recorder");
    for claim in ["new", "log-a-gain", "export", "amend"] {
        let form = format!("once=form-{claim}&claim={claim}&{GAIN}");
        let sent = send(&mut recorder, "/log-a-gain", &form).of_status(303);
        let to = sent.header("location").unwrap().to_owned();
        let (to, _) = to.split_once('?').unwrap();
        assert_eq!(to, page(&format!("/claims/{claim}")));
        let shown = recorder.get(to).of_status(200).text();
        assert!(shown.contains("Cheaper paper") && shown.contains("Agreed on Monday"));
        let amend = format!("{to}/amend");
        assert!(
            recorder
                .get(&amend)
                .of_status(200)
                .text()
                .contains("Cheaper paper")
        );
    }
}

#[test]
fn what_somebody_typed_waits_for_them_to_sign_in_again() {
    let service = service();
    let form = format!("once=form-kept&claim=KEPT&{GAIN}");
    let mut signed_out = service.stranger();
    let kept = send(&mut signed_out, "/log-a-gain?year=2010-11", &form).of_status(401);
    let text = kept.text();
    let action = format!("action=\"{}?year=2010-11\"", page("/log-a-gain"));
    assert!(text.contains(&action), "{text}");
    let mut fields = Vec::new();
    for pair in form.split('&') {
        let (name, value) = pair.split_once('=').unwrap();
        let value = value.replace('+', " ");
        assert_eq!(hidden(&text, name), value, "{name}");
        fields.push(pair);
    }
    // Nothing came of it, and something comes of it once they are signed in.
    let mut recorder = service.as_person("recorder");
    let claim = page("/claims/KEPT");
    assert_eq!(recorder.get(&claim).status, 404);
    let sent = send(&mut recorder, "/log-a-gain?year=2010-11", &fields.join("&"));
    assert_eq!(sent.status, 303);
    assert_eq!(recorder.get(&claim).status, 200);

    // What a stranger sends is not kept without end, and what is no form not at all.
    let long = format!("{form}&more={}", "x".repeat(256 * 1024));
    let mut stranger = service.stranger();
    assert_eq!(send(&mut stranger, "/log-a-gain", &long).status, 303);
    let no_form = stranger.post(&page("/log-a-gain"), &json!({}));
    assert_eq!(no_form.status, 303);
}

#[test]
fn a_statement_is_issued_of_the_figures_that_were_seen_and_of_no_others() {
    let service = service();
    let mut signatory = service.as_person("signatory");
    let address = page("/statements/new?year=2009-10&series=actual");
    let shown = signatory.get(&address).of_status(200).text();
    let (once, seen) = (hidden(&shown, "once"), hidden(&shown, "seen"));
    let form = format!("once={once}&seen={seen}&year=2009-10&series=actual");

    let mut recorder = service.as_person("recorder");
    let gain = format!("once=form-since&claim=SINCE&{GAIN}");
    assert_eq!(send(&mut recorder, "/log-a-gain", &gain).status, 303);
    let moved = send(&mut signatory, "/statements/new", &form).of_status(422);
    let moved = moved.text();
    assert!(
        moved.contains("Something was recorded since you looked"),
        "{moved}"
    );
    let without = format!("once={once}&year=2009-10&series=actual");
    assert_eq!(
        send(&mut signatory, "/statements/new", &without).status,
        422
    );

    let seen_now = hidden(&moved, "seen");
    assert_ne!(seen_now, seen);
    let form = form.replace(&format!("seen={seen}"), &format!("seen={seen_now}"));
    let issued = send(&mut signatory, "/statements/new", &form).of_status(303);
    let to = issued.header("location").unwrap().to_owned();
    assert!(
        to.contains("/statements/2009-10/actual/1?recorded="),
        "{to}"
    );
    // Pressed twice, it is issued once.
    let again = send(&mut signatory, "/statements/new", &form).of_status(303);
    assert_eq!(again.header("location"), Some(to.as_str()));
}

#[test]
fn a_page_of_what_is_not_known_yet_says_where_to_go_on() {
    let service = service();
    let mut recorder = service.as_person("recorder");
    for (path, status) in [
        ("/claims?position=9999", 400),
        ("/why/2010-11?position=soon", 400),
        ("/board?known_at=yesterday", 400),
        ("?position=1&known_at=2010-01-01", 400),
    ] {
        let answer = recorder.get(&page(path)).of_status(status);
        let (here, _) = path.split_once('?').unwrap();
        let link = format!("href=\"{}\">Show what is known now instead", page(here));
        assert!(answer.text().contains(&link), "{path}: {}", answer.text());
    }
}

//! Pages of other sites that ask with somebody's session.

use netgain_tests::examples::{STROUD, claim, stroud};
use netgain_tests::program::Program;
use netgain_tests::service::{Service, person};
use serde_json::json;

use super::bad_input::PATH;

#[test]
fn a_page_of_another_site_changes_nothing_with_somebodys_session() {
    let program = Program::with(&[stroud()]);
    let people = [
        person("ada", &[("administrator", "*")]),
        person("ann", &[("recorder", STROUD)]),
    ];
    program.accepts(&people.concat());
    let service = Service::start(program);
    let password = "umber-lattice-9-quarry-moth";
    let entry = json!({ "password": password });
    let mut ada = service.as_person("ada");
    let _ = ada
        .send_json("PUT", "/api/v1/people/ann", &[], &entry)
        .of_status(204);
    let credentials = json!({ "person": "ann", "password": password });
    let signed_in = service
        .stranger()
        .post("/api/v1/session", &credentials)
        .of_status(204);
    let cookie = signed_in
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let mut ann = service.stranger().with("cookie", &cookie);
    let own = format!("http://{}", service.address());
    let cross_site: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://elsewhere.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
    ];
    for headers in cross_site {
        for (method, path) in [
            ("POST", PATH),
            ("POST", "/api/v1/session"),
            ("DELETE", "/api/v1/session"),
            ("POST", "/api/v1/organisations/E07000082/import"),
            ("PUT", "/api/v1/people/ann"),
        ] {
            let answer = ann.send_json(method, path, headers, &claim("A"));
            assert_eq!(
                answer.outcome(),
                (403, "not-allowed".into()),
                "{headers:?} {method} {path}"
            );
        }
        let plain = [headers, &[("content-type", "text/plain")]].concat();
        let body = claim("A").to_string();
        let answer = ann.send("POST", PATH, &plain, Some(body.as_bytes()));
        assert_eq!(answer.status, 403, "{headers:?}");
        // Reading is not refused for that; what is read, the browser keeps from the other site.
        let read = ann.send(
            "GET",
            "/api/v1/organisations/E07000082/claims",
            headers,
            None,
        );
        assert_eq!(read.status, 200);
        assert_eq!(read.header("access-control-allow-origin"), None);
    }
    let body = claim("A").to_string();
    let answer = ann.send(
        "POST",
        PATH,
        &[("content-type", "text/plain")],
        Some(body.as_bytes()),
    );
    assert_eq!(answer.status, 415);
    assert_eq!(
        service.program().events(STROUD).len(),
        1,
        "nothing was recorded"
    );
    for headers in [
        &[("sec-fetch-site", "same-origin"), ("origin", &*own)][..],
        &[("sec-fetch-site", "none")],
        &[("origin", &own)],
    ] {
        let reference = format!("C{}", service.program().events(STROUD).len());
        let answer = ann.send_json("POST", PATH, headers, &claim(&reference));
        assert_eq!(answer.status, 201, "{headers:?}: {}", answer.text());
    }
}

//! People and tokens, through the program: from the first administrator to a token that a running service
//! takes, and to its end.

use netgain_tests::examples::{STROUD, stroud};
use netgain_tests::figures::mentions;
use netgain_tests::program::{Output, Program, run};
use netgain_tests::service::{Service, wait_until};
use serde_json::{Value, json};

const PASSWORD: &str = "four unlikely kettles sing";

/// Runs a call that must succeed and say nothing on standard output.
fn done(program: &Program, words: &[&str]) -> Output {
    let output = program.run_words(words);
    assert_eq!(
        (output.status, output.stdout.as_str()),
        (0, ""),
        "{output:#?}"
    );
    output
}

/// Enrols somebody with a password.
fn add(program: &Program, id: &str, more: &[&str]) {
    let words = [&["user", "add", id, "--password-stdin"], more].concat();
    let added = run(program.command(words), format!("{PASSWORD}\n").as_bytes());
    assert_eq!((added.status, added.stdout.as_str()), (0, ""), "{added:#?}");
}

/// Issues a token; gives its secret.
fn issue(program: &Program, token: &str, person: &str, role: &str) -> String {
    let words = [
        "token", "issue", token, "--person", person, "--of", "*", "--role", role,
    ];
    let issued = program.run_words(&words);
    assert_eq!(issued.status, 0, "{issued:#?}");
    assert_eq!(issued.stdout.lines().count(), 1, "{issued:#?}");
    let secret = issued.stdout.trim_end().to_owned();
    assert!(
        secret.starts_with("ngt_") && !issued.stderr.contains(&secret),
        "{issued:#?}"
    );
    secret
}

/// What `user list --json` says of somebody.
fn person(program: &Program, id: &str) -> Value {
    let people = program.json("user list")["people"].clone();
    let people = people.as_array().unwrap().clone();
    people
        .into_iter()
        .find(|person| person["person"] == id)
        .unwrap()
}

#[test]
fn the_first_administrator_makes_people_and_a_token_that_a_running_service_takes() {
    let program = Program::new();
    add(
        &program,
        "ada",
        &["--administrator", "--name", "Ada of the test"],
    );
    add(&program, "f.webb", &[]);
    done(
        &program,
        &[
            "user", "grant", "f.webb", "--role", "recorder", "--of", STROUD,
        ],
    );
    let administrators = issue(&program, "admin-1", "ada", "administrator");
    let recorders = issue(&program, "recorder-1", "f.webb", "recorder");

    let service = Service::start(program);

    let mut ada = service.stranger().token(&administrators);
    let mut command = stroud();
    command.as_object_mut().unwrap().remove("org");
    let path = format!("/api/v1/organisations/{STROUD}");
    let recorded = ada.post(&format!("{path}/commands"), &command);
    assert_eq!(recorded.status, 201, "{recorded:?}");
    let people = ada.get("/api/v1/people").of_status(200).json();
    assert_eq!(people[0]["name"], "Ada of the test");
    let mut webb = service.stranger().token(&recorders);
    let organisation = webb.get(&path).of_status(200);
    mentions(&organisation.text(), &["Stroud"]);
    // Of what they have no role for they learn nothing.
    assert_eq!(
        webb.get("/api/v1/people").outcome(),
        (403, "not-allowed".to_owned())
    );
    // With their password they come in too.
    let signed_in = json!({ "person": "f.webb", "password": PASSWORD });
    assert_eq!(
        service
            .stranger()
            .post("/api/v1/session", &signed_in)
            .status,
        204
    );
    let wrong = json!({ "person": "f.webb", "password": "four unlikely kettles sank" });
    assert_eq!(
        service.stranger().post("/api/v1/session", &wrong).status,
        401
    );
}

#[test]
fn a_barred_persons_token_is_refused_at_once() {
    let program = Program::with(&[stroud()]);
    add(&program, "ada", &["--administrator"]);
    add(&program, "bob", &[]);
    done(
        &program,
        &["user", "grant", "bob", "--role", "board", "--of", "*"],
    );
    let administrators = issue(&program, "admin-1", "ada", "administrator");
    let boards = issue(&program, "board-1", "bob", "board");
    let service = Service::start(program);
    let mut bob = service.stranger().token(&boards);
    let path = format!("/api/v1/organisations/{STROUD}/totals/2010-11");
    assert_eq!(bob.get(&path).status, 200);

    let bar = json!({ "type": "bar-person", "person": "bob", "reason": "has left" });
    let mut ada = service.stranger().token(&administrators);
    assert_eq!(ada.post("/api/v1/system/commands", &bar).status, 201);

    // The very next request, on the same connection.
    assert_eq!(bob.get(&path).outcome(), (401, "not-signed-in".to_owned()));
    let (program, _) = service.stop();
    assert_eq!(person(&program, "bob")["barred"], true);
    let tokens = program.json("token list")["tokens"].clone();
    assert_eq!(tokens[1]["in_force"], false, "{tokens}");
    assert!(!tokens.to_string().contains("ngt_"));
}

#[test]
fn barring_and_revoking_by_the_operator_hold_from_the_next_start() {
    let program = Program::with(&[stroud()]);
    add(&program, "bob", &[]);
    add(&program, "cat", &[]);
    for id in ["bob", "cat"] {
        done(
            &program,
            &["user", "grant", id, "--role", "auditor", "--of", STROUD],
        );
    }
    let secrets = [
        issue(&program, "bobs", "bob", "auditor"),
        issue(&program, "cats", "cat", "auditor"),
        issue(&program, "cats-2", "cat", "auditor"),
    ];
    let statuses = |program: Program| {
        let service = Service::start(program);
        let path = format!("/api/v1/organisations/{STROUD}");
        let asked = secrets
            .iter()
            .map(|secret| service.stranger().token(secret).get(&path).status);
        let statuses: Vec<u16> = asked.collect();
        (service.stop().0, statuses)
    };
    let (program, before) = statuses(program);
    assert_eq!(before, [200, 200, 200]);

    done(&program, &["user", "bar", "bob", "--reason", "has left"]);
    done(
        &program,
        &["token", "revoke", "cats", "--reason", "was in a mail"],
    );
    let (program, after) = statuses(program);
    assert_eq!(after, [401, 401, 200]);

    let revoke = [
        "user", "revoke", "cat", "--role", "auditor", "--of", STROUD, "--reason", "moved",
    ];
    done(&program, &revoke);
    let (program, after) = statuses(program);
    assert_eq!(after, [401, 401, 403]);
    let trail = program.run("trail --org _SYSTEM");
    mentions(&trail.stdout, &["has left", "was in a mail", "moved"]);
}

#[test]
fn a_password_from_standard_input_has_to_be_hard_to_guess_and_is_kept_as_a_hash() {
    let program = Program::new();
    let password = |input: &str| {
        let words = ["user", "add", "ada", "--administrator", "--password-stdin"];
        run(program.command(words), input.as_bytes())
    };
    for (weak, why) in [
        ("", "too short"),
        ("short\n", "too short"),
        ("password1234\n", "easily guessed"),
    ] {
        password(weak).fails(1, &[why]);
    }
    let long = "longer than anybody types ".repeat(100);
    password(&long).fails(1, &["too long"]);
    // Nobody was enrolled half way.
    assert!(!program.data().exists());

    // The end of the line does not belong to it.
    assert_eq!(password(&format!("{PASSWORD}\r\nnot this\n")).status, 0);
    let file = std::fs::read_to_string(program.path("ledger.people/ada.json")).unwrap();
    assert!(
        file.contains("$argon2id$") && !file.contains(PASSWORD),
        "{file}"
    );
    let recorded = program.log().into_values().flatten().collect::<Vec<u8>>();
    assert!(!String::from_utf8_lossy(&recorded).contains("argon2"));

    // Without a terminal nobody is asked.
    program
        .run("user password ada")
        .fails(2, &["--password-stdin"]);
    program.run("user add bob").fails(2, &["--password-stdin"]);
    let service = Service::start(program);
    let signed_in = json!({ "person": "ada", "password": PASSWORD });
    assert_eq!(
        service
            .stranger()
            .post("/api/v1/session", &signed_in)
            .status,
        204
    );

    // The directory can be changed beside the running service; the history cannot.
    let program = service.program();
    let new = "seven purple anvils swim";
    let words = ["user", "password", "ada", "--password-stdin"];
    let set = run(program.command(words), new.as_bytes());
    assert_eq!(set.status, 0, "{set:#?}");
    wait_until(
        "the new password is taken",
        || {
            service
                .stranger()
                .post(
                    "/api/v1/session",
                    &json!({ "person": "ada", "password": new }),
                )
                .status
        },
        |status| *status == 204,
    );
    assert_eq!(
        service
            .stranger()
            .post("/api/v1/session", &signed_in)
            .status,
        401
    );
    program
        .run("user add bob --no-password")
        .fails(3, &["being written by"]);
}

#[test]
fn names_are_listed_changed_and_erased_and_the_id_stays() {
    let program = Program::new();
    add(
        &program,
        "ada",
        &["--administrator", "--name", "Ada before"],
    );
    done(
        &program,
        &[
            "user",
            "add",
            "importer",
            "--service",
            "--name",
            "The importer",
        ],
    );
    done(&program, &["user", "name", "ADA", "Ada after"]);
    let ada = person(&program, "ada");
    assert_eq!(ada["name"], "Ada after");
    assert_eq!(ada["has_password"], true);
    assert_eq!(ada["grants"][0]["role"], "administrator");
    assert_eq!(ada["grants"][0]["of"], "*");
    let importer = person(&program, "importer");
    assert_eq!(
        (&importer["account"], &importer["has_password"]),
        (&json!("service"), &json!(false))
    );
    let table = program.run("user list").stdout;
    mentions(
        &table,
        &["Ada after", "administrator of *", "The importer", "service"],
    );

    done(&program, &["user", "erase", "ada"]);

    let ada = person(&program, "ada");
    assert_eq!(
        (ada.get("name"), &ada["has_password"]),
        (None, &json!(false))
    );
    // Nothing of the name was ever in what is kept for ever; the id is.
    let kept: Vec<u8> = program.stored().into_values().flatten().collect();
    let kept = String::from_utf8_lossy(&kept).into_owned();
    assert!(!kept.contains("Ada before") && !kept.contains("Ada after"));
    assert!(kept.contains("\"ada\""), "the control finds nothing");
}

#[test]
fn what_the_rules_refuse_is_refused_with_its_code_and_changes_nothing() {
    let program = Program::new();
    add(&program, "ada", &["--administrator"]);
    done(&program, &["user", "add", "importer", "--service"]);
    let before = program.export();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["user", "add", "ADA", "--no-password"], 1, "person-exists"),
        (
            &["user", "grant", "bob", "--role", "board", "--of", "*"],
            1,
            "unknown-person",
        ),
        (
            &[
                "user",
                "grant",
                "ada",
                "--role",
                "administrator",
                "--of",
                "*",
            ],
            1,
            "grant-exists",
        ),
        (
            &[
                "user",
                "grant",
                "importer",
                "--role",
                "validator",
                "--of",
                "*",
            ],
            1,
            "not-for-service-accounts",
        ),
        (
            &[
                "user", "revoke", "ada", "--role", "board", "--of", "*", "--reason", "x",
            ],
            1,
            "unknown-grant",
        ),
        (&["user", "name", "bob", "Bob"], 1, "unknown-person"),
        (&["user", "erase", "bob"], 1, "unknown-person"),
        (
            &["token", "revoke", "none", "--reason", "x"],
            1,
            "unknown-token",
        ),
        (
            &[
                "token", "issue", "t", "--person", "bob", "--of", "*", "--role", "board",
            ],
            1,
            "unknown-person",
        ),
    ];
    for (words, status, code) in cases {
        let refused = program.run_words(words);
        refused.fails(status, &[code]);
        assert_eq!(refused.stdout, "", "a secret of a token that is not");
    }
    let off: [&[&str]; 7] = [
        &["user", "grant", "ada", "--role", "king", "--of", "*"],
        &["user", "grant", "ada", "--role", "board", "--of", "stroud"],
        &[
            "user", "grant", "ada", "--role", "board", "--of", "*", "--until", "tomorrow",
        ],
        &["user", "add", "a b"],
        &["user", "bar", "ada"],
        &["user", "add", "bob", "--service", "--administrator"],
        &[
            "token", "issue", "t", "--person", "ada", "--of", "*", "--role", "board", "--days", "0",
        ],
    ];
    for words in off {
        assert_eq!(program.run_words(words).status, 2, "{words:?}");
    }
    assert_eq!(program.export(), before);
}

#[test]
fn who_acted_is_in_the_history_and_a_token_of_several_roles_ends_when_it_says() {
    let program = Program::new();
    done(
        &program,
        &[
            "user",
            "add",
            "ada",
            "--no-password",
            "--actor",
            "the.operator",
        ],
    );
    for role in ["board", "auditor"] {
        let until = ["--until", "2098-03-31"];
        let words = [
            &["user", "grant", "ada", "--role", role, "--of", "*"],
            &until[..],
        ]
        .concat();
        done(&program, &words);
    }
    let issue = "token issue t --person ada --of E07000082 --role board,auditor --role board --days 3 --json";
    let issued = program.run(issue);
    let document = issued.document();
    assert!(
        document["secret"].as_str().unwrap().starts_with("ngt_"),
        "{issued:#?}"
    );

    let token = program.json("token list")["tokens"][0].clone();
    assert_eq!(token["roles"], json!(["board", "auditor"]));
    assert_eq!(token["of"], "E07000082");
    assert_eq!(token["until"], document["until"]);
    assert_eq!(token["in_force"], true);
    assert!(token.get("secret").is_none());
    assert_eq!(
        person(&program, "ada")["grants"][0]["until"],
        "2098-03-31T23:59:59.999Z"
    );
    let exported = program.export();
    let first: Value = serde_json::from_str(exported.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["actor"], &first["auth"]),
        (&json!("the.operator"), &json!("named"))
    );
}

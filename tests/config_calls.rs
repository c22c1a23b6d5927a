//! The settings, through the program: where a value comes from, and what is said where one is off.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use netgain_tests::examples::stroud;
use netgain_tests::program::{Output, Program, run};
use netgain_tests::service::Service;
use serde_json::Value;

/// The settings of a call, by their names.
fn settings(output: &Output) -> BTreeMap<String, Value> {
    assert_eq!(output.status, 0, "{output:#?}");
    let document = output.document();
    let settings = document["settings"].as_array().unwrap();
    let by_name = |setting: &Value| {
        (
            setting["name"].as_str().unwrap().to_owned(),
            setting.clone(),
        )
    };
    settings.iter().map(by_name).collect()
}

/// Runs a call with variables in its environment.
fn with_variables(program: &Program, call: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = program.command(call.split_whitespace());
    command.envs(variables.iter().copied());
    run(command, b"")
}

#[test]
fn each_setting_comes_from_the_first_that_says_it_and_show_says_which() {
    let program = Program::new();
    fs::create_dir(program.path("netgain")).unwrap();
    let own = "streams = 11\nreadings = 11\nexports = 11\n\nheader_time = \"11s\"\n";
    fs::write(program.path("netgain/config.toml"), own).unwrap();
    let named = program.file(
        "named.toml",
        "# mine\nreadings = 22\nexports = 22\nlisten = \"127.0.0.1:22\"\n",
    );
    let call = format!("--config {named} config show --json");
    let variables = [
        ("NETGAIN_EXPORTS", "33"),
        ("NETGAIN_LISTEN", ""),
        ("NETGAIN_KEYS", "the-keys"),
    ];

    let shown = settings(&with_variables(&program, &call, &variables));

    let found = |name: &str| {
        let setting = &shown[name];
        let text = |field: &str| setting[field].as_str().unwrap().to_owned();
        let home = program.path("").display().to_string();
        (
            text("value"),
            text("from"),
            text("where").replace(&home, ""),
        )
    };
    let expect = |name: &str, value: &str, from: &str, place: &str| {
        assert_eq!(
            found(name),
            (value.to_owned(), from.to_owned(), place.to_owned()),
            "{name}"
        );
    };
    expect("connections", "4096", "default", "default");
    expect("streams", "11", "file", "netgain/config.toml:1");
    expect("header_time", "11s", "file", "netgain/config.toml:5");
    expect("readings", "22", "file", "named.toml:2");
    expect("exports", "33", "variable", "NETGAIN_EXPORTS");
    expect("keys", "the-keys", "variable", "NETGAIN_KEYS");
    expect("listen", "127.0.0.1:22", "file", "named.toml:4");
    assert_eq!(shown["data"]["where"], "--data");
    assert_eq!(shown["metrics"]["value"], Value::Null);

    // For people the same.
    let table = with_variables(&program, &call.replace(" --json", ""), &variables).stdout;
    assert_eq!(table.lines().count(), shown.len() + 2, "{table}");
    let row = table
        .lines()
        .find(|line| line.starts_with("exports "))
        .unwrap();
    assert_eq!(
        row.split_whitespace().collect::<Vec<_>>(),
        ["exports", "33", "NETGAIN_EXPORTS"]
    );
}

#[test]
fn a_ledger_is_where_the_file_says() {
    let program = Program::new();
    let file = program.file("netgain.toml", "data = \"elsewhere\"\n");
    let call = |words: &[&str]| {
        let words = [&["--config", &file], words].concat();
        // Without --data, which would go before the file.
        let named = program.command([""; 0]);
        let mut bare = Command::new(named.get_program());
        for (name, value) in named.get_envs() {
            match value {
                Some(value) => bare.env(name, value),
                None => bare.env_remove(name),
            };
        }
        bare.current_dir(program.path("")).args(words);
        bare
    };
    let recorded = run(call(&["record"]), format!("{}\n", stroud()).as_bytes());
    assert_eq!(recorded.status, 0, "{recorded:#?}");
    assert!(program.path("elsewhere/log").is_dir());
    assert!(program.path("elsewhere.keys").is_dir());
    let trail = run(call(&["trail", "--org", "E07000082"]), b"");
    assert_eq!(trail.status, 0, "{trail:#?}");
    assert!(!program.data().exists());
}

#[test]
fn a_setting_that_is_off_ends_the_call_before_anything_is_done() {
    let program = Program::new();
    let cases = [
        (
            "lisen = \"127.0.0.1:1\"",
            &["wrong.toml:1: ", "\"lisen\"", "\"listen\""][..],
        ),
        (
            "\nstreams = \"many\"",
            &["wrong.toml:2: ", "streams", "whole number"],
        ),
        (
            "header_time = 30",
            &["wrong.toml:1: ", "header_time", "\"30s\""],
        ),
        (
            "body_bytes = \"1GiB\"",
            &["wrong.toml:1: ", "body_bytes", "4MiB"],
        ),
        ("data = [", &["wrong.toml:1: "]),
    ];
    for (text, words) in cases {
        let file = program.file("wrong.toml", text);
        for call in ["record", "serve", "config show", "user list"] {
            let refused = program.run(&format!("--config {file} {call}"));
            refused.fails(2, words);
            assert_eq!(refused.stdout, "");
        }
    }
    program
        .run("--config none.toml record")
        .fails(2, &["none.toml cannot be read"]);
    program
        .run("serve --listen 8179")
        .fails(2, &["--listen: ", "127.0.0.1:8179"]);
    program
        .run("serve --tls-key key.pem")
        .fails(2, &["tls_key needs its tls_certificate"]);
    with_variables(&program, "record", &[("NETGAIN_STREAMS", "0")])
        .fails(2, &["NETGAIN_STREAMS: "]);
    assert!(!program.data().exists(), "something was made");

    // What has nothing to do with settings goes on, whatever is wrong with them.
    assert_eq!(program.run("--config none.toml config example").status, 0);
    assert_eq!(program.run("--config none.toml completions bash").status, 0);
}

#[test]
fn a_secret_is_never_shown() {
    let program = Program::new();
    let (inline, kept) = ("the-inline-canary", "the-kept-canary");
    fs::write(program.path("secret"), format!("{kept}\n")).unwrap();
    let provider = |name: &str, secret: &str| {
        format!(
            "[[provider]]\nname = \"{name}\"\nissuer = \"https://login.invalid/\"\nclient_id = \"netgain\"\n\
             {secret}\nredirect = \"https://netgain.invalid/sign-in/{name}/return\"\n"
        )
    };
    let text = [
        provider("one", &format!("client_secret = \"{inline}\"")),
        provider("two", "client_secret_file = \"secret\""),
    ];
    let file = program.file("netgain.toml", text.concat());

    let table = program.run(&format!("--config {file} config show"));
    let document = program.run(&format!("--config {file} config show --json"));

    let shown = settings(&document);
    assert_eq!(shown["provider.one.client_secret"]["value"], "(set)");
    assert_eq!(shown["provider.two.client_secret"]["value"], Value::Null);
    assert_eq!(shown["provider.two.client_id"]["value"], "netgain");
    // And where something is wrong beside it.
    let wrong = program.file("wrong.toml", text.concat().replace("redirect", "redirct"));
    let refused = program.run(&format!("--config {wrong} config show"));
    refused.fails(2, &["\"redirct\"", "\"redirect\""]);
    let service = Service::start_with(program, &["--config", &file], &[]);
    let ways = service.stranger().get("/api/v1/sign-in").of_status(200);
    assert_eq!(ways.json()["providers"], serde_json::json!(["one", "two"]));
    let said = [
        table.stdout,
        table.stderr,
        document.stdout,
        refused.stderr,
        service.said(),
        ways.text(),
    ];
    for canary in [inline, kept] {
        assert!(said.iter().all(|text| !text.contains(canary)), "{said:#?}");
    }
}

#[test]
fn the_service_takes_its_settings_from_where_they_are() {
    let program = Program::new();
    let file = program.file(
        "netgain.toml",
        "body_bytes = \"1KiB\"\nanonymous_a_second = 1\n",
    );
    let service = Service::start_with(program, &["--config", &file], &[]);
    let mut stranger = service.stranger();
    // Ten times the average in a burst: the eleventh is too many, or the twelfth after a slow second.
    let statuses: Vec<u16> = (0..15)
        .map(|_| stranger.get("/api/v1/session").status)
        .collect();
    assert!(
        statuses.starts_with(&[401; 10]) && statuses.contains(&429),
        "{statuses:?}"
    );
    let (_, ended) = service.stop();
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

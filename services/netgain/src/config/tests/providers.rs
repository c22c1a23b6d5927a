use super::*;

const PROVIDER: &str = r#"
[[provider]]
name = "entra"
issuer = "https://login.example/tenant/v2.0"
client_id = "netgain"
redirect = "https://netgain.example/sign-in/entra/return"
"#;

#[test]
fn a_provider_is_read_and_its_secret_is_never_shown() {
    let secret = "a-canary-that-nobody-sees";
    let roles = "[[provider.roles]]\nvalue = \"Validators\"\nrole = \"validator\"\nof = \"*\"\n";
    let setting = of_file(&format!("{PROVIDER}client_secret = \"{secret}\"\n{roles}"));
    let config = setting.read().unwrap();
    assert_eq!(config.providers().unwrap().len(), 1);
    let values = config.shown().into_iter().filter_map(|it| it.value);
    let shown = values.collect::<Vec<_>>().join(
        "
",
    );
    assert!(!shown.contains(secret), "{shown}");
    assert_eq!(
        setting.of("provider.entra.client_secret"),
        pair("(set)", "netgain.toml:2")
    );
    assert_eq!(
        setting.of("provider.entra.roles"),
        pair("Validators is validator of *", "netgain.toml:2")
    );
}

#[test]
fn a_secret_is_read_from_its_file_when_it_is_needed() {
    let setting = of_file(&format!("{PROVIDER}client_secret_file = \"secret\"\n"));
    let config = setting.read().unwrap();
    let Err(Failure::Usage(why)) = config.providers() else {
        panic!("it has no secret")
    };
    assert!(
        why.contains("secret cannot be read: it is not there"),
        "{why}"
    );
    std::fs::write(setting.home.path().join("secret"), "a-canary\nand more\n").unwrap();
    assert!(config.providers().is_ok());
    let read = config.providers[0].config().unwrap().client_secret.unwrap();
    assert_eq!(read.expose(), "a-canary");
    assert_eq!(setting.of("provider.entra.client_secret_file").0, "secret");
    std::fs::write(setting.home.path().join("secret"), "\n").unwrap();
    assert!(config.providers().is_err());
}

#[test]
fn what_is_wrong_with_a_provider_is_named_with_its_line() {
    let cases = [
        (
            "isuer = \"x\"",
            "netgain.toml:7: there is no setting \"isuer\", perhaps \"issuer\" is meant",
        ),
        (
            "listen = \"127.0.0.1:1\"",
            "netgain.toml:7: \"listen\" stands below [[provider]]",
        ),
        (
            "scopes = [\"a b\"]",
            "netgain.toml:2: provider: the provider \"entra\" is not set up right: scopes",
        ),
        ("scopes = 5", "netgain.toml:7: provider: "),
        (
            "client_secret_file = 5",
            "netgain.toml:7: client_secret_file: write a path",
        ),
        (
            "client_secret = 9",
            "netgain.toml:7: client_secret: write it in quotation marks",
        ),
        (
            "client_secret = \"a\"\nclient_secret_file = \"b\"",
            "netgain.toml:7: client_secret: leave it out",
        ),
        (
            "[[provider.roles]]\nvalue = \"V\"\nrole = \"king\"\nof = \"*\"",
            "netgain.toml:9: provider: ",
        ),
        (
            "[[provider.roles]]\nvalue = \"V\"\nrole = \"board\"\nof = \"*\"\nfor = \"*\"",
            "netgain.toml:11: provider: ",
        ),
    ];
    for (more, expected) in cases {
        let wrong = of_file(&format!("{PROVIDER}{more}\n")).wrong();
        assert!(wrong.starts_with(expected), "{more}: {wrong}");
    }
    let wrong = of_file(&format!("{PROVIDER}{PROVIDER}")).wrong();
    assert!(wrong.contains("another provider has that name"), "{wrong}");
    let wrong = of_file("provider = 5").wrong();
    assert!(wrong.contains("[[provider]]"), "{wrong}");
    let wrong = of_file(&format!("{PROVIDER}client_secret = 123456789\n")).wrong();
    assert!(!wrong.contains("123456789"), "{wrong}");
}

#[test]
fn the_providers_are_those_of_the_last_file_that_has_any() {
    let other = PROVIDER.replace("\"entra\"", "\"other\"");
    let setting = Setting::new()
        .file("machine.toml", PROVIDER)
        .file("own.toml", &other)
        .file("named.toml", "streams = 5");
    let names: Vec<String> = setting
        .read()
        .unwrap()
        .shown()
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert!(names.iter().any(|name| name == "provider.other.issuer"));
    assert!(!names.iter().any(|name| name.starts_with("provider.entra")));
}

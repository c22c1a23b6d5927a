mod providers;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use tempfile::TempDir;

use super::form::Form;
use super::key::GROUPS;
use super::provider::FIELDS;
use super::*;

/// The page that documents every setting.
const PAGE: &str = include_str!("../../../../docs/CONFIGURATION.md");

/// Files of configuration, and an environment.
struct Setting {
    home: TempDir,
    files: Vec<ConfigFile>,
    variables: BTreeMap<&'static str, &'static str>,
    flags: Vec<(&'static str, OsString)>,
}

impl Setting {
    fn new() -> Self {
        Self {
            home: TempDir::new().unwrap(),
            files: Vec::new(),
            variables: BTreeMap::new(),
            flags: Vec::new(),
        }
    }

    /// With one more file, which goes before those there are.
    fn file(mut self, name: &str, text: &str) -> Self {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        let presence = Presence::Named;
        self.files.push(ConfigFile { path, presence });
        self
    }

    fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.insert(name, value);
        self
    }

    fn flag(mut self, name: &'static str, value: &str) -> Self {
        self.flags.push((name, value.into()));
        self
    }

    fn read(&self) -> Result<Config, Wrong> {
        Config::read(&Sources {
            flags: self.flags.clone(),
            variable: &|name| self.variables.get(name).map(OsString::from),
            files: self.files.clone(),
        })
    }

    /// The value of a setting and the words of where it came from, without the directory.
    fn of(&self, name: &str) -> (String, String) {
        let shown = self.read().unwrap().shown();
        let found = shown.into_iter().find(|shown| shown.name == name).unwrap();
        let home = format!("{}/", self.home.path().display());
        let value = found.value.unwrap_or_default().replace(&home, "");
        (value, found.origin.to_string().replace(&home, ""))
    }

    /// What is wrong, without the directory.
    fn wrong(&self) -> String {
        let Err(wrong) = self.read() else {
            panic!("nothing is wrong")
        };
        wrong
            .to_string()
            .replace(&format!("{}/", self.home.path().display()), "")
    }
}

fn of_file(text: &str) -> Setting {
    Setting::new().file("netgain.toml", text)
}

fn pair(value: &str, origin: &str) -> (String, String) {
    (value.to_owned(), origin.to_owned())
}

#[test]
fn nothing_said_is_what_is_built_in() {
    let config = Setting::new().read().unwrap();
    for shown in config.shown() {
        assert_eq!(shown.origin, Origin::Default, "{}", shown.name);
    }
    assert_eq!(config.place().keys, PathBuf::from("netgain-data.keys"));
    assert_eq!(
        config.place().checkpoints,
        PathBuf::from("netgain-data/checkpoints")
    );
    assert_eq!(config.place().people, PathBuf::from("netgain-data.people"));
    assert_eq!(config.service().listen.to_string(), "127.0.0.1:8179");
}

#[test]
fn a_word_goes_before_the_environment_before_the_later_file_before_the_earlier_one() {
    let with = |upto: usize| {
        let mut setting = Setting::new();
        if upto > 0 {
            setting = setting.file("machine.toml", "\nlisten = \"192.0.2.1:1\"\nstreams = 1");
        }
        if upto > 1 {
            setting = setting.file("own.toml", "listen = \"192.0.2.2:2\"");
        }
        if upto > 2 {
            setting = setting.variable("NETGAIN_LISTEN", "192.0.2.3:3");
        }
        if upto > 3 {
            setting = setting.flag("listen", "192.0.2.4:4");
        }
        setting
    };
    let expected = [
        pair("127.0.0.1:8179", "default"),
        pair("192.0.2.1:1", "machine.toml:2"),
        pair("192.0.2.2:2", "own.toml:1"),
        pair("192.0.2.3:3", "NETGAIN_LISTEN"),
        pair("192.0.2.4:4", "--listen"),
    ];
    for (upto, expected) in expected.iter().enumerate() {
        assert_eq!(with(upto).of("listen"), *expected);
    }
    // What a later file does not say stays as it was.
    assert_eq!(with(4).of("streams"), pair("1", "machine.toml:3"));
}

#[test]
fn paths_of_a_file_begin_where_it_is_and_others_where_the_call_is() {
    let setting = of_file("data = \"gains\"\nkeys = \"/srv/keys\"");
    let config = setting.read().unwrap();
    assert_eq!(config.place().data, setting.home.path().join("gains"));
    assert_eq!(
        config.place().people,
        setting.home.path().join("gains.people")
    );
    assert_eq!(config.place().keys, PathBuf::from("/srv/keys"));
    let said = Setting::new()
        .variable("NETGAIN_DATA", "gains")
        .read()
        .unwrap();
    assert_eq!(said.place().data, PathBuf::from("gains"));
}

#[test]
fn an_unknown_setting_is_refused_with_its_line_and_the_nearest_name() {
    let wrong = of_file("# a comment\n\nlisen = \"127.0.0.1:1\"").wrong();
    assert!(
        wrong.starts_with(
            "netgain.toml:3: there is no setting \"lisen\", perhaps \"listen\" is meant"
        ),
        "{wrong}"
    );
    let wrong = of_file("colour = \"red\"").wrong();
    assert!(
        wrong.starts_with("netgain.toml:1: there is no setting \"colour\"; "),
        "{wrong}"
    );
    let wrong = of_file("[limits]\nstreams = 5").wrong();
    assert!(
        wrong.contains("netgain.toml:1: there is no setting \"limits\""),
        "{wrong}"
    );
}

#[test]
fn a_value_that_cannot_be_taken_says_where_it_is_and_how_it_is_written() {
    let cases = [
        (
            "listen = \"8179\"",
            "netgain.toml:1: listen: write an address in digits and a port",
        ),
        (
            "header_time = 30",
            "netgain.toml:1: header_time: write a time with its unit in quotation marks",
        ),
        (
            "header_time = \"30\"",
            "netgain.toml:1: header_time: write a whole number and its unit",
        ),
        (
            "header_time = \"1h\"",
            "netgain.toml:1: header_time: it is from 100ms to 5m",
        ),
        (
            "body_bytes = 4096",
            "netgain.toml:1: body_bytes: write a size with its unit in quotation marks",
        ),
        (
            "body_bytes = \"5MiB\"",
            "netgain.toml:1: body_bytes: it is from 1KiB to 4MiB",
        ),
        (
            "streams = \"5\"",
            "netgain.toml:1: streams: write a whole number, without quotation marks",
        ),
        (
            "streams = 0",
            "netgain.toml:1: streams: it is a whole number from 1 to 1000000",
        ),
        (
            "data = 5",
            "netgain.toml:1: data: write it in quotation marks",
        ),
        (
            "log_level = \"inof\"",
            "netgain.toml:1: log_level: write error, warn, info, debug or trace",
        ),
        (
            "log_level = \"info,=debug\"",
            "netgain.toml:1: log_level: write error, warn, info, debug or trace",
        ),
        ("streams = 5\nstreams = 6", "netgain.toml:2: duplicate key"),
        ("streams = ", "netgain.toml:1: "),
    ];
    for (text, expected) in cases {
        let wrong = of_file(text).wrong();
        assert!(wrong.starts_with(expected), "{text}: {wrong}");
    }
    let wrong = Setting::new().variable("NETGAIN_STREAMS", "many").wrong();
    assert_eq!(
        wrong,
        "NETGAIN_STREAMS: streams: it is a whole number from 1 to 1000000"
    );
    let wrong = Setting::new().flag("tls_key", "").wrong();
    assert_eq!(
        wrong,
        "--tls-key: tls_key: it is empty; name a file or a directory"
    );
}

#[test]
fn a_wrong_value_is_refused_where_a_better_one_goes_before_it_too() {
    let wrong = of_file("streams = 0")
        .variable("NETGAIN_STREAMS", "5")
        .wrong();
    assert!(wrong.starts_with("netgain.toml:1: streams"), "{wrong}");
}

#[test]
fn what_only_goes_together_is_refused_alone() {
    assert!(
        of_file("tls_key = \"key.pem\"")
            .wrong()
            .contains("tls_key needs its tls_certificate")
    );
    assert!(
        of_file("tls_certificate = \"c.pem\"")
            .wrong()
            .contains("tls_certificate needs its tls_key")
    );
    let both = of_file("tls_key = \"key.pem\"")
        .flag("tls_certificate", "c.pem")
        .read()
        .unwrap();
    assert!(both.service().tls.is_some());
    assert!(
        of_file("session_idle = \"9h\"")
            .wrong()
            .contains("session_idle is longer than session_whole")
    );
}

#[test]
fn a_file_that_somebody_named_has_to_be_there_and_a_usual_one_need_not() {
    let missing = |presence| {
        let mut setting = Setting::new();
        let path = setting.home.path().join("none.toml");
        setting.files.push(ConfigFile { path, presence });
        setting
    };
    assert!(
        missing(Presence::Named)
            .wrong()
            .contains("none.toml cannot be read")
    );
    assert!(missing(Presence::Usual).read().is_ok());
}

#[test]
fn the_files_are_the_machines_the_users_own_and_the_named_one_in_that_order() {
    let paths = |variables: &[(&str, &str)], named: Option<&str>| -> Vec<String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let files = files(named.map(PathBuf::from), &variable);
        files
            .iter()
            .map(|file| file.path.display().to_string())
            .collect()
    };
    let machine = "/etc/netgain/netgain.toml";
    assert_eq!(paths(&[], None), [machine]);
    let home = ("HOME", "/home/ada");
    assert_eq!(
        paths(&[home], None),
        [machine, "/home/ada/.config/netgain/config.toml"]
    );
    let own = ("XDG_CONFIG_HOME", "/cfg");
    assert_eq!(
        paths(&[home, own], Some("n.toml")),
        [machine, "/cfg/netgain/config.toml", "n.toml"]
    );
    let relative = ("XDG_CONFIG_HOME", "cfg");
    assert_eq!(paths(&[relative], None), [machine]);
    let variable = ("NETGAIN_CONFIG", "v.toml");
    assert_eq!(paths(&[variable], None), [machine, "v.toml"]);
    assert_eq!(paths(&[variable], Some("n.toml")), [machine, "n.toml"]);
}

#[test]
fn the_example_changes_nothing_as_it_stands_and_says_the_defaults_when_it_counts() {
    let example = example();
    let as_it_stands = of_file(&example).read().unwrap();
    assert!(
        as_it_stands
            .shown()
            .iter()
            .all(|shown| shown.origin == Origin::Default)
    );
    let (settings, providers) = example.split_once("\n## People who sign in").unwrap();
    let counts = |text: &str| -> String {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("# ") && !line.starts_with("##"));
        let lines: Vec<&str> = lines.map(|line| line.trim_start_matches('#')).collect();
        lines.join(
            "
",
        ) + "
"
    };
    let setting = of_file(&counts(settings));
    let config = setting.read().unwrap();
    let home = format!("{}/", setting.home.path().display());
    for (shown, key) in config.shown().iter().zip(keys()) {
        assert!(matches!(shown.origin, Origin::File(_)), "{}", shown.name);
        if let Some(default) = key.default() {
            let value = shown.value.as_ref().unwrap().replace(&home, "");
            assert_eq!(value, default, "{}", shown.name);
        }
    }
    // A provider has its secret in one place only.
    let provider = counts(providers).replace("client_secret = \"…\"\n", "");
    let provider = provider.lines().skip(1).collect::<Vec<_>>().join("\n");
    of_file(&provider).read().unwrap();
}

/// The tables of the page, made of the lists.
fn tables() -> String {
    let mut text = String::new();
    for group in &GROUPS {
        let _ = write!(
            text,
            "### {}\n\n| key | form | default | meaning | why |\n|---|---|---|---|---|\n",
            group.title
        );
        for key in group.keys {
            let form = match key.form {
                Form::Path => "path",
                Form::Address => "address:port",
                Form::IpAddress => "address",
                Form::Duration => "duration",
                Form::Size => "size",
                Form::Count => "number",
                Form::Text => "text",
            };
            let default = key
                .default()
                .map_or("none".to_owned(), |value| format!("`{value}`"));
            let _ = writeln!(
                text,
                "| `{}` | {form} | {default} | {} | {} |",
                key.name, key.what, key.why
            );
        }
        text.push('\n');
    }
    text.push_str("### `[[provider]]`\n\n| key | example | meaning |\n|---|---|---|\n");
    for field in &FIELDS {
        let _ = writeln!(
            text,
            "| `{}` | `{}` | {} |",
            field.name, field.example, field.what
        );
    }
    text
}

#[test]
fn the_page_has_every_setting_as_the_program_has_it() {
    let tables = tables();
    assert!(
        PAGE.contains(&tables),
        "docs/CONFIGURATION.md should have:\n{tables}"
    );
    // And no row of its own.
    let rows = |text: &str| text.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows(PAGE), rows(&tables));
}

#[test]
fn durations_reach_the_service() {
    let setting = of_file("header_time = \"250ms\"\nsession_idle = \"5m\"");
    let config = setting.read().unwrap();
    assert_eq!(
        config.service().limits.header_time,
        Duration::from_millis(250)
    );
    assert_eq!(config.values.sessions.idle, Duration::from_mins(5));
}

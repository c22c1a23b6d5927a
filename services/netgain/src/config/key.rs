//! The settings there are: the one list that reads a file, shows what holds, writes the example and is held
//! to the documentation.

mod cluster;
mod limits;
mod places;
mod service;

use std::path::Path;

use super::form::{Form, Given};
use super::values::Values;

/// A setting that is one value.
pub(crate) struct Key {
    /// Its name in a configuration file.
    pub(crate) name: &'static str,
    /// How its value is written.
    pub(crate) form: Form,
    /// What it means.
    pub(crate) what: &'static str,
    /// Why it is there, or why its default is what it is.
    pub(crate) why: &'static str,
    /// Takes a value that was given, or says how one is written.
    pub(crate) take: fn(&mut Values, Given<'_>) -> Result<(), String>,
    /// The value as it is written; none where there is none.
    pub(crate) show: fn(&Values) -> Option<String>,
}

/// Settings that belong together.
pub(crate) struct Group {
    /// What they are about.
    pub(crate) title: &'static str,
    /// The settings, in the order they are shown in.
    pub(crate) keys: &'static [Key],
}

pub(crate) use self::cluster::REPLICAS;

/// Every group of settings.
pub(crate) const GROUPS: [Group; 4] =
    [places::GROUP, cluster::GROUP, service::GROUP, limits::GROUP];

/// Every setting.
pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
    GROUPS.iter().flat_map(|group| group.keys)
}

/// The setting of that name.
pub(crate) fn key(name: &str) -> Option<&'static Key> {
    keys().find(|key| key.name == name)
}

impl Key {
    /// The environment's variable: the name in capitals behind `NETGAIN_`.
    pub(crate) fn variable(&self) -> String {
        format!("NETGAIN_{}", self.name.to_ascii_uppercase())
    }

    /// What holds where nothing is said.
    pub(crate) fn default(&self) -> Option<String> {
        (self.show)(&Values::default())
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn a_name_is_one_setting_and_its_words_say_something() {
        let names: BTreeSet<&str> = keys().map(|key| key.name).collect();
        assert_eq!(names.len(), keys().count());
        for key in keys() {
            let small = |c: char| c.is_ascii_lowercase() || c == '_';
            assert!(key.name.chars().all(small), "{}", key.name);
            for words in [key.what, key.why] {
                assert!(
                    words.ends_with('.') && words.len() > 20,
                    "{}: {words}",
                    key.name
                );
                assert!(!words.contains('|'), "{}: {words}", key.name);
            }
        }
    }

    #[test]
    fn every_default_is_a_value_that_its_setting_takes_and_shows_again() {
        for key in keys() {
            let Some(default) = key.default() else {
                continue;
            };
            let mut values = Values::default();
            let given = Given {
                text: OsStr::new(&default),
                beside: None,
            };
            (key.take)(&mut values, given).unwrap_or_else(|why| panic!("{}: {why}", key.name));
            assert_eq!((key.show)(&values), Some(default), "{}", key.name);
        }
    }

    #[test]
    fn every_setting_changes_what_it_shows_and_nothing_else() {
        for key in keys() {
            let text = match key.form {
                Form::Path => "/somewhere/else",
                Form::Address => "192.0.2.1:99",
                Form::IpAddress => "192.0.2.1",
                Form::Duration if key.name == "merge_within" => "40ms",
                Form::Duration => "3m",
                Form::Size => "3MiB",
                Form::Count => "17",
                Form::Text if key.name == "log_syncing" => "stated",
                Form::Text => "debug",
            };
            let mut values = Values::default();
            let given = Given {
                text: OsStr::new(text),
                beside: None,
            };
            (key.take)(&mut values, given).unwrap_or_else(|why| panic!("{}: {why}", key.name));
            for other in keys() {
                let unchanged = (other.show)(&values) == other.default();
                // What stands beside the ledger's directory goes where that goes.
                let follows =
                    key.name == "data" && ["keys", "checkpoints", "people"].contains(&other.name);
                assert_eq!(
                    unchanged,
                    other.name != key.name && !follows,
                    "{} {}",
                    key.name,
                    other.name
                );
            }
        }
    }
}

//! The settings: what holds, and where each value came from.
//!
//! A word of the call goes before the environment, that before the file of `--config`, before the user's own
//! file, before the machine's, before what is built in. Each setting is looked for by itself, so that a file
//! need only say what it changes; providers are taken all together from the first file that has any.

mod example;
mod file;
mod form;
mod key;
mod nearest;
mod origin;
mod provider;
mod values;
mod wrong;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use netgain_sign_in::oidc::Provider;
use netgain_web::{Settings, Tls};

pub(crate) use self::example::example;
pub(crate) use self::file::{ConfigFile, Presence};
use self::form::Given;
pub(crate) use self::key::keys;
pub(crate) use self::origin::Origin;
use self::provider::ProviderSet;
pub(crate) use self::values::Values;
pub(crate) use self::wrong::Wrong;
use crate::cli::Cli;
use crate::data_dir::Place;
use crate::outcome::Failure;

/// The machine's configuration file.
const MACHINE_FILE: &str = "/etc/netgain/netgain.toml";

/// The user's own, in their directory of configurations (XDG Base Directory Specification).
const USER_FILE: &str = "netgain/config.toml";

/// Where settings come from.
pub(crate) struct Sources<'s> {
    /// The words of the call, by the settings' names.
    pub(crate) flags: Vec<(&'static str, OsString)>,
    /// The environment.
    pub(crate) variable: &'s dyn Fn(&str) -> Option<OsString>,
    /// The files, the one that goes before the others last.
    pub(crate) files: Vec<ConfigFile>,
}

/// What holds.
pub(crate) struct Config {
    /// Every setting that is one value.
    pub(crate) values: Values,
    origins: BTreeMap<&'static str, Origin>,
    providers: Vec<ProviderSet>,
}

/// A setting as it is shown.
pub(crate) struct Shown {
    /// Its name.
    pub(crate) name: String,
    /// Its value; never a secret.
    pub(crate) value: Option<String>,
    /// Where that came from.
    pub(crate) origin: Origin,
}

impl Config {
    /// What holds for a call.
    pub(crate) fn of(cli: &Cli) -> Result<Self, Wrong> {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self::read(&Sources {
            flags: cli.settings(),
            variable: &variable,
            files: files(cli.config.clone(), &variable),
        })
    }

    /// What holds, of these sources.
    pub(crate) fn read(sources: &Sources<'_>) -> Result<Self, Wrong> {
        let mut config = Self {
            values: Values::default(),
            origins: BTreeMap::new(),
            providers: Vec::new(),
        };
        for file in &sources.files {
            let contents = file.read()?;
            for entry in contents.entries {
                let beside = file.path.parent();
                let text = OsStr::new(&entry.text);
                config.take(entry.key, Given { text, beside }, entry.place.into())?;
            }
            if !contents.providers.is_empty() {
                config.providers = contents.providers;
            }
        }
        for key in keys() {
            let name = key.variable();
            if let Some(text) = (sources.variable)(&name) {
                let (text, beside) = (text.as_os_str(), None);
                config.take(key, Given { text, beside }, Origin::Variable(name))?;
            }
        }
        for (name, text) in &sources.flags {
            if let Some(key) = key::key(name) {
                let (text, beside) = (text.as_os_str(), None);
                let flag = format!("--{}", name.replace('_', "-"));
                config.take(key, Given { text, beside }, Origin::Flag(flag))?;
            }
        }
        config.check()?;
        Ok(config)
    }

    fn take(
        &mut self,
        key: &'static key::Key,
        given: Given<'_>,
        origin: Origin,
    ) -> Result<(), Wrong> {
        match (key.take)(&mut self.values, given) {
            Ok(()) => {
                self.origins.insert(key.name, origin);
                Ok(())
            }
            Err(why) => Err(Wrong::value(origin, key.name, &why)),
        }
    }

    /// What no setting can say by itself.
    fn check(&mut self) -> Result<(), Wrong> {
        let values = &mut self.values;
        values.service.tls = match (&values.tls_certificate, &values.tls_key) {
            (Some(certificate), Some(key)) => Some(Tls {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(Wrong::Together(
                    "tls_certificate needs its tls_key: set both, or neither",
                ));
            }
            (None, Some(_)) => {
                return Err(Wrong::Together(
                    "tls_key needs its tls_certificate: set both, or neither",
                ));
            }
        };
        if values.log_user.is_some() != values.log_password_file.is_some() {
            return Err(Wrong::Together(
                "log_user and log_password_file go together: set both, or neither",
            ));
        }
        if values.seals_user.is_some() != values.seals_password_file.is_some() {
            return Err(Wrong::Together(
                "seals_user and seals_password_file go together: set both, or neither",
            ));
        }
        if values.sessions.idle > values.sessions.absolute {
            return Err(Wrong::Together(
                "session_idle is longer than session_whole; shorten it",
            ));
        }
        Ok(())
    }

    /// Where the ledger and what proves it are.
    pub(crate) fn place(&self) -> Place {
        let values = &self.values;
        Place {
            data: values.data.clone(),
            keys: values.keys_dir(),
            checkpoints: values.checkpoints_dir(),
            people: values.people_dir(),
            witnesses: values.witnesses.clone(),
            servers: values.servers(),
        }
    }

    /// The service's own settings.
    pub(crate) fn service(&self) -> Settings {
        self.values.service.clone()
    }

    /// The providers, with their secrets.
    pub(crate) fn providers(&self) -> Result<Vec<Provider>, Failure> {
        let made = self.providers.iter().map(|set| {
            let config = set.config().map_err(|wrong| wrong.failure())?;
            Provider::new(config).map_err(|error| Failure::Usage(format!("{}: {error}", set.place)))
        });
        made.collect()
    }

    /// Every setting, its value and its origin; secrets as `(set)`.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        let values = keys().map(|key| Shown {
            name: key.name.to_owned(),
            value: (key.show)(&self.values),
            origin: self
                .origins
                .get(key.name)
                .cloned()
                .unwrap_or(Origin::Default),
        });
        let providers = self.providers.iter().flat_map(|set| {
            set.shown().into_iter().map(move |(field, value)| Shown {
                name: format!("provider.{}.{field}", set.name()),
                value,
                origin: set.place.clone().into(),
            })
        });
        values.chain(providers).collect()
    }
}

/// The files to read, the one that goes before the others last.
fn files(named: Option<PathBuf>, variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<ConfigFile> {
    let usual = |path: PathBuf| ConfigFile {
        path,
        presence: Presence::Usual,
    };
    // A directory that is not absolute does not count (XDG Base Directory Specification).
    let home = || variable("HOME").map(|home| PathBuf::from(home).join(".config"));
    let own = variable("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let own = own.or_else(home).map(|directory| directory.join(USER_FILE));
    let named = named.or_else(|| variable("NETGAIN_CONFIG").map(PathBuf::from));
    let named = named.map(|path| ConfigFile {
        path,
        presence: Presence::Named,
    });
    let usual = [Some(MACHINE_FILE.into()), own]
        .into_iter()
        .flatten()
        .map(usual);
    usual.chain(named).collect()
}

#[cfg(test)]
mod tests;

//! The providers at which people sign in: the tables `[[provider]]` of a configuration file.

use std::path::{Path, PathBuf};

use netgain_sign_in::oidc::ProviderConfig;
use netgain_sign_in::secret::Secret;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::file::Source;
use super::nearest::nearest;
use super::origin::Place;
use super::wrong::Wrong;

/// The most providers: an organisation has one, and a shared service one for each of its councils.
pub(crate) const PROVIDERS_MAX: usize = 100;

/// The most bytes of a file with a client's secret.
const SECRET_BYTES_MAX: usize = 4 * 1024;

/// A field of a provider.
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: &'static str,
    /// A value for the example.
    pub(crate) example: &'static str,
    /// What it means.
    pub(crate) what: &'static str,
}

/// The name of the field that names the file with the secret. The rest are `ProviderConfig`'s.
const SECRET_FILE: &str = "client_secret_file";
const SECRET: &str = "client_secret";

/// Every field of a provider.
pub(crate) const FIELDS: [Field; 10] = [
    Field {
        name: "name",
        example: "\"entra\"",
        what: "What it is called here: in addresses, and in front of the ids of its people; 1 to 20 of a-z, 0-9 and -. Another name makes other people of them.",
    },
    Field {
        name: "issuer",
        example: "\"https://login.example/tenant/v2.0\"",
        what: "Its issuer, exactly as it calls itself.",
    },
    Field {
        name: "client_id",
        example: "\"netgain\"",
        what: "What it calls this service.",
    },
    Field {
        name: SECRET_FILE,
        example: "\"/run/credentials/entra\"",
        what: "The file whose first line is the secret that this service shows it. Only the service's user may read it.",
    },
    Field {
        name: SECRET,
        example: "\"…\"",
        what: "The secret itself, instead of its file.",
    },
    Field {
        name: "redirect",
        example: "\"https://netgain.example/sign-in/entra/return\"",
        what: "Where it sends the browser back to: this service's address and /sign-in/NAME/return; registered with it.",
    },
    Field {
        name: "scopes",
        example: "[\"profile\"]",
        what: "What is asked for beside openid; profile lets it tell people's names. None by default.",
    },
    Field {
        name: "subject_claim",
        example: "\"sub\"",
        what: "The claim that says who somebody is for ever: sub (the default), or oid of Microsoft Entra ID. Never an e-mail address: those are given to other people later.",
    },
    Field {
        name: "roles_claim",
        example: "\"roles\"",
        what: "The claim that lists what somebody is; roles by default.",
    },
    Field {
        name: "roles",
        example: "[]",
        what: "What its values mean here, each a table [[provider.roles]] of value, role and of (an organisation's code, or * for every one). Others mean nothing.",
    },
];

/// A provider as it was set up, and where.
pub(crate) struct ProviderSet {
    /// How it is set up, without the secret where that is in a file.
    config: ProviderConfig,
    /// The file with its secret.
    secret_file: Option<PathBuf>,
    /// Where it stands.
    pub(crate) place: Place,
}

impl ProviderSet {
    /// Reads one table.
    pub(super) fn read(source: &Source<'_>, table: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        let place = source.place(table.span().start);
        let span = table.span();
        let DeValue::Table(mut fields) = table.into_inner() else {
            return Err(Wrong::value(
                place.into(),
                "provider",
                "write it as [[provider]] and its fields below",
            ));
        };
        check_names(source, &fields)?;
        let secret_file = match fields.remove(SECRET_FILE) {
            None => None,
            Some(path) => {
                let at = source.place(path.span().start);
                let Some(path) = path.get_ref().as_str() else {
                    return Err(Wrong::value(
                        at.into(),
                        SECRET_FILE,
                        "write a path in quotation marks",
                    ));
                };
                Some(source.directory().join(path))
            }
        };
        if let Some(secret) = fields.get(SECRET) {
            let at = source.place(secret.span().start);
            if secret_file.is_some() {
                return Err(Wrong::value(
                    at.into(),
                    SECRET,
                    "leave it out: client_secret_file is there",
                ));
            }
            // Said here, since the reader's own words would show what stands there.
            if secret.get_ref().as_str().is_none() {
                return Err(Wrong::value(
                    at.into(),
                    SECRET,
                    "write it in quotation marks",
                ));
            }
        }
        let table = ValueDeserializer::from(Spanned::new(span, DeValue::Table(fields)));
        let config = ProviderConfig::deserialize(table).map_err(|error| {
            let at = error
                .span()
                .map_or_else(|| place.clone(), |span| source.place(span.start));
            Wrong::value(at.into(), "provider", error.message())
        })?;
        config
            .check()
            .map_err(|error| Wrong::value(place.clone().into(), "provider", &error.to_string()))?;
        Ok(Self {
            config,
            secret_file,
            place,
        })
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.config.name
    }

    /// Its fields as they are shown: never a secret.
    pub(crate) fn shown(&self) -> Vec<(&'static str, Option<String>)> {
        let config = &self.config;
        let secret = config.client_secret.as_ref().map(|_| "(set)".to_owned());
        let file = self
            .secret_file
            .as_ref()
            .map(|path| path.display().to_string());
        let roles = config
            .roles
            .iter()
            .map(|mapping| format!("{} is {} of {}", mapping.value, mapping.role, mapping.of));
        let roles: Vec<String> = roles.collect();
        let list = |list: &[String], by: &str| (!list.is_empty()).then(|| list.join(by));
        vec![
            ("issuer", Some(config.issuer.clone())),
            ("client_id", Some(config.client_id.clone())),
            (SECRET_FILE, file),
            (SECRET, secret),
            ("redirect", Some(config.redirect.clone())),
            ("scopes", list(&config.scopes, " ")),
            ("subject_claim", Some(config.subject_claim.clone())),
            ("roles_claim", Some(config.roles_claim.clone())),
            ("roles", list(&roles, "; ")),
        ]
    }

    /// How it is set up, with its secret.
    pub(crate) fn config(&self) -> Result<ProviderConfig, Wrong> {
        let mut config = self.config.clone();
        if let Some(path) = &self.secret_file {
            let secret = read_secret(path);
            let secret =
                secret.map_err(|why| Wrong::value(self.place.clone().into(), SECRET_FILE, &why))?;
            config.client_secret = Some(secret);
            let checked = config.check();
            checked.map_err(|error| {
                Wrong::value(self.place.clone().into(), SECRET_FILE, &error.to_string())
            })?;
        }
        Ok(config)
    }
}

fn check_names(source: &Source<'_>, fields: &DeTable<'_>) -> Result<(), Wrong> {
    let known = FIELDS.iter().map(|field| field.name);
    for name in fields.keys() {
        if known.clone().any(|known| known == name.get_ref()) {
            continue;
        }
        let at = source.place(name.span().start);
        // Below the head of a table everything is the table's.
        if super::key::key(name.get_ref()).is_some() {
            return Err(Wrong::below_provider(at, name.get_ref()));
        }
        return Err(Wrong::unknown(
            at,
            name.get_ref(),
            nearest(name.get_ref(), known),
        ));
    }
    Ok(())
}

/// The first line of a file.
fn read_secret(path: &Path) -> Result<Secret, String> {
    let unreadable =
        |why: String| format!("the secret in {} cannot be read: {why}", path.display());
    let bytes = netgain_durable_files::read_if_there(path, SECRET_BYTES_MAX)
        .map_err(|error| unreadable(crate::outcome::with_causes(&error)))?
        .ok_or_else(|| unreadable("it is not there".to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Secret::new(line.to_owned()))
}

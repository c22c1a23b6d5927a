//! A configuration file: TOML, each value with the line it stands on.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::form::Form;
use super::key::{Key, key, keys};
use super::nearest::nearest;
use super::origin::Place;
use super::provider::{PROVIDERS_MAX, ProviderSet};
use super::wrong::Wrong;

/// The most bytes of a configuration file: every setting, and providers for hundreds of councils.
pub(super) const FILE_BYTES_MAX: usize = 1 << 20;

/// The name of the tables of providers.
const PROVIDER: &str = "provider";

/// A file's text, and where things stand in it.
pub(super) struct Source<'t> {
    /// Where it is.
    pub(super) path: &'t Path,
    text: &'t str,
}

impl Source<'_> {
    /// The line that a byte stands on.
    pub(super) fn place(&self, byte: usize) -> Place {
        let before = self.text.bytes().take(byte);
        Place {
            path: self.path.to_owned(),
            line: before.filter(|byte| *byte == b'\n').count() + 1,
        }
    }

    /// The directory that its paths begin at.
    pub(super) fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// A value of a setting, as it stands in a file.
pub(super) struct Entry {
    /// Which setting.
    pub(super) key: &'static Key,
    /// Its value.
    pub(super) text: String,
    /// Where.
    pub(super) place: Place,
}

/// What stands in a file.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) entries: Vec<Entry>,
    pub(super) providers: Vec<ProviderSet>,
}

/// Whether a file has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Somebody has named it.
    Named,
    /// It is looked for where such files are.
    Usual,
}

/// A file to read settings from.
#[derive(Clone, Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    pub(crate) presence: Presence,
}

impl ConfigFile {
    /// Reads it. One that nobody named and that is not there has nothing in it; neither has one that this
    /// user may not read, which is said.
    pub(super) fn read(&self) -> Result<Contents, Wrong> {
        let path = &self.path;
        let unreadable = |why: String| Wrong::Unreadable {
            path: path.clone(),
            why,
        };
        let bytes = match std::fs::metadata(path) {
            Ok(_) => netgain_durable_files::read_if_there(path, FILE_BYTES_MAX)
                .map_err(|error| crate::outcome::with_causes(&error)),
            Err(error) => Err(error.to_string()),
        };
        let bytes = match (bytes, self.presence) {
            (Ok(Some(bytes)), _) => bytes,
            (Ok(None), Presence::Named) => return Err(unreadable("it is not there".to_owned())),
            (Err(why), Presence::Named) => return Err(unreadable(why)),
            (Ok(None), Presence::Usual) => return Ok(Contents::default()),
            (Err(why), Presence::Usual) => {
                if path.exists() {
                    eprintln!(
                        "netgain: what {} says does not count, since it cannot be read: {why}",
                        path.display()
                    );
                }
                return Ok(Contents::default());
            }
        };
        let text =
            String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".to_owned()))?;
        contents(&Source { path, text: &text })
    }
}

fn contents(source: &Source<'_>) -> Result<Contents, Wrong> {
    let table = DeTable::parse(source.text).map_err(|error| Wrong::Form {
        place: source.place(error.span().map_or(0, |span| span.start)),
        why: error.message().to_owned(),
    })?;
    let mut contents = Contents::default();
    for (name, value) in table.into_inner() {
        let place = source.place(name.span().start);
        if name.get_ref() == PROVIDER {
            contents.providers = providers(source, &place, value)?;
        } else if let Some(key) = key(name.get_ref()) {
            contents.entries.push(Entry {
                key,
                text: text(key, &place, value.get_ref())?,
                place,
            });
        } else {
            let known = keys().map(|key| key.name).chain([PROVIDER]);
            return Err(Wrong::unknown(
                place,
                name.get_ref(),
                nearest(name.get_ref(), known),
            ));
        }
    }
    Ok(contents)
}

/// A setting's value as text: a number stands as a number, everything else in quotation marks.
fn text(key: &'static Key, place: &Place, value: &DeValue<'_>) -> Result<String, Wrong> {
    let wrong = |why| Wrong::value(place.clone().into(), key.name, why);
    match (key.form, value) {
        (Form::Count, DeValue::Integer(number)) => Ok(number.to_string()),
        (Form::Count, _) => Err(wrong("write a whole number, without quotation marks")),
        (_, DeValue::String(text)) => Ok(text.to_string()),
        (Form::Duration, _) => Err(wrong(
            "write a time with its unit in quotation marks, like \"30s\"",
        )),
        (Form::Size, _) => Err(wrong(
            "write a size with its unit in quotation marks, like \"4MiB\"",
        )),
        (Form::Path | Form::Address | Form::IpAddress | Form::Text, _) => {
            Err(wrong("write it in quotation marks"))
        }
    }
}

fn providers(
    source: &Source<'_>,
    place: &Place,
    value: Spanned<DeValue<'_>>,
) -> Result<Vec<ProviderSet>, Wrong> {
    let wrong = |why| Wrong::value(place.clone().into(), PROVIDER, why);
    let DeValue::Array(tables) = value.into_inner() else {
        return Err(wrong(
            "write each provider as [[provider]] and its fields below",
        ));
    };
    if tables.len() > PROVIDERS_MAX {
        return Err(wrong("there are more than 100 providers"));
    }
    let mut read: Vec<ProviderSet> = Vec::with_capacity(tables.len());
    for table in tables {
        let provider = ProviderSet::read(source, table)?;
        if read.iter().any(|other| other.name() == provider.name()) {
            let why = "another provider has that name; names stand in front of people's ids";
            return Err(Wrong::value(provider.place.into(), "provider", why));
        }
        read.push(provider);
    }
    Ok(read)
}

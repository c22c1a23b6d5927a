//! The directory of people: names and password hashes, which can be changed and erased. The log has
//! opaque ids only.
//!
//! One file a person, `DIR/<id in lower case>.json`, for the service's own user only. A file is read
//! each time it is asked for, because `netgain user …` may change it beside a running service.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use netgain_durable_files::{self as durable_files, FileError, OWNER_ONLY};
use netgain_events::identifier::Actor;
use netgain_events::text::Line;
use serde::{Deserialize, Serialize};

use crate::password::PasswordHash;

/// The most people: a large council has some thousands of staff, and few of them record gains.
pub const PEOPLE_MAX: usize = 10_000;

/// The most bytes of a person's file: every field at its longest is less.
pub const PERSON_BYTES_MAX: usize = 8 * 1024;

/// What only its owner may list and enter.
const DIRECTORY_MODE: u32 = 0o700;

const SUFFIX: &str = ".json";

/// What is kept of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonRecord {
    /// Their opaque id, as events have it.
    pub id: Actor,
    /// Their name, for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Line>,
    /// Their password's hash, if they sign in with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordHash>,
    /// Who they are to a provider, if they sign in there. Somebody with the same id who is another to
    /// the provider, or whom no provider knows, is another person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderIdentity>,
}

/// Who somebody is to a provider of `OpenID Connect`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderIdentity {
    /// The provider's name in the service's configuration.
    pub provider: String,
    /// The value of the provider's subject claim, compared exactly.
    pub subject: String,
}

/// The directory of people cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The operating system refused something.
    #[error("the directory of people cannot be used")]
    File(#[from] FileError),
    /// Others than the owner may look into the directory.
    #[error(
        "{path} has password hashes and is open to others (mode {mode:03o}); \
         close it with chmod 700 and set the passwords again if others were there", path = .path.display()
    )]
    Open {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file is not a person's.
    #[error("{path} is not a person's file: {why}; correct it or take it away", path = .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Another process is changing the directory.
    #[error("another program is changing the people in {path}; try again", path = .path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// No more people fit.
    #[error("there are {PEOPLE_MAX} people already; erase those who have left")]
    Full,
    /// What is to be kept of the person is too long to be read again.
    #[error("what is to be kept of {id} is longer than {PERSON_BYTES_MAX} bytes; shorten it")]
    TooLong {
        /// The person.
        id: Actor,
    },
}

/// The directory of people.
#[derive(Debug)]
pub struct People {
    directory: PathBuf,
    // The kernel's lock keeps other processes out; this keeps our own threads waiting for each other.
    changing: Mutex<()>,
}

impl People {
    /// Opens the directory, and makes it where there is none.
    pub fn open(directory: &Path) -> Result<Self, PeopleError> {
        durable_files::create_directory(directory, DIRECTORY_MODE)?;
        let metadata = fs::metadata(directory).map_err(FileError::of("look at", directory))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(PeopleError::Open {
                path: directory.to_owned(),
                mode,
            });
        }
        Ok(Self {
            directory: directory.to_owned(),
            changing: Mutex::default(),
        })
    }

    /// What is kept of a person, whatever the case of the id.
    pub fn get(&self, id: &Actor) -> Result<Option<PersonRecord>, PeopleError> {
        self.read(&file_name(id))
    }

    /// Keeps this of a person, in place of what was kept before, durably.
    pub fn put(&self, person: &PersonRecord) -> Result<(), PeopleError> {
        let name = file_name(&person.id);
        let form = |error: serde_json::Error| self.wrong_form(&name, &error);
        let mut bytes = serde_json::to_vec_pretty(person).map_err(form)?;
        bytes.push(b'\n');
        if bytes.len() > PERSON_BYTES_MAX {
            return Err(PeopleError::TooLong {
                id: person.id.clone(),
            });
        }
        self.change(|| {
            let is_new = !self.directory.join(&name).exists();
            if is_new && durable_files::count(&self.directory, is_persons)? >= PEOPLE_MAX {
                return Err(PeopleError::Full);
            }
            Ok(durable_files::replace(
                &self.directory,
                &name,
                &bytes,
                OWNER_ONLY,
            )?)
        })
    }

    /// Erases what is kept of a person, durably; false if nothing was. Their id stays in the log.
    pub fn erase(&self, id: &Actor) -> Result<bool, PeopleError> {
        let path = self.directory.join(file_name(id));
        self.change(|| match fs::remove_file(&path) {
            Ok(()) => {
                durable_files::sync_directory(&self.directory)?;
                Ok(true)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(FileError::of("delete", &path)(error).into()),
        })
    }

    /// Everybody, in the order of their ids without case.
    pub fn all(&self) -> Result<Vec<PersonRecord>, PeopleError> {
        let failed = || FileError::of("list", &self.directory);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(failed())? {
            let name = entry.map_err(failed())?.file_name();
            // Others, such as one that a power cut left unfinished, are nobody's.
            if let Some(name) = name.to_str().filter(|name| is_persons(name)) {
                names.push(name.to_owned());
            }
            if names.len() > PEOPLE_MAX {
                return Err(PeopleError::Full);
            }
        }
        names.sort_unstable_by(|a, b| stem(a).cmp(&stem(b)));
        let mut people = Vec::with_capacity(names.len());
        for name in names {
            // Nothing if it was erased meanwhile.
            people.extend(self.read(&name)?);
        }
        Ok(people)
    }

    fn read(&self, name: &str) -> Result<Option<PersonRecord>, PeopleError> {
        let path = self.directory.join(name);
        let Some(bytes) = durable_files::read_if_there(&path, PERSON_BYTES_MAX)? else {
            return Ok(None);
        };
        let person: PersonRecord =
            serde_json::from_slice(&bytes).map_err(|error| self.wrong_form(name, &error))?;
        if file_name(&person.id) == name {
            Ok(Some(person))
        } else {
            let why = format!("it is about {}, whose file has another name", person.id);
            Err(self.wrong_form(name, &why))
        }
    }

    fn wrong_form(&self, name: &str, why: &dyn std::fmt::Display) -> PeopleError {
        PeopleError::Form {
            path: self.directory.join(name),
            why: why.to_string(),
        }
    }

    fn change<T>(&self, what: impl FnOnce() -> Result<T, PeopleError>) -> Result<T, PeopleError> {
        // Nothing is kept in memory that a panic could have left half done.
        let _ours = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = durable_files::lock_directory(&self.directory)?;
        let _lock = lock.ok_or_else(|| PeopleError::Busy {
            path: self.directory.clone(),
        })?;
        what()
    }
}

fn file_name(id: &Actor) -> String {
    let mut name = id.as_str().to_ascii_lowercase();
    name.push_str(SUFFIX);
    name
}

fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(SUFFIX)
}

fn is_persons(name: &str) -> bool {
    Path::new(name).extension() == Some(OsStr::new("json"))
}

#[cfg(test)]
mod tests;

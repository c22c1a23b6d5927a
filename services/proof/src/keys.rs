//! A ledger's signing keys, and what they signed last, in a directory outside of its data.
//!
//! | file | what it is |
//! |---|---|
//! | `signing-key` | the secret key that signs, in the text form of Go's `note` package; for its owner only |
//! | `retiring-key` | during a rotation, the secret key before it, and a second line with the moment until which it signs too |
//! | `verification-key` | the public keys as C2SP vkey lines, newest first: the key file that auditors get |
//! | `last-signed` | the newest checkpoint of the registry that was ever signed |
//!
//! `last-signed` is the signer's memory. It is here, and not with the data, so that an older copy of
//! the data put back in its place is found out.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use netgain_events::identifier::LedgerId;
use netgain_events::recorded_at::RecordedAt;
use netgain_verify::note::{KeyName, NOTE_BYTES_MAX, SigningKey, VerifierKey};
use zeroize::Zeroizing;

use netgain_durable_files::{self as durable, FileError, OWNER_ONLY, PUBLIC};

/// The file of the key that signs.
pub const SIGNING_KEY: &str = "signing-key";
/// The file of the key that is on its way out.
pub const RETIRING_KEY: &str = "retiring-key";
/// The file of the public keys.
pub const VERIFICATION_KEY: &str = "verification-key";
/// The file of the newest checkpoint of the registry that was ever signed.
pub(crate) const LAST_SIGNED: &str = "last-signed";

/// How many public keys are kept: as many as an auditor's key file has (docs/BUNDLE.md). The oldest
/// gives way; whoever checks what it signed has it from an older file.
pub const PUBLIC_KEYS_MAX: usize = 16;

/// The most bytes a file of keys has: each line is a name of up to 200 characters and two short
/// numbers.
const KEY_FILE_BYTES_MAX: usize = 8 * 1024;

/// Why keys cannot be had, made or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Others than its owner may use a secret key.
    #[error(
        "others may read the secret key {path} (its permissions are {mode:03o}); run `chmod 600 {path}`, \
         and make a new key if others had access", path = .path.display()
    )]
    Exposed {
        /// The key's file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file has not the form it should have.
    #[error("{path} is not {expected}; put it back from its backup", path = .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
    },
    /// The keys are another ledger's.
    #[error(
        "the key in {path} is named {found}, and this ledger's is {expected}; give the directory of \
         this ledger's keys", path = .path.display()
    )]
    OtherLedger {
        /// The file.
        path: PathBuf,
        /// The name it has.
        found: String,
        /// The name it should have.
        expected: String,
    },
    /// There is a key already.
    #[error("there is a key in {directory} already; rotate it to have a new one", directory = .directory.display())]
    Exists {
        /// The directory of the keys.
        directory: PathBuf,
    },
    /// There was a key, and it is gone.
    #[error(
        "the ledger's checkpoints were signed by a key that is not in {directory} any more; put \
         the directory back from its backup, or, on a new node of a cluster, bring `signing-key` there \
         from another one. If the key is lost for good, move what is left of \
         that directory and the checkpoints aside and make a new key, which auditors must be given \
         as they were given the first", directory = .directory.display()
    )]
    Lost {
        /// The directory of the keys.
        directory: PathBuf,
    },
    /// Another process has the keys.
    #[error("another process signs with the keys in {directory}; stop it first", directory = .directory.display())]
    InUse {
        /// The directory of the keys.
        directory: PathBuf,
    },
    /// The operating system gave no random bytes, so no key was made.
    #[error("the operating system gave no random bytes; no key was made")]
    Random,
}

/// The secret keys of a ledger, kept from other signers for as long as this is open.
///
/// What [`Debug`] shows has no secret in it.
#[derive(Debug)]
pub struct KeyRing {
    directory: PathBuf,
    ledger: LedgerId,
    signing: SigningKey,
    retiring: Option<Retiring>,
    public: Vec<VerifierKey>,
    /// Locked.
    _handle: File,
}

/// A key on its way out.
#[derive(Debug)]
struct Retiring {
    key: SigningKey,
    until: RecordedAt,
}

impl KeyRing {
    /// Opens the keys of a ledger for signing; nothing if none were ever made.
    ///
    /// # Errors
    /// Others may read a secret, a key is lost or of another ledger, another process has them, or a
    /// file cannot be read.
    pub fn open(directory: &Path, ledger: &LedgerId) -> Result<Option<Self>, KeyError> {
        if !directory.is_dir() {
            return Ok(None);
        }
        let handle = lock(directory)?;
        let name = KeyName::of_ledger(ledger);
        let Some(signing) = read_secret(directory, SIGNING_KEY)? else {
            return if has_signed(directory) {
                Err(KeyError::Lost {
                    directory: directory.to_owned(),
                })
            } else {
                Ok(None)
            };
        };
        let signing_path = directory.join(SIGNING_KEY);
        let signing = parse_secret(&signing_path, signing.trim_end_matches('\n'), &name)?;
        let retiring = read_retiring(directory, &name)?
            // Until the new key is there, a rotation has not begun.
            .filter(|retiring| retiring.key.verifier() != signing.verifier());
        let listed = public_keys(directory, ledger)?;
        let mut public = vec![signing.verifier()];
        public.extend(retiring.as_ref().map(|retiring| retiring.key.verifier()));
        for key in &listed {
            if !public.contains(key) {
                public.push(key.clone());
            }
        }
        public.truncate(PUBLIC_KEYS_MAX);
        let ring = Self {
            directory: directory.to_owned(),
            ledger: *ledger,
            signing,
            retiring,
            public,
            _handle: handle,
        };
        if ring.public != listed {
            // A power cut came between a secret key and its public one.
            ring.write_public()?;
        }
        Ok(Some(ring))
    }

    /// Opens the keys of a ledger, or makes the first one where nothing has been signed yet.
    /// `has_checkpoints` says whether there are checkpoints that some key has signed.
    ///
    /// # Errors
    /// As [`Self::open`]; and there are checkpoints, but no key.
    pub fn open_or_init(
        directory: &Path,
        ledger: &LedgerId,
        has_checkpoints: bool,
    ) -> Result<Self, KeyError> {
        match Self::open(directory, ledger)? {
            Some(ring) => Ok(ring),
            None if has_checkpoints => Err(KeyError::Lost {
                directory: directory.to_owned(),
            }),
            None => Self::init(directory, ledger),
        }
    }

    /// Makes the first key of a ledger, in a directory that only its owner may enter.
    ///
    /// # Errors
    /// There is or was one already, or it cannot be written.
    pub fn init(directory: &Path, ledger: &LedgerId) -> Result<Self, KeyError> {
        durable::create_directory(directory, 0o700)?;
        let handle = lock(directory)?;
        if directory.join(SIGNING_KEY).exists() {
            return Err(KeyError::Exists {
                directory: directory.to_owned(),
            });
        }
        if has_signed(directory) {
            return Err(KeyError::Lost {
                directory: directory.to_owned(),
            });
        }
        let signing = new_key(KeyName::of_ledger(ledger))?;
        durable::replace(
            directory,
            SIGNING_KEY,
            secret_line(&signing).as_bytes(),
            OWNER_ONLY,
        )?;
        let public = vec![signing.verifier()];
        let ring = Self {
            directory: directory.to_owned(),
            ledger: *ledger,
            signing,
            retiring: None,
            public,
            _handle: handle,
        };
        ring.write_public()?;
        Ok(ring)
    }

    /// Makes a new key. The one before it signs too before the moment `until`, so that auditors
    /// who have not the new one yet can go on; one that was stolen is given a moment that has
    /// passed. A key that was retiring already stops at once.
    ///
    /// # Errors
    /// The new key cannot be made or written. Opening the keys again says which of the two signs.
    pub fn rotate(&mut self, until: RecordedAt) -> Result<(), KeyError> {
        let name = self.signing.verifier().name().clone();
        let new = new_key(name)?;
        let mut retiring = secret_line(&self.signing);
        retiring.push_str(&until.to_string());
        retiring.push('\n');
        durable::replace(
            &self.directory,
            RETIRING_KEY,
            retiring.as_bytes(),
            OWNER_ONLY,
        )?;
        // From here on until it is replaced, both files hold the same key: no rotation yet.
        durable::replace(
            &self.directory,
            SIGNING_KEY,
            secret_line(&new).as_bytes(),
            OWNER_ONLY,
        )?;
        self.public.insert(0, new.verifier());
        self.public.truncate(PUBLIC_KEYS_MAX);
        let key = std::mem::replace(&mut self.signing, new);
        self.retiring = Some(Retiring { key, until });
        self.write_public()
    }

    /// The last rotation: the public key before it, the one after it, and until when both sign.
    #[must_use]
    pub fn rotation(&self) -> Option<(VerifierKey, VerifierKey, RecordedAt)> {
        let retiring = self.retiring.as_ref()?;
        let from = retiring.key.verifier();
        Some((from, self.signing.verifier(), retiring.until))
    }

    /// The keys that sign at a moment: the newest first, and during a rotation the one before it.
    #[must_use]
    pub fn signing_keys(&self, now: RecordedAt) -> Vec<&SigningKey> {
        let retiring = self.retiring.as_ref().filter(|key| now < key.until);
        std::iter::once(&self.signing)
            .chain(retiring.map(|retiring| &retiring.key))
            .collect()
    }

    /// The public keys, the newest first: 1 to [`PUBLIC_KEYS_MAX`].
    #[must_use]
    pub fn public_keys(&self) -> &[VerifierKey] {
        &self.public
    }

    /// Whose keys they are.
    #[must_use]
    pub const fn ledger(&self) -> &LedgerId {
        &self.ledger
    }

    /// Where the keys are.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Remembers for good that this checkpoint of the registry has been signed.
    pub(crate) fn remember(&self, checkpoint: &[u8]) -> Result<(), FileError> {
        durable::replace(&self.directory, LAST_SIGNED, checkpoint, PUBLIC)
    }

    fn write_public(&self) -> Result<(), KeyError> {
        Ok(self.write_public_to(&self.directory)?)
    }

    /// Writes the public keys beside the checkpoints they check, so that whoever has only a copy of
    /// those can read them.
    pub(crate) fn write_public_to(&self, directory: &Path) -> Result<(), FileError> {
        let mut lines = String::new();
        for key in &self.public {
            lines.push_str(&key.to_string());
            lines.push('\n');
        }
        let path = directory.join(VERIFICATION_KEY);
        if durable::read_if_there(&path, KEY_FILE_BYTES_MAX)?.as_deref() == Some(lines.as_bytes()) {
            return Ok(());
        }
        durable::replace(directory, VERIFICATION_KEY, lines.as_bytes(), PUBLIC)
    }
}

/// The public keys of a ledger, the newest first; none if there is no file of them. Takes no lock.
///
/// # Errors
/// The file cannot be read, or has lines that are no key of this ledger.
pub fn public_keys(directory: &Path, ledger: &LedgerId) -> Result<Vec<VerifierKey>, KeyError> {
    let path = directory.join(VERIFICATION_KEY);
    let bytes = durable::read_if_there(&path, KEY_FILE_BYTES_MAX)?.unwrap_or_default();
    let form = || KeyError::Form {
        path: path.clone(),
        expected: "a list of up to 16 public keys, one a line",
    };
    let text = String::from_utf8(bytes).map_err(|_| form())?;
    let name = KeyName::of_ledger(ledger);
    let mut keys = Vec::new();
    for line in text.lines() {
        let key: VerifierKey = line.parse().map_err(|_| form())?;
        check_name(&path, &key, &name)?;
        keys.push(key);
    }
    if keys.len() > PUBLIC_KEYS_MAX {
        return Err(form());
    }
    Ok(keys)
}

/// The newest checkpoint of the registry that was ever signed, as its bytes; see
/// [`Registry::read`](crate::registry::Registry::read). Takes no lock: read beside a sealer, it must be
/// read before the registry, which then is not behind it.
///
/// # Errors
/// The file cannot be read.
pub fn last_signed(directory: &Path) -> Result<Option<Vec<u8>>, FileError> {
    durable::read_if_there(&directory.join(LAST_SIGNED), NOTE_BYTES_MAX)
}

fn lock(directory: &Path) -> Result<File, KeyError> {
    let handle = File::open(directory).map_err(FileError::of("open", directory))?;
    if durable::lock(&handle, directory)? {
        Ok(handle)
    } else {
        Err(KeyError::InUse {
            directory: directory.to_owned(),
        })
    }
}

fn has_signed(directory: &Path) -> bool {
    [VERIFICATION_KEY, LAST_SIGNED]
        .iter()
        .any(|name| directory.join(name).exists())
}

fn new_key(name: KeyName) -> Result<SigningKey, KeyError> {
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| KeyError::Random)?;
    Ok(SigningKey::from_seed(name, *seed))
}

fn secret_line(key: &SigningKey) -> Zeroizing<String> {
    let text = key.to_text();
    // All the room at once, with that for a second line: growing would leave a copy behind.
    let mut line = Zeroizing::new(String::with_capacity(text.len() + 64));
    line.push_str(&text);
    line.push('\n');
    line
}

fn read_secret(directory: &Path, name: &str) -> Result<Option<Zeroizing<String>>, KeyError> {
    let path = directory.join(name);
    let Some(bytes) = durable::read_if_there(&path, KEY_FILE_BYTES_MAX)? else {
        return Ok(None);
    };
    let bytes = Zeroizing::new(bytes);
    let metadata = std::fs::metadata(&path).map_err(FileError::of("look at", &path))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path, mode });
    }
    let text = std::str::from_utf8(&bytes).map(|text| Zeroizing::new(text.to_owned()));
    text.map(Some).map_err(|_| not_a_key(&path))
}

fn parse_secret(path: &Path, line: &str, name: &KeyName) -> Result<SigningKey, KeyError> {
    let key = SigningKey::from_text(line).map_err(|_| not_a_key(path))?;
    check_name(path, &key.verifier(), name)?;
    Ok(key)
}

fn read_retiring(directory: &Path, name: &KeyName) -> Result<Option<Retiring>, KeyError> {
    let path = directory.join(RETIRING_KEY);
    let Some(text) = read_secret(directory, RETIRING_KEY)? else {
        return Ok(None);
    };
    let (line, until) = text.split_once('\n').ok_or_else(|| not_a_key(&path))?;
    let until = until.trim_end_matches('\n');
    Ok(Some(Retiring {
        key: parse_secret(&path, line, name)?,
        until: until.parse().map_err(|_| not_a_key(&path))?,
    }))
}

fn not_a_key(path: &Path) -> KeyError {
    KeyError::Form {
        path: path.to_owned(),
        expected: "a secret key as netgain writes it",
    }
}

fn check_name(path: &Path, key: &VerifierKey, name: &KeyName) -> Result<(), KeyError> {
    if key.name() == name {
        Ok(())
    } else {
        Err(KeyError::OtherLedger {
            path: path.to_owned(),
            found: key.name().to_string(),
            expected: name.to_string(),
        })
    }
}

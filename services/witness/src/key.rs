//! The witness's own key.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use netgain_verify::cosignature::CosigningKey;
use netgain_verify::note::KeyName;
use zeroize::Zeroizing;

use crate::open_error::OpenError;
use netgain_durable_files::{self as durable, FileError, OWNER_ONLY, PUBLIC};

/// The file of the secret key.
pub(crate) const KEY: &str = "witness-key";
/// The file of the public key.
pub(crate) const VERIFICATION_KEY: &str = "witness-verification-key";

/// The most bytes a key's file has: a name of up to 200 characters and two short numbers.
const KEY_FILE_BYTES_MAX: usize = 1024;

/// The key of that name in the directory, which is made where nothing has been cosigned yet.
pub(crate) fn open_or_make(
    directory: &Path,
    name: &KeyName,
    has_cosigned: bool,
) -> Result<CosigningKey, OpenError> {
    let key = match read(directory)? {
        Some(key) => key,
        None if has_cosigned || directory.join(VERIFICATION_KEY).exists() => {
            return Err(OpenError::KeyLost {
                directory: directory.to_owned(),
            });
        }
        None => make(directory, name)?,
    };
    let public = key.verifier();
    if public.name() != name {
        return Err(OpenError::OtherName {
            directory: directory.to_owned(),
            found: public.name().clone(),
            expected: name.clone(),
        });
    }
    // Anew at each start: a power cut can come between the two files.
    let public = format!("{public}\n");
    durable::replace(directory, VERIFICATION_KEY, public.as_bytes(), PUBLIC)?;
    Ok(key)
}

fn read(directory: &Path) -> Result<Option<CosigningKey>, OpenError> {
    let path = directory.join(KEY);
    let Some(bytes) = durable::read_if_there(&path, KEY_FILE_BYTES_MAX)? else {
        return Ok(None);
    };
    let bytes = Zeroizing::new(bytes);
    let metadata = fs::metadata(&path).map_err(FileError::of("look at", &path))?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(OpenError::KeyExposed { path, mode });
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    match CosigningKey::from_text(text.trim_end_matches('\n')) {
        Ok(key) => Ok(Some(key)),
        Err(source) => Err(OpenError::NotAKey { path, source }),
    }
}

fn make(directory: &Path, name: &KeyName) -> Result<CosigningKey, OpenError> {
    let mut seed = Zeroizing::new([0_u8; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(|_| OpenError::Random)?;
    let key = CosigningKey::from_seed(name.clone(), *seed);
    durable::replace(directory, KEY, key.to_text().as_bytes(), OWNER_ONLY)?;
    Ok(key)
}

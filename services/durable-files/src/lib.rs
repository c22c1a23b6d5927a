//! Files that are there whole or not at all after a power cut, the locks that keep others from them, and
//! what went wrong with one. What signs keeps its keys and checkpoints so.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::FlockOperation;
use rustix::io::Errno;

/// What only its owner may do anything with.
pub const OWNER_ONLY: u32 = 0o600;
/// What everybody who comes into the directory may read.
pub const PUBLIC: u32 = 0o644;

/// The operating system refused something.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} {path}", path = .path.display())]
pub struct FileError {
    /// What could not be done.
    pub what: &'static str,
    /// To which file or directory.
    pub path: PathBuf,
    /// The cause.
    #[source]
    pub source: io::Error,
}

impl FileError {
    /// Says what could not be done to which file, once there is a cause.
    #[must_use = "it makes the error of a cause"]
    pub fn of(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { what, path, source }
    }
}

/// Creates the directory, and those above it, for the permissions `mode`. Their names are durable
/// when this returns.
pub fn create_directory(directory: &Path, mode: u32) -> Result<(), FileError> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = match directory.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Ok(()),
    };
    create_directory(parent, mode)?;
    match DirBuilder::new().mode(mode).create(directory) {
        // Someone else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => Ok(()),
        outcome => outcome.map_err(FileError::of("create", directory)),
    }?;
    sync_directory(parent)
}

/// Makes names created in and removed from a directory durable. A file's own sync does not say
/// that its name is (fsync(2)).
pub fn sync_directory(directory: &Path) -> Result<(), FileError> {
    File::open(directory)
        .and_then(|opened| opened.sync_all())
        .map_err(FileError::of("sync", directory))
}

/// Puts a file of those bytes and permissions in the place of the one of that name, durably: after
/// a power cut there is the old one or the new one. The caller holds a lock that keeps others from
/// replacing it at the same time.
pub fn replace(directory: &Path, name: &str, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    let path = directory.join(name);
    let unfinished = directory.join(format!("{name}.new"));
    // What a power cut left of an earlier attempt. Taken away, so that the permissions are those
    // asked for and not those it had.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::of("delete", &unfinished)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&unfinished)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(FileError::of("write", &unfinished))?;
    fs::rename(&unfinished, &path).map_err(FileError::of("replace", &path))?;
    sync_directory(directory)
}

/// The bytes of a file, if there is one. More than `bytes_max` are an error: the file is not ours.
pub fn read_if_there(path: &Path, bytes_max: usize) -> Result<Option<Vec<u8>>, FileError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FileError::of("open", path)(error)),
    };
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    // All the room at once: what is read may be a secret, and growing would leave copies behind.
    let room = usize::try_from(length.min(limit)).unwrap_or(bytes_max);
    let mut bytes = Vec::with_capacity(room.saturating_add(1));
    file.take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(FileError::of("read", path))?;
    if bytes.len() > bytes_max {
        let large = format!("it has more than {bytes_max} bytes");
        return Err(FileError::of("read", path)(io::Error::other(large)));
    }
    Ok(Some(bytes))
}

/// Takes the lock of a file or directory, held by the kernel for as long as the handle is open.
/// False if another process, or another handle of this one, has it.
pub fn lock(file: &File, path: &Path) -> Result<bool, FileError> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(FileError::of("lock", path)(error.into())),
    }
}

/// Takes the lock of a directory; nothing if somebody else has it.
///
/// # Errors
/// It cannot be opened or locked.
pub fn lock_directory(directory: &Path) -> Result<Option<File>, FileError> {
    let handle = File::open(directory).map_err(FileError::of("open", directory))?;
    Ok(lock(&handle, directory)?.then_some(handle))
}

/// How many files the directory has whose names are of that form.
///
/// # Errors
/// It cannot be listed.
pub fn count(directory: &Path, is_ours: impl Fn(&str) -> bool) -> Result<usize, FileError> {
    let failed = || FileError::of("list", directory);
    let mut count = 0;
    for entry in fs::read_dir(directory).map_err(failed())? {
        let name = entry.map_err(failed())?.file_name();
        count += usize::from(name.to_str().is_some_and(&is_ours));
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_with_the_permissions_asked_for_whatever_a_cut_left() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("key.new"), b"half").unwrap();
        replace(home.path(), "key", b"one", 0o600).unwrap();
        replace(home.path(), "key", b"two", 0o600).unwrap();
        let path = home.path().join("key");
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(count(home.path(), |_| true).unwrap(), 1);
    }

    #[test]
    fn a_file_is_read_up_to_its_limit_and_not_beyond() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("file");
        assert_eq!(read_if_there(&path, 3).unwrap(), None);
        fs::write(&path, b"abc").unwrap();
        assert_eq!(read_if_there(&path, 3).unwrap().unwrap(), b"abc");
        assert!(read_if_there(&path, 2).is_err());
    }

    #[test]
    fn a_lock_keeps_a_second_handle_out_until_the_first_is_closed() {
        let home = tempfile::tempdir().unwrap();
        let first = lock_directory(home.path()).unwrap();
        assert!(first.is_some());
        assert!(lock_directory(home.path()).unwrap().is_none());
        drop(first);
        assert!(lock_directory(home.path()).unwrap().is_some());
    }

    #[test]
    fn directories_are_created_all_the_way_for_their_owner() {
        let home = tempfile::tempdir().unwrap();
        let deep = home.path().join("a/b");
        create_directory(&deep, 0o700).unwrap();
        create_directory(&deep, 0o700).unwrap();
        assert_eq!(mode(&home.path().join("a")), 0o700);
        assert_eq!(mode(&deep), 0o700);
    }
}

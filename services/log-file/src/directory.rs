//! The log's directory: what stands in it, and what it takes to make a change there durable.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The file whose lock the writer holds, and whose text names it.
pub(crate) const LOCK_NAME: &str = "lock";

/// How the names of files begin that keep what opening cut off.
pub(crate) const TAIL_PREFIX: &str = "tail-";

/// The last number that eight digits write: 6.4 PB at 64 MiB each.
pub(crate) const SEGMENT_NUMBER_MAX: u32 = 99_999_999;

/// A segment file's name.
pub(crate) fn segment_name(segment: u32) -> String {
    format!("{segment:08}.seg")
}

/// A segment file's path.
pub(crate) fn segment_path(directory: &Path, segment: u32) -> PathBuf {
    directory.join(segment_name(segment))
}

/// The number in a segment file's name, if it is one.
pub(crate) fn segment_number(name: &str) -> Option<u32> {
    let segment = name.strip_suffix(".seg")?.parse().ok()?;
    (segment >= 1 && segment_name(segment) == name).then_some(segment)
}

/// The names in the directory, in order. A name that is not Unicode is shown as well as it can be:
/// none of ours is such.
pub(crate) fn names(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    Ok(names)
}

/// The numbers of the segment files there are, in order.
pub(crate) fn segments(directory: &Path) -> io::Result<Vec<u32>> {
    Ok(names(directory)?
        .iter()
        .filter_map(|name| segment_number(name))
        .collect())
}

/// Makes files created in and removed from a directory durable. A file's own sync does not say
/// that its name is (fsync(2)).
pub(crate) fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Creates the directory and those above it, durably.
pub(crate) fn create(directory: &Path) -> io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    let parent = match directory.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => return Ok(()),
    };
    create(parent)?;
    match fs::create_dir(directory) {
        // Someone else was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => Ok(()),
        outcome => outcome,
    }?;
    sync(parent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_names_we_write_are_segments() {
        assert_eq!(segment_number("00000001.seg"), Some(1));
        assert_eq!(
            segment_number(&segment_name(SEGMENT_NUMBER_MAX)),
            Some(SEGMENT_NUMBER_MAX)
        );
        for other in [
            "00000000.seg",
            "1.seg",
            "+0000001.seg",
            "00000001.seg~",
            "000000001.seg",
        ] {
            assert_eq!(segment_number(other), None, "{other}");
        }
    }

    #[test]
    fn directories_are_created_all_the_way() {
        let home = tempfile::tempdir().unwrap();
        let deep = home.path().join("a/b/log");
        create(&deep).unwrap();
        create(&deep).unwrap();
        assert!(deep.is_dir());
    }
}

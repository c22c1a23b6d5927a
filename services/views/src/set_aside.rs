//! Moving a directory aside that cannot be used, so that someone can still look at it; and marking
//! one in which something unusable was found while it was in use, so that the next opening does.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many that were moved aside are kept, the newest: one may show what the other does not, and
/// a directory that is damaged at every start must not fill the disk.
const KEPT_MAX: usize = 2;

/// What stands between a directory's name and the number.
const MARK: &str = "-set-aside-";

/// The file that marks a directory as not to be used again. It says why.
const FOUND_DAMAGED: &str = "found-damaged";

/// Marks the directory, so that the next opening for writing moves it aside: what sled cannot read
/// now it will not be able to read then, nor write over.
pub(crate) fn mark(directory: &Path, why: &str) {
    // Unmarked, it will be found damaged again.
    let _: io::Result<()> = fs::write(directory.join(FOUND_DAMAGED), why);
}

/// Why the directory is marked, if it is.
pub(crate) fn marked(directory: &Path) -> Option<String> {
    let why = fs::read(directory.join(FOUND_DAMAGED)).ok()?;
    Some(String::from_utf8_lossy(&why).into_owned())
}

/// Renames the directory, or whatever else stands at that path, to `<name>-set-aside-<number>`
/// beside it, and removes the oldest ones moved aside before. Returns where it is now.
pub(crate) fn set_aside(directory: &Path) -> io::Result<PathBuf> {
    let no_name = || io::Error::new(io::ErrorKind::InvalidInput, "the path has no last part");
    let name = directory.file_name().ok_or_else(no_name)?;
    let parent = match directory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let path_of = |number: u64| {
        let mut aside = OsString::from(name);
        aside.push(format!("{MARK}{number}"));
        parent.join(aside)
    };
    let mut numbers = Vec::new();
    for entry in fs::read_dir(parent)? {
        let found = entry?.file_name();
        numbers.extend(
            found
                .to_str()
                .zip(name.to_str())
                .and_then(|(f, n)| number_in(f, n)),
        );
    }
    numbers.sort_unstable();
    let number = numbers.last().map_or(1, |last| last.saturating_add(1));
    let aside = path_of(number);
    fs::rename(directory, &aside)?;
    let kept_before = KEPT_MAX.saturating_sub(1);
    for &oldest in numbers.iter().rev().skip(kept_before) {
        // Left behind, it costs space and nothing else.
        let _: io::Result<()> = fs::remove_dir_all(path_of(oldest));
    }
    Ok(aside)
}

/// The number in the name of one moved aside, if it is one that was written here.
fn number_in(found: &str, name: &str) -> Option<u64> {
    let text = found.strip_prefix(name)?.strip_prefix(MARK)?;
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_newest_are_kept() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        for kept in [
            "views-set-aside-01",
            "views-set-aside-x",
            "other-set-aside-1",
        ] {
            fs::create_dir(root.path().join(kept)).unwrap();
        }
        for round in 1..=4 {
            fs::create_dir(&views).unwrap();
            fs::write(views.join("round"), round.to_string()).unwrap();
            let aside = set_aside(&views).unwrap();
            assert_eq!(aside, root.path().join(format!("views-set-aside-{round}")));
            assert_eq!(
                fs::read_to_string(aside.join("round")).unwrap(),
                round.to_string()
            );
        }
        let mut names: Vec<String> = fs::read_dir(root.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "other-set-aside-1",
                "views-set-aside-01",
                "views-set-aside-3",
                "views-set-aside-4",
                "views-set-aside-x"
            ]
        );
    }

    #[test]
    fn a_mark_is_read_back() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(marked(root.path()), None);
        mark(root.path(), "why");
        assert_eq!(marked(root.path()).as_deref(), Some("why"));
    }

    #[test]
    fn a_file_in_the_place_of_the_directory_is_moved_too() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        fs::write(&views, "not a directory").unwrap();
        assert!(set_aside(&views).unwrap().is_file());
        assert!(!views.exists());
    }
}

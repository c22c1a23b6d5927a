//! What opening does with a directory that is not what it should be.

#[cfg(test)]
mod opening {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;
    use std::process::Command;
    use std::time::Duration;

    use netgain_events::identifier::LedgerId;
    use netgain_ledger::log::Cursor;
    use netgain_ledger::views::{Extent, Views};
    use netgain_ledger::views_conformance::state;
    use netgain_views::{Busy, Opened, Patience, SledViews};

    const OURS: &str = "0123456789abcdef0123456789abcdef";
    const FOREIGN: &str = "ffffffffffffffffffffffffffffffff";

    /// What is waited for in these tests never comes.
    const SHORT: Patience = Patience {
        lock: Duration::from_millis(20),
        answer: Duration::from_millis(500),
    };

    /// Longer than the busiest machine takes for what does come.
    const LONG: Patience = Patience {
        lock: Duration::from_secs(20),
        answer: Duration::from_secs(20),
    };

    fn ledger(id: &str) -> LedgerId {
        id.parse().unwrap()
    }

    fn write(directory: &Path) -> Opened {
        SledViews::open_for_writing(directory, &ledger(OURS), LONG)
    }

    fn read(directory: &Path) -> Result<Option<SledViews>, Busy> {
        SledViews::open_for_reading(directory, &ledger(OURS), LONG)
    }

    /// Views of our ledger that hold one state.
    fn stored(directory: &Path) {
        let Opened { views, note } = write(directory);
        assert_eq!(note, None);
        views
            .store(&[&state("A", 7, 100)], &Cursor::from_bytes(b"there"))
            .unwrap();
    }

    /// Every file below a directory and its bytes.
    fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(files(&path));
                found.insert(path.display().to_string(), vec![]);
            } else {
                found.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
        found
    }

    /// The directory was moved aside, a new one made, and a note says what was wrong.
    fn was_set_aside(opened: &Opened, why: &str, root: &Path) {
        let note = opened.note.as_deref().unwrap();
        assert!(note.contains(why), "{note}");
        assert!(note.contains("rebuilt from the log"), "{note}");
        assert!(note.contains("views-set-aside-1"), "{note}");
        assert!(root.join("views-set-aside-1").exists());
        assert_eq!(opened.views.extent(), Extent::default());
        opened
            .views
            .store(&[&state("A", 8, 100)], &Cursor::from_bytes(b"new"))
            .unwrap();
    }

    #[test]
    fn a_reader_makes_nothing() {
        let root = tempfile::tempdir().unwrap();
        for there in ["nowhere", "", "views"] {
            assert!(read(&root.path().join(there)).unwrap().is_none());
            assert_eq!(files(root.path()), BTreeMap::new());
        }
    }

    #[test]
    fn a_reader_finds_what_was_stored_and_stores_nothing() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        stored(&views);
        for _ in 0..2 {
            let found = read(&views).unwrap().unwrap();
            assert_eq!(found.extent().cursor, Cursor::from_bytes(b"there"));
            let kept = state("A", 7, 100);
            assert_eq!(found.load(&kept.org).unwrap().as_ref(), Some(&kept));
            let error = found
                .store(&[&kept], &Cursor::from_bytes(b"x"))
                .unwrap_err();
            assert_eq!(error.to_string(), "the views were opened for reading");
        }
    }

    #[test]
    fn a_reader_beside_a_writer_is_told_so_and_a_writer_waits_for_a_reader() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        stored(&views);
        let writer = write(&views);
        let beside = SledViews::open_for_reading(&views, &ledger(OURS), SHORT);
        assert_eq!(beside.unwrap_err(), Busy);
        drop(writer);
        let reader = read(&views).unwrap().unwrap();
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| write(&views));
            drop(reader);
            let Opened { views, note } = writing.join().unwrap();
            assert_eq!(note, None);
            assert_eq!(views.extent().cursor, Cursor::from_bytes(b"there"));
        });
    }

    #[test]
    fn a_directory_that_stays_locked_is_moved_aside() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        stored(&views);
        let holder = read(&views).unwrap().unwrap();
        let opened = SledViews::open_for_writing(&views, &ledger(OURS), SHORT);
        was_set_aside(&opened, "are in use by another process", root.path());
        drop(holder);
    }

    #[test]
    fn another_ledgers_views_are_moved_aside_by_a_writer_and_passed_over_by_a_reader() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        let foreign = SledViews::open_for_writing(&views, &ledger(FOREIGN), LONG);
        foreign
            .views
            .store(&[&state("A", 1, 1)], &Cursor::default())
            .unwrap();
        drop(foreign);
        assert!(read(&views).unwrap().is_none());
        assert!(!root.path().join("views-set-aside-1").exists());
        was_set_aside(
            &write(&views),
            "belong to another ledger (ffff",
            root.path(),
        );
    }

    #[test]
    fn a_file_in_the_place_of_the_directory_is_moved_aside() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        fs::write(&views, "something else").unwrap();
        assert!(read(&views).unwrap().is_none());
        was_set_aside(&write(&views), "cannot be opened", root.path());
    }

    #[test]
    fn a_directory_that_sled_does_not_come_back_from_is_moved_aside_in_time() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        stored(&views);
        // Reading from a pipe that nobody writes to never returns.
        fs::remove_file(views.join("conf")).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(views.join("conf"))
                .status()
                .unwrap()
                .success()
        );
        assert!(
            SledViews::open_for_reading(&views, &ledger(OURS), SHORT)
                .unwrap()
                .is_none()
        );
        let opened = SledViews::open_for_writing(&views, &ledger(OURS), SHORT);
        was_set_aside(&opened, "no answer within 0.5 s", root.path());
    }

    #[test]
    fn views_that_cannot_be_written_to_are_as_good_as_none() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        stored(&views);
        // Whoever runs the tests may be allowed to write anywhere, but nobody can write to this.
        fs::remove_file(views.join("db")).unwrap();
        fs::create_dir(views.join("db")).unwrap();
        let before = files(root.path());
        assert!(read(&views).unwrap().is_none());
        assert_eq!(files(root.path()), before);
    }

    #[test]
    fn where_nothing_can_be_made_the_views_hold_nothing_and_say_so() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), "").unwrap();
        let Opened { views, note } = write(&root.path().join("file/views"));
        let note = note.unwrap();
        assert!(
            note.contains("so everything is folded from the log"),
            "{note}"
        );
        assert_eq!(views.extent(), Extent::default());
        let kept = state("A", 1, 1);
        assert!(views.load(&kept.org).is_err());
        assert!(views.store(&[&kept], &Cursor::default()).is_err());
    }

    #[test]
    fn an_organisation_given_twice_is_stored_as_given_last() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("views");
        stored(&directory);
        let [earlier, later] = [8, 9].map(|position| state("A", position, 3_000));
        let views = write(&directory).views;
        views
            .store(&[&earlier, &later], &Cursor::from_bytes(b"on"))
            .unwrap();
        assert_eq!(
            views.extent().positions.get(&later.org),
            Some(&later.position)
        );
        assert!(views.load(&later.org).unwrap() == Some(later));
    }
}

//! The views in sled keep what the port promises, and what this crate says of its files.

#[cfg(test)]
mod conformance {
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use netgain_ledger::views_conformance::{self, Store};
    use netgain_views::{Patience, SledViews};
    use tempfile::TempDir;

    /// Longer than the busiest machine takes.
    const LONG: Patience = Patience {
        lock: Duration::from_secs(20),
        answer: Duration::from_secs(20),
    };

    struct Directory(TempDir);

    impl Store for Directory {
        type Views = SledViews;

        fn open(&self) -> SledViews {
            let ledger = "0123456789abcdef0123456789abcdef".parse().unwrap();
            let opened = SledViews::open_for_writing(&self.0.path().join("views"), &ledger, LONG);
            assert_eq!(opened.note, None, "what was closed is opened");
            assert_eq!(blobs(self.0.path()), 0, "no leaf leaves sled's log");
            opened.views
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            assert_eq!(blobs(self.0.path()), 0, "no leaf leaves sled's log");
        }
    }

    fn blobs(root: &Path) -> usize {
        fs::read_dir(root.join("views/blobs")).unwrap().count()
    }

    #[test]
    fn sled_views_keep_the_promises_of_the_port() {
        views_conformance::suite(|| Directory(tempfile::tempdir().unwrap()));
    }
}

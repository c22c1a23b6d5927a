//! Whatever happens to a process or to sled's files, what is opened afterwards is what was stored at
//! some time, whole, or nothing: never a wrong state, and never a wait without end.
//!
//! The processes that are killed, and those that open damaged files, are this test program again.

#[cfg(test)]
mod survival {
    use std::env;
    use std::fs;
    use std::io::{self, BufRead, BufReader, Write};
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
    use std::thread;
    use std::time::Duration;

    use netgain_events::identifier::LedgerId;
    use netgain_events::state::Organisation;
    use netgain_ledger::log::Cursor;
    use netgain_ledger::views::{Extent, Views};
    use netgain_ledger::views_conformance::state;
    use netgain_views::{Opened, Patience, SledViews};

    /// How often a storing process is killed.
    const KILLS: u32 = 36;

    /// How many single bits are flipped, each in a copy of the same files.
    const FLIPS: u64 = 12;

    const ORGANISATIONS: u64 = 8;

    /// How many versions the files hold that are damaged.
    const STORED: u64 = 3;

    /// Where the process that is this program again finds its views, how often it stores, and how
    /// long it waits.
    const DIRECTORY: &str = "NETGAIN_VIEWS_DIRECTORY";
    const STORES: &str = "NETGAIN_VIEWS_STORES";
    const PATIENCE_MS: &str = "NETGAIN_VIEWS_PATIENCE_MS";

    /// How long sled gets to answer where its files are damaged; everywhere else it gets longer than
    /// the busiest machine takes.
    const SHORT: Duration = Duration::from_millis(500);
    const LONG: Duration = Duration::from_secs(20);

    /// Long after the patience has run out a few times over.
    const WITHOUT_END: Duration = Duration::from_mins(1);

    /// The version an organisation changed at last, as of a version. All of them change at the first.
    fn changed_at(number: u64, version: u64) -> u64 {
        (1..=version)
            .rev()
            .find(|at| *at == 1 || (at + number).is_multiple_of(3))
            .unwrap_or(0)
    }

    /// An organisation's state as of a version: from nearly nothing to a dozen chunks.
    fn state_at(number: u64, version: u64) -> Organisation {
        let at = changed_at(number, version);
        let targets = u16::try_from((at * 3_077 + number * 1_013) % 6_000).unwrap();
        state(&format!("ORG{number}"), at, targets)
    }

    /// The version that views hold; panics if they hold anything that no version was. Says also how
    /// many states they say they cannot read.
    fn version_held(views: &impl Views) -> (u64, usize) {
        let Extent { cursor, positions } = views.extent();
        if cursor == Cursor::default() {
            assert!(positions.is_empty());
            return (0, 0);
        }
        let version = u64::from_be_bytes(cursor.as_bytes().try_into().unwrap());
        let mut unreadable = 0;
        for number in 0..ORGANISATIONS {
            let expected = state_at(number, version);
            assert_eq!(
                positions.get(&expected.org),
                Some(&expected.position),
                "version {version}"
            );
            match views.load(&expected.org) {
                Ok(found) => assert!(found == Some(expected), "ORG{number} of version {version}"),
                Err(_) => unreadable += 1,
            }
        }
        (version, unreadable)
    }

    fn store(views: &impl Views, version: u64) -> bool {
        let changed: Vec<Organisation> = (0..ORGANISATIONS)
            .filter(|number| changed_at(*number, version) == version)
            .map(|number| state_at(number, version))
            .collect();
        let references: Vec<&Organisation> = changed.iter().collect();
        views
            .store(&references, &Cursor::from_bytes(&version.to_be_bytes()))
            .is_ok()
    }

    fn open(directory: &Path, answer: Duration) -> Opened {
        let lock = LONG;
        let ledger: LedgerId = "0123456789abcdef0123456789abcdef".parse().unwrap();
        SledViews::open_for_writing(directory, &ledger, Patience { lock, answer })
    }

    /// What the other process says, a line each.
    #[derive(Debug, PartialEq, Eq)]
    enum Said {
        /// The views were moved aside.
        Aside,
        /// It opened them and found that version.
        Holds { version: u64, unreadable: usize },
        /// That version is stored.
        Stored(u64),
        /// The views did not take it.
        Refused,
    }

    impl Said {
        fn line(&self) -> String {
            match self {
                Self::Aside => "said aside 0 0".into(),
                Self::Holds {
                    version,
                    unreadable,
                } => format!("said holds {version} {unreadable}"),
                Self::Stored(version) => format!("said stored {version} 0"),
                Self::Refused => "said refused 0 0".into(),
            }
        }

        fn read(line: &str) -> Option<Self> {
            // The test program prints its own words in front.
            let words: Vec<&str> = line.get(line.find("said ")?..)?.split(' ').collect();
            let [_, kind, version, unreadable] = words[..] else {
                return None;
            };
            let version = version.parse().unwrap();
            Some(match kind {
                "aside" => Self::Aside,
                "holds" => Self::Holds {
                    version,
                    unreadable: unreadable.parse().unwrap(),
                },
                "stored" => Self::Stored(version),
                "refused" => Self::Refused,
                other => panic!("{other}"),
            })
        }
    }

    /// Not a test, unless this program was started by one: the other process.
    #[test]
    fn the_other_process() {
        let Some(directory) = env::var_os(DIRECTORY).map(PathBuf::from) else {
            return;
        };
        let stores: u64 = env::var(STORES).unwrap().parse().unwrap();
        let say = |said: Said| writeln!(io::stdout(), "{}", said.line()).unwrap();
        let patience_ms = env::var(PATIENCE_MS).unwrap().parse().unwrap();
        let Opened { views, note } = open(&directory, Duration::from_millis(patience_ms));
        if note.is_some() {
            say(Said::Aside);
        }
        let (version, unreadable) = version_held(&views);
        say(Said::Holds {
            version,
            unreadable,
        });
        for version in (version + 1..).take(usize::try_from(stores).unwrap()) {
            say(if store(&views, version) {
                Said::Stored(version)
            } else {
                Said::Refused
            });
        }
    }

    /// The other process, and what it says.
    struct Other {
        process: Child,
        says: Receiver<Said>,
    }

    impl Other {
        fn start(directory: &Path, stores: u64, patience: Duration) -> Self {
            let mut process = Command::new(env::current_exe().unwrap())
                .args([
                    "--exact",
                    "survival::the_other_process",
                    "--nocapture",
                    "--test-threads",
                    "1",
                ])
                .env(DIRECTORY, directory)
                .env(STORES, stores.to_string())
                .env(PATIENCE_MS, patience.as_millis().to_string())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let lines = BufReader::new(process.stdout.take().unwrap()).lines();
            let (sender, says) = channel();
            thread::spawn(move || {
                // It may be killed in the middle of a line.
                for said in lines
                    .map_while(Result::ok)
                    .filter_map(|line| Said::read(&line))
                {
                    if sender.send(said).is_err() {
                        return;
                    }
                }
            });
            Self { process, says }
        }

        fn next(&self) -> Option<Said> {
            match self.says.recv_timeout(WITHOUT_END) {
                Ok(said) => Some(said),
                Err(RecvTimeoutError::Disconnected) => None,
                Err(RecvTimeoutError::Timeout) => panic!("it does not come back"),
            }
        }

        /// Everything it says, once it has ended well.
        fn everything(mut self) -> Vec<Said> {
            let mut all = Vec::new();
            while let Some(said) = self.next() {
                all.push(said);
            }
            assert!(
                self.process.wait().unwrap().success(),
                "a check failed after {all:?}"
            );
            all
        }

        fn kill(mut self) -> Vec<Said> {
            self.process.kill().unwrap();
            self.process.wait().unwrap();
            self.says.iter().collect()
        }
    }

    /// Numbers that look random and are the same each time (Steele, Lea and Flood, `SplitMix64`).
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut bits = self.0;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (bits ^ (bits >> 31)) % limit
        }
    }

    #[test]
    fn a_process_killed_at_any_moment_leaves_a_stored_version_or_nothing() {
        let root = tempfile::tempdir().unwrap();
        let views = root.path().join("views");
        let mut random = Random(1);
        let mut books = Books::default();
        for _ in 0..KILLS {
            let other = Other::start(&views, u64::MAX >> 1, LONG);
            let mut heard: Vec<Said> = (0..random.below(6)).filter_map(|_| other.next()).collect();
            // Anywhere within the next stores.
            for _ in 0..random.below(200_000) {
                std::hint::spin_loop();
            }
            heard.extend(other.kill());
            books.enter(heard);
        }
        books.enter(Other::start(&views, 0, LONG).everything());
        assert!(
            books.stores > u64::from(KILLS),
            "the processes came to store something"
        );
        assert!(books.aside <= KILLS / 4, "most kills keep what was stored");
    }

    /// What the processes were heard to say.
    #[derive(Debug, Default)]
    struct Books {
        /// The version that was stored last, as far as was heard.
        acknowledged: u64,
        /// How often something was stored.
        stores: u64,
        /// How often the views were moved aside.
        aside: u32,
    }

    impl Books {
        fn enter(&mut self, heard: Vec<Said>) {
            for said in heard {
                match said {
                    Said::Aside => {
                        self.acknowledged = 0;
                        self.aside += 1;
                    }
                    Said::Holds {
                        version,
                        unreadable,
                    } => {
                        assert_eq!(unreadable, 0, "what was opened can be read: {self:?}");
                        // The last store may have been finished but not heard of.
                        let expected = self.acknowledged..=self.acknowledged + 1;
                        assert!(expected.contains(&version), "{version} is held: {self:?}");
                        self.acknowledged = version;
                    }
                    Said::Stored(version) => {
                        self.acknowledged = version;
                        self.stores += 1;
                    }
                    Said::Refused => panic!("sled takes what it is given: {self:?}"),
                }
            }
        }
    }

    /// Where sled reads its log again when it opens it.
    #[test]
    fn damaged_files_are_opened_as_a_stored_version_or_moved_aside_in_time() {
        let root = tempfile::tempdir().unwrap();
        let whole = root.path().join("whole");
        Other::start(&whole, STORED, LONG).everything();
        every_damage_is_survived(&whole, root.path(), 2);
    }

    /// Where sled trusts what it noted of its log when it opened it last.
    #[test]
    fn damaged_files_that_sled_has_a_snapshot_of_are_survived_too() {
        let root = tempfile::tempdir().unwrap();
        let whole = root.path().join("whole");
        Other::start(&whole, STORED, LONG).everything();
        Other::start(&whole, 0, LONG).everything();
        every_damage_is_survived(&whole, root.path(), 3);
    }

    fn every_damage_is_survived(whole: &Path, root: &Path, seed: u64) {
        let length = fs::metadata(whole.join("db")).unwrap().len();
        let mut random = Random(seed);
        let mut damages = vec![Damage::None];
        let flip = |_| Damage::Flip {
            byte: random.below(length),
            bit: random.below(8),
        };
        damages.extend((0..FLIPS).map(flip));
        damages.extend([1, 5_000, 300_000, length - 1].map(|bytes| Damage::Cut { bytes }));
        let mut noticed = 0;
        for (number, damage) in damages.into_iter().enumerate() {
            let views = root.join(number.to_string()).join("views");
            fs::create_dir(root.join(number.to_string())).unwrap();
            copy(whole, &views);
            damage.happen(&views.join("db"));
            noticed += u64::from(is_noticed_and_survived(damage, &views));
        }
        assert!(noticed > 0, "no damage did anything");
    }

    /// Three processes, one after another, open the files and store. What one of them finds damaged
    /// the next has rebuilt, and then it stays whole. Says whether one found anything.
    fn is_noticed_and_survived(damage: Damage, views: &Path) -> bool {
        let mut all = Vec::new();
        let (mut found_damaged, mut rebuilt) = (false, 0);
        for patience in [SHORT, LONG, LONG] {
            let patience = if damage == Damage::None {
                LONG
            } else {
                patience
            };
            let heard = Other::start(views, 1, patience).everything();
            if heard.contains(&Said::Aside) {
                rebuilt += 1;
            } else {
                assert!(
                    !found_damaged,
                    "{damage:?}: {all:?} is left as it is: {heard:?}"
                );
            }
            found_damaged = heard.iter().any(|said| match said {
                Said::Refused => true,
                Said::Holds { unreadable, .. } => *unreadable > 0,
                Said::Aside | Said::Stored(_) => false,
            });
            all.push(heard);
        }
        assert!(
            rebuilt <= 2,
            "{damage:?}: once is enough, and once for lost patience: {all:?}"
        );
        let holds = |version| Said::Holds {
            version,
            unreadable: 0,
        };
        let untouched = [STORED, STORED + 1, STORED + 2]
            .map(|version| vec![holds(version), Said::Stored(version + 1)]);
        assert!(
            damage != Damage::None || all == untouched,
            "undamaged: {all:?}"
        );
        all != untouched
    }

    /// What happens to a file.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Damage {
        None,
        Flip { byte: u64, bit: u64 },
        Cut { bytes: u64 },
    }

    impl Damage {
        fn happen(self, file: &Path) {
            let mut bytes = fs::read(file).unwrap();
            match self {
                Self::None => {}
                Self::Flip { byte, bit } => bytes[usize::try_from(byte).unwrap()] ^= 1 << bit,
                Self::Cut { bytes: cut } => {
                    bytes.truncate(bytes.len() - usize::try_from(cut).unwrap());
                }
            }
            fs::write(file, bytes).unwrap();
        }
    }

    /// Copies a directory of directories of files.
    fn copy(from: &Path, to: &Path) {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::copy(entry.path(), target).unwrap();
            }
        }
    }
}

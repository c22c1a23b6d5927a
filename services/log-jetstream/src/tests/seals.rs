//! Several nodes that seal one ledger, over real servers.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use netgain_events::identifier::{LedgerId, Position};
use netgain_events::recorded_at::RecordedAt;
use netgain_ledger::log::{Lineage, LogRead};
use netgain_proof::agreement::{Agreed, Agreement, AgreementError};
use netgain_proof::alarm::Finding;
use netgain_proof::keys::KeyRing;
use netgain_proof::sealer::{Seal, SealError, Sealer};
use netgain_proof::store::{Store, StoreError};
use netgain_verify::checkpoint::Checkpoint;

use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, is_written, ledger, open, org};
use crate::{Home, HomeError, JetStreamLog, JetStreamSeals, Problem, init, init_seals};

/// How long a node that is gone keeps the others from sealing, and what a test may be late by.
const TAKE_OVER_TIME_MAX: Duration = Duration::from_secs(8);

/// How long a cluster may take until it has agreed on who leads, after a start or a loss.
const ELECTION_TIME_MAX: Duration = Duration::from_secs(30);

fn now() -> RecordedAt {
    RecordedAt::from_unix_ms(1_280_000_000_000).unwrap()
}

/// A node of a cluster: its directory of checkpoints, and the keys that were brought to it.
struct Node {
    folder: tempfile::TempDir,
    home: Home,
    name: &'static str,
}

impl Node {
    /// The node that made the ledger's key.
    fn first(home: &Home, name: &'static str) -> Self {
        init_seals(home, &ledger()).unwrap();
        let node = Self {
            folder: tempfile::tempdir().unwrap(),
            home: home.clone(),
            name,
        };
        KeyRing::init(&node.keys(), &ledger()).unwrap();
        node
    }

    /// Another one, with the same key.
    fn with_keys_of(first: &Self, name: &'static str) -> Self {
        let node = Self {
            folder: tempfile::tempdir().unwrap(),
            home: first.home.clone(),
            name,
        };
        fs::create_dir(node.keys()).unwrap();
        fs::copy(
            first.keys().join("signing-key"),
            node.keys().join("signing-key"),
        )
        .unwrap();
        node
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn checkpoints(&self) -> PathBuf {
        self.folder.path().join("checkpoints")
    }

    fn seals(&self) -> JetStreamSeals {
        JetStreamSeals::open(&self.home, &ledger(), self.name).unwrap()
    }

    fn sealer(&self, log: &dyn LogRead) -> Result<Sealer, SealError> {
        self.sealer_by(log, Box::new(self.seals()))
    }

    fn sealer_by(&self, log: &dyn LogRead, by: Box<dyn Agreement>) -> Result<Sealer, SealError> {
        let keys = KeyRing::open(&self.keys(), &ledger()).unwrap().unwrap();
        let store = Store::open_among(&self.checkpoints(), &keys, by)?;
        Sealer::open(log, store, keys, &mut |_| {})
    }

    /// What everybody who asks this node is shown.
    fn published(&self) -> (Vec<u8>, Vec<u8>) {
        let read = |name| fs::read(self.checkpoints().join(name)).unwrap();
        (read("registry"), read("registry.checkpoint"))
    }
}

fn newest(sealer: &Sealer) -> Checkpoint {
    sealer.registry().checkpoint().unwrap().checkpoint().clone()
}

/// Appends one event and waits for it.
fn record(log: &JetStreamLog, code: &str, position: u64, who: &str) {
    let lineage = Arc::new(Lineage::default());
    let ticket = append(log, code, position, who, &lineage);
    assert!(is_written(log, ticket, &lineage));
}

/// Two nodes seal as fast as they can while one writes. What each of them published, and how it ended.
fn race(is_unfenced: bool) -> Option<(Node, Node, [Raced; 2])> {
    let servers = Servers::start(1)?;
    let home = servers.home();
    let writer = open(&home, 1);
    let one = Node::first(&home, "one");
    let other = Node::with_keys_of(&one, "other");
    let (stop, taking_part) = (AtomicBool::new(false), AtomicUsize::new(0));
    let raced = thread::scope(|scope| {
        let racers = [&one, &other].map(|node| {
            let (stop, taking_part) = (&stop, &taking_part);
            scope.spawn(move || {
                let log = JetStreamLog::open(&node.home).unwrap();
                let mut seals = node.seals();
                seals.is_unfenced = is_unfenced;
                let mut sealer = node.sealer_by(&log, Box::new(seals)).unwrap();
                let mut raced = Raced::default();
                loop {
                    // What was recorded before the end is sealed by the last of them.
                    let is_last = stop.load(Ordering::Relaxed);
                    match sealer.seal_at_once(&log, now()) {
                        Ok(None) => {}
                        Ok(Some(Seal { checkpoints, .. })) => {
                            let begins = raced.made == 0 && checkpoints > 0;
                            taking_part.fetch_add(usize::from(begins), Ordering::Relaxed);
                            raced.made += usize::from(checkpoints > 0);
                            let newest = newest(&sealer);
                            raced.published.insert(newest.size, newest.text());
                        }
                        Err(SealError::Overtaken) => raced.overtaken += 1,
                        Err(error) => {
                            raced.error = Some(error);
                            return raced;
                        }
                    }
                    if is_last {
                        return raced;
                    }
                }
            })
        });
        for position in 1..=1500 {
            // It is a race once both have begun.
            if position > 150 && taking_part.load(Ordering::Relaxed) >= 2 {
                break;
            }
            for code in ["A", "B", "C"] {
                record(&writer, code, position, "x");
            }
        }
        stop.store(true, Ordering::Relaxed);
        racers.map(|racer| racer.join().unwrap())
    });
    drop(writer);
    if !is_unfenced {
        // Both start again: one may have ended before the other's last seal.
        let log = JetStreamLog::open(&home).unwrap();
        for node in [&one, &other] {
            assert!(node.sealer(&log).unwrap().alarms().is_empty());
        }
        // And so does one that has nothing but the key.
        let newcomer = Node::with_keys_of(&one, "newcomer");
        assert!(newcomer.sealer(&log).unwrap().alarms().is_empty());
        assert_eq!(newcomer.published(), one.published());
    }
    Some((one, other, raced))
}

/// What a node came to in a race.
#[derive(Debug, Default)]
struct Raced {
    /// The text of every checkpoint of the registry that it published, by size.
    published: BTreeMap<u64, String>,
    /// How many seals it has made.
    made: usize,
    overtaken: usize,
    error: Option<SealError>,
}

/// Whether two nodes show registries of which neither continues the other.
fn is_split(one: &Node, other: &Node) -> bool {
    let ((ours, _), (theirs, _)) = (one.published(), other.published());
    !ours.starts_with(&theirs) && !theirs.starts_with(&ours)
}

/// Sizes for which two texts were signed and published.
fn split_views([one, other]: &[Raced; 2]) -> usize {
    let both = one.published.iter();
    both.filter(|(size, text)| {
        let theirs = other.published.get(size);
        theirs.is_some_and(|theirs| theirs != *text)
    })
    .count()
}

#[test]
fn two_nodes_that_seal_at_once_make_one_history() {
    let Some((one, other, raced)) = race(false) else {
        return;
    };
    let [first, second] = &raced;
    println!(
        "seals made: {} and {}; given up after many others: {} and {}",
        first.made, second.made, first.overtaken, second.overtaken
    );
    assert!(raced.iter().all(|raced| raced.error.is_none()), "{raced:?}");
    assert!(first.made > 0 && second.made > 0, "both took part");
    assert_eq!(split_views(&raced), 0);
    assert!(!is_split(&one, &other));
    assert_eq!(one.published(), other.published());
}

#[test]
fn without_the_expected_sequence_there_are_two_histories_and_they_are_found() {
    let is_found = |raced: &Raced| {
        let error = raced.error.as_ref();
        matches!(
            error,
            Some(SealError::Store(StoreError::Agreement(
                AgreementError::Foreign { .. }
            )))
        )
    };
    // Two that happen to sign the very same are no split view: then once more.
    for _ in 0..5 {
        let Some((one, other, raced)) = race(true) else {
            return;
        };
        assert!(raced.iter().any(is_found), "{raced:?}");
        if is_split(&one, &other) {
            return;
        }
    }
    panic!("nobody was kept out, and there was no split view");
}

/// The seals of a node that stands still just before it puts its next one forward.
#[derive(Debug)]
struct Stopped {
    seals: JetStreamSeals,
    /// Says that it stands still.
    stands: std::sync::mpsc::Sender<()>,
    /// It goes on once it hears something.
    go_on: std::sync::mpsc::Receiver<()>,
    came_of_it: Arc<Mutex<Vec<Agreed>>>,
}

impl Agreement for Stopped {
    fn has_seals(&mut self) -> Result<bool, AgreementError> {
        self.seals.has_seals()
    }

    fn go_to(&mut self, newest: Option<&Checkpoint>) -> Result<(), AgreementError> {
        self.seals.go_to(newest)
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, AgreementError> {
        self.seals.next()
    }

    fn agree(&mut self, seal: &[u8]) -> Result<Agreed, AgreementError> {
        if self.came_of_it.lock().unwrap().is_empty() {
            self.stands.send(()).unwrap();
            self.go_on.recv().unwrap();
        }
        let agreed = self.seals.agree(seal)?;
        self.came_of_it.lock().unwrap().push(agreed);
        Ok(agreed)
    }

    fn is_our_turn(&mut self) -> Result<bool, AgreementError> {
        self.seals.is_our_turn()
    }
}

#[test]
fn a_node_that_stood_still_for_longer_than_its_lease_has_its_late_seal_refused() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    let one = Node::first(&home, "one");
    let other = Node::with_keys_of(&one, "other");
    let (stands, is_standing) = std::sync::mpsc::channel();
    let (wake, go_on) = std::sync::mpsc::channel();
    let came_of_it = Arc::<Mutex<Vec<Agreed>>>::default();
    let by = Stopped {
        seals: one.seals(),
        stands,
        go_on,
        came_of_it: Arc::clone(&came_of_it),
    };
    let mut stopped = one.sealer_by(&log, Box::new(by)).unwrap();
    let mut awake = other.sealer(&log).unwrap();
    record(&log, "A", 1, "x");
    thread::scope(|scope| {
        let late = scope.spawn(|| stopped.seal(&log, now()).map(drop));
        is_standing.recv().unwrap();
        assert_eq!(other.seals().sealer().unwrap().as_deref(), Some("one"));
        record(&log, "B", 1, "x");
        // The lease is not the other's before it ends.
        assert_eq!(awake.seal(&log, now()).unwrap(), None);
        let begun = Instant::now();
        let seal = loop {
            if let Some(seal) = awake.seal(&log, now()).unwrap() {
                break seal;
            }
            assert!(begun.elapsed() < TAKE_OVER_TIME_MAX);
            thread::sleep(Duration::from_millis(50));
        };
        println!("taken over after {:?}", begun.elapsed());
        assert_eq!(seal.checkpoints, 2);
        assert_eq!(other.seals().sealer().unwrap().as_deref(), Some("other"));
        wake.send(()).unwrap();
        late.join().unwrap().unwrap();
    });
    assert_eq!(*came_of_it.lock().unwrap(), [Agreed::Overtaken]);
    assert_eq!(newest(&stopped).size, 2);
    assert_eq!(one.published(), other.published());
    // Nor does it seal any more, while the other has the lease.
    record(&log, "A", 2, "x");
    assert_eq!(stopped.seal(&log, now()).unwrap(), None);
    assert!(awake.seal(&log, now()).unwrap().is_some());
}

#[test]
fn when_the_node_that_seals_is_gone_or_a_server_is_sealing_goes_on() {
    let Some(mut servers) = Servers::start(3) else {
        return;
    };
    let home = servers.home();
    let by = Instant::now() + ELECTION_TIME_MAX;
    while let Err(error) = init(&home, 1, ledger) {
        assert!(Instant::now() < by, "{error:?}");
        thread::sleep(Duration::from_millis(200));
    }
    let log = JetStreamLog::open(&home).unwrap();
    let one = Node::first(&home, "one");
    let other = Node::with_keys_of(&one, "other");
    let mut first = one.sealer(&log).unwrap();
    let mut second = other.sealer(&log).unwrap();
    record(&log, "A", 1, "x");
    assert!(first.seal(&log, now()).unwrap().is_some());
    // As a process that is killed: it gives nothing back.
    drop(first);
    record(&log, "A", 2, "x");
    let gone = Instant::now();
    let mut taken = second.seal(&log, now()).unwrap().unwrap();
    assert_eq!((taken.checkpoints, newest(&second).size), (0, 1));
    while taken.checkpoints == 0 {
        assert!(gone.elapsed() < TAKE_OVER_TIME_MAX);
        thread::sleep(Duration::from_millis(50));
        taken = second.seal(&log, now()).unwrap().unwrap_or_default();
    }
    println!("the other node sealed after {:?}", gone.elapsed());
    assert_eq!(newest(&second).size, 2);

    let mut longest = Duration::ZERO;
    for lost in 0..3 {
        servers.kill(lost);
        let killed = Instant::now();
        record(&log, "A", 3 + u64::try_from(lost).unwrap(), "x");
        loop {
            match second.seal(&log, now()) {
                Ok(Some(_)) => break,
                Ok(None) => {}
                Err(error) => assert!(second.can_go_on(), "{error}"),
            }
            assert!(killed.elapsed() < ELECTION_TIME_MAX);
            thread::sleep(Duration::from_millis(50));
        }
        longest = longest.max(killed.elapsed());
        servers.run(lost);
        servers.await_answer(lost);
        // All three have to be there again before the next one goes.
        let by = Instant::now() + ELECTION_TIME_MAX;
        while !all_current(&home) {
            assert!(Instant::now() < by);
            thread::sleep(Duration::from_millis(100));
        }
    }
    println!("a server lost: recorded and sealed again after at most {longest:?}");
    drop(second);
    let mut first = one.sealer(&log).unwrap();
    assert_eq!(one.published(), other.published());
    assert_eq!(newest(&first).size, 5);
    assert!(first.alarms().is_empty());
    assert_eq!(first.seal_at_once(&log, now()).unwrap(), None);
}

/// Whether every server has all of every stream.
fn all_current(home: &Home) -> bool {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let servers: Vec<_> = home.servers.split(',').collect();
        let context = async_nats::jetstream::new(async_nats::connect(servers).await.unwrap());
        for name in ["netgain-0", "netgain-seals", "KV_netgain-sealer"] {
            let Ok(stream) = context.get_stream(name).await else {
                return false;
            };
            let cluster = stream.cached_info().cluster.clone().unwrap();
            if cluster.leader.is_none() || !cluster.replicas.iter().all(|peer| peer.current) {
                return false;
            }
        }
        true
    })
}

/// Does something to a stream that netgain never does.
fn deface<T, F: Future<Output = T>>(
    home: &Home,
    what: impl FnOnce(async_nats::jetstream::Context) -> F,
) -> T {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = async_nats::connect(home.servers.as_str()).await.unwrap();
        what(async_nats::jetstream::new(client)).await
    })
}

#[test]
fn a_log_that_was_put_in_the_place_of_the_sealed_one_is_found_with_the_position() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    let one = Node::first(&home, "one");
    let other = Node::with_keys_of(&one, "other");
    let mut sealer = one.sealer(&log).unwrap();
    let write = |log: &JetStreamLog, events: &[&str], mut each: Box<dyn FnMut(u64) + '_>| {
        for (position, who) in (1..).zip(events) {
            record(log, "A", position, who);
            record(log, "B", position, "x");
            each(position);
        }
    };
    let events = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let seal = |position: u64| {
        if [2, 5, 9].contains(&position) {
            sealer.seal_at_once(&log, now()).unwrap();
        }
    };
    write(&log, &events, Box::new(seal));
    drop((sealer, log));
    let changes: [(&[&str], Finding, Finding); 4] = [
        (
            &["a", "b", "c", "X", "e", "f", "g", "h", "i"],
            different(4, 4),
            different(3, 5),
        ),
        (
            &["a", "b", "c", "e", "f", "g", "h", "i", "j"],
            different(4, 4),
            different(3, 5),
        ),
        (&["a", "b", "c", "d", "e"], shorter(5), shorter(5)),
        (&[], shorter(0), shorter(0)),
    ];
    for (events, exactly, roughly) in changes {
        // Every sum of it is right: it was written as any log is.
        deface(&home, async |context| {
            context.delete_stream("netgain-0").await.unwrap();
        });
        let log = open(&home, 1);
        write(&log, events, Box::new(|_| {}));
        for (node, expected) in [(&one, exactly), (&other, roughly)] {
            let mut sealer = node.sealer(&log).unwrap();
            assert_eq!(sealer.alarms()[&org("A")].finding, expected);
            assert_eq!(sealer.alarms()[&org("A")].sealed, Position::new(9));
            // It is not sealed over.
            assert_eq!(sealer.seal_at_once(&log, now()).unwrap(), None);
            assert_eq!(sealer.alarms().contains_key(&org("B")), events.len() < 9);
        }
    }
    // The control: what was sealed raises no alarm.
    deface(&home, async |context| {
        context.delete_stream("netgain-0").await.unwrap();
    });
    let log = open(&home, 1);
    write(&log, &events, Box::new(|_| {}));
    assert!(one.sealer(&log).unwrap().alarms().is_empty());
    assert!(other.sealer(&log).unwrap().alarms().is_empty());
}

fn different(from: u64, to: u64) -> Finding {
    Finding::Different {
        from: Position::new(from),
        to: Position::new(to),
    }
}

fn shorter(last: u64) -> Finding {
    Finding::Shorter {
        last: Position::new(last),
    }
}

#[test]
fn seals_that_were_taken_away_or_put_back_from_an_older_copy_are_missed() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    let one = Node::first(&home, "one");
    let mut sealer = one.sealer(&log).unwrap();
    let mut agreed = Vec::new();
    for position in 1..=4 {
        record(&log, "A", position, "x");
        sealer.seal_at_once(&log, now()).unwrap();
        agreed.push(newest(&sealer).size);
    }
    drop(sealer);
    let kept: Vec<Vec<u8>> = deface(&home, async |context| {
        let stream = context.get_stream("netgain-seals").await.unwrap();
        // The stream keeps to what it was made with.
        assert!(stream.purge().await.is_err());
        assert!(stream.delete_message(2).await.is_err());
        let mut kept = Vec::new();
        for sequence in 1..=4 {
            let message = stream.get_raw_message(sequence).await.unwrap();
            kept.push(message.payload.to_vec());
        }
        context.delete_stream("netgain-seals").await.unwrap();
        kept
    });
    let refused = || {
        let error = one.sealer(&log).unwrap_err();
        let SealError::Store(StoreError::Agreement(error)) = error else {
            panic!("{error}");
        };
        error
    };
    for count in 0..4 {
        init_seals(&home, &ledger()).unwrap();
        put_back(&home, &kept[..count]);
        let error = refused();
        let expected = count.checked_sub(1).map_or(0, |last| agreed[last]);
        assert!(
            matches!(error, AgreementError::Cut { agreed, kept: 4 } if agreed == expected),
            "{error}"
        );
        deface(&home, async |context| {
            context.delete_stream("netgain-seals").await.unwrap();
        });
    }
    init_seals(&home, &ledger()).unwrap();
    put_back(&home, &kept[1..]);
    put_back(&home, &kept[..1]);
    let newcomer = Node::with_keys_of(&one, "newcomer");
    let error = newcomer.sealer(&log).unwrap_err().to_string();
    assert!(
        error.contains("after 0 checkpoints is not this ledger's"),
        "{error}"
    );
    deface(&home, async |context| {
        context.delete_stream("netgain-seals").await.unwrap();
    });
    // The control: the whole of it put back is as good as it was.
    init_seals(&home, &ledger()).unwrap();
    put_back(&home, &kept);
    assert!(one.sealer(&log).is_ok());
    assert!(newcomer.sealer(&log).is_ok());
}

fn put_back(home: &Home, seals: &[Vec<u8>]) {
    deface(home, async |context| {
        for seal in seals {
            let sent = context.publish("netgain.seals", seal.clone().into()).await;
            sent.unwrap().await.unwrap();
        }
    });
}

#[test]
fn a_home_without_seals_or_with_wrong_ones_is_refused() {
    let Some(servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let opened = |ledger: &LedgerId| JetStreamSeals::open(&home, ledger, "one").map(drop);
    let error = opened(&ledger()).unwrap_err();
    assert!(matches!(&error, HomeError::NoStream { stream } if stream == "netgain-seals"));
    init_seals(&home, &ledger()).unwrap();
    init_seals(&home, &ledger()).unwrap();
    opened(&ledger()).unwrap();

    let other = "fedcba9876543210fedcba9876543210".parse().unwrap();
    for error in [opened(&other), init_seals(&home, &other)] {
        let error = error.unwrap_err();
        assert!(matches!(error, HomeError::OtherLedger { .. }), "{error}");
    }
    change(&home, "netgain-seals", |config| {
        config.max_age = Duration::from_hours(1);
    });
    let error = opened(&ledger()).unwrap_err();
    let HomeError::Wrong { problems, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(problems, &[Problem::Age(Duration::from_hours(1))]);
    change(&home, "KV_netgain-sealer", |config| {
        config.max_age = Duration::from_hours(1);
    });
    init_seals(&home, &ledger()).unwrap();
    opened(&ledger()).unwrap();
    change(&home, "KV_netgain-sealer", |config| {
        config.max_age = Duration::from_hours(1);
    });
    let error = opened(&ledger()).unwrap_err();
    assert!(matches!(error, HomeError::NoLease { .. }), "{error}");
}

fn change(home: &Home, stream: &str, change: fn(&mut async_nats::jetstream::stream::Config)) {
    deface(home, async |context| {
        let found = context.get_stream(stream).await.unwrap();
        let mut config = found.cached_info().config.clone();
        change(&mut config);
        context.update_stream(config).await.unwrap();
    });
}

//! Several nodes that seal one ledger, each with a directory of its own, and what somebody may do to what they agreed
//! on.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use netgain_events::identifier::{LedgerId, OrgId, Position};
use netgain_ledger::log::{Commit, Cursor, End, Log, LogRead, ReadError};
use netgain_ledger::memory::MemoryLog;
use netgain_verify::checkpoint::Checkpoint;

use crate::agreement::{Agreed, Agreement, AgreementError};
use crate::alarm::Finding;
use crate::keys::KeyRing;
use crate::registry::{RegistryError, size_of};
use crate::sealer::{SealError, Sealer};
use crate::signed_seal::{SEAL_BYTES_MAX, registry_after};
use crate::store::{Store, StoreError};
use crate::testing::{SALFORD, STROUD, World, at, ledger_id, org};

/// What is agreed on, in memory.
#[derive(Clone, Debug, Default)]
struct Table(Arc<Mutex<Vec<Vec<u8>>>>);

impl Table {
    fn seals(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap()
    }

    fn sizes(&self) -> Vec<u64> {
        let seals = self.seals();
        let sizes = seals.iter().map(|seal| registry_after(seal).unwrap().size);
        sizes.collect()
    }
}

/// What goes wrong with a seat, and whose turn it is.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each goes wrong by itself or not"
)]
struct Trouble {
    /// Nobody answers.
    silent: bool,
    /// A seal is agreed on, and nobody says so.
    answer_lost: bool,
    /// Whoever comes late is not kept out.
    unfenced: bool,
    anothers_turn: bool,
}

type Before = Box<dyn FnMut() + Send>;

/// A node's seat at the table.
struct Seat {
    table: Table,
    place: usize,
    trouble: Arc<Mutex<Trouble>>,
    /// What happens just before a seal of this node is put forward.
    before_agreeing: Arc<Mutex<Option<Before>>>,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seat").finish_non_exhaustive()
    }
}

impl Seat {
    fn trouble(&self) -> Result<Trouble, AgreementError> {
        let trouble = self.trouble.lock().unwrap().clone();
        if trouble.silent {
            return Err(unanswered());
        }
        Ok(trouble)
    }
}

fn unanswered() -> AgreementError {
    AgreementError::Unanswered {
        what: "ask the table".into(),
        source: "nobody is there".into(),
    }
}

impl Agreement for Seat {
    fn has_seals(&mut self) -> Result<bool, AgreementError> {
        self.trouble()?;
        Ok(!self.table.seals().is_empty())
    }

    fn go_to(&mut self, newest: Option<&Checkpoint>) -> Result<(), AgreementError> {
        self.trouble()?;
        let Some(newest) = newest else {
            self.place = 0;
            return Ok(());
        };
        let seals = self.table.seals();
        let after = |seal: &Vec<u8>| registry_after(seal).ok();
        let mut known = seals.iter().map(after);
        let is_far = |one: Option<Checkpoint>| one.is_some_and(|one| one.size >= newest.size);
        let Some(found) = known.position(is_far) else {
            return Err(AgreementError::Cut {
                agreed: seals.last().and_then(after).map_or(0, |last| last.size),
                kept: newest.size,
            });
        };
        if after(&seals[found]).as_ref() != Some(newest) {
            return Err(AgreementError::Forked { size: newest.size });
        }
        self.place = found + 1;
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Vec<u8>>, AgreementError> {
        self.trouble()?;
        let next = self.table.seals().get(self.place).cloned();
        self.place += usize::from(next.is_some());
        Ok(next)
    }

    fn agree(&mut self, seal: &[u8]) -> Result<Agreed, AgreementError> {
        if let Some(before) = self.before_agreeing.lock().unwrap().as_mut() {
            before();
        }
        let trouble = self.trouble()?;
        assert!(seal.len() <= SEAL_BYTES_MAX);
        let mut seals = self.table.seals();
        if seals.len() != self.place && !trouble.unfenced {
            return Ok(Agreed::Overtaken);
        }
        seals.push(seal.to_vec());
        if trouble.answer_lost {
            return Err(unanswered());
        }
        self.place = seals.len();
        Ok(Agreed::Yes)
    }

    fn is_our_turn(&mut self) -> Result<bool, AgreementError> {
        Ok(!self.trouble()?.anothers_turn)
    }
}

/// A node: its directories, and its seat.
struct Node {
    home: tempfile::TempDir,
    table: Table,
    trouble: Arc<Mutex<Trouble>>,
    before_agreeing: Arc<Mutex<Option<Before>>>,
}

impl Node {
    fn seat(&self) -> Seat {
        Seat {
            table: self.table.clone(),
            place: 0,
            trouble: Arc::clone(&self.trouble),
            before_agreeing: Arc::clone(&self.before_agreeing),
        }
    }

    /// A node with the keys that were brought to it from the world's.
    fn of(world: &World, table: &Table) -> Self {
        drop(world.keys());
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("keys")).unwrap();
        for name in ["signing-key", "verification-key"] {
            fs::copy(
                world.keys_directory().join(name),
                home.path().join("keys").join(name),
            )
            .unwrap();
        }
        Self {
            home,
            table: table.clone(),
            trouble: Arc::default(),
            before_agreeing: Arc::default(),
        }
    }

    fn checkpoints(&self) -> PathBuf {
        self.home.path().join("checkpoints")
    }

    fn keys(&self) -> KeyRing {
        KeyRing::open(&self.home.path().join("keys"), &ledger_id())
            .unwrap()
            .unwrap()
    }

    fn store(&self, keys: &KeyRing) -> Result<Store, StoreError> {
        Store::open_among(&self.checkpoints(), keys, Box::new(self.seat()))
    }

    fn sealer(&self, log: &dyn LogRead) -> Result<Sealer, SealError> {
        let keys = self.keys();
        let store = self.store(&keys)?;
        Sealer::open(log, store, keys, &mut |_| {})
    }

    /// Why the node does not start.
    fn refused(&self) -> StoreError {
        self.store(&self.keys()).unwrap_err()
    }

    /// What it publishes.
    fn published(&self) -> (Vec<u8>, Vec<u8>) {
        let read = |name| fs::read(self.checkpoints().join(name)).unwrap();
        (read("registry"), read("registry.checkpoint"))
    }

    fn set(&self, change: impl FnOnce(&mut Trouble)) {
        change(&mut self.trouble.lock().unwrap());
    }

    fn lose_checkpoints(&self) {
        fs::remove_dir_all(self.checkpoints()).unwrap();
    }
}

/// Two nodes at a table, and the ledger they seal.
fn two() -> (World, Table, Node, Node) {
    let (world, table) = (World::new(), Table::default());
    let (one, other) = (Node::of(&world, &table), Node::of(&world, &table));
    (world, table, one, other)
}

fn agreement_error(error: StoreError) -> AgreementError {
    let StoreError::Agreement(error) = error else {
        panic!("{error}");
    };
    error
}

#[test]
fn whoever_seals_every_node_has_the_same_registry() {
    let (world, table, one, other) = two();
    let mut sealers = [&one, &other].map(|node| node.sealer(&world.log).unwrap());
    world.register(STROUD);
    for growth in 0..6 {
        world.claim(STROUD, &format!("A{growth}"), "1");
        let [first, second] = &mut sealers;
        let (by, to) = if growth % 2 == 0 {
            (first, second)
        } else {
            (second, first)
        };
        let made = by.seal(&world.log, at(growth)).unwrap().unwrap();
        assert_eq!(made.checkpoints, 1);
        let taken = to.seal(&world.log, at(growth)).unwrap().unwrap();
        assert_eq!(
            (taken.checkpoints, taken.organisations),
            (0, made.organisations)
        );
        assert_eq!(one.published(), other.published());
        assert_eq!(to.seal(&world.log, at(growth)).unwrap(), None);
    }
    assert_eq!(table.sizes(), [1, 2, 3, 4, 5, 6]);
    // The embedded ledger's own sealer would have made the very same.
    assert_eq!(size_of(sealers[0].registry().checkpoint().unwrap()), 6);
}

#[test]
fn a_node_leaves_sealing_to_whose_turn_it_is_unless_it_is_urgent() {
    let (world, table, one, _) = two();
    let mut sealer = one.sealer(&world.log).unwrap();
    world.register(STROUD);
    one.set(|trouble| trouble.anothers_turn = true);
    assert_eq!(sealer.seal(&world.log, at(0)).unwrap(), None);
    assert!(table.seals().is_empty());
    let seal = sealer.seal_at_once(&world.log, at(0)).unwrap().unwrap();
    assert_eq!(seal.checkpoints, 1);
}

#[test]
fn a_seal_that_comes_too_late_is_let_go_of_and_made_again_after_the_other() {
    let (world, table, one, late) = two();
    world.register(STROUD);
    let log = world.log.clone();
    let mut first = one.sealer(&world.log).unwrap();
    let mut second = late.sealer(&world.log).unwrap();
    world.claim(STROUD, "A", "1");
    let mut pending = Some(());
    *late.before_agreeing.lock().unwrap() = Some(Box::new(move || {
        if pending.take().is_some() {
            first.seal(&log, at(1)).unwrap().unwrap();
        }
    }));
    let seal = second.seal(&world.log, at(2)).unwrap().unwrap();
    assert_eq!(seal.checkpoints, 0, "the other had sealed it all");
    drop(second);
    assert_eq!(table.sizes(), [1]);
    *late.before_agreeing.lock().unwrap() = None;
    world.claim(STROUD, "B", "1");
    let mut third = late.sealer(&world.log).unwrap();
    third.seal(&world.log, at(3)).unwrap().unwrap();
    drop(one.sealer(&world.log).unwrap());
    assert_eq!(one.published(), late.published());
    assert_eq!(table.sizes(), [1, 2]);
}

#[test]
fn without_the_fence_there_would_be_two_histories_and_every_node_would_say_so() {
    // The late node has a statement's checkpoint more in its seal: what it saw was another moment.
    let (world, table, one, late) = two();
    world.register(STROUD);
    let mut first = one.sealer(&world.log).unwrap();
    let mut second = late.sealer(&world.log).unwrap();
    late.set(|trouble| trouble.unfenced = true);
    let log = world.log.clone();
    let mut pending = Some(());
    let appended = world.log.clone();
    *late.before_agreeing.lock().unwrap() = Some(Box::new(move || {
        if pending.take().is_some() {
            let commit = Commit {
                org: &org(SALFORD),
                first: Position::new(1),
                events: 1,
                lines: b"{}\n",
            };
            appended.append(commit).unwrap();
            first.seal(&log, at(1)).unwrap().unwrap();
        }
    }));
    second.seal(&world.log, at(2)).unwrap().unwrap();
    assert_eq!(table.sizes(), [2, 1]);
    // Both sealers end.
    *late.before_agreeing.lock().unwrap() = None;
    drop(second);
    let (ours, theirs) = (one.published(), late.published());
    assert!(
        !ours.0.starts_with(&theirs.0) || ours.1 != theirs.1,
        "a split view"
    );
    assert!(matches!(
        agreement_error(one.refused()),
        AgreementError::Foreign { after: 2, .. }
    ));
    let cut_off = agreement_error(late.refused());
    assert!(
        matches!(cut_off, AgreementError::Forked { size: 1 }),
        "{cut_off}"
    );
}

/// A table with several seals of two organisations, made by one node; the other knows nothing yet.
fn sealed() -> (World, Table, Node, Node) {
    let (world, table, one, other) = two();
    let mut sealer = one.sealer(&world.log).unwrap();
    world.register(SALFORD);
    world.register(STROUD);
    for number in 2..=9 {
        world.claim(STROUD, &format!("A{number}"), "1");
        if [2, 5, 9].contains(&number) {
            sealer.seal(&world.log, at(number)).unwrap().unwrap();
        }
    }
    (world, table, one, other)
}

#[test]
fn an_empty_directory_takes_in_all_that_was_agreed_on() {
    let (world, _, one, other) = sealed();
    let sealer = other.sealer(&world.log).unwrap();
    assert!(sealer.alarms().is_empty());
    assert_eq!(one.published(), other.published());
    // Nor does it matter that the keys remember what the directory has lost.
    drop(sealer);
    other.lose_checkpoints();
    let mut sealer = other.sealer(&world.log).unwrap();
    assert_eq!(one.published(), other.published());
    world.claim(STROUD, "B", "1");
    sealer.seal(&world.log, at(20)).unwrap().unwrap();
    // The first goes on from where it is.
    drop(one.sealer(&world.log).unwrap());
    assert_eq!(one.published(), other.published());
}

#[test]
fn what_was_cut_off_the_agreed_seals_is_missed_by_who_has_it() {
    let (_, table, one, other) = sealed();
    drop(other.store(&other.keys()).unwrap());
    let all = table.seals().clone();
    for left in 0..all.len() {
        table.seals().truncate(left);
        let agreed = table.sizes().last().copied().unwrap_or(0);
        let error = agreement_error(one.refused());
        assert!(
            matches!(error, AgreementError::Cut { agreed: found, kept: 4 } if found == agreed),
            "{error}"
        );
        assert!(!error.is_passing());
        // One whose directory is gone too knows it from its keys.
        other.lose_checkpoints();
        let error = other.refused();
        assert!(
            matches!(
                &error,
                StoreError::Registry(RegistryError::Behind { signed: 4, .. })
            ),
            "{error}"
        );
        *table.seals() = all.clone();
        drop(other.store(&other.keys()).unwrap());
    }
    // The control: put back, both start.
    assert!(one.store(&one.keys()).is_ok());
}

#[test]
fn agreed_seals_that_somebody_replaced_are_another_history() {
    let (world, table, one, other) = sealed();
    drop(other.store(&other.keys()).unwrap());
    // The same key seals the same ledger from the beginning, all of it at once.
    let again = Table::default();
    let forger = Node::of(&world, &again);
    let mut sealer = forger.sealer(&world.log).unwrap();
    sealer.seal(&world.log, at(0)).unwrap().unwrap();
    for number in 10..=12 {
        world.claim(STROUD, &format!("B{number}"), "1");
        sealer.seal(&world.log, at(number)).unwrap().unwrap();
    }
    let seals = again.seals().clone();
    *table.seals() = seals;
    let error = agreement_error(one.refused());
    assert!(
        matches!(error, AgreementError::Forked { size: 4 }),
        "{error}"
    );
    other.lose_checkpoints();
    let error = other.refused();
    assert!(
        matches!(
            &error,
            StoreError::Registry(RegistryError::Forked { size: 4, .. })
        ),
        "{error}"
    );
}

#[test]
fn every_changed_byte_of_an_agreed_seal_keeps_it_out() {
    let (_, table, _, other) = sealed();
    let whole = table.seals()[1].clone();
    for byte in 0..whole.len() {
        table.seals()[1][byte] ^= 1;
        let error = agreement_error(other.refused());
        assert!(
            matches!(&error, AgreementError::Foreign { after: 2, .. }),
            "byte {byte}: {error}"
        );
        table.seals()[1].clone_from(&whole);
    }
    assert!(other.store(&other.keys()).is_ok());
}

#[test]
fn seals_of_keys_that_were_not_brought_here_are_refused_with_what_to_do() {
    let (_, table, _, _) = sealed();
    let stranger = Node::of(&World::new(), &table);
    let error = agreement_error(stranger.refused());
    assert!(
        matches!(&error, AgreementError::Foreign { after: 0, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("bring them here"), "{error}");
}

#[test]
fn while_nobody_answers_nothing_is_sealed_and_nothing_is_lost() {
    let (world, table, one, _) = two();
    let mut sealer = one.sealer(&world.log).unwrap();
    world.register(STROUD);
    one.set(|trouble| trouble.silent = true);
    for _ in 0..2 {
        let error = sealer.seal(&world.log, at(0)).unwrap_err();
        assert!(
            matches!(&error, SealError::Store(StoreError::Agreement(_))),
            "{error}"
        );
        assert!(sealer.can_go_on());
    }
    one.set(|trouble| trouble.silent = false);
    assert!(sealer.seal(&world.log, at(1)).unwrap().is_some());
    assert_eq!(table.sizes(), [1]);
}

#[test]
fn a_seal_whose_answer_was_lost_is_found_again_and_not_made_twice() {
    let (world, table, one, other) = two();
    let mut sealer = one.sealer(&world.log).unwrap();
    world.register(STROUD);
    one.set(|trouble| trouble.answer_lost = true);
    assert!(sealer.seal(&world.log, at(0)).is_err());
    assert!(
        !one.checkpoints().join("registry").exists(),
        "it may not have been agreed on"
    );
    one.set(|trouble| trouble.answer_lost = false);
    world.claim(STROUD, "A", "1");
    let seal = sealer.seal(&world.log, at(1)).unwrap().unwrap();
    assert_eq!(seal.organisations[&org(STROUD)], Position::new(2));
    assert_eq!(table.sizes(), [1, 2]);
    drop(other.store(&other.keys()).unwrap());
    assert_eq!(one.published(), other.published());
}

#[test]
fn cosignatures_reach_every_node_and_are_no_history() {
    let (world, table, one, other) = sealed();
    let mut sealer = one.sealer(&world.log).unwrap();
    let mut theirs = other.sealer(&world.log).unwrap();
    let line = "\u{2014} witness.example AAAAAAAAAAAAAAAAAAAAAAAA\n";
    sealer
        .cosign(|checkpoint, _| checkpoint.with_signature_lines(line))
        .unwrap();
    let taken = theirs.seal(&world.log, at(30)).unwrap().unwrap();
    assert_eq!(taken, crate::sealer::Seal::default());
    assert_eq!(one.published(), other.published());
    assert!(other.published().1.ends_with(line.as_bytes()));
    // Whoever starts without it finds it, and whoever has it starts.
    drop((sealer, theirs));
    let newcomer = Node::of(&world, &table);
    for node in [&one, &other, &newcomer] {
        drop(node.sealer(&world.log).unwrap());
    }
    assert_eq!(newcomer.published(), one.published());
}

#[test]
fn a_node_that_reads_another_log_than_was_sealed_says_so_while_it_runs() {
    let (world, _, one, other) = two();
    world.register(STROUD);
    world.register(SALFORD);
    world.claim(STROUD, "A", "1");
    let mut sealer = one.sealer(&world.log).unwrap();
    let log = world.rewritten_at(2);
    let mut reader = other.sealer(&log).unwrap();
    sealer.seal(&world.log, at(0)).unwrap().unwrap();
    reader.seal(&log, at(1)).unwrap().unwrap();
    let alarm = &reader.alarms()[&org(STROUD)];
    let (from, to) = (Position::new(1), Position::new(2));
    assert_eq!(alarm.finding, Finding::Different { from, to });
    assert!(!reader.alarms().contains_key(&org(SALFORD)));
}

#[test]
fn a_node_that_is_behind_holds_the_log_to_what_was_sealed_once_it_has_come() {
    for altered in [false, true] {
        let (world, _, one, other) = two();
        world.register(STROUD);
        world.claim(STROUD, "A", "1");
        let whole = if altered {
            world.rewritten_at(2)
        } else {
            world.rewritten(|_, _, line| Some(line.to_vec()))
        };
        let short = world.rewritten(|_, at, line| (at.get() < 2).then(|| line.to_vec()));
        let mut sealer = one.sealer(&world.log).unwrap();
        let mut reader = other.sealer(&short).unwrap();
        sealer.seal(&world.log, at(0)).unwrap().unwrap();
        reader.seal(&short, at(1)).unwrap().unwrap();
        assert!(reader.alarms().is_empty(), "it may be on its way");
        // What is missing comes.
        whole
            .read(&Cursor::default(), None, &mut |commit| {
                if commit.first.get() == 2 {
                    short.append(commit).unwrap();
                }
            })
            .unwrap();
        assert_eq!(reader.seal(&short, at(2)).unwrap(), None);
        assert_eq!(reader.alarms().contains_key(&org(STROUD)), altered);
    }
}

#[test]
fn very_many_checkpoints_go_into_several_seals_each_of_them_whole() {
    let (world, table, one, other) = two();
    for number in 0..20_000 {
        let commit = Commit {
            org: &org(&format!("ORG-{number}")),
            first: Position::new(1),
            events: 1,
            lines: b"{}\n",
        };
        world.log.append(commit).unwrap();
    }
    let mut sealer = one.sealer(&world.log).unwrap();
    let seal = sealer.seal(&world.log, at(0)).unwrap().unwrap();
    assert_eq!(
        (seal.checkpoints, seal.organisations.len()),
        (20_000, 20_000)
    );
    let sizes = table.sizes();
    assert!(
        sizes.len() > 1 && sizes.last() == Some(&20_000),
        "{sizes:?}"
    );
    drop(other.sealer(&world.log).unwrap());
    assert_eq!(one.published(), other.published());
}

#[test]
fn the_seals_of_an_embedded_ledger_are_brought_and_go_on_under_the_same_registry() {
    let (world, table, one, _) = two();
    for number in 0..20_000 {
        let commit = Commit {
            org: &org(&format!("ORG-{number}")),
            first: Position::new(1),
            events: 1,
            lines: b"{}\n",
        };
        world.log.append(commit).unwrap();
    }
    world.register(STROUD);
    world.seal();
    world.claim(STROUD, "A", "1");
    world.seal();
    let keys = world.keys();
    // The answer to the first one is lost; it is brought again.
    one.set(|trouble| trouble.answer_lost = true);
    let bring = || crate::bring::bring(&world.checkpoints(), &keys, at(0), &mut one.seat());
    assert!(bring().is_err());
    one.set(|trouble| trouble.answer_lost = false);
    for _ in 0..2 {
        assert_eq!(bring().unwrap(), 20_002);
        assert_eq!(table.sizes().len(), 2);
    }
    drop(one.sealer(&world.log).unwrap());
    let files = world.files();
    let embedded = (files.registry.unwrap(), files.published.unwrap());
    assert_eq!(one.published(), embedded);
    // Nor does it come after another history.
    let stranger = World::new();
    stranger.register(STROUD);
    stranger.seal();
    let error = crate::bring::bring(
        &stranger.checkpoints(),
        &stranger.keys(),
        at(0),
        &mut one.seat(),
    );
    let error = agreement_error(error.unwrap_err());
    assert!(matches!(error, AgreementError::Forked { .. }), "{error}");
    assert_eq!(table.sizes().len(), 2);
}

/// A log whose servers do not answer, before or after they have shown what is new.
struct Unreachable<'a> {
    log: &'a MemoryLog,
    shows: bool,
}

impl LogRead for Unreachable<'_> {
    fn ledger(&self) -> &LedgerId {
        self.log.ledger()
    }

    fn read(
        &self,
        from: &Cursor,
        only: Option<&OrgId>,
        visit: &mut dyn FnMut(Commit<'_>),
    ) -> Result<End, ReadError> {
        if self.shows {
            self.log.read(from, only, visit)?;
        }
        let why = "nobody answers".to_owned();
        Err(ReadError::UnknownCursor { why })
    }
}

#[test]
fn a_log_that_does_not_answer_is_read_on_later_and_one_that_breaks_off_from_its_beginning() {
    for shows in [false, true] {
        let (world, _, one, _) = two();
        world.register(STROUD);
        let mut sealer = one.sealer(&world.log).unwrap();
        world.claim(STROUD, "A", "1");
        let log = Unreachable {
            log: &world.log,
            shows,
        };
        assert!(sealer.seal(&log, at(0)).is_err());
        assert_eq!(sealer.can_go_on(), !shows);
        let again = sealer.seal(&world.log, at(1));
        assert_eq!(again.is_ok(), !shows);
        drop(sealer);
        let mut sealer = one.sealer(&world.log).unwrap();
        sealer.seal(&world.log, at(2)).unwrap();
        let newest = &sealer.registry().newest()[&org(STROUD)];
        assert_eq!(size_of(newest), 2);
    }
}

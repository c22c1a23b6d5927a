use netgain_ledger::history::lines;
use netgain_ledger::memory::{MemoryLog, Syncing};
use netgain_verify::tlog::{Hash, Tree, check_consistency, leaf_hash};

use super::*;
use crate::alarm::Finding;
use crate::registry::{Registered, size_of};
use crate::testing::{SALFORD, STROUD, World, at, ledger_id, org};

/// The tree over an organisation's events, made from nothing but the log.
fn tree(log: &MemoryLog, code: &str) -> Tree {
    let mut leaves: Vec<Hash> = Vec::new();
    log.read(&Cursor::default(), Some(&org(code)), &mut |commit| {
        leaves.extend(lines(commit.lines).map(leaf_hash));
    })
    .unwrap();
    Tree::of(leaves)
}

fn sealed(seal: Option<Seal>) -> Vec<(String, u64)> {
    let seal = seal.expect("something had grown");
    let organisations = seal.organisations.iter();
    organisations
        .map(|(org, position)| (org.to_string(), position.get()))
        .collect()
}

/// Everything in the registry as organisation and size, each held to the log and to the keys.
fn registered(world: &World, log: &MemoryLog) -> Vec<(String, u64)> {
    let keys = world.keys();
    let mut all = Vec::new();
    let mut visit = |registered: Registered<'_>| {
        let checkpoint = registered.checkpoint.checkpoint();
        let code = registered.org.as_str();
        assert!(registered.checkpoint.verify(keys.public_keys()).is_ok());
        assert_eq!(
            checkpoint.origin,
            Origin::of_organisation(&ledger_id(), registered.org)
        );
        assert_eq!(
            tree(log, code).root_at(checkpoint.size),
            Some(checkpoint.root)
        );
        all.push((code.to_owned(), checkpoint.size));
    };
    let directory = world.checkpoints();
    Registry::read(
        &directory,
        &ledger_id(),
        keys.public_keys(),
        None,
        &mut visit,
    )
    .unwrap();
    all
}

fn pairs(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    let owned = expected
        .iter()
        .map(|(code, size)| ((*code).to_owned(), *size));
    owned.collect()
}

#[test]
fn what_was_read_on_before_is_sealed_as_if_it_were_read_at_once() {
    let world = World::new();
    let mut sealer = world.sealer();
    world.register(STROUD);
    world.statement(STROUD);
    let before = world.files();
    sealer.read_on(&world.log).unwrap();
    assert_eq!(world.files(), before, "reading on signs nothing");
    world.claim(STROUD, "A1", "10");
    sealer.read_on(&world.log).unwrap();
    world.claim(STROUD, "A2", "20");
    let seal = sealer.seal(&world.log, at(0)).unwrap();
    assert_eq!(sealed(seal), pairs(&[(STROUD, 4)]));
    drop(sealer);
    assert_eq!(
        registered(&world, &world.log),
        pairs(&[(STROUD, 2), (STROUD, 4)])
    );
}

#[test]
fn each_growth_is_sealed_once_and_nothing_is_signed_without_one() {
    let world = World::new();
    let mut sealer = world.sealer();
    assert_eq!(sealer.seal(&world.log, at(0)).unwrap(), None);
    assert!(sealer.registry().checkpoint().is_none());

    world.register(STROUD);
    let first = sealer.seal(&world.log, at(0)).unwrap();
    assert_eq!(sealed(first), pairs(&[(STROUD, 1)]));
    let before = world.files();
    assert_eq!(sealer.seal(&world.log, at(1)).unwrap(), None);
    assert_eq!(world.files(), before);

    world.claim(STROUD, "A", "10");
    world.claim(STROUD, "B", "10");
    world.register(SALFORD);
    let second = sealer.seal(&world.log, at(2)).unwrap();
    assert_eq!(sealed(second), pairs(&[(STROUD, 3), (SALFORD, 1)]));
    assert_eq!(size_of(sealer.registry().checkpoint().unwrap()), 3);
    drop(sealer);
    assert_eq!(
        registered(&world, &world.log),
        pairs(&[(STROUD, 1), (STROUD, 3), (SALFORD, 1)])
    );
}

#[test]
fn every_statement_has_a_checkpoint_of_its_own() {
    for sealed_before in [false, true] {
        let world = World::new();
        world.register(STROUD);
        if sealed_before {
            world.seal();
        }
        world.claim(STROUD, "A", "10");
        world.statement(STROUD);
        world.claim(STROUD, "B", "10");
        world.statement(STROUD);
        world.statement(STROUD);
        let seal = world.sealer().seal(&world.log, at(0)).unwrap().unwrap();
        assert_eq!(seal.checkpoints, 3);
        let first = if sealed_before {
            &[(STROUD, 1)][..]
        } else {
            &[]
        };
        let statements = [(STROUD, 3), (STROUD, 5), (STROUD, 6)];
        assert_eq!(
            registered(&world, &world.log),
            pairs(&[first, &statements].concat())
        );
        world.claim(STROUD, "C", "10");
        world.statement(STROUD);
        world.claim(STROUD, "D", "10");
        let seal = world.sealer().seal(&world.log, at(0)).unwrap().unwrap();
        assert_eq!(seal.checkpoints, 2);
        assert_eq!(
            registered(&world, &world.log)[3 + first.len()..],
            pairs(&[(STROUD, 8), (STROUD, 9)])
        );
    }
}

#[test]
fn a_restart_goes_on_and_each_registry_begins_with_the_one_before() {
    let world = World::new();
    let mut registries = Vec::new();
    for growth in 0..6 {
        if growth == 0 {
            world.register(STROUD);
        } else {
            world.claim(STROUD, &format!("A{growth}"), "1");
        }
        let mut sealer = world.sealer();
        let seal = sealer.seal(&world.log, at(growth)).unwrap();
        assert_eq!(
            sealed(seal),
            pairs(&[(STROUD, world.position(STROUD).get())])
        );
        registries.push(sealer.registry().checkpoint().unwrap().checkpoint().clone());
    }
    let keys = world.keys();
    let mut leaves = Vec::new();
    Registry::read(
        &world.checkpoints(),
        &ledger_id(),
        keys.public_keys(),
        None,
        &mut |one| {
            leaves.push(one.leaf);
        },
    )
    .unwrap();
    for (index, new) in registries.iter().enumerate() {
        for old in &registries[..index] {
            let size = usize::try_from(new.size).unwrap();
            let proof = Tree::of(leaves[..size].to_vec())
                .consistency(old.size)
                .unwrap();
            check_consistency(old.size, old.root, new.size, new.root, &proof).unwrap();
        }
    }
}

#[test]
fn what_is_not_durable_is_not_sealed() {
    let world = World::with_log(MemoryLog::new(ledger_id(), Syncing::ByHand));
    world.register(STROUD);
    world.claim(STROUD, "A", "1");
    let mut sealer = world.sealer();
    assert_eq!(sealer.seal(&world.log, at(0)).unwrap(), None);
    world.log.release(1);
    let seal = sealer.seal(&world.log, at(0)).unwrap();
    assert_eq!(sealed(seal), pairs(&[(STROUD, 1)]));
    world.log.release_all();
    let seal = sealer.seal(&world.log, at(0)).unwrap();
    assert_eq!(sealed(seal), pairs(&[(STROUD, 2)]));
}

#[test]
fn a_rotation_is_signed_by_both_keys_then_by_the_new_one() {
    let world = World::new();
    world.register(STROUD);
    let mut sealer = world.sealer();
    sealer.seal(&world.log, at(0)).unwrap().unwrap();
    sealer.keys_mut().rotate(at(60)).unwrap();
    for (moment, signatures) in [(30, 2), (60, 1)] {
        world.claim(STROUD, &format!("A{moment}"), "1");
        sealer.seal(&world.log, at(moment)).unwrap().unwrap();
        let public = sealer.keys.public_keys().to_vec();
        let registry = sealer.registry();
        for signed in [
            registry.checkpoint().unwrap(),
            &registry.newest()[&org(STROUD)],
        ] {
            assert_eq!(signed.verify(&public).unwrap(), public[..signatures]);
            assert_eq!(signed.verify(&public[1..]).is_ok(), signatures == 2);
        }
    }
    drop(sealer);
    // All three ages of checkpoints are good to whoever starts now.
    assert_eq!(registered(&world, &world.log).len(), 3);
    assert!(world.sealer().alarms().is_empty());
}

#[test]
fn positions_that_stop_to_follow_each_other_are_an_alarm_and_not_sealed() {
    let world = World::new();
    world.register(STROUD);
    world.register(SALFORD);
    let mut sealer = world.sealer();
    sealer.seal(&world.log, at(0)).unwrap().unwrap();
    let stroud = org(STROUD);
    for (first, events) in [(3, 1), (4, 1)] {
        let commit = netgain_ledger::log::Commit {
            org: &stroud,
            first: Position::new(first),
            events,
            lines: b"{}\n",
        };
        netgain_ledger::log::Log::append(&world.log, commit).unwrap();
    }
    world.claim(SALFORD, "A", "1");
    let seal = sealer.seal(&world.log, at(0)).unwrap();
    assert_eq!(sealed(seal), pairs(&[(SALFORD, 2)]));
    let alarm = Alarm {
        org: stroud.clone(),
        sealed: Position::new(1),
        finding: Finding::Gap {
            expected: Position::new(2),
            found: Position::new(3),
        },
    };
    assert_eq!(sealer.alarms()[&stroud], alarm);
    drop(sealer);
    assert_eq!(world.sealer().alarms()[&stroud], alarm);
}

#[test]
fn a_seal_that_fails_goes_no_further_and_the_sealer_has_to_be_opened_again() {
    let world = World::new();
    world.register(STROUD);
    world.seal();
    world.claim(STROUD, "A", "1");
    let before = world.files();
    // A directory where the new file would be written makes a step fail: the key's memory of the
    // registry's checkpoint, then its publication.
    for (size, in_the_way, remembered) in [
        (1, world.keys_directory().join("last-signed.new"), false),
        (2, world.checkpoints().join("registry.checkpoint.new"), true),
    ] {
        let mut sealer = world.sealer();
        std::fs::create_dir(&in_the_way).unwrap();
        let failed = sealer.seal(&world.log, at(0));
        assert!(matches!(failed, Err(SealError::Store(_))), "{failed:?}");
        let left = world.files();
        assert_ne!(left.registry, before.registry);
        assert_eq!(left.last_signed != before.last_signed, remembered);
        assert_eq!(left.published, before.published);
        std::fs::remove_dir(&in_the_way).unwrap();
        let again = sealer.seal(&world.log, at(0));
        assert!(matches!(again, Err(SealError::Failed)), "{again:?}");
        assert_eq!(world.files(), left);
        drop(sealer);
        let opened = world.sealer();
        let registry = opened.registry().checkpoint().unwrap();
        assert_eq!(size_of(registry), size, "{in_the_way:?}");
    }
    // The second was as good as done: opening finished it.
    assert_eq!(world.files().published, world.files().last_signed);
}

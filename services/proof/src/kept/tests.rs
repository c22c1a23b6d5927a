use netgain_ledger::memory::MemoryLog;

use super::*;
use crate::testing::{SALFORD, STROUD, World, at, ledger_id, org};

/// Stroud sealed at 2 events and then at 4, with the notes of its first checkpoint and of the first
/// of the registry.
fn kept() -> (World, Vec<u8>, Vec<u8>) {
    let world = World::new();
    world.register(STROUD);
    world.claim(STROUD, "A", "1");
    let mut sealer = world.sealer();
    sealer.seal(&world.log, at(0)).unwrap().unwrap();
    let registry = sealer.registry();
    let of_stroud = registry.newest()[&org(STROUD)].note().bytes().to_vec();
    let of_registry = registry.checkpoint().unwrap().note().bytes().to_vec();
    drop(sealer);
    world.claim(STROUD, "B", "1");
    world.claim(STROUD, "C", "1");
    world.register(SALFORD);
    world.seal();
    (world, of_stroud, of_registry)
}

fn checked(world: &World, log: &MemoryLog, note: &[u8]) -> Result<Continued, KeptError> {
    let keys = world.keys();
    check(log, &world.checkpoints(), keys.public_keys(), note)
}

#[test]
fn a_ledger_that_only_grew_continues_every_checkpoint_of_it() {
    let (world, of_stroud, of_registry) = kept();
    for (note, origin, size, now) in [
        (
            &of_stroud,
            "netgain/0123456789abcdef0123456789abcdef/E07000082",
            2,
            4,
        ),
        (
            &of_registry,
            "netgain/0123456789abcdef0123456789abcdef",
            1,
            3,
        ),
    ] {
        let continued = checked(&world, &world.log, note).unwrap();
        assert_eq!(continued.origin, origin);
        assert_eq!((continued.size, continued.now), (size, now));
        assert!(continued.proof > 0);
    }
}

#[test]
fn a_history_that_was_cut_or_rewritten_since_does_not() {
    let (world, of_stroud, _) = kept();
    let cut = world.rewritten(|_, position, line| (position.get() < 2).then(|| line.to_vec()));
    assert!(matches!(
        checked(&world, &cut, &of_stroud),
        Err(KeptError::Shorter {
            found: 1,
            size: 2,
            ..
        })
    ));
    // Only what the checkpoint covers is held to it: the third event is not.
    for (rewritten, different) in [(2, true), (3, false)] {
        let log = world.rewritten(|_, position, line| {
            let mut line = line.to_vec();
            if position.get() == rewritten {
                line.push(b' ');
            }
            Some(line)
        });
        let outcome = checked(&world, &log, &of_stroud);
        assert_eq!(
            matches!(outcome, Err(KeptError::Different { size: 2, .. })),
            different
        );
        assert_eq!(outcome.is_ok(), !different);
    }
}

#[test]
fn a_registry_that_was_put_back_does_not_continue_a_later_checkpoint_of_it() {
    let world = World::new();
    world.register(STROUD);
    world.seal();
    let before = world.files();
    world.claim(STROUD, "A", "1");
    world.seal();
    let later = world.files().published.unwrap();
    assert!(checked(&world, &world.log, &later).is_ok());
    world.put_back(&before);
    assert!(matches!(
        checked(&world, &world.log, &later),
        Err(KeptError::Shorter {
            found: 1,
            size: 2,
            ..
        })
    ));
}

#[test]
fn what_this_ledgers_key_did_not_sign_says_nothing() {
    let (world, of_stroud, _) = kept();
    let (_other, others, _) = kept();
    let mut changed = of_stroud.clone();
    changed[60] ^= 1;
    for note in [&others[..], &changed, b"no note"] {
        assert!(matches!(
            checked(&world, &world.log, note),
            Err(KeptError::Checkpoint(_))
        ));
    }
}

#[test]
fn a_checkpoint_of_no_log_that_a_ledger_has_is_of_another() {
    let (world, _, _) = kept();
    let keys = world.keys();
    let checkpoint = Checkpoint {
        origin: format!("{}/not-an-organisation", Origin::of_ledger(&ledger_id()))
            .parse()
            .unwrap(),
        size: 1,
        root: leaf_hash(b""),
    };
    let signed = SignedCheckpoint::sign(checkpoint, &keys.signing_keys(at(0))).unwrap();
    let public = keys.public_keys();
    let outcome = check(
        &world.log,
        &world.checkpoints(),
        public,
        signed.note().bytes(),
    );
    assert!(matches!(outcome, Err(KeptError::OtherLog { .. })));
}

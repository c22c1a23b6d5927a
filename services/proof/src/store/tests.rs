use super::*;
use crate::testing::{Files, SALFORD, STROUD, World, at};

/// The files before and after a seal of two organisations.
fn before_and_after(world: &World) -> (Files, Files) {
    world.register(STROUD);
    world.seal();
    let before = world.files();
    world.claim(STROUD, "A", "100");
    world.register(SALFORD);
    world.seal();
    (before, world.files())
}

/// What a power cut can leave, by how far the seal had come.
fn interrupted(before: &Files, after: &Files) -> Vec<(String, Files)> {
    let bytes = |file: &Option<Vec<u8>>| file.clone().unwrap();
    let mut left = vec![("nothing was written".to_owned(), before.clone())];
    let (old, new) = (bytes(&before.leaf_hashes), bytes(&after.leaf_hashes));
    for length in [old.len() + 1, new.len() - 1, new.len()] {
        let leaf_hashes = Some(new[..length].to_vec());
        let files = Files {
            leaf_hashes,
            ..before.clone()
        };
        left.push((format!("{length} bytes of leaf-hashes"), files));
    }
    let leaves = Files {
        leaf_hashes: after.leaf_hashes.clone(),
        ..before.clone()
    };
    let (old, new) = (bytes(&before.registry), bytes(&after.registry));
    // Each length takes some syncs; these cut every line of the two notes somewhere.
    let lengths = (old.len() + 1..new.len()).step_by(23);
    for length in lengths.chain([new.len() - 1, new.len()]) {
        let mut zeros = new[..length].to_vec();
        left.push((
            format!("{length} bytes of the registry"),
            Files {
                registry: Some(zeros.clone()),
                ..leaves.clone()
            },
        ));
        // A file system may have made the file longer before it wrote the bytes.
        zeros.resize(new.len(), 0);
        left.push((
            format!("{length} bytes of the registry, then zeros"),
            Files {
                registry: Some(zeros),
                ..leaves.clone()
            },
        ));
    }
    let remembered = Files {
        registry: after.registry.clone(),
        last_signed: after.last_signed.clone(),
        ..leaves
    };
    left.push(("the key remembered".to_owned(), remembered));
    left.push(("everything was written".to_owned(), after.clone()));
    left
}

#[test]
fn a_seal_cut_off_anywhere_is_finished_or_made_again_and_there_is_one_history() {
    let world = World::new();
    let (before, after) = before_and_after(&world);
    for (how_far, files) in interrupted(&before, &after) {
        world.put_back(&files);
        let mut sealer = world.sealer();
        let opened = world.files();
        let signed = files.last_signed == after.last_signed;
        let published = if signed { &after } else { &before };
        assert_eq!(opened.published, published.published, "{how_far}");
        assert_eq!(opened.registry, published.registry, "{how_far}");
        let seal = sealer.seal(&world.log, at(0)).unwrap();
        assert_eq!(seal.is_none(), signed, "{how_far}");
        let ended = world.files();
        assert_eq!(ended.registry, after.registry, "{how_far}");
        assert_eq!(ended.published, after.published, "{how_far}");
        assert_eq!(ended.last_signed, after.last_signed, "{how_far}");
    }
}

#[test]
fn what_is_cut_off_is_kept_aside() {
    let world = World::new();
    let (before, after) = before_and_after(&world);
    world.put_back(&Files {
        registry: after.registry.clone(),
        ..before.clone()
    });
    drop(world.store().unwrap());
    let kept = fs::read(world.checkpoints().join(UNFINISHED)).unwrap();
    assert_eq!(
        before.registry.unwrap(),
        after.registry.clone().unwrap()[..after.registry.unwrap().len() - kept.len()]
    );
}

#[test]
fn the_first_seal_of_all_may_be_cut_off_too() {
    let world = World::new();
    world.register(STROUD);
    world.seal();
    let after = world.files();
    for (registry, last_signed) in [
        (None, None),
        (after.registry.clone(), None),
        (after.registry.clone(), after.last_signed.clone()),
    ] {
        world.put_back(&Files {
            leaf_hashes: after.leaf_hashes.clone(),
            registry,
            last_signed,
            published: None,
        });
        world.sealer().seal(&world.log, at(0)).unwrap();
        assert_eq!(world.files().registry, after.registry);
        assert_eq!(world.files().published, after.published);
    }
}

#[test]
fn an_older_copy_is_found_out_by_what_the_key_remembers() {
    let world = World::new();
    let (before, after) = before_and_after(&world);
    for registry in [before.registry.clone(), None] {
        let published = registry.as_ref().and(before.published.clone());
        let size = u64::from(registry.is_some());
        world.put_back(&Files {
            last_signed: after.last_signed.clone(),
            registry,
            published,
            ..before.clone()
        });
        let error = world.store().unwrap_err();
        assert!(
            matches!(error, StoreError::Registry(RegistryError::Behind { published, signed: 3, .. }) if published == size),
            "{error}"
        );
        assert!(error.to_string().contains("has signed 3"), "{error}");
    }
    // The control: with an older copy of the key's memory too, nothing is left to tell.
    world.put_back(&before);
    assert!(world.store().is_ok());
}

#[test]
fn a_key_whose_memory_is_older_takes_what_it_has_signed_since() {
    let world = World::new();
    let (before, after) = before_and_after(&world);
    for last_signed in [before.last_signed, None] {
        world.put_back(&Files {
            last_signed,
            ..after.clone()
        });
        world.claim(STROUD, &format!("B{}", world.position(STROUD)), "5");
        world.seal();
        assert_eq!(world.files().last_signed, world.files().published);
    }
}

#[test]
fn two_histories_with_one_key_are_an_alarm() {
    let world = World::new();
    let (first, _) = before_and_after(&world);
    // The same key seals another history from the beginning.
    world.put_back(&Files {
        leaf_hashes: None,
        registry: None,
        last_signed: None,
        published: None,
    });
    world.seal();
    let second = world.files();
    world.put_back(&Files {
        last_signed: first.last_signed,
        ..second
    });
    let error = world.store().unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Registry(RegistryError::Forked { size: 1, .. })
        ),
        "{error}"
    );
}

#[test]
fn every_changed_byte_of_what_is_published_is_an_alarm() {
    let world = World::new();
    let (_, after) = before_and_after(&world);
    let flipped = |file: &Option<Vec<u8>>, byte: usize| {
        let mut bytes = file.clone().unwrap();
        bytes[byte] ^= 1;
        Some(bytes)
    };
    for byte in 0..after.registry.as_ref().unwrap().len() {
        world.put_back(&Files {
            registry: flipped(&after.registry, byte),
            ..after.clone()
        });
        let error = world.store().unwrap_err();
        assert!(
            matches!(error, StoreError::Registry(RegistryError::Damaged { .. })),
            "byte {byte}: {error}"
        );
    }
    for byte in 0..after.published.as_ref().unwrap().len() {
        world.put_back(&Files {
            published: flipped(&after.published, byte),
            ..after.clone()
        });
        let error = world.store().unwrap_err();
        assert!(
            matches!(error, StoreError::Registry(RegistryError::Unsigned { .. })),
            "byte {byte}: {error}"
        );
    }
    world.put_back(&after);
    assert!(world.store().is_ok());
}

#[test]
fn a_seal_is_refused_when_the_files_are_not_those_that_were_opened() {
    let world = World::new();
    let (before, after) = before_and_after(&world);
    let others = [
        Files {
            registry: before.registry.clone(),
            ..after.clone()
        },
        Files {
            published: before.published.clone(),
            ..after.clone()
        },
        Files {
            last_signed: before.last_signed.clone(),
            ..after.clone()
        },
    ];
    for (number, other) in others.iter().enumerate() {
        world.put_back(&after);
        let mut sealer = world.sealer();
        world.claim(STROUD, &format!("C{number}"), "1");
        world.put_back(other);
        let error = sealer.seal(&world.log, at(0)).unwrap_err();
        assert!(error.to_string().contains("changed by another"), "{error}");
        let left = world.files();
        assert_eq!(
            (left.registry, left.published, left.last_signed),
            (
                other.registry.clone(),
                other.published.clone(),
                other.last_signed.clone()
            )
        );
    }
}

#[test]
fn one_process_seals() {
    let world = World::new();
    let keys = world.keys();
    let first = Store::open(&world.checkpoints(), &keys).unwrap();
    let second = Store::open(&world.checkpoints(), &keys);
    assert!(matches!(second, Err(StoreError::Locked { .. })));
    drop(first);
    assert!(Store::open(&world.checkpoints(), &keys).is_ok());
}

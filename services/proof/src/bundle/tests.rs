use netgain_events::event::Event;
use netgain_events::wire;
use netgain_ledger::memory::MemoryLog;
use netgain_verify::bundle::verify;

use super::*;
use crate::keys::VERIFICATION_KEY;
use crate::testing::{SALFORD, STROUD, World, at, ledger_id, org};

/// Stroud's history with every kind of effect, two statements and something after them; Salford's
/// beside it, so that the registry has more than one organisation.
fn world() -> World {
    let world = World::new();
    world.register(SALFORD);
    world.register(STROUD);
    for (reference, pounds) in [("A", "1000"), ("B", "0"), ("C", "250.25")] {
        world.claim(STROUD, reference, pounds);
    }
    world.record(
        STROUD,
        r#""type":"validate-claim","claim":"A","actor":"bob""#,
    );
    world.statement(STROUD);
    world.seal();
    world.claim(SALFORD, "A", "1");
    world.record(
        STROUD,
        r#""type":"record-offset","claim":"C","offset":"setup","kind":"one-off","year":"2008/09","amount":"50""#,
    );
    world.statement(STROUD);
    world.claim(STROUD, "D", "1");
    world.seal();
    world.claim(STROUD, "E", "1");
    world.seal();
    world
}

fn make(world: &World, position: u64) -> Result<Bundle, BundleError> {
    make_from(world, &world.log, position)
}

fn make_from(world: &World, log: &MemoryLog, position: u64) -> Result<Bundle, BundleError> {
    let keys = crate::keys::public_keys(&world.keys_directory(), &ledger_id()).unwrap();
    bundle(
        log,
        &world.checkpoints(),
        &keys,
        &org(STROUD),
        Position::new(position),
    )
}

fn bytes(bundle: &Bundle) -> Vec<u8> {
    let mut bytes = Vec::new();
    bundle.write_to(&mut bytes).unwrap();
    bytes
}

fn key_file(world: &World) -> Vec<u8> {
    std::fs::read(world.keys_directory().join(VERIFICATION_KEY)).unwrap()
}

fn text<'b>(bundle: &'b Bundle, name: &str) -> Option<&'b str> {
    let mut files = bundle.files.iter();
    let (_, bytes) = files.find(|(file, _)| *file == name)?;
    Some(std::str::from_utf8(bytes).unwrap())
}

#[test]
fn a_statements_bundle_holds_by_the_verifier() {
    let world = world();
    for (position, number, previous) in [(6, 1, false), (8, 2, true)] {
        let bundle = make(&world, position).unwrap();
        let verdict = verify(&bytes(&bundle), &key_file(&world));
        assert!(verdict.holds(), "{verdict:?}");
        let facts = verdict.facts.unwrap();
        assert_eq!((facts.size, facts.statement.number), (position, number));
        assert_eq!(facts.registry_size, 6);
        assert_eq!(text(&bundle, "previous.checkpoint").is_some(), previous);
        assert_eq!(
            bundle.directory(),
            format!("netgain-E07000082-2008-09-actual-{number}")
        );
    }
}

#[test]
fn the_verifier_would_have_said_if_it_did_not() {
    let world = world();
    let made = make(&world, 8).unwrap();
    let other = World::new();
    drop(other.keys());
    assert!(!verify(&bytes(&made), &key_file(&other)).holds());
    for at in 0..made.files.len() {
        let mut changed = made.clone();
        changed.files[at].1.push(b'\n');
        assert!(!verify(&bytes(&changed), &key_file(&world)).holds());
    }
}

#[test]
fn the_events_behind_the_figure_are_those_with_an_effect_on_any_basis() {
    let world = world();
    let leaves = |position| {
        let bundle = make(&world, position).unwrap();
        let lines = text(&bundle, "inclusion.txt").unwrap().lines();
        let leaves = lines.map(|line| line.split(' ').next().unwrap().parse().unwrap());
        leaves.collect::<Vec<u64>>()
    };
    // Claims A and C; not B, which is of nothing; the validation of A, on the narrower basis only.
    assert_eq!(leaves(6), [1, 3, 4]);
    // And the offset.
    assert_eq!(leaves(8), [1, 3, 4, 6]);
}

#[test]
fn equal_content_has_equal_bytes() {
    let world = world();
    assert_eq!(
        bytes(&make(&world, 8).unwrap()),
        bytes(&make(&world, 8).unwrap())
    );
}

#[test]
fn a_bundle_from_before_a_rotation_holds_after_it() {
    let world = world();
    let mut sealer = world.sealer();
    sealer.keys_mut().rotate(at(0)).unwrap();
    world.claim(SALFORD, "B", "1");
    sealer.seal(&world.log, at(0)).unwrap().unwrap();
    drop(sealer);
    let verdict = verify(&bytes(&make(&world, 8).unwrap()), &key_file(&world));
    assert!(verdict.holds(), "{verdict:?}");
    let facts = verdict.facts.unwrap();
    assert_ne!(facts.signers, facts.registry_signers);
}

#[test]
fn where_there_is_no_statement_there_is_no_bundle() {
    let world = world();
    for position in [0, 1, 7, 9, 10, 11, u64::MAX] {
        let made = make(&world, position);
        assert!(
            matches!(made, Err(BundleError::NoStatement { .. })),
            "{position}"
        );
    }
}

#[test]
fn a_statement_that_is_not_sealed_yet_has_no_bundle() {
    let world = world();
    world.statement(STROUD);
    let position = world.position(STROUD);
    let made = make(&world, position.get());
    assert!(matches!(made, Err(BundleError::NotSealed { position: p, .. }) if p == position));
    world.seal();
    assert!(make(&world, position.get()).is_ok());
}

/// The log with an event of Stroud's changed, all else as it was.
fn changed(world: &World, position: u64, change: impl Fn(&mut Event)) -> MemoryLog {
    world.rewritten(|code, at, line| {
        let mut event = wire::decode(line).unwrap();
        if *code == org(STROUD) && at.get() == position {
            change(&mut event);
        }
        let mut line = Vec::new();
        wire::encode(&event, &mut line);
        Some(line)
    })
}

#[test]
fn a_history_that_is_not_the_sealed_one_has_no_bundle() {
    let world = world();
    let unchanged = changed(&world, 2, |_| {});
    assert!(make_from(&world, &unchanged, 8).is_ok());
    // The figure is the same, the events are not.
    let renamed = changed(&world, 2, |event| event.actor = "eve".parse().unwrap());
    let made = make_from(&world, &renamed, 8);
    assert!(matches!(made, Err(BundleError::NotAsSealed { .. })));
}

#[test]
fn a_figure_that_does_not_follow_from_the_events_has_no_bundle() {
    let world = world();
    let without_offset = changed(&world, 7, |event| event.fact = offset_of("60"));
    let made = make_from(&world, &without_offset, 8);
    assert!(matches!(made, Err(BundleError::OtherFigure { .. })));
    // The statement before the change still has its bundle.
    assert!(make_from(&world, &without_offset, 6).is_ok());
}

/// The fact of the offset in [`world`], with another amount.
fn offset_of(pounds: &str) -> netgain_events::fact::Fact {
    let world = World::new();
    world.register(STROUD);
    world.claim(STROUD, "C", "250.25");
    world.record(
        STROUD,
        &format!(
            r#""type":"record-offset","claim":"C","offset":"setup","kind":"one-off","year":"2008/09","amount":"{pounds}""#
        ),
    );
    let mut last = None;
    world.rewritten(|_, _, line| {
        last = Some(wire::decode(line).unwrap().fact);
        None
    });
    last.unwrap()
}

#[test]
fn keys_that_did_not_sign_make_no_bundle() {
    let world = world();
    let other = World::new();
    let made = bundle(
        &world.log,
        &world.checkpoints(),
        other.keys().public_keys(),
        &org(STROUD),
        Position::new(8),
    );
    assert!(matches!(
        made,
        Err(BundleError::Registry(RegistryError::Unsigned { .. }))
    ));
}

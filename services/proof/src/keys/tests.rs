use std::fs::{self, Permissions};

use netgain_verify::key_file::KeyFile;

use super::*;
use crate::testing::{at, ledger_id};

struct Place {
    home: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn directory(&self) -> PathBuf {
        self.home.path().join("data.keys")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory().join(name)
    }

    fn init(&self) -> KeyRing {
        KeyRing::init(&self.directory(), &ledger_id()).unwrap()
    }

    fn open(&self) -> Result<Option<KeyRing>, KeyError> {
        KeyRing::open(&self.directory(), &ledger_id())
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.file(name)).unwrap().permissions().mode() & 0o777
    }
}

/// The public keys of the ring's signing keys at a moment.
fn signers(ring: &KeyRing, now: RecordedAt) -> Vec<VerifierKey> {
    ring.signing_keys(now)
        .iter()
        .map(|key| key.verifier())
        .collect()
}

#[test]
fn the_first_key_is_for_its_owner_only_and_opens_again() {
    let place = Place::new();
    assert!(place.open().unwrap().is_none());
    let public = place.init().public_keys().to_vec();
    assert_eq!(place.mode(""), 0o700);
    assert_eq!(place.mode(SIGNING_KEY), 0o600);
    assert_eq!(public.len(), 1);
    assert_eq!(
        public[0].name().as_str(),
        "netgain/0123456789abcdef0123456789abcdef"
    );
    let ring = place.open().unwrap().unwrap();
    assert_eq!(ring.public_keys(), public);
    assert_eq!(signers(&ring, at(0)), public);
}

#[test]
fn two_ledgers_never_have_one_key() {
    let (one, other) = (Place::new(), Place::new());
    assert_ne!(one.init().public_keys(), other.init().public_keys());
}

#[test]
fn the_file_of_public_keys_is_the_key_file_of_an_auditor() {
    let place = Place::new();
    let mut ring = place.init();
    ring.rotate(at(0)).unwrap();
    let file = KeyFile::parse(&fs::read(place.file(VERIFICATION_KEY)).unwrap()).unwrap();
    assert_eq!(file.ledger(), &ledger_id());
    assert_eq!(
        public_keys(&place.directory(), &ledger_id()).unwrap(),
        ring.public_keys()
    );
}

#[test]
fn a_secret_that_others_may_read_is_refused_with_the_command_that_mends_it() {
    let place = Place::new();
    place.init().rotate(at(60)).unwrap();
    for name in [SIGNING_KEY, RETIRING_KEY] {
        for mode in [0o640, 0o604, 0o620, 0o601] {
            fs::set_permissions(place.file(name), Permissions::from_mode(mode)).unwrap();
            let error = place.open().unwrap_err();
            assert!(matches!(error, KeyError::Exposed { mode: m, .. } if m == mode));
            let said = error.to_string();
            assert!(said.contains("chmod 600"), "{said}");
            assert!(said.contains(name), "{said}");
        }
        fs::set_permissions(place.file(name), Permissions::from_mode(0o600)).unwrap();
        assert!(place.open().unwrap().is_some());
    }
}

#[test]
fn one_process_signs() {
    let place = Place::new();
    let ring = place.init();
    assert!(matches!(place.open(), Err(KeyError::InUse { .. })));
    drop(ring);
    assert!(place.open().unwrap().is_some());
}

#[test]
fn a_key_is_never_made_over_another_nor_after_one_was_lost() {
    let place = Place::new();
    drop(place.init());
    let again = || KeyRing::init(&place.directory(), &ledger_id()).unwrap_err();
    assert!(matches!(again(), KeyError::Exists { .. }));
    fs::remove_file(place.file(SIGNING_KEY)).unwrap();
    assert!(matches!(again(), KeyError::Lost { .. }));
    assert!(matches!(place.open(), Err(KeyError::Lost { .. })));
}

#[test]
fn no_key_is_made_where_checkpoints_were_signed_by_one() {
    let place = Place::new();
    let open = |has| KeyRing::open_or_init(&place.directory(), &ledger_id(), has);
    assert!(matches!(open(true), Err(KeyError::Lost { .. })));
    assert!(!place.directory().exists());
    assert!(open(false).is_ok());
    assert!(open(true).is_ok());
}

#[test]
fn a_rotation_signs_with_both_until_its_moment_and_then_with_the_new_one() {
    let place = Place::new();
    let mut ring = place.init();
    let old = ring.public_keys().to_vec();
    assert_eq!(ring.rotation(), None);
    ring.rotate(at(60)).unwrap();
    let both = ring.public_keys().to_vec();
    let rotation = Some((both[1].clone(), both[0].clone(), at(60)));
    assert_eq!(both[1..], old);
    for opened in [false, true] {
        if opened {
            drop(ring);
            ring = place.open().unwrap().unwrap();
        }
        assert_eq!(ring.public_keys(), both);
        assert_eq!(ring.rotation(), rotation);
        assert_eq!(signers(&ring, at(59)), both);
        assert_eq!(signers(&ring, at(60)), both[..1]);
    }
    assert_eq!(place.mode(RETIRING_KEY), 0o600);
    // A second rotation ends the first: the oldest key stops, but stays known.
    ring.rotate(at(120)).unwrap();
    assert_eq!(ring.public_keys()[1..], both);
    assert_eq!(signers(&ring, at(0)), ring.public_keys()[..2]);
}

#[test]
fn the_oldest_public_key_gives_way() {
    let place = Place::new();
    let mut ring = place.init();
    for _ in 0..PUBLIC_KEYS_MAX {
        ring.rotate(at(0)).unwrap();
    }
    assert_eq!(ring.public_keys().len(), PUBLIC_KEYS_MAX);
    let public = ring.public_keys().to_vec();
    drop(ring);
    assert_eq!(place.open().unwrap().unwrap().public_keys(), public);
}

#[test]
fn a_rotation_cut_off_before_the_new_key_is_none() {
    let place = Place::new();
    let public = place.init().public_keys().to_vec();
    let secret = fs::read_to_string(place.file(SIGNING_KEY)).unwrap();
    fs::write(place.file(RETIRING_KEY), format!("{secret}{}\n", at(60))).unwrap();
    fs::set_permissions(place.file(RETIRING_KEY), Permissions::from_mode(0o600)).unwrap();
    let ring = place.open().unwrap().unwrap();
    assert_eq!(signers(&ring, at(0)), public);
    assert_eq!(ring.public_keys(), public);
}

#[test]
fn a_rotation_cut_off_before_the_public_key_is_finished_by_opening() {
    let place = Place::new();
    let mut ring = place.init();
    let before = fs::read(place.file(VERIFICATION_KEY)).unwrap();
    ring.rotate(at(60)).unwrap();
    let (public, after) = (
        ring.public_keys().to_vec(),
        fs::read(place.file(VERIFICATION_KEY)).unwrap(),
    );
    drop(ring);
    for left in [Some(before), None] {
        match left {
            Some(left) => fs::write(place.file(VERIFICATION_KEY), left).unwrap(),
            None => fs::remove_file(place.file(VERIFICATION_KEY)).unwrap(),
        }
        assert_eq!(place.open().unwrap().unwrap().public_keys(), public);
        assert_eq!(fs::read(place.file(VERIFICATION_KEY)).unwrap(), after);
    }
}

#[test]
fn keys_of_another_ledger_and_files_that_are_none_are_refused() {
    let place = Place::new();
    drop(place.init());
    let other = "fedcba9876543210fedcba9876543210".parse().unwrap();
    let opened = KeyRing::open(&place.directory(), &other);
    assert!(matches!(opened, Err(KeyError::OtherLedger { .. })));
    let public = public_keys(&place.directory(), &other);
    assert!(matches!(public, Err(KeyError::OtherLedger { .. })));
    for (name, bytes) in [
        (VERIFICATION_KEY, &b"no key\n"[..]),
        (VERIFICATION_KEY, b"\xff\n"),
        (RETIRING_KEY, b"no key\n"),
        (SIGNING_KEY, b""),
        (SIGNING_KEY, b"PRIVATE+KEY+\n"),
    ] {
        fs::write(place.file(name), bytes).unwrap();
        fs::set_permissions(place.file(name), Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(place.open(), Err(KeyError::Form { .. })), "{name}");
        if name == RETIRING_KEY {
            fs::remove_file(place.file(name)).unwrap();
        } else if name == VERIFICATION_KEY {
            fs::write(place.file(name), b"").unwrap();
        }
    }
}

#[test]
fn what_debug_shows_has_no_secret_in_it() {
    let place = Place::new();
    let mut ring = place.init();
    ring.rotate(at(60)).unwrap();
    let shown = format!("{ring:?}");
    // The control: the public names are in it.
    assert!(shown.contains("netgain/0123456789abcdef0123456789abcdef"));
    for name in [SIGNING_KEY, RETIRING_KEY] {
        let text = fs::read_to_string(place.file(name)).unwrap();
        let line = text.lines().next().unwrap();
        // PRIVATE+KEY+name+id+secret, and base64 has plus signs of its own.
        let secret = line.splitn(5, '+').nth(4).unwrap();
        assert_eq!(secret.len(), 44);
        assert!(!shown.contains(secret));
    }
}

use super::*;
use crate::cosignature::{COSIGNATURE_TIME_MAX, CosigningKey};
use crate::tlog::EMPTY_ROOT;
use ed25519_dalek::Signer;
use netgain_events::identifier::LedgerId;
use proptest::prelude::*;

const LEDGER: &str = "0123456789abcdef0123456789abcdef";

fn ledger() -> LedgerId {
    LEDGER.parse().unwrap()
}

fn ledger_key(number: u8) -> SigningKey {
    SigningKey::from_seed(crate::note::KeyName::of_ledger(&ledger()), [number; 32])
}

fn witness() -> CosigningKey {
    CosigningKey::from_seed("witness.example/w1".parse().unwrap(), [7; 32])
}

fn checkpoint(origin: &str) -> Checkpoint {
    Checkpoint {
        origin: origin.parse().unwrap(),
        size: 20_852_163,
        root: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
            .parse()
            .unwrap(),
    }
}

#[test]
fn the_text_is_that_of_the_published_example() {
    let text =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    let example = checkpoint("example.com/behind-the-sofa");
    assert_eq!(example.text(), text);
    assert_eq!(Checkpoint::parse(text), Ok(example));
}

#[test]
fn a_checkpoint_has_exactly_its_three_lines() {
    let (origin, root) = ("a/b", EMPTY_ROOT.to_string());
    assert!(Checkpoint::parse(&format!("{origin}\n0\n{root}\n")).is_ok());
    for text in [
        String::new(),
        "\n".to_owned(),
        format!("{origin}\n0\n{root}"),
        format!("{origin}\n0\n"),
        format!("{origin}\n0\n{root}\n\n"),
        format!("{origin}\n0\n{root}\nextension\n"),
    ] {
        assert_eq!(
            Checkpoint::parse(&text),
            Err(CheckpointError::Lines),
            "{text:?}"
        );
    }
    for size in [
        "",
        "00",
        "01",
        "+1",
        "-1",
        " 1",
        "1 ",
        "0x1",
        "18446744073709551616",
        "\u{661}",
    ] {
        let text = format!("{origin}\n{size}\n{root}\n");
        assert_eq!(
            Checkpoint::parse(&text),
            Err(CheckpointError::Size),
            "{size:?}"
        );
    }
    let text = format!("{origin}\n18446744073709551615\n{root}\n");
    assert_eq!(Checkpoint::parse(&text).unwrap().size, u64::MAX);
    for root in [&root[1..], &format!("{root} "), ""] {
        let text = format!("{origin}\n0\n{root}\n");
        assert_eq!(
            Checkpoint::parse(&text),
            Err(CheckpointError::Root(HashError)),
            "{root:?}"
        );
    }
    for origin in ["", "a b", "a+b", "a\tb", "\u{e9}"] {
        let text = format!("{origin}\n0\n{root}\n");
        assert_eq!(
            Checkpoint::parse(&text),
            Err(CheckpointError::Origin(OriginError)),
            "{origin:?}"
        );
    }
}

#[test]
fn an_origin_cannot_bring_lines_of_its_own() {
    let long = "a".repeat(ORIGIN_BYTES_MAX + 1);
    for origin in [
        "a\n5\nevil",
        "a\n",
        "a b",
        "a+b",
        "",
        "a\r",
        "\u{2028}",
        &long,
    ] {
        assert_eq!(origin.parse::<Origin>(), Err(OriginError), "{origin:?}");
    }
    assert!("a".repeat(ORIGIN_BYTES_MAX).parse::<Origin>().is_ok());
}

#[test]
fn the_origins_of_a_ledger_are_signed_by_its_key_alone() {
    let key = ledger_key(1);
    let org = "E07000082".parse().unwrap();
    let of_organisation = Origin::of_organisation(&ledger(), &org);
    assert_eq!(
        of_organisation.as_str(),
        format!("netgain/{LEDGER}/E07000082")
    );
    for origin in [Origin::of_ledger(&ledger()), of_organisation] {
        let signed = SignedCheckpoint::sign(checkpoint(origin.as_str()), &[&key]).unwrap();
        assert_eq!(signed.verify(&[key.verifier()]), Ok(vec![key.verifier()]));
        assert_eq!(
            SignedCheckpoint::parse(signed.note().bytes()),
            Ok(signed.clone())
        );
    }
    for origin in [
        format!("netgain/{LEDGER}0"),
        format!("netgain/{LEDGER}/"),
        format!("netgain/{LEDGER}-E07000082"),
        format!("x/netgain/{LEDGER}"),
        "netgain".to_owned(),
        "netgain/fedcba9876543210fedcba9876543210/E07000082".to_owned(),
    ] {
        let signed = SignedCheckpoint::sign(checkpoint(&origin), &[&key]).unwrap();
        let other = CheckpointError::OtherLog {
            key: key.verifier().label(),
            origin: origin.parse().unwrap(),
        };
        assert_eq!(signed.verify(&[key.verifier()]), Err(other), "{origin}");
    }
}

#[test]
fn a_checkpoint_that_only_a_witness_signed_is_not_signed() {
    let (key, witness) = (ledger_key(1), witness());
    let origin = Origin::of_ledger(&ledger());
    let keys = [key.verifier(), witness.verifier()];
    let line = witness.cosign(&checkpoint(origin.as_str()), 1_679_315_147);
    let signed = SignedCheckpoint::sign(checkpoint(origin.as_str()), &[&key]).unwrap();
    let both = signed.with_signature_lines(&line).unwrap();
    assert_eq!(both.verify(&keys), Ok(keys.to_vec()));
    // The same without the log's line, and with one by a key that nobody knows.
    let witnessed = format!("{}\n{line}", checkpoint(origin.as_str()).text());
    let witnessed = SignedCheckpoint::parse(witnessed.as_bytes()).unwrap();
    assert_eq!(witnessed.verify(&keys), Err(CheckpointError::NotByLog));
    let forged = SignedCheckpoint::sign(checkpoint(origin.as_str()), &[&ledger_key(2)]).unwrap();
    let forged = forged.with_signature_lines(&line).unwrap();
    assert_eq!(forged.verify(&keys), Err(CheckpointError::NotByLog));
    let not_signed = CheckpointError::Note(NoteError::NotSigned);
    assert_eq!(forged.verify(&[key.verifier()]), Err(not_signed));
}

#[test]
fn either_key_of_a_rotation_will_do() {
    let (old, new) = (ledger_key(1), ledger_key(2));
    let origin = Origin::of_ledger(&ledger());
    let sign =
        |keys: &[&SigningKey]| SignedCheckpoint::sign(checkpoint(origin.as_str()), keys).unwrap();
    let known = [old.verifier(), new.verifier()];
    assert_eq!(sign(&[&old]).verify(&known), Ok(vec![old.verifier()]));
    assert_eq!(sign(&[&new]).verify(&known), Ok(vec![new.verifier()]));
    assert_eq!(sign(&[&old, &new]).verify(&known), Ok(known.to_vec()));
}

/// A signature line by that key with those bytes behind its id.
fn line_of(witness: &CosigningKey, timed: &[u8]) -> String {
    use base64::Engine;
    let key = witness.verifier();
    let signature = [&key.id().to_be_bytes(), timed].concat();
    let signature = base64::engine::general_purpose::STANDARD.encode(signature);
    format!("\u{2014} {} {signature}\n", key.name())
}

#[test]
fn a_cosignature_is_over_its_time_and_the_text() {
    let witness = witness();
    let origin = Origin::of_ledger(&ledger());
    let checkpoint = checkpoint(origin.as_str());
    let log = SignedCheckpoint::sign(checkpoint.clone(), &[&ledger_key(1)]).unwrap();
    let keys = [ledger_key(1).verifier(), witness.verifier()];
    let verify = |line: &str| log.with_signature_lines(line).unwrap().verify(&keys);

    // What C2SP says is signed, put together by hand.
    let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let by_hand = |time: u64| {
        let message = format!("cosignature/v1\ntime {time}\n{}", checkpoint.text());
        let signature = secret.sign(message.as_bytes()).to_bytes();
        line_of(
            &witness,
            &[&time.to_be_bytes(), signature.as_slice()].concat(),
        )
    };
    for time in [0, 1_679_315_147, COSIGNATURE_TIME_MAX] {
        assert_eq!(witness.cosign(&checkpoint, time), by_hand(time));
        assert_eq!(verify(&by_hand(time)), Ok(keys.to_vec()));
    }
    assert_eq!(
        witness.cosign(&checkpoint, u64::MAX),
        by_hand(COSIGNATURE_TIME_MAX)
    );

    let wrong = Err(CheckpointError::Note(NoteError::WrongSignature {
        key: witness.verifier().label(),
    }));
    // A time past the last, though rightly signed.
    assert_eq!(verify(&by_hand(COSIGNATURE_TIME_MAX + 1)), wrong);
    // Another time than what was signed, a signature without a time, none at all.
    let at_zero =
        secret.sign(&[b"cosignature/v1\ntime 0\n", checkpoint.text().as_bytes()].concat());
    let plain = secret.sign(checkpoint.text().as_bytes()).to_bytes();
    let other_time = [&1_u64.to_be_bytes(), at_zero.to_bytes().as_slice()].concat();
    for timed in [&other_time[..], &plain, &[0; 8], &[0]] {
        assert_eq!(verify(&line_of(&witness, timed)), wrong);
    }
    // A cosignature of another checkpoint.
    let earlier = Checkpoint {
        size: 1,
        ..checkpoint.clone()
    };
    assert_eq!(verify(&witness.cosign(&earlier, 0)), wrong);
}

proptest! {
    #[test]
    fn a_checkpoint_reads_back_as_it_was_written(
        origin in "[A-Za-z0-9._/-]{1,40}", size in any::<u64>(), root in any::<[u8; 32]>(),
    ) {
        let checkpoint = Checkpoint {
            origin: origin.parse().unwrap(),
            size,
            root: Hash::from_bytes(root),
        };
        prop_assert_eq!(Checkpoint::parse(&checkpoint.text()), Ok(checkpoint));
    }

    #[test]
    fn no_text_makes_reading_a_checkpoint_panic(text in "(\\PC{0,20}\n){0,5}") {
        if let Ok(checkpoint) = Checkpoint::parse(&text) {
            prop_assert_eq!(checkpoint.text(), text);
        }
    }
}

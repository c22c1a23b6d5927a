use super::*;
use crate::cosignature::CosigningKey;
use proptest::prelude::*;

/// The example of C2SP signed-note, *Verifier keys*.
const EXAMPLE_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE: &str = "This is an example message.\n\n\
     \u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

/// The example of Go's note package: a secret key and what it signs.
const GO_SECRET_KEY: &str =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
     then you don't know what your problem is.\n\n\
     \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

const TEXT: &str = "first\n\nthird\n";

fn log_key(name: &str, number: u8) -> SigningKey {
    SigningKey::from_seed(name.parse().unwrap(), [number; 32])
}

fn signed(keys: &[&SigningKey]) -> SignedNote {
    SignedNote::sign(TEXT, keys).unwrap()
}

fn text_of(note: &SignedNote) -> String {
    String::from_utf8(note.bytes().to_vec()).unwrap()
}

fn last_line(note: &SignedNote) -> String {
    text_of(note)
        .split_inclusive('\n')
        .next_back()
        .unwrap()
        .to_owned()
}

#[test]
fn the_published_examples_are_read_and_verified() {
    for (key, note) in [(EXAMPLE_KEY, EXAMPLE_NOTE), (GO_KEY, GO_NOTE)] {
        let key: VerifierKey = key.parse().unwrap();
        let note = SignedNote::parse(note.as_bytes()).unwrap();
        assert_eq!(note.verify(std::slice::from_ref(&key)), Ok(vec![key]));
    }
    // One more character in the text, and the signature is wrong.
    let key: VerifierKey = EXAMPLE_KEY.parse().unwrap();
    let other = EXAMPLE_NOTE.replace("message.", "message!");
    let other = SignedNote::parse(other.as_bytes()).unwrap();
    let label = "example.com/foo+530d903a".to_owned();
    let wrong = NoteError::WrongSignature { key: label };
    assert_eq!(other.verify(&[key]), Err(wrong));
}

#[test]
fn the_published_secret_key_signs_the_published_note() {
    let key = SigningKey::from_text(GO_SECRET_KEY).unwrap();
    assert_eq!(*key.to_text(), GO_SECRET_KEY);
    assert_eq!(key.verifier().to_string(), GO_KEY);
    let (text, _) = GO_NOTE.split_once("\n\n").unwrap();
    let note = SignedNote::sign(&format!("{text}\n"), &[&key]).unwrap();
    assert_eq!(note.bytes(), GO_NOTE.as_bytes());
}

#[test]
fn a_secret_key_shows_its_public_side_only() {
    let key = SigningKey::from_text(GO_SECRET_KEY).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey(PeterNeumann+c74f20a3)");
    let key = CosigningKey::from_seed("witness.example".parse().unwrap(), [7; 32]);
    let label = key.verifier().label();
    assert_eq!(format!("{key:?}"), format!("CosigningKey({label})"));
}

#[test]
fn a_secret_key_is_read_in_its_one_form_and_as_what_it_is() {
    let log = log_key("a", 1);
    let witness = CosigningKey::from_seed("a".parse().unwrap(), [1; 32]);
    let read_back = SigningKey::from_text(&log.to_text()).unwrap();
    assert_eq!(read_back.verifier(), log.verifier());
    let read_back = CosigningKey::from_text(&witness.to_text()).unwrap();
    assert_eq!(read_back.verifier(), witness.verifier());
    let refused = |text: &str| SigningKey::from_text(text).unwrap_err();
    let other_kind = SecretKeyError::OtherKind {
        expected: 1,
        found: 4,
    };
    assert_eq!(refused(&witness.to_text()), other_kind);
    assert_eq!(refused(GO_KEY), SecretKeyError::Form);
    assert_eq!(
        refused(&GO_SECRET_KEY.replace("c74f", "c74e")),
        SecretKeyError::Id
    );
    assert_eq!(
        refused(&GO_SECRET_KEY.replace("c74f", "C74F")),
        SecretKeyError::Id
    );
    assert_eq!(
        refused(&GO_SECRET_KEY.replace("FALV", "FALW")),
        SecretKeyError::Id
    );
    assert_eq!(refused(&format!("{GO_SECRET_KEY}\n")), SecretKeyError::Form);
    assert_eq!(
        refused("PRIVATE+KEY+a b+00000000+AQ=="),
        SecretKeyError::Name(KeyNameError)
    );
    assert_eq!(refused("PRIVATE+KEY+a+00000000+AQ=="), SecretKeyError::Form);
}

#[test]
fn a_public_key_is_read_in_its_one_form() {
    let refused = |text: &str| text.parse::<VerifierKey>().unwrap_err();
    assert_eq!(GO_KEY.parse::<VerifierKey>().unwrap().to_string(), GO_KEY);
    assert_eq!(
        refused(&GO_KEY.replace("c74f", "C74F")),
        VerifierKeyError::Id
    );
    assert_eq!(
        refused(&GO_KEY.replace("c74f", "c74e")),
        VerifierKeyError::Id
    );
    assert_eq!(
        refused(&GO_KEY.replace("Peter", "Pieter")),
        VerifierKeyError::Id
    );
    assert_eq!(refused("PeterNeumann"), VerifierKeyError::Form);
    assert_eq!(refused(&format!("{GO_KEY} ")), VerifierKeyError::Form);
    assert_eq!(refused(&format!("{GO_KEY}=")), VerifierKeyError::Form);
    assert_eq!(
        refused("a b+00000000+AQ=="),
        VerifierKeyError::Name(KeyNameError)
    );
    assert_eq!(refused("a+00000000+AQ=="), VerifierKeyError::Key);
    assert_eq!(
        refused("a+00000000+Bg=="),
        VerifierKeyError::UnknownKind { found: 6 }
    );
    assert_eq!(refused(GO_SECRET_KEY), VerifierKeyError::Form);
}

#[test]
fn a_key_that_fits_every_text_is_refused() {
    // The neutral point of the curve: with it, one signature fits whatever it is put under.
    let mut point = [0; 32];
    point[0] = 1;
    let weak = ed25519_dalek::VerifyingKey::from_bytes(&point).unwrap();
    let key = VerifierKey::new("a".parse().unwrap(), KeyKind::Log, weak);
    assert_eq!(
        key.to_string().parse::<VerifierKey>(),
        Err(VerifierKeyError::Key)
    );
    // Its signature by nobody: the neutral point and a zero.
    let nobodys = [point, [0; 32]].concat();
    let lax = ed25519_dalek::Verifier::verify(
        &weak,
        TEXT.as_bytes(),
        &ed25519_dalek::Signature::from_slice(&nobodys).unwrap(),
    );
    assert!(lax.is_ok(), "what the strict check is there for");
    assert!(!key.signed(TEXT, &nobodys));
}

#[test]
fn signatures_by_unknown_keys_are_passed_over() {
    let (ours, theirs) = (log_key("ours", 1), log_key("theirs", 2));
    let note = signed(&[&theirs, &ours]);
    assert_eq!(note.verify(&[ours.verifier()]), Ok(vec![ours.verifier()]));
    let both = [ours.verifier(), theirs.verifier()];
    assert_eq!(
        note.verify(&both),
        Ok(vec![theirs.verifier(), ours.verifier()])
    );
    assert_eq!(note.verify(&[]), Err(NoteError::NotSigned));
    // Another key of the same name is another key.
    let successor = log_key("ours", 3);
    assert_eq!(
        note.verify(&[successor.verifier()]),
        Err(NoteError::NotSigned)
    );
}

#[test]
fn one_wrong_signature_of_a_known_key_spoils_the_note_be_it_the_second() {
    let (ours, theirs) = (log_key("ours", 1), log_key("theirs", 2));
    let other_text = SignedNote::sign("another\n", &[&ours]).unwrap();
    let wrong = Err(NoteError::WrongSignature {
        key: ours.verifier().label(),
    });
    let note = signed(&[&ours])
        .with_signature_lines(&last_line(&other_text))
        .unwrap();
    assert_eq!(note.verify(&[ours.verifier()]), wrong);
    let note = signed(&[&theirs])
        .with_signature_lines(&last_line(&other_text))
        .unwrap();
    assert_eq!(note.verify(&[ours.verifier(), theirs.verifier()]), wrong);
    // To who does not know the key it is just another's.
    assert_eq!(
        note.verify(&[theirs.verifier()]),
        Ok(vec![theirs.verifier()])
    );
}

#[test]
fn a_signature_that_stands_twice_counts_once() {
    let ours = log_key("ours", 1);
    let note = signed(&[&ours, &ours]);
    assert_eq!(note.verify(&[ours.verifier()]), Ok(vec![ours.verifier()]));
    let twice_known = [ours.verifier(), ours.verifier()];
    assert_eq!(note.verify(&twice_known), Ok(vec![ours.verifier()]));
}

#[test]
fn two_known_keys_that_cannot_be_told_apart_are_an_error() {
    // Found by trying: two seeds whose keys have the same id under one name.
    let key = |number: u32| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&number.to_be_bytes());
        SigningKey::from_seed("log.example".parse().unwrap(), seed)
    };
    let (one, other) = (key(8575), key(35_865));
    assert_eq!(one.verifier().id(), other.verifier().id());
    let note = signed(&[&one]);
    assert_eq!(note.verify(&[one.verifier()]), Ok(vec![one.verifier()]));
    let key = one.verifier().label();
    let both = [one.verifier(), other.verifier()];
    assert_eq!(note.verify(&both), Err(NoteError::Ambiguous { key }));
}

#[test]
fn what_is_not_in_the_form_of_a_note_is_refused() {
    let note = text_of(&signed(&[&log_key("ours", 1)]));
    let (text, signature) = note.rsplit_once("\n\n").unwrap();
    for other in [
        String::new(),
        "\n".to_owned(),
        note.trim_end().to_owned(),
        format!("{note}\n"),
        format!("{text}\n{signature}"),
        format!("{text}\n\n"),
        note.replace('\n', "\r\n"),
        note.replace("first", "fir\tst"),
        note.replace("\u{2014} ours ", "\u{2014} ours"),
        note.replace("\u{2014} ours ", "- ours "),
        note.replace("\u{2014} ours ", "\u{2014}  ours "),
        note.replace("\u{2014} ours ", "\u{2014} ours  "),
        note.replace("\u{2014} ours ", "\u{2014} o+urs "),
        format!("{}=\n", note.trim_end()),
        format!("{text}\n\n\u{2014} ours AAAAAA==\n"),
    ] {
        assert_eq!(
            SignedNote::parse(other.as_bytes()),
            Err(NoteError::Form),
            "{other:?}"
        );
    }
    let not_text = [note.as_bytes(), &[0xff]].concat();
    assert_eq!(SignedNote::parse(&not_text), Err(NoteError::Form));
    assert!(SignedNote::parse(note.as_bytes()).is_ok());
}

#[test]
fn a_note_has_limits() {
    let key = log_key("ours", 1);
    assert!(SignedNote::sign(TEXT, &[&key; SIGNATURES_MAX]).is_ok());
    let found = SIGNATURES_MAX + 1;
    let too_many = SignedNote::sign(TEXT, &[&key; SIGNATURES_MAX + 1]);
    assert_eq!(too_many, Err(NoteError::TooManySignatures { found }));
    let around = signed(&[&key]).bytes().len() - TEXT.len();
    let longest = format!("{}\n", "a".repeat(NOTE_BYTES_MAX - around - 1));
    assert!(SignedNote::sign(&longest, &[&key]).is_ok());
    let bytes = NOTE_BYTES_MAX + 1;
    let too_long = SignedNote::sign(&format!("a{longest}"), &[&key]);
    assert_eq!(too_long, Err(NoteError::TooLarge { bytes }));
}

#[test]
fn only_a_text_that_the_note_gives_back_is_signed() {
    let key = log_key("ours", 1);
    let sign = |text| SignedNote::sign(text, &[&key]);
    assert_eq!(sign("a\n\n\n").unwrap().text(), "a\n\n\n");
    assert_eq!(sign("a"), Err(NoteError::Form));
    assert_eq!(sign("a\tb\n"), Err(NoteError::Form));
    // Without its line feed, its last line would pass for a signature and the rest for the text.
    let posing = format!("a\n\n{}", last_line(&signed(&[&key])).trim_end());
    assert_eq!(sign(&posing), Err(NoteError::Text));
    assert_eq!(SignedNote::sign(TEXT, &[]), Err(NoteError::Form));
}

#[test]
fn signature_lines_are_added_behind_and_change_no_text() {
    let (ours, theirs) = (log_key("ours", 1), log_key("theirs", 2));
    let line = last_line(&signed(&[&theirs]));
    let note = signed(&[&ours]);
    let both = note.with_signature_lines(&line).unwrap();
    assert_eq!(both, signed(&[&ours, &theirs]));
    assert_eq!(note.with_signature_lines("").unwrap(), note);
    for lines in [
        format!("\n{line}"),
        format!("x\n{line}"),
        line.trim_end().to_owned(),
    ] {
        assert_eq!(
            note.with_signature_lines(&lines),
            Err(NoteError::Form),
            "{lines:?}"
        );
    }
}

proptest! {
    #[test]
    fn a_note_reads_back_as_it_was_signed(text in "[^\\x00-\\x1f]{0,40}(\n[^\\x00-\\x1f]{0,40}){0,4}\n") {
        let key = log_key("ours", 1);
        let note = SignedNote::sign(&text, &[&key]).unwrap();
        prop_assert_eq!(note.text(), &text);
        prop_assert_eq!(SignedNote::parse(note.bytes()), Ok(note.clone()));
        prop_assert_eq!(note.verify(&[key.verifier()]), Ok(vec![key.verifier()]));
    }

    #[test]
    fn no_bytes_make_reading_a_note_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = SignedNote::parse(&bytes);
        let pieces = [b"a\n\n\xe2\x80\x94 b ", bytes.as_slice(), b"\n"].concat();
        let _ = SignedNote::parse(&pieces);
    }

    #[test]
    fn a_changed_byte_of_a_note_is_not_signed(at in any::<prop::sample::Index>(), change in 1..=255_u8) {
        let key = log_key("ours", 1);
        let mut bytes = signed(&[&key]).bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        let verified = SignedNote::parse(&bytes).and_then(|note| note.verify(&[key.verifier()]));
        prop_assert!(verified.is_err());
    }
}

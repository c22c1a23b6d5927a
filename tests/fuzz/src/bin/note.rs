//! Whatever parses as a signed note is kept as it was, and no stranger's note is signed by our key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netgain_verify::key_file::KeyFile;
use netgain_verify::note::{SignedNote, VerifierKey};

/// The key of the example in the specification of signed notes (C2SP signed-note).
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fuzz_target!(|bytes: &[u8]| {
    let keys: Vec<VerifierKey> = KEY.parse().into_iter().collect();
    assert_eq!(keys.len(), 1);
    if let Ok(note) = SignedNote::parse(bytes) {
        assert_eq!(note.bytes(), bytes);
        if note.verify(&keys).is_ok() {
            // The one text that this key is known to have signed.
            assert_eq!(note.text(), "This is an example message.\n");
        }
        // Lines of cosignatures are appended, never lost.
        if let Ok(longer) = note.with_signature_lines(KEY) {
            assert!(longer.bytes().starts_with(bytes));
        }
    }
    // The auditor's file of keys is a text of the same kind.
    drop(KeyFile::parse(bytes));
});

//! Whatever parses as a checkpoint has the text that its parts make.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netgain_verify::checkpoint::{Checkpoint, SignedCheckpoint};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(checkpoint) = Checkpoint::parse(text)
    {
        assert_eq!(checkpoint.text(), text);
    }
    if let Ok(signed) = SignedCheckpoint::parse(bytes) {
        assert_eq!(signed.checkpoint().text(), signed.note().text());
        assert_eq!(signed.note().bytes(), bytes);
        assert!(signed.verify(&[]).is_err());
    }
});

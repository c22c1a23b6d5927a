//! No bytes make the verifier of bundles panic, and none but the seed's own pass.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netgain_verify::archive::Archive;
use netgain_verify::bundle::verify;

/// The bundle that the corpus starts from, and its key.
static SEED: &[u8] = include_bytes!("../../corpus/bundle/seed.tar");
static KEY: &[u8] = include_bytes!("../../corpus/netgain.key");

fuzz_target!(|bytes: &[u8]| {
    drop(Archive::read(bytes));
    let verdict = verify(bytes, KEY);
    assert!(!verdict.holds() || bytes == SEED);
    // Whatever stands behind the archive's own checks is reached by putting the bytes in a file's place.
    if let Ok(archive) = Archive::read(SEED) {
        let target = bytes.first().map_or(0, |byte| usize::from(*byte)) % archive.files().len();
        let files: Vec<(&str, &[u8])> = archive
            .files()
            .iter()
            .enumerate()
            .map(|(n, (name, content))| {
                let content = if n == target { bytes.get(1..).unwrap_or_default() } else { content };
                (*name, content)
            })
            .collect();
        let directory = archive.directory().to_string();
        if let Ok(changed) = netgain_verify::archive::write(&directory, &files) {
            assert!(!verify(&changed, KEY).holds() || changed == SEED);
        }
    }
});

//! Messages that the server no longer has, of which it says nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use netgain_ledger::log::{Cursor, Lineage, LogRead, ReadError};

use crate::Reader;
use crate::tests::servers::{AsHome as _, Servers};
use crate::tests::{append, is_written, open, org};

fn blocks(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            blocks(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "blk") {
            found.push(path);
        }
    }
}

#[test]
fn a_message_that_rotted_is_reported_by_whoever_reads_past_it() {
    let Some(mut servers) = Servers::start(1) else {
        return;
    };
    let home = servers.home();
    let log = open(&home, 1);
    let lineages = [(); 2].map(|()| Arc::new(Lineage::default()));
    for position in 1..=20 {
        for (code, lineage) in ["A", "B"].into_iter().zip(&lineages) {
            let who = if (code, position) == ("A", 7) {
                "marked"
            } else {
                "x"
            };
            let ticket = append(&log, code, position, who, lineage);
            assert!(is_written(&log, ticket, lineage));
        }
    }
    drop(log);
    servers.stop(0);
    let mut files = Vec::new();
    blocks(&servers.store(0), &mut files);
    let mut changed = 0;
    for file in files {
        let mut bytes = fs::read(&file).unwrap();
        if let Some(at) = bytes.windows(6).position(|window| window == b"marked") {
            bytes[at] ^= 1;
            fs::write(&file, bytes).unwrap();
            changed += 1;
        }
    }
    assert_eq!(changed, 1);
    servers.run(0);
    servers.await_answer(0);

    let reader = Reader::open(&home).unwrap();
    let mut shown = 0;
    let read = reader.read(&Cursor::default(), None, &mut |_| shown += 1);
    let Err(ReadError::Damage { place, .. }) = read else {
        panic!("what rotted was left out without a word: {read:?}");
    };
    assert_eq!(
        (shown, place.as_str()),
        (12, "message 13 of stream netgain-0")
    );
    let read = reader.read(&Cursor::default(), Some(&org("A")), &mut |_| {});
    assert!(matches!(read, Err(ReadError::Damage { .. })), "{read:?}");
    // The others' messages are whole.
    let read = reader.read(&Cursor::default(), Some(&org("B")), &mut |_| {});
    assert!(read.is_ok(), "{read:?}");
}

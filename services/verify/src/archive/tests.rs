use super::*;
use proptest::prelude::*;

/// One byte more than most files may have.
static LARGE: [u8; 65_537] = [0; 65_537];

const DIRECTORY: &str = "netgain-E07000082-2010-11-actual-1";

/// A file of each name; the contents do not matter here.
fn files() -> Vec<(&'static str, &'static [u8])> {
    let contents = [
        &b"alpha\n"[..],
        b"",
        b"gamma",
        &[0; BLOCK_BYTES],
        &[7; BLOCK_BYTES + 1],
    ];
    let names = BUNDLE_FILES.iter().map(|file| file.name);
    names.zip(contents.into_iter().cycle()).collect()
}

/// The same without the two of a previous statement.
fn first_statement() -> Vec<(&'static str, &'static [u8])> {
    let mut files = files();
    files.retain(|(name, _)| !name.starts_with("previous."));
    files
}

#[test]
fn an_archive_reads_back_as_it_was_written() {
    for files in [files(), first_statement()] {
        let bytes = write(DIRECTORY, &files).unwrap();
        let archive = Archive::read(&bytes).unwrap();
        assert_eq!(archive.directory().to_string(), DIRECTORY);
        assert_eq!(archive.files(), files);
        assert_eq!(archive.file("checkpoint"), Some(&b"gamma"[..]));
        assert_eq!(pieces(DIRECTORY, &files).unwrap().concat(), bytes);
    }
    let bytes = write(DIRECTORY, &first_statement()).unwrap();
    let archive = Archive::read(&bytes).unwrap();
    assert_eq!(archive.file("previous.checkpoint"), None);
}

#[test]
fn a_header_is_what_the_page_says_to_the_byte() {
    let block = header(DIRECTORY, "checkpoint", 0o17).unwrap();
    let mut expected = [0; BLOCK_BYTES];
    let name = b"netgain-E07000082-2010-11-actual-1/checkpoint";
    expected[..name.len()].copy_from_slice(name);
    expected[100..108].copy_from_slice(b"0000644\0");
    expected[108..116].copy_from_slice(b"0000000\0");
    expected[116..124].copy_from_slice(b"0000000\0");
    expected[124..136].copy_from_slice(b"00000000017\0");
    expected[136..148].copy_from_slice(b"00000000000\0");
    expected[148..156].copy_from_slice(b"        ");
    expected[156] = b'0';
    expected[257..263].copy_from_slice(b"ustar\0");
    expected[263..265].copy_from_slice(b"00");
    let sum: u32 = expected.iter().map(|&byte| u32::from(byte)).sum();
    expected[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(block, expected);
    assert!(header(DIRECTORY, "checkpoint", 1 << 33).is_none());
    assert!(header(&"a".repeat(90), "checkpoint", 1).is_none());
}

#[test]
fn files_that_make_no_bundle_are_not_written() {
    let with = |change: fn(&mut Vec<(&'static str, &'static [u8])>)| {
        let mut files = files();
        change(&mut files);
        write(DIRECTORY, &files).unwrap_err()
    };
    let order = |expected, found: &str| ArchiveError::Order {
        expected,
        found: found.to_owned(),
    };
    assert_eq!(with(|f| f.swap(0, 1)), order("README.txt", "SHA256SUMS"));
    assert_eq!(
        with(|f| f[2].0 = "Checkpoint"),
        order("checkpoint", "Checkpoint")
    );
    assert_eq!(
        with(|f| {
            f.remove(4);
        }),
        order("inclusion.txt", "previous.checkpoint")
    );
    assert_eq!(
        with(|f| {
            f.pop();
        }),
        order("verify.py", "the end")
    );
    assert_eq!(
        with(|f| f.push(("verify.py", b""))),
        order("the end", "verify.py")
    );
    assert_eq!(
        with(|f| {
            f.remove(5);
        }),
        ArchiveError::HalfPrevious
    );
    assert_eq!(
        with(|f| {
            f.remove(6);
        }),
        ArchiveError::HalfPrevious
    );
    let too_large = ArchiveError::TooLarge {
        name: "checkpoint",
        bytes: 65_537,
        bytes_max: 65_536,
    };
    assert_eq!(with(|f| f[2].1 = &LARGE), too_large);
    assert!(
        write(DIRECTORY, &{
            let mut files = files();
            files[2].1 = &LARGE[1..];
            files
        })
        .is_ok()
    );
    for directory in ["", "..", "/", "netgain-a-2010-11-actual-1"] {
        let refused = write(directory, &files()).unwrap_err();
        assert!(
            matches!(refused, ArchiveError::Directory { .. }),
            "{directory:?}"
        );
    }
}

/// The archive with one change, which must not be read.
fn refused(change: impl FnOnce(&mut Vec<u8>)) -> ArchiveError {
    let mut bytes = write(DIRECTORY, &files()).unwrap();
    change(&mut bytes);
    Archive::read(&bytes).unwrap_err()
}

/// Puts another header in the place of the first.
fn with_header(bytes: &mut [u8], directory: &str, file: &str, size: u64) {
    bytes[..BLOCK_BYTES].copy_from_slice(&header(directory, file, size).unwrap());
}

#[test]
fn an_archive_in_any_other_form_is_refused() {
    let short = |at: &str| ArchiveError::Short { at: at.to_owned() };
    assert_eq!(refused(Vec::clear), short("a header"));
    assert_eq!(refused(|b| b.truncate(511)), short("a header"));
    assert_eq!(refused(|b| b.truncate(517)), short("README.txt"));
    assert_eq!(refused(|b| b.truncate(520)), short("README.txt"));
    assert_eq!(refused(|b| b.truncate(b.len() - 1)), ArchiveError::End);
    assert_eq!(
        refused(|b| b.truncate(b.len() - BLOCK_BYTES)),
        ArchiveError::End
    );
    assert_eq!(refused(|b| b.push(0)), ArchiveError::End);
    assert_eq!(refused(|b| b.extend([0; BLOCK_BYTES])), ArchiveError::End);
    assert_eq!(
        refused(|b| b[BLOCK_BYTES + 6] = 1),
        ArchiveError::Padding { name: "README.txt" }
    );
    let header_at = |offset| ArchiveError::Header { offset };
    assert_eq!(refused(|b| b[0] = 0), header_at(0));
    assert_eq!(refused(|b| b[156] = b'5'), header_at(0));
    assert_eq!(refused(|b| b[345] = b'a'), header_at(0));
    assert_eq!(refused(|b| b[99] = b'a'), header_at(0));
    assert_eq!(refused(|b| b[124] = b' '), header_at(0));
    // A size is digits; a sign is read as a number too.
    assert_eq!(refused(|b| b[124] = b'+'), header_at(0));
    // Headers that are well formed, in the wrong place.
    let other = "netgain-E07000083-2010-11-actual-1";
    let second = 2 * BLOCK_BYTES;
    let elsewhere = ArchiveError::OtherDirectory { offset: second };
    assert_eq!(
        refused(|b| with_header(b, other, "README.txt", 6)),
        elsewhere
    );
    let found = "../README.txt";
    let order = |found: &str| ArchiveError::Order {
        expected: "README.txt",
        found: found.to_owned(),
    };
    assert_eq!(
        refused(|b| with_header(b, DIRECTORY, found, 6)),
        order(found)
    );
    assert_eq!(
        refused(|b| with_header(b, DIRECTORY, "verify.py", 6)),
        order("verify.py")
    );
    let all = refused(|b| with_header(b, DIRECTORY, "README.txt", 1 << 16));
    assert_eq!(all, short("README.txt"));
    let bytes = (1 << 33) - 1;
    let too_large = ArchiveError::TooLarge {
        name: "README.txt",
        bytes,
        bytes_max: 1 << 16,
    };
    assert_eq!(
        refused(|b| with_header(b, DIRECTORY, "README.txt", bytes)),
        too_large
    );
}

#[test]
fn an_archive_of_no_statement_is_refused() {
    let mut bytes = Vec::new();
    for (name, content) in first_statement() {
        let size = wide(content.len());
        bytes.extend(header("netgain-somewhere", name, size).unwrap());
        bytes.extend(content);
        bytes.extend(vec![0; padding(content.len())]);
    }
    bytes.extend(END);
    let refused = Archive::read(&bytes).unwrap_err();
    assert!(matches!(refused, ArchiveError::Directory { .. }));
}

proptest! {
    #[test]
    fn no_bytes_make_reading_an_archive_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = write(DIRECTORY, &files()).unwrap();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = Archive::read(&bytes);
        let _ = Archive::read(&bytes[..cut.index(bytes.len())]);
    }
}

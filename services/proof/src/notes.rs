//! The registry's file: signed notes, one after another, exactly their bytes.
//!
//! Each note is three lines of text, an empty line, and signature lines, which begin with an em dash.
//! No text begins with one, so a line that does not is where the next note starts.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use netgain_verify::note::NOTE_BYTES_MAX;

use netgain_durable_files::FileError;

/// The lines of a note before its signatures: the checkpoint's three and the empty one.
const LINES_BEFORE_SIGNATURES: usize = 4;

/// The first byte of the em dash that a signature line begins with. Nothing else in a note has it
/// at the start of a line; the note's own parsing looks at the rest.
const SIGNATURE_START: u8 = 0xE2;

/// How much is read at once.
const BUFFER_BYTES: usize = 256 * 1024;

/// Reads one note after another.
#[derive(Debug)]
pub(crate) struct Notes {
    path: PathBuf,
    /// Nothing where there is no file.
    reader: Option<BufReader<File>>,
    note: Vec<u8>,
}

impl Notes {
    /// The notes of a file, from its beginning. A file that is not there has none.
    pub(crate) fn open(path: &Path) -> Result<Self, FileError> {
        let reader = match File::open(path) {
            Ok(file) => Some(BufReader::with_capacity(BUFFER_BYTES, file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(FileError::of("open", path)(error)),
        };
        Ok(Self {
            path: path.to_owned(),
            reader,
            note: Vec::new(),
        })
    }

    /// The next note's bytes; nothing at the end. Bytes that are no note come as they are, up to
    /// where the next one would start or to the most that a note may have: they do not parse.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, FileError> {
        self.note.clear();
        if let Some(reader) = &mut self.reader {
            read_note(reader, &mut self.note).map_err(FileError::of("read", &self.path))?;
        }
        Ok((!self.note.is_empty()).then_some(self.note.as_slice()))
    }
}

/// The notes of bytes, as [`Notes`] shows those of a file.
pub(crate) fn split(mut bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    std::iter::from_fn(move || {
        let mut note = Vec::new();
        // Bytes that are there can always be read.
        read_note(&mut bytes, &mut note).ok()?;
        (!note.is_empty()).then_some(note)
    })
}

fn read_note(reader: &mut impl BufRead, note: &mut Vec<u8>) -> io::Result<()> {
    for _ in 0..LINES_BEFORE_SIGNATURES {
        read_line(reader, note)?;
    }
    while reader.fill_buf()?.first() == Some(&SIGNATURE_START) && note.len() < NOTE_BYTES_MAX {
        read_line(reader, note)?;
    }
    Ok(())
}

/// Appends the next line, or as much of it as a note has room for.
fn read_line(reader: &mut impl BufRead, note: &mut Vec<u8>) -> io::Result<()> {
    let room = NOTE_BYTES_MAX.saturating_sub(note.len());
    let room = u64::try_from(room).unwrap_or(u64::MAX);
    reader.take(room).read_until(b'\n', note).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes_of(bytes: &[u8]) -> Vec<Vec<u8>> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("registry");
        std::fs::write(&path, bytes).unwrap();
        let mut notes = Notes::open(&path).unwrap();
        let mut all = Vec::new();
        while let Some(note) = notes.next().unwrap() {
            all.push(note.to_vec());
        }
        assert_eq!(split(bytes).collect::<Vec<_>>(), all);
        all
    }

    const ONE: &[u8] = "a\n1\nx\n\n— a AAAA\n".as_bytes();
    const TWO: &[u8] = "b\n2\ny\n\n— a AAAA\n— b BBBB\n".as_bytes();

    #[test]
    fn notes_are_told_apart_by_where_their_signatures_end() {
        assert_eq!(notes_of(&[ONE, TWO, ONE].concat()), [ONE, TWO, ONE]);
        assert!(notes_of(b"").is_empty());
    }

    #[test]
    fn a_torn_note_is_shown_as_far_as_it_goes() {
        let both = [ONE, TWO].concat();
        for cut in ONE.len() + 1..both.len() {
            assert_eq!(notes_of(&both[..cut]), [ONE, &both[ONE.len()..cut]]);
        }
    }

    #[test]
    fn bytes_without_an_end_are_shown_in_parts_that_fit() {
        let parts = notes_of(&vec![0; 2 * NOTE_BYTES_MAX + 1]);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part.len() <= NOTE_BYTES_MAX));
    }

    #[test]
    fn a_file_that_is_not_there_has_no_notes() {
        let home = tempfile::tempdir().unwrap();
        let mut notes = Notes::open(&home.path().join("registry")).unwrap();
        assert_eq!(notes.next().unwrap(), None);
    }
}

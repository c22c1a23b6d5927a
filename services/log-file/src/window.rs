//! A file read in large blocks through one buffer.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// How much is read at once: large enough that the calls cost nothing beside the copying, small
/// enough that what was read is still in the processor's cache when it is summed.
const BLOCK_BYTES: usize = 1024 * 1024;

/// How much is read at first: whoever only looks at one header needs no more. Each further block is
/// [`BLOCK_GROWTH`] times as large, up to [`BLOCK_BYTES`].
const FIRST_BLOCK_BYTES: usize = 16 * 1024;

/// How much larger each block is than the one before.
const BLOCK_GROWTH: usize = 4;

/// The part of a file that is in memory.
pub(crate) struct Window {
    file: File,
    /// The file's length when it was last asked for.
    file_bytes: u64,
    /// How much is read at once, next time.
    block_bytes: usize,
    /// Only grows, and only to the longest record.
    buffer: Vec<u8>,
    /// Where in the file the buffer begins.
    start: u64,
    /// How many of the buffer's bytes are the file's.
    filled: usize,
}

impl Window {
    /// Opens a file at that path for reading.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut window = Self {
            file: File::open(path)?,
            file_bytes: 0,
            block_bytes: FIRST_BLOCK_BYTES,
            buffer: Vec::new(),
            start: 0,
            filled: 0,
        };
        window.forget()?;
        Ok(window)
    }

    /// Goes on with another file in the same buffer.
    pub(crate) fn reopen(&mut self, path: &Path) -> io::Result<()> {
        self.file = File::open(path)?;
        self.forget()
    }

    /// Drops what was read: the file may have changed since.
    pub(crate) fn forget(&mut self) -> io::Result<()> {
        self.filled = 0;
        self.file_bytes = self.file.metadata()?.len();
        Ok(())
    }

    /// The file's length as of when it was opened or last forgotten.
    pub(crate) const fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    /// The file itself.
    pub(crate) const fn file(&self) -> &File {
        &self.file
    }

    /// The `wanted` bytes at that offset; fewer where the file ends before.
    pub(crate) fn at(&mut self, offset: u64, wanted: usize) -> io::Result<&[u8]> {
        let held = self.held(offset);
        let skip = match held {
            Some(skip) if self.filled - skip >= wanted => skip,
            held => {
                self.load(offset, held, wanted)?;
                0
            }
        };
        let end = self.filled.min(skip.saturating_add(wanted));
        Ok(self.buffer.get(skip..end).unwrap_or_default())
    }

    /// How far behind the buffer's beginning that offset is, if it is in what is filled.
    fn held(&self, offset: u64) -> Option<usize> {
        let skip = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        (skip <= self.filled).then_some(skip)
    }

    /// Makes the buffer begin at that offset, of which `held` may be in it already.
    fn load(&mut self, offset: u64, held: Option<usize>, wanted: usize) -> io::Result<()> {
        self.filled = match held {
            Some(skip) => {
                self.buffer.copy_within(skip..self.filled, 0);
                self.filled - skip
            }
            None => 0,
        };
        self.start = offset;
        // A small log needs no large buffer.
        let left = usize::try_from(self.file_bytes.saturating_sub(offset)).unwrap_or(usize::MAX);
        let size = wanted.max(left.min(self.block_bytes));
        self.block_bytes = BLOCK_BYTES.min(self.block_bytes * BLOCK_GROWTH);
        if self.buffer.len() < size {
            let mut larger = vec![0; size];
            if let (Some(to), Some(from)) = (
                larger.get_mut(..self.filled),
                self.buffer.get(..self.filled),
            ) {
                to.copy_from_slice(from);
            }
            self.buffer = larger;
        }
        while self.filled < wanted {
            let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
            let position = offset + u64::try_from(self.filled).unwrap_or(u64::MAX);
            match self.file.read_at(free, position) {
                Ok(0) => break,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

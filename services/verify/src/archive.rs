//! The archive of a bundle: POSIX `ustar` in the one form it can have, so that equal content has
//! equal bytes and no changed bit goes unseen (docs/BUNDLE.md, *The archive*).

mod directory;
mod header;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use netgain_events::sha256::Sha256Hex;

pub use self::directory::{Directory, DirectoryError};

use self::header::{BLOCK_BYTES, Header, header};

/// A file that a bundle has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundleFile {
    /// Its name, without the directory.
    pub name: &'static str,
    /// The most bytes it may have.
    pub bytes_max: u64,
    /// Whether a bundle may be without it: the two of the previous statement, both or neither.
    pub optional: bool,
}

/// Room for any note, proof, or page of text.
const SMALL: u64 = 64 * 1024;

/// Every file that a bundle has, in order, with its limit. A verifier holds the whole bundle in
/// memory; the limits keep a header from asking for more than its contents could need: 2 GiB are
/// four million events, 256 MiB a million claims.
pub const BUNDLE_FILES: [BundleFile; 12] = [
    file("README.txt", SMALL),
    file("SHA256SUMS", SMALL),
    file("checkpoint", SMALL),
    file("events.jsonl", 2 << 30),
    file("inclusion.txt", 2 << 30),
    optional("previous.checkpoint", SMALL),
    optional("previous.consistency", SMALL),
    file("registry.tlog-proof", SMALL),
    file("ruleset.json", SMALL),
    file("statement.json", SMALL),
    file("totals.json", 256 << 20),
    file("verify.py", SMALL),
];

const fn file(name: &'static str, bytes_max: u64) -> BundleFile {
    BundleFile {
        name,
        bytes_max,
        optional: false,
    }
}

const fn optional(name: &'static str, bytes_max: u64) -> BundleFile {
    BundleFile {
        name,
        bytes_max,
        optional: true,
    }
}

/// The line of `SHA256SUMS` for a file: its sum, two spaces, its name, a line feed. Every other
/// file of the bundle has one, in order.
#[must_use]
pub fn sums_line(name: &str, sum: &Sha256Hex) -> String {
    format!("{sum}  {name}\n")
}

/// How many characters of a name that should not be there are shown.
const NAME_SHOWN_MAX: usize = 80;

/// What stands after the last entry, and nothing behind it.
const END: [u8; 2 * BLOCK_BYTES] = [0; 2 * BLOCK_BYTES];

/// An archive that was read. It borrows the bytes it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive<'a> {
    directory: Directory,
    entries: Vec<(&'static str, &'a [u8])>,
}

/// Why bytes are not a bundle's archive, or cannot become one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It ends where a header or contents should stand.
    #[error("the archive ends in the middle of {at}; copy it again, whole")]
    Short {
        /// Where.
        at: String,
    },
    /// An entry's header is not the one that its name and size give.
    #[error("the header at byte {offset} is not in the one form of a bundle")]
    Header {
        /// Where it stands.
        offset: usize,
    },
    /// The directory of an entry is not named after a statement.
    #[error("{found:?} names no bundle")]
    Directory {
        /// Its name.
        found: String,
        /// What is wrong with it.
        source: DirectoryError,
    },
    /// The entries are in several directories.
    #[error("the file at byte {offset} is in another directory than the first")]
    OtherDirectory {
        /// Where its header stands.
        offset: usize,
    },
    /// A file is missing, or another stands in its place.
    #[error("{found} stands where {expected} belongs")]
    Order {
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// One of the two files of the previous statement is there without the other.
    #[error("previous.checkpoint and previous.consistency are in a bundle together or not at all")]
    HalfPrevious,
    /// A file is larger than it may be.
    #[error("{name} has {bytes} bytes; it may have {bytes_max}")]
    TooLarge {
        /// Which.
        name: &'static str,
        /// How many it has.
        bytes: u64,
        /// How many it may have.
        bytes_max: u64,
    },
    /// What fills the last block of a file is not zeros.
    #[error("something is hidden behind the end of {name}")]
    Padding {
        /// Behind which.
        name: &'static str,
    },
    /// The archive does not end with its 1,024 zeros.
    #[error("the archive does not end with 1,024 zero bytes and nothing else")]
    End,
}

/// Writes an archive of those files, each with its name without the directory.
///
/// # Errors
/// They are not what a bundle has, in its order, or one is too large.
pub fn write(directory: &str, files: &[(&str, &[u8])]) -> Result<Vec<u8>, ArchiveError> {
    Ok(pieces(directory, files)?.concat())
}

/// The archive in pieces that need no copy of the files: for each its header, its bytes and the
/// zeros behind, then the end.
///
/// # Errors
/// As for [`write()`].
pub fn pieces<'a>(
    directory: &str,
    files: &[(&str, &'a [u8])],
) -> Result<Vec<Cow<'a, [u8]>>, ArchiveError> {
    read_directory(directory)?;
    let mut pieces = Vec::with_capacity(files.len() * 3 + 1);
    let mut order = Order::default();
    for &(name, content) in files {
        let bytes = wide(content.len());
        let file = order.next(name, bytes)?;
        let header = header(directory, file.name, bytes).ok_or(ArchiveError::Header {
            offset: pieces.iter().map(|piece: &Cow<'_, [u8]>| piece.len()).sum(),
        })?;
        pieces.push(Cow::Owned(header.to_vec()));
        pieces.push(Cow::Borrowed(content));
        pieces.push(Cow::Owned(vec![0; padding(content.len())]));
    }
    order.end()?;
    pieces.push(Cow::Borrowed(&END));
    Ok(pieces)
}

fn read_directory(name: &str) -> Result<Directory, ArchiveError> {
    name.parse().map_err(|source| ArchiveError::Directory {
        found: name.chars().take(NAME_SHOWN_MAX).collect(),
        source,
    })
}

impl<'a> Archive<'a> {
    /// Reads an archive, which must be in its one form to the last byte. Only a change of a file's
    /// own bytes goes unseen here: that is for `SHA256SUMS` to show.
    pub fn read(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let mut reader = Reader { bytes, offset: 0 };
        let mut order = Order::default();
        let mut first: Option<&str> = None;
        let mut entries = Vec::with_capacity(BUNDLE_FILES.len());
        while !order.is_whole() {
            let offset = reader.offset;
            let block = reader.take(BLOCK_BYTES, "a header")?;
            let found = Header::read(block).ok_or(ArchiveError::Header { offset })?;
            if *first.get_or_insert(found.directory) != found.directory {
                return Err(ArchiveError::OtherDirectory { offset });
            }
            let file = order.next(found.file, found.bytes)?;
            let only_form = header(found.directory, file.name, found.bytes);
            if only_form.is_none_or(|only_form| only_form != block) {
                return Err(ArchiveError::Header { offset });
            }
            // A size past the address space is past the end too.
            let size = usize::try_from(found.bytes).unwrap_or(usize::MAX);
            let content = reader.take(size, file.name)?;
            let padding = reader.take(padding(size), file.name)?;
            if padding.iter().any(|&byte| byte != 0) {
                return Err(ArchiveError::Padding { name: file.name });
            }
            entries.push((file.name, content));
        }
        order.end()?;
        if reader.rest() != END {
            return Err(ArchiveError::End);
        }
        Ok(Self {
            directory: read_directory(first.unwrap_or_default())?,
            entries,
        })
    }

    /// The directory that every file is in.
    #[must_use]
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The files in order: each one's name without the directory, and its bytes.
    #[must_use]
    pub fn files(&self) -> &[(&'static str, &'a [u8])] {
        &self.entries
    }

    /// The bytes of a file, if it is there.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&'a [u8]> {
        let mut entries = self.entries.iter();
        entries
            .find(|(file, _)| *file == name)
            .map(|(_, bytes)| *bytes)
    }
}

/// Which of the files are to come.
struct Order {
    left: std::slice::Iter<'static, BundleFile>,
    optional: usize,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            left: BUNDLE_FILES.iter(),
            optional: 0,
        }
    }
}

impl Order {
    fn is_whole(&self) -> bool {
        self.left.len() == 0
    }

    /// Takes the next file, which must be of that name.
    fn next(&mut self, name: &str, bytes: u64) -> Result<&'static BundleFile, ArchiveError> {
        let mut expected = None;
        for file in self.left.by_ref() {
            if file.name == name {
                let bytes_max = file.bytes_max;
                if bytes > bytes_max {
                    let name = file.name;
                    return Err(ArchiveError::TooLarge {
                        name,
                        bytes,
                        bytes_max,
                    });
                }
                self.optional += usize::from(file.optional);
                return Ok(file);
            }
            expected.get_or_insert(file.name);
            if !file.optional {
                break;
            }
        }
        Err(ArchiveError::Order {
            expected: expected.unwrap_or("the end"),
            found: name.chars().take(NAME_SHOWN_MAX).collect(),
        })
    }

    fn end(&self) -> Result<(), ArchiveError> {
        if let Some(file) = self.left.as_slice().first() {
            return Err(ArchiveError::Order {
                expected: file.name,
                found: "the end".to_owned(),
            });
        }
        match self.optional {
            0 | 2 => Ok(()),
            _ => Err(ArchiveError::HalfPrevious),
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }

    fn take(&mut self, bytes: usize, at: &str) -> Result<&'a [u8], ArchiveError> {
        let taken = self
            .rest()
            .get(..bytes)
            .ok_or_else(|| ArchiveError::Short { at: at.to_owned() })?;
        self.offset += bytes;
        Ok(taken)
    }
}

/// How many zeros fill the last block of that many bytes.
const fn padding(bytes: usize) -> usize {
    bytes.wrapping_neg() % BLOCK_BYTES
}

fn wide(bytes: usize) -> u64 {
    // No machine has more memory than 2^64 bytes.
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

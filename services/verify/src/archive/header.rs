//! The header of an entry: 512 bytes that follow from its name and size.

/// Everything in the archive comes in blocks of so many bytes.
pub(super) const BLOCK_BYTES: usize = 512;

/// How many bytes the field of the name has.
const NAME_BYTES: usize = 100;

/// Where the size's digits begin, and how many there are.
const SIZE_AT: usize = 124;
const SIZE_DIGITS: usize = 11;

/// The largest size that eleven octal digits write.
const SIZE_MAX: u64 = (1 << 33) - 1;

/// What a header says, before it is held to its one form.
pub(super) struct Header<'a> {
    pub(super) directory: &'a str,
    pub(super) file: &'a str,
    pub(super) bytes: u64,
}

impl<'a> Header<'a> {
    /// Reads the name and the size off their places; nothing where they are not of the form.
    pub(super) fn read(block: &'a [u8]) -> Option<Self> {
        let name = block.get(..NAME_BYTES)?;
        let name = name.split(|&byte| byte == 0).next()?;
        let (directory, file) = std::str::from_utf8(name).ok()?.split_once('/')?;
        let digits = block.get(SIZE_AT..)?.get(..SIZE_DIGITS)?;
        let digits = std::str::from_utf8(digits).ok()?;
        let bytes = u64::from_str_radix(digits, 8).ok()?;
        Some(Self {
            directory,
            file,
            bytes,
        })
    }
}

/// The one header that an entry of that name and size has; none where the name is longer, or the
/// size larger, than a header can say.
pub(super) fn header(directory: &str, file: &str, bytes: u64) -> Option<[u8; BLOCK_BYTES]> {
    let name = format!("{directory}/{file}");
    if name.len() > NAME_BYTES || bytes > SIZE_MAX {
        return None;
    }
    let mut fields = Vec::with_capacity(BLOCK_BYTES);
    fields.extend_from_slice(name.as_bytes());
    fields.resize(NAME_BYTES, 0);
    // Mode, user and group.
    fields.extend_from_slice(b"0000644\x000000000\x000000000\x00");
    fields.extend_from_slice(format!("{bytes:011o}\0").as_bytes());
    // The time of change: none.
    fields.extend_from_slice(b"00000000000\x00");
    let before_sum = fields.len();
    // The sum is taken with spaces in its own place (POSIX, *ustar Interchange Format*).
    fields.extend_from_slice(b"        0");
    fields.resize(fields.len() + 100, 0);
    fields.extend_from_slice(b"ustar\x0000");
    fields.resize(BLOCK_BYTES, 0);
    let sum: u32 = fields.iter().copied().map(u32::from).sum();
    let sum = format!("{sum:06o}\0 ");
    let place = fields.get_mut(before_sum..)?.get_mut(..sum.len())?;
    place.copy_from_slice(sum.as_bytes());
    fields.try_into().ok()
}

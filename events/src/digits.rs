//! Decimal digits, written without an allocation: the envelope of each event has a dozen of them.

/// Appends the number.
pub(crate) fn write(number: u64, out: &mut Vec<u8>) {
    write_padded(number, 1, out);
}

/// Appends the number with zeros in front up to `width` digits.
pub(crate) fn write_padded(number: u64, width: usize, out: &mut Vec<u8>) {
    let start = out.len();
    let mut rest = number;
    while rest > 0 || out.len() - start < width {
        // A remainder of ten always fits a byte.
        out.push(b'0' + u8::try_from(rest % 10).unwrap_or(0));
        rest /= 10;
    }
    if let Some(digits) = out.get_mut(start..) {
        digits.reverse();
    }
}

/// Reads a run of ASCII digits of exactly the slice's length; nothing else is a number here.
pub(crate) fn read(digits: &[u8]) -> Option<u32> {
    let mut number: u32 = 0;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number
            .checked_mul(10)?
            .checked_add(u32::from(digit - b'0'))?;
    }
    if digits.is_empty() {
        None
    } else {
        Some(number)
    }
}

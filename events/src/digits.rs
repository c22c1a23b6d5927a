//! Decimal digits, written without an allocation: the envelope of each event has a dozen of them.

/// The most digits a 64-bit number has.
const DIGITS_MAX: usize = 20;

/// Appends the number.
pub(crate) fn write(number: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; DIGITS_MAX];
    let mut rest = number;
    let mut first = DIGITS_MAX;
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit = b'0' + last_digit(rest);
        rest /= 10;
        first = at;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(first..).unwrap_or_default());
}

/// Appends the number's last `WIDTH` digits, with zeros in front.
pub(crate) fn write_padded<const WIDTH: usize>(number: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; WIDTH];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + last_digit(rest);
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

/// Appends bytes as lower-case hex digits.
pub(crate) fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend(
        bytes
            .iter()
            .flat_map(|byte| [hex(byte >> 4), hex(byte & 15)]),
    );
}

/// The lower-case hex digit of a half byte.
pub(crate) fn hex(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}

/// A remainder of ten, which always fits a byte.
fn last_digit(number: u64) -> u8 {
    u8::try_from(number % 10).unwrap_or(0)
}

/// Reads a run of ASCII digits of exactly the array's length; nothing else is a number here.
pub(crate) fn read<const WIDTH: usize>(digits: &[u8; WIDTH]) -> Option<u32> {
    const { assert!(WIDTH >= 1 && WIDTH <= 9) };
    let mut number: u32 = 0;
    let mut all_digits = true;
    for &digit in digits {
        let digit = digit.wrapping_sub(b'0');
        all_digits &= digit <= 9;
        number = number.wrapping_mul(10).wrapping_add(u32::from(digit));
    }
    all_digits.then_some(number)
}

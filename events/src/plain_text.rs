//! Finding where a JSON text stops being plain. Every string of a million events and commands passes
//! here, most of them shorter than a library's search takes to begin: so eight bytes at a time, in
//! one step for all that a text cannot hold plainly.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The place of the first quotation mark, backslash or control character (RFC 8259 section 7).
#[inline]
pub(crate) fn end(bytes: &[u8]) -> Option<usize> {
    let (eights, rest) = bytes.as_chunks::<8>();
    for (n, eight) in eights.iter().enumerate() {
        let found = ends(u64::from_le_bytes(*eight));
        if found != 0 {
            // The lowest bit set belongs to the first byte found, eight bits to a byte.
            let within = usize::try_from(found.trailing_zeros() / 8).unwrap_or(0);
            return Some(n * 8 + within);
        }
    }
    let within = rest.iter().position(|&byte| is_end(byte))?;
    Some(eights.len() * 8 + within)
}

/// Whether JSON lets the byte stand in a text only as an escape, or at its end.
#[inline]
pub(crate) fn is_end(byte: u8) -> bool {
    matches!(byte, 0..0x20 | b'"' | b'\\')
}

/// Marks the high bit of the first byte that is an end; bytes behind it may be marked wrongly, those
/// before it never are, since a subtraction borrows only from what lies behind.
#[inline]
fn ends(eight: u64) -> u64 {
    // A byte less n borrows where it is below n; a byte with its high bit set is above every n here.
    let below = |bytes: u64, n: u64| bytes.wrapping_sub(ONES * n) & !bytes & HIGH_BITS;
    below(eight, 0x20) | below(eight ^ (ONES * 0x22), 1) | below(eight ^ (ONES * 0x5c), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[test]
    fn each_byte_is_found_or_passed_over_at_each_place() {
        for byte in 0..=u8::MAX {
            for place in 0..24 {
                for length in place + 1..26 {
                    let mut bytes = vec![b'a'; length];
                    bytes[place] = byte;
                    let found = is_end(byte).then_some(place);
                    assert_eq!(end(&bytes), found, "{byte:#x} at {place} of {length}");
                }
            }
        }
        assert_eq!(end(b""), None);
    }

    proptest! {
        #[test]
        fn the_first_of_several_is_found(bytes in vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(end(&bytes), bytes.iter().position(|&b| is_end(b)));
        }
    }
}

//! Who stands behind a line, and the words of a list.

use netgain_projections::line::ClaimLine;

/// Who stands behind a line.
#[must_use]
pub const fn support(line: &ClaimLine<'_>) -> &'static str {
    match (line.line.validated, line.line.assured) {
        (_, true) => "Assured",
        (true, false) => "Validated",
        (false, false) => "Not validated",
    }
}

/// A word of a vocabulary as people read it: `human-resources` is `Human resources`.
#[must_use]
pub fn spoken(word: &str) -> String {
    if word == "ict" {
        return "ICT".to_owned();
    }
    let plain = word.replace('-', " ");
    let mut letters = plain.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_spoken_with_a_capital_and_blanks() {
        assert_eq!(spoken("human-resources"), "Human resources");
        assert_eq!(spoken("ict"), "ICT");
        assert_eq!(spoken(""), "");
    }
}

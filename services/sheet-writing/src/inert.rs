//! Text that a spreadsheet program must not take for a formula.
//!
//! A cell whose text begins with one of these characters is read as a formula or a command by at least one
//! program (OWASP, *CSV Injection*), and a title can begin with any of them.

use std::borrow::Cow;

/// Whether a program may take the text for more than text.
pub(crate) fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with([
        '=', '+', '-', '@', '\t', '\r',
        '\n', // Full width, which some programs read as the plain ones.
        '＝', '＋', '－', '＠',
    ])
}

/// The text as it stands in a CSV file, which cannot say that a cell is text: with an apostrophe before
/// what looks like a formula.
pub(crate) fn inert(text: &str) -> Cow<'_, str> {
    if looks_like_a_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_like_a_formula_gets_an_apostrophe_and_nothing_else_does() {
        for text in [
            "=1+1",
            "+44",
            "-5% energy",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
        ] {
            assert_eq!(inert(text), format!("'{text}"));
        }
        for text in ["", "A=1", "Fewer journeys", "'=1", "£5", " x"] {
            assert_eq!(inert(text), text);
        }
    }
}

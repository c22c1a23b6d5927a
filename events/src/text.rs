//! Texts that people write: short ones of one line, and longer ones with line breaks.

use std::fmt;
use std::str::FromStr;

use crate::text_form::serde_as_text;

/// Why a text cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("it is blank; write something")]
    Blank,
    /// More than the characters allowed, counted as Unicode code points.
    #[error("it has {actual} characters; shorten it to {max}")]
    TooLong {
        /// How many it has.
        actual: usize,
        /// How many it may have.
        max: usize,
    },
    /// A line break in a text of one line.
    #[error("it has a line break; keep it on one line")]
    LineBreak,
    /// A tab, a NUL, a lone carriage return or another control character.
    #[error("it has a control character; take it out")]
    ControlCharacter,
}

/// A text of one line: 1 to 200 characters, not blank, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(Box<str>);

/// A text with line breaks (LF or CR LF): 1 to 2,000 characters, not blank, without other control
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prose(Box<str>);

impl Line {
    /// The most characters; about two lines of a committee report.
    pub const LENGTH_MAX: usize = 200;

    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Prose {
    /// The most characters; about a page.
    pub const LENGTH_MAX: usize = 2_000;

    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text of that many bytes at most is plain: printable ASCII, and more than spaces. Nearly
/// every text is, and then one look at each byte is enough.
fn is_plain(text: &str, max: usize) -> bool {
    // Without a way out early this looks at several bytes at once.
    let (printable, more) = text.bytes().fold((true, false), |(printable, more), b| {
        (printable & (0x20..0x7f).contains(&b), more || b != b' ')
    });
    printable & more && text.len() <= max
}

fn within(text: &str, max: usize) -> Result<(), TextError> {
    // Bytes bound characters from above, so most texts are not counted at all.
    if text.len() > max {
        let actual = text.chars().count();
        if actual > max {
            return Err(TextError::TooLong { actual, max });
        }
    }
    if text.chars().all(char::is_whitespace) {
        Err(TextError::Blank)
    } else {
        Ok(())
    }
}

/// Whether a character breaks a line where it is shown (Unicode standard annex 14).
fn breaks_line(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

impl FromStr for Line {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if is_plain(text, Self::LENGTH_MAX) {
            return Ok(Self(text.into()));
        }
        within(text, Self::LENGTH_MAX)?;
        if text.chars().any(breaks_line) {
            return Err(TextError::LineBreak);
        }
        if text.chars().any(char::is_control) {
            return Err(TextError::ControlCharacter);
        }
        Ok(Self(text.into()))
    }
}

impl FromStr for Prose {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if is_plain(text, Self::LENGTH_MAX) {
            return Ok(Self(text.into()));
        }
        within(text, Self::LENGTH_MAX)?;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let allowed = match c {
                '\n' => true,
                '\r' => rest.peek() == Some(&'\n'),
                other => !other.is_control(),
            };
            if !allowed {
                return Err(TextError::ControlCharacter);
            }
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Line, "a text of one line, 1 to 200 characters");
serde_as_text!(Prose, "a text of 1 to 2,000 characters");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_short_plain_and_not_blank() {
        assert!("Domestic care contract – £".parse::<Line>().is_ok());
        assert!("é".repeat(200).parse::<Line>().is_ok());
        assert_eq!(
            "é".repeat(201).parse::<Line>(),
            Err(TextError::TooLong {
                actual: 201,
                max: 200
            })
        );
        assert_eq!("".parse::<Line>(), Err(TextError::Blank));
        assert_eq!(" \u{a0} ".parse::<Line>(), Err(TextError::Blank));
        assert_eq!("a\nb".parse::<Line>(), Err(TextError::LineBreak));
        assert_eq!("a\u{2028}b".parse::<Line>(), Err(TextError::LineBreak));
        assert_eq!("a\tb".parse::<Line>(), Err(TextError::ControlCharacter));
    }

    #[test]
    fn prose_keeps_line_breaks_and_nothing_else() {
        assert!("one\ntwo\r\nthree".parse::<Prose>().is_ok());
        assert_eq!(
            "one\rtwo".parse::<Prose>(),
            Err(TextError::ControlCharacter)
        );
        assert_eq!("\n\r\n".parse::<Prose>(), Err(TextError::Blank));
        assert_eq!("a\u{0}".parse::<Prose>(), Err(TextError::ControlCharacter));
        assert_eq!(
            "x".repeat(2001).parse::<Prose>(),
            Err(TextError::TooLong {
                actual: 2001,
                max: 2000
            })
        );
    }
}

//! How large a heading, label, legend or caption is, and how deep.

use std::fmt;

use askama::filters::HtmlSafe;

/// A size of the type scale for labels, legends and captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// `s`: as body text, but bold.
    Small,
    /// `m`
    Medium,
    /// `l`
    Large,
    /// `xl`
    ExtraLarge,
}

impl Size {
    /// The end of the class's name.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Small => "s",
            Self::Medium => "m",
            Self::Large => "l",
            Self::ExtraLarge => "xl",
        }
    }
}

/// The number in `h1` to `h6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadingLevel {
    /// `h1`
    One,
    /// `h2`
    Two,
    /// `h3`
    Three,
    /// `h4`
    Four,
    /// `h5`
    Five,
    /// `h6`
    Six,
}

impl fmt::Display for HeadingLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
            Self::Four => "4",
            Self::Five => "5",
            Self::Six => "6",
        })
    }
}

impl HtmlSafe for HeadingLevel {}

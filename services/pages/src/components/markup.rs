//! HTML that is ready to be shown.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

/// HTML that was escaped where it had to be.
///
/// It is made from templates, which escape, and from literals of the program, so that nothing a person
/// typed can become markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// HTML that stands in the program itself.
    #[must_use]
    pub fn literal(html: &'static str) -> Self {
        Self(html.to_owned())
    }

    /// The HTML.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// One after the other, with a line feed between them.
impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Markup>>(parts: I) -> Self {
        let parts: Vec<_> = parts.into_iter().map(|part| part.0).collect();
        Self(parts.join("\n"))
    }
}

/// What can be shown inside something else: every component, and a page's own parts that say they are safe.
pub trait Component: Template + HtmlSafe {
    /// The HTML of it.
    #[must_use]
    fn markup(&self) -> Markup {
        // Writing to a string does not fail, and no component's template calls anything that does.
        Markup(self.to_string())
    }
}

impl<T: Template + HtmlSafe> Component for T {}

#[cfg(test)]
mod tests {
    use crate::components::{Hint, Markup};

    use super::Component as _;

    #[test]
    fn parts_are_joined_as_they_are() {
        let parts = [Markup::literal("<br>"), Hint::new("a < b").markup()];
        let joined: Markup = parts.into_iter().collect();
        assert_eq!(
            joined.as_str(),
            "<br>\n<div class=\"govuk-hint\">a &#60; b</div>"
        );
    }
}

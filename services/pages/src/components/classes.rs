//! Classes that come after a component's own.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};

/// Shown with a space before each, so that it can stand right after a class.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes(Vec<String>);

impl Classes {
    pub(super) fn add(&mut self, classes: String) {
        self.0.push(classes);
    }

    pub(super) fn add_first(&mut self, classes: String) {
        self.0.insert(0, classes);
    }

    pub(super) fn extend(&mut self, more: &Self) {
        self.0.extend_from_slice(&more.0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of the classes starts like that.
    pub(super) fn any_starts_with(&self, start: &str) -> bool {
        let mut classes = self.0.iter().flat_map(|some| some.split_whitespace());
        classes.any(|class| class.starts_with(start))
    }
}

impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for classes in &self.0 {
            f.write_str(" ")?;
            Html.write_escaped_str(&mut *f, classes)?;
        }
        Ok(())
    }
}

impl HtmlSafe for Classes {}

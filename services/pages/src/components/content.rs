//! What a component shows: text or HTML.

use std::fmt;

use askama::filters::{Escaper, Html, HtmlSafe};

use super::markup::Markup;

/// Text, which is escaped when it is shown, or HTML, which is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Shown as it is written, whatever it has in it.
    Text(String),
    /// Ready-made HTML.
    Html(Markup),
}

impl Content {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Html(html) => html.is_empty(),
        }
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Markup> for Content {
    fn from(html: Markup) -> Self {
        Self::Html(html)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => Html.write_escaped_str(f, text),
            Self::Html(html) => html.fmt(f),
        }
    }
}

impl HtmlSafe for Content {}

/// Lets a type whose `new` needs its content only be given as that content.
macro_rules! from_content {
    ($($type:ident),+ $(,)?) => {$(
        impl From<&str> for $type {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $type {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<$crate::components::Markup> for $type {
            fn from(html: $crate::components::Markup) -> Self {
                Self::new(html)
            }
        }

        impl From<$crate::components::Content> for $type {
            fn from(content: $crate::components::Content) -> Self {
                Self::new(content)
            }
        }
    )+};
}

pub(super) use from_content;

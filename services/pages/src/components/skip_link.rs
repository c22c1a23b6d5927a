//! Past what every page begins with.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters};

/// A link to the main content, seen when it has the focus.
#[derive(Clone, Debug, Template)]
#[template(path = "components/skip-link.html")]
pub struct SkipLink {
    content: Content,
    href: String,
    classes: Classes,
    attributes: Attributes,
}

component!(SkipLink);
from_content!(SkipLink);

setters! { SkipLink:
    /// Where it leads: `#content` unless set.
    href: String,
}

impl SkipLink {
    /// A link with that text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            href: "#content".to_owned(),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}

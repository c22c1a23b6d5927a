//! The way back to the page before.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters};

/// A link at the top of the page to the one before.
#[derive(Clone, Debug, Template)]
#[template(path = "components/back-link.html")]
pub struct BackLink {
    href: String,
    content: Content,
    classes: Classes,
    attributes: Attributes,
}

component!(BackLink);

setters! { BackLink:
    /// Its text: "Back" unless set.
    content: Content,
}

impl BackLink {
    /// A link to that address.
    #[must_use]
    pub fn new(href: impl Into<String>) -> Self {
        Self {
            href: href.into(),
            content: Content::from("Back"),
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}

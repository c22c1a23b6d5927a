//! Text that opens when it is wanted.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::Content;
use super::setters::{component, setters};

/// A line that opens to more.
#[derive(Clone, Debug, Template)]
#[template(path = "components/details.html")]
pub struct Details {
    summary: Content,
    content: Content,
    id: Option<String>,
    open: bool,
    classes: Classes,
    attributes: Attributes,
}

component!(Details);

setters! { Details:
    /// Its id.
    id: String,
    /// Whether it is open from the start.
    open: bool,
}

impl Details {
    /// The line, and what it opens to.
    #[must_use]
    pub fn new(summary: impl Into<Content>, content: impl Into<Content>) -> Self {
        Self {
            summary: summary.into(),
            content: content.into(),
            id: None,
            open: false,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}

//! Text that is set apart.

use askama::Template;

use super::attributes::Attributes;
use super::classes::Classes;
use super::content::{Content, from_content};
use super::setters::{component, setters};

/// Text with a bar beside it.
#[derive(Clone, Debug, Template)]
#[template(path = "components/inset-text.html")]
pub struct InsetText {
    content: Content,
    id: Option<String>,
    classes: Classes,
    attributes: Attributes,
}

component!(InsetText);
from_content!(InsetText);

setters! { InsetText:
    /// Its id.
    id: String,
}

impl InsetText {
    /// That text.
    #[must_use]
    pub fn new(content: impl Into<Content>) -> Self {
        Self {
            content: content.into(),
            id: None,
            classes: Classes::default(),
            attributes: Attributes::default(),
        }
    }
}
